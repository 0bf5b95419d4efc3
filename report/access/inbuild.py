"""Accessibility checks during a build, with the source line to fix.

In: the bytes of a finished file, its size budget, and the laid-out pages. Out: problems.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from report.access.checks import CHECKS
from report.access.contrast import MeasuredText, too_low
from report.access.nontext import ChartPlace, low_contrast_marks
from report.access.run import JUDGED_BY, read_subject
from report.cache.pages import PageFindings
from report.engine.boxes import PageRecord, TextLine
from report.geometry import Rect
from report.inspection.judging import judge
from report.problems import Place, Problem, error

_HINT = "Darken the text, or lighten its background. The colours are in styles/tokens.yaml."


def access_problems(
    data: bytes,
    name: str,
    budget: int | None,
    pages: Sequence[PageRecord],
    tracks: frozenset[str],
    findings: PageFindings | None = None,
) -> Iterator[Problem]:
    """Yield the problems of a file. Low contrast is reported with the component and its source line.

    `tracks` are the chart colours that carry no meaning; `findings` caches the results of unchanged pages.
    """
    subject = read_subject(data, name, budget, findings)
    checks = [check for check in CHECKS if check.id != "contrast"]
    yield from judge(name, JUDGED_BY, len(pages), subject, checks, frozenset()).problems
    for measured in subject.low_contrast:
        text = " ".join(measured.run.text.split())[:40]
        what = f"“{text}” {too_low(measured.contrast, measured.required)}."
        yield error("contrast", _place(measured, pages[measured.run.page - 1]), what, _HINT)

    for mark in low_contrast_marks(data, list(_charts(pages)), tracks, findings):
        what = f"A mark in {mark.colour} {too_low(mark.contrast, 3, ' with the page')}."
        where = Place.of_source(mark.place.src, mark.place.page, f"chart {mark.place.chart}")
        yield error("faint-mark", where, what, "Use a colour whose use is `graphic` or stronger in the figure.")


def _charts(pages: Sequence[PageRecord]) -> Iterator[ChartPlace]:
    """Yield the place of each chart's drawing: the image inside its component."""
    for page in pages:
        charts = [each for each in page.components if each.chart]
        for chart, image in product(charts, (each for each in page.components if each.tag == "img")):
            inside = chart.x - 1 <= image.x <= chart.x + chart.width and chart.y <= image.y <= chart.y + chart.height
            if inside:
                box = Rect.of_size(image.x, image.y, image.width, image.height)
                yield ChartPlace(chart.chart, page.number, box, chart.src)


def _place(measured: MeasuredText, page: PageRecord) -> Place:
    """Return the source of the line, or the chart, that a text run belongs to."""
    run = measured.run
    lines = [line for line in page.lines if _overlaps(line, run.x, run.y, run.width, run.height)]
    charts = [each for each in page.components if each.chart and each.x <= run.x <= each.x + each.width
              and each.y <= run.y <= each.y + each.height]  # fmt: skip
    owner = lines[0] if lines else charts[0] if charts else None
    name = owner.component if isinstance(owner, TextLine) else owner.name if owner else ""
    return Place.of_source(owner.src if owner else "", page.number, name)


def _overlaps(line: TextLine, x: float, y: float, width: float, height: float) -> bool:
    return line.x < x + width and line.right > x and line.y < y + height and line.bottom > y

"""Access as part of a build: what a finished file for reading must keep, and where to mend it.

In: the bytes of a finished file, its budget, and the laid-out pages. Out: problems.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from report.access.checks import CHECKS
from report.access.contrast import LowContrastText
from report.access.nontext import ChartPlace, faint_marks
from report.access.run import JUDGED_BY, look
from report.cache.pages import PageFindings
from report.engine.boxes import PageRecord, TextLine
from report.geometry import Rect
from report.inspection.judging import judge
from report.problems import Place, Problem, error

_HINT = "Darken the text, or lighten what is behind it: see the tokens it uses in styles/tokens.yaml."


def access_problems(
    data: bytes,
    name: str,
    budget: int | None,
    pages: Sequence[PageRecord],
    tracks: frozenset[str],
    known: PageFindings | None = None,
) -> Iterator[Problem]:
    """Yield what is wrong with a file just made; pale text and faint charts with their component and source line.

    `tracks` are the colours that carry no meaning in charts; `known` is what was found on the file's pages before.
    """
    looked = look(data, name, budget, known)
    checks = [check for check in CHECKS if check.id != "contrast"]
    yield from judge(name, JUDGED_BY, len(pages), looked, checks, frozenset()).problems
    for pale in looked.pale:
        text = " ".join(pale.run.text.split())[:40]
        what = f"“{text}” has a contrast of {pale.contrast:.1f}:1; {pale.needed:g}:1 is needed."
        yield error("contrast", _place(pale, pages[pale.run.page - 1]), what, _HINT)

    for faint in faint_marks(data, list(_charts(pages)), tracks, known):
        what = f"A mark in {faint.colour} has a contrast of {faint.contrast:.1f}:1 with the page; 3:1 is needed."
        where = Place.of_source(faint.place.src, faint.place.page, f"chart {faint.place.chart}")
        yield error("faint-mark", where, what, "Use a colour of use `graphic` or stronger in the figure.")


def _charts(pages: Sequence[PageRecord]) -> Iterator[ChartPlace]:
    """Yield where the drawing of each chart stands: the image inside its component."""
    for page in pages:
        charts = [each for each in page.components if each.chart]
        for chart, image in product(charts, (each for each in page.components if each.tag == "img")):
            inside = chart.x - 1 <= image.x <= chart.x + chart.width and chart.y <= image.y <= chart.y + chart.height
            if inside:
                box = Rect.of_size(image.x, image.y, image.width, image.height)
                yield ChartPlace(chart.chart, page.number, box, chart.src)


def _place(pale: LowContrastText, page: PageRecord) -> Place:
    """Return where the line that a text belongs to comes from."""
    run = pale.run
    lines = [line for line in page.lines if _overlaps(line, run.x, run.y, run.width, run.height)]
    charts = [each for each in page.components if each.chart and each.x <= run.x <= each.x + each.width
              and each.y <= run.y <= each.y + each.height]  # fmt: skip
    found = lines[0] if lines else charts[0] if charts else None
    name = found.component if isinstance(found, TextLine) else found.name if found else ""
    return Place.of_source(found.src if found else "", page.number, name)


def _overlaps(line: TextLine, x: float, y: float, width: float, height: float) -> bool:
    return line.x < x + width and line.right > x and line.y < y + height and line.bottom > y

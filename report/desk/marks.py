"""Problems with the places on the page where they are visible.

In: problems from the pipeline, check outcomes of a finished file, and the laid-out pages. Out: `MarkedProblem`s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from report.desk.records import MarkedProblem
from report.engine.boxes import PageRecord, TextLine
from report.geometry import Frame, Rect
from report.inspection.inspect import PageBoxes
from report.inspection.judging import Outcome
from report.problems import Place, Problem, in_order

_QUOTED = re.compile(r"“([^”]+)”")
_ENTRIES = re.compile(r"/(?:quotes\.yaml|charts\.yaml|sections/[^/]+\.md)$")  # files whose lines belong to entries
MAX_BOXES = 12


def marked(problems: Iterable[Problem], pages: Sequence[PageRecord]) -> tuple[MarkedProblem, ...]:
    """Return problems in order, each with its marks. A problem with only a source line gets the page of that line."""
    return tuple(_marked(problem, pages) for problem in in_order(problems))


def _marked(problem: Problem, pages: Sequence[PageRecord]) -> MarkedProblem:
    where = _entry(problem.where, pages)
    page = pages[where.page - 1] if 0 < where.page <= len(pages) else _page_of(where, pages)
    boxes = tuple(_boxes(problem.what, where, page))[:MAX_BOXES] if page else ()
    return _record(problem, page.number if page else where.page, boxes)


def _record(problem: Problem, page: int, boxes: tuple[Frame, ...]) -> MarkedProblem:
    where = problem.where
    return MarkedProblem(
        str(problem.severity), problem.code, where.file, where.line, where.column, page, where.component,
        problem.what, problem.hint, boxes,
    )  # fmt: skip


def _src(where: Place) -> str:
    return where.source if where.line else ""


def _page_of(where: Place, pages: Sequence[PageRecord]) -> PageRecord | None:
    """Return the first page with content from a line of the data."""
    src = _src(where)
    if not src:
        return None
    return next((page for page in pages if any(src == each for each in _sources(page))), None)


def _sources(page: PageRecord) -> Iterator[str]:
    yield from (each.src for each in page.components)
    yield from (each.src for each in page.lines)


def _entry(where: Place, pages: Sequence[PageRecord]) -> Place:
    """Return the place of the quotation, chart or paragraph that contains a line of the data, if it is on a page."""
    if not where.line or where.page or not _ENTRIES.search(where.file):
        return where
    shown = {src for page in pages for src in _sources(page) if src.startswith(f"{where.file}:")}
    lines = [Place.of_source(src).line for src in shown]
    return replace(where, line=max((line for line in lines if line <= where.line), default=where.line))


def _boxes(what: str, where: Place, page: PageRecord) -> Iterator[Frame]:
    """Yield the boxes of the lines that a problem quotes; else of the lines of its source; else of its component."""
    src, name = _src(where), where.component
    if not src and not name:
        return
    lines = [line for line in page.lines if (line.src == src if src else line.component == name)]
    quoted = [_plain(text) for text in _QUOTED.findall(what)]
    matches = [line for line in lines if any(_is_quoted(line, text) for text in quoted)]
    for line in matches or lines:
        yield Frame(line.x, line.y, line.width, line.height)
    if not lines:
        for each in page.components:
            if (each.src == src or not src) and (each.name == name or not name):
                yield Frame(each.x, each.y, each.width, each.height)


def _is_quoted(line: TextLine, quoted: str) -> bool:
    text = _plain(line.text)
    return bool(text) and (text.startswith(quoted) or quoted.startswith(text))


def _plain(text: str) -> str:
    return " ".join(text.replace("\xad", "").rstrip("…").split())


def marked_faults(outcome: Outcome, boxes: Sequence[PageBoxes]) -> tuple[MarkedProblem, ...]:
    """Return the faults of a finished file as problems, each with the boxes that its check found."""
    faults = [fault for verdict in outcome.verdicts for fault in verdict.faults]
    return tuple(
        _record(problem, fault.page, tuple(_from_media(box, boxes[fault.page - 1]) for box in fault.boxes))
        for problem, fault in zip(outcome.problems, faults, strict=True)
    )


def _from_media(box: Rect, page: PageBoxes) -> Frame:
    return box.shifted(-page.trim.x0, 0).flipped(page.trim.y1).frame


def pending(problems: Iterable[MarkedProblem]) -> tuple[MarkedProblem, ...]:
    """Return problems of the previous build as pending, until they have been checked again."""
    return tuple(replace(problem, pending=True) for problem in problems)

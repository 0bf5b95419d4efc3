"""Layout checks, as a proofreader would make them: overflow, safe area, sheets, blank pages, the page count.

In: a `LayoutSubject`. Out: problems with page, component and source line. A new check is a
function and a row in `CHECKS`; those of the text are in `text_checks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from report.engine.boxes import PageRecord, TextLine
from report.layout.subject import LayoutSubject, place_of
from report.layout.text_checks import TEXT_CHECKS
from report.problems import Place, Problem, error, quoted, warning

TOLERANCE = 0.75  # points: rounding errors of the engine, invisible in print


def check_layout(subject: LayoutSubject) -> list[Problem]:
    """Return the problems of laid-out pages."""
    return [problem for check in (*CHECKS, *TEXT_CHECKS) for problem in check(subject)]


def _overflow(subject: LayoutSubject) -> Iterator[Problem]:
    """Text outside the area inside the margins."""
    for page in subject.pages:
        left, top, width, height = page.content.frame
        for line in page.lines:
            if line.running or page.name in subject.sheets:
                continue
            over = max(line.right - (left + width), line.bottom - (top + height) - line.size, left - line.x - line.size)
            if over > TOLERANCE:
                what = f"{quoted(line.text)} extends {over:.0f} pt outside the text area."
                yield error("overflow", place_of(page, line), what, "Shorten the text, or give its box more room.")


def _clipped(subject: LayoutSubject) -> Iterator[Problem]:
    """Text clipped by its box or cut off at the trim."""
    for page in subject.pages:
        for line in page.lines:
            left, top, right, bottom = line.clip or (0.0, 0.0, page.width, page.height)
            over = max(left - line.x, line.right - right, line.y + line.height / 4 - bottom, top - line.bottom)
            if over > TOLERANCE:
                yield error("clipped", place_of(page, line), f"{quoted(line.text)} is cut off.", "Shorten the text.")


def _wide_boxes(subject: LayoutSubject) -> Iterator[Problem]:
    """Charts and photographs that extend outside the text area."""
    for page in subject.pages:
        left, top, width, height = page.content.frame
        for box in page.components:
            if box.tag != "img" or page.name in subject.sheets:
                continue
            over = max(box.x + box.width - left - width, box.y + box.height - top - height, left - box.x)
            if over > TOLERANCE:
                where = Place.of_source(box.src, page.number, box.name)
                hint = "Give it fewer columns or lines, or move it to another page."
                yield error("overflow", where, f"The image extends {over:.0f} pt outside the text area.", hint)


def _sheet_pages(subject: LayoutSubject) -> Iterator[Problem]:
    """Full-bleed sheets that do not fill exactly one page or one spread."""
    for name, group in groupby(subject.pages, key=lambda page: page.name):
        pages = list(group)
        if (sheet := subject.sheets.get(name)) is None:
            continue
        expected = 1 if sheet.scene.gutter is None else 2
        if len(pages) > expected:
            page = pages[expected]
            where = place_of(page, page.lines[0]) if page.lines else place_of(page)
            what = f"The text of {name} does not fit on its {'page' if expected == 1 else 'spread'}."
            yield error("sheet-overflow", where, what, "Shorten the text.")
        if len(pages) < expected:
            what = f"The spread {name} has only one page."
            yield error("spread-parity", place_of(pages[0]), what, "Let its template make both a verso and a recto.")
        if expected == 2 and pages[0].side != "left":
            what = f"The spread {name} starts on a recto, so its two pages do not face each other."
            hint = "Add or remove a page before it, so that it starts on a verso."
            yield error("spread-parity", place_of(pages[0]), what, hint)


def _strayed_charts(subject: LayoutSubject) -> Iterator[Problem]:
    """A chart in the margin that has no room left and falls on a page of the next section."""
    first = {(box.src, box.name): page.number for page in reversed(subject.pages) for box in page.components}
    starts = [first.get((section.src, section.page), 0) for section in subject.sections]
    owners = {chart: index for index, section in enumerate(subject.sections) for chart in section.charts}
    for page in subject.pages:
        for box in page.components:
            owner = owners.get(box.chart) if box.chart else None
            following = [start for start in starts[owner + 1 :] if start] if owner is not None else []
            if following and page.number >= min(following):
                where, hint = (
                    Place.of_source(box.src, page.number, box.name),
                    "Give it more room, or move it to the text.",
                )
                yield error(
                    "strayed-chart", where, f"The chart `{box.chart}` falls on a page of another section.", hint
                )


def _safe_area(subject: LayoutSubject) -> Iterator[Problem]:
    """Text too close to the trim or to the fold."""
    for page in subject.pages:
        for line in page.lines:
            inside, outside = (
                (page.width - line.right, line.x) if page.side == "left" else (line.x, page.width - line.right)
            )
            distances = {
                "the outer edge": outside,
                "the fold": inside,
                "the head": line.y,
                "the foot": page.height - line.bottom,
            }
            for name, distance in distances.items():
                if distance < subject.safe - TOLERANCE:
                    where = f"{distance:.0f} pt from {name}" if distance >= 0 else f"{-distance:.0f} pt beyond {name}"
                    what = f"{quoted(line.text)} is {where}; the safe area is {subject.safe:.0f} pt."
                    yield error("safe-area", place_of(page, line), what, "Move it inwards, or shorten the text.")


def _collisions(subject: LayoutSubject) -> Iterator[Problem]:
    """Text that overlaps other text."""
    for page in subject.pages:
        lines = sorted((line for line in page.lines if not line.running), key=lambda line: line.y)
        for index, first in enumerate(lines):
            for second in lines[index + 1 :]:
                if second.y > first.bottom:
                    break
                if first.block != second.block and _collide(first, second):
                    what = f"{quoted(first.text)} and {quoted(second.text)} overlap."
                    yield error(
                        "collision", place_of(page, first), what, "Shorten one of them, or give them more room."
                    )


def _collide(first: TextLine, second: TextLine) -> bool:
    """Return whether two lines overlap, judged by the middle of the letters: line boxes may overlap harmlessly."""
    overlap = min(first.right, second.right) - max(first.x, second.x)
    first_middle, second_middle = first.y + first.height / 2, second.y + second.height / 2
    return overlap > 1.5 and abs(first_middle - second_middle) < 0.25 * (first.size + second.size)


def _blank_pages(subject: LayoutSubject) -> Iterator[Problem]:
    """Blank pages. The problem is placed at the last line before them."""
    for index, page in enumerate(subject.pages):
        empty = not any(not line.running for line in page.lines) and not page.components
        if page.blank or (empty and page.name not in subject.sheets):
            hint = "Add or remove a page before it. A spread that must start on a verso can force a blank page."
            where = replace(_last_before(subject.pages, index), page=page.number)
            yield warning("blank-page", where, "The page is blank.", hint)


def _last_before(pages: Sequence[PageRecord], end: int) -> Place:
    """Return the place of the last line on the pages before index `end`."""
    lines = [(page, line) for page in pages[:end] for line in page.lines if not line.running and line.src]
    return place_of(*lines[-1]) if lines else Place()


def _page_count(subject: LayoutSubject) -> Iterator[Problem]:
    """A page count that cannot be bound: not a multiple of what the printer binds."""
    if excess := len(subject.pages) % subject.multiple:
        count = len(subject.pages)
        hint = f"Add {subject.multiple - excess} or remove {excess}."
        where = replace(_last_before(subject.pages, count), page=count)
        yield warning("page-count", where, f"The page count {count} is not a multiple of {subject.multiple}.", hint)


CHECKS: tuple[Callable[[LayoutSubject], Iterator[Problem]], ...] = (
    _overflow,
    _clipped,
    _wide_boxes,
    _sheet_pages,
    _strayed_charts,
    _safe_area,
    _collisions,
    _blank_pages,
    _page_count,
)

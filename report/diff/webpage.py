"""A comparison as a web page: figures first, then pages side by side and overlaid, then properties of the whole file.

In: a comparison with its pictures, and the design. Out: a single HTML file without scripts.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from report.diff.compare import Comparison
from report.diff.outcome import FileChange, PageChange
from report.diff.pictures import PictureChange
from report.diff.wording import page_name, summary
from report.geometry import Frame, Rect
from report.inspection.webpage import WebDesign

_MAX_PICTURES = 400  # pages with pictures: the browser holds them all in memory


@dataclass(frozen=True, slots=True)
class PageSide:
    """One side of a page: its picture and number, frames around the differences, and boxes of the changed words.

    Frames and words are left, top, width and height in percent of the picture.
    """

    picture: str
    number: int
    frames: tuple[Frame, ...]
    words: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class PageDifference:
    """A changed page: its change, both sides, the image of the differences, and its CSS aspect ratio."""

    anchor: str
    title: str
    change: PageChange
    old: PageSide | None
    new: PageSide | None
    marks: str
    aspect: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file of the comparison."""

    name: str
    file: FileChange
    summary: str
    leaves: tuple[PageDifference, ...]
    same: str
    anchors: dict[int, str]


def report_page(done: Comparison, design: WebDesign) -> str:
    """Return the page as HTML."""
    difference = done.difference
    parts = [
        _part(file, pictures, index)
        for index, (file, pictures) in enumerate(zip(difference.files, done.pictures, strict=True))
    ]
    return design.page("diff.html.j2", title="What changed", difference=difference, parts=parts)


def _part(file: FileChange, pictures: Sequence[PictureChange | None], index: int) -> FileReport:
    changed = [
        (change, picture)
        for change, picture in zip(file.pages, pictures, strict=True)
        if (change.state != "same" or change.moved) and not file.same_as
    ]
    leaves = tuple(
        _leaf(change, picture if count < _MAX_PICTURES else None, f"f{index}-{change.new or f'old-{change.old}'}")
        for count, (change, picture) in enumerate(changed)
    )
    same = [change.new for change in file.pages if change.state == "same" and not change.moved and change.new]
    anchors = {leaf.change.new: leaf.anchor for leaf in leaves if leaf.change.new}
    return FileReport(file.variant or "file", file, summary(file), leaves, ranges(same), anchors)


def _leaf(change: PageChange, picture: PictureChange | None, anchor: str) -> PageDifference:
    title = page_name(change).capitalize()
    if picture is None:
        return PageDifference(anchor, title, change, None, None, "", "")
    frames = tuple(_percent(box, picture.frame) for box in picture.regions)
    removed, added = (
        tuple(
            _percent(box, picture.frame, 0.0) for text in change.texts for box in (text.old_boxes, text.new_boxes)[side]
        )
        for side in (0, 1)
    )
    return PageDifference(
        anchor,
        title,
        change,
        PageSide(_data_url(picture.old, "jpeg"), change.old, frames, removed) if picture.old and change.old else None,
        PageSide(_data_url(picture.new, "jpeg"), change.new, frames, added) if picture.new and change.new else None,
        _data_url(picture.marks, "png") if picture.marks else "",
        f"{picture.frame[2]:g} / {picture.frame[3]:g}",
    )


def ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as ranges: "1–11, 14, 16–20"."""
    return ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in _runs(numbers))


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for number in numbers:
        if first is None or last is None or number != last + 1:
            if first is not None and last is not None:
                yield first, last
            first = number
        last = number
    if first is not None and last is not None:
        yield first, last


def _percent(box: Rect, frame: Frame, padding: float = 2.0) -> Frame:
    """Return left, top, width and height in percent of the picture, padded by some points."""
    left, top, width, height = frame
    x0, y0, x1, y1 = box.grown(padding).shifted(-left, -top)
    across, down = 100 / width, 100 / height
    return Frame(round(x0 * across, 2), round(y0 * down, 2), round((x1 - x0) * across, 2), round((y1 - y0) * down, 2))


def _data_url(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"

"""What a comparison found, as records for programs; `telling` says it to people.

In: nothing. Out: frozen records, of which JSON and its schema are made. Pages are counted from one; None: there is no
such page. Boxes are (left, top, right, bottom) in points from the top left corner of the page's trim.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from report.geometry import Rect

TextChangeKind = Literal["figure", "text", "page number"]
PageState = Literal["same", "changed", "inserted", "removed"]
ShiftKind = Literal["moved", "along the line", "broken elsewhere", "flowed", "restyled"]


@dataclass(frozen=True, slots=True)
class TextChange:
    """Words that became others, with those around them. A figure that changed, or a page number that followed."""

    kind: TextChangeKind
    old: str
    new: str
    before: str
    after: str
    old_page: int | None
    new_page: int | None
    old_boxes: tuple[Rect, ...]
    new_boxes: tuple[Rect, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """The same words elsewhere, or set otherwise: how many, by how much in points, what is told of it, and where."""

    kind: ShiftKind
    count: int
    across: float
    down: float
    what: str
    old_boxes: tuple[Rect, ...]
    new_boxes: tuple[Rect, ...]


@dataclass(frozen=True, slots=True)
class PageChange:
    """One page and what became of it. `regions` are where its picture differs, `share` how much of it in percent."""

    old: int | None
    new: int | None
    old_label: str
    new_label: str
    state: PageState
    moved: bool
    old_size: str
    new_size: str
    texts: tuple[TextChange, ...]
    shifts: tuple[Shift, ...]
    regions: tuple[Rect, ...]
    share: float


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """Something told of the whole file: the values that are only in the old one, and only in the new one."""

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure that became another, everywhere it did so in the same way."""

    old: str
    new: str
    pages: tuple[int, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file against the other. `same_as`: the variant in which everything changed in the same way, or nothing."""

    variant: str
    old: str
    new: str
    old_pages: int
    new_pages: int
    identical: bool
    same_as: str
    figures: tuple[FigureChange, ...]
    pages: tuple[PageChange, ...]
    properties: tuple[PropertyChange, ...]
    notes: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Tell whether anything differs that can be seen or read."""
        return bool(self.properties) or any(page.state != "same" or page.moved for page in self.pages)


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that a comparison found. `only_old` and `only_new` are variants that one of two builds lacks."""

    old: str
    new: str
    same: bool
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    files: tuple[FileChange, ...]

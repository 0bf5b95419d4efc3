"""The result of a comparison as records for programs; `wording` puts it into words.

In: nothing. Out: frozen records, from which the JSON output and its schema are generated. Page numbers start at one;
None means that there is no such page. Boxes are (left, top, right, bottom) in points from the top left corner of the
trim.
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
    """Changed words with their context: text, a figure, or a page number that changed with its page."""

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
    """The same words in another place or style: how many, by how much in points, a description, and where."""

    kind: ShiftKind
    count: int
    across: float
    down: float
    what: str
    old_boxes: tuple[Rect, ...]
    new_boxes: tuple[Rect, ...]


@dataclass(frozen=True, slots=True)
class PageChange:
    """How one page changed. `regions` are where its picture differs; `share` is the percentage of it that differs."""

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
    """A property of the whole file: the values that only the old file has, and those that only the new one has."""

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure that changed, with every page on which it changed in the same way."""

    old: str
    new: str
    pages: tuple[int, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """How one file changed. `same_as`: the variant that has exactly the same changes, or an empty string."""

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
        """Whether there is any visible or readable difference."""
        return bool(self.properties) or any(page.state != "same" or page.moved for page in self.pages)


@dataclass(frozen=True, slots=True)
class Difference:
    """The whole result. `only_old` and `only_new` are variants that only one of the two builds has."""

    old: str
    new: str
    same: bool
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    files: tuple[FileChange, ...]

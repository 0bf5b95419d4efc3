"""The parts of a PDF that a comparison needs, as plain records.

In: nothing. Out: frozen records. Boxes are (left, top, right, bottom) in points on the page as displayed, after its
rotation, from the top left corner of the trim.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from report.geometry import Insets, Rect

_EDGE = 0.12  # of the page height at the head and foot, where folios are


@dataclass(frozen=True, slots=True)
class Style:
    """The style of a word: font name without subset prefix, size in points to a tenth, colour as `#RRGGBB`."""

    font: str
    size: float
    colour: str

    def __str__(self) -> str:
        return f"{self.font} {self.size:g} pt {self.colour}"


@dataclass(frozen=True, slots=True)
class Word:
    """A run of text between spaces. `line` is its line on the page; `hyphenated`: it continues on the next line."""

    text: str
    box: Rect
    style: Style
    line: int
    hyphenated: bool = False


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page. `bleed` is the width of the bleed at each edge: left, top, right, bottom.

    `trim_digest` and `bleed_digest` are digests of the picture inside the trim and inside the bleed, without the folio,
    so that a page that only moved compares as equal. `thumbnail` is greyscale and has the same size for all pages.
    `readable` is false if the page could not be read; `truncated` is true if it has more words than are compared.
    """

    number: int
    label: str
    width: float
    height: float
    bleed: Insets
    words: tuple[Word, ...]
    trim_digest: str
    bleed_digest: str
    thumbnail: bytes
    readable: bool = True
    truncated: bool = False

    @property
    def size(self) -> str:
        """The page size as text: "612 × 792 pt"."""
        return f"{self.width:g} × {self.height:g} pt"

    @property
    def name(self) -> str:
        """The page label, or the page number if there is none."""
        return self.label or str(self.number)

    def is_folio(self, word: Word) -> bool:
        """Return whether a word is the folio: the page's own number at the head or foot."""
        return is_folio(word, (self.label, str(self.number)), self.height)


def is_folio(word: Word, names: Collection[str], height: float) -> bool:
    """Return whether a word is the folio of a page with these names (label, number) and this height."""
    return word.text in names and (word.box[1] < height * _EDGE or word.box[3] > height * (1 - _EDGE))


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file: its pages, and the properties of the whole.

    `colours` are those of text, fills and strokes. `properties` are pairs of a name and its values.
    """

    name: str
    digest: str
    size: int
    language: str
    pages: tuple[ReadPage, ...]
    fonts: tuple[str, ...]
    colours: tuple[str, ...]
    properties: tuple[tuple[str, tuple[str, ...]], ...]

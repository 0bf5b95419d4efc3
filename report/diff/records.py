"""A PDF as what a comparison needs of it.

In: nothing. Out: frozen records. Boxes are (left, top, right, bottom) in points as the page is shown, turned if it says
so, from the top left corner of its trim.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from report.geometry import Insets, Rect

_EDGE = 0.12  # of a page's height at its head and foot, where its number stands


@dataclass(frozen=True, slots=True)
class Style:
    """How a word is set: font without its subset's prefix, size in points to a tenth, colour as `#RRGGBB`."""

    font: str
    size: float
    colour: str

    def __str__(self) -> str:
        return f"{self.font} {self.size:g} pt {self.colour}"


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between two spaces. `line` counts the lines of the page; `broken`: it goes on in the next line."""

    text: str
    box: Rect
    style: Style
    line: int
    broken: bool = False


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page. `bleed` is how far the drawing is to go over each edge: left, top, right, bottom.

    `trimmed` and `bled` are digests of the picture inside the trim and inside the bleed, without the page's number, so
    that a page that stands elsewhere is the same; `thumbnail` is grey, small and
    of the same size for all pages. A page that can't be read has `readable` false; one with more words than are
    compared has `cut` true.
    """

    number: int
    label: str
    width: float
    height: float
    bleed: Insets
    words: tuple[Word, ...]
    trimmed: str
    bled: str
    thumbnail: bytes
    readable: bool = True
    cut: bool = False

    @property
    def size(self) -> str:
        """The page's size for people: "612 × 792 pt"."""
        return f"{self.width:g} × {self.height:g} pt"

    @property
    def name(self) -> str:
        """What the page calls itself: its label, or else its number."""
        return self.label or str(self.number)

    def is_folio(self, word: Word) -> bool:
        """Tell whether a word is the page's own number, at the head or foot."""
        return is_folio(word, (self.label, str(self.number)), self.height)


def is_folio(word: Word, names: Collection[str], height: float) -> bool:
    """Tell whether a word of a page of that height and with those names is its number, at the head or foot."""
    return word.text in names and (word.box[1] < height * _EDGE or word.box[3] > height * (1 - _EDGE))


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file: its pages, and what is told of it as a whole.

    `colours` are those of text, areas and lines, each with the number of pages it is on. `properties` are values by
    name, each in as many words as it has parts.
    """

    name: str
    digest: str
    size: int
    language: str
    pages: tuple[ReadPage, ...]
    fonts: tuple[str, ...]
    colours: tuple[str, ...]
    properties: tuple[tuple[str, tuple[str, ...]], ...]

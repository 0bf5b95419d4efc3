"""Pieces of text and images: numbered before layout, gathered by source element after it.

In: the tree of boxes before layout, and the laid-out pages. Out: for each element its `Piece`s, each knowing which of
its source's words it shows and what the line breaks took away or put in. Nothing is lost: that is asserted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from report.engine.tags import adapter
from report.engine.tags.records import Piece

_SPACES = re.compile(r"\s+")

PiecesByElement = dict[Any, list[Piece]]


@dataclass
class PieceNumbers:
    """The numbers of the pieces in source order, and the first of each element. A note counts where it is called."""

    first: dict[Any, int] = field(default_factory=dict)
    pieces: int = 0
    notes: int = 0

    def give(self, root: Any) -> None:
        """Number what is below a box, and link notes both ways."""
        if adapter.is_text(root) or adapter.is_image(root):
            self.pieces += 1
            root.number, root.whole = self.pieces, getattr(root, "text", "")
            self.first.setdefault(root.element, self.pieces)
        if root.footnote is not None:
            self.notes += 1
            _link_note(root, self.notes)
        for child in root.children:
            self.give(child)
        if root.footnote is not None:
            self.give(root.footnote)


def _link_note(call: Any, index: int) -> None:
    note = call.footnote
    adapter.anchor(call, f"note-call-{index}")
    adapter.anchor(note, f"note-{index}")
    adapter.link_to(call, f"note-{index}")
    for child in note.children:
        if adapter.pseudo(child) == "footnote-marker":
            adapter.link_to(child, f"note-call-{index}")


def gather(pages: Iterable[Any]) -> PiecesByElement:
    """Return the pieces of every element, in the order in which they are laid out."""
    gatherer = _Gatherer()
    for number, page in enumerate(pages):
        gatherer.walk(page._page_box, number, running=False)
    for pieces in gatherer.own.values():
        _align(pieces)
    return gatherer.own


class _Gatherer:
    """Walks the boxes of all pages. Each box learns that it is no piece, until `plan` has put it into the tree."""

    def __init__(self) -> None:
        self.own: PiecesByElement = {}
        self.groups: dict[Any, Any] = {}

    def walk(self, box: Any, page: int, running: bool) -> None:
        box = adapter.unwrapped(box)
        box.piece, box.running = None, running
        if adapter.is_margin(box):
            running = True
        elif adapter.repeats(box):
            running = running or self.groups.setdefault(box.element, box) is not box
        if (adapter.is_text(box) or adapter.is_image(box)) and not running and not _is_silent(box):
            pseudo = adapter.pseudo(box)
            number = None if pseudo and pseudo != "first-letter" else getattr(box, "number", None)
            self.own.setdefault(box.element, []).append(Piece(box, page, number, pseudo, adapter.is_text(box)))
        for child in box.children:
            self.walk(child, page, running)


def _is_silent(box: Any) -> bool:
    """Tell whether a box is only for the eye: an image without alternative text, or one that CSS puts in."""
    if box.style["visibility"] != "visible":
        return True
    return adapter.is_image(box) and bool(adapter.pseudo(box) or box.element.get("alt") == "")


def _align(pieces: list[Piece]) -> None:
    """Compare the pieces of each text with the whole of it."""
    for index, piece in enumerate(pieces):
        if piece.number is None and piece.pseudo == "first-letter":  # a piece of the text after it
            piece.number = next((other.number for other in pieces[index + 1 :] if other.number is not None), None)
    by_number: dict[int | None, list[Piece]] = {}
    for piece in pieces:
        by_number.setdefault(piece.number, []).append(piece)
    for number, parts in by_number.items():
        if not parts[0].is_text:
            for again in parts[1:]:  # drawn once more on another page
                pieces.remove(again)
        elif number is None:
            for part in parts:
                part.text = part.box.text
        else:
            for repeated in _Alignment(parts).run():
                pieces.remove(repeated)


class _Alignment:
    """Reads the pieces of one text along the whole of it."""

    def __init__(self, parts: list[Piece]) -> None:
        self.parts, self.at = parts, 0
        self.whole = _plain(next(part.box.whole for part in parts if hasattr(part.box, "whole")))

    def run(self) -> list[Piece]:
        """Set what each piece says. Returns pieces that show the text once more. Raises if anything is lost."""
        repeated = []
        for part in self.parts:
            text = _plain(part.box.text)
            if not self.whole[self.at :] and text.strip():
                repeated.append(part)
                continue
            self._read(part, text)
        assert not self.whole[self.at :].strip(), f"lost in layout: {self.whole[self.at :]!r}"
        return repeated

    def _read(self, part: Piece, text: str) -> None:
        if self._at_space() and not text.startswith(" "):
            part.before = True
            self.at += 1
        if self.at and text.startswith(" ") and not self._goes_on(text):
            text = text[1:]  # spaces kept at a line's start
        hyphen = _plain(part.box.style["hyphenate_character"])
        if not self._goes_on(text) and text.endswith(hyphen) and self._goes_on(text.removesuffix(hyphen)):
            part.hyphen, text = hyphen, text.removesuffix(hyphen)
        if not text.strip():
            part.before, part.text = part.before or bool(text), ""
            self.at += len(text)
            return
        assert self._goes_on(text), f"not as in the source: {self.whole!r} at {self.at}: {text!r}"
        part.text = text
        self.at += len(text)
        if self._at_space():
            part.after = True
            self.at += 1

    def _at_space(self) -> bool:
        return self.whole[self.at : self.at + 1] == " "

    def _goes_on(self, text: str) -> bool:
        return self.whole.startswith(text, self.at)


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text)


def pseudo_pieces(own: Mapping[Any, list[Piece]], element: Any, name: str) -> list[Piece]:
    """Return the pieces of an element's pseudo-element."""
    return [piece for piece in own.get(element, ()) if piece.pseudo == name]

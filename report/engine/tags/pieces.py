"""Pieces of text and images: numbered before layout, gathered by source element after it.

In: the box tree before layout, and the laid-out pages. Out: the `Piece`s of each element, each with the part of the
source text it shows and what line breaking removed or added. An assertion fails if any text is lost.
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
    """Numbers pieces in source order and records the first number of each element. A note is numbered at its call."""

    first: dict[Any, int] = field(default_factory=dict)
    pieces: int = 0
    notes: int = 0

    def assign(self, root: Any) -> None:
        """Number the texts and images below a box, and link notes and their calls to each other."""
        if adapter.is_text(root) or adapter.is_image(root):
            self.pieces += 1
            root.number, root.whole = self.pieces, getattr(root, "text", "")
            self.first.setdefault(root.element, self.pieces)
        if root.footnote is not None:
            self.notes += 1
            _link_note(root, self.notes)
        for child in root.children:
            self.assign(child)
        if root.footnote is not None:
            self.assign(root.footnote)


def _link_note(call: Any, index: int) -> None:
    note = call.footnote
    adapter.set_anchor(call, f"note-call-{index}")
    adapter.set_anchor(note, f"note-{index}")
    adapter.link_to(call, f"note-{index}")
    for child in note.children:
        if adapter.pseudo(child) == "footnote-marker":
            adapter.link_to(child, f"note-call-{index}")


def gather(pages: Iterable[Any]) -> PiecesByElement:
    """Return the pieces of every element, in layout order."""
    gatherer = _Gatherer()
    for number, page in enumerate(pages):
        gatherer.walk(page._page_box, number, running=False)
    for pieces in gatherer.pieces_by_element.values():
        _align(pieces)
    return gatherer.pieces_by_element


class _Gatherer:
    """Walks the boxes of all pages. Sets `piece` of each box to None, until `plan` puts the box into the tree."""

    def __init__(self) -> None:
        self.pieces_by_element: PiecesByElement = {}
        self.groups: dict[Any, Any] = {}

    def walk(self, box: Any, page: int, running: bool) -> None:
        box = adapter.unwrapped(box)
        box.piece, box.running = None, running
        if adapter.is_margin(box):
            running = True
        elif adapter.repeats(box):
            running = running or self.groups.setdefault(box.element, box) is not box
        if (adapter.is_text(box) or adapter.is_image(box)) and not running and not _is_decorative(box):
            pseudo = adapter.pseudo(box)
            number = None if pseudo and pseudo != "first-letter" else getattr(box, "number", None)
            self.pieces_by_element.setdefault(box.element, []).append(
                Piece(box, page, number, pseudo, adapter.is_text(box))
            )
        for child in box.children:
            self.walk(child, page, running)


def _is_decorative(box: Any) -> bool:
    """Return whether a box is invisible or decorative: an image with empty alternative text, or one added by CSS."""
    if box.style["visibility"] != "visible":
        return True
    return adapter.is_image(box) and bool(adapter.pseudo(box) or box.element.get("alt") == "")


def _align(pieces: list[Piece]) -> None:
    """Align the pieces of each text with the whole text."""
    for index, piece in enumerate(pieces):
        if piece.number is None and piece.pseudo == "first-letter":  # it belongs to the text that follows
            piece.number = next((other.number for other in pieces[index + 1 :] if other.number is not None), None)
    by_number: dict[int | None, list[Piece]] = {}
    for piece in pieces:
        by_number.setdefault(piece.number, []).append(piece)
    for number, parts in by_number.items():
        if not parts[0].is_text:
            for repeated in parts[1:]:  # the same image on another page
                pieces.remove(repeated)
        elif number is None:
            for part in parts:
                part.text = part.box.text
        else:
            for repeated in _Alignment(parts).run():
                pieces.remove(repeated)


class _Alignment:
    """Matches the pieces of one text against the whole text."""

    def __init__(self, parts: list[Piece]) -> None:
        self.parts, self.at = parts, 0
        self.whole = _plain(next(part.box.whole for part in parts if hasattr(part.box, "whole")))

    def run(self) -> list[Piece]:
        """Set the text of each piece. Returns pieces that repeat text. Raises AssertionError if any text is lost."""
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
        if self.at and text.startswith(" ") and not self._continues(text):
            text = text[1:]  # a space kept at the start of a line
        hyphen = _plain(part.box.style["hyphenate_character"])
        if not self._continues(text) and text.endswith(hyphen) and self._continues(text.removesuffix(hyphen)):
            part.hyphen, text = hyphen, text.removesuffix(hyphen)
        if not text.strip():
            part.before, part.text = part.before or bool(text), ""
            self.at += len(text)
            return
        assert self._continues(text), f"differs from the source: {self.whole!r} at {self.at}: {text!r}"
        part.text = text
        self.at += len(text)
        if self._at_space():
            part.after = True
            self.at += 1

    def _at_space(self) -> bool:
        return self.whole[self.at : self.at + 1] == " "

    def _continues(self, text: str) -> bool:
        return self.whole.startswith(text, self.at)


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text)


def pseudo_pieces(pieces: Mapping[Any, list[Piece]], element: Any, name: str) -> list[Piece]:
    """Return the pieces of an element's pseudo-element."""
    return [piece for piece in pieces.get(element, ()) if piece.pseudo == name]

"""Pieces of a laid-out document and the structure elements they belong to.

In: nothing. Out: `Piece` and `TagNode`, which `pieces`, `plan`, `marking` and `writing` fill in turn.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Any

from report.geometry import Rect


@dataclass(eq=False, slots=True)
class Piece:
    """A piece of text or an image as laid out: its text, and later the id and stream of its marked content.

    `before` and `after`: the source has a space there that line breaking removed or the engine does not draw.
    `hyphen` is the hyphen that hyphenation added at the end. `box` is the engine's box.
    """

    box: Any
    page: int
    number: int | None
    pseudo: str
    is_text: bool
    text: str = ""
    before: bool = False
    after: bool = False
    hyphen: str = ""
    mcid: int | None = None
    stream: Any = None

    @property
    def spoken(self) -> str:
        """The text with its surrounding spaces, as read aloud."""
        return " " * self.before + self.text + " " * self.after

    @property
    def alt(self) -> str:
        """The alternative text of an image."""
        return str(self.box.element.get("alt") or "")


@dataclass(eq=False)
class TagNode:
    """A planned structure element: its type, its source element, and its kids in reading order.

    `attributes` are attribute objects (ISO 32000-1, 14.8.5); `links` are the pages and annotations of a link.
    """

    tag: str
    element: Any = None
    kids: list[Piece | TagNode] = field(default_factory=list)
    attributes: list[dict[str, Any]] = field(default_factory=list)
    language: str = ""
    alt: str | None = None
    expansion: str = ""
    identifier: str = ""
    label: str = ""
    frame: tuple[int, Rect] | None = None
    links: list[tuple[int, Any]] = field(default_factory=list)

    def pieces(self, without: Container[str] = ()) -> Iterator[Piece]:
        """Yield the pieces below this node, in order, skipping nodes of the types in `without`."""
        for kid in self.kids:
            if isinstance(kid, Piece):
                yield kid
            elif kid.tag not in without:
                yield from kid.pieces(without)

    def nodes(self) -> Iterator[TagNode]:
        """Yield this node and all nodes below it, in order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, TagNode):
                yield from kid.nodes()

    @property
    def text(self) -> str:
        """The text as read aloud: text and alternative texts, without generated content."""
        return "".join(
            piece.spoken if piece.is_text else f" {piece.alt} " for piece in self.pieces(without={"Generated"})
        )


def pieces_of(kid: Piece | TagNode) -> list[Piece]:
    """Return the pieces in a kid."""
    return [kid] if isinstance(kid, Piece) else list(kid.pieces())

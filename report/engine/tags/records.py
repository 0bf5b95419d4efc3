"""Pieces of a laid-out document and the structure elements they belong to.

In: nothing. Out: `Piece` and `TagNode`, which `pieces`, `plan`, `marking` and `writing` fill one after the other.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Any

from report.geometry import Rect


@dataclass(eq=False, slots=True)
class Piece:
    """A piece of text or an image as laid out: what it says, and later where its marked content is.

    `before` and `after`: a space of the source stands there that the line break took away or the engine does not draw.
    `hyphen`: what hyphenation put at its end. `box` is the engine's box.
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
        """The text with the spaces around it."""
        return " " * self.before + self.text + " " * self.after

    @property
    def alt(self) -> str:
        """The alternative text of an image."""
        return str(self.box.element.get("alt") or "")


@dataclass(eq=False)
class TagNode:
    """A structure element to be: its type, the source element it stands for, its kids in reading order.

    `attributes` are attribute objects (ISO 32000-1, 14.8.5); `links` are the annotations of a link with their pages.
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
        """Yield the pieces below in order, leaving out elements of some types."""
        for kid in self.kids:
            if isinstance(kid, Piece):
                yield kid
            elif kid.tag not in without:
                yield from kid.pieces(without)

    def nodes(self) -> Iterator[TagNode]:
        """Yield this node and all below it, in order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, TagNode):
                yield from kid.nodes()

    @property
    def text(self) -> str:
        """What is read aloud: text and alternative texts, without what the stylesheet generates."""
        return "".join(
            piece.spoken if piece.is_text else f" {piece.alt} " for piece in self.pieces(without={"Generated"})
        )


def span(kid: Piece | TagNode) -> list[Piece]:
    """Return the pieces of a kid."""
    return [kid] if isinstance(kid, Piece) else list(kid.pieces())

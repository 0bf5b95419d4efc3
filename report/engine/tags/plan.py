"""The tag tree from the HTML: one node for each element, in source order or the order the author sets.

In: the document's element tree and the pieces of each element. Out: a tree of `TagNode`s, and a problem for each
skipped heading level. Siblings are read in the order of `data-reading-order` (default 0), as with CSS `order`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from report.engine.tags import adapter
from report.engine.tags.pieces import PiecesByElement, pseudo_pieces
from report.engine.tags.records import Piece, TagNode, pieces_of
from report.engine.tags.shapes import scope_attributes, shape_contents, shape_list, span_attributes, wrap_paragraphs
from report.engine.tags.types import GROUPING, INLINE, SVG, TYPES
from report.problems import Place, Problem, error

_HEADING = re.compile(r"H([1-6])")


class TagTreeBuilder:
    """Builds the tree of one document. `words` describe the links to a note and back."""

    def __init__(
        self,
        pieces: PiecesByElement,
        first: Mapping[Any, int],
        pages: Sequence[Any],
        words: tuple[str, str] = ("Note", "Back to note"),
    ) -> None:
        self.pieces, self.first, self.words, self.pages = pieces, first, words, pages
        self.starts: dict[Any, int | None] = {}
        self.notes = 0

    def tree(self, body: Any) -> TagNode:
        """Return the tree of a document's body. Sets `piece` of every box in it."""
        root = next(iter(self._element(body)), TagNode("Document", body))  # an empty document
        for piece in root.pieces():
            piece.box.piece = piece
        return root

    def _start(self, element: Any) -> int | None:
        """Return the number of the first piece in an element."""
        if element not in self.starts:
            numbers = [self.first.get(element), *(self._start(child) for child in element)]
            self.starts[element] = min((number for number in numbers if number is not None), default=None)
        return self.starts[element]

    def _kids(self, element: Any) -> list[Piece | TagNode]:
        """Return the kids of an element: its own text, interleaved with those of its children."""
        pieces = [piece for piece in self.pieces.get(element, ()) if piece.number is not None]
        text = sorted(pieces, key=lambda piece: piece.number or 0)
        runs: list[tuple[int, list[Piece | TagNode]]] = []
        for child in element:
            if not isinstance(child.tag, str):
                continue
            start = self._start(child)
            head = [piece for piece in text if start is not None and (piece.number or 0) < start]
            text = text[len(head) :]
            runs += [(0, [*head]), (int(child.get("data-reading-order", 0)), [*self._element(child)])]
            inline = TYPES.get(child.tag, "Span") in INLINE and (child.tail or "")[:1].isspace()
            if child.tag == "br" or (inline and not (text and text[0].spoken.startswith(" "))):
                _add_space_after(runs)  # a space in the source that the engine drops
        runs.append((0, [*text]))
        before, after = (pseudo_pieces(self.pieces, element, name) for name in ("before", "after"))
        if before:
            before[-1].after = not before[-1].text.endswith((" ", "\xa0"))
        middle = [kid for _, run in sorted(runs, key=lambda run: run[0]) for kid in run]
        return [*_generated(before), *middle, *_generated(after)]

    def _element(self, element: Any) -> list[TagNode]:
        """Return the nodes of an element: none, one, or a note preceded by the reference to it."""
        tag = element.tag
        if element.get("aria-hidden") == "true" or tag == "br":
            return []
        kids, kind = self._kids(element), TYPES.get(tag, "Span")
        call = pseudo_pieces(self.pieces, element, "footnote-call")
        if not kids and not call and kind not in {"TD", "TH"}:
            return []  # empty cells stay, so that every row has the same number
        node = TagNode(kind, element, kids)
        node.language = element.get("lang", "") if tag != "body" else ""
        node.expansion = element.get("title", "") if tag == "abbr" else ""
        self._shape(node)
        if call:
            return self._note(node, call)
        if node.tag in GROUPING:
            node.kids = wrap_paragraphs(node.kids)
        return [node]

    def _shape(self, node: TagNode) -> None:
        """Add the kids and attributes that a node's type requires."""
        element = node.element
        if node.tag == "Figure":
            title = element.findtext(SVG.replace("}svg", "}title")) if element.tag == SVG else element.get("alt")
            node.alt, piece = title or "", pieces_of(node.kids[0])[0]
            whole_page = element.get("data-frame") == "page"  # a full-page drawing
            node.frame = (
                piece.page,
                adapter.page_frame(self.pages[piece.page]) if whole_page else adapter.content_frame(piece.box),
            )
            node.attributes.append({"O": "/Layout", "Placement": "/Block"})
        elif node.tag == "Div" and all(isinstance(kid, Piece) or kid.tag in INLINE for kid in node.kids):
            node.tag = "P"
        elif element.tag in {"ul", "ol", "dl"}:
            shape_list(node, self.pieces)
        elif element.tag == "nav":
            for inner in node.nodes():
                shape_contents(inner)
        elif node.tag in {"TH", "TD"}:
            node.attributes += [*scope_attributes(node), *span_attributes(element)]

    def _note(self, node: TagNode, call: list[Piece]) -> list[TagNode]:
        """Return the reference to a note and the note itself, with links to each other; both are read at the call."""
        self.notes += 1
        note_word, back_word = self.words
        node.tag, node.identifier = "Note", f"note-{self.notes:04}"
        marker = pseudo_pieces(self.pieces, node.element, "footnote-marker")
        if marker:
            node.kids.insert(
                0, TagNode("Lbl", kids=[TagNode("Link", kids=[*marker], label=f"{back_word} {self.notes}")])
            )
        return [TagNode("Reference", kids=[TagNode("Link", kids=[*call], label=f"{note_word} {self.notes}")]), node]


def _generated(pieces: list[Piece]) -> list[TagNode]:
    return [TagNode("Generated", kids=[*pieces])] if pieces else []


def _add_space_after(runs: list[tuple[int, list[Piece | TagNode]]]) -> None:
    pieces = [piece for _, run in runs for kid in run for piece in pieces_of(kid)]
    if pieces and not pieces[-1].spoken.endswith(" "):
        pieces[-1].after = True


def heading_gaps(tree: TagNode) -> Iterator[Problem]:
    """Yield a problem for each heading that skips a level (ISO 14289-1, 7.4.2)."""
    last = 0
    for node in tree.nodes():
        if match := _HEADING.fullmatch(node.tag):
            level = int(match[1])
            if level > last + 1:
                what = f"Heading “{' '.join(node.text.split())[:60]}” is at level {level}, after one at level {last}."
                hint = "Use the next level: screen readers announce levels."
                yield error("heading-gap", _source(node.element), what, hint)
            last = level


def _source(element: Any) -> Place:
    return Place.of_source(element.get("data-src") or "layouts", component=element.get("data-component", ""))

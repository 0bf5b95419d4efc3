"""The structure that some types require of their kids: lists, tables of contents, paragraphs, table cells.

In: nodes. Out: the same nodes, restructured (ISO 32000-1, 14.8.4 and 14.8.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from report.engine.tags.pieces import PiecesByElement, pseudo_pieces
from report.engine.tags.records import Piece, TagNode
from report.engine.tags.types import INLINE, NUMBERING


def shape_list(node: TagNode, pieces: PiecesByElement) -> None:
    """Give each item of a list its label and body."""
    if node.element.tag == "dl":
        node.kids = _terms(node.kids)
        return
    for item in node.kids:
        if not isinstance(item, TagNode) or item.element is None or item.element.tag != "li":
            continue
        marker = pseudo_pieces(pieces, item.element, "marker")
        kids: list[Piece | TagNode] = [TagNode("LBody", kids=item.kids)]
        if marker:
            style = marker[0].box.style["list_style_type"]
            node.attributes = [{"O": "/List", "ListNumbering": f"/{NUMBERING.get(style, 'Decimal')}"}]
            kids.insert(0, TagNode("Lbl", kids=[*marker]))
        item.kids = kids


def _terms(kids: list[Piece | TagNode]) -> list[Piece | TagNode]:
    """Return terms and descriptions grouped into items; a div around them is an item itself."""
    items: list[Piece | TagNode] = []
    for kid in kids:
        if not isinstance(kid, TagNode):
            continue
        last = items[-1] if items else None
        if kid.element is not None and kid.element.tag == "div":
            kid.tag = "LI"
            items.append(kid)
        elif isinstance(last, TagNode) and last.element is None and kid.tag != "Lbl":
            last.kids.append(kid)
        else:
            items.append(TagNode("LI", kids=[kid]))
    return items


def shape_contents(node: TagNode) -> None:
    """Turn a list in a nav into a table of contents, and its links into references."""
    if node.tag == "L":
        node.tag, node.attributes = "TOC", []
    elif node.tag == "LI":
        node.tag = "TOCI"
        node.kids = [*_entries(node)]


def _entries(node: TagNode) -> Iterator[Piece | TagNode]:
    for part in node.kids:
        inner = part.kids if isinstance(part, TagNode) and part.tag == "LBody" else [part]
        for kid in inner:
            yield TagNode("Reference", kids=[kid]) if isinstance(kid, TagNode) and kid.tag == "Link" else kid


def wrap_paragraphs(kids: list[Piece | TagNode]) -> list[Piece | TagNode]:
    """Return the kids of a grouping element with runs of inline content wrapped in paragraphs."""
    wrapped: list[Piece | TagNode] = []
    for kid in kids:
        inline = isinstance(kid, Piece) or kid.tag in INLINE
        last = wrapped[-1] if wrapped else None
        if inline and isinstance(last, TagNode) and last.element is None and last.tag == "P":
            last.kids.append(kid)
        else:
            wrapped.append(TagNode("P", kids=[kid]) if inline else kid)
    return wrapped


def scope_attributes(node: TagNode) -> Iterator[dict[str, Any]]:
    """Yield the scope of a header cell: row or column."""
    if node.tag == "TH":
        scope = "/Row" if node.element.get("scope") == "row" else "/Column"
        yield {"O": "/Table", "Scope": scope}


def span_attributes(element: Any) -> Iterator[dict[str, Any]]:
    """Yield the column and row spans of a cell that are more than one."""
    spans = {name: int(element.get(name.lower(), 1)) for name in ("ColSpan", "RowSpan")}
    if many := {name: count for name, count in spans.items() if count > 1}:
        yield {"O": "/Table", **many}

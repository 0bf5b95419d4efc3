"""What an HTML document says, in the order in which it is read: the other side of the comparison with the tag tree."""

from __future__ import annotations

import re
from typing import Any

import tinyhtml5
from tagtree import Element, words

INLINE = frozenset(["span", "a", "strong", "em", "b", "i", "abbr", "q", "code", "cite", "small", "sub", "sup", "time"])


def html_body(html: str) -> Any:
    document = tinyhtml5.parse(html, namespace_html_elements=False)
    return next(child for child in document if child.tag == "body")


def html_words(html: str) -> list[str]:
    """The words of a document in reading order, without what is hidden, and without alternative texts."""
    return words(_text(html_body(html)))


def in_order(element: Any) -> list[Any]:
    """The children as they are read: `data-reading-order` sorts siblings, 0 where it is not given."""
    return sorted(element, key=lambda child: int(child.get("data-reading-order", 0)))


def _text(element: Any) -> str:
    if not isinstance(element.tag, str) or element.get("aria-hidden") == "true" or element.tag == "img":
        return ""
    if element.tag == "br":
        return " "
    ordered = in_order(element) if any(child.get("data-reading-order") for child in element) else list(element)
    inner = (element.text or "") + "".join(_text(child) + (child.tail or "") for child in ordered)
    apart = element.tag not in INLINE or "footnote" in (element.get("class") or "").split()
    return f" {inner} " if apart else inner


def shown_elements(body: Any) -> list[Any]:
    """The elements that a reader meets: with text or an image in them, or cells of a table."""

    def shown(element: Any) -> bool:
        if not isinstance(element.tag, str) or element.tag == "br" or element.get("aria-hidden") == "true":
            return False
        if element.tag in {"td", "th"} or (element.tag == "img" and element.get("alt") != ""):
            return True
        return bool("".join(element.itertext()).strip()) or any(shown(child) for child in element)

    hidden = {each for top in body.iter() if top.get("aria-hidden") == "true" for each in top.iter()}
    return [element for element in body.iter() if element not in hidden and shown(element)]


def tree_words(element: Element) -> list[str]:
    """The words of a tag tree, without what stylesheets generate: page numbers, markers, numbers of notes."""
    return words(_tree_text(element, ()))


BLOCKS = frozenset(
    "Note P LI L LBody Lbl TD TH TR Table Caption Div Sect Art Part BlockQuote TOC TOCI Aside Document THead TBody "  # noqa: SIM905
    "Figure H1 H2 H3 H4 H5 H6".split()
)
_MARKER = re.compile(r"\s*(\d+\.|[•◦▪‣–])\s*")


def _tree_text(element: Element | str, inside: tuple[str, ...]) -> str:
    if isinstance(element, str):
        return element
    if element.tag in {"Generated", "Figure"}:
        return ""
    if element.tag == "Lbl" and inside[-1:] in {("LI",), ("TOCI",), ("Note",)} and _MARKER.fullmatch(element.text):
        return " "
    if element.tag == "Reference" and re.fullmatch(r"\d+", element.text):
        return ""
    inner = "".join(_tree_text(kid, (*inside, element.tag)) for kid in element.kids)
    return f" {inner} " if element.tag in BLOCKS else inner

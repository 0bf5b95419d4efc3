"""Stylesheets, read as the engine reads them: no raw colours, no addresses of anything but the edition's own things.

In: the text of a stylesheet. Out: problems with line and column. Escapes and comments are resolved by the CSS parser,
so that nothing can hide behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import tinycss2

from report.problems import Place, Problem, error

_FUNCTIONS = frozenset({"rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color", "device-cmyk"})
_PAINTED = ("color", "background", "border", "outline", "fill", "stroke", "shadow", "decoration", "rule", "image")
COLOUR_HINT = "Name a token of styles/tokens.yaml instead, such as var(--ink)."
_ADDRESS_HINT = "Name a drawing, font or photograph of the edition: url('press:image/name.jpg')."


def stylesheet_problems(text: str, shown: str) -> list[Problem]:
    """Return every raw colour and every outside address of a stylesheet called `shown`."""
    return list(_rules(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True), shown))


def declaration_problems(text: str, shown: str) -> Iterator[Problem]:
    """Yield the same for a style attribute or element; `text` starts where the file starts, so that places agree."""
    return _rules(tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True), shown)


def _rules(nodes: Iterable[Any], shown: str) -> Iterator[Problem]:
    for node in nodes:
        if node.type == "at-rule" and node.lower_at_keyword == "import":
            hint = "Put the file into styles/, where it is found by itself."
            yield error("outside-address", _place(node, shown), "The stylesheet imports another.", hint)
        elif node.type == "declaration":
            yield from _values(node.value, node.lower_name, shown)
        elif node.type in {"at-rule", "qualified-rule"}:
            yield from _values(node.prelude, "", shown)
            if node.content is not None:
                inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
                yield from _rules(inner, shown)
        elif node.type == "error":
            hint = "Correct it; the engine would leave it out."
            yield error("stylesheet", _place(node, shown), f"The stylesheet can't be read here: {node.message}.", hint)


def _values(tokens: Iterable[Any], name: str, shown: str) -> Iterator[Problem]:
    """Look at the values of a declaration (`name`), or at a rule's prelude (no name, so no colours)."""
    for token in tokens:
        address = _address(token)
        if address is not None and not address.startswith(("press:", "#")):
            what = f"The stylesheet names `{address[:80]}`."
            yield error("outside-address", _place(token, shown), what, _ADDRESS_HINT)
        elif name and (colour := _colour(token, name)):
            yield error("raw-colour", _place(token, shown), f"A raw colour: `{colour}`.", COLOUR_HINT)
        if address is None:
            yield from _values(getattr(token, "arguments", None) or getattr(token, "content", None) or (), name, shown)


def _address(token: Any) -> str | None:
    """Return the address in a `url(...)`, or in an image function that takes a bare string."""
    if token.type == "url":
        return str(token.value)
    if token.type == "function" and token.lower_name in {"url", "src", "image", "image-set", "-webkit-image-set"}:
        return next((str(each.value) for each in token.arguments if each.type == "string"), None)
    return None


def _colour(token: Any, name: str) -> str:
    if token.type == "hash":
        return f"#{token.value}"
    if token.type == "function" and token.lower_name in _FUNCTIONS:
        return f"{token.lower_name}("
    if (
        token.type == "ident"
        and (name.startswith("--") or any(part in name for part in _PAINTED))
        and token.lower_value in named_colours()
    ):
        return str(token.value)
    return ""


@lru_cache(maxsize=1)
def named_colours() -> frozenset[str]:
    """Return the colour names of CSS."""
    from PIL import ImageColor

    return frozenset(ImageColor.colormap) | {"rebeccapurple"}


def _place(node: Any, shown: str) -> Place:
    return Place(shown, node.source_line, node.source_column)

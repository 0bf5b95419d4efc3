"""Stylesheets, read as the engine reads them: no raw colours, no unknown variables, no addresses from outside.

In: the text of a stylesheet, and the variables there are. Out: problems with line and column. Escapes and comments are
resolved by the CSS parser, so that nothing can hide behind them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tinycss2

from report.problems import Place, Problem, did_you_mean, error

_FUNCTIONS = frozenset({"rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color", "device-cmyk"})
_PAINTED = ("color", "background", "border", "outline", "fill", "stroke", "shadow", "decoration", "rule", "image")
_SET = re.compile(r"(?<![\w-])(--[\w-]+)\s*:")
COLOUR_HINT = "Name a token of styles/tokens.yaml instead, such as var(--ink)."
_ADDRESS_HINT = "Name a drawing, font or photograph of the edition: url('press:image/name.jpg')."


def stylesheet_problems(text: str, shown: str, variables: Collection[str] | None = None) -> list[Problem]:
    """Return every raw colour, outside address and unknown variable of a stylesheet called `shown`."""
    nodes = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return list(_StylesheetReader(shown, variables).rules(nodes))


def declaration_problems(text: str, shown: str, variables: Collection[str] | None = None) -> Iterator[Problem]:
    """Yield the same for a style attribute or element; `text` starts where the file starts, so that places agree."""
    nodes = tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True)
    return _StylesheetReader(shown, variables).rules(nodes)


def variables_in(text: str) -> set[str]:
    """Return the custom properties that a stylesheet or template sets."""
    return set(_SET.findall(text))


@dataclass(frozen=True, slots=True)
class _StylesheetReader:
    """Reads one file; `variables` are all that may be asked for, None where nobody can tell."""

    shown: str
    variables: Collection[str] | None

    def rules(self, nodes: Iterable[Any]) -> Iterator[Problem]:
        """Yield the problems of rules and declarations."""
        for node in nodes:
            if node.type == "at-rule" and node.lower_at_keyword == "import":
                hint = "Put the file into styles/, where it is found by itself."
                yield error("outside-address", self.place(node), "The stylesheet imports another.", hint)
            elif node.type == "declaration":
                yield from self.values(node.value, node.lower_name)
            elif node.type in {"at-rule", "qualified-rule"}:
                yield from self.values(node.prelude, "")
                if node.content is not None:
                    inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
                    yield from self.rules(inner)
            elif node.type == "error":
                hint = "Correct it; the engine would leave it out."
                what = f"The stylesheet can't be read here: {node.message}."
                yield error("stylesheet", self.place(node), what, hint)

    def values(self, tokens: Iterable[Any], name: str) -> Iterator[Problem]:
        """Look at the values of a declaration (`name`), or at a rule's prelude (no name, so no colours)."""
        for token in tokens:
            address = _address(token)
            if address is not None and not address.startswith(("press:", "#")):
                what = f"The stylesheet names `{address[:80]}`."
                yield error("outside-address", self.place(token), what, _ADDRESS_HINT)
            elif name and (colour := _colour(token, name)):
                yield error("raw-colour", self.place(token), f"A raw colour: `{colour}`.", COLOUR_HINT)
            yield from self.variable(token)
            if address is None:
                yield from self.values(getattr(token, "arguments", None) or getattr(token, "content", None) or (), name)

    def variable(self, token: Any) -> Iterator[Problem]:
        """A variable that nothing sets has no value, and the engine would drop the whole declaration."""
        if self.variables is None or token.type != "function" or token.lower_name != "var":
            return
        asked = next((str(each.value) for each in token.arguments if each.type == "ident"), "")
        if asked.strip("-") and asked not in self.variables:  # a template may fill in the name
            hint = did_you_mean(asked, self.variables) or "Name a token of styles/tokens.yaml, or set it."
            yield error("unknown-variable", self.place(token), f"Nothing sets the variable `{asked}`.", hint)

    def place(self, node: Any) -> Place:
        """Return where a node starts."""
        return Place(self.shown, node.source_line, node.source_column)


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

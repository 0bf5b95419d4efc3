"""Checks stylesheets, parsed as the engine parses them: no raw colours, unknown variables or external addresses.

In: the text of a stylesheet and the names of all variables. Out: problems with line and column. The CSS parser resolves
escapes and comments, so they cannot hide anything.
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
_END = "end-of-the-stylesheet"
_SET = re.compile(r"(?<![\w-])(--[\w-]+)\s*:")
COLOUR_HINT = "Use a token of styles/tokens.yaml instead, such as var(--ink)."
_ADDRESS_HINT = "Use a drawing, font or photograph of the edition, such as url('press:image/name.jpg')."


def stylesheet_problems(text: str, display_name: str, variables: Collection[str] | None = None) -> list[Problem]:
    """Return the problems of a stylesheet: raw colours, external addresses and unknown variables."""
    nodes = tinycss2.parse_stylesheet(text)
    return [*_unclosed(text, display_name), *_StylesheetReader(display_name, variables).rules(nodes)]


def declaration_problems(text: str, display_name: str, variables: Collection[str] | None = None) -> Iterator[Problem]:
    """Yield the same problems for a style attribute or element. `text` is padded to the start of the file."""
    nodes = tinycss2.parse_blocks_contents(text)
    return _StylesheetReader(display_name, variables).rules(nodes)


def _unclosed(text: str, display_name: str) -> Iterator[Problem]:
    """A block, string or comment that is never closed takes in all that follows: a mark at the end shows it."""
    nodes = tinycss2.parse_component_value_list(f"{text}\n{_END}")
    if nodes[-1].type == "ident" and nodes[-1].value == _END:
        return
    first = nodes[-1]
    what = {"{} block": "This block", "[] block": "This bracket", "() block": "This parenthesis"}.get(first.type)
    what = what or ("This function" if first.type == "function" else "This comment or string")
    yield error("stylesheet", Place(display_name, first.source_line, first.source_column), f"{what} is never closed.",
                "Close it. The engine would take all that follows for a part of it.")  # fmt: skip


def variables_in(text: str) -> set[str]:
    """Return the custom properties that a stylesheet or template sets."""
    return set(_SET.findall(text))


@dataclass(frozen=True, slots=True)
class _StylesheetReader:
    """Reads one file. `variables` has the names of all variables that are set; None if they are not known."""

    display_name: str
    variables: Collection[str] | None

    def rules(self, nodes: Iterable[Any]) -> Iterator[Problem]:
        """Yield the problems of rules and declarations."""
        for node in nodes:
            if node.type == "at-rule" and node.lower_at_keyword == "import":
                hint = "Put the file into styles/, where it is loaded automatically."
                yield error("outside-address", self.place(node), "The stylesheet imports another one.", hint)
            elif node.type == "declaration":
                yield from self.values(node.value, node.lower_name)
            elif node.type in {"at-rule", "qualified-rule"}:
                yield from self.values(node.prelude, "")
                if node.content is not None:
                    inner = tinycss2.parse_blocks_contents(node.content)
                    yield from self.rules(inner)
            elif node.type == "error":
                yield self.invalid(node)

    def values(self, tokens: Iterable[Any], name: str) -> Iterator[Problem]:
        """Yield the problems in the values of the declaration `name`, or in a rule's prelude (no name, no colours)."""
        for token in tokens:
            if token.type == "error":
                yield self.invalid(token)
            for address in _addresses(token):
                if not address.startswith(("press:", "#")):
                    what = f"The address `{address[:80]}` is not allowed."
                    yield error("outside-address", self.place(token), what, _ADDRESS_HINT)
            if name and (colour := _colour(token, name)):
                yield error("raw-colour", self.place(token), f"Raw colour `{colour}`.", COLOUR_HINT)
            yield from self.variable(token)
            yield from self.values(getattr(token, "arguments", None) or getattr(token, "content", None) or (), name)

    def invalid(self, node: Any) -> Problem:
        """Return the problem of a part that the parser cannot read: a bad string, a bracket too many."""
        hint = "Correct it. The engine would ignore it."
        return error("stylesheet", self.place(node), f"Invalid CSS: {node.message.rstrip('.')}.", hint)

    def variable(self, token: Any) -> Iterator[Problem]:
        """Every variable must be set somewhere; otherwise the engine would drop the whole declaration."""
        if self.variables is None or token.type != "function" or token.lower_name != "var":
            return
        variable = next((str(each.value) for each in token.arguments if each.type == "ident"), "")
        if variable.strip("-") and variable not in self.variables:  # the name is empty where a template inserts it
            hint = did_you_mean(variable, self.variables) or "Use a token of styles/tokens.yaml, or set the variable."
            yield error("unknown-variable", self.place(token), f"The variable `{variable}` is never set.", hint)

    def place(self, node: Any) -> Place:
        """Return the place where a node starts."""
        return Place(self.display_name, node.source_line, node.source_column)


def _addresses(token: Any) -> list[str]:
    """Return the address in a `url(...)`, or those in an image function that takes bare strings."""
    if token.type == "url":
        return [str(token.value)]
    if token.type == "function" and token.lower_name in {"url", "src", "image", "image-set", "-webkit-image-set"}:
        return [str(each.value) for each in token.arguments if each.type == "string"]
    return []


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

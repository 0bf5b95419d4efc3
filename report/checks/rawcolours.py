"""Finds raw colours, where a token is required, in templates and in the Python source of drawings.

In: the text of a file. Out: problems with line and column. `stylecheck` does the same for stylesheets, and checks the
style attributes and elements of templates for this module.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from report.checks.stylecheck import COLOUR_HINT, declaration_problems, named_colours
from report.edition.references import place_at
from report.problems import Place, Problem, error

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_STYLE = re.compile(r"""\bstyle\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_SHEET = re.compile(r"<style\b[^>]*>(.*?)</style", re.IGNORECASE | re.DOTALL)
# Attributes that set a colour without a style, in SVG and in old HTML.
_PAINT = re.compile(
    r"""(?<![\w-])(?:fill|stroke|color|bgcolor|(?:stop|flood|lighting)-color)\s*=\s*["']?\s*([^"'\s>{]+)""",
    re.IGNORECASE,
)
_PAINTED = re.compile(r"var\(|url\(|none$|currentcolor$|inherit$|transparent$", re.IGNORECASE)
_QUOTED_HEX = re.compile(r"""["'](#[0-9a-fA-F]{3,8})["']""")

_HEX = re.compile(r"#[0-9a-fA-F]{3,8}")
_OF_MATPLOTLIB = re.compile(r"(tab|xkcd|css4):.+|C\d", re.IGNORECASE)
_SHORT = re.compile(r"[bgrcmykw]|(0?\.\d+|[01])")  # matplotlib's one-letter colours and grey levels
_COLOUR_NAMES = ("color", "colour", "cmap", "fill", "stroke", "paint")


def template_problems(text: str, display_name: str, variables: Collection[str] | None) -> Iterator[Problem]:
    """Yield every raw colour of a template: in style attributes and elements, colour attributes, and Jinja code.

    `variables` are the custom properties that its styles may use.
    """
    plain = _JINJA.sub(_blank, text)
    for match in (*_STYLE.finditer(plain), *_SHEET.finditer(plain)):
        group = next(index for index, value in enumerate(match.groups(), 1) if value is not None)
        padding = re.sub(r"[^\n]", " ", plain[: match.start(group)])  # keeps lines and columns those of the file
        yield from declaration_problems(padding + match[group], display_name, variables)
    for match in _PAINT.finditer(plain):
        if not _PAINTED.match(match[1]):
            yield _raw(match[1], place_at(text, match.start(1), Place(display_name, 1, 1)))
    for jinja in _JINJA.finditer(text):
        for match in _QUOTED_HEX.finditer(jinja[0]):
            yield _raw(match[1], place_at(text, jinja.start() + match.start(1), Place(display_name, 1, 1)))


def python_problems(text: str, display_name: str, tokens: Collection[str]) -> Iterator[Problem]:
    """Yield every raw colour in a drawing's source: codes and names anywhere, numbers in colour arguments."""
    if not _quick_filter().search(text):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_colour(node.value, tokens):
            yield _raw(node.value, Place(display_name, node.lineno, node.col_offset + 1))
        elif isinstance(node, ast.keyword) and node.arg and _takes_colour(node.arg) and _is_numeric_colour(node.value):
            yield _raw(ast.unparse(node.value), Place(display_name, node.value.lineno, node.value.col_offset + 1))


@lru_cache(maxsize=1)
def _quick_filter() -> re.Pattern[str]:
    """Return a pattern that matches every source with a raw colour. It spares the slow parsing of most drawings."""
    names = "|".join(sorted(named_colours()))
    return re.compile(
        rf"""["'](?:#[0-9a-f]{{3,8}}|(?:tab|xkcd|css4):|C\d|{names})|"""
        rf"""(?:{"|".join(_COLOUR_NAMES)})\w*\s*=\s*(?:[(\[]|["'](?:[a-z]|[\d.]+)["'])""",
        re.IGNORECASE,
    )


def _is_colour(text: str, tokens: Collection[str]) -> bool:
    named = text.lower() in named_colours() and text not in tokens
    return named or bool(_HEX.fullmatch(text) or _OF_MATPLOTLIB.fullmatch(text))


def _takes_colour(name: str) -> bool:
    return any(part in name.lower() for part in _COLOUR_NAMES)


def _is_numeric_colour(value: ast.expr) -> bool:
    """Return whether a value is a tuple or list of colour components, or one of matplotlib's letters and greys."""
    if isinstance(value, ast.Tuple | ast.List):
        return len(value.elts) in {3, 4} and all(_is_number(part) for part in value.elts)
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and bool(_SHORT.fullmatch(value.value))


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _raw(colour: str, place: Place) -> Problem:
    return error("raw-colour", place, f"Raw colour `{colour[:40]}`.", COLOUR_HINT)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])

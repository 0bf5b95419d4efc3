"""Faster painting of drawings: a path is converted to operators in one step, a shared drawing is stored once.

In: the engine's drawing functions, which are replaced. Out: the same pages. Paths with arcs, relative commands or
exponents are left to the engine. A drawing under two facing pages becomes one form XObject that both pages paint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import weasyprint.draw
import weasyprint.svg
from weasyprint.images import SVGImage

from report.engine.internals import replaced

_PLAIN = re.compile(r"[MLCZz\d.,\s-]*")
_N = r" -?\d+(?:\.\d+)?"
_GRAMMAR = re.compile(rf"(?: [ML]{_N}{_N}| C{_N * 6}| [Zz])*")
_LETTERS = re.compile(r" ([MLCZz])")
_OPERATORS = str.maketrans("MLCZz", "mlchh")
_MARKERS = ("marker", "marker-start", "marker-mid", "marker-end")


def operators(path: str) -> bytes | None:
    """Return the PDF operators of an SVG path (ISO 32000-1, 8.5.2), or None if the path must be left to the engine."""
    if not _PLAIN.fullmatch(path):
        return None
    spaced = re.sub(r"([MLCZz])", r" \1 ", path.replace("-", " -"))
    spaced = re.sub(r"[\s,]+", " ", spaced).rstrip()
    if not spaced.startswith(" M") or not _GRAMMAR.fullmatch(spaced):
        return None
    pieces = _LETTERS.split(spaced)
    moves = [f"{points} {letter}" for letter, points in zip(pieces[1::2], pieces[2::2], strict=True)]
    return "".join(moves).translate(_OPERATORS).strip().encode()


@contextmanager
def fast_painting() -> Iterator[None]:
    """Replace the engine's drawing functions while a document is written."""
    original = weasyprint.svg.TAGS["path"]
    background = weasyprint.draw.draw_background_image
    forms: dict[Any, Any] = {}

    def path(svg: Any, node: Any, font_size: float) -> None:
        converted = None if any(name in node.attrib for name in _MARKERS) else operators(node.get("d", ""))
        if converted is None:
            original(svg, node, font_size)
        elif converted:
            svg.stream.stream.append(converted)

    def draw_background_image(stream: Any, layer: Any, style: Any) -> None:
        unrepeated = layer.repeat == ("no-repeat", "no-repeat")
        if isinstance(layer.image, SVGImage) and unrepeated and 0 not in layer.size:
            _paint_shared(stream, layer, style, forms)
        else:
            background(stream, layer, style)

    with ExitStack() as stack:
        stack.enter_context(replaced(weasyprint.svg.TAGS, "path", path))
        stack.enter_context(replaced(weasyprint.draw, "draw_background_image", draw_background_image))
        yield


def _paint_shared(stream: Any, layer: Any, style: Any, forms: dict[Any, Any]) -> None:
    """Paint a background drawing as a form XObject that all pages share."""
    key = (id(layer.image), *layer.size)
    with stream.artifact(), stream.stacked():
        if not layer.unbounded:
            stream.rectangle(*layer.painting_area)
            stream.clip()
            stream.end()
        x, y = (position + offset for position, offset in zip(layer.position, layer.positioning_area[:2], strict=True))
        if key not in forms:
            forms[key] = stream.add_group(0, 0, *layer.size)
            layer.image.draw(forms[key], *layer.size, style)
        stream.transform(e=x, f=y)
        stream.draw_x_object(forms[key].id)

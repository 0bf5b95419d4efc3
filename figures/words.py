"""Measuring and breaking text without a renderer.

In: a text, one of the look's font faces, a size in points. Out: widths in points, the text broken into lines.
Widths come from the font file itself, so they hold wherever the drawing is later shown with the same fonts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.font_manager import FontProperties

    from report.design.look import FontFace

ASCENT = 0.73
"""Height of capitals, figures and ascenders above the baseline, as a part of the size."""

DESCENT = 0.21
"""Depth of descenders below the baseline, as a part of the size."""

MEASURE = 100.0


@lru_cache(maxsize=256)
def properties(face: FontFace, size: float) -> FontProperties:
    """The face at a size, as matplotlib names it; the file decides the metrics, the names reach the SVG."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(
        family=[face.family],
        style="italic" if face.style == "italic" else "normal",
        variant="normal",
        weight=face.weight,
        stretch="normal",
        size=size,
        fname=str(face.path),
        math_fontfamily="dejavusans",
    )


@lru_cache(maxsize=8192)
def _measured(text: str, face: FontFace) -> float:
    from matplotlib.textpath import text_to_path

    width, _, _ = text_to_path.get_text_width_height_descent(text, properties(face, MEASURE), False)
    return float(width)


def width_of(text: str, face: FontFace, size: float) -> float:
    """The width of one line of text, in points."""
    return _measured(text, face) * size / MEASURE if text else 0.0


def leading_of(size: float) -> float:
    """The distance between baselines that suits a size: 8 on 10, 9.5 on 12."""
    return float(round(size * 1.25))


def _pieces(word: str, face: FontFace, size: float, width: float) -> list[str]:
    """One word, cut where it is wider than a line: after its hyphens and slashes if that helps, else anywhere."""
    if width_of(word, face, size) <= width:
        return [word]
    pieces: list[str] = []
    for part in re.findall(r"[^-/–]+[-/–]*|[-/–]+", word):
        rest = part
        while width_of(rest, face, size) > width and len(rest) > 1:
            cut = max((n for n in range(1, len(rest)) if width_of(rest[:n], face, size) <= width), default=1)
            pieces.append(rest[:cut])
            rest = rest[cut:]
        pieces.append(rest)
    return pieces


def _filled(words: Sequence[str], face: FontFace, size: float, width: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        for number, piece in enumerate(_pieces(word, face, size, width)):
            joint = "" if number else " "
            if lines and width_of(lines[-1] + joint + piece, face, size) <= width:
                lines[-1] += joint + piece
            else:
                lines.append(piece)
    return lines


def wrapped(text: str, face: FontFace, size: float, width: float) -> list[str]:
    """The text in as few lines as the width allows, of lengths as even as possible; no-break spaces hold."""
    words = [word for word in re.split(r"[ \n\t]+", text) if word]
    lines = _filled(words, face, size, width)
    if len(lines) < 2:
        return lines
    narrow = width
    while narrow > width * 0.5:
        narrow -= 2.0
        tighter = _filled(words, face, size, narrow)
        if len(tighter) > len(lines) or any(width_of(word, face, size) > narrow for word in words):
            break
        lines = tighter
    return lines

"""Measuring and breaking text without a renderer.

In: a text, one of the look's font faces, a size in points. Out: widths in points, the text broken into lines.
Widths come from the font file, so they hold wherever the drawing is shown with the same fonts.
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
"""Height of capitals, figures and ascenders above the baseline, as a fraction of the size."""

DESCENT = 0.21
"""Depth of descenders below the baseline, as a fraction of the size."""

MEASURE = 100.0


@lru_cache(maxsize=256)
def properties(face: FontFace, size: float) -> FontProperties:
    """Return a face at a size as matplotlib font properties. The file sets the metrics; the names go into the SVG."""
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
def _unit_width(text: str, face: FontFace) -> float:
    from matplotlib.textpath import text_to_path

    width, _, _ = text_to_path.get_text_width_height_descent(text, properties(face, MEASURE), False)
    return float(width)


def width_of(text: str, face: FontFace, size: float) -> float:
    """Return the width of one line of text in points."""
    return _unit_width(text, face) * size / MEASURE if text else 0.0


def leading_of(size: float) -> float:
    """Return the leading for a size: 10 for 8, 12 for 9.5."""
    return float(round(size * 1.25))


def _pieces(word: str, face: FontFace, size: float, width: float) -> list[str]:
    """Split a word that is wider than a line: after hyphens and slashes if possible, or else anywhere."""
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


def wrap(text: str, face: FontFace, size: float, width: float) -> list[str]:
    """Return the text in as few lines as fit, as even as possible. No-break spaces do not break."""
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

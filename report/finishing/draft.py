"""The word DRAFT over every page: large hollow letters that hide nothing, and that no screen reader reads.

In: a PDF and a font file. Out: the same PDF, changed. The letters are outlines in one colour of the tokens, so that the
file needs no further font and no transparency, and print gets its inks like any other colour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pikepdf
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from report.design.look import FontFace

WORD = "DRAFT"
STROKE = 1.5  # points
OF_THE_MARK = frozenset({"draft", "contrast", "faint-mark"})  # what checks find in a file because the word is there
_SHARE = 0.78  # of the page's diagonal that the word takes


@dataclass(frozen=True, slots=True)
class DraftMark:
    """How the word is set: the font, and the colour as #RRGGBB."""

    face: FontFace
    colour: str


def stamp(pdf: pikepdf.Pdf, mark: DraftMark) -> None:
    """Draw the word over every page, as an artifact (ISO 32000-1, 14.8.2.2.2: a watermark)."""
    with TTFont(mark.face.path, lazy=True) as font:
        outline, width, height = _outline(font)
    red, green, blue = (part / 255 for part in bytes.fromhex(mark.colour.removeprefix("#")))
    for page in pdf.pages:
        left, bottom, right, top = (float(edge) for edge in page.trimbox)
        slope = math.atan2(top - bottom, right - left)
        scale = math.hypot(right - left, top - bottom) * _SHARE / width
        cos, sin = math.cos(slope) * scale, math.sin(slope) * scale
        x = (left + right) / 2 - (cos * width - sin * height) / 2
        y = (bottom + top) / 2 - (sin * width + cos * height) / 2
        drawn = (
            f"\n/Artifact <</Type /Pagination /Subtype /Watermark>> BDC q {cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} "
            f"{x:.3f} {y:.3f} cm {red:.6f} {green:.6f} {blue:.6f} RG {STROKE / scale:.3f} w 1 j {outline} S Q EMC\n"
        )
        page.contents_add(pdf.make_stream(b"q\n"), prepend=True)  # whatever the page does to its coordinates
        page.contents_add(pdf.make_stream(f"\nQ{drawn}".encode()))


class _Operators(BasePen):  # type: ignore[misc]
    """Turns an outline into path operators; quadratic curves become cubic ones in the base class."""

    def __init__(self, glyphs: object, x: float) -> None:
        super().__init__(glyphs)
        self.x, self.pieces = x, list[str]()

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        self.pieces.append(" ".join([*(f"{self.x + x:.1f} {y:.1f}" for x, y in points), operator]))

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 (the base class calls it so)
        self._add("m", pt)

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self._add("l", pt)

    def _curveToOne(  # noqa: N802
        self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]
    ) -> None:
        self._add("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802
        self.pieces.append("h")


def _outline(font: TTFont) -> tuple[str, float, float]:
    """Return the word as path operators in units of the font, its width and the height of its letters."""
    glyphs, names, x, pieces = font.getGlyphSet(), font.getBestCmap(), 0.0, list[str]()
    for letter in WORD:
        name = names[ord(letter)]
        pen = _Operators(glyphs, x)
        glyphs[name].draw(pen)
        pieces += pen.pieces
        x += glyphs[name].width
    height = getattr(font["OS/2"], "sCapHeight", 0) or 0.7 * font["head"].unitsPerEm
    return " ".join(pieces), x, float(height)

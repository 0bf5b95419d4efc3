"""The watermark of files that are not to be used: DRAFT or FAULTY in large outlined letters over every page.

In: a PDF and a font file. Out: the same PDF, changed. The letters are stroked outlines in one token colour: they hide
nothing, need no font and no transparency, are converted to CMYK like any other colour, and are an artifact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pikepdf
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from report.design.look import FontFace

STROKE = 1.5  # points
WATERMARK_CODES = frozenset({"draft", "contrast", "faint-mark"})  # problems that the watermark itself causes
_SHARE = 0.78  # the length of the word as a share of the page diagonal


@dataclass(frozen=True, slots=True)
class DraftMark:
    """The word, the font and the colour (#RRGGBB) of the watermark."""

    face: FontFace
    colour: str
    word: str = "DRAFT"


def add_watermark(pdf: pikepdf.Pdf, mark: DraftMark) -> None:
    """Draw the word over every page, as an artifact of type watermark (ISO 32000-1, 14.8.2.2.2)."""
    with TTFont(mark.face.path, lazy=True) as font:
        outline, width, height = _outline(font, mark.word)
    red, green, blue = (part / 255 for part in bytes.fromhex(mark.colour.removeprefix("#")))
    for page in pdf.pages:
        left, bottom, right, top = (float(edge) for edge in page.trimbox)
        slope = math.atan2(top - bottom, right - left)
        scale = math.hypot(right - left, top - bottom) * _SHARE / width
        cos, sin = math.cos(slope) * scale, math.sin(slope) * scale
        x = (left + right) / 2 - (cos * width - sin * height) / 2
        y = (bottom + top) / 2 - (sin * width + cos * height) / 2
        operators = (
            f"\n/Artifact <</Type /Pagination /Subtype /Watermark>> BDC q {cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} "
            f"{x:.3f} {y:.3f} cm {red:.6f} {green:.6f} {blue:.6f} RG {STROKE / scale:.3f} w 1 j {outline} S Q EMC\n"
        )
        # q and Q, so that transformations by the page content do not apply to the watermark
        page.contents_add(pdf.make_stream(b"q\n"), prepend=True)
        page.contents_add(pdf.make_stream(f"\nQ{operators}".encode()))


class _Operators(BasePen):  # type: ignore[misc]
    """Turns an outline into path operators. The base class converts quadratic curves to cubic ones."""

    def __init__(self, glyphs: object, x: float) -> None:
        super().__init__(glyphs)
        self.x, self.pieces = x, list[str]()

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        self.pieces.append(" ".join([*(f"{self.x + x:.1f} {y:.1f}" for x, y in points), operator]))

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 (named by the base class)
        self._add("m", pt)

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self._add("l", pt)

    def _curveToOne(  # noqa: N802
        self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]
    ) -> None:
        self._add("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802
        self.pieces.append("h")


def _outline(font: TTFont, word: str) -> tuple[str, float, float]:
    """Return the word as path operators in font units, its width, and its cap height."""
    glyphs, names, x, pieces = font.getGlyphSet(), font.getBestCmap(), 0.0, list[str]()
    for letter in word:
        name = names[ord(letter)]
        pen = _Operators(glyphs, x)
        glyphs[name].draw(pen)
        pieces += pen.pieces
        x += glyphs[name].width
    height = getattr(font["OS/2"], "sCapHeight", 0) or 0.7 * font["head"].unitsPerEm
    return " ".join(pieces), x, float(height)

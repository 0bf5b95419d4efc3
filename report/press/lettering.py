"""Text added to finished pages (the slug line): a font file subset to its characters, embedded with a Unicode map.

In: a PDF, a TrueType file and the characters. Out: a font for the page's resources, and the operators for a line.
"""

from __future__ import annotations

import io

import pikepdf
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

from report.design.look import FontFace

PREFIX = "PRESSA"  # a subset font has six capitals before its name (ISO 32000-1, 9.6.4)


class Lettering:
    """A subset of one font in one PDF. Characters that the font lacks become question marks."""

    def __init__(self, pdf: pikepdf.Pdf, face: FontFace, letters: str) -> None:
        with TTFont(face.path, recalcTimestamp=False) as font:
            self._subset(font, letters)
            self.codes: dict[int, str] = font.getBestCmap()
            self.glyphs = {glyph: index for index, glyph in enumerate(font.getGlyphOrder())}
            scale = 1000 / font["head"].unitsPerEm
            self.widths = {name: round(width * scale) for name, (width, _) in font["hmtx"].metrics.items()}
            out = io.BytesIO()
            font.save(out, reorderTables=True)
            name = f"{PREFIX}+{face.family.replace(' ', '-')}"
            box = [round(font["head"].__dict__[key] * scale) for key in ("xMin", "yMin", "xMax", "yMax")]
            heights = (round(font["hhea"].ascent * scale), round(font["hhea"].descent * scale))
        self.font = self._font(pdf, name, out.getvalue(), box, heights)

    def line(self, text: str, resource: str, size: float, x: float, y: float) -> str:
        """Return the operators that draw a line of text with its baseline at x, y."""
        codes = "".join(f"{self._index(letter):04X}" for letter in text)
        return f"BT {resource} {size:g} Tf {x:g} {y:g} Td <{codes}> Tj ET"

    def _index(self, letter: str) -> int:
        return self.glyphs[self.codes.get(ord(letter), self.codes[ord("?")])]

    @staticmethod
    def _subset(font: TTFont, letters: str) -> None:
        for table in (
            "GSUB",
            "GPOS",
            "GDEF",
        ):  # a slug line needs no ligatures, and parsing these tables takes most of the time
            if table in font:
                del font[table]
        subsetter = Subsetter(Options(layout_features=[], notdef_outline=True, hinting=False))
        subsetter.populate(text=f"{letters}?")
        subsetter.subset(font)

    def _font(
        self, pdf: pikepdf.Pdf, name: str, data: bytes, box: list[int], heights: tuple[int, int]
    ) -> pikepdf.Object:
        """Return a composite font whose codes are glyph ids (ISO 32000-1, 9.7)."""
        by_number = sorted(self.glyphs.items(), key=lambda item: item[1])
        descriptor = Dictionary(
            Type=Name.FontDescriptor, FontName=Name(f"/{name}"), Flags=4, FontBBox=box, ItalicAngle=0,
            Ascent=heights[0], Descent=heights[1], CapHeight=heights[0], StemV=80, FontFile2=pdf.make_stream(data),
        )  # fmt: skip
        inner = Dictionary(
            Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name(f"/{name}"), CIDToGIDMap=Name.Identity,
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor), DW=500,
            W=Array([0, Array([self.widths[glyph] for glyph, _ in by_number])]),
        )  # fmt: skip
        outer = Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=Name(f"/{name}"), Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(inner)]), ToUnicode=pdf.make_stream(self._to_unicode()),
        )  # fmt: skip
        return pdf.make_indirect(outer)

    def _to_unicode(self) -> bytes:
        pairs = [
            f"<{self.glyphs[glyph]:04X}> <{chr(code).encode('utf-16-be').hex()}>" for code, glyph in self.codes.items()
        ]
        head = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Slug def /CMapType 2 def\n"
            "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        )
        blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
        body = "".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks)
        return f"{head}{body}endcmap CMapName currentdict /CMap defineresource pop end end".encode()

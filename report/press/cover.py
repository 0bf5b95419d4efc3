"""The cover as a separate file: back cover, spine and front cover as one spread, outside and inside.

In: the whole report in CMYK, and a `Printer`. Out: the same PDF, changed to the two cover spreads or to the text block.
"""

from __future__ import annotations

from decimal import Decimal

import pikepdf
from pikepdf import Array, Name

from report.geometry import Rect
from report.press.inks import InkBuild
from report.press.placing import PlacedPage, add_page
from report.press.printers import Printer
from report.problems import Place, ReportError, error

COVER_PAGES = 4  # front, inside front, inside back, back


def spine_width(printer: Printer, pages: int) -> float:
    """Return the width of the spine in points: the sheets of the text block times the caliper of the paper.

    0 unless the binding is perfect binding.
    """
    binding = printer.values.binding
    return float(binding.caliper) * (pages - COVER_PAGES) / 2 if binding.kind == "perfect" else 0.0


def cover_printer(printer: Printer) -> Printer:
    """Return the printer's requirements for a cover file: outside bleed on both sides, no rules on the page count."""
    values = printer.values
    bleed = values.bleed.model_copy(update={"inside": values.bleed.outside})
    binding = values.binding.model_copy(update={"kind": "none", "multiple": 1})
    return Printer(
        printer.name, values.model_copy(update={"bleed": bleed, "binding": binding}), printer.document, printer.icc
    )


def keep_cover(pdf: pikepdf.Pdf, printer: Printer, ground: InkBuild) -> None:
    """Replace the pages by two cover spreads: outside (back, spine, front), then inside. `ground` fills the spine."""
    _require_text_block(pdf)
    pdf.remove_unreferenced_resources()  # pages share all images and fonts; a file holds only what it uses
    pages = list(pdf.pages)
    spine, bleed = spine_width(printer, len(pages)), float(printer.values.bleed.outside)
    with pikepdf.new() as cover:
        for left, right in ((pages[-1], pages[0]), (pages[1], pages[-2])):
            _spread(cover, left, right, spine, bleed, ground)
        del pdf.pages[:]
        pdf.pages.extend(cover.pages)


def drop_cover(pdf: pikepdf.Pdf) -> None:
    """Remove the cover pages, leaving the text block."""
    _require_text_block(pdf)
    pdf.remove_unreferenced_resources()
    del pdf.pages[-2:]
    del pdf.pages[:2]


def _require_text_block(pdf: pikepdf.Pdf) -> None:
    if len(pdf.pages) < COVER_PAGES + 2:
        what = f"A report of {len(pdf.pages)} pages is too short for a separate cover."
        raise ReportError([error("cover", Place("--cover"), what, "Build it without --cover.")])


def _spread(
    pdf: pikepdf.Pdf, left: pikepdf.Page, right: pikepdf.Page, spine: float, bleed: float, ground: InkBuild
) -> None:
    x0, y0, x1, y1 = (float(edge) for edge in left.trimbox)
    width, height = x1 - x0, y1 - y0
    parts = (Rect(x0 - bleed, y0 - bleed, x1, y1 + bleed), Rect(x0, y0 - bleed, x1 + bleed, y1 + bleed))
    whole = (2 * width + spine + 2 * bleed, height + 2 * bleed)
    placed = [PlacedPage(left, parts[0], 0, 0), PlacedPage(right, parts[1], bleed + width + spine, 0)]
    page = add_page(pdf, *whole, placed)
    if spine:
        inks = " ".join(str(Decimal(part) / 100) for part in ground)
        fill = f"q {inks} k {bleed + width:g} 0 {spine:g} {whole[1]:g} re f Q\n"
        page.contents_add(pdf.make_stream(fill.encode()), prepend=True)
    page.obj[Name.TrimBox] = Array([bleed, bleed, whole[0] - bleed, whole[1] - bleed])

"""The cover as a file of its own: back cover, spine and front cover in one piece, outside and inside.

In: the whole report in inks, and a `Printer`. Out: the same PDF, changed: two spreads of cover, or the pages between.
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
    """Return the width of the spine in points: sheets of the text block times the thickness of one.

    Stapled and unbound work has none.
    """
    binding = printer.values.binding
    return float(binding.caliper) * (pages - COVER_PAGES) / 2 if binding.kind == "perfect" else 0.0


def for_cover(printer: Printer) -> Printer:
    """Return the printer's wishes for a cover: bleed on both sides, no count of pages."""
    values = printer.values
    bleed = values.bleed.model_copy(update={"inside": values.bleed.outside})
    binding = values.binding.model_copy(update={"kind": "none", "multiple": 1})
    return Printer(
        printer.name, values.model_copy(update={"bleed": bleed, "binding": binding}), printer.document, printer.icc
    )


def keep_cover(pdf: pikepdf.Pdf, printer: Printer, ground: InkBuild) -> None:
    """Replace the pages by the cover: outside (back, spine, front), then inside. The spine gets the ground's inks."""
    _refuse_thin(pdf)
    pages = list(pdf.pages)
    spine, bleed = spine_width(printer, len(pages)), float(printer.values.bleed.outside)
    with pikepdf.new() as made:
        for left, right in ((pages[-1], pages[0]), (pages[1], pages[-2])):
            _spread(made, left, right, spine, bleed, ground)
        del pdf.pages[:]
        pdf.pages.extend(made.pages)


def drop_cover(pdf: pikepdf.Pdf) -> None:
    """Leave the text block: the pages between the two leaves of the cover."""
    _refuse_thin(pdf)
    del pdf.pages[-2:]
    del pdf.pages[:2]


def _refuse_thin(pdf: pikepdf.Pdf) -> None:
    if len(pdf.pages) < COVER_PAGES + 2:
        what = f"A report of {len(pdf.pages)} pages has no cover of its own."
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
        painted = f"q {inks} k {bleed + width:g} 0 {spine:g} {whole[1]:g} re f Q\n"
        page.contents_add(pdf.make_stream(painted.encode()), prepend=True)
    page.obj[Name.TrimBox] = Array([bleed, bleed, whole[0] - bleed, whole[1] - bleed])

"""What all preflight checks share: their subject, their types and the names of their sources.

In: what was read from a file, and a `Printer`. Out: `PreflightSubject`, and the types of `judging` for it. A new check
is a function and a row in the table of `checks_file`, `checks_page`, `checks_paint` or `checks_ink`.
"""

from __future__ import annotations

from dataclasses import dataclass

from report.geometry import Rect
from report.inspection import judging
from report.inspection.inspect import TextRun
from report.preflight.ink import PageInk
from report.preflight.records import FileInfo, PageInfo
from report.press.printers import Printer

# The sources of the rules. Clauses are given only for ISO 32000-1, whose text is freely available.
GWG, X4, PDF = "GWG 2015 and 2022", "ISO 15930-7", "ISO 32000-1"
NEAR = 0.05  # points: smaller differences are rounding


@dataclass(frozen=True, slots=True)
class PreflightSubject:
    """Everything that the checks examine. `runs` and `ink` are empty if the pages were not rendered."""

    facts: FileInfo
    printer: Printer
    runs: tuple[TextRun, ...] = ()
    ink: tuple[PageInk, ...] = ()

    def on_page(self, number: int) -> PageInfo:
        """Return the record of a page (from 1)."""
        return self.facts.pages[number - 1]


PreflightCheck = judging.Check[PreflightSubject]
Finding = judging.Finding


def trim_of(page: PageInfo) -> Rect:
    """Return the trim box, or its default: the crop box or the media box."""
    return page.trim or page.crop or page.media


def bleed_of(page: PageInfo) -> Rect:
    """Return the bleed box, or its default: the trim box or the media box."""
    return page.bleed or page.trim or page.media


def inside(box: Rect, outer: Rect) -> bool:
    """Tell whether a box lies at least partly inside another. Printer's marks lie outside the bleed box."""
    return box[2] > outer[0] and box[0] < outer[2] and box[3] > outer[1] and box[1] < outer[3]

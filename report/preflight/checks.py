"""The preflight as a table: each check with its id, severity, source and remedy, and a function that finds its faults.

In: what was read of a file, and a `Printer`. Out: `Finding`s. A new check is a function and a row in the table of
`checks_file`, `checks_page` or `checks_ink`. The kinds shared by them stand here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from report.inspect import TextRun
from report.preflight.ink import PageInk
from report.preflight.records import Box, Facts, PageFacts
from report.press.printers import Printer
from report.problems import Severity

# Where rules come from. Clauses are given for ISO 32000-1, whose text anyone can read.
GWG, X4, PDF = "GWG 2015 and 2022", "ISO 15930-7", "ISO 32000-1"
NEAR = 0.05  # points


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what is wrong in a sentence, on which page (0: the file), and where on it."""

    what: str
    page: int = 0
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """Everything that the checks look at. `ink` and `runs` are empty if the pages were not rendered."""

    facts: Facts
    printer: Printer
    runs: tuple[TextRun, ...] = ()
    ink: tuple[PageInk, ...] = ()

    def on_page(self, number: int) -> PageFacts:
        """Return a page's facts."""
        return self.facts.pages[number - 1]


@dataclass(frozen=True, slots=True)
class Check:
    """A row of the table. `rule` names the standard and clause, or the guideline; `remedy` says what to do."""

    id: str
    title: str
    severity: Severity
    rule: str
    remedy: str
    find: Callable[[Looked], Iterator[Finding]]


def trim_of(page: PageFacts) -> Box:
    """Return the trim, or what stands for it."""
    return page.trim or page.crop or page.media


def bleed_of(page: PageFacts) -> Box:
    """Return the bleed box, or what stands for it."""
    return page.bleed or page.trim or page.media


def inside(box: Box, outer: Box) -> bool:
    """Tell whether a thing lies, at least in part, within a box: marks around the page do not."""
    return box[2] > outer[0] and box[0] < outer[2] and box[3] > outer[1] and box[1] < outer[3]

"""A preflight from the first byte to the verdict, and the same behind walls: for files that nobody vouches for.

In: the bytes of a file, its name, and a printer. Out: an `Outcome`, and the records behind it. A file that crashes,
stalls or swells the reader is a problem like any other: it is read in a child with limits on time and memory.
"""

from __future__ import annotations

import warnings
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from report.inspect import TextRun, text_runs
from report.judging import Outcome
from report.parallel import alongside, guarded_job
from report.preflight.bound import sure_pages
from report.preflight.checks import Looked
from report.preflight.facts import damaged, read_facts
from report.preflight.ink import PageInk, page_ink
from report.preflight.outcome import judged
from report.preflight.plates import drawn
from report.preflight.recolour import recoloured
from report.preflight.records import Facts, PageFacts
from report.press.printers import Printer
from report.problems import Place, ReportError, error

LARGEST = 1_000_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Preflight:
    """The outcome, and what the checks looked at."""

    outcome: Outcome
    looked: Looked


def preflight(data: bytes, name: str, printer: Printer, ink: bool = True) -> Preflight:
    """Look at a file. `ink`: render the pages too. Raises ReportError if the file can't be read at all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a library murmurs about a damaged stream is not for the terminal
        return _preflight(data, name, printer, ink)


def _preflight(data: bytes, name: str, printer: Printer, ink: bool) -> Preflight:
    facts = read_facts(data, name)
    if not facts.pages:
        raise ReportError([error("no-pages", Place(name), "The file has no pages.", "Export it again.")])
    try:
        runs = tuple(text_runs(data)) if ink else ()
        inks = tuple(_inks(data, facts, runs, printer)) if ink else ()
    except (ReportError, MemoryError):
        raise
    except Exception as failure:  # whatever a renderer makes of a file that is half broken
        raise ReportError([damaged(name, failure)]) from None
    looked = Looked(facts, printer, runs, inks)
    return Preflight(judged(name, looked, ink), looked)


def _inks(data: bytes, facts: Facts, runs: Sequence[TextRun], printer: Printer) -> list[PageInk]:
    """Measure the pages, half of them in a child."""
    limit, both = printer.values.ink.limit, recoloured(data)
    sure = sure_pages(facts, runs, limit)

    def measured(pages: Sequence[PageFacts]) -> list[PageInk]:
        return list(_measured(both, pages, sure, limit))

    with alongside(partial(measured, facts.pages[1::2]), "plates") as others:
        found = measured(facts.pages[::2])
        return sorted(found + others(), key=lambda each: each.page)


def _measured(
    both: tuple[bytes, bytes], pages: Sequence[PageFacts], sure: Container[int], limit: float
) -> Iterator[PageInk]:
    """Measure some pages; coarsely, and so in less time, where what they paint can't exceed the limit anyway."""
    for page, picture in zip(pages, drawn(both, [page.number - 1 for page in pages], plain=sure), strict=True):
        found = page_ink(picture, page)
        if page.number in sure and found.coverage > limit:  # a line drawn too thick
            found = page_ink(next(drawn(both, [page.number - 1])), page)
        yield found


def guarded(data: bytes, name: str, printer: Printer, ink: bool = True) -> Preflight:
    """Look at a file that may be damaged or hostile. Raises ReportError; never anything else, never forever."""
    if len(data) > LARGEST:
        what = f"The file has {len(data):,} bytes; up to {LARGEST:,} are looked at."
        raise ReportError([error("too-large", Place(name), what, "Split it.")])
    return guarded_job(lambda: preflight(data, name, printer, ink), name)

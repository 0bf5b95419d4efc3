"""A preflight from the first byte to the verdict, and the same behind walls: for files that nobody vouches for.

In: the bytes of a file, its name, and a printer. Out: an `Outcome`, and the records behind it. A file that crashes,
stalls or swells the reader is a problem like any other: it is read in a child with limits on time and memory.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

from report.cache.pages import PageFindings
from report.inspection.inspect import text_runs
from report.inspection.judging import Outcome
from report.preflight.checks import PreflightSubject
from report.preflight.facts import damaged, read_facts
from report.preflight.ink import PageInk, as_plain, from_plain, page_ink
from report.preflight.outcome import judged
from report.preflight.plates import drawn
from report.preflight.recolour import recoloured
from report.preflight.records import FileInfo, PageInfo
from report.press.printers import Printer
from report.problems import Place, ReportError, error
from report.processes.jobs import alongside, guarded_job

LARGEST = 1_000_000_000  # bytes
SMALL, FEW = 100_000, 4  # bytes and pages that are not worth a child
NEAR_LIMIT = 10.0  # percent of ink: coarse plates are never that far below fine ones
FilePair = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Preflight:
    """The outcome, and what the checks looked at."""

    outcome: Outcome
    looked: PreflightSubject


def preflight(
    data: bytes, name: str, printer: Printer, ink: bool = True, known: PageFindings | None = None
) -> Preflight:
    """Look at a file. `ink`: render the pages too; `known` is what was measured on its pages before.

    Raises ReportError if it can't be read at all.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a library murmurs about a damaged stream is not for the terminal
        return _preflight(data, name, printer, ink, known)


def _preflight(data: bytes, name: str, printer: Printer, ink: bool, known: PageFindings | None) -> Preflight:
    with (
        alongside(partial(recoloured, data), "colours", len(data) > SMALL)
        if ink
        else nullcontext(lambda: (b"", b"")) as both
    ):
        facts = read_facts(data, name)
        if not facts.pages:
            raise ReportError([error("no-pages", Place(name), "The file has no pages.", "Export it again.")])
        try:
            runs = tuple(text_runs(data)) if ink else ()
            inks = _inks(data, both, facts, printer.values.ink.limit, known) if ink else ()
        except (ReportError, MemoryError):
            raise
        except Exception as failure:  # whatever a renderer makes of a file that is half broken
            raise ReportError([damaged(name, failure)]) from None
    looked = PreflightSubject(facts, printer, runs, inks)
    return Preflight(judged(name, looked, ink), looked)


def _inks(
    data: bytes, both: Callable[[], FilePair], facts: FileInfo, limit: int, known: PageFindings | None
) -> tuple[PageInk, ...]:
    """Measure the pages that are not known, half of them in a child."""

    def look(numbers: Sequence[int]) -> dict[int, Any]:
        drawn_from = both()
        pages = [facts.pages[number - 1] for number in numbers]
        with alongside(lambda: list(_measured(drawn_from, pages[1::2], limit)), "plates", len(pages) > FEW) as others:
            found = list(_measured(drawn_from, pages[::2], limit))
            return {ink.page: as_plain(ink) for ink in (*found, *others())}

    numbers = [page.number for page in facts.pages]
    found = (known or PageFindings()).each("plates", data, numbers, look, limit)
    return tuple(from_plain(found[number]) for number in numbers)


def _measured(both: FilePair, pages: Sequence[PageInfo], limit: float) -> Iterator[PageInk]:
    """Measure some pages: coarsely, which takes half the time, and once more finely where the limit is near."""
    for page, picture in zip(pages, drawn(both, [page.number - 1 for page in pages], finer=1), strict=True):
        found = page_ink(picture, page)
        if found.coverage > limit - NEAR_LIMIT:
            found = page_ink(next(drawn(both, [page.number - 1])), page)
        yield found


def guarded(data: bytes, name: str, printer: Printer, ink: bool = True) -> Preflight:
    """Look at a file that may be damaged or hostile. Raises ReportError; never anything else, never forever."""
    if len(data) > LARGEST:
        what = f"The file has {len(data):,} bytes; up to {LARGEST:,} are looked at."
        raise ReportError([error("too-large", Place(name), what, "Split it.")])
    return guarded_job(lambda: preflight(data, name, printer, ink), name)

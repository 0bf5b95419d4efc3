"""The whole preflight of one file; for untrusted files, in a child process with limits on time and memory.

In: the bytes of a file, its name, and a printer. Out: an `Outcome` and the records behind it. A file that crashes or
stalls the reader, or exhausts its memory, is reported as a problem like any other.
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
from report.preflight.outcome import run_checks
from report.preflight.plates import render_plates
from report.preflight.recolour import recolour
from report.preflight.records import FileInfo, PageInfo
from report.press.printers import Printer
from report.problems import Place, ReportError, error
from report.processes.jobs import alongside, guarded_job

MAX_BYTES = 1_000_000_000
SMALL_FILE, FEW_PAGES = 100_000, 4  # bytes and pages that are not worth a child process
NEAR_LIMIT = 10.0  # percent of ink: coarse plates never measure that much less than fine ones
RecolouredPair = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Preflight:
    """The outcome, and the records that it rests on."""

    outcome: Outcome
    subject: PreflightSubject


def preflight(
    data: bytes, name: str, printer: Printer, ink: bool = True, page_cache: PageFindings | None = None
) -> Preflight:
    """Run every check on a file. With `ink`, its pages are rendered too; `page_cache` keeps what was measured on them.

    Raises ReportError if the file cannot be read.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # library warnings about damaged streams would clutter the terminal
        return _preflight(data, name, printer, ink, page_cache)


def _preflight(data: bytes, name: str, printer: Printer, ink: bool, page_cache: PageFindings | None) -> Preflight:
    with (
        alongside(partial(recolour, data), "colours", len(data) > SMALL_FILE)
        if ink
        else nullcontext(lambda: (b"", b"")) as recoloured
    ):
        facts = read_facts(data, name)
        if not facts.pages:
            raise ReportError([error("no-pages", Place(name), "The file has no pages.", "Export it again.")])
        try:
            runs = tuple(text_runs(data)) if ink else ()
            inks = _measure(data, recoloured, facts, printer.values.ink.limit, page_cache) if ink else ()
        except (ReportError, MemoryError):
            raise
        except Exception as failure:  # a renderer can fail in any way on a damaged file
            raise ReportError([damaged(name, failure)]) from None
    subject = PreflightSubject(facts, printer, runs, inks)
    return Preflight(run_checks(name, subject, ink), subject)


def _measure(
    data: bytes, recoloured: Callable[[], RecolouredPair], facts: FileInfo, limit: int, page_cache: PageFindings | None
) -> tuple[PageInk, ...]:
    """Measure the pages that are not cached, half of them in a child process."""

    def measure(numbers: Sequence[int]) -> dict[int, Any]:
        pair = recoloured()
        pages = [facts.pages[number - 1] for number in numbers]
        with alongside(lambda: list(_page_inks(pair, pages[1::2], limit)), "plates", len(pages) > FEW_PAGES) as others:
            inks = list(_page_inks(pair, pages[::2], limit))
            return {ink.page: as_plain(ink) for ink in (*inks, *others())}

    numbers = [page.number for page in facts.pages]
    measured = (page_cache or PageFindings()).for_pages("plates", data, numbers, measure, limit)
    return tuple(from_plain(measured[number]) for number in numbers)


def _page_inks(pair: RecolouredPair, pages: Sequence[PageInfo], limit: float) -> Iterator[PageInk]:
    """Measure some pages: coarsely, which takes half the time, and again finely where the limit is near."""
    for page, picture in zip(
        pages, render_plates(pair, [page.number - 1 for page in pages], oversample=1), strict=True
    ):
        ink = page_ink(picture, page)
        if ink.coverage > limit - NEAR_LIMIT:
            ink = page_ink(next(render_plates(pair, [page.number - 1])), page)
        yield ink


def guarded_preflight(data: bytes, name: str, printer: Printer, ink: bool = True) -> Preflight:
    """Preflight a file that may be damaged or hostile, within limits of time and memory. Raises only ReportError."""
    if len(data) > MAX_BYTES:
        what = f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are accepted."
        raise ReportError([error("too-large", Place(name), what, "Split the file.")])
    return guarded_job(lambda: preflight(data, name, printer, ink), name)

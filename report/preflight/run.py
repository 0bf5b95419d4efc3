"""A preflight from the first byte to the verdict, and the same behind walls: for files that nobody vouches for.

In: the bytes of a file, its name, and a printer. Out: an `Outcome`, and the records behind it. A file that crashes,
stalls or swells the reader is a problem like any other: it is read in a child with limits on time and memory.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from report.inspect import text_runs
from report.parallel import CAN_FORK, Limits, run_forked
from report.preflight.checks import Looked
from report.preflight.facts import damaged, read_facts
from report.preflight.ink import page_ink
from report.preflight.outcome import Outcome, judge
from report.preflight.plates import plates
from report.press.printers import Printer
from report.problems import Place, ReportError, error

Result = TypeVar("Result")

LARGEST = 1_000_000_000  # bytes
LIMITS = Limits(seconds=120, memory=4_000_000_000)


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
        inks = (
            tuple(page_ink(found, page) for found, page in zip(plates(data), facts.pages, strict=True)) if ink else ()
        )
    except (ReportError, MemoryError):
        raise
    except Exception as failure:  # whatever a renderer makes of a file that is half broken
        raise ReportError([damaged(name, failure)]) from None
    looked = Looked(facts, printer, runs, inks)
    return Preflight(judge(name, looked, ink), looked)


def guarded(data: bytes, name: str, printer: Printer, ink: bool = True) -> Preflight:
    """Look at a file that may be damaged or hostile. Raises ReportError; never anything else, never forever."""
    if len(data) > LARGEST:
        what = f"The file has {len(data):,} bytes; up to {LARGEST:,} are looked at."
        raise ReportError([error("too-large", Place(name), what, "Split it.")])
    return walled(lambda: preflight(data, name, printer, ink), name)


def walled(job: Callable[[], Result], name: str) -> Result:
    """Do what looks at such a file within limits, in a child. Raises ReportError if the child does not come back."""
    if not CAN_FORK:
        return job()
    try:
        return run_forked({"preflight": job}, LIMITS)["preflight"]
    except RuntimeError as failure:  # the child was killed, ran out of time or memory, or crashed
        reason = "it takes more time or memory than a file should" if _is_greedy(failure) else failure
        what = f"The file can't be looked through: {reason}."
        raise ReportError([error("unreadable", Place(name), what, "Export it again, or split it.")]) from None


def _is_greedy(failure: RuntimeError) -> bool:
    """Tell whether the system ended the child for its time (SIGXCPU, SIGKILL) or refused it memory."""
    return str(failure).endswith(("status -24", "status -9")) or "MemoryError" in str(failure)

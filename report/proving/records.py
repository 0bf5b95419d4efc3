"""What goes to those who look at a file, and what they give back: plain records that can be sent between processes.

In: nothing. Out: `WrittenFile`, `ProofContext`, `Proof`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from report.cache.pages import PageFindings
from report.design.look import FontFace
from report.design.tokens import PageGeometry
from report.engine.boxes import PageRecord
from report.press.printers import Printer
from report.problems import Problem
from report.variants import Variant


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A finished file that nothing has looked at yet, and what was said against it while it was written."""

    name: str
    variant: Variant
    data: bytes
    sources: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ProofContext:
    """What files are checked against: pages, page size, fonts, the colours of tracks in charts, the printer.

    `known` is what was found on pages of the same files before.
    """

    pages: tuple[PageRecord, ...]
    page: PageGeometry
    faces: tuple[FontFace, ...]
    tracks: frozenset[str]
    printer: Printer
    draft: bool
    validate: bool
    known: PageFindings


@dataclass(frozen=True, slots=True)
class Proof:
    """What is wrong with a file, and which standards were confirmed by what; which of its pages were looked at anew."""

    problems: tuple[Problem, ...]
    confirmed: Mapping[str, str]
    examined: Mapping[str, tuple[tuple[int, ...], int]]

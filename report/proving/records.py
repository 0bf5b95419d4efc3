"""Inputs and results of the final checks: plain records that can be sent between processes.

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
    """A finished file before its final checks, and the problems found while it was written."""

    name: str
    variant: Variant
    data: bytes
    sources: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ProofContext:
    """What files are checked against: pages, page size, fonts, the colours of chart tracks, and the printer.

    `findings` are the cached findings on pages of the same files.
    """

    pages: tuple[PageRecord, ...]
    page: PageGeometry
    font_faces: tuple[FontFace, ...]
    tracks: frozenset[str]
    printer: Printer
    draft: bool
    validate: bool
    findings: PageFindings


@dataclass(frozen=True, slots=True)
class Proof:
    """The problems of a file, its confirmed standards with their validators, and the pages examined anew."""

    problems: tuple[Problem, ...]
    confirmed: Mapping[str, str]
    examined: Mapping[str, tuple[tuple[int, ...], int]]

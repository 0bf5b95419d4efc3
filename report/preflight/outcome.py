"""The result of a preflight: every check with what it found, for people as text, for programs as JSON with a schema.

In: what was looked at and the tables of checks. Out: an `Outcome`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from pydantic import TypeAdapter

from report.preflight.checks import Check, Finding, Looked
from report.preflight.checks_file import FILE_CHECKS
from report.preflight.checks_ink import INK_CHECKS
from report.preflight.checks_page import PAGE_CHECKS
from report.preflight.records import Box
from report.problems import Place, Problem, Severity

MOST_PAGES_NAMED = 12
RENDERED = frozenset({"safe-area"})  # checks that need the text as it is rendered, besides those of the plates

State = Literal["passed", "warning", "error", "not looked at"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check found on one page, or in the file (page 0). `count` is how often; `boxes` are the first places."""

    what: str
    page: int
    count: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check and what it found."""

    id: str
    title: str
    state: State
    rule: str
    remedy: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file's preflight: for which printer, and the verdict of every check."""

    file: str
    printer: str
    pages: int
    passed: bool
    verdicts: tuple[Verdict, ...]

    @property
    def problems(self) -> list[Problem]:
        """The faults as problems, one for each check and page."""
        return [
            Problem(
                Severity.ERROR if verdict.state == "error" else Severity.WARNING,
                verdict.id,
                Place(self.file, page=fault.page),
                fault.what if fault.count == 1 else f"{fault.what} And {fault.count - 1} more like it on this page.",
                verdict.remedy,
            )
            for verdict in self.verdicts
            for fault in verdict.faults
        ]

    @property
    def json(self) -> str:
        """The outcome as JSON."""
        return json.dumps(TypeAdapter(Outcome).dump_python(self, mode="json"), indent=2, ensure_ascii=False) + "\n"

    def table(self) -> str:
        """Return the outcome as a table for a terminal: faults first, then what passed."""
        order: dict[State, int] = {"error": 0, "warning": 1, "not looked at": 2, "passed": 3}
        lines = [f"{self.file}: {self.pages} pages, for {self.printer}", ""]
        for verdict in sorted(self.verdicts, key=lambda each: order[each.state]):
            lines += _rows(verdict)
        counts = {state: sum(each.state == state for each in self.verdicts) for state in order}
        told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
        lines += ["", f"{'Accepted' if self.passed else 'NOT ACCEPTED'}: {len(self.verdicts)} checks, {told}."]
        return "\n".join(lines)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of an outcome."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **TypeAdapter(Outcome).json_schema()}


def judge(name: str, looked: Looked, rendered: bool) -> Outcome:
    """Run every check. Without rendered pages, those that need them are told as not looked at."""
    verdicts = [_verdict(check, looked, rendered or check.id not in RENDERED) for check in (*FILE_CHECKS, *PAGE_CHECKS)]
    verdicts += [_verdict(check, looked, rendered) for check in INK_CHECKS]
    passed = not any(verdict.state == "error" for verdict in verdicts)
    return Outcome(_visible(name), looked.printer.name, len(looked.facts.pages), passed, tuple(verdicts))


def _verdict(check: Check, looked: Looked, runs: bool) -> Verdict:
    faults = tuple(_faults(check.find(looked))) if runs else ()
    state: State = "passed" if runs else "not looked at"
    if faults:
        state = "error" if check.severity is Severity.ERROR else "warning"
    return Verdict(check.id, check.title, state, check.rule, check.remedy, faults)


def _faults(findings: Iterable[Finding]) -> Iterator[Fault]:
    """Gather what was found page by page; of the file itself each fault is told."""
    ordered = sorted(findings, key=lambda finding: finding.page)
    for page, group in groupby(ordered, key=lambda finding: finding.page):
        found = list(group)
        if page == 0:
            yield from (Fault(_visible(finding.what), 0, 1, ()) for finding in dict.fromkeys(found))
        else:
            boxes = tuple(finding.box for finding in found[:20] if finding.box is not None)
            yield Fault(_visible(found[0].what), page, len(found), boxes)


def _visible(text: str) -> str:
    """Show what is no letter as an escape, so that no name in a file can steer a terminal."""
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)


def _rows(verdict: Verdict) -> Iterator[str]:
    mark = {"error": "ERROR", "warning": "warning", "passed": "ok", "not looked at": "-"}[verdict.state]
    yield f"  {mark:<8} {verdict.title:<26} {_where(verdict.faults)}".rstrip()
    for what, pages in _told(verdict.faults):
        yield f"           {what}{f' ({pages})' if pages else ''}"
    if verdict.faults:
        yield f"           → {verdict.remedy} [{verdict.id}; {verdict.rule}]"


def _where(faults: Sequence[Fault]) -> str:
    count = sum(fault.count for fault in faults)
    return f"{count} place{'s' if count != 1 else ''}" if faults else ""


def _told(faults: Sequence[Fault]) -> Iterator[tuple[str, str]]:
    """Tell each different fault once, with its pages."""
    pages: dict[str, list[int]] = {}
    for fault in faults:
        pages.setdefault(fault.what, []).append(fault.page)
    for what, numbers in list(pages.items())[:6]:
        named = [str(number) for number in numbers if number]
        more = f" and {len(named) - MOST_PAGES_NAMED} more" if len(named) > MOST_PAGES_NAMED else ""
        yield what, f"page {', '.join(named[:MOST_PAGES_NAMED])}{more}" if named else ""
    if len(pages) > 6:
        yield f"and {len(pages) - 6} others", ""

"""Files judged by tables of checks: each with an id, severity, source and remedy, and a function that finds its faults.

In: what was read of a file, and a table of `Check`s. Out: an `Outcome`: every check with what it found, as text for
people, as JSON for programs. Preflight and the report on accessibility are made of this.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, Literal, TypeVar

from pydantic import TypeAdapter

from report.geometry import Rect
from report.problems import Place, Problem, Severity

Subject = TypeVar("Subject", contravariant=True)
CheckState = Literal["passed", "warning", "error", "not looked at"]

MOST_PAGES_NAMED, MOST_TOLD, MOST_BOXES = 12, 6, 20
_ORDER: dict[CheckState, int] = {"error": 0, "warning": 1, "not looked at": 2, "passed": 3}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what is wrong in a sentence, on which page (0: the file), and where on it."""

    what: str
    page: int = 0
    box: Rect | None = None


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """A row of a table. `rule` names the standard and clause, or the guideline; `remedy` says what to do."""

    id: str
    title: str
    severity: Severity
    rule: str
    remedy: str
    find: Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check found on one page, or in the file (page 0). `count` is how often; `boxes` are the first places."""

    what: str
    page: int
    count: int
    boxes: tuple[Rect, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check and what it found."""

    id: str
    title: str
    state: CheckState
    rule: str
    remedy: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file, what it was judged by (a printer, a standard), and the verdict of every check."""

    file: str
    judged_by: str
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

    def table(self) -> str:
        """Return the outcome as a table for a terminal: faults first, then what passed."""
        lines = [f"{self.file}: {self.pages} pages, judged by {self.judged_by}", ""]
        for verdict in sorted(self.verdicts, key=lambda each: _ORDER[each.state]):
            lines += _rows(verdict)
        counts = {state: sum(each.state == state for each in self.verdicts) for state in _ORDER}
        told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
        lines += ["", f"{'Accepted' if self.passed else 'NOT ACCEPTED'}: {len(self.verdicts)} checks, {told}."]
        return "\n".join(lines)


def judge(
    file: str, judged_by: str, pages: int, looked: Subject, checks: Sequence[Check[Subject]], without: frozenset[str]
) -> Outcome:
    """Run every check; those named in `without` are told as not looked at."""
    verdicts = tuple(_verdict(check, looked, check.id not in without) for check in checks)
    passed = not any(verdict.state == "error" for verdict in verdicts)
    return Outcome(_visible(file), judged_by, pages, passed, verdicts)


def as_json(outcome: Any) -> str:
    """Return an outcome, or a record that holds one, as JSON."""
    return json.dumps(TypeAdapter(type(outcome)).dump_python(outcome, mode="json"), indent=2, ensure_ascii=False) + "\n"


def schema(kind: type) -> dict[str, Any]:
    """Return the JSON Schema of such a record."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **TypeAdapter(kind).json_schema()}


def _verdict(check: Check[Subject], looked: Subject, runs: bool) -> Verdict:
    faults = tuple(_faults(check.find(looked))) if runs else ()
    state: CheckState = "passed" if runs else "not looked at"
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
            boxes = tuple(finding.box for finding in found[:MOST_BOXES] if finding.box is not None)
            yield Fault(_visible(found[0].what), page, len(found), boxes)


def _visible(text: str) -> str:
    """Show what is no letter as an escape, so that no name in a file can steer a terminal."""
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)


def _rows(verdict: Verdict) -> Iterator[str]:
    mark = {"error": "ERROR", "warning": "warning", "passed": "ok", "not looked at": "-"}[verdict.state]
    count = sum(fault.count for fault in verdict.faults)
    places = f"{count} place{'s' if count != 1 else ''}" if count else ""
    yield f"  {mark:<8} {verdict.title:<26} {places}".rstrip()
    for what, pages in _told(verdict.faults):
        yield f"           {what}{f' ({pages})' if pages else ''}"
    if verdict.faults:
        yield f"           → {verdict.remedy} [{verdict.id}; {verdict.rule}]"


def _told(faults: Sequence[Fault]) -> Iterator[tuple[str, str]]:
    """Tell each different fault once, with its pages."""
    pages: dict[str, list[int]] = {}
    for fault in faults:
        pages.setdefault(fault.what, []).append(fault.page)
    for what, numbers in list(pages.items())[:MOST_TOLD]:
        named = [str(number) for number in numbers if number]
        more = f" and {len(named) - MOST_PAGES_NAMED} more" if len(named) > MOST_PAGES_NAMED else ""
        yield what, f"page {', '.join(named[:MOST_PAGES_NAMED])}{more}" if named else ""
    if len(pages) > MOST_TOLD:
        yield f"and {len(pages) - MOST_TOLD} others", ""

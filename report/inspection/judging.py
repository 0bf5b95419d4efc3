"""Tables of checks, and the outcome of running them on a file. Used by preflight and by the accessibility report.

In: a subject (what was read from a file) and a table of `Check`s, each with an id, severity, rule, remedy and a
function that finds its faults. Out: an `Outcome`, printed as a table or written as JSON.
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

# How much of a verdict is shown: page numbers of a fault, faults of a check, boxes of a fault.
MAX_PAGES_SHOWN, MAX_FAULTS_SHOWN, MAX_BOXES = 12, 6, 20
_ORDER: dict[CheckState, int] = {"error": 0, "warning": 1, "not looked at": 2, "passed": 3}
_MARKS: dict[CheckState, str] = {"error": "ERROR", "warning": "warning", "passed": "ok", "not looked at": "-"}
_COUNTED: dict[CheckState, tuple[str, str]] = {  # one, several
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "not looked at": ("not checked", "not checked"),
    "passed": ("passed", "passed"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: a sentence that says what is wrong, the page (0: the whole file), and the place on the page."""

    what: str
    page: int = 0
    box: Rect | None = None


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """One row of a table. `rule` names the standard and clause, or the guideline; `remedy` says what to do."""

    id: str
    title: str
    severity: Severity
    rule: str
    remedy: str
    find: Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check found on one page, or in the whole file (page 0): how many times, and the first places."""

    what: str
    page: int
    count: int
    boxes: tuple[Rect, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check, its state and its faults."""

    id: str
    title: str
    state: CheckState
    rule: str
    remedy: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file, what it was checked against (a printer or a standard), and the verdict of every check."""

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
                fault.what if fault.count == 1 else f"{fault.what} ({fault.count - 1} more on this page.)",
                verdict.remedy,
            )
            for verdict in self.verdicts
            for fault in verdict.faults
        ]

    def table(self) -> str:
        """Return the outcome as a table for the terminal: errors first, then warnings, then checks that passed."""
        lines = [f"{self.file}: {self.pages} pages, checked against {self.judged_by}", ""]
        for verdict in sorted(self.verdicts, key=lambda each: _ORDER[each.state]):
            lines += _rows(verdict)
        counts = {state: sum(each.state == state for each in self.verdicts) for state in _ORDER}
        summary = ", ".join(f"{count} {_COUNTED[state][count > 1]}" for state, count in counts.items() if count)
        lines += ["", f"{'Accepted' if self.passed else 'NOT ACCEPTED'}: {len(self.verdicts)} checks, {summary}."]
        return "\n".join(lines)


def judge(
    file: str, judged_by: str, pages: int, subject: Subject, checks: Sequence[Check[Subject]], skipped: frozenset[str]
) -> Outcome:
    """Run every check. Those whose ids are in `skipped` are reported as not run."""
    verdicts = tuple(_verdict(check, subject, check.id not in skipped) for check in checks)
    passed = not any(verdict.state == "error" for verdict in verdicts)
    return Outcome(_visible(file), judged_by, pages, passed, verdicts)


def as_json(outcome: Any) -> str:
    """Return an outcome, or a record that contains one, as JSON text."""
    return json.dumps(TypeAdapter(type(outcome)).dump_python(outcome, mode="json"), indent=2, ensure_ascii=False) + "\n"


def schema(kind: type) -> dict[str, Any]:
    """Return the JSON Schema of an outcome, or of a record that contains one."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **TypeAdapter(kind).json_schema()}


def _verdict(check: Check[Subject], subject: Subject, runs: bool) -> Verdict:
    faults = tuple(_faults(check.find(subject))) if runs else ()
    state: CheckState = "passed" if runs else "not looked at"
    if faults:
        state = "error" if check.severity is Severity.ERROR else "warning"
    return Verdict(check.id, check.title, state, check.rule, check.remedy, faults)


def _faults(findings: Iterable[Finding]) -> Iterator[Fault]:
    """Merge the findings of each page into one fault; keep every different fault of the whole file."""
    ordered = sorted(findings, key=lambda finding: finding.page)
    for page, group in groupby(ordered, key=lambda finding: finding.page):
        on_page = list(group)
        if page == 0:
            yield from (Fault(_visible(finding.what), 0, 1, ()) for finding in dict.fromkeys(on_page))
        else:
            boxes = tuple(finding.box for finding in on_page[:MAX_BOXES] if finding.box is not None)
            yield Fault(_visible(on_page[0].what), page, len(on_page), boxes)


def _visible(text: str) -> str:
    """Escape unprintable characters, so that a name in a file cannot send control codes to the terminal."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)


def _rows(verdict: Verdict) -> Iterator[str]:
    count = sum(fault.count for fault in verdict.faults)
    places = f"{count} place{'s' if count != 1 else ''}" if count else ""
    yield f"  {_MARKS[verdict.state]:<8} {verdict.title:<26} {places}".rstrip()
    for what, pages in _messages(verdict.faults):
        yield f"           {what}{f' ({pages})' if pages else ''}"
    if verdict.faults:
        yield f"           → {verdict.remedy} [{verdict.id}; {verdict.rule}]"


def _messages(faults: Sequence[Fault]) -> Iterator[tuple[str, str]]:
    """Yield each different fault once, with its page numbers."""
    pages: dict[str, list[int]] = {}
    for fault in faults:
        pages.setdefault(fault.what, []).append(fault.page)
    for what, numbers in list(pages.items())[:MAX_FAULTS_SHOWN]:
        shown = [str(number) for number in numbers if number]
        more = f" and {len(shown) - MAX_PAGES_SHOWN} more" if len(shown) > MAX_PAGES_SHOWN else ""
        noun = "pages" if len(shown) > 1 else "page"
        yield what, f"{noun} {', '.join(shown[:MAX_PAGES_SHOWN])}{more}" if shown else ""
    if len(pages) > MAX_FAULTS_SHOWN:
        yield f"and {len(pages) - MAX_FAULTS_SHOWN} more", ""

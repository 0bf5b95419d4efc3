"""Problems with their places, as every stage reports them.

In: nothing. Out: `Problem` records, and `ReportError`, which carries all problems of a stage that cannot continue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum


class Severity(IntEnum):
    """Errors stop a build; warnings stop it only with `--strict`."""

    ERROR = 0
    WARNING = 1

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """The place of a problem: a file with 1-based line and column (0: the whole file), or a page of the report."""

    file: str = ""
    line: int = 0
    column: int = 0
    page: int = 0
    component: str = ""

    @classmethod
    def of_source(cls, source: str, page: int = 0, component: str = "") -> Place:
        """Return the place of a `source`, such as data/2023-24/facts.yaml:41, with a page and component."""
        file, _, line = source.rpartition(":")
        if not line.isdigit():
            return cls(source, 0, 0, page, component)
        return cls(file, int(line), 0, page, component)

    @property
    def source(self) -> str:
        """The file and line as one string, data/2023-24/facts.yaml:41, as in the data-src attributes of a document."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        source = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        spot = ", ".join(part for part in (f"page {self.page}" if self.page else "", self.component) if part)
        return f"{spot} ({source})" if spot and source else spot or source


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what to do about it. `code` is the name of the rule, for tests and for searching."""

    severity: Severity
    code: str
    where: Place
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.severity}: {self.what}" + (f" {self.hint}" if self.hint else "")


class ReportError(Exception):
    """Raised when a stage cannot continue. Carries all problems found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def error(code: str, where: Place, what: str, hint: str = "") -> Problem:
    """Return an error."""
    return Problem(Severity.ERROR, code, where, what, hint)


def warning(code: str, where: Place, what: str, hint: str = "") -> Problem:
    """Return a warning."""
    return Problem(Severity.WARNING, code, where, what, hint)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether any problem is an error."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems without duplicates: errors first, then by file, line, column and page."""
    return sorted(dict.fromkeys(problems), key=lambda problem: (problem.severity, problem.where, problem.what))


def quoted(text: str) -> str:
    """Return the start of a text in quotation marks, on one line."""
    text = " ".join(text.split())
    return f"“{text if len(text) <= 40 else text[:37] + '…'}”"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint with the closest known words, else all of them if there are at most 16, else an empty string."""
    choices = sorted(set(known))
    if close := get_close_matches(word, choices, n=2, cutoff=0.6):
        return f"Did you mean {' or '.join(f'`{name}`' for name in close)}?"
    if 0 < len(choices) <= 16:
        return f"Known: {', '.join(choices)}."
    return ""

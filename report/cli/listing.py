"""Problems as text: errors before warnings, grouped by file, each with its place and hint.

In: problems. Out: text for a terminal or a pipe.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from report.problems import Place, Problem, Severity, in_order

# Control characters, except our own colour codes.
_CONTROL = re.compile(r"(?!\x1b\[[0-9]{1,2}m)[\x00-\x1f\x7f-\x9f]")
_BOLD, _RED, _YELLOW, _DIM, _OFF = "\033[1m", "\033[31m", "\033[33m", "\033[2m", "\033[0m"


def listing(problems: Sequence[Problem], colour: bool = False) -> str:
    """Return the problems as text, or an empty string if there are none."""
    if not problems:
        return ""

    def paint(text: str, *codes: str) -> str:
        return f"{''.join(codes)}{text}{_OFF}" if colour else text

    lines = []
    for (severity, file), group in groupby(in_order(problems), key=lambda problem: (problem.severity, _group(problem))):
        lines.append(paint(file or "The finished pages", _BOLD))
        for problem in group:
            tone = _RED if severity is Severity.ERROR else _YELLOW
            lines.append(f"  {_spot(problem.where)}: {paint(str(severity), tone)}: {problem.what}")
            if problem.hint:
                lines.append(paint(f"      {problem.hint}", _DIM))
    lines.append(summary(problems))
    return "\n".join(_escape_controls(line) for line in lines)


def _escape_controls(line: str) -> str:
    """Escape control characters except our own colours, so that text from the data cannot control a terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", line)


def summary(problems: Sequence[Problem]) -> str:
    """Return the number of errors and warnings: "2 errors, 1 warning"."""
    counts = {name: sum(problem.severity is severity for problem in problems)
              for name, severity in (("error", Severity.ERROR), ("warning", Severity.WARNING))}  # fmt: skip
    return ", ".join(f"{count} {name}{'s' if count != 1 else ''}" for name, count in counts.items() if count)


def _group(problem: Problem) -> str:
    return problem.where.file


def _spot(place: Place) -> str:
    return str(place) or "the report"

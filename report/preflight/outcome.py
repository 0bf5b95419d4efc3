"""The result of a preflight: all its tables of checks run over a file.

In: what was looked at, and whether the pages were rendered. Out: an `Outcome`.
"""

from __future__ import annotations

from report.inspection.judging import Outcome, judge
from report.preflight.checks import PreflightSubject
from report.preflight.checks_file import FILE_CHECKS
from report.preflight.checks_ink import INK_CHECKS
from report.preflight.checks_page import PAGE_CHECKS

CHECKS = (*FILE_CHECKS, *PAGE_CHECKS, *INK_CHECKS)
RENDERED = frozenset({"safe-area", *(check.id for check in INK_CHECKS)})  # what needs the pages to be rendered


def judged(name: str, looked: PreflightSubject, rendered: bool) -> Outcome:
    """Run every check. Without rendered pages, those that need them are told as not looked at."""
    without = frozenset() if rendered else RENDERED
    return judge(name, looked.printer.name, len(looked.facts.pages), looked, CHECKS, without)

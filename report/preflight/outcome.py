"""All preflight checks run on one file.

In: a `PreflightSubject`, and whether its pages were rendered. Out: an `Outcome`.
"""

from __future__ import annotations

from report.inspection.judging import Outcome, judge
from report.preflight.checks import PreflightSubject
from report.preflight.checks_file import FILE_CHECKS
from report.preflight.checks_ink import INK_CHECKS
from report.preflight.checks_page import PAGE_CHECKS
from report.preflight.checks_paint import PAINT_CHECKS

CHECKS = (*FILE_CHECKS, *PAGE_CHECKS, *PAINT_CHECKS, *INK_CHECKS)
RENDERED = frozenset({"safe-area", *(check.id for check in INK_CHECKS)})  # ids of the checks that need rendered pages


def run_checks(name: str, subject: PreflightSubject, rendered: bool) -> Outcome:
    """Run every check. Checks that need rendered pages are skipped if there are none."""
    skipped = frozenset() if rendered else RENDERED
    return judge(name, subject.printer.name, len(subject.facts.pages), subject, CHECKS, skipped)

"""The accessibility report: all checks, the file size by kind, a checklist for a person, and a validator's verdict.

In: the bytes of any PDF and its name. Out: `Access`; a ReportError if the file cannot be read at all.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import pikepdf

from report.access.checklist import CHECKLIST, ChecklistItem
from report.access.checks import CHECKS, AccessSubject
from report.access.contrast import low_contrast_texts
from report.access.reading import read
from report.access.weight import Weight, weigh
from report.cache.pages import PageFindings
from report.inspection.inspect import text_runs
from report.inspection.judging import Outcome, judge
from report.inspection.verapdf import Validation, installed, validate
from report.inspection.webpage import WebDesign
from report.preflight.facts import damaged
from report.problems import Place, ReportError, error
from report.processes.jobs import guarded_job

JUDGED_BY = "PDF/UA-1 and WCAG 2.1 AA"


@dataclass(frozen=True, slots=True)
class Access:
    """The report. `validator` holds veraPDF's verdict on PDF/UA-1; it is empty if veraPDF is not installed or fails.

    `no_verdict` says why veraPDF failed; it is empty if it did not.
    """

    outcome: Outcome
    weight: Weight
    checklist: tuple[ChecklistItem, ...]
    validator: tuple[Validation, ...]
    no_verdict: str = ""

    @property
    def passed(self) -> bool:
        """Whether all checks pass, and the validator too if it is installed."""
        return self.outcome.passed and not self.no_verdict and all(verdict.passed for verdict in self.validator)

    def table(self) -> str:
        """Return the report as text for a terminal."""
        lines = [self.outcome.table(), "", "File size by kind", *(f"  {line}" for line in self.weight.lines()), ""]
        if self.no_verdict:
            lines.append(self.no_verdict)
        elif not self.validator:
            lines.append("veraPDF is not installed, so its verdict is missing. `build.py doctor` says how to get it.")
        for verdict in self.validator:
            result = "conforms to" if verdict.passed else "DOES NOT CONFORM TO"
            lines.append(f"{verdict.validator}: the file {result} {verdict.standard}.")
            lines += [f"  {rule.clause}, {rule.count} times: {rule.description}" for rule in verdict.failed]
        lines += ["", "Checklist for a person"]
        for question in self.checklist:
            lines += [f"  [ ] {question.ask} [{question.rule}]", f"      {question.how}"]
        return "\n".join(lines)


def read_subject(
    data: bytes, name: str, budget: int | None = None, findings: PageFindings | None = None
) -> AccessSubject:
    """Read a file for the checks. `findings` caches the results of unchanged pages.

    Raises ReportError if the file cannot be read.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if not len(pdf.pages):
                raise ReportError([error("no-pages", Place(name), "The file has no pages.", "Export it again.")])
            reading, weight = read(pdf), weigh(pdf, len(data))
            heights = tuple(float(page.mediabox[3]) - float(page.mediabox[1]) for page in pdf.pages)
        low_contrast = tuple(low_contrast_texts(data, tuple(text_runs(data)), findings))
    except (ReportError, MemoryError):
        raise
    except pikepdf.PasswordError:
        what, hint = "The file is protected with a password.", "Save it without a password."
        raise ReportError([error("encrypted", Place(name), what, hint)]) from None
    except Exception as failure:  # readers raise anything on broken files
        raise ReportError([damaged(name, failure)]) from None
    return AccessSubject(reading, low_contrast, weight, heights, budget)


def access(data: bytes, name: str) -> Access:
    """Report on a file of any origin. Raises only ReportError, also if reading takes too long."""
    subject = guarded_job(lambda: read_subject(data, name), name)
    checks = [check for check in CHECKS if check.id != "size"]  # a file of any origin has no budget
    outcome = judge(name, JUDGED_BY, len(subject.reading.pages), subject, checks, frozenset())
    verdicts, no_verdict = _validator(data, name)
    return Access(outcome, subject.weight, CHECKLIST, verdicts, no_verdict)


def _validator(data: bytes, name: str) -> tuple[tuple[Validation, ...], str]:
    """Return the validator's verdict, and why it failed if it did: its failure must not prevent the report."""
    try:
        return (validate(data, name, ["PDF/UA-1"]) if installed() else ()), ""
    except ReportError as failure:
        return (), " ".join(problem.what for problem in failure.problems)


def report_page(done: Access, design: WebDesign) -> str:
    """Return the report as a web page."""
    return design.page(
        "access.html.j2",
        title=f"Accessibility of {done.outcome.file}",
        passed=done.passed,
        outcome=done.outcome,
        weight=done.weight,
        checklist=done.checklist,
        validator=done.validator,
        no_verdict=done.no_verdict,
    )

"""The report on access: every check, what takes the bytes, what a person must still judge, and a validator's verdict.

In: the bytes of any PDF and its name. Out: `Access`; a ReportError if the file can't be read at all.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import pikepdf

from report.access.checklist import CHECKLIST, ChecklistItem
from report.access.checks import CHECKS, AccessSubject
from report.access.contrast import pale_texts
from report.access.reading import read
from report.access.weight import Weight, weigh
from report.cache.pages import NOTHING, PageFindings
from report.design.tokens import Tokens
from report.inspection.inspect import text_runs
from report.inspection.judging import Outcome, judge
from report.inspection.verapdf import Validation, installed, validate
from report.inspection.webpage import render_page
from report.preflight.facts import damaged
from report.problems import Place, ReportError, error
from report.processes.parallel import guarded_job

JUDGED_BY = "PDF/UA-1 and WCAG 2.1 AA"


@dataclass(frozen=True, slots=True)
class Access:
    """The report. `validator` holds veraPDF's verdict on PDF/UA-1, or nothing where it is not installed or fails.

    `no_verdict` says why it failed; it is empty where it did not.
    """

    outcome: Outcome
    weight: Weight
    checklist: tuple[ChecklistItem, ...]
    validator: tuple[Validation, ...]
    no_verdict: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether the checks, and the validator where it is here, found nothing wrong."""
        return self.outcome.passed and not self.no_verdict and all(verdict.passed for verdict in self.validator)

    def table(self) -> str:
        """Return the report as text for a terminal."""
        lines = [self.outcome.table(), "", "What takes the bytes", *(f"  {line}" for line in self.weight.lines()), ""]
        if self.no_verdict:
            lines.append(self.no_verdict)
        elif not self.validator:
            lines.append("veraPDF is not here: its verdict is missing. `build.py doctor` tells how to get it.")
        for verdict in self.validator:
            lines.append(f"{verdict.validator}: {'keeps' if verdict.passed else 'DOES NOT KEEP'} {verdict.standard}.")
            lines += [f"  {rule.clause}, {rule.count} times: {rule.description}" for rule in verdict.failed]
        lines += ["", "What a person must still judge"]
        for question in self.checklist:
            lines += [f"  [ ] {question.ask} [{question.rule}]", f"      {question.how}"]
        return "\n".join(lines)


def look(data: bytes, name: str, budget: int | None = None, known: PageFindings = NOTHING) -> AccessSubject:
    """Read a file for the checks; `known` is what was found on its pages before.

    Raises ReportError if it can't be read.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if not len(pdf.pages):
                raise ReportError([error("no-pages", Place(name), "The file has no pages.", "Export it again.")])
            reading, weight = read(pdf), weigh(pdf, len(data))
            heights = tuple(float(page.mediabox[3]) - float(page.mediabox[1]) for page in pdf.pages)
        pale = tuple(pale_texts(data, tuple(text_runs(data)), known))
    except (ReportError, MemoryError):
        raise
    except pikepdf.PasswordError:
        what, hint = "The file is locked with a password.", "Save it without a password."
        raise ReportError([error("encrypted", Place(name), what, hint)]) from None
    except Exception as failure:  # whatever a reader makes of a file that is half broken
        raise ReportError([damaged(name, failure)]) from None
    return AccessSubject(reading, pale, weight, heights, budget)


def access(data: bytes, name: str) -> Access:
    """Report on a file of any origin. Raises ReportError if it can't be read; never anything else, never for ever."""
    looked = guarded_job(lambda: look(data, name), name)
    checks = [check for check in CHECKS if check.id != "size"]  # a file of any origin has no budget
    outcome = judge(name, JUDGED_BY, len(looked.reading.pages), looked, checks, frozenset())
    verdicts, no_verdict = _validator(data, name)
    return Access(outcome, looked.weight, CHECKLIST, verdicts, no_verdict)


def _validator(data: bytes, name: str) -> tuple[tuple[Validation, ...], str]:
    """Return the validator's verdict, or why there is none though it is here: its failure must not cost the report."""
    try:
        return (validate(data, name, ["PDF/UA-1"]) if installed() else ()), ""
    except ReportError as failure:
        return (), " ".join(problem.what for problem in failure.problems)


def report_page(done: Access, tokens: Tokens) -> str:
    """Return the report as a web page."""
    return render_page(
        "access.html.j2", tokens, title=f"Access to {done.outcome.file}", passed=done.passed, outcome=done.outcome,
        weight=done.weight, checklist=done.checklist, validator=done.validator, no_verdict=done.no_verdict,
    )  # fmt: skip

"""All final checks of a finished file: file checks, preflight, accessibility and validation.

In: a finished file and the context to check it against. Out: its problems and confirmed standards.
"""

from __future__ import annotations

from report.access.inbuild import access_problems
from report.finishing.draft import WATERMARK_CODES
from report.inspection.inspect import Pdf
from report.inspection.validation import page_validation
from report.inspection.verapdf import FLAVOURS, broken_rules, validate
from report.preflight.run import preflight
from report.press.cover import cover_printer
from report.problems import Problem
from report.proving.file_checks import FileSubject, check_file
from report.proving.records import Proof, ProofContext, WrittenFile
from report.variants import PDFX4


def prove(written: WrittenFile, context: ProofContext) -> Proof:
    """Run every check that applies to the file's variant."""
    variant, data, name = written.variant, written.data, written.name
    findings = context.findings.of_file(name)
    problems, confirmed = file_problems(written, context), dict[str, str]()
    if variant.preflight:
        printer = cover_printer(context.printer) if variant.part == "cover" else context.printer
        outcome = preflight(data, name, printer, page_cache=findings).outcome
        problems += outcome.problems
        if outcome.passed:
            confirmed[PDFX4] = f"own preflight for {printer.name}, {len(outcome.verdicts)} checks"
    if variant.access:
        problems += access_problems(data, name, variant.budget, context.pages, context.tracks, findings)
    for verdict in page_validation(data, name, variant.standards):
        problems += broken_rules(verdict, name)
        if verdict.passed:
            confirmed[verdict.standard] = verdict.validator
    if context.validate and (standards := [each for each in variant.standards if each in FLAVOURS]):
        for verdict in validate(data, name, standards):
            problems += broken_rules(verdict, name)
            if verdict.passed:
                by = confirmed.get(verdict.standard)
                confirmed[verdict.standard] = f"{by}, {verdict.validator}" if by else verdict.validator
    if context.draft:
        problems = [problem for problem in problems if problem.code not in WATERMARK_CODES]
    return Proof(tuple(problems), confirmed, findings.examined)


def file_problems(written: WrittenFile, context: ProofContext) -> list[Problem]:
    """Return the problems found while the file was written and those of the file checks."""
    subject = FileSubject(
        written.name, Pdf(written.data), written.variant, context.page, context.font_faces, len(context.pages),
        written.sources, context.printer,
    )  # fmt: skip
    return [*written.problems, *check_file(subject)]

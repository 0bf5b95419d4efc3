"""Is a finished file what it should be? Every check that a build makes of one, and what then may be said of it.

In: a file as it was written, and the report it is of. Out: its problems, and the standards that were confirmed.
"""

from __future__ import annotations

from report.access.inbuild import access_problems
from report.finishing.draft import WATERMARK_CODES
from report.inspection.inspect import Pdf
from report.inspection.validation import validate_in_process
from report.inspection.verapdf import FLAVOURS, broken_rules, validate
from report.preflight.run import preflight
from report.press.cover import cover_printer
from report.problems import Problem
from report.proving.file_checks import FileSubject, check_file
from report.proving.records import Proof, ProofContext, WrittenFile
from report.variants import PDFX4


def prove(written: WrittenFile, report: ProofContext) -> Proof:
    """Look at a file with everything that concerns its variant."""
    variant, data, name = written.variant, written.data, written.name
    known = report.known.of_file(name)
    problems, confirmed = file_problems(written, report), dict[str, str]()
    if variant.preflight:
        printer = cover_printer(report.printer) if variant.part == "cover" else report.printer
        outcome = preflight(data, name, printer, page_cache=known).outcome
        problems += outcome.problems
        if outcome.passed:
            confirmed[PDFX4] = f"own preflight for {printer.name}, {len(outcome.verdicts)} checks"
    if variant.access:
        problems += access_problems(data, name, variant.budget, report.pages, report.tracks, known)
    for verdict in validate_in_process(data, name, variant.standards):
        problems += broken_rules(verdict, name)
        if verdict.passed:
            confirmed[verdict.standard] = verdict.validator
    if report.validate and (standards := [each for each in variant.standards if each in FLAVOURS]):
        for verdict in validate(data, name, standards):
            problems += broken_rules(verdict, name)
            if verdict.passed:
                by = confirmed.get(verdict.standard)
                confirmed[verdict.standard] = f"{by}, {verdict.validator}" if by else verdict.validator
    if report.draft:
        problems = [problem for problem in problems if problem.code not in WATERMARK_CODES]
    return Proof(tuple(problems), confirmed, known.examined)


def file_problems(written: WrittenFile, report: ProofContext) -> list[Problem]:
    """Return what was said while the file was written, and what is wrong with it as a file."""
    made = FileSubject(
        written.name, Pdf(written.data), written.variant, report.page, report.faces, len(report.pages),
        written.sources, report.printer,
    )  # fmt: skip
    return [*written.problems, *check_file(made)]

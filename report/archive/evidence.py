"""What was found when the finished files were judged: the reports that a bag keeps beside them.

In: the finished files and the printer. Out: JSON by file name; or a ReportError if a file does not pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.access.run import access
from report.inspection.judging import as_json
from report.inspection.verapdf import FLAVOURS, Validation, broken_rules, installed, validate
from report.preflight.run import guarded_preflight
from report.press.cover import cover_printer
from report.press.printers import load_printer
from report.problems import Place, Problem, ReportError, error, has_errors
from report.progress import Progress
from report.sets.manifest import FileEntry
from report.variants import VARIANTS


def evidence(
    entries: Sequence[FileEntry], files: Mapping[str, bytes], printer: str, progress: Progress
) -> dict[str, bytes]:
    """Judge each file by what its variant promises. veraPDF's verdicts are among the reports where it is installed."""
    reports: dict[str, str] = {}
    problems: list[Problem] = []
    for entry in entries:
        data, variant = files[entry.name], VARIANTS[entry.variant]
        with progress.stage(f"judge {entry.variant}") as stage:
            if variant.preflight:
                for_printer = load_printer(printer)
                asked = cover_printer(for_printer) if variant.part == "cover" else for_printer
                outcome = guarded_preflight(data, entry.name, asked).outcome
                reports[f"preflight-{entry.variant}.json"] = as_json(outcome)
            else:
                done = access(data, entry.name)
                outcome, reports[f"access-{entry.variant}.json"] = done.outcome, as_json(done)
                if done.no_verdict:
                    problems.append(error("no-verdict", Place(entry.name), done.no_verdict, "Run the command again."))
                for verdict in (*done.validator, *_others(entry, data)):
                    reports[f"verapdf-{entry.variant}-{verdict.standard.replace('/', '')}.json"] = as_json(verdict)
                    problems += broken_rules(verdict, entry.name)
            problems += outcome.problems
            stage.count = f"{len(outcome.verdicts)} checks"
    if has_errors(problems):
        raise ReportError(problems)
    return {name: text.encode() for name, text in reports.items()}


def _others(entry: FileEntry, data: bytes) -> Sequence[Validation]:
    """The verdicts on the standards that the report on access has not asked for."""
    standards = [each for each in entry.standards if each in FLAVOURS and each != "PDF/UA-1"]
    return validate(data, entry.name, standards) if installed() and standards else ()

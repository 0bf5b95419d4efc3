"""The preflight, access and veraPDF reports on the finished files, which a bag keeps beside them.

In: the finished files and the printer. Out: JSON by file name, or a ReportError if a file fails its checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.access.run import access
from report.inspection.judging import as_json
from report.inspection.verapdf import FLAVOURS, Validation, broken_rules, installed, validate
from report.preflight.run import guarded_preflight
from report.press.cover import cover_printer
from report.press.printers import Printer
from report.problems import Place, Problem, ReportError, error, has_errors
from report.progress import Progress
from report.sets.manifest import FileEntry
from report.variants import VARIANTS


def evidence(
    entries: Sequence[FileEntry], files: Mapping[str, bytes], printer: Printer, progress: Progress
) -> dict[str, bytes]:
    """Check each file against the requirements of its variant. Return the reports, with veraPDF's if installed."""
    reports: dict[str, str] = {}
    problems: list[Problem] = []
    for entry in entries:
        data, variant = files[entry.name], VARIANTS[entry.variant]
        with progress.stage(f"check {entry.variant}") as stage:
            if variant.preflight:
                requirements = cover_printer(printer) if variant.part == "cover" else printer
                outcome = guarded_preflight(data, entry.name, requirements).outcome
                reports[f"preflight-{entry.variant}.json"] = as_json(outcome)
            else:
                result = access(data, entry.name)
                outcome, reports[f"access-{entry.variant}.json"] = result.outcome, as_json(result)
                if result.no_verdict:
                    problems.append(error("no-verdict", Place(entry.name), result.no_verdict, "Run the command again."))
                for verdict in (*result.validator, *_further_verdicts(entry, data)):
                    reports[f"verapdf-{entry.variant}-{verdict.standard.replace('/', '')}.json"] = as_json(verdict)
                    problems += broken_rules(verdict, entry.name)
            problems += outcome.problems
            stage.count = f"{len(outcome.verdicts)} checks"
    if has_errors(problems):
        raise ReportError(problems)
    return {name: text.encode() for name, text in reports.items()}


def _further_verdicts(entry: FileEntry, data: bytes) -> Sequence[Validation]:
    """Return veraPDF's verdicts on the standards that the access report does not cover."""
    standards = [each for each in entry.standards if each in FLAVOURS and each != "PDF/UA-1"]
    return validate(data, entry.name, standards) if installed() and standards else ()

"""The conformance checks of every build: PDF/A and PDF/UA by the library page-validation, without Java.

In: a file's bytes and the names of standards. Out: `Validation` records, as of veraPDF. What fails is a problem.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

import page
import pikepdf

from report.inspection.verapdf import FailedRule, Validation
from report.problems import Place, ReportError, error
from report.processes.child import Child, CrashError, can_have_children

PROFILES: Mapping[str, page.ValidationProfile] = {
    "PDF/A-3a": page.ValidationProfile.PDF_A_3A,
    "PDF/UA-1": page.ValidationProfile.PDF_UA_1,
}
VALIDATOR = f"page-validation {page.__version__}"
_STREAM_LENGTH = "-STREAM-LENGTH-001"
_SHOWN = 5  # places for each failed rule


def page_validation(data: bytes, name: str, standards: Sequence[str]) -> tuple[Validation, ...]:
    """Return a verdict for each standard that has a profile. Raises ReportError if a file can't be judged.

    The library starts threads, and a process that is forked afterwards would wait for them forever. So it never runs
    in a process that may fork, but in a child of that process.
    """
    job = partial(_verdicts, data, name, standards)
    if not can_have_children():
        return job()
    child = Child("the conformance check", job)
    try:
        verdicts: tuple[Validation, ...] = child.result()
    except CrashError as crash:
        raise _no_verdict(name, "/".join(standards), str(crash)) from None
    finally:
        child.end()
    return verdicts


def _verdicts(data: bytes, name: str, standards: Sequence[str]) -> tuple[Validation, ...]:
    verdicts = []
    for standard in standards:
        if standard in PROFILES:
            try:
                report = page.validate_pdf_bytes(data, profile=PROFILES[standard])
            except page.PageError as failure:
                raise _no_verdict(name, standard, str(failure)) from None
            failed = tuple(_failed(report, data))
            verdicts.append(Validation(standard, report.is_compliant or not failed, VALIDATOR, failed))
    return tuple(verdicts)


def _no_verdict(name: str, standard: str, reason: str) -> ReportError:
    what = f"{VALIDATOR} gave no verdict on {standard}: {reason[:200].rstrip('.')}."
    return ReportError([error("no-verdict", Place(name), what, "Check that the file opens in a reader.")])


def _failed(report: page.ValidationReport, data: bytes) -> Iterator[FailedRule]:
    real = (each for each in report.failures if not _is_false_alarm(each, data))
    failures = sorted(real, key=lambda each: (each.rule_id, each.message))
    for rule, group in groupby(failures, key=lambda each: each.rule_id):
        found = list(group)
        places = tuple(f"object {each.object_id.object_number}" for each in found if each.object_id)
        yield FailedRule(rule, found[0].message, len(found), places[:_SHOWN])


def _is_false_alarm(failure: page.ValidationFailure, data: bytes) -> bool:
    """Tell whether a length that was refused is right: the validator takes a last byte of 0D for a line end.

    A stream has /Length bytes, then a line end and `endstream` (ISO 32000-1, 7.3.8.1; ISO 19005-3, 6.1.7.1).
    """
    if not failure.rule_id.endswith(_STREAM_LENGTH) or failure.object_id is None:
        return False
    number, generation = failure.object_id.object_number, failure.object_id.generation
    with pikepdf.open(io.BytesIO(data)) as pdf:
        stream = pdf.get_object(number, generation)
        raw = stream.read_raw_bytes() if isinstance(stream, pikepdf.Stream) else b""
    written = re.search(rb"(?<!\d)%d %d obj\b.*?stream\r?\n" % (number, generation), data, re.DOTALL)
    if not raw or written is None:
        return False
    end = written.end() + len(raw)
    return data[written.end() : end] == raw and re.match(rb"\r?\nendstream\b", data[end : end + 16]) is not None

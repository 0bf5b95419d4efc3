"""Conformance is checked in every build: what fails is a problem with its rule, and a known false alarm is none."""

from __future__ import annotations

import io
import os
import signal
from functools import partial

import page
import pikepdf
import pytest
from pages import laid_out, written

from report.inspection.validation import PROFILES, VALIDATOR, page_validation
from report.inspection.verapdf import broken_rules
from report.problems import ReportError
from report.processes.child import Child

TAGGED = "<h1>One</h1><p>Two words.</p>"


def archive(content: bytes = b"") -> bytes:
    """Return a small archive file, with a stream of our own whose raw bytes are `content`."""
    with pikepdf.open(io.BytesIO(written(laid_out(TAGGED), "archive"))) as pdf:
        if content:
            pdf.Root.Extra = pdf.make_stream(content)
        out = io.BytesIO()
        pdf.save(out, compress_streams=False, deterministic_id=True)
    return out.getvalue()


def test_a_file_that_conforms_is_confirmed_by_name() -> None:
    verdicts = list(page_validation(written(laid_out(TAGGED), "archive"), "a.pdf", ["PDF/A-3a", "PDF/UA-1", "PDF/X-4"]))
    assert [(each.standard, each.passed, each.validator) for each in verdicts] == [
        ("PDF/A-3a", True, VALIDATOR), ("PDF/UA-1", True, VALIDATOR),
    ]  # fmt: skip
    assert VALIDATOR.startswith("page-validation 0.")


@pytest.mark.parametrize("standard", PROFILES)
def test_what_fails_is_a_problem_that_names_the_rule_and_a_place(standard: str) -> None:
    with pikepdf.open(io.BytesIO(written(laid_out(TAGGED), "archive"))) as pdf:
        del pdf.Root.MarkInfo
        out = io.BytesIO()
        pdf.save(out)
    (verdict,) = page_validation(out.getvalue(), "a.pdf", [standard])
    (problem,) = broken_rules(verdict, "a.pdf")
    assert not verdict.passed
    assert (problem.code, problem.where.file) == ("standard", "a.pdf")
    assert "TAGGED-DOCUMENT" in problem.what and "object" in problem.hint


def test_a_stream_whose_last_byte_looks_like_a_line_end_is_in_order() -> None:
    data = archive(b"0 0 1 1 re\r")
    assert data.count(b"re\r\nendstream") == 1
    (verdict,) = page_validation(data, "a.pdf", ["PDF/A-3a"])
    assert verdict.passed, verdict.failed


def test_a_length_that_is_wrong_is_still_refused() -> None:
    data = archive(b"0 0 1 1 re f")
    wrong = data.replace(b"/Length 12", b"/Length 10", 1)
    assert wrong != data
    (verdict,) = page_validation(wrong, "a.pdf", ["PDF/A-3a"])
    assert not verdict.passed


def test_what_is_no_pdf_has_no_verdict() -> None:
    with pytest.raises(ReportError) as failure:
        list(page_validation(b"garbage", "a.pdf", ["PDF/UA-1"]))
    assert failure.value.problems[0].code == "no-verdict"


def test_a_process_forked_after_a_check_can_check_too() -> None:
    data = archive()
    page_validation(data, "a.pdf", ["PDF/A-3a"])
    child = Child("a check", partial(page_validation, data, "a.pdf", ["PDF/A-3a"]))
    assert child.connection.poll(20), "the threads of the library are missing in the child"
    assert [verdict.passed for verdict in child.result()] == [True]
    child.end()


def test_a_library_that_crashes_gives_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "validate_pdf_bytes", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(ReportError, match=r"gave no verdict on PDF/A-3a: the process .* was ended by signal 9"):
        page_validation(archive(), "a.pdf", ["PDF/A-3a"])

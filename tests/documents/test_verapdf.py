"""The validator: its reports are read correctly, and nothing else is taken for a verdict.

The real veraPDF runs in tests/full/test_edition_standards.py; here a fake `java` answers.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from validators import RULE, FakeJava, reported, said

from report.inspection.verapdf import HOW, FailedRule, Validation, broken_rules, find_jar, installed, validate
from report.problems import Problem, ReportError

UA, A = "PDF/UA-1", "PDF/A-3a"
FAILED = FailedRule(
    clause="ISO 14289-1:2014, 7.2 (test 33)",
    description="Natural language shall be determined",
    count=7,
    places=("root/document[0]/metadata[0]: It cannot be determined",),
)


@pytest.fixture
def java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeJava:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return FakeJava(tmp_path, monkeypatch)


def problem(data: bytes = b"%PDF", timeout: float = 20) -> Problem:
    with pytest.raises(ReportError) as failure:
        validate(data, "report.engine.pdf", [UA], timeout)
    (found,) = failure.value.problems
    assert found.where.file == "report.engine.pdf"
    return found


def test_the_jar_is_named_by_a_variable_and_must_exist(java: FakeJava, monkeypatch: pytest.MonkeyPatch) -> None:
    java.answers(said())
    assert find_jar() == java.jar
    assert installed()
    monkeypatch.setenv("VERAPDF_JAR", str(java.folder / "none.jar"))
    assert find_jar() is None
    assert not installed()
    assert (problem().code, problem().what, problem().hint) == ("no-validator", "veraPDF is not installed.", HOW)


def test_without_java_the_problem_says_so(java: FakeJava, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(java.folder / "nothing"))
    assert not installed()
    assert (problem().code, problem().what) == ("no-validator", "veraPDF needs Java, which is not installed.")


def test_a_pass_is_a_verdict_with_the_version_of_the_validator(java: FakeJava) -> None:
    java.answers(said())
    assert validate(b"%PDF", "report.engine.pdf", [UA]) == (Validation(UA, True, "veraPDF 1.28.2", ()),)


def test_a_failure_lists_each_rule_with_its_clause_count_and_first_places(java: FakeJava) -> None:
    later = {**RULE, "clause": "7.21", "checks": []}
    java.answers(said(later, RULE), status=1)
    (verdict,) = validate(b"%PDF", "report.engine.pdf", [UA])
    assert not verdict.passed
    assert verdict.failed == (FAILED, FailedRule("ISO 14289-1:2014, 7.21 (test 33)", FAILED.description, 7, ()))
    first, second = broken_rules(verdict, "report.engine.pdf")
    assert (first.code, first.where.file) == ("standard", "report.engine.pdf")
    assert first.what == f"veraPDF 1.28.2 reports 7 failures of {FAILED.clause}: {FAILED.description}"
    assert first.hint == f"First place: {FAILED.places[0]}"
    assert second.hint == ""


def test_only_an_explicit_pass_is_a_pass(java: FakeJava) -> None:
    for word in (False, "true", None, 1):
        java.answers(said(compliant=word))
        assert [each.passed for each in validate(b"%PDF", "report.engine.pdf", [UA])] == [False]


def test_each_standard_is_asked_for_by_its_flavour_and_answered_in_order(java: FakeJava) -> None:
    java.answers(said(), more=f"case \"$*\" in *' 3a '*) cat '{java.folder}/archive'; exit 0;; esac")
    (java.folder / "archive").write_text(json.dumps(said(profile="PDF/A-3A validation profile")))
    assert [each.standard for each in validate(b"%PDF", "report.engine.pdf", [A, UA])] == [A, UA]
    asked = [java.arguments[at + 1] for at, word in enumerate(java.arguments) if word == "-f"]
    assert sorted(asked) == ["3a", "ua1"]
    assert validate(b"%PDF", "report.engine.pdf", []) == ()


def test_an_answer_for_another_standard_is_no_verdict(java: FakeJava) -> None:
    java.answers(said(profile="PDF/A-1B validation profile"))
    assert (problem().code, "PDF/A-1B" in problem().what) == ("no-verdict", True)


def test_an_unreadable_file_is_reported_with_the_reason(java: FakeJava) -> None:
    java.answers(reported({"taskException": {"exceptionMessage": "Couldn't parse\n stream."}}), status=7)
    assert problem().what == f"veraPDF gave no verdict on {UA}: Couldn't parse stream."
    assert problem().hint


@pytest.mark.parametrize(
    "output",
    ["", "no JSON", "[]", "5", "null", '{"report": 5}', '{"report": {"jobs": []}}', '{"report": {"jobs": [5]}}',
     {"report": {"jobs": [{"validationResult": [{}]}]}}, {"report": {"jobs": [{"validationResult": 5}]}},
     said(profileName=5), said(details={}), said({"clause": "7"}), {**said(), "report": {**said()["report"],
     "buildInformation": {"releaseDetails": []}}}],
    ids=lambda output: str(output)[:40],
)  # fmt: skip
def test_output_that_is_not_a_report_is_no_verdict(java: FakeJava, output: dict[str, Any] | str) -> None:
    java.answers(output, error="one\ntwo\n")
    assert (problem().code, problem().what) == ("no-verdict", f"veraPDF gave no verdict on {UA}: two.")


def test_the_most_severe_message_of_java_is_reported(java: FakeJava) -> None:
    java.answers("", status=1, error="WARNING: a\nSEVERE: out of memory\n\tat org.verapdf\n")
    assert problem().what.endswith(": SEVERE: out of memory.")
    java.answers("")
    assert problem().what.endswith(": its output is not a report.")


@pytest.mark.parametrize("change", [{"jobEndStatus": "cancelled"}, {"jobEndStatus": "timeout"}])
def test_a_job_that_was_not_finished_is_no_verdict(java: FakeJava, change: dict[str, str]) -> None:
    java.answers(said(**change))
    assert problem().code == "no-verdict"


def test_a_status_that_is_no_verdict_is_none_even_with_a_report(java: FakeJava) -> None:
    java.answers(said(), status=8)
    assert problem().what.endswith(": exit status 8.")


def test_a_run_that_takes_too_long_is_stopped(java: FakeJava) -> None:
    java.runs("exec sleep 30")
    start = time.monotonic()
    assert problem(timeout=0.2).what.endswith(": it ran for more than 0.2 s.")
    assert time.monotonic() - start < 10


def test_a_java_that_does_not_start_is_no_verdict(java: FakeJava) -> None:
    (java.folder / "java").write_bytes(b"\x7fELF")
    (java.folder / "java").chmod(0o755)
    assert problem().what.endswith(": Java did not start: Exec format error.")


def test_it_runs_in_a_temporary_folder_and_leaves_nothing_behind(java: FakeJava) -> None:
    java.answers(said(), more=f'for last; do :; done; cat "$last" > \'{java.folder}/got\'; touch "$last.log"')
    validate(b"%PDF-data", "../../report.pdf", [UA])
    assert (java.folder / "got").read_bytes() == b"%PDF-data"
    home = next(word for word in java.arguments if word.startswith("-Duser.home=")).partition("=")[2]
    assert home.startswith(str(java.folder / "temporary"))
    assert list((java.folder / "temporary").iterdir()) == []
    java.answers("", status=1)
    problem()
    assert list((java.folder / "temporary").iterdir()) == []

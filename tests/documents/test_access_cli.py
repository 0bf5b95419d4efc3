"""`build.py access`: the report for people, the JSON for programs, and the exit status."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
import tinyhtml5
from accesses import in_root, on_element, sound
from commands import Run, Said, command_line
from jsonfits import fits
from pages import ROOT, changed, tiny_pdf
from validators import RULE, FakeJava, reported, said

from report.access.checklist import CHECKLIST
from report.access.checks import CHECKS

SCHEMA = json.loads((ROOT / "report" / "access" / "access.schema.json").read_text("utf-8"))
MISSING = "veraPDF is not installed"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command on a file with these bytes, on a machine without veraPDF. Fails on any traceback."""
    monkeypatch.setattr("report.inspection.verapdf.find_jar", lambda: None)
    run = command_line(monkeypatch, capsys, "access")

    def main(data: bytes | None, *arguments: str) -> Said:
        path = tmp_path / "minutes.pdf"
        if data is not None:
            path.write_bytes(data)
        return run(str(path), *arguments)

    return main


@pytest.fixture
def java(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeJava:
    fake = FakeJava(tmp_path, monkeypatch)
    monkeypatch.setattr("report.inspection.verapdf.find_jar", lambda: fake.jar)
    return fake


def test_a_sound_file_passes_and_every_check_is_listed(run: Run) -> None:
    status, out, err = run(sound())
    assert (status, err) == (0, "")
    assert out.startswith("minutes.pdf: 3 pages, checked against PDF/UA-1 and WCAG 2.1 AA\n")
    judged = [check for check in CHECKS if check.id != "size"]
    assert re.findall(r"^  ok +(.+)$", out, re.M) == [check.title for check in judged]
    assert f"Accepted: {len(judged)} checks, {len(judged)} passed." in out
    assert MISSING in out


def test_the_checklist_and_the_file_size_by_kind_are_shown(run: Run) -> None:
    out = run(sound()).out
    assert re.findall(r"^  \[ \] (.+\?) \[", out, re.M) == [question.ask for question in CHECKLIST]
    weights = re.findall(r"^  [\w ]+? +([\d,]+) bytes +[\d.]+%$", out, re.M)
    assert sum(int(weight.replace(",", "")) for weight in weights) == len(sound())


def test_a_faulty_file_is_rejected_with_clause_page_and_remedy(run: Run) -> None:
    status, out, _ = run(changed(sound(), on_element("Figure", "Alt")))
    assert status == 1
    lines = [" ".join(line.split()) for line in out.splitlines()]
    at = lines.index("ERROR Alternative text 1 place")
    assert lines[at + 1 : at + 3] == [
        "A figure has no alternative text. (page 1)",
        "→ Describe what the figure shows. [figures; ISO 14289-1, 7.3; WCAG 2.1, 1.1.1]",
    ]
    assert "NOT ACCEPTED" in out


def test_warnings_alone_are_accepted(run: Run) -> None:
    def without_claim(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes().replace(b"pdfuaid:part", b"pdfuaid:rev"))

    status, out, _ = run(changed(sound(), without_claim))
    assert (status, "  warning  PDF/UA identifier" in out) == (0, True)


def test_a_foreign_file_is_checked_too(run: Run) -> None:
    status, out, err = run(tiny_pdf("Minutes"))
    assert (status, err) == (1, "")
    assert "The file has no tags" in out


@pytest.mark.parametrize("data", [sound, lambda: tiny_pdf("Minutes")], ids=["ours", "another's"])
def test_json_fits_its_schema_and_agrees_with_the_table(run: Run, data: Callable[[], bytes]) -> None:
    status, out, _ = run(data(), "--json")
    output = json.loads(out)
    assert fits(output, SCHEMA, SCHEMA)
    assert not fits({**output, "weight": 5}, SCHEMA, SCHEMA)
    assert output["outcome"]["passed"] is (status == 0)
    assert (output["outcome"]["file"], output["validator"]) == ("minutes.pdf", [])
    assert [question["ask"] for question in output["checklist"]] == [question.ask for question in CHECKLIST]
    assert all(verdict["rule"] for verdict in output["outcome"]["verdicts"])


def test_the_web_page_is_self_contained_and_has_the_checklist(run: Run, tmp_path: Path) -> None:
    data = changed(sound(), in_root("Lang"))
    page = tmp_path / "out" / "access.html"
    status, out, err = run(data, "--html", str(page))
    assert (status, err.strip(), "NOT ACCEPTED" in out) == (1, str(page), True)
    html = page.read_text("utf-8")
    assert not re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?(?!data:)[^\"')\s]", html)
    assert "<script" not in html
    document = tinyhtml5.parse(html, namespace_html_elements=False)
    text = " ".join("".join(document.itertext()).split())
    assert all(question.ask in text and question.how in text for question in CHECKLIST)
    assert "Accessibility of minutes.pdf" in text
    assert "The document language is not set to a valid language tag." in text
    assert "Problems to fix" in text
    assert "veraPDF was not installed" in text


def test_the_validators_verdict_is_part_of_the_report(run: Run, java: FakeJava) -> None:
    java.answers(said())
    status, out, _ = run(sound())
    assert (status, "veraPDF 1.28.2: the file conforms to PDF/UA-1." in out, MISSING in out) == (0, True, False)
    java.answers(said(RULE), status=1)
    status, out, _ = run(sound())
    assert status == 1
    assert (
        "veraPDF 1.28.2: the file DOES NOT CONFORM TO PDF/UA-1.\n  ISO 14289-1:2014, 7.2 (test 33), 7 times: Natural"
        in out
    )
    status, out, _ = run(sound(), "--json")
    output = json.loads(out)
    assert (status, fits(output, SCHEMA, SCHEMA)) == (1, True)
    assert [each["passed"] for each in output["validator"]] == [False]


def test_the_web_page_has_the_validators_verdict(run: Run, java: FakeJava, tmp_path: Path) -> None:
    java.answers(said(RULE), status=1)
    assert run(sound(), "--html", str(tmp_path / "a.html")).status == 1
    html = (tmp_path / "a.html").read_text("utf-8")
    assert "<strong>does not conform to</strong> PDF/UA-1" in html
    assert "7.2 (test 33), 7 times" in html
    assert "was not installed" not in html


def test_a_validator_that_fails_is_reported_along_with_the_checks(run: Run, java: FakeJava, tmp_path: Path) -> None:
    java.answers(reported({"taskException": {"exceptionMessage": "Out of memory"}}), status=7)
    page, why = tmp_path / "access.html", "veraPDF gave no verdict on PDF/UA-1: Out of memory."
    status, out, _ = run(sound(), "--html", str(page))
    assert (status, why in page.read_text("utf-8")) == (1, True)
    status, out, _ = run(sound())
    assert (status, why in out, "Accepted:" in out, MISSING in out) == (1, True, True, False)
    assert json.loads(run(sound(), "--json").out)["no_verdict"] == why


def locked() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(sound())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b", R=6))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [(None, "The file could not be read"), (b"", "can't be read as a PDF"), (b"Dear all,", "can't be read as a PDF"),
     (locked(), "protected with a password"), (tiny_pdf(pages=0), "has no pages")],
    ids=["missing", "empty", "text", "locked", "no pages"],
)  # fmt: skip
def test_an_unreadable_file_is_a_problem_with_a_hint(run: Run, data: bytes | None, message: str) -> None:
    status, out, err = run(data)
    assert (status, out) == (1, "")
    assert message in " ".join(err.split())
    assert "minutes.pdf" in err


def test_a_web_page_that_cannot_be_written_is_a_problem(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    status, _, err = run(sound(), "--html", str(tmp_path / "file" / "a.html"))
    assert (status, "could not be written" in err) == (1, True)

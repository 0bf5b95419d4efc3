"""Untrusted files: whatever a file contains, the result is a clear problem within the limits of time and memory."""

from __future__ import annotations

import io
import re
import zlib
from pathlib import Path

import pikepdf
import pytest
from pages import printer, tiny_pdf
from pikepdf import Array, Dictionary, Name
from preflights import drawn, form, sound, spoiled
from streams import page_of, saved

import build
from report.inspection.judging import as_json
from report.preflight import run as preflight_run
from report.preflight import scan
from report.preflight.facts import MAX_PAGES
from report.preflight.run import guarded_preflight
from report.problems import Problem, ReportError
from report.processes import jobs as parallel
from report.processes.child import Limits

SHORT = Limits(seconds=2, memory=3_000_000_000)


def refused(data: bytes, ink: bool = True) -> Problem:
    """Return the one problem of a file that cannot be checked."""
    with pytest.raises(ReportError) as failure:
        guarded_preflight(data, "small.pdf", printer(), ink)
    (problem,) = failure.value.problems
    assert problem.where.file == "small.pdf"
    assert problem.what.endswith(".") and problem.hint
    assert "Traceback" not in problem.what
    return problem


def locked() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(tiny_pdf())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def deep(levels: int, times: int) -> bytes:
    """Return a page with forms in forms, each drawn some times by the one around it."""
    with pikepdf.new() as pdf:
        page, inner = pdf.add_blank_page(page_size=(200, 200)), None
        for _ in range(levels):
            held = Dictionary(XObject=Dictionary(F=inner)) if inner is not None else Dictionary()
            content = "/F Do " * times if inner is not None else "0 0 9 9 re f"
            inner = form(content, Resources=held)(pdf)
        page.obj[Name.Resources] = Dictionary(XObject=Dictionary(F=inner))
        page.obj[Name.Contents] = pdf.make_stream(b"/F Do")
        return saved(pdf)


def drawing_itself() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        inner = form("/F Do /F Do")(pdf)
        inner[Name.Resources] = Dictionary(XObject=Dictionary(F=inner))
        pdf.pages[0].obj[Name.Resources] = Dictionary(XObject=Dictionary(F=inner))
        pdf.pages[0].obj[Name.Contents] = pdf.make_stream(b"/F Do")

    return spoiled(change)(tiny_pdf())


def swollen(unit: bytes, megabytes: int) -> bytes:
    """Return a page whose content is small until it is decompressed."""
    packer, part, total = zlib.compressobj(9), unit * (1_000_000 // len(unit)), 1
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)  # packed once: it stands alone
    for _ in range(megabytes):
        total = zlib.adler32(part, total)
    packed = head + block * megabytes + b"\x03\x00" + total.to_bytes(4, "big")
    with pikepdf.new() as pdf:
        content = pdf.make_stream(b"")
        content.write(packed, filter=Name.FlateDecode)
        pdf.add_blank_page().obj[Name.Contents] = content
        return saved(pdf)


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"", "damaged", "can't be read as a PDF"),
        (b"hello", "damaged", "can't be read as a PDF"),
        (b"%PDF-1.6\n" + b"\0" * 5000, "damaged", "can't be read as a PDF"),
        (locked(), "encrypted", "locked with a password"),
        (tiny_pdf(pages=MAX_PAGES + 1), "too-large", "The file has 3,001 pages."),
        (tiny_pdf(pages=0), "no-pages", "The file has no pages."),
        (drawing_itself(), "too-large", "forms are nested more than 24 levels deep"),
        (deep(60, 1), "too-large", "forms are nested more than 24 levels deep"),
    ],
    ids=["empty", "text", "zeros", "locked", "3001 pages", "no pages", "itself", "deep"],
)
def test_a_file_that_cannot_be_checked_is_one_clear_problem(data: bytes, code: str, says: str) -> None:
    problem = refused(data)
    assert (problem.code, says in problem.what) == (code, True), str(problem)


def test_a_decompression_bomb_is_stopped_by_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "LIMITS", Limits(seconds=1, memory=3_000_000_000))
    data = swollen(b"q ", 200)
    assert len(data) < 300_000
    problem = refused(data, ink=False)
    assert problem.code == "unreadable"
    assert "more time or memory than is allowed" in problem.what


def test_a_file_that_needs_too_much_memory_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "LIMITS", SHORT)
    huge = page_of("0 0 9 9 re f")
    problem = refused(spoiled(lambda pdf: pdf.pages[0].obj.__setitem__("/MediaBox", Array([0, 0, 10**6, 10**6])))(huge))
    assert problem.code in {"damaged", "unreadable"}


def test_forms_that_multiply_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MAX_OPERATORS", 20_000)
    problem = refused(deep(20, 10), ink=False)
    assert (problem.code, "more than 20,000 drawing operators" in problem.what) == ("too-large", True)


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight_run, "MAX_BYTES", 100)
    assert refused(sound()).what.startswith("The file has 1")


def test_names_from_a_file_cannot_send_control_codes_to_the_terminal() -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/\x1b[2JBad\x07"))
    data = drawn("", Font={"X": lambda pdf: pdf.make_indirect(font)})(sound())
    outcome = guarded_preflight(data, "small\x1b.pdf", printer(), ink=False).outcome
    assert "Font \\x1b[2JBad\\x07 is not embedded." in outcome.table()
    assert all(letter.isprintable() or letter == "\n" for letter in outcome.table() + as_json(outcome))


def test_the_problem_of_a_damaged_file_quotes_no_python_error() -> None:
    for data in (sound()[:3000], sound()[500:], b"%PDF-1.4\n%%EOF"):
        assert not re.search(r"BytesIO|0x[0-9a-f]{6}|NoneType|object has no", refused(data).what)


def errors_of(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Return the error output of the command line for a file that it refuses with status 1."""
    assert build.main(["preflight", str(path), *options]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err and "Internal error" not in said.err
    assert "1 error" in said.err
    return said.err


def test_the_command_line_refuses_missing_files_and_other_formats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REPORT_DEBUG", raising=False)
    (tmp_path / "locked.pdf").write_bytes(locked())
    (tmp_path / "text.pdf").write_text("hello", "utf-8")
    assert "No such file or directory" in errors_of(tmp_path / "nothing.pdf", capsys)
    assert "Is a directory" in errors_of(tmp_path, capsys)
    assert "locked with a password" in errors_of(tmp_path / "locked.pdf", capsys, "--json")
    assert "can't be read as a PDF" in errors_of(tmp_path / "text.pdf", capsys, "--html", str(tmp_path / "a.html"))
    assert not (tmp_path / "a.html").exists()


def test_a_web_page_of_a_sheet_too_large_to_draw_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    huge = spoiled(lambda pdf: pdf.pages[0].obj.__setitem__("/MediaBox", Array([0, 0, 10**6, 10**6])))(sound())
    (tmp_path / "huge.pdf").write_bytes(huge)
    assert build.main(["preflight", str(tmp_path / "huge.pdf"), "--no-ink", "--html", str(tmp_path / "a.html")]) == 1
    said = capsys.readouterr()
    assert "huge.pdf" in said.err and "Internal error" not in said.err
    assert not (tmp_path / "a.html").exists()

"""The PDF to send: which file of a set it is, and every reason for which it may not be sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mailings import small_pdf, small_set

from report.mail.screen import load_screen
from report.problems import ReportError
from report.sets.outputs import sha256

FILE = "tiny-report-screen.pdf"


def refusals(out: Path) -> list[tuple[str, str]]:
    with pytest.raises(ReportError) as caught:
        load_screen(out, "tiny")
    assert all("build.py tiny" in problem.hint for problem in caught.value.problems)
    return [(problem.code, problem.where.file) for problem in caught.value.problems]


def test_the_screen_pdf_comes_with_its_title_and_the_pages_of_its_facts(tmp_path: Path) -> None:
    small_set(tmp_path, problems=[{"severity": "warning", "what": "A long line."}])
    screen = load_screen(tmp_path, "tiny")
    assert (screen.name, screen.data, screen.sha256) == (FILE, small_pdf(), sha256(small_pdf()))
    assert (screen.pages, screen.title) == (1, "Tiny Report")
    assert {name: tuple(pages) for name, pages in screen.facts.items()} == {"advocacy.rank": (1,)}


def test_the_screen_pdf_is_found_among_the_other_files_of_its_set(tmp_path: Path) -> None:
    folder = small_set(tmp_path)
    [entry] = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    small_set(tmp_path, files=[{"of": "another version"}, entry | {"name": "print.pdf", "variant": "print"}, entry])
    assert load_screen(tmp_path, "tiny").name == FILE


def test_a_manifest_without_facts_gives_none(tmp_path: Path) -> None:
    small_set(tmp_path, facts=None)
    assert load_screen(tmp_path, "tiny").facts == {}


@pytest.mark.parametrize("changes", [{"files": None}, {"entry": {"name": "../other/tiny.pdf"}}])
def test_a_set_without_a_screen_pdf_of_its_own_has_none(tmp_path: Path, changes: dict[str, Any]) -> None:
    small_set(tmp_path, **changes)
    assert refusals(tmp_path) == [("no-screen", str(tmp_path / "tiny"))]


def test_an_edition_that_was_never_built_has_none(tmp_path: Path) -> None:
    assert refusals(tmp_path) == [("no-screen", str(tmp_path / "tiny"))]


def test_every_reason_not_to_send_it_is_told_with_its_file(tmp_path: Path) -> None:
    problems = [{"severity": "error", "what": "Ink."}, {"severity": "warning"}, {"what": "Fonts."}, "?"]
    small_set(tmp_path, data=b"%PDF-1.7 another", entry={"current": False}, problems=problems)
    pdf, manifest = str(tmp_path / "tiny" / FILE), str(tmp_path / "tiny" / "manifest.json")
    assert refusals(tmp_path) == [
        ("not-the-one", pdf),
        ("not-current", pdf),
        ("checks-failed", manifest),
        ("checks-failed", manifest),
        ("checks-failed", manifest),
    ]
    small_set(tmp_path, problems={})
    assert refusals(tmp_path) == [("not-checked", manifest)]

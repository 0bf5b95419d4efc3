"""Files that editors and systems leave beside source files stop nothing and count for nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pages import ROOT, link_project

import build
from report.compose.run import stylesheets
from report.edition.load import load
from report.searchpath import SearchPath
from report.sets.freshness import gather

LEFT = ("sections/.#story.md", "sections/._story.md", "sections/#story.md#", ".DS_Store", "images/._photo.jpg")


@pytest.fixture
def project(write_edition: Callable[..., Path], tmp_path: Path) -> Path:
    """A tiny project with locks, resource forks and swap files in every folder."""
    folder = write_edition()
    for name in LEFT:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"\xff\xfe no text")
    (folder / "sections" / ".#plan.md").symlink_to("nobody@nowhere.1234")
    for name in ("styles/.#own.css", "layouts/pages/._cover.html.j2", "figures/.#own.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"\xff\xfe")
    return tmp_path


def test_they_are_no_sections_stylesheets_or_templates(project: Path) -> None:
    search = SearchPath.of(project, ROOT)
    assert set(load(project / "data" / "tiny", "data/tiny").sections) == {"cover", "contents", "story", "notes", "back"}
    assert not [name for name in stylesheets(search) if "own" in name]
    assert not [name for name, _ in search.files("layouts", "*.j2") if "._" in name]


def test_they_are_no_reason_to_build_again(project: Path) -> None:
    files = gather(SearchPath.of(project, ROOT), "tiny").files
    assert not [name for name in files if any(left in name for left in (".#", "._", "#story", "DS_Store"))]


def test_check_passes_with_them(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--project", str(project), "check", "-q"]) == 0
    assert capsys.readouterr().err == ""


def test_one_file_that_cannot_be_read_hides_no_other_problem(
    write_edition: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_edition(facts=("unit: ordinal", "unit: ordinall"))
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "own.css").write_bytes(b".x { content: '\xe9' }")
    assert build.main(["--project", str(tmp_path), "check"]) == 1
    said = capsys.readouterr().err
    assert "styles/own.css:1:16: error: This character is not valid UTF-8." in said
    assert "data/tiny/facts.yaml" in said


def test_all_editions_of_a_project_without_any_is_a_problem_and_no_crash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    link_project(tmp_path)
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(build, "ROOT", tmp_path)
    assert build.main(["--project", str(tmp_path), "build", "--all"]) == 1
    assert "There is no edition in data/." in capsys.readouterr().err

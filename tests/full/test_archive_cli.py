"""The archive on the command line: arguments, output and exit status."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import archived, finished, inputs, manifest
from commands import Run, Said, command_line
from pages import ROOT

import build
from report.archive import add
from report.searchpath import SearchPath
from report.sets.freshness import gather
from report.sets.outputs import publish


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in a separate folder. No command may ever print a traceback."""
    for folder in ("styles", "layouts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return command_line(monkeypatch, capsys)


@pytest.fixture
def edition(run: Run, write_edition: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny edition with a finished set whose files are not checked. Returns the project's folder."""
    write_edition()
    (tmp_path / "build.py").write_text("print()\n")
    monkeypatch.setattr(add, "evidence", lambda *_: {})
    files = finished()
    record = manifest("tiny", files, inputs=inputs(gather(SearchPath.of(tmp_path), "tiny").files))
    publish(tmp_path / "dist", "tiny", {**files, "manifest.json": json.dumps(record).encode()})
    return tmp_path


def test_archive_adds_the_edition_and_prints_its_path(run: Run, edition: Path) -> None:
    said = run("archive", "tiny", "--allow-uncommitted", "--date", "2025-01-31")
    assert (said.status, said.out) == (0, "archive/tiny/v1\n")
    assert [line.split()[0] for line in said.err.splitlines()] == ["gather", "bag", "index"]
    assert "Bagging-Date: 2025-01-31\n" in (edition / "archive" / "tiny" / "v1" / "bag-info.txt").read_text()
    assert (edition / "archive" / "index.html").is_file()
    assert run("archive", "verify").status == 0


def test_a_correction_needs_a_reason_and_add_is_optional(run: Run, edition: Path) -> None:
    options = ("--allow-uncommitted", "--quiet", "--archive", "kept")
    assert run("archive", "add", "tiny", *options) == Said(0, "kept/tiny/v1\n", "")
    said = run("archive", *options, "tiny")
    assert (said.status, said.out) == (1, "")
    assert "A correction needs a reason: --reason" in said.err
    assert run("archive", "tiny", "--reason", "A figure was wrong", *options) == Said(0, "kept/tiny/v2\n", "")
    assert not (edition / "archive").exists()


def test_a_refusal_lists_every_reason(run: Run, edition: Path) -> None:
    path = edition / "styles" / "1-page.css"
    path.write_text(path.read_text("utf-8") + "/* later */\n", "utf-8")
    said = run("archive", "tiny")
    assert (said.status, said.out) == (1, "")
    for part in (
        "not in a git repository",
        "not built from the present source: styles/1-page.css has changed",
        "--allow-uncommitted",
        "Build it again",
    ):
        assert part in said.err
    assert not (edition / "archive" / "tiny").exists()


def test_a_failed_index_is_reported_although_the_bag_is_added(run: Run, edition: Path) -> None:
    (edition / "archive" / "index.html").mkdir(parents=True)
    said = run("archive", "tiny", "--allow-uncommitted", "--quiet")
    assert (said.status, said.out) == (1, "archive/tiny/v1\n")
    assert "index.html" in said.err
    assert run("archive", "verify", "--quiet").status == 0


def test_verify_checks_the_newest_edition_a_named_one_or_all(run: Run, tmp_path: Path) -> None:
    for name in ("2022-23", "2023-24"):
        archived(tmp_path / "archive", name)
    (tmp_path / "archive" / "2022-23" / "v1" / "data" / "README.txt").unlink()
    assert run("archive", "verify").status == 0
    assert run("archive", "verify", "2023-24").status == 0
    for arguments in (("2022-23",), ("--all",)):
        said = run("archive", "verify", *arguments)
        assert said.status == 1
        assert "missing: data/README.txt" in said.out
        assert "NOT VERIFIED" in said.out
        assert "2022-23/v1" in said.err, "the progress"
    said = run("archive", "verify", "--all", "--json", "--quiet")
    result = json.loads(said.out)
    assert (said.status, said.err, result["passed"]) == (1, "", False)
    assert [bag["name"] for bag in result["bags"]] == ["2022-23/v1", "2023-24/v1"]


def test_verify_without_a_ledger_warns(run: Run, tmp_path: Path) -> None:
    archived(tmp_path / "archive")
    (tmp_path / "archive" / "ledger.json").unlink()
    said = run("archive", "verify", "--quiet")
    assert said.status == 0
    assert "The ledger is missing" in said.out


def test_list_shows_editions_and_versions(run: Run, tmp_path: Path) -> None:
    assert "The archive is empty." in run("archive", "list").out
    archived(tmp_path / "kept")
    said = run("archive", "list", "--archive", "kept")
    assert (said.status, said.err) == (0, "")
    assert said.out.splitlines()[1].split()[:3] == ["2023-24", "v1", "2024-12-03"]


def test_index_writes_the_page_again(run: Run, tmp_path: Path) -> None:
    archived(tmp_path / "archive")
    assert run("archive", "index") == Said(0, "archive/index.html\n", "")
    assert "Annual Report 2023-24" in (tmp_path / "archive" / "index.html").read_text("utf-8")
    (tmp_path / "file").write_text("")
    said = run("archive", "index", "--archive", "file")
    assert (said.status, said.out) == (1, "")
    assert "could not be" in said.err


def test_rebuild_reports_why_it_failed(run: Run, tmp_path: Path) -> None:
    archived(tmp_path / "archive")
    said = run("archive", "rebuild", "2023-24", "--version", "v1")
    assert (said.status, said.out) == (1, "")
    assert "The bag has no build.py" in said.err


@pytest.mark.parametrize(
    ("arguments", "status", "hint"),
    [
        (["2032-24"], 1, "There is no edition `2032-24` in data/."),
        (["verfy"], 2, "Unknown command `verfy`. Did you mean `verify`?"),
        (["verify", "2032-24"], 1, "Did you mean `2023-24`?"),
        (["verify", "2023-24", "--all"], 2, "not both"),
        (["verify", "--archive", "nowhere"], 1, "The archive has no bags."),
        (["rebuild", "2032-24"], 1, "Did you mean `2023-24`?"),
        (["rebuild", "2023-24", "--version", "v9"], 1, "Available: v1."),
        (["2023-24", "--date", "yesterday"], 2, "yesterday"),
        (["list", "extra"], 2, "extra"),
    ],
)
def test_a_wrong_argument_gets_a_hint(run: Run, tmp_path: Path, arguments: list[str], status: int, hint: str) -> None:
    archived(tmp_path / "archive")
    said = run("archive", *arguments)
    assert (said.status, said.out) == (status, "")
    assert hint in " ".join(said.err.replace("│", " ").split())


@pytest.mark.parametrize("command", ["", "add", "verify", "list", "rebuild", "index"])
def test_every_command_has_help(run: Run, command: str) -> None:
    said = run("archive", *([command] if command else []), "--help")
    assert (said.status, said.err) == (0, "")
    assert len(said.out.split()) > 25
    assert "archive" in run("--help").out


def test_archive_alone_shows_its_help_and_archives_nothing(run: Run, tmp_path: Path) -> None:
    said = run("archive")
    assert said.status == 2
    assert "Nothing is ever overwritten" in " ".join((said.out + said.err).split())
    assert not (tmp_path / "archive").exists()

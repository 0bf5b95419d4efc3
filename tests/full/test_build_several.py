"""Several editions in one call: side by side, each by itself, and told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Run, command_line
from conftest import write_tiny
from pages import link_project

import build
from report.processes.memory import gc_disabled

NAMES = ("first", "second", "third")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line on a project with three tiny editions."""
    for name in NAMES:
        write_tiny(tmp_path / "data" / name, edition=("edition: tiny", f"edition: {name}"))
    link_project(tmp_path)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    return command_line(monkeypatch, capsys)


def test_one_that_fails_stops_no_other_and_all_are_told_of(run: Run, tmp_path: Path) -> None:
    facts = tmp_path / "data" / "second" / "facts.yaml"
    facts.write_text(facts.read_text("utf-8").replace("unit: ordinal", "unit: ordinall"), "utf-8")
    said = run("first", "second", "third", "--only", "screen")
    assert said.status == 1
    assert [name for name in NAMES if (tmp_path / "dist" / name).exists()] == ["first", "third"]
    assert [Path(line.split("  ")[0]).parent.name for line in sorted(said.out.splitlines())] == ["first", "third"]
    told = {line for line in said.err.splitlines() if line.split(":")[0] in NAMES}
    assert told == {"first", "second: failed", "third"}
    assert "data/second/facts.yaml:" in said.err


def test_all_builds_every_edition_and_finds_them_up_to_date(run: Run, tmp_path: Path) -> None:
    assert run("--all", "--only", "screen", "--quiet").status == 0
    said = run("--all", "--only", "screen")
    assert said.status == 0
    assert sorted(said.out.splitlines()) == sorted(f"{tmp_path / 'dist' / name} is up to date." for name in NAMES)


def test_an_edition_that_is_not_there_is_told_before_any_is_built(run: Run, tmp_path: Path) -> None:
    said = run("first", "fourth")
    assert (said.status, (tmp_path / "dist").exists()) == (1, False)
    assert "There is no edition `fourth`" in said.err


def test_what_a_build_leaves_is_looked_through_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    import gc

    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: collected.append(1))
    gc.unfreeze()
    for _ in range(2):
        with gc_disabled():
            assert not gc.isenabled()
            with gc_disabled():
                pass
            assert not gc.isenabled()
        assert gc.isenabled()
    gc.unfreeze()
    assert collected == [1]

"""Builds with what earlier ones left: the files, and what is said of them, are as if nothing had been kept."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import link_project

import build

Write = Callable[..., Path]


@pytest.fixture
def project(write_edition: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny project that the command line works on."""
    write_edition()
    link_project(tmp_path)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    return tmp_path


def _set(folder: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return the files of a set, and of its manifest what does not tell when and from what it was made."""
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    manifest = json.loads(files.pop("manifest.json"))
    return files, {key: manifest[key] for key in ("files", "problems", "facts") if key in manifest}


def test_each_step_says_what_ran_and_why(
    project: Path, write_edition: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(**changes: Any) -> list[str]:
        write_edition(**changes)
        capsys.readouterr()
        assert build.main(["--explain"]) == 0
        return capsys.readouterr().err.splitlines()

    first = told()
    assert "  there is no set yet" in first
    assert "prove print, ink: every page (new content); 0 unchanged." in first
    again = told(story=("Attendance grew by", "Attendance grew grew by"))  # with letters that the fonts have
    assert [line for line in again if line.startswith("  data/")] == ["  data/tiny/sections/story.md has changed"]
    assert [line for line in again if line.startswith("draw:")] == ["draw: nothing; 5 from the cache."]
    assert [line for line in again if "print, ink" in line] == ["prove print, ink: page 3 (new content); 6 unchanged."]


def test_after_random_edits_everything_is_as_in_a_build_without_a_cache(
    project: Path, write_edition: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(7)
    for step in range(2):
        changes: dict[str, Any] = {"facts": ("value: 10603", f"value: {chance.randrange(10_000, 12_000)}")}
        if step % 2:
            changes["story"] = ("A Story", chance.choice(["Another Story", "A Third"]))
        write_edition(**changes)
        capsys.readouterr()
        assert build.main(["--quiet"]) == 0
        said = capsys.readouterr()
        assert (said.out, "lay out" in said.err) == ("", False), "--quiet says nothing but problems"
        assert build.main(["--quiet", "--no-cache", "--out", str(project / "plain")]) == 0
        assert _set(project / "dist" / "tiny") == _set(project / "plain" / "tiny")
    kinds = {path.name for path in (project / ".cache").iterdir()}
    assert kinds >= {"charts", "artworks", "plates", "contrasts", "faint"}

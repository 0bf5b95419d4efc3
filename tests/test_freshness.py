"""Up to date means: the same content, the same tools, the same wishes. Dates mean nothing."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import link_project

import build
from report.freshness import Inputs, fresh, gather

Run = Callable[..., int]
READ = ("data/tiny/facts.yaml", "layouts/a.j2", "styles/b.css", "figures/c.py", "report/d.py", "build.py")


def record(inputs: Inputs, folder: Path) -> None:
    """Write a set that was made from these inputs."""
    folder.mkdir(exist_ok=True)
    (folder / "a-print.pdf").write_bytes(b"print")
    files = [{"variant": "print", "name": "a-print.pdf", "current": True, "sha256": PRINT}]
    (folder / "manifest.json").write_text(json.dumps({"files": files, "inputs": inputs.record}))


PRINT = hashlib.sha256(b"print").hexdigest()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path in READ:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    return tmp_path


@pytest.fixture
def made(project: Path) -> Path:
    record(gather(project, "tiny", printer="x"), project / "set")
    return project / "set"


def asked(
    project: Path, made: Path, printer: str = "x", variants: tuple[str, ...] = ("print",)
) -> dict[str, Any] | None:
    return fresh(made, gather(project, "tiny", printer=printer), variants)


def test_a_set_made_from_the_same_content_is_up_to_date_whatever_the_dates(project: Path, made: Path) -> None:
    os.utime(project / "data/tiny/facts.yaml", (1, 1))
    assert asked(project, made) is not None


@pytest.mark.parametrize(
    "path", ["data/tiny/facts.yaml", "layouts/a.j2", "styles/b.css", "figures/c.py", "report/d.py"]
)
def test_any_file_that_changes_is_a_reason(project: Path, made: Path, path: str) -> None:
    (project / path).write_text("changed")
    assert asked(project, made) is None
    before = json.loads((made / "manifest.json").read_text())["inputs"]
    assert gather(project, "tiny", printer="x").reasons(before) == [f"{path} has changed"]


def test_new_and_lost_files_are_reasons(project: Path, made: Path) -> None:
    (project / "data/tiny/new.md").write_text("new")
    (project / "styles/b.css").unlink()
    before = json.loads((made / "manifest.json").read_text())["inputs"]
    said = gather(project, "tiny", printer="x").reasons(before)
    assert said == ["data/tiny/new.md is new", "styles/b.css is gone"]


def test_another_wish_another_tool_and_no_set_are_reasons(project: Path, made: Path) -> None:
    assert asked(project, made, printer="y") is None
    inputs = gather(project, "tiny", printer="x")
    assert Inputs(inputs.files, "other", inputs.asked).reasons(inputs.record) == [
        "other versions of Python, its packages or the system's libraries"
    ]
    assert inputs.reasons(None) == ["there is no set yet"]


def test_a_variant_that_is_not_there_and_a_file_that_was_changed_are_not_up_to_date(project: Path, made: Path) -> None:
    assert asked(project, made, variants=("print", "screen")) is None
    (made / "a-print.pdf").write_bytes(b"someone else's")
    assert asked(project, made) is None


def test_a_later_edition_does_not_matter_but_the_facts_of_an_earlier_one_do(project: Path, made: Path) -> None:
    for name, file in (("zoo", "facts.yaml"), ("other", "quotes.yaml")):
        (project / "data" / name).mkdir()
        (project / "data" / name / file).write_text("x")
    assert asked(project, made) is not None
    (project / "data" / "other" / "facts.yaml").write_text("x")
    assert asked(project, made) is None


@pytest.fixture
def run(write_edition: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    write_edition()
    link_project(tmp_path)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    return lambda *arguments: build.main(["--only", "screen", *arguments])


def test_after_random_edits_the_bytes_are_those_of_a_build_without_a_cache(
    run: Run, write_edition: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(7)
    for step in range(3):
        value = chance.randrange(10_000, 12_000)
        facts = ("value: 10603", f"value: {value}")
        rate = {} if step else {"story": ("A Story", "Another Story")}
        write_edition(facts=facts, **rate)
        capsys.readouterr()
        assert run("--quiet") == 0
        said = capsys.readouterr()
        assert (said.out, "lay out" in said.err) == ("", False), "--quiet says nothing but problems"
        assert {path.name for path in (tmp_path / "dist" / "tiny").iterdir()} == {
            "tiny-report-screen.pdf", "manifest.json",
        }  # fmt: skip
        assert run("--quiet", "--no-cache", "--out", str(tmp_path / "plain")) == 0
        kept, plain = (tmp_path / out / "tiny" / "tiny-report-screen.pdf" for out in ("dist", "plain"))
        assert kept.read_bytes() == plain.read_bytes()

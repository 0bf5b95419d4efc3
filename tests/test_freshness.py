"""Up to date means: the same content, the same tools, the same wishes. Dates mean nothing."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from report.searchpath import SearchPath
from report.sets.freshness import Inputs, fresh, gather

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
    record(gather(SearchPath.of(project), "tiny", printer="x"), project / "set")
    return project / "set"


def asked(
    project: Path, made: Path, printer: str = "x", variants: tuple[str, ...] = ("print",)
) -> dict[str, Any] | None:
    return fresh(made, gather(SearchPath.of(project), "tiny", printer=printer), variants)


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
    assert gather(SearchPath.of(project), "tiny", printer="x").reasons(before) == [f"{path} has changed"]


def test_new_and_lost_files_are_reasons(project: Path, made: Path) -> None:
    (project / "data/tiny/new.md").write_text("new")
    (project / "styles/b.css").unlink()
    before = json.loads((made / "manifest.json").read_text())["inputs"]
    said = gather(SearchPath.of(project), "tiny", printer="x").reasons(before)
    assert said == ["data/tiny/new.md is new", "styles/b.css is gone"]


def test_another_wish_another_tool_and_no_set_are_reasons(project: Path, made: Path) -> None:
    assert asked(project, made, printer="y") is None
    inputs = gather(SearchPath.of(project), "tiny", printer="x")
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


def test_files_from_elsewhere_count_by_their_content(project: Path, tmp_path: Path) -> None:
    printer = tmp_path / "elsewhere.yaml"
    printer.write_text("one")
    before = gather(SearchPath.of(project), "tiny", [printer], printer="x").record
    assert gather(SearchPath.of(project), "tiny", [printer], printer="x").reasons(before) == []
    printer.write_text("two")
    assert gather(SearchPath.of(project), "tiny", [printer], printer="x").reasons(before) == [f"{printer} has changed"]

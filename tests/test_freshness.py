"""A set is up to date if its content, tools and options are the same; dates do not matter."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from report.searchpath import SearchPath
from report.sets.freshness import Inputs, current_manifest, gather

FILES = ("data/tiny/facts.yaml", "layouts/a.j2", "styles/b.css", "figures/c.py", "report/d.py", "build.py")


def record(inputs: Inputs, folder: Path) -> None:
    """Write a set folder from these inputs."""
    folder.mkdir(exist_ok=True)
    (folder / "a-print.pdf").write_bytes(b"print")
    files = [{"variant": "print", "name": "a-print.pdf", "current": True, "sha256": PRINT}]
    (folder / "manifest.json").write_text(json.dumps({"files": files, "inputs": inputs.record}))


PRINT = hashlib.sha256(b"print").hexdigest()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path in FILES:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    return tmp_path


@pytest.fixture
def folder(project: Path) -> Path:
    record(gather(SearchPath.of(project), "tiny", printer="x"), project / "set")
    return project / "set"


def manifest_of(
    project: Path, folder: Path, printer: str = "x", variants: tuple[str, ...] = ("print",)
) -> dict[str, Any] | None:
    return current_manifest(folder, gather(SearchPath.of(project), "tiny", printer=printer), variants)


def test_a_set_made_from_the_same_content_is_up_to_date_whatever_the_dates(project: Path, folder: Path) -> None:
    os.utime(project / "data/tiny/facts.yaml", (1, 1))
    assert manifest_of(project, folder) is not None


@pytest.mark.parametrize(
    "path", ["data/tiny/facts.yaml", "layouts/a.j2", "styles/b.css", "figures/c.py", "report/d.py"]
)
def test_any_changed_file_is_a_reason(project: Path, folder: Path, path: str) -> None:
    (project / path).write_text("changed")
    assert manifest_of(project, folder) is None
    before = json.loads((folder / "manifest.json").read_text())["inputs"]
    assert gather(SearchPath.of(project), "tiny", printer="x").reasons(before) == [f"{path} has changed"]


def test_new_and_removed_files_are_reasons(project: Path, folder: Path) -> None:
    (project / "data/tiny/new.md").write_text("new")
    (project / "styles/b.css").unlink()
    before = json.loads((folder / "manifest.json").read_text())["inputs"]
    reasons = gather(SearchPath.of(project), "tiny", printer="x").reasons(before)
    assert reasons == ["data/tiny/new.md is new", "styles/b.css was removed"]


def test_another_option_another_tool_and_no_set_are_reasons(project: Path, folder: Path) -> None:
    assert manifest_of(project, folder, printer="y") is None
    inputs = gather(SearchPath.of(project), "tiny", printer="x")
    assert Inputs(inputs.files, "other", inputs.options).reasons(inputs.record) == [
        "Python, its packages or the system libraries have other versions"
    ]
    assert inputs.reasons(None) == ["there is no set yet"]


def test_a_missing_variant_and_a_changed_file_are_not_up_to_date(project: Path, folder: Path) -> None:
    assert manifest_of(project, folder, variants=("print", "screen")) is None
    (folder / "a-print.pdf").write_bytes(b"someone else's")
    assert manifest_of(project, folder) is None


def test_only_the_facts_of_earlier_editions_matter(project: Path, folder: Path) -> None:
    for name, file in (("zoo", "facts.yaml"), ("other", "quotes.yaml")):
        (project / "data" / name).mkdir()
        (project / "data" / name / file).write_text("x")
    assert manifest_of(project, folder) is not None
    (project / "data" / "other" / "facts.yaml").write_text("x")
    assert manifest_of(project, folder) is None


def test_extra_files_are_compared_by_content(project: Path, tmp_path: Path) -> None:
    printer = tmp_path / "elsewhere.yaml"
    printer.write_text("one")
    before = gather(SearchPath.of(project), "tiny", [printer], printer="x").record
    assert gather(SearchPath.of(project), "tiny", [printer], printer="x").reasons(before) == []
    printer.write_text("two")
    assert gather(SearchPath.of(project), "tiny", [printer], printer="x").reasons(before) == [f"{printer} has changed"]

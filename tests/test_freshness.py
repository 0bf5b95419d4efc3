"""A set is up to date if its content, tools and options are the same; dates do not matter."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from report.searchpath import SearchPath
from report.sets import freshness
from report.sets.freshness import Inputs, current_manifest, gather

LIBRARIES = freshness._system_libraries  # the real search; tests use the result of one
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
    "path", ["data/tiny/facts.yaml", "layouts/a.j2", "styles/b.css", "figures/c.py", "report/d.py", "build.py"]
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


def test_the_content_of_an_earlier_edition_s_facts_counts(project: Path) -> None:
    def inputs(text: str) -> Inputs:
        (project / "data" / "earlier").mkdir(exist_ok=True)
        (project / "data" / "earlier" / "facts.yaml").write_text(text)
        return gather(SearchPath.of(project), "tiny")

    assert inputs("new").reasons(inputs("old").record) == ["data/earlier/facts.yaml has changed"]


def test_a_wish_is_told_with_what_it_was_before(project: Path, folder: Path) -> None:
    before = json.loads((folder / "manifest.json").read_text())["inputs"]
    inputs = gather(SearchPath.of(project), "tiny", printer="y", draft=False)
    assert inputs.reasons(before) == ["printer is y, not x", "draft is False, not None"]


def test_inputs_of_another_version_of_the_press_are_a_reason(project: Path) -> None:
    inputs = gather(SearchPath.of(project), "tiny", printer="x")
    assert inputs.reasons({"version": 1})
    assert not inputs.reasons(inputs.record)


def test_what_python_and_the_system_leave_in_folders_does_not_count_and_folders_in_folders_do(project: Path) -> None:
    before = gather(SearchPath.of(project), "tiny").record
    (project / "report" / "__pycache__").mkdir()
    for path in ("report/__pycache__/d.py", "report/.DS_Store", "report/a.pyc"):
        (project / path).write_text("left")
    assert gather(SearchPath.of(project), "tiny").reasons(before) == []
    (project / "layouts" / "pages").mkdir()
    (project / "layouts" / "pages" / "z.j2").write_text("new")
    assert gather(SearchPath.of(project), "tiny").reasons(before) == ["layouts/pages/z.j2 is new"]


def test_a_set_that_lost_a_file_or_was_never_made_is_not_up_to_date(project: Path, folder: Path) -> None:
    inputs = gather(SearchPath.of(project), "tiny", printer="x")
    assert current_manifest(None, inputs, ()) is None
    (folder / "a-print.pdf").unlink()
    assert manifest_of(project, folder) is None


def test_a_set_with_a_damaged_manifest_is_not_up_to_date(project: Path, folder: Path) -> None:
    (folder / "manifest.json").write_text(json.dumps({"inputs": gather(SearchPath.of(project), "tiny").record}))
    assert current_manifest(folder, gather(SearchPath.of(project), "tiny"), ("print",)) is None


def test_a_stamp_changes_with_the_tools_and_with_the_files_that_it_is_asked_for() -> None:
    files = {"report/a.py": "1", "report/b.py": "2", "styles/a.css": "3", "data/x.yaml": "4"}
    stamp = Inputs(files, "tools", {}).stamp("report/", "styles/")
    assert Inputs({**files, "data/x.yaml": "5"}, "tools", {"printer": "x"}).stamp("report/", "styles/") == stamp
    assert Inputs(dict(reversed(files.items())), "tools", {}).stamp("report/", "styles/") == stamp
    others = [
        Inputs({**files, "styles/a.css": "5"}, "tools", {}).stamp("report/", "styles/"),
        Inputs({**files, "report/a.py": "5"}, "tools", {}).stamp("report/", "styles/"),
        Inputs(files, "other", {}).stamp("report/", "styles/"),
        Inputs(files, "tools", {}).stamp("report/"),
    ]
    assert len({stamp, *others}) == 5


@pytest.mark.parametrize("name", ["libpango-1.0.so.0.5000.12", "x86_64-linux-gnu/libharfbuzz.so.0.60000.0",
                                  "libfontconfig.1.dylib"])  # fmt: skip
def test_another_version_of_a_library_of_the_system_is_another_tool(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    libraries = tmp_path_factory.mktemp("lib")
    monkeypatch.setattr(freshness, "_LIBRARY_FOLDERS", (str(libraries),))
    monkeypatch.setattr(freshness, "_system_libraries", LIBRARIES)
    before = gather(SearchPath.of(project), "tiny")
    (libraries / name).parent.mkdir(exist_ok=True)
    (libraries / name).touch()
    after = gather(SearchPath.of(project), "tiny")
    assert after.tools != before.tools
    assert len(after.reasons(before.record)) == 1
    (libraries / "libother.so.1").touch()
    assert gather(SearchPath.of(project), "tiny").tools == after.tools

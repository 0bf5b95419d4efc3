"""The search path: a project's file replaces the program's file of the same name."""

from __future__ import annotations

from pathlib import Path

import pytest

from report.searchpath import SearchPath


@pytest.fixture
def search(tmp_path: Path) -> SearchPath:
    for name in (
        "project/styles/own.css",
        "project/styles/shared.css",
        "program/styles/shared.css",
        "program/styles/a.css",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return SearchPath.of(tmp_path / "project", tmp_path / "program")


def test_a_file_of_the_project_replaces_the_programs(search: SearchPath) -> None:
    files = {name: path.read_text("utf-8") for name, path in search.files("styles", "*.css")}
    assert files == {
        "styles/a.css": "program/styles/a.css",
        "styles/own.css": "project/styles/own.css",
        "styles/shared.css": "project/styles/shared.css",
    }


def test_one_file_is_found_in_the_project_first(search: SearchPath) -> None:
    assert search.file("styles/shared.css").read_text("utf-8") == "project/styles/shared.css"
    assert search.file("styles/a.css").read_text("utf-8") == "program/styles/a.css"
    assert search.file("styles/none.css") == search.project / "styles/none.css"


def test_a_project_that_is_the_program_is_searched_once(tmp_path: Path) -> None:
    assert SearchPath.of(tmp_path, tmp_path / "x" / "..").folders == (tmp_path,)
    assert SearchPath.of(tmp_path).folders == (tmp_path,)

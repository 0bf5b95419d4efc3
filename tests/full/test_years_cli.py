"""The commands new, check, draft and compare, and another project, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Run, command_line
from pages import ROOT, link_project

import build


@pytest.fixture
def run(write_edition: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> Run:  # fmt: skip
    write_edition()
    link_project(tmp_path)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    return command_line(monkeypatch, capsys)


def test_a_new_edition_is_refused_until_it_is_renewed_and_built_as_a_draft_meanwhile(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    status, output, _ = run("new", "tiny-2")
    assert status == 0
    assert "created from tiny: 16 values and passages to renew" in output
    status, _, err = run("check", "tiny-2")
    assert status == 1
    assert err.count("is still from the previous edition") == 16
    assert "data/tiny-2/facts.yaml:3:18: error: The fact `ease.covered` is still" in err
    assert run("tiny-2", "--only", "screen", "--out", str(out))[0] == 1
    assert not (out / "tiny-2").exists()
    status, output, err = run("tiny-2", "--draft", "--only", "screen", "--out", str(out))
    assert (status, "16 values and passages are still to be renewed" in err) == (0, True)
    folder = out / "tiny-2-draft"
    assert {path.name for path in folder.iterdir()} == {"tiny-2-report-screen-draft.pdf", "manifest.json"}
    record = json.loads((folder / "manifest.json").read_text())
    assert (record["draft"], record["to_renew"]) == (True, 16)
    again = run("tiny-2", "--draft", "--only", "screen", "--out", str(out))
    assert "is up to date" in again[1]
    assert "16 values" in again[2]


def test_new_reports_an_invalid_name(run: Run) -> None:
    status, out, err = run("new", "aaa")
    assert (status, out) == (1, "")
    assert "No edition in data/ comes before `aaa`" in err


def test_compare_prints_and_exports(run: Run, tmp_path: Path) -> None:
    run("new", "tiny-2")
    facts = tmp_path / "data" / "tiny-2" / "facts.yaml"
    facts.write_text(facts.read_text().replace("value: 10603\n", "value: 11000\n"))
    status, out, _ = run("compare", "tiny", "tiny-2", "--csv", str(tmp_path / "facts.csv"))
    assert status == 0
    assert "da.attendance  10,603  11,000   +3.7%" in out
    assert out.endswith("tiny to tiny-2: 1 changed, 7 unchanged.\n")
    assert len((tmp_path / "facts.csv").read_text().splitlines()) == 9
    assert json.loads(run("compare", "tiny", "tiny-2", "--json")[1])["lines"][0]["id"] == "ease.covered"


@pytest.mark.parametrize("arguments", [("--project={}", "check", "2031"), ("check", "2031", "--project", "{}")])
def test_another_project_is_named_before_or_after_the_command(run: Run, arguments: tuple[str, ...]) -> None:
    house = str(ROOT / "examples" / "marrow-isles")
    assert run(*(each.format(house) for each in arguments)) == (0, "data/2031: 27 facts, 9 sections: no errors.\n", "")
    assert build.whole_project().root == build.ROOT
    assert "data/tiny: 8 facts" in run("check")[1], "and it is not remembered"


def test_a_project_without_editions_is_refused(run: Run, tmp_path: Path) -> None:
    status, _, err = run("--project", str(tmp_path / "report"), "check")
    assert status == 2
    assert "a project has its editions in data/" in " ".join(err.replace("│", "").split())

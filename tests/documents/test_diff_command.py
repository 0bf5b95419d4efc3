"""diff and approve on the command line: output, exit status, and the line that a later build prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from changes import Drawn, build_of, file_of
from commands import Run, command_line
from pages import link_project

import build
from report.diff import compare
from report.diff.approved import approve, since_approved
from report.diff.outcome import FileChange
from report.diff.sources import FileToCompare
from report.problems import ReportError
from report.sets.outputs import publish

OLD = file_of(Drawn(["It covers 177,000 employees", "in many districts of the county"]))
NEW = file_of(Drawn(["It covers 178,500 employees", "in many districts of the county"]))


@pytest.fixture
def run(write_edition: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> Run:  # fmt: skip
    """Run the command line in a folder with `old.pdf`, `new.pdf` and the tiny project. Fails on any traceback."""
    write_edition()
    link_project(tmp_path)
    (tmp_path / "old.pdf").write_bytes(OLD)
    (tmp_path / "new.pdf").write_bytes(NEW)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    return command_line(monkeypatch, capsys)


def published(out: Path, current: bool = True, **variants: bytes) -> None:
    """Publish a set of the edition `tiny`."""
    entries = [{"name": f"x-{name}.pdf", "variant": name, "current": current} for name in variants]
    files = {f"x-{name}.pdf": data for name, data in variants.items()}
    publish(out, "tiny", {**files, "manifest.json": json.dumps({"files": entries}).encode()})


def test_diff_exits_with_1_and_lists_figures_first(run: Run) -> None:
    result = run("diff", "old.pdf", "new.pdf")
    assert result.status == 1
    lines = result.out.splitlines()
    assert lines[0] == "old.pdf → new.pdf"
    assert lines[2] == "file: 1 page changed (1), 1 figure (177,000 → 178,500)."
    assert lines[3:5] == ["  Figures", "    177,000 → 178,500   (page 1)"]
    assert lines[-1] == "DIFFERENT"
    assert [line.split()[0] for line in result.err.splitlines()] == ["read", "compare", "draw"]


def test_diff_of_identical_files_exits_with_0(run: Run) -> None:
    result = run("diff", "old.pdf", "old.pdf", "--quiet")
    assert (result.status, result.out.splitlines()[-1], result.err) == (0, "NO DIFFERENCES", "")


def test_an_internal_error_never_looks_like_a_difference(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("report.diff.compare.compare", lambda *_: 1 // 0)
    result = run("diff", "old.pdf", "new.pdf")
    assert (result.status, result.out) == (2, "")
    assert "Internal error" in result.err


def test_diff_writes_json_and_a_web_page(run: Run, tmp_path: Path) -> None:
    result = run("diff", "old.pdf", "new.pdf", "--json", "--html", "out/changes.html")
    assert result.status == 1
    assert json.loads(result.out)["files"][0]["figures"][0]["old"] == "177,000"
    assert "178,500" in (tmp_path / "out" / "changes.html").read_text("utf-8")
    assert result.err.endswith("out/changes.html\n")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("absent.pdf", "new.pdf", "absent.pdf"), ("old.pdf", "notes.txt", "could not be read as a PDF"),
     ("old.pdf", "data", "does not contain a build"), ("built", "new.pdf", "cannot be compared with a whole build")],
)  # fmt: skip
def test_an_unreadable_file_exits_with_2(run: Run, tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "notes.txt").write_text("no PDF")
    build_of(tmp_path / "built", screen=OLD)
    result = run("diff", old, new, "--quiet")
    assert (result.status, result.out) == (2, "")
    assert message in " ".join(result.err.split())


def test_a_web_page_that_cannot_be_written_exits_with_2(run: Run) -> None:
    result = run("diff", "old.pdf", "new.pdf", "--html", "old.pdf/x.html")
    assert result.status == 2
    assert "could not be written" in result.err


@pytest.mark.parametrize("arguments", [[], ["old.pdf"], ["old.pdf", "new.pdf", "more.pdf"]])
def test_diff_requires_two_paths(run: Run, arguments: list[str]) -> None:
    assert run("diff", *arguments).status == 2


def test_approve_requires_a_build(run: Run, tmp_path: Path) -> None:
    result = run("approve", "tiny")
    assert result.status == 1
    assert "There is no build of tiny to approve." in result.err
    assert not (tmp_path / "dist" / ".approved").exists()


def test_approve_stores_the_set_and_later_builds_do_not_change_it(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "dist"
    published(out, screen=OLD)
    assert run("approve").out == "dist/.approved/tiny  approved: each later build reports what differs from it.\n"
    published(out, screen=NEW, print=NEW)
    assert {path.name for path in (out / ".approved" / "tiny").iterdir()} == {"x-screen.pdf", "manifest.json"}
    assert (out / ".approved" / "tiny" / "x-screen.pdf").read_bytes() == OLD
    assert run("diff", "dist/.approved/tiny", "dist/tiny", "--quiet").status == 1


def test_approve_names_files_from_an_earlier_build(run: Run, tmp_path: Path) -> None:
    published(tmp_path / "dist", current=False, screen=OLD)
    assert run("approve").err == "x-screen.pdf is from an earlier build than the rest of the set.\n"


def test_without_a_proof_there_is_no_line(tmp_path: Path) -> None:
    published(tmp_path, screen=OLD)
    assert since_approved(tmp_path, "tiny") == ""
    assert since_approved(tmp_path / "nowhere", "tiny") == ""


def test_one_line_says_how_a_build_differs_from_the_proof(tmp_path: Path) -> None:
    published(tmp_path, screen=OLD)
    approve(tmp_path, "tiny")
    assert since_approved(tmp_path, "tiny") == "Since the approved proof: nothing has changed."
    published(tmp_path, screen=NEW)
    assert since_approved(tmp_path, "tiny") == (
        "Since the approved proof: 1 page changed (1), 1 figure (177,000 → 178,500)."
    )
    more = file_of(
        Drawn(["It covers 177,000 employees", "in many districts of the county"]), Drawn(["A new page here"])
    )
    published(tmp_path, screen=more)
    assert since_approved(tmp_path, "tiny") == (
        "Since the approved proof: 1 page inserted (2), page count 1 → 2."
    )  # fmt: skip
    approve(tmp_path, "tiny")
    assert since_approved(tmp_path, "tiny") == "Since the approved proof: nothing has changed."


def test_a_draft_is_compared_with_the_proof_of_its_edition(tmp_path: Path) -> None:
    published(tmp_path, screen=OLD)
    approve(tmp_path, "tiny")
    entries = [{"name": "x-screen.pdf", "variant": "screen"}]
    files = {"x-screen.pdf": NEW, "manifest.json": json.dumps({"files": entries}).encode()}
    publish(tmp_path, "tiny-draft", files)
    assert since_approved(tmp_path, "tiny") == "Since the approved proof: nothing has changed."
    assert "1 page changed" in since_approved(tmp_path, "tiny", "tiny-draft")


def test_the_variant_that_the_last_build_made_is_compared(tmp_path: Path) -> None:
    published(tmp_path, screen=OLD, print=OLD)
    approve(tmp_path, "tiny")
    entries = [{"name": f"x-{name}.pdf", "variant": name, "current": name == "print"} for name in ("screen", "print")]
    files = {"x-screen.pdf": OLD, "x-print.pdf": NEW, "manifest.json": json.dumps({"files": entries}).encode()}
    publish(tmp_path, "tiny", files)
    assert "1 page changed" in since_approved(tmp_path, "tiny")
    published(tmp_path, archive=NEW)
    assert since_approved(tmp_path, "tiny") == (
        "Since the approved proof: the proof and this build have no variant in common."
    )


def test_the_line_is_computed_once_and_cached_for_the_same_files_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path, screen=OLD)
    approve(tmp_path, "tiny")
    published(tmp_path, screen=NEW)
    first = since_approved(tmp_path, "tiny")
    compared: list[FileToCompare] = []
    compare_quickly = compare.compare_quickly

    def noted(old: FileToCompare, new: FileToCompare) -> FileChange:
        compared.append(new)
        return compare_quickly(old, new)

    monkeypatch.setattr(compare, "compare_quickly", noted)
    assert (since_approved(tmp_path, "tiny"), compared) == (first, [])
    cache = tmp_path / ".approved" / "tiny.json"
    for content in ("", "nonsense", "[]", '{"of": 1, "line": 2}'):
        cache.write_text(content)
        assert since_approved(tmp_path, "tiny") == first
    assert len(compared) == 4
    published(tmp_path, screen=NEW + b"\n")
    assert since_approved(tmp_path, "tiny") == first
    assert len(compared) == 5


def test_a_damaged_proof_is_reported_and_stops_nothing(tmp_path: Path) -> None:
    published(tmp_path, screen=OLD)
    approve(tmp_path, "tiny")
    published(tmp_path, screen=NEW)
    (tmp_path / ".approved" / "tiny" / "x-screen.pdf").write_bytes(b"broken")
    assert since_approved(tmp_path, "tiny") == (
        "The approved proof could not be compared: The file could not be read as a PDF."
    )
    (tmp_path / ".approved" / "tiny" / "manifest.json").write_text("{}")
    assert since_approved(tmp_path, "tiny").startswith("The approved proof could not be compared: This folder does not")


def test_a_foreign_folder_in_place_of_the_proof_is_kept(tmp_path: Path) -> None:
    published(tmp_path, screen=OLD)
    (tmp_path / ".approved" / "tiny").mkdir(parents=True)
    with pytest.raises(ReportError, match="not made by a build"):
        approve(tmp_path, "tiny")

"""Rebuilding an archived edition: the bag's own program runs in a copy, and differences are reported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from archives import EDITION, QUIET, all_files, archived, finished, inputs, label, manifest
from pages import block, laid_out, tiny_pdf, written

from report.archive.bag import add_bag
from report.archive.difference import different_fonts, first_difference
from report.archive.rebuild import RebuildResult, rebuild
from report.problems import Problem, ReportError

# A stand-in for the bag's program: it "builds" by copying prepared files.
PROGRAM = """\
import json, os, pathlib, sys
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1]) / sys.argv[1]
out.mkdir(parents=True)
for path in pathlib.Path("made").iterdir():
    (out / path.name).write_bytes(path.read_bytes())
pathlib.Path("ran").write_text("in the copy")
seen = {"arguments": sys.argv[1:], "python": [name for name in os.environ if name.startswith("PYTHON")]}
pathlib.Path(os.environ["SEEN"]).write_text(json.dumps(seen))
"""
FAILING = """\
import sys
sys.exit("The Python library `weasyprint` is not here.")
"""


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which the bag's program records its arguments and environment."""
    monkeypatch.setenv("SEEN", str(tmp_path / "seen.json"))
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    return tmp_path / "seen.json"


def bagged(archive: Path, rebuilt: Mapping[str, bytes] | None = None, program: str = PROGRAM, **changes: Any) -> Path:
    """Archive an edition whose program builds the files `rebuilt` and a manifest with `changes`."""
    files = finished()
    new = dict(files if rebuilt is None else rebuilt)
    source = {f"source/made/{name}": data for name, data in new.items()}
    source["source/made/manifest.json"] = json.dumps(manifest(EDITION, new, **changes)).encode()
    source["source/build.py"] = program.encode()
    archived_manifest = json.dumps(manifest(EDITION, files)).encode()
    contents = {**files, "manifest.json": archived_manifest, **source}
    return archive / add_bag(archive, label(), lambda _: contents).identifier


def rebuild_again(archive: Path, version: str | None = None) -> RebuildResult:
    return rebuild(archive, EDITION, version, QUIET)


def refused(archive: Path, edition: str = EDITION, version: str | None = None) -> list[Problem]:
    with pytest.raises(ReportError) as failure:
        rebuild(archive, edition, version, QUIET)
    assert all(problem.hint for problem in failure.value.problems)
    return list(failure.value.problems)


def causes(done: RebuildResult) -> list[tuple[str, str]]:
    return [(cause.kind, cause.name) for cause in done.causes]


def test_identical_files_are_reported_as_identical(tmp_path: Path, seen: Path) -> None:
    done = rebuild_again(bagged(tmp_path / "archive").parents[1])
    assert (done.bag, done.same, done.causes) == ("2023-24/v1", True, ())
    assert [(file.name, file.same, file.difference) for file in done.files] == [
        (name, True, "") for name in finished()]  # fmt: skip
    assert done.table().endswith("The files are identical.")


def test_the_bags_own_program_runs_in_a_copy_with_the_archived_printer(tmp_path: Path, seen: Path) -> None:
    bag = bagged(tmp_path / "archive")
    before = all_files(bag)
    rebuild_again(tmp_path / "archive")
    run = json.loads(seen.read_text())
    assert run["arguments"][0] == EDITION
    assert run["arguments"][run["arguments"].index("--printer") + 1] == "sheetfed-us"
    assert set(run["python"]) == {"PYTHONDONTWRITEBYTECODE", "PYTHONUTF8"}
    assert all_files(bag) == before


@pytest.mark.parametrize(
    ("library", "kind"), [("weasyprint", "engine version"), ("pango", "engine version"), ("pikepdf", "library")]
)
def test_a_changed_version_is_reported_with_both_values(tmp_path: Path, seen: Path, library: str, kind: str) -> None:
    made = {**finished(), "report-print.pdf": tiny_pdf("drawn otherwise")}
    bagged(tmp_path, made, engine={"weasyprint": "70.0", library: "71.2"})
    done = rebuild_again(tmp_path)
    assert [file.name for file in done.files if not file.same] == ["report-print.pdf"]
    assert causes(done) == [(kind, library)]
    assert done.causes[0].now == "71.2"
    table = done.table()
    assert f"{kind}: {library}: {done.causes[0].archived} → 71.2" in table
    assert "DIFFERS  report-print.pdf" in table
    assert "drawn otherwise" in table
    assert table.endswith("The files are NOT identical.")


def test_a_changed_version_without_effect_is_reported_as_such(tmp_path: Path, seen: Path) -> None:
    bagged(tmp_path, engine={"weasyprint": "70.1"})
    done = rebuild_again(tmp_path)
    assert done.same
    assert causes(done) == [("engine version", "weasyprint")]
    assert done.table().endswith("The differences listed above had no effect.")


@pytest.mark.parametrize(("part", "kind"), [("styles/fonts/Sans.ttf", "font"), ("data/2023-24/facts.yaml", "content")])
def test_source_that_differs_from_the_manifest_is_reported(tmp_path: Path, seen: Path, part: str, kind: str) -> None:
    made = {**finished(), "report-screen.pdf": tiny_pdf("another")}
    bagged(tmp_path, made, inputs=inputs({part: "x1"}))
    done = rebuild_again(tmp_path)
    assert not done.same
    assert causes(done) == [(kind, f"source, {part}")]


def test_a_changed_library_that_the_manifest_does_not_name_is_reported(tmp_path: Path, seen: Path) -> None:
    made = {**finished(), "report-screen.pdf": tiny_pdf("another")}
    bagged(tmp_path, made, inputs=inputs({}, tools="t1"))
    assert causes(rebuild_again(tmp_path)) == [("library", "not named in the manifest")]


def test_a_difference_without_a_known_cause_is_reported_as_content(tmp_path: Path, seen: Path) -> None:
    bagged(tmp_path, {**finished(), "report-screen.pdf": tiny_pdf("another")})
    assert causes(rebuild_again(tmp_path)) == [("content", "the pages")]


def test_a_file_that_the_rebuild_does_not_produce_is_reported(tmp_path: Path, seen: Path) -> None:
    bagged(tmp_path, {name: data for name, data in finished().items() if "print" not in name})
    done = rebuild_again(tmp_path)
    assert [(file.name, file.difference) for file in done.files if not file.same] == [
        ("report-print.pdf", "The rebuild did not produce this file.")]  # fmt: skip


@pytest.mark.parametrize(
    ("program", "output"), [(FAILING, "`weasyprint` is not here"), ("import nothing_like_this", "nothing")]
)
def test_a_failing_program_is_reported_with_its_output(tmp_path: Path, seen: Path, program: str, output: str) -> None:
    bagged(tmp_path, program=program)
    (problem,) = refused(tmp_path)
    assert problem.code == "rebuild"
    assert output in problem.what
    assert "requirements.lock" in problem.hint


def test_a_damaged_bag_is_not_run(tmp_path: Path, seen: Path) -> None:
    path = bagged(tmp_path) / "data" / "source" / "build.py"
    path.chmod(0o644)
    path.write_text(f"{PROGRAM}raise SystemExit('not what was archived')")
    assert [(problem.code, str(problem.where)) for problem in refused(tmp_path)] == [
        ("changed", "2023-24/v1/data/source/build.py")]  # fmt: skip
    assert not seen.exists()


def test_the_newest_or_the_named_version_is_rebuilt(tmp_path: Path, seen: Path) -> None:
    bagged(tmp_path)
    archived(tmp_path, reason="Corrected")
    assert rebuild_again(tmp_path, "v1").bag == rebuild_again(tmp_path, "1").bag == "2023-24/v1"
    (problem,) = refused(tmp_path)
    assert "no build.py" in problem.what
    (problem,) = refused(tmp_path, version="v3")
    assert (problem.code, problem.hint) == ("no-version", "Available: v1, v2.")
    (problem,) = refused(tmp_path, "2032-24")
    assert (problem.code, problem.hint) == ("no-bags", "Did you mean `2023-24`?")


@pytest.mark.parametrize("own", ["examples/isles", "../outside", "/outside"])
def test_a_separate_project_is_rebuilt_in_its_own_folder(tmp_path: Path, seen: Path, own: str) -> None:
    files, record = finished(), json.dumps(manifest(EDITION, finished())).encode()
    made = {f"source/made/{name}": data for name, data in {**files, "manifest.json": record}.items()}
    program = PROGRAM.replace("/ sys.argv[1]", f'/ "{EDITION}"').encode()
    bag = {**files, "manifest.json": record, "source/build.py": program, **made}
    add_bag(tmp_path, replace(label(), project_folder=own), lambda _: bag)
    assert rebuild_again(tmp_path).same
    arguments = json.loads(seen.read_text())["arguments"]
    assert arguments[:2] == (["--project", own] if own == "examples/isles" else [EDITION, "--out"])


def test_the_comparison_names_the_first_differing_object() -> None:
    assert first_difference(tiny_pdf("a"), tiny_pdf("a")) == ""
    assert "b'" in first_difference(tiny_pdf("a"), tiny_pdf("b"))
    texts = [written(laid_out(block(text)), "print") for text in ("one", "two")]
    assert first_difference(*texts) != ""
    assert first_difference(tiny_pdf("a"), tiny_pdf("a") + b"\n") == "only the storage of the objects differs"


def test_the_comparison_names_the_differing_fonts() -> None:
    one, other, bold = (written(laid_out(block(text)), "screen") for text in ("abc", "abd", "abc <b>d</b>"))
    assert different_fonts(one, one) == []
    assert different_fonts(one, other) == ["Source-Sans-3"]
    assert different_fonts(one, bold) == ["Source-Sans-3-Bold"]

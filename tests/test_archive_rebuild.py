"""Building an archived edition again: the bag's own program runs in a copy, and what differs is named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from archives import EDITION, QUIET, archived, everything, finished, inputs, label, manifest
from pages import block, laid_out, tiny_pdf, written

from report.archive.bag import add_bag
from report.archive.difference import different_fonts, first_difference
from report.archive.rebuild import RebuildResult, rebuild
from report.problems import Problem, ReportError

# What stands in the bag for the press of its year: it "makes" the files that lie beside it.
PRESS = """\
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
    """Where the press in the bag says with what it was run."""
    monkeypatch.setenv("SEEN", str(tmp_path / "seen.json"))
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    return tmp_path / "seen.json"


def bagged(archive: Path, made: Mapping[str, bytes] | None = None, press: str = PRESS, **now: Any) -> Path:
    """Archive an edition whose press makes `made` and a manifest with the changes in `now`."""
    files = finished()
    new = dict(files if made is None else made)
    source = {f"source/made/{name}": data for name, data in new.items()}
    source["source/made/manifest.json"] = json.dumps(manifest(EDITION, new, **now)).encode()
    source["source/build.py"] = press.encode()
    own = json.dumps(manifest(EDITION, files)).encode()
    return archive / add_bag(archive, label(), lambda _: {**files, "manifest.json": own, **source}).identifier


def again(archive: Path, version: str | None = None) -> RebuildResult:
    return rebuild(archive, EDITION, version, QUIET)


def refused(archive: Path, edition: str = EDITION, version: str | None = None) -> list[Problem]:
    with pytest.raises(ReportError) as failure:
        rebuild(archive, edition, version, QUIET)
    assert all(problem.hint for problem in failure.value.problems)
    return list(failure.value.problems)


def causes(done: RebuildResult) -> list[tuple[str, str]]:
    return [(cause.kind, cause.name) for cause in done.causes]


def test_the_same_bytes_are_said_to_be_the_same(tmp_path: Path, seen: Path) -> None:
    done = again(bagged(tmp_path / "archive").parents[1])
    assert (done.bag, done.same, done.causes) == ("2023-24/v1", True, ())
    assert [(file.name, file.same, file.difference) for file in done.files] == [
        (name, True, "") for name in finished()]  # fmt: skip
    assert done.table().endswith("The bytes are the same.")


def test_the_bag_s_own_program_runs_in_a_copy_with_the_printer_of_its_year(tmp_path: Path, seen: Path) -> None:
    bag = bagged(tmp_path / "archive")
    before = everything(bag)
    again(tmp_path / "archive")
    told = json.loads(seen.read_text())
    assert told["arguments"][0] == EDITION
    assert told["arguments"][told["arguments"].index("--printer") + 1] == "sheetfed-us"
    assert set(told["python"]) == {"PYTHONDONTWRITEBYTECODE", "PYTHONUTF8"}
    assert everything(bag) == before


@pytest.mark.parametrize(
    ("library", "kind"), [("weasyprint", "engine version"), ("pango", "engine version"), ("pikepdf", "library")]
)
def test_another_version_is_named_with_what_it_was_and_is(tmp_path: Path, seen: Path, library: str, kind: str) -> None:
    made = {**finished(), "report-print.pdf": tiny_pdf("drawn otherwise")}
    bagged(tmp_path, made, engine={"weasyprint": "70.0", library: "71.2"})
    done = again(tmp_path)
    assert [file.name for file in done.files if not file.same] == ["report-print.pdf"]
    assert causes(done) == [(kind, library)]
    assert done.causes[0].now == "71.2"
    table = done.table()
    assert f"{kind}: {library}: {done.causes[0].archived} → 71.2" in table
    assert "DIFFERS  report-print.pdf" in table
    assert "drawn otherwise" in table
    assert table.endswith("The bytes are NOT the same.")


def test_another_version_that_makes_no_difference_is_told_as_that(tmp_path: Path, seen: Path) -> None:
    bagged(tmp_path, engine={"weasyprint": "70.1"})
    done = again(tmp_path)
    assert done.same
    assert causes(done) == [("engine version", "weasyprint")]
    assert done.table().endswith("What differs made no difference.")


@pytest.mark.parametrize(("part", "kind"), [("styles/fonts/Sans.ttf", "font"), ("data/2023-24/facts.yaml", "content")])
def test_another_source_than_the_files_were_made_from_is_named(
    tmp_path: Path, seen: Path, part: str, kind: str
) -> None:
    made = {**finished(), "report-screen.pdf": tiny_pdf("another")}
    bagged(tmp_path, made, inputs=inputs({part: "x1"}))
    done = again(tmp_path)
    assert not done.same
    assert causes(done) == [(kind, f"source, {part}")]


def test_a_library_that_the_manifest_does_not_name_is_told_as_that(tmp_path: Path, seen: Path) -> None:
    made = {**finished(), "report-screen.pdf": tiny_pdf("another")}
    bagged(tmp_path, made, inputs=inputs({}, tools="t1"))
    assert causes(again(tmp_path)) == [("library", "one that the manifest does not name")]


def test_a_difference_without_a_known_cause_is_one_of_content(tmp_path: Path, seen: Path) -> None:
    bagged(tmp_path, {**finished(), "report-screen.pdf": tiny_pdf("another")})
    assert causes(again(tmp_path)) == [("content", "the pages")]


def test_a_file_that_is_not_made_any_more_is_named(tmp_path: Path, seen: Path) -> None:
    bagged(tmp_path, {name: data for name, data in finished().items() if "print" not in name})
    done = again(tmp_path)
    assert [(file.name, file.difference) for file in done.files if not file.same] == [
        ("report-print.pdf", "It was not made this time.")]  # fmt: skip


@pytest.mark.parametrize(
    ("press", "said"), [(FAILING, "`weasyprint` is not here"), ("import nothing_like_this", "nothing")]
)
def test_a_program_that_fails_is_told_with_what_it_said(tmp_path: Path, seen: Path, press: str, said: str) -> None:
    bagged(tmp_path, press=press)
    (problem,) = refused(tmp_path)
    assert problem.code == "rebuild"
    assert said in problem.what
    assert "requirements.lock" in problem.hint


def test_a_damaged_bag_is_not_run(tmp_path: Path, seen: Path) -> None:
    path = bagged(tmp_path) / "data" / "source" / "build.py"
    path.chmod(0o644)
    path.write_text(f"{PRESS}raise SystemExit('not what was archived')")
    assert [(problem.code, str(problem.where)) for problem in refused(tmp_path)] == [
        ("changed", "2023-24/v1/data/source/build.py")]  # fmt: skip
    assert not seen.exists()


def test_the_newest_version_is_built_or_the_one_that_is_named(tmp_path: Path, seen: Path) -> None:
    bagged(tmp_path)
    archived(tmp_path, reason="Corrected")
    assert again(tmp_path, "v1").bag == again(tmp_path, "1").bag == "2023-24/v1"
    (problem,) = refused(tmp_path)
    assert "no build.py" in problem.what
    (problem,) = refused(tmp_path, version="v3")
    assert (problem.code, problem.hint) == ("no-version", "There are v1, v2.")
    (problem,) = refused(tmp_path, "2032-24")
    assert (problem.code, problem.hint) == ("no-bags", "Did you mean `2023-24`?")


@pytest.mark.parametrize("own", ["examples/isles", "../outside", "/outside"])
def test_a_project_with_the_press_behind_it_is_built_as_one(tmp_path: Path, seen: Path, own: str) -> None:
    files, record = finished(), json.dumps(manifest(EDITION, finished())).encode()
    made = {f"source/made/{name}": data for name, data in {**files, "manifest.json": record}.items()}
    press = PRESS.replace("/ sys.argv[1]", f'/ "{EDITION}"').encode()
    bag = {**files, "manifest.json": record, "source/build.py": press, **made}
    add_bag(tmp_path, replace(label(), own=own), lambda _: bag)
    assert again(tmp_path).same
    arguments = json.loads(seen.read_text())["arguments"]
    assert arguments[:2] == (["--project", own] if own == "examples/isles" else [EDITION, "--out"])


def test_the_comparison_names_the_object_that_differs() -> None:
    assert first_difference(tiny_pdf("a"), tiny_pdf("a")) == ""
    assert "b'" in first_difference(tiny_pdf("a"), tiny_pdf("b"))
    texts = [written(laid_out(block(text)), "print") for text in ("one", "two")]
    assert first_difference(*texts) != ""
    assert first_difference(tiny_pdf("a"), tiny_pdf("a") + b"\n") == "only the way the objects are stored differs"


def test_the_comparison_names_the_fonts_that_differ() -> None:
    one, other, bold = (written(laid_out(block(text)), "screen") for text in ("abc", "abd", "abc <b>d</b>"))
    assert different_fonts(one, one) == []
    assert different_fonts(one, other) == ["Source-Sans-3"]
    assert different_fonts(one, bold) == ["Source-Sans-3-Bold"]

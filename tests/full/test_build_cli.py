"""The command line: arguments, output, files and exit status."""

from __future__ import annotations

import io
import json
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from commands import Run, Said, command_line
from conftest import write_tiny
from pages import link_project

import build
from report import pipeline
from report.finishing import run as finish
from report.inspection.inspect import Pdf
from report.sets.outputs import publish
from report.variants import USUAL

Write = Callable[..., Path]
UNUSED = ("  ease.covered:", "  spare.fact: {value: 3, unit: count, label: spares, source: report}\n  ease.covered:")
BROKEN = ("unit: ordinal", "unit: ordinall")


@pytest.fixture
def run(write_edition: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:  # fmt: skip
    """Run the command line on a tiny project. No command may show a traceback, whatever happens."""
    write_edition()
    link_project(tmp_path)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    return command_line(monkeypatch, capsys)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Said]]:
    """The set of the tiny edition, built once, and the output of the build. Tests that change it use a copy."""
    root = tmp_path_factory.mktemp("whole")
    write_tiny(root / "data" / "tiny")
    link_project(root)
    told, said = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(told), redirect_stderr(said):
        patch.setattr(build, "ROOT", root)
        status = build.main(["build", "tiny", "--out", str(root / "out")])
    yield root / "out", Said(status, told.getvalue(), said.getvalue())


@pytest.fixture
def before(whole: tuple[Path, Said], out: Path) -> dict[str, bytes]:
    """Copy the set to the output folder, and return its files."""
    shutil.copytree(whole[0], out, symlinks=True)
    return contents(out)


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (out / "tiny").iterdir()}


def test_build_makes_the_whole_set_and_lists_its_files(whole: tuple[Path, Said]) -> None:
    out, said = whole
    assert (said.status, "Traceback" in said.err) == (0, False)
    names = {f"tiny-report-{variant}.pdf" for variant in USUAL}
    assert set(contents(out)) == {*names, "manifest.json"}
    assert {Path(line.split("  ")[0]).name for line in said.out.splitlines()} == names
    assert all(" pages, " in line for line in said.out.splitlines())
    assert [line.split()[0] for line in said.err.splitlines()[:3]] == ["check", "compose", "draw"]


def test_only_carries_over_the_other_files(run: Run, write_edition: Write, out: Path, before: dict[str, bytes]) -> None:
    write_edition(edition=("A small one", "Another tagline"))
    said = run("tiny", "--only", "screen", "--out", str(out))
    after = contents(out)
    assert said.status == 0
    for variant in ("print", "archive"):
        assert after[f"tiny-report-{variant}.pdf"] == before[f"tiny-report-{variant}.pdf"]
    assert "Another tagline" in "".join(Pdf(after["tiny-report-screen.pdf"]).page_texts())
    current = {entry["variant"]: entry["current"] for entry in json.loads(after["manifest.json"])["files"]}
    assert current == {"screen": True, "print": False, "archive": False}
    assert [Path(line.split("  ")[0]).name for line in said.out.splitlines()] == ["tiny-report-screen.pdf"]
    assert "tiny-report-print.pdf is from an earlier build" in said.err
    assert "tiny-report-archive.pdf is from an earlier build" in said.err
    assert "tiny-report-screen.pdf is from" not in said.err


def test_a_failing_build_leaves_the_earlier_set(
    run: Run, write_edition: Write, out: Path, before: dict[str, bytes]
) -> None:
    write_edition(facts=BROKEN)
    said = run("--out", str(out))
    assert said.status == 1
    assert "data/tiny/facts.yaml" in said.err
    assert "Did you mean `ordinal`?" in said.err
    assert contents(out) == before


def test_an_unchanged_edition_is_not_built_again(run: Run, out: Path, before: dict[str, bytes]) -> None:
    first = [(path.stat().st_ino, path.stat().st_mtime_ns) for path in sorted((out / "tiny").iterdir())]
    said = run("--explain", "--out", str(out))
    assert said.status == 0
    assert "Nothing to do" in said.err
    assert "is up to date" in said.out
    assert [(path.stat().st_ino, path.stat().st_mtime_ns) for path in sorted((out / "tiny").iterdir())] == first
    assert contents(out) == before


def test_the_printer_says_what_the_pages_must_be_a_multiple_of(run: Run, out: Path) -> None:
    """The tiny edition has seven pages. A perfect binding takes pairs, a web press sheets of eight."""
    pairs = run("--printer", "perfect-bound", "--only", "print", "--out", str(out))
    eights = run("--printer", "newsletter-web", "--only", "print", "--out", str(out))
    assert "The page count 7 is not a multiple of 2.\n      Add 1 or remove 1." in pairs.err + pairs.out
    assert "The page count 7 is not a multiple of 8.\n      Add 1 or remove 7." in eights.err + eights.out


def test_strict_makes_warnings_fail(run: Run, write_edition: Write, out: Path) -> None:
    write_edition(facts=UNUSED)
    assert run("check").status == 0
    said = run("check", "--strict")
    assert (said.status, said.err.splitlines()[-1]) == (1, "With --strict, warnings count as errors.")
    said = run("--strict", "--out", str(out))
    assert said.status == 1
    assert "spare.fact" in said.err
    assert "With --strict, warnings count as errors." in said.err
    assert not (out / "tiny").exists()


def test_strict_passes_without_warnings(run: Run) -> None:
    assert run("check", "--strict") == Said(0, "data/tiny: 8 facts, 5 sections: no errors.\n", "")


def test_quiet_prints_only_problems(run: Run, write_edition: Write) -> None:
    assert run("check", "--quiet") == Said(0, "", "")
    write_edition(facts=UNUSED)
    said = run("check", "--quiet")
    assert (said.status, said.out) == (0, "")
    assert "spare.fact" in said.err


def test_check_builds_nothing_and_names_every_problem(run: Run, write_edition: Write, tmp_path: Path) -> None:
    write_edition(facts=BROKEN, story=("[[chart: ease]]", "<b>x</b>"))
    before = set(tmp_path.iterdir())
    said = run("check", "tiny")
    assert (said.status, said.out) == (1, "")
    assert "data/tiny/facts.yaml:" in said.err
    assert "data/tiny/sections/story.md:" in said.err
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "status", "hint"),
    [
        (["tinny"], 1, "Did you mean `tiny`?"),
        (["check", "tinny"], 1, "Did you mean `tiny`?"),
        (["chek"], 2, "There is no command or edition `chek`. Did you mean `check`?"),
        (["tace", "ease.covered"], 2, "Did you mean `trace`?"),
        (["trace", "ease.coverd"], 1, "Did you mean `ease.covered`"),
        (["trace", "ease.covered", "--edition", "tinny"], 1, "Did you mean `tiny`?"),
        (["--only", "scren"], 2, "Did you mean `screen`?"),
        (["build", "--only", "print", "--only", "archiv"], 2, "Did you mean `archive`?"),
        (["--onyl", "screen"], 2, "--only"),
        (["trace"], 2, "Missing argument"),
        (["check", "tiny", "extra"], 2, "extra"),
    ],
)
def test_a_wrong_argument_gets_a_hint_on_standard_error(run: Run, arguments: list[str], status: int, hint: str) -> None:
    said = run(*arguments)
    assert (said.status, said.out) == (status, "")
    assert hint in " ".join(said.err.split())


def test_a_project_without_editions_explains_what_an_edition_is(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "ROOT", tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    said = run("check")
    assert said.status == 1
    assert "edition.yaml" in said.err


def test_trace_shows_definition_uses_checks_and_pages(run: Run, out: Path) -> None:
    assert "Build the edition to see the pages." in run("trace", "ease.served", "--out", str(out)).out
    record = {"files": [], "facts": {"ease.served": [3]}, "charts": {"ease": [3, 4]}}
    publish(out, "tiny", {"manifest.json": json.dumps(record).encode()})
    said = run("trace", "ease.served", "--out", str(out))
    assert (said.status, said.err) == (0, "")
    for part in ("11,102", "data/tiny/facts.yaml:4", "data/tiny/charts.yaml:13", "sections/story.md:13", "ease-rate"):
        assert part in said.out
    assert said.out.endswith("in text: 3\n  in the chart ease: 3, 4\n")


@pytest.mark.parametrize("command", ["", "build", "check", "trace", "doctor", "schema", "watch", "new", "compare"])
def test_every_command_has_help(run: Run, command: str) -> None:
    said = run(*([command] if command else []), "--help")
    assert (said.status, said.err) == (0, "")
    assert "Usage: build.py" in said.out
    assert len(said.out.split()) > 25
    commands = ("build", "check", "trace", "doctor", "schema", "watch")
    assert command or all(name in said.out for name in commands)


def test_the_main_help_has_examples_and_tells_that_build_is_optional(run: Run) -> None:
    said = run("--help")
    assert run("-h").out == said.out
    assert "build.py 2023-24 --only screen" in said.out
    assert "its options work without it" in " ".join(said.out.split())
    assert "--only" in run("build", "-h").out


def test_watch_refuses_invalid_options(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = run("watch", "--no-open", "--port", str(taken.getsockname()[1]))
    assert (said.status, "is not available" in said.err) == (1, True)
    assert run("watch", "2019-20", "--no-open").status == 1
    assert run("watch", "--variant", "poster").status == 2
    for address in ("javascript:alert({file})", "code", "vscode://file/"):
        monkeypatch.setenv("EDITOR_URL", address)
        said = run("watch", "--no-open")
        assert (said.status, "is not an editor URL" in said.err) == (1, True)


def test_doctor_lists_requirements(run: Run) -> None:
    said = run("doctor")
    assert said.status == 0
    for need in ("Python", "Pango", "HarfBuzz subset", "Fonts", "Ready to build."):
        assert need in said.out


def test_a_folder_in_the_way_is_a_problem_and_is_kept(run: Run, out: Path) -> None:
    (out / "tiny").mkdir(parents=True)
    (out / "tiny" / "mine.txt").write_text("mine")
    said = run("--only", "screen", "--out", str(out))
    assert said.status == 1
    assert "not made by a build" in said.err
    assert (out / "tiny" / "mine.txt").read_text() == "mine"


def test_an_interruption_ends_with_130_and_tells_what_is_in_place(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "build", interrupted)
    said = run("build")
    assert said.status == 130
    assert "last complete set is still in place" in said.err


def test_an_internal_error_takes_one_line_and_debugging_raises_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*arguments: object) -> None:
        raise LookupError("the cause")

    monkeypatch.setattr(pipeline, "build", fault)
    said = run("build")
    assert said.status == 1
    assert "LookupError: the cause" in said.err
    assert "REPORT_DEBUG=1" in said.err
    monkeypatch.setenv("REPORT_DEBUG", "1")
    with pytest.raises(LookupError):
        run("build")


def test_an_exception_while_writing_a_variant_shows_no_traceback(
    run: Run, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(pdf: object, job: object) -> None:
        raise LookupError("the cause")

    monkeypatch.setattr(finish, "STEPS", {**finish.STEPS, "page_labels": fault})
    said = run("--only", "screen", "--out", str(out))
    assert said.status == 1
    assert "the cause" in said.err
    assert not (out / "tiny").exists()


LONG_WORD = ("title: A Story", "title: Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichen")


def test_keep_publishes_faulty_pages_as_a_marked_set_beside_the_last_one(
    run: Run, write_edition: Write, out: Path, before: dict[str, bytes]
) -> None:
    write_edition(story=LONG_WORD)
    said = run("--keep", "--only", "screen", "--out", str(out))
    assert said.status == 1
    assert "extends" in said.err
    assert "`build.py watch tiny` shows each fault on its page." in said.err
    assert "tiny-faulty, marked FAULTY" in said.err
    assert contents(out) == before
    faulty = out / "tiny-faulty"
    assert sorted(path.name for path in faulty.iterdir()) == ["manifest.json", "tiny-report-screen-faulty.pdf"]
    pdf = Pdf((faulty / "tiny-report-screen-faulty.pdf").read_bytes())
    assert pdf.title == "FAULTY: Office of Small Things: Tiny Report"
    assert b"<pdfuaid:part>" not in pdf.data
    record = json.loads((faulty / "manifest.json").read_text("utf-8"))
    assert (record["draft"], record["files"][0]["standards"].get("PDF/UA-1")) == (True, None)
    assert {problem["severity"] for problem in record["problems"]} >= {"error"}


def test_without_keep_nothing_is_written_and_a_good_build_removes_the_faulty_set(
    run: Run, write_edition: Write, out: Path
) -> None:
    write_edition(story=LONG_WORD)
    said = run("--only", "screen", "--out", str(out))
    assert (said.status, "watch tiny" in said.err, "FAULTY" in said.err) == (1, True, False)
    assert not (out / "tiny-faulty").exists()
    assert run("--keep", "--only", "screen", "--out", str(out)).status == 1
    assert (out / "tiny-faulty").is_dir()
    write_edition()
    assert run("--only", "screen", "--out", str(out)).status == 0
    assert not (out / "tiny-faulty").exists()
    assert not (out / ".sets" / "tiny-faulty").exists()


def test_keep_shows_what_is_found_only_in_the_finished_file(run: Run, write_edition: Write, out: Path) -> None:
    write_edition(story=("*one* year", "*one* year <https://www.example.org/>"))
    said = run("--keep", "--strict", "--only", "screen", "--out", str(out))
    assert said.status == 1
    assert (out / "tiny-faulty" / "tiny-report-screen-faulty.pdf").is_file()

"""What may be archived: a complete, current set built from committed source. All reasons to refuse come at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from archives import QUIET, archived, finished, inputs, manifest
from conftest import ARTWORKS, FIGURES, write_tiny
from pages import ROOT, printer, tiny_pdf
from validators import FakeJava

from report.archive import add
from report.archive.add import archive_edition, bagging_day
from report.archive.bag import read_info
from report.archive.evidence import evidence
from report.archive.gather import ArchiveSources, gather
from report.archive.privacy import is_private, leaked_addresses
from report.archive.repository import read_repository
from report.problems import Problem, ReportError, Severity
from report.project import Project
from report.sets.freshness import gather as gather_inputs
from report.sets.manifest import FileEntry
from report.sets.outputs import publish
from report.variants import VARIANTS

DAY = "2025-03-04"


def git(root: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false")
    moment = f"{DAY}T12:00:00Z"
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
        "GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment, "GIT_CONFIG_GLOBAL": os.devnull,
    }  # fmt: skip
    subprocess.run(["git", *settings, *arguments], cwd=root, env=environment, check=True, capture_output=True)


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny project in its own repository, with everything committed; the tests work on copies of it."""
    root = tmp_path_factory.mktemp("committed")
    write_tiny(root / "data" / "tiny")
    for name in ("layouts", "styles"):
        shutil.copytree(ROOT / name, root / name)
    (root / "report").mkdir()
    (root / "report" / "a module.py").write_text("# ü\n")
    (root / "build.py").write_text("print()\n")
    (root / ".gitignore").write_text("__pycache__/\n")
    git(root, "init", "--quiet", "--initial-branch=main", "--template=")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=All")
    return root


@pytest.fixture
def project(committed: Path, tmp_path: Path) -> Project:
    """A copy of the tiny project. File dates are preserved, so that git need not read each file again."""
    shutil.copytree(committed, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path, FIGURES, ARTWORKS)


@pytest.fixture
def put(project: Project) -> Callable[..., None]:
    """Publish a set of the tiny edition, with changes to its manifest."""

    def publish_set(files: Mapping[str, bytes] | None = None, **more: Any) -> None:
        pdfs = finished() if files is None else files
        record = manifest("tiny", pdfs, **{"inputs": present_inputs(project), **more})
        record["files"] = record.pop("entries", record["files"])
        publish(project.root / "dist", "tiny", {**pdfs, "manifest.json": json.dumps(record).encode()})

    publish_set()
    return publish_set


def present_inputs(project: Project, printer: str = "sheetfed-us") -> dict[str, Any]:
    """Return the inputs of a set built from the present source."""
    return inputs(gather_inputs(project.search, "tiny").files, printer=printer)


def gathered(project: Project, allow: bool = False) -> ArchiveSources:
    return gather(project, "tiny", project.root / "dist", project.root / "archive", allow)


def refused(project: Project, allow: bool = False) -> list[Problem]:
    with pytest.raises(ReportError) as failure:
        gathered(project, allow)
    assert all(problem.hint for problem in failure.value.problems)
    return list(failure.value.problems)


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.code, problem.where.file) for problem in problems]


Put = Callable[..., None]


def test_the_set_and_all_tracked_files_are_gathered(project: Project, put: Put) -> None:
    archived(project.root / "archive")  # the archive and the output are neither source nor uncommitted changes
    sources = gathered(project)
    assert {entry.variant for entry in sources.entries} == {"print", "screen", "archive"}
    assert set(sources.files) == {*finished(), "manifest.json"}
    assert {"data/tiny/facts.yaml", "report/a module.py", "styles/tokens.yaml", ".gitignore"} <= set(sources.source)
    assert not [name for name in sources.source if name.startswith(("dist", "archive", ".git/"))]
    for name, data in sources.source.items():
        assert data == (project.root / name).read_bytes(), name
    assert (len(sources.commit), sources.day) == (40, DAY)


def test_later_editions_are_left_out_and_earlier_ones_kept(project: Project, put: Put) -> None:
    for name in ("another", "zebra"):
        shutil.copytree(project.root / "data" / "tiny", project.root / "data" / name)
    git(project.root, "add", ".")
    git(project.root, "commit", "--quiet", "--message=More")
    put()
    assert {name.split("/")[1] for name in gathered(project).source if name.startswith("data/")} == {"another", "tiny"}


def test_uncommitted_changes_are_refused_unless_allowed(project: Project, put: Put) -> None:
    append(project.root / "data" / "tiny" / "facts.yaml", "# later\n")
    (project.root / "figures.txt").write_text("new")
    (project.root / "build.py").rename(project.root / "press.py")
    git(project.root, "add", "build.py", "press.py")
    put()
    changed = {"data/tiny/facts.yaml", "figures.txt", "press.py"}
    assert set(codes(refused(project))) == {("uncommitted", name) for name in changed}
    sources = gathered(project, allow=True)
    assert sources.source["figures.txt"] == b"new"
    assert sources.source["data/tiny/facts.yaml"].endswith(b"# later\n")
    assert "build.py" not in sources.source
    assert "press.py" in sources.source


def test_many_uncommitted_changes_are_counted(project: Project, put: Put) -> None:
    for number in range(40):
        (project.root / f"new{number}").write_text("")
    problems = refused(project)
    assert len(problems) == 13
    assert problems[-1].what == "28 more changes are not committed."


@pytest.mark.parametrize("missing", ["repository", "git"])
def test_source_outside_git_is_refused_unless_allowed(
    project: Project, put: Put, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing == "git":
        monkeypatch.setenv("PATH", "")
    else:
        shutil.rmtree(project.root / ".git")
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.root.parent))
    (project.root / "report" / "__pycache__").mkdir()
    (project.root / "report" / "__pycache__" / "x.pyc").write_text("")
    assert codes(refused(project)) == [("uncommitted", ".")]
    sources = gathered(project, allow=True)
    assert {"data/tiny/facts.yaml", "report/a module.py", "build.py"} <= set(sources.source)
    assert not [name for name in sources.source if "__pycache__" in name or name.startswith("dist")]
    assert (sources.commit, sources.day) == ("", "")


def test_git_variables_set_by_a_hook_are_ignored(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    found = read_repository(project.root, ())
    assert found
    assert found.changes == ()


def test_a_missing_set_is_reported(project: Project) -> None:
    assert codes(refused(project)) == [("no-set", str(project.root / "dist" / "tiny"))]


def test_a_set_built_from_other_source_is_not_current(project: Project, put: Put) -> None:
    append(project.root / "styles" / "1-page.css", "/* later */\n")
    append(project.root / "data" / "tiny" / "facts.yaml", "# later\n")
    (problem,) = refused(project, allow=True)
    assert problem.code == "not-current"
    changed = "data/tiny/facts.yaml has changed, styles/1-page.css has changed"
    assert problem.what == f"The set was not built from the present source: {changed}."
    for unknown in (None, {}, {"files": 1}):
        put(inputs=unknown)
        assert "not-current" in {each.code for each in refused(project, allow=True)}


def test_a_set_with_a_file_from_an_earlier_build_is_not_current(project: Project, put: Put) -> None:
    files = manifest("tiny", finished())["files"]
    files[1]["current"] = False
    put(entries=files)
    assert codes(refused(project)) == [("not-current", "report-screen.pdf")]


@pytest.mark.parametrize("change", [b"%PDF-1.7 another", None])
def test_a_file_that_differs_from_the_manifest_is_refused(project: Project, put: Put, change: bytes | None) -> None:
    path = project.root / "dist" / "tiny" / "report-archive.pdf"
    path.unlink()
    if change:
        path.write_bytes(change)
    assert codes(refused(project)) == [("not-in-manifest", "report-archive.pdf")]


def test_a_set_without_all_three_pdfs_is_refused(project: Project, put: Put) -> None:
    put({"report-screen.pdf": tiny_pdf("screen")})
    (problem,) = refused(project)
    assert (problem.code, problem.what) == ("incomplete", "The set has no print, archive file.")


def test_a_set_with_errors_is_refused(project: Project, put: Put) -> None:
    put(problems=[{"severity": "error", "what": "Wrong size."}, {"severity": "warning", "what": "Disputed."}])
    assert [problem.what for problem in refused(project)] == ["The build found an error: Wrong size."]


def test_a_draft_is_refused(project: Project, put: Put) -> None:
    put(draft=True)
    assert [problem.code for problem in refused(project)] == ["draft"]


def test_a_separate_project_is_archived_together_with_the_program(project: Project, put: Put) -> None:
    """A project with only its data and brand can be built from its bag alone."""
    inside = project.root / "examples" / "isles"
    shutil.copytree(project.root / "data" / "tiny", inside / "data" / "tiny")
    (inside / "styles").mkdir()
    (inside / "styles" / "tokens.yaml").write_text("# its own\n")
    (project.root / "styles" / "extra.css").write_text("/* new */\n")
    append(project.root / ".gitignore", "/dist/\n")
    own = Project(inside, FIGURES, ARTWORKS, project.root)
    files = finished()
    asked = inputs(gather_inputs(own.search, "tiny").files)
    publish(
        inside / "dist", "tiny", {**files, "manifest.json": json.dumps(manifest("tiny", files, inputs=asked)).encode()}
    )
    place = inside / "archive"
    with pytest.raises(ReportError) as failure:
        gather(own, "tiny", inside / "dist", place, False)
    changed = {problem.where.file for problem in failure.value.problems}
    assert {"styles/extra.css", "styles/tokens.yaml", "data/tiny/facts.yaml", ".gitignore"} <= changed
    untold = gather(own, "tiny", inside / "dist", place, True)
    assert untold.source["examples/isles/styles/tokens.yaml"] == b"# its own\n"
    git(project.root, "add", ".")
    git(project.root, "commit", "--quiet", "--message=Isles")
    found = gather(own, "tiny", inside / "dist", place, False)
    assert {"build.py", "report/a module.py", "styles/extra.css", "layouts/report.html.j2"} <= set(found.source)
    assert found.project_folder == "examples/isles"
    assert found.source["examples/isles/styles/tokens.yaml"] == b"# its own\n"
    assert found.source["styles/tokens.yaml"] == (project.root / "styles" / "tokens.yaml").read_bytes()
    assert not [name for name in found.source if name.startswith(("data/", "dist/", "examples/isles/dist"))]
    assert "examples/isles/data/tiny/facts.yaml" in found.source


def test_a_printer_outside_the_source_is_refused(project: Project, put: Put) -> None:
    put(inputs=present_inputs(project, "/home/me/printer.yaml"))
    assert [problem.code for problem in refused(project)] == ["foreign-printer"]


def test_a_link_in_the_source_is_refused(project: Project, put: Put) -> None:
    (project.root / "outside").symlink_to("/etc/hostname")
    git(project.root, "add", "outside")
    git(project.root, "commit", "--quiet", "--message=Link")
    assert codes(refused(project)) == [("link", "outside")]


def test_all_problems_are_reported_at_once(project: Project, put: Put) -> None:
    put({"report-screen.pdf": tiny_pdf("screen")}, inputs={})
    (project.root / "new").write_text("")
    found = {problem.code for problem in refused(project)}
    assert found == {"incomplete", "foreign-printer", "not-current", "uncommitted"}


@pytest.mark.parametrize("record", ["{", '{"files": 3}', "[]", '{"files": [1]}'])
def test_a_malformed_manifest_is_reported(project: Project, put: Put, record: str) -> None:
    (project.root / "dist" / "tiny" / "manifest.json").write_text(record)
    assert "incomplete" in {problem.code for problem in refused(project)}


def test_an_edition_with_errors_is_refused_first(
    project: Project, put: Put, write_edition: Callable[..., Path]
) -> None:
    write_edition(facts=("unit: ordinal", "unit: ordinall"))
    place = project.root / "archive"
    with pytest.raises(ReportError, match="ordinall"):
        archive_edition(project, "tiny", project.root / "dist", place, "", None, True, QUIET)
    assert not place.exists()


def test_the_bag_has_all_contents_and_the_later_of_two_dates(
    project: Project, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(add, "evidence", lambda *_: {"preflight-print.json": b"{}"})
    place = project.root / "archive"
    added = archive_edition(project, "tiny", project.root / "dist", place, "", None, False, QUIET)
    assert (added.label.identifier, added.label.day, added.problems) == ("tiny/v1", DAY, ())
    data = place / "tiny" / "v1" / "data"
    assert {path.name for path in data.iterdir()} == {*finished(), "manifest.json", "README.txt", "reports", "source"}
    assert (data / "reports" / "preflight-print.json").read_bytes() == b"{}"
    assert (data / "source" / "data" / "tiny" / "facts.yaml").is_file()
    text = (data / "README.txt").read_text("utf-8")
    for part in ("version 1 of the report", "report-archive.pdf", "sha512sum", "build.py tiny --printer sheetfed-us",
                 "weasyprint 70.0", "Office of Small Things"):  # fmt: skip
        assert part in text
    assert max(map(len, text.splitlines())) <= 80
    assert read_info(place / "tiny" / "v1")["Source-Organization"] == "Office of Small Things"
    assert (place / "index.html").is_file()


def test_the_date_is_the_given_one_or_the_later_of_publication_and_commit() -> None:
    assert bagging_day("2024-12-03", "2025-03-04", None) == "2025-03-04"
    assert bagging_day("2024-12-03", "2024-03-04", None) == "2024-12-03"
    assert bagging_day("2024-12-03", "", None) == "2024-12-03"
    assert bagging_day("2024-12-03", "2025-03-04", "2024-12-24") == "2024-12-24"


def test_a_file_that_fails_its_checks_is_refused_even_without_verapdf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERAPDF_JAR", str(tmp_path / "nowhere.jar"))
    data = tiny_pdf("no tags")
    entry = FileEntry.of("a-screen.pdf", VARIANTS["screen"], data, 1)
    with pytest.raises(ReportError) as failure:
        evidence([entry], {"a-screen.pdf": data}, printer(), QUIET)
    errors = [problem for problem in failure.value.problems if problem.severity is Severity.ERROR]
    assert {problem.where.file for problem in errors} == {"a-screen.pdf"}


def test_a_file_without_a_verdict_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FakeJava(tmp_path, monkeypatch).answers("no report", status=7)
    data = tiny_pdf("no tags")
    entry = FileEntry.of("a-screen.pdf", VARIANTS["screen"], data, 1)
    with pytest.raises(ReportError) as failure:
        evidence([entry], {"a-screen.pdf": data}, printer(), QUIET)
    assert "no-verdict" in {problem.code for problem in failure.value.problems}


@pytest.mark.parametrize("place", ["", "letters/", "report/"])
def test_recipients_settings_and_ledgers_are_never_archived(project: Project, put: Put, place: str) -> None:
    private = ("recipients.yaml", "Recipients.CSV", "mail.yaml", "ledger/tiny.jsonl", "message.eml")
    for name in private:
        path = project.root / place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("ana@board.press, bo@board.press, cy@board.press", "utf-8")
    put()
    for allow in (False, True):
        assert not [name for name in gathered(project, allow).source if name.endswith(tuple(private))]


def test_the_addresses_of_recipients_are_not_archived_in_other_files(project: Project, put: Put) -> None:
    (project.root / "recipients.csv").write_text("Ana;ANA@board.press\n", "utf-8")
    (project.root / "notes.md").write_text("Ask ana@board.press.", "utf-8")
    (project.root / "people.txt").write_text("a@board.press b@board.press c@board.press", "utf-8")
    (project.root / "contact.txt").write_text("office@board.press, or a@example.org b@example.org c@x.test", "utf-8")
    append(project.root / "data" / "tiny" / "facts.yaml", "# ana@board.press\n")
    put()
    assert codes(refused(project, allow=True)) == [("recipient", "notes.md"), ("recipient", "people.txt")]


def test_no_source_of_the_program_itself_is_private() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = [path for path in listed.split("\0") if path]
    assert [path for path in paths if is_private(path)] == []
    assert list(leaked_addresses(ROOT / "nowhere", {path: (ROOT / path).read_bytes() for path in paths})) == []


def test_what_the_program_makes_is_not_an_uncommitted_change(project: Project, put: Put) -> None:
    for name in (".cache/plates/x.png", "dist/other/x.pdf"):
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        (project.root / name).write_bytes(b"x")
    assert gathered(project).commit


def test_an_input_that_git_ignores_is_refused_because_it_would_be_missing(project: Project, put: Put) -> None:
    append(project.root / ".gitignore", "*.jpg\n")
    git(project.root, "commit", "--quiet", "--all", "--message=Ignore")
    (project.root / "data" / "tiny" / "images").mkdir()
    (project.root / "data" / "tiny" / "images" / "photo.jpg").write_bytes(b"photo")
    put()
    for allow in (False, True):
        assert codes(refused(project, allow)) == [("ignored-input", "data/tiny/images/photo.jpg")]


@pytest.mark.parametrize(
    ("out", "archive"), [(".", "archive"), ("dist", "."), ("data", "archive"), ("dist", "data/kept")]
)
def test_an_output_folder_that_would_take_source_with_it_is_refused(
    project: Project, put: Put, out: str, archive: str
) -> None:
    root = project.root
    if out != "dist":
        publish(root / out, "another", {"manifest.json": (root / "dist" / "tiny" / "manifest.json").read_bytes()})
    name = "tiny" if out == "dist" else "another"
    with pytest.raises(ReportError) as failure:
        gather(project, name, root / out, root / archive, True)
    assert "output-place" in {problem.code for problem in failure.value.problems}


def test_a_cover_from_an_earlier_build_is_built_again_with_its_option(project: Project, put: Put) -> None:
    """A plain build carries the cover over, and would never make it anew."""
    entry = FileEntry.of("report-cover.pdf", VARIANTS["cover"], tiny_pdf("cover"), 1)
    files = {**finished(), "report-cover.pdf": tiny_pdf("cover")}
    entries = [*manifest("tiny", finished())["files"], replace(entry, current=False).record]
    put(files, entries=entries)
    problems = [problem for problem in refused(project) if problem.where.file == "report-cover.pdf"]
    assert [(problem.code, problem.hint) for problem in problems] == [
        ("not-current", "Build it again: build.py tiny --cover")
    ]


def test_hidden_files_and_what_a_build_makes_are_not_archived_even_if_uncommitted(project: Project, put: Put) -> None:
    for name in (".env", ".cache/pages/k", "data/.hidden", "figures/__pycache__/x.pyc"):
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        (project.root / name).write_text("secret")
    (project.root / "notes.txt").write_text("open")
    source = gathered(project, allow=True).source
    assert "notes.txt" in source
    assert not [name for name in source if name.startswith((".env", ".cache", "data/.", "figures/__"))]


def test_a_list_of_addresses_in_the_data_folder_is_not_archived(project: Project, put: Put) -> None:
    path = project.root / "data" / "tiny" / "notes" / "board.csv"
    path.parent.mkdir()
    path.write_text("a@board.press\nb@board.press\nc@board.press\n", "utf-8")
    put()
    assert codes(refused(project, allow=True)) == [("recipient", "data/tiny/notes/board.csv")]

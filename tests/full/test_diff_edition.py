"""The sample edition against itself with one thing changed: what the comparison says of it, and how soon."""

from __future__ import annotations

import io
import resource
import shutil
from pathlib import Path

import pikepdf
import pytest
from changes import SILENT, change_of
from pages import link_project

import build
from full.conftest import OpenedPdf, Sample
from report.diff.approved import approve, since_approved
from report.diff.compare import compare
from report.diff.outcome import FileChange
from report.diff.sources import sources
from report.pipeline import build as run_pipeline
from report.progress import Progress
from report.project import Project
from report.sets.outputs import publish

OLD, NEW = "177,000", "177,500"
SECONDS = 20  # of processor time, whatever else the machine does: ten on two cores


@pytest.fixture(scope="session")
def changed_folder(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sample with one fact changed, and a line more in the superintendent's letter; the screen variant."""
    root = tmp_path_factory.mktemp("changed")
    link_project(root)
    shutil.copytree(build.ROOT / "data", root / "data")
    facts = root / "data" / sample.edition.config.edition / "facts.yaml"
    text = facts.read_text("utf-8")
    assert text.count("value: 177000") == 1
    facts.write_text(text.replace("value: 177000", "value: 177500"), encoding="utf-8")
    letter = facts.parent / "sections" / "message.md"
    letter.write_text(
        letter.read_text("utf-8").replace("With thanks,", "We look forward to it.\n\nWith thanks,"), "utf-8"
    )
    ours = build.whole_project()
    project = Project(root, ours.figures, ours.artworks)
    return run_pipeline(project, project.edition(None), ("screen",), root / "out", Progress(quiet=True), False).folder


@pytest.fixture(scope="session")
def found(sample: Sample, changed_folder: Path) -> FileChange:
    """Compare the two builds."""
    done = compare(sources(sample.folder), sources(changed_folder), ("old", "new"), False, SILENT)
    assert done.difference.only_old == ("archive", "print")
    return done.difference.files[0]


def test_a_changed_fact_is_a_changed_figure_on_each_of_its_pages(sample: Sample, found: FileChange) -> None:
    assert [(each.old, each.new) for each in found.figures] == [(OLD, NEW)]
    assert set(found.figures[0].pages) == set(sample.manifest["facts"]["ease.covered"])


def test_nothing_else_is_told_but_the_new_line_and_what_it_pushed(sample: Sample, found: FileChange) -> None:
    letter = sample.pages_of("message")
    assert [(page.new, text.old, text.new) for page in found.pages for text in page.texts if text.kind == "text"] == [
        (letter[0], "", "We look forward to it.")
    ]
    changed = {page.new for page in found.pages if page.state == "changed"}
    assert changed <= {*letter, *found.figures[0].pages}
    assert [shift.kind for page in found.pages if page.new == letter[0] for shift in page.shifts] == ["moved"]


def test_an_approved_sample_tells_later_builds_what_differs(
    sample: Sample, changed_folder: Path, tmp_path: Path
) -> None:
    name = sample.edition.config.edition
    publish(tmp_path, name, {path.name: path.read_bytes() for path in sample.folder.iterdir() if path.is_file()})
    approve(tmp_path, name)
    assert since_approved(tmp_path, name) == "Since the approved proof: nothing has changed."
    publish(tmp_path, name, {path.name: path.read_bytes() for path in changed_folder.iterdir() if path.is_file()})
    line = since_approved(tmp_path, name)
    assert line.startswith("Since the approved proof: ")
    assert line.endswith(f"1 figure ({OLD} → {NEW}).")


def test_pages_taken_from_the_middle_are_told_and_the_others_are_the_same(screen: OpenedPdf) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(screen.data)) as pdf:
        del pdf.pages[20:23]
        pdf.save(out)
    found = change_of(screen.data, out.getvalue())
    assert [page.old for page in found.pages if page.state == "removed"] == [21, 22, 23]
    assert [page.state for page in found.pages if page.state not in ("same", "removed")] == []


def used() -> float:
    """Return the seconds of processor time that this process and its children have used."""
    both = [resource.getrusage(which) for which in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def test_a_report_whose_pages_all_changed_is_compared_in_time(screen: OpenedPdf) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(screen.data)) as pdf:
        for page in pdf.pages:
            page.contents_add(pdf.make_stream(b"q 0.98 0 0 0.98 4 4 cm\n"), prepend=True)
            page.contents_add(pdf.make_stream(b"\nQ"))
        pdf.save(out)
    start = used()
    found = change_of(screen.data, out.getvalue())
    assert used() - start < SECONDS
    assert {page.state for page in found.pages} == {"changed"}
    assert len(found.pages) == 56


def test_a_build_with_an_approved_proof_says_so_on_the_command_line(
    write_edition: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(write_edition)
    write_edition()
    link_project(tmp_path)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    assert build.main(["--only", "screen"]) == 0
    assert "approved proof" not in capsys.readouterr().out
    assert build.main(["approve"]) == 0
    assert build.main(["--only", "screen"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Since the approved proof: nothing has changed."
    write_edition(edition=("A small one", "Another tagline"))
    assert build.main(["--only", "screen"]) == 0
    assert "changed (1" in capsys.readouterr().out.splitlines()[-1]

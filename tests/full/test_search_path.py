"""One search path: a project beside the program replaces one file of each kind, and every command takes it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import write_tiny
from pages import ROOT

from report.desk.sources import sources_of
from report.inspection.inspect import Pdf
from report.press.printers import load_printer, own_files, printer_names
from report.project import Project
from report.searchpath import SearchPath
from report.sets.freshness import source_changes
from report.sets.manifest import read_manifest

CHART = '''
from figures.kit import ChartSheet
from figures.needs import figure


@figure("Own chart", rows=(1, 1), units=("count",), whole=True)
def share_field(data, look, size):
    """A chart of the project's own, under the name of one of the program's."""
    sheet = ChartSheet(data, look, size)
    sheet.text(0, 20, "Drawn by the project", "small")
    return sheet.figure()
'''
ARTWORK = '''
from figures.artworks.gallery import artwork
from figures.artworks.stage import stage


@artwork({})
def beacon(scene):
    """A drawing of the project's own, under the name of one of the program's."""
    place = stage(scene)
    place.sheet.discs([(300.0, 300.0, 51.0)], place.colours.soft)
    return place.sheet.svg()
'''
OPTIONS = ("options: {marks: 1000}", "options: {}")
COUNTS = ("    counts: [{fact: county.districts}]\n", "")


def replaced(folder: Path, name: str, old: str, new: str) -> None:
    """Write a file of the program into the project, with one text replaced."""
    text = (ROOT / name).read_text("utf-8")
    assert old in text, name
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text.replace(old, new, 1), "utf-8")


def run(folder: Path, *arguments: str, status: int = 0) -> str:
    """Run a command on the project in a process of its own, and return all that it says."""
    command = [sys.executable, str(ROOT / "build.py"), "--project", ".", *arguments]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built project with its own template, stylesheet, chart, artwork, printer, email and web page."""
    root = tmp_path_factory.mktemp("own")
    write_tiny(root / "data" / "tiny", charts=OPTIONS, quotes=COUNTS)
    replaced(root, "layouts/pages/back.html.j2", '<p class="publisher">', "<p>Printed in the project.</p>\n<p>")
    replaced(root, "layouts/email/message.txt.j2", "{{ greeting }}", "{{ greeting }} of the project")
    replaced(root, "layouts/reports/access.html.j2", "<h1>{{ title }}</h1>", "<h1>The project's own page</h1>")
    replaced(root, "styles/pages/feature.css", "}", "}\n.of-the-project { margin: 0 }\n")
    for name, text in {"figures/own.py": CHART, "figures/artworks/own.py": ARTWORK}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    shop = (ROOT / "report" / "printers" / "sheetfed-us.yaml").read_text("utf-8")
    (root / "printers").mkdir()
    (root / "printers" / "shop.yaml").write_text(shop.replace("limit: 300", "limit: 290"), "utf-8")
    run(root, "build", "tiny", "--printer", "shop", "--quiet")
    return root


def test_the_pages_and_the_drawings_are_the_projects(folder: Path) -> None:
    pdf = Pdf((folder / "dist" / "tiny" / "tiny-report-screen.pdf").read_bytes())
    texts = " ".join(" ".join(pdf.page_texts()).split())
    assert "Printed in the project." in texts
    assert "Drawn by the project" in texts


def test_check_reads_the_projects_files(folder: Path) -> None:
    assert "no errors" in run(folder, "check")
    (folder / "figures" / "broken.py").write_text("import nothing_of_that_name\n", "utf-8")
    said = run(folder, "check", status=1)
    (folder / "figures" / "broken.py").unlink()
    assert "figures/broken.py:1: error: ModuleNotFoundError" in said


def test_each_edited_file_is_a_reason_to_build_again(folder: Path) -> None:
    assert "up to date" in run(folder, "build", "tiny", "--printer", "shop", "--explain")
    assert "up to date" in run(folder, "build", "tiny", "--printer", "printers/shop.yaml", "--explain")
    names = ("printers/shop.yaml", "figures/own.py", "layouts/email/message.txt.j2", "styles/pages/feature.css")
    before = {name: (folder / name).read_bytes() for name in names}
    for name in names:
        (folder / name).write_bytes(before[name] + b"\n")
    recorded = read_manifest(folder / "dist" / "tiny")["inputs"]
    assert source_changes(recorded, SearchPath.of(folder, ROOT), "tiny") == [
        f"{name} has changed" for name in sorted(names)
    ]
    for name in names:
        (folder / name).write_bytes(before[name])


def test_the_email_and_the_web_page_are_the_projects(folder: Path) -> None:
    (folder / "mail.yaml").write_text("sender: {name: Small Things, address: a@example.org}\n", "utf-8")
    run(folder, "email", "tiny", "--quiet")
    assert "of the project," in (folder / "dist" / "tiny-email" / "message.txt").read_text("utf-8")
    run(folder, "access", "dist/tiny/tiny-report-screen.pdf", "--html", "access.html")
    assert "The project's own page" in (folder / "access.html").read_text("utf-8")


def test_the_desk_knows_what_is_the_projects_and_what_is_the_programs(folder: Path) -> None:
    sources = sources_of(Project(folder, {}, {}, ROOT))
    assert sources.template("story", "feature").startswith("layouts/components.html.j2:")
    assert sources.template("back", "back").startswith("layouts/pages/back.html.j2:")
    assert sources.style("feature", "feature") == "styles/pages/feature.css"
    assert {"layouts/pages/back.html.j2", "figures/own.py", "printers/shop.yaml"} <= set(sources.own)
    assert "layouts/components.html.j2" not in sources.own


def test_a_printer_of_the_project_is_found_by_name_with_a_built_in_profile(folder: Path) -> None:
    search = SearchPath.of(folder, ROOT)
    assert {"shop", "sheetfed-us"} <= set(printer_names(search))
    assert load_printer("shop", None, search).values.ink.limit == 290
    assert load_printer("shop", None, search).document.file == "printers/shop.yaml"
    assert own_files("shop", search) == [folder / "printers" / "shop.yaml"]
    said = run(folder, "preflight", "dist/tiny/tiny-report-print.pdf", "--printer", "shop", "--no-ink")
    assert "passed" in said


def test_the_archive_holds_it_all_and_builds_the_same_files_again(folder: Path) -> None:
    archive = ("archive", "--archive", "kept")
    run(folder, "archive", "tiny", *archive[1:], "--allow-uncommitted", "--quiet")
    source = folder / "kept" / "tiny" / "v1" / "data" / "source"
    held = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    assert {"project/printers/shop.yaml", "project/figures/own.py", "project/layouts/pages/back.html.j2"} <= held
    assert "same" in run(folder, "archive", "rebuild", "tiny", "--archive", "kept")

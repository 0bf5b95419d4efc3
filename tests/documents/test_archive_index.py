"""The archive's index page: its content, valid links, accessibility, and atomic replacement."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from archives import EDITION, archived, label, manifest, payload
from conftest import DATA, TINY
from pages import web_design
from PIL import Image

from report.archive.bag import add_bag
from report.archive.index import INDEX, key_figures, write_index
from report.archive.shelf import stored_versions, table
from report.edition.edition import Edition
from report.edition.load import load
from report.problems import ReportError
from report.sets.outputs import write_file


class Read(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def page(archive: Path) -> Read:
    assert write_index(archive, web_design()) == ()
    return Read((archive / INDEX).read_text("utf-8"))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of two years, the later one with a correction."""
    folder = tmp_path / "the archive – über"
    add_bag(folder, label("2022-23", day="2023-12-05"), lambda _: with_data("2022-23"))
    archived(folder, "2023-24", day="2024-12-03")
    add_bag(folder, label("2023-24", "A figure <was> wrong", "2025-01-07"), lambda _: with_data("2023-24"))
    return folder


def with_data(edition: str) -> dict[str, bytes]:
    """Return a small bag's payload with the complete tiny edition as its data."""
    folders = {name: "" if name in DATA else "sections/" for name in TINY}
    endings = {name: "yaml" if name in DATA else "md" for name in TINY}
    names = {name: f"source/data/{edition}/{folders[name]}{name}.{endings[name]}" for name in TINY}
    return {**payload(edition, "corrected"), **{names[name]: text.encode() for name, text in TINY.items()}}


def test_every_year_is_shown_with_its_versions_newest_first(archive: Path) -> None:
    read = page(archive)
    assert [each["id"] for each in read.all("article")] == ["y-2023-24", "y-2022-23"]
    for part in (
        "2023-24, version 2, archived",
        "January 7, 2025",
        "A figure <was> wrong",
        "Version 1, archived December 3",
    ):
        assert part in read.text
    assert "Office of Small Things" in read.text


def test_every_link_is_relative_and_has_a_target(archive: Path) -> None:
    read = page(archive)
    ids = {attributes["id"] for _, attributes in read.elements if "id" in attributes}
    addresses = [each.get("href") or each["src"] for each in read.all("a", "img")]
    assert len(addresses) > 15
    for address in addresses:
        if address.startswith("#"):
            assert unquote(address[1:]) in ids
        else:
            assert ":" not in address.split("/")[0]
            assert not address.startswith("/")
            assert (archive / unquote(address)).exists(), address
    for version in ("2022-23/v1", "2023-24/v1", "2023-24/v2"):
        for name in ("report-print.pdf", "report-screen.pdf", "report-archive.pdf", "README.txt"):
            assert f"{version}/data/{name}" in addresses


def test_the_page_has_no_external_resources_and_no_scripts(archive: Path) -> None:
    read = page(archive)
    assert read.all("script", "iframe", "link", "object", "form") == []
    assert "http" not in (archive / INDEX).read_text("utf-8")
    assert "@import" not in (archive / INDEX).read_text("utf-8")
    assert not [name for _, attributes in read.elements for name in attributes if name.startswith("on")]


def test_the_page_is_accessible(archive: Path) -> None:
    read = page(archive)
    assert read.all("html") == [{"lang": "en"}]
    assert all(image["alt"].startswith("Cover of Annual Report") for image in read.all("img"))
    headings = [int(tag[1]) for tag, _ in read.elements if tag in {"h1", "h2", "h3", "h4"}]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    assert {cell["scope"] for cell in read.all("th")} == {"col", "row"}
    assert len(read.all("caption")) == len(read.all("table")) == 1
    ids = {attributes["id"] for _, attributes in read.elements if "id" in attributes}
    assert {attributes["aria-labelledby"] for _, attributes in read.elements if "aria-labelledby" in attributes} <= ids
    assert {"main", "nav", "title", "h1"} <= {tag for tag, _ in read.elements}


def test_covers_are_images_of_the_first_page_of_each_newest_version(archive: Path) -> None:
    read = page(archive)
    assert [image["src"] for image in read.all("img")] == ["_covers/2023-24-v2.png", "_covers/2022-23-v1.png"]
    with Image.open(archive / "_covers" / "2023-24-v2.png") as picture:
        assert picture.size == (480, 622)


def test_html_in_the_data_is_escaped(tmp_path: Path) -> None:
    files = payload()
    record = json.loads(files["manifest.json"]) | {"title": "<script>alert(1)</script>"}
    files["manifest.json"] = json.dumps(record).encode()
    add_bag(tmp_path, label(reason='"><img src=x>'), lambda _: files)
    read = page(tmp_path)
    assert read.all("script") == []
    assert "<script>alert(1)</script>" in read.text


def test_a_damaged_bag_is_shown_as_far_as_possible(archive: Path) -> None:
    data = archive / "2022-23" / "v1" / "data"
    for name in ("report-screen.pdf", "manifest.json"):
        (data / name).chmod(0o644)
    (data / "report-screen.pdf").write_bytes(b"no PDF")
    (data / "report-print.pdf").unlink()
    read = page(archive)
    hrefs = [each["href"] for each in read.all("a")]
    assert "2022-23/v1/data/report-print.pdf" not in hrefs
    assert "2022-23/v1/data/report-archive.pdf" in hrefs
    assert "_covers/2022-23-v1.png" in [image["src"] for image in read.all("img")], "rendered from the intact file"
    (data / "report-archive.pdf").unlink()
    (archive / "_covers" / "2022-23-v1.png").unlink()
    assert "The cover is not available." in page(archive).text
    (data / "manifest.json").write_text("{")
    assert "2022-23, version 1" in page(archive).text


def test_an_empty_archive_has_a_page_that_says_so(tmp_path: Path) -> None:
    assert "The archive is empty." in page(tmp_path / "archive").text


def test_the_page_is_replaced_atomically_and_a_failure_keeps_the_previous_one(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page(archive)
    before = (archive / INDEX).read_bytes()
    archived(archive, "2024-25")

    def full(path: Path, data: bytes) -> None:
        if path.name == INDEX:
            raise OSError(28, "No space left on device")
        write_file(path, data)

    monkeypatch.setattr("report.archive.index.write_file", full)
    (problem,) = write_index(archive, web_design())
    assert (problem.code, "No space left" in problem.what, bool(problem.hint)) == ("index", True, True)
    assert (archive / INDEX).read_bytes() == before


Load = Callable[..., Edition]


def of(tiny: Load, name: str, tmp_path: Path, **changes: tuple[str, str] | str) -> Edition:
    """Load the tiny edition as that of a year."""
    edition = tiny(**changes)
    target = edition.root.with_name(name)
    edition.root.rename(target)
    return load(target, f"data/{name}")


def test_figures_shared_by_several_years_are_shown_side_by_side(load_edition: Load, tmp_path: Path) -> None:
    old = of(load_edition, "2022-23", tmp_path, facts=("value: 11102", "value: 9000"))
    new = of(
        load_edition,
        "2023-24",
        tmp_path,
        facts=("  budget.total:", "  budget.all:"),
        story=("budget.total", "budget.all"),
    )
    columns, figures = key_figures([old, new])
    by_label = {figure.label: figure.values for figure in figures}
    assert columns == ("2022-23", "2023-24")
    assert by_label["Employees served"] == ("9,000", "11,102")
    assert by_label["Employees covered"] == ("nearly\N{NO-BREAK SPACE}177,000",) * 2
    assert by_label["In advocacy"] == ("7th", "7th")
    assert "In the budget" not in by_label


def test_prior_values_fill_in_a_year_without_an_edition(load_edition: Load, tmp_path: Path) -> None:
    columns, figures = key_figures([of(load_edition, "2023-24", tmp_path)])
    assert columns == ("2022-23", "2023-24")
    assert [(figure.label, figure.values) for figure in figures] == [("Educators attending", ("8,318", "10,603"))]


def test_a_period_that_is_not_a_year_sorts_before_the_years(load_edition: Load, tmp_path: Path) -> None:
    edition = of(load_edition, "2023-24", tmp_path, facts=('period: "2022-23"', "period: earlier"))
    assert key_figures([edition])[0] == ("earlier", "2023-24")


def test_a_renamed_figure_is_matched_without_a_prior_value(load_edition: Load, tmp_path: Path) -> None:
    old = of(load_edition, "2022-23", tmp_path, facts=("value: 10603", "value: 8320"))
    new = of(
        load_edition, "2023-24", tmp_path,
        facts=("  da.attendance:\n", "  da.visits:\n    was: da.attendance\n"),
        story=TINY["story"].replace("da.attendance", "da.visits"),
    )  # fmt: skip
    columns, figures = key_figures([old, new])
    assert columns == ("2022-23", "2023-24")
    assert {figure.label: figure.values for figure in figures}["Educators attending"] == ("8,320", "10,603")


def test_an_unreadable_edition_has_no_figures(load_edition: Load, tmp_path: Path) -> None:
    assert key_figures([None]) == ((), ())
    assert key_figures([None, of(load_edition, "2023-24", tmp_path)])[0] == ("2022-23", "2023-24")


def test_the_list_has_a_row_for_each_version(archive: Path) -> None:
    lines = table(stored_versions(archive)).splitlines()
    assert lines[0].split() == ["edition", "version", "archived", "MB", "files", "reason"]
    assert [line.split()[:3] for line in lines[1:]] == [
        ["2022-23", "v1", "2023-12-05"], ["2023-24", "v1", "2024-12-03"], ["2023-24", "v2", "2025-01-07"]]  # fmt: skip
    assert lines[3].endswith("A figure <was> wrong")


def test_invalid_values_in_a_damaged_bag_are_ignored(tmp_path: Path) -> None:
    bag = archived(tmp_path)
    record = manifest(EDITION, {"../../outside.pdf": b""})
    for name, text in (("bag-info.txt", "x\nPayload-Oxum: many.few\n"), ("data/manifest.json", json.dumps(record))):
        (bag / name).chmod(0o644)
        (bag / name).write_text(text)
    (stored,) = stored_versions(tmp_path)
    assert (stored.name, stored.size, stored.day, stored.files) == ("2023-24/v1", 0, "", ())


def test_an_unreadable_archive_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file")
    with pytest.raises(ReportError, match="could not be read"):
        stored_versions(tmp_path / "archive")

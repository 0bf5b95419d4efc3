"""The sample edition in the archive: bagged, verified, built again to the same bytes; the index in a real browser."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from archives import QUIET, archived, bagit_validates, label, payload
from bagit_utils.bagit import Bag as OtherBag
from conftest import DATA, TINY
from pages import tokens, web_design
from PIL import Image

import build
from full.conftest import Sample
from report.archive.add import archive_edition
from report.archive.bag import add_bag
from report.archive.index import INDEX, write_index
from report.archive.rebuild import rebuild
from report.archive.verify import verify

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars")  # fmt: skip
EARLIER = "2022-23"

# A page beside the index that shows it in a narrow frame and writes down what the browser made of it.
NARROW = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A narrow frame</title>
<iframe src="index.html" style="width: 360px; height: 700px; border: 0" onload="
  const page = this.contentDocument, root = page.documentElement;
  document.body.dataset.seen = JSON.stringify({
    width: root.scrollWidth, shown: root.clientWidth,
    pictures: [...page.images].map(each => each.complete && each.naturalWidth),
    fields: [...page.querySelectorAll('.year')].map(each => Math.round(each.getBoundingClientRect().right)),
  })"></iframe>"""


@pytest.fixture(scope="module")
def archive(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample in an archive that has an earlier year, small and with other figures, and a correction of it."""
    place = tmp_path_factory.mktemp("an archive – über")
    data = {f"{'' if name in DATA else 'sections/'}{name}.{'yaml' if name in DATA else 'md'}": text.encode()
            for name, text in TINY.items()}  # fmt: skip
    files = payload(EARLIER) | {f"source/data/{EARLIER}/{name}": text for name, text in data.items()}
    for reason in ("", "The first version lacked its data."):
        add_bag(place, label(EARLIER, reason, "2023-12-05"), lambda _: files)
    project, name = build.whole_project(), sample.edition.config.edition
    added = archive_edition(project, name, sample.folder.parent, place, "", None, True, QUIET)
    assert (added.label.version, added.problems) == (1, ())
    return place


@pytest.fixture(scope="module")
def bag(archive: Path, sample: Sample) -> Path:
    return archive / sample.edition.config.edition / "v1"


def test_the_bag_holds_the_set_its_source_and_what_was_found(bag: Path, sample: Sample) -> None:
    data = bag / "data"
    for entry in sample.manifest["files"]:
        assert (data / entry["name"]).read_bytes() == (sample.folder / entry["name"]).read_bytes()
    assert json.loads((data / "manifest.json").read_text("utf-8")) == sample.manifest
    for name in ("build.py", "requirements.lock", "pyproject.toml", "LICENSE", "layouts/report.html.j2",
                 "figures/kit.py", "styles/tokens.yaml", "styles/fonts/SourceSans3-Bold.ttf", "report/archive/bag.py",
                 "report/printers/profiles/coated-tr006.icc", "data/schema/facts.schema.json",
                 f"data/{bag.parent.name}/facts.yaml"):  # fmt: skip
        assert (data / "source" / name).read_bytes() == (build.ROOT / name).read_bytes(), name
    reports = {path.name: json.loads(path.read_text("utf-8")) for path in (data / "reports").iterdir()}
    assert {"preflight-print.json", "access-screen.json", "access-archive.json"} <= set(reports)
    assert reports["preflight-print.json"]["passed"]
    for name, report in reports.items():
        assert report.get("passed", True), name


def test_it_is_valid_by_our_verification_and_by_two_that_are_not_ours(bag: Path) -> None:
    done = verify(bag.parents[1], None, QUIET)
    assert done.passed, done.table()
    assert bagit_validates(bag) == (0, "")
    assert OtherBag(bag).validate().valid


def test_built_again_from_its_own_source_every_byte_is_the_same(bag: Path) -> None:
    done = rebuild(bag.parents[1], bag.parent.name, "v1", QUIET)
    assert done.same, done.table()
    assert done.causes == ()
    assert len(done.files) == 3


class Dom(HTMLParser):
    """The elements of a page as the browser has them, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def browser(page: Path, profile: Path, *arguments: str) -> bytes:
    """Open a page in Chromium and return what it writes. Where tests may not be left out (CI), it can't be missing."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Chromium is not here: apt-get install chromium")
    command = [str(found), *FLAGS, f"--user-data-dir={profile}", *arguments, page.as_uri()]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dom(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Dom:
    html = browser(archive / INDEX, tmp_path_factory.mktemp("profile"), "--dump-dom")
    return Dom(html.decode("utf-8"))


def test_in_the_browser_every_link_and_picture_is_there(archive: Path, dom: Dom) -> None:
    addresses = [each.get("href") or each["src"] for each in dom.all("a", "img")]
    ids = {attributes.get("id") for _, attributes in dom.elements}
    assert len(addresses) > 18
    for address in addresses:
        target = unquote(address)
        assert target[1:] in ids if target.startswith("#") else (archive / target).exists(), address
    assert len([address for address in addresses if address.endswith(".pdf")]) == 9


def test_in_the_browser_the_page_has_language_headings_alternative_texts_and_table_headers(dom: Dom) -> None:
    assert dom.all("html")[0]["lang"] == "en"
    assert [tag for tag, _ in dom.elements if tag in {"h1", "h2"}] == ["h1", "h2", "h2", "h2"]
    assert all(image["alt"] for image in dom.all("img"))
    assert len(dom.all("img")) == 2
    scopes = [cell.get("scope") for cell in dom.all("th")]
    assert scopes.count("col") == 3  # the figure and the two years
    assert scopes.count("row") >= 5
    assert None not in scopes


def test_in_a_narrow_window_nothing_is_cut_off_and_the_pictures_are_drawn(archive: Path, tmp_path: Path) -> None:
    (archive / "narrow.html").write_text(NARROW)
    try:
        html = browser(archive / "narrow.html", tmp_path, "--allow-file-access-from-files", "--dump-dom")
    finally:
        (archive / "narrow.html").unlink()
    seen = json.loads(Dom(html.decode("utf-8")).all("body")[0]["data-seen"])
    assert seen["width"] == seen["shown"] == 360
    assert seen["pictures"] == [480, 480]
    assert max(seen["fields"]) <= 360


def test_the_browser_draws_covers_and_text_on_paper(archive: Path, tmp_path: Path) -> None:
    picture = tmp_path / "index.png"
    browser(archive / INDEX, tmp_path / "profile", "--window-size=1200,1000", f"--screenshot={picture}")
    with Image.open(io.BytesIO(picture.read_bytes())) as shot:
        colours = shot.convert("RGB").getcolors(1 << 24) or []
    assert shot.size == (1200, 1000)
    counts = {colour: count for count, colour in colours}
    paper, ink = (tuple(bytes.fromhex(tokens().hexes[name].lstrip("#"))) for name in ("paper", "ink"))
    assert counts[paper] > 0.5 * 1_200_000
    assert counts[ink] > 20_000, "the cover and the headings"


def test_the_index_follows_a_correction(archive: Path) -> None:
    before = (archive / INDEX).read_text("utf-8")
    archived(archive, EARLIER, reason="A figure was wrong", mark="later")
    assert write_index(archive, web_design()) == ()
    after = (archive / INDEX).read_text("utf-8")
    assert "A figure was wrong" not in before
    assert "A figure was wrong" in after

"""A first look at a changed page: only its section is laid out, and its pages are those that the whole layout makes."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pytest
from desks import project, write_project

from report.desk.builder import build_preview
from report.desk.records import Pages, QuickPreview
from report.inspection.inspect import text_runs
from report.processes.server import StoredFile

HINTED = 0.2  # of 255, over the page


class Desk:
    """A tiny edition that is changed and built again, each build with what the last one left."""

    def __init__(self, folder: Path) -> None:
        self.folder = write_project(folder / "project", copied=True)
        self.kept: dict[str, bytes] = {}

    def build(self, variant: str = "screen") -> tuple[dict[int, tuple[str, int]], str]:
        """Return the pages glimpsed, and the name of the file with all pages."""
        glimpsed: dict[int, tuple[str, int]] = {}
        whole = ""
        for part in build_preview(project(self.folder), "tiny", variant, "sheetfed-us", dict(self.kept)):
            if isinstance(part, StoredFile):
                self.kept[part.name] = part.data
            if isinstance(part, QuickPreview):
                glimpsed |= part.pages
            if isinstance(part, Pages):
                whole = part.preview.id
        return glimpsed, whole

    def change(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    def differ(self, name: str, number: int, whole: str, page: int) -> bool:
        """Tell whether pages differ in a text, its place or colour, or visibly; letters of other subsets may."""
        (first, one), (second, other) = (self.seen(*of) for of in ((name, number), (whole, page)))
        return first != second or one.shape != other.shape or float(np.abs(one - other).mean()) > HINTED

    def seen(self, name: str, page: int) -> tuple[list[object], npt.NDArray[np.int16]]:
        """Return the texts and the pixels of a page of a kept file, inside the bleed."""
        document = pdfium.PdfDocument(io.BytesIO(self.kept[name]))
        try:
            left, bottom, right, top = document[page - 1].get_bleedbox()
            _, height = document[page - 1].get_size()
            pixels: npt.NDArray[np.int16] = document[page - 1].render().to_numpy().astype(np.int16)
        finally:
            document.close()
        texts: list[object] = [
            (run.text, round(run.x), round(run.y), run.size, run.colour)
            for run in text_runs(self.kept[name])
            if run.page == page and "PRESSA" not in run.font
        ]
        return texts, pixels[int(height - top) : int(height - bottom), int(left) : int(right)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


STORY, FACTS = "data/tiny/sections/story.md", "data/tiny/facts.yaml"


@pytest.mark.parametrize("variant", ["screen", "print"])
def test_the_pages_glimpsed_look_as_they_do_in_the_whole(desk: Desk, variant: str) -> None:
    assert desk.build(variant)[0] == {}, "there is nothing to compare with yet"
    desk.change(STORY, "About {{", "More about {{")
    glimpsed, whole = desk.build(variant)
    assert list(glimpsed) == [3]
    assert not [page for page, of in glimpsed.items() if desk.differ(*of, whole, page)]
    assert desk.build(variant)[0] == {}, "nothing has changed"


def test_a_changed_number_is_glimpsed_wherever_it_stands(desk: Desk) -> None:
    desk.build()
    desk.change(FACTS, "value: 11102", "value: 11103")
    glimpsed, whole = desk.build()
    assert 3 in glimpsed
    assert not [page for page, of in glimpsed.items() if desk.differ(*of, whole, page)]


CHANGES: Mapping[str, Callable[[Desk], None]] = {
    "a stylesheet": lambda desk: desk.change("styles/2-type.css", "{", "{ /* as before */"),
    "the tagline": lambda desk: desk.change("data/tiny/edition.yaml", "tagline: ", "tagline: A "),
    "a section of more pages": lambda desk: desk.change(
        STORY, "[[chart: ease]]", "[[chart: ease]]\n\n" + "More words. " * 900
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_concerns_more_than_a_few_sections_waits_for_the_whole(desk: Desk, what: str) -> None:
    desk.build()
    CHANGES[what](desk)
    assert desk.build()[0] == {}

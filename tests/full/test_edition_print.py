"""The print edition: what a commercial printer measures when the file arrives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pytest

from full.conftest import OpenedPdf, Sample

TRIM = (36.0, 36.0, 648.0, 828.0)  # on a sheet with room for marks
BLEED = 9
PAPER = 250  # from this value on in all three channels a pixel counts as bare paper

Picture = npt.NDArray[np.uint8]


@pytest.fixture(scope="module")
def pictures(sample: Sample, printed: OpenedPdf) -> dict[int, Picture]:
    """Every page on an artwork, bleed included, at one pixel to the point."""
    document = pdfium.PdfDocument(printed.data)
    found: dict[int, Picture] = {}
    for page in sample.sheet_pages():
        boxes = printed.pages[page.number - 1]
        edges = (boxes.bleed[0], boxes.bleed[1], boxes.media[2] - boxes.bleed[2], boxes.media[3] - boxes.bleed[3])
        image = document[page.number - 1].render(scale=1, crop=edges).to_pil().convert("RGB")
        found[page.number] = np.asarray(image)
    document.close()
    return found


def strips(picture: Picture, verso: bool) -> Iterator[tuple[str, Picture]]:
    """Yield the strips of the bleed: all that the cut takes away."""
    height = picture.shape[0]
    yield "head", picture[: BLEED - 1]
    yield "foot", picture[height - BLEED + 1 :]
    yield "outer edge", picture[:, : BLEED - 1] if verso else picture[:, 1 - BLEED :]


def test_every_page_is_trimmed_to_the_same_size(printed: OpenedPdf) -> None:
    sizes = {tuple(round(edge, 3) for edge in page.trim) for page in printed.pages}
    assert sizes == {TRIM}


def test_the_bleed_is_nine_points_outside_and_none_at_the_fold(printed: OpenedPdf) -> None:
    assert len(printed.pages) >= 44
    for page in printed.pages:
        left, right = (BLEED, 0) if page.number % 2 == 0 else (0, BLEED)
        assert page.bleed == pytest.approx((36 - left, 27, 648 + right, 828 + BLEED)), f"page {page.number}"
        assert page.media == (0, 0, 684, 864), f"page {page.number}"


def test_no_page_has_a_crop_box_a_rotation_or_a_unit_of_its_own(printed: OpenedPdf) -> None:
    keys = {key for page in printed.reader.pages for key in page}
    assert "/MediaBox" in keys
    assert not {"/CropBox", "/Rotate", "/UserUnit"} & keys


def test_there_are_no_annotations_scripts_or_locks(printed: OpenedPdf) -> None:
    assert printed.links == []
    assert not any("/Annots" in page for page in printed.reader.pages)
    assert not {"/AcroForm", "/OpenAction", "/AA"} & set(printed.root)
    assert not printed.reader.is_encrypted


def test_every_page_on_an_artwork_is_looked_at(sample: Sample, pictures: dict[int, Picture]) -> None:
    edition = sample.edition
    sections = sum(1 for section in edition.sections.values() if section.front.artwork)
    assert len(pictures) >= 2 * len(edition.quotes) + sections
    assert {1, len(sample.pages)} <= set(pictures)
    assert {picture.shape for picture in pictures.values()} == {(810, 621, 3)}


def test_the_artwork_fills_the_bleed_on_every_outer_edge(pictures: dict[int, Picture]) -> None:
    for number, picture in pictures.items():
        for edge, strip in strips(picture, verso=number % 2 == 0):
            bare = float((strip.min(axis=2) >= PAPER).mean())
            assert bare < 0.02, f"page {number}: {bare:.0%} of the bleed at the {edge} is bare paper"


def test_the_drawing_itself_and_not_only_its_ground_reaches_into_the_bleed(
    sample: Sample, pictures: dict[int, Picture]
) -> None:
    for name, pages in sample.spreads().items():
        colours = {
            tuple(pixel)
            for page in pages
            for _, strip in strips(pictures[page.number], verso=page.side == "left")
            for pixel in strip.reshape(-1, 3)[::7].tolist()
        }
        assert len(colours) > 1, f"the drawing of {name} stops before the bleed"


def test_a_drawing_meets_itself_at_the_fold(sample: Sample, pictures: dict[int, Picture]) -> None:
    for name, pages in sample.spreads().items():
        verso, recto = (pictures[page.number].astype(int) for page in pages)
        across = np.abs(verso[:, -1] - recto[:, 0]).mean()
        within = max(np.abs(half[:, x] - half[:, x + 1]).mean() for half in (verso, recto) for x in (-3, -2, 0, 1))
        mirrored = np.abs(verso[:, -1] - recto[::-1, 0]).mean()
        assert across < 2 * within + 3, f"the halves of {name} differ more than neighbours within a page do"
        assert across <= mirrored


def test_quotations_face_each_other_from_verso_to_recto(sample: Sample) -> None:
    spreads = sample.spreads()
    assert len(spreads) == 7
    for name, pages in spreads.items():
        assert [page.side for page in pages] == ["left", "right"], name
        assert pages[1].number == pages[0].number + 1, name


def test_a_quotation_stands_whole_on_one_page(sample: Sample, printed: OpenedPdf) -> None:
    for name, pages in sample.spreads().items():
        quote = sample.edition.quotes[name]
        words = [*" ".join(quote.lines).split(), *quote.attribution.split()]
        on = [page.number for page in pages if all(word in printed.texts[page.number] for word in words)]
        assert len(on) == 1, name
        assert on == [page.number for page in pages if page.lines], name


def test_no_text_stands_near_the_cut_or_the_fold(sample: Sample, printed: OpenedPdf) -> None:
    safe = float(sample.tokens.page.safe) - 0.75  # what rounding may take
    assert safe > 26
    near = [
        (run.page, run.text)
        for run in printed.runs
        if "PRESSA" not in run.font  # the slug line, outside the trim
        and (run.x < safe or run.x + run.width > 612 - safe or run.y < safe or run.y + run.height > 792 - safe)
    ]
    assert near == []

"""The printer's sheet: boxes from the origin, bleed as each printer asks, marks clear of the trim on every plate."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pikepdf
import pytest
from pages import block, job, laid_out, printer, raw, tiny_pdf, tokens
from pikepdf import Array, Name
from streams import Operation, facts_of, operations, saved

from report.finishing.run import finish
from report.inspection.inspect import Pdf
from report.preflight.plates import DPI, plates
from report.press.sheet import PATCH, Slug, prepare_sheets
from report.variants import VARIANTS

LINE = "Tiny Report · data of 2024-12-03 · build 0123456789"
TRIM = (36.0, 36.0, 648.0, 828.0)
OFF = 12.0


@cache
def printed(name: str) -> bytes:
    """Return a recto and a verso for a printer, with a ground that fills the bleed."""
    style = f"background: {tokens().hexes['ink']}; height: 900pt; margin: -80pt; break-before: page"
    wanted = replace(job(), printer=printer(name), slug=Slug(LINE, tokens().faces["sans"]))
    return finish(raw(laid_out(block("One", style) * 2), "print")[0], VARIANTS["print"].finishing, wanted)


@cache
def boxes(name: str) -> tuple[tuple[tuple[float, ...], ...], ...]:
    """Return media, bleed and trim box of each page."""
    with pikepdf.open(io.BytesIO(printed(name))) as pdf:
        return tuple(
            tuple(tuple(float(edge) for edge in page.obj[key]) for key in (Name.MediaBox, Name.BleedBox, Name.TrimBox))
            for page in pdf.pages
        )


@pytest.mark.parametrize("name", ["sheetfed-us", "saddle-stitch", "newsletter-web", "perfect-bound"])
def test_with_marks_the_trim_is_36_points_inside_a_sheet_that_starts_at_the_origin(name: str) -> None:
    recto, verso = boxes(name)
    assert (recto[0], recto[2]) == (verso[0], verso[2]) == ((0, 0, 684, 864), TRIM)


@pytest.mark.parametrize("name", ["sheetfed-us", "saddle-stitch", "newsletter-web", "perfect-bound"])
def test_bleed_is_on_three_edges_and_not_at_the_fold_or_spine(name: str) -> None:
    recto, verso = boxes(name)
    assert recto[1] == (36, 27, 657, 837)
    assert verso[1] == (27, 27, 648, 837)


def test_a_digital_press_gets_bleed_on_every_edge_and_no_marks() -> None:
    assert boxes("digital-short-run") == ((((0, 0, 630, 810), (0, 0, 630, 810), (9, 9, 621, 801)),) * 2)
    assert not {"CS", "scn"} & {name for name, _ in operations(printed("digital-short-run"))}
    assert "Slug" not in str([font.name for font in Pdf(printed("digital-short-run")).fonts])


def test_boxes_that_hide_part_of_the_sheet_are_removed() -> None:
    with pikepdf.open(io.BytesIO(tiny_pdf())) as pdf:
        page = pdf.pages[0]
        page.obj[Name.CropBox] = page.obj[Name.ArtBox] = Array([10, 10, 500, 700])
        page.obj[Name.TrimBox] = Array([5, 5, 600, 700])
        prepare_sheets(pdf, printer(), Slug(LINE, tokens().faces["sans"]))
        (found,) = facts_of(saved(pdf)).pages
    assert (found.crop, found.art) == (None, None)
    assert found.trim == (36, 36, 631, 731), "the trim keeps its size, and moves"


def test_content_is_clipped_to_the_bleed_and_moves_with_the_page() -> None:
    found = operations(printed("sheetfed-us"))
    assert found[:4] == [("q", ()), ("re", (36, 27, 621, 810)), ("W", ()), ("n", ())]
    assert found[4] == ("cm", (1, 0, 0, 1, 36, 36))


def marks(data: bytes) -> list[list[Operation]]:
    """Return the operators of each page's marks: all that follows the page itself."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.obj[Name.Contents] = page.obj.Contents[-1]
        return [operations(saved(each)) for each in _single(pdf)]


def _single(pdf: pikepdf.Pdf) -> list[pikepdf.Pdf]:
    singles = []
    for page in pdf.pages:
        single = pikepdf.new()
        single.pages.append(page)
        singles.append(single)
    return singles


def points(found: list[Operation]) -> list[tuple[float, float]]:
    """Return every point that is drawn to."""
    result = []
    for name, operands in found:
        if name in {"m", "l", "c"}:
            result += list(zip(operands[::2], operands[1::2], strict=True))
        elif name == "re":
            x, y, width, height = operands
            result += [(x, y), (x + width, y + height)]
    return result


def off_trim(x: float, y: float) -> float:
    return max(TRIM[0] - x, x - TRIM[2], TRIM[1] - y, y - TRIM[3])


@pytest.mark.parametrize("name", ["sheetfed-us", "saddle-stitch", "newsletter-web", "perfect-bound"])
def test_every_mark_is_on_the_sheet_and_at_least_12_points_off_the_trim(name: str) -> None:
    for found in marks(printed(name)):
        drawn = points(found)
        assert len(drawn) > 30
        assert min(off_trim(x, y) for x, y in drawn) >= OFF
        assert all(0 <= x <= 684 and 0 <= y <= 864 for x, y in drawn)


def test_crop_marks_are_at_the_trim_and_bleed_marks_at_the_bleed() -> None:
    recto, verso = (points(found) for found in marks(printed("sheetfed-us")))
    for drawn, bleed in ((recto, (36, 657)), (verso, (27, 648))):
        for x in (TRIM[0], TRIM[2], *bleed):
            assert {(x, TRIM[1] - OFF), (x, TRIM[3] + OFF)} <= set(drawn)
        for y in (TRIM[1], TRIM[3], 27, 837):
            assert {(TRIM[0] - OFF, y), (TRIM[2] + OFF, y)} <= set(drawn)


def test_marks_are_on_all_plates_and_thin() -> None:
    strokes = [item for item in facts_of(printed("sheetfed-us")).painted if item.kind == "stroke"]
    assert {(item.space.inks, item.values, item.size) for item in strokes} == {(("All",), (1.0,), 0.25)}
    assert len(strokes) == 2 * (8 + 8 + 12)


def test_marks_reach_every_plate_when_rendered() -> None:
    (recto,) = plates(printed("sheetfed-us"), [0])
    scale = DPI / 72
    top = round((864 - TRIM[1] + OFF + 2) * scale)
    crop = recto[top : top + 10, round(TRIM[0] * scale) - 2 : round(TRIM[0] * scale) + 3]
    assert all(np.asarray(crop[..., plate]).max() > 60 for plate in range(4))


def test_the_colour_bar_has_solids_and_half_tints_of_each_ink_side_by_side() -> None:
    found = marks(printed("sheetfed-us"))[0]
    bar = [tuple(operands) for name, operands in found if name == "k"]
    solids = [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)]
    assert bar == [*solids, *(tuple(part / 2 for part in solid) for solid in solids)]
    places = [operands[0] for name, operands in found if name == "re"]
    assert {right - left for left, right in pairwise(places)} == {PATCH}
    assert not [name for name, _ in marks(printed("newsletter-web"))[0] if name == "k"]


def test_the_slug_line_has_edition_date_build_printer_and_page_as_text() -> None:
    for number, text in enumerate(Pdf(printed("saddle-stitch")).page_texts(), 1):
        assert f"{LINE} · saddle-stitch · page {number} of 2" in text


def test_the_slug_line_is_below_the_trim_in_an_embedded_subset_font() -> None:
    pdf = Pdf(printed("sheetfed-us"))
    slugs = [run for run in pdf.text_runs() if "data of" in run.text]
    assert [run.page for run in slugs] == [1, 2]
    assert all(run.y >= 864 - TRIM[1] + OFF and run.y + run.height <= 864 for run in slugs)
    font = next(each for each in pdf.fonts if each.name.startswith("PRESSA+"))
    assert (font.family, font.embedded, font.subset) == ("Source-Sans-3", True, True)


def test_characters_that_the_slug_font_lacks_become_question_marks() -> None:
    with pikepdf.open(io.BytesIO(tiny_pdf())) as pdf:
        prepare_sheets(pdf, printer(), Slug("報告 2024", tokens().faces["sans"]))
        assert "?? 2024 · sheetfed-us" in Pdf(saved(pdf)).page_texts()[0]


def test_the_same_page_gets_the_same_sheet_byte_for_byte() -> None:
    made = []
    for _ in range(2):
        with pikepdf.open(io.BytesIO(tiny_pdf(pages=2))) as pdf:
            prepare_sheets(pdf, printer(), Slug(LINE, tokens().faces["sans"]))
            made.append(saved(pdf))
    assert made[0] == made[1]

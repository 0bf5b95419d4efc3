"""The printer's sheet: boxes from the origin, bleed as each printer asks, marks clear of the trim on every plate."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from pages import block, job, laid_out, printer, raw, tiny_pdf, tokens
from pikepdf import Array, Name
from streams import Operation, facts_of, operations, saved

from report.design.look import FontFace
from report.finishing.run import finish
from report.inspection.inspect import Pdf
from report.preflight.plates import DPI, plates
from report.press.lettering import Lettering
from report.press.sheet import PATCH, Slug, prepare_sheets
from report.variants import VARIANTS

LINE = "Tiny Report · data of 2024-12-03 · build 0123456789"
TRIM = (36.0, 36.0, 648.0, 828.0)
OFF = 12.0
FACE = tokens().faces["sans"]


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
        page.obj[Name.TrimBox] = Array([5, 8, 600, 703])
        prepare_sheets(pdf, printer(), Slug(LINE, tokens().faces["sans"]))
        (found,) = facts_of(saved(pdf)).pages
        assert [operands for name, operands in operations(saved(pdf)) if name == "cm"] == [(1, 0, 0, 1, 31, 28)]
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


def lines_of(found: list[Operation]) -> set[tuple[float, ...]]:
    """Return the straight lines that are drawn, each with both ends."""
    return {(*one[1], *two[1]) for one, two in pairwise(found) if (one[0], two[0]) == ("m", "l")}


def test_crop_marks_are_a_quarter_inch_long_and_bleed_marks_half_as_long_and_dashed() -> None:
    recto = marks(printed("sheetfed-us"))[0]
    crop = {(x, start, x, end) for x in (36, 648) for start, end in ((24, 6), (840, 858))}
    crop |= {(start, y, end, y) for y in (36, 828) for start, end in ((24, 6), (660, 678))}
    bleed = {(x, start, x, end) for x in (36, 657) for start, end in ((24, 15), (840, 849))}
    bleed |= {(start, y, end, y) for y in (27, 837) for start, end in ((24, 15), (660, 669))}
    dashes = [index for index, (name, _) in enumerate(recto) if name == "d"]
    assert len(dashes) == 2
    assert lines_of(recto[: dashes[0]]) == crop
    assert lines_of(recto[dashes[0] : dashes[1]]) == bleed
    assert recto[dashes[0]][1][0] != recto[dashes[1]][1][0] == "pikepdf.Array([  ])", "what follows is not dashed"


def test_registration_targets_are_crosses_in_circles_at_the_middles_of_the_four_edges() -> None:
    recto = marks(printed("sheetfed-us"))[0]
    after = recto[max(index for index, (name, _) in enumerate(recto) if name == "d") :]
    middles = [(342, 15), (342, 849), (15, 432), (669, 432)]
    crosses = {(x - 8, y, x + 8, y) for x, y in middles} | {(x, y - 8, x, y + 8) for x, y in middles}
    assert lines_of(after) == crosses
    curves = [operands for name, operands in after if name == "c"]
    assert len(curves) == 4 * len(middles)
    for index, (x, y) in enumerate(middles):
        quarters = curves[4 * index : 4 * index + 4]
        assert [each[4:] for each in quarters] == [(x, y + 5), (x - 5, y), (x, y - 5), (x + 5, y)]
        starts = [(x + 5, y), *(each[4:] for each in quarters[:3])]
        for start, (ax, ay, bx, by, end_x, end_y) in zip(starts, quarters, strict=True):
            # in the middle of each quarter, too, it is a circle
            mid_x, mid_y = (
                (start[n] + 3 * a + 3 * b + end) / 8 for n, a, b, end in ((0, ax, bx, end_x), (1, ay, by, end_y))
            )
            assert ((mid_x - x) ** 2 + (mid_y - y) ** 2) ** 0.5 == pytest.approx(5, abs=0.01)
            assert (mid_x - x) * (start[0] + end_x - 2 * x) > 0 < (mid_y - y) * (start[1] + end_y - 2 * y)


def test_each_group_of_marks_leaves_the_state_as_it_found_it() -> None:
    for name in ("sheetfed-us", "newsletter-web", "digital-short-run"):
        for page in _pages(printed(name)):
            names = [operator for operator, _ in page]
            assert names.count("q") == names.count("Q")
            depth = 0
            for operator in names:
                depth += {"q": 1, "Q": -1}.get(operator, 0)
                assert depth >= 0
        assert all(found[0] == ("Q", ()) for found in marks(printed(name)))


def _pages(data: bytes) -> list[list[Operation]]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [operations(saved(each)) for each in _single(pdf)]


def test_a_viewer_shows_the_marks_in_all_four_inks() -> None:
    with pikepdf.open(io.BytesIO(printed("sheetfed-us"))) as pdf:
        for page in pdf.pages:
            kind, name, alternate, tint = page.obj.Resources.ColorSpace.AllPlates
            assert (kind, name, alternate) == (Name.Separation, Name.All, Name.DeviceCMYK)
            assert {str(key): str(value.unparse(), "ascii") if isinstance(value, Array) else int(value)
                    for key, value in tint.items()} == {
                "/FunctionType": 2, "/Domain": "[ 0 1 ]", "/C0": "[ 0 0 0 0 ]", "/C1": "[ 1 1 1 1 ]", "/N": 1,
            }  # fmt: skip


def test_the_colour_bar_stands_above_the_head_and_the_slug_line_below_the_foot() -> None:
    found = marks(printed("sheetfed-us"))[0]
    assert [operands for name, operands in found if name == "re"] == [(42 + 10 * n, 840, 10, 10) for n in range(8)]
    assert [operands for name, operands in found if name == "Td"] == [(42, 18)]
    assert [operands for name, operands in found if name == "Tf"] == [("/Slug", 6)]


def test_boxes_are_exact_to_a_thousandth_of_a_point_and_whole_where_they_can_be() -> None:
    with pikepdf.open(io.BytesIO(tiny_pdf())) as pdf:
        pdf.pages[0].obj[Name.TrimBox] = Array([0, 0, 595.2756, 841.8898])
        prepare_sheets(pdf, printer(), Slug(LINE, tokens().faces["sans"]))
        assert pdf.pages[0].obj.TrimBox.unparse() == b"[ 36 36 631.276 877.89 ]"
        assert pdf.pages[0].obj.MediaBox.unparse() == b"[ 0 0 667.276 913.89 ]"


def test_the_slug_font_has_the_widths_and_the_letters_of_its_file() -> None:
    with pikepdf.open(io.BytesIO(printed("sheetfed-us"))) as pdf:
        outer = pdf.pages[0].obj.Resources.Font.Slug
        inner, mapped = outer.DescendantFonts[0], outer.ToUnicode.read_bytes().decode()
        descriptor = inner.FontDescriptor
        with TTFont(io.BytesIO(descriptor.FontFile2.read_bytes())) as font, TTFont(FACE.path) as whole:
            scale, letters = 1000 / font["head"].unitsPerEm, font.getBestCmap()
            start, widths = inner.W
            assert (int(start), len(widths)) == (0, len(font.getGlyphOrder()))
            assert not {"GSUB", "GPOS", "GDEF"} & set(font.keys())
            assert font["head"].modified == whole["head"].modified, "the file has no time of its own"
            for letter in "Tiny·?":
                width = whole["hmtx"][whole.getBestCmap()[ord(letter)]][0] * scale
                code = font.getGlyphID(letters[ord(letter)])
                assert int(widths[code]) == round(width)
                assert f"<{code:04X}> <{ord(letter):04x}>" in mapped
            assert (int(descriptor.Ascent), int(descriptor.Descent)) == (
                round(font["hhea"].ascent * scale), round(font["hhea"].descent * scale))  # fmt: skip
            head = font["head"]
            assert [int(edge) for edge in descriptor.FontBBox] == [
                round(edge * scale) for edge in (head.xMin, head.yMin, head.xMax, head.yMax)]  # fmt: skip
        assert (outer.Type, outer.Subtype, outer.Encoding) == (Name.Font, Name.Type0, Name("/Identity-H"))
        assert (inner.Type, inner.Subtype, inner.CIDToGIDMap) == (Name.Font, Name.CIDFontType2, Name.Identity)
        info = inner.CIDSystemInfo
        assert (str(info.Registry), str(info.Ordering), int(info.Supplement)) == ("Adobe", "Identity", 0)
        assert (descriptor.Type, int(descriptor.Flags), int(descriptor.ItalicAngle)) == (Name.FontDescriptor, 4, 0)
        assert int(descriptor.StemV) > 0 < int(descriptor.CapHeight)
        assert {str(each) for each in (outer.BaseFont, inner.BaseFont, descriptor.FontName)} == {
            "/PRESSA+Source-Sans-3"
        }


def test_the_units_of_a_font_are_told_in_thousandths(tmp_path: Path) -> None:
    """A user's own font may count 2048 units to the em, where ours count 1000."""
    names = [".notdef", "A", "question"]
    made = FontBuilder(2048, isTTF=True)
    made.setupGlyphOrder(names)
    made.setupCharacterMap({ord("A"): "A", ord("?"): "question"})
    pen = TTGlyphPen(None)
    pen.moveTo((-204, -409))
    for corner in ((1229, -409), (1229, 1434), (-204, 1434)):
        pen.lineTo(corner)
    pen.closePath()
    made.setupGlyf({name: pen.glyph() for name in names})
    made.setupHorizontalMetrics({".notdef": (1024, 0), "A": (1229, 0), "question": (819, 0)})
    made.setupHorizontalHeader(ascent=1638, descent=-512)
    made.setupOS2()
    made.setupPost()
    made.save(tmp_path / "own.ttf")
    with pikepdf.new() as pdf:
        inner = Lettering(pdf, FontFace("Own", 400, "normal", tmp_path / "own.ttf"), "A").font.DescendantFonts[0]
        descriptor = inner.FontDescriptor
        assert [int(each) for each in inner.W[1]] == [500, 600, 400]
        assert [int(each) for each in descriptor.FontBBox] == [-100, -200, 600, 700]
        assert (int(descriptor.Ascent), int(descriptor.Descent)) == (800, -250)


def test_more_letters_than_a_block_of_the_map_may_hold_are_all_mapped() -> None:
    with pikepdf.new() as pdf:
        lettering = Lettering(pdf, FACE, "".join(map(chr, range(32, 127))) + "ÄÖÜäöüßéèêáàâíìîóòôúùû")
        mapped = lettering.font.ToUnicode.read_bytes().decode()
    blocks = re.findall(r"(\d+) beginbfchar\n(.*?)\nendbfchar", mapped, re.DOTALL)
    assert [int(count) for count, _ in blocks] == [len(block.splitlines()) for _, block in blocks]
    assert int(blocks[0][0]) == 100 >= int(blocks[1][0])
    assert re.search(r"begincmap.*1 begincodespacerange <0000> <FFFF> endcodespacerange.*endcmap", mapped, re.DOTALL)
    assert "<00fb>" in blocks[1][1]


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

"""Imposition: the cover as a separate file, reader spreads, the booklet, the contact sheet."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from pages import block, job, laid_out, printer, raw, tiny_pdf, tokens, written
from pikepdf import Array, Dictionary, Name
from PIL import Image
from sentences import told
from streams import operations, saved

import build
from report.finishing.run import finish
from report.inspection.inspect import text_runs
from report.press.cover import cover_printer, drop_cover, keep_cover, spine_width
from report.press.proofs import booklet, booklet_order, contact_sheet, creep, make_proofs, reader_spreads, spreads_of
from report.problems import ReportError
from report.sets.outputs import publish

Sides = list[tuple[int | None, int | None]]
CALIPER = 0.5


def numbered(count: int) -> str:
    """Return a document whose pages say their number, at the same place of each."""
    style = "position: absolute; left: 100pt; top: 100pt"
    return "".join(
        block(f'<span style="{style}">Page-{number}</span>', "break-before: page; position: static")
        for number in range(1, count + 1)
    )


@cache
def file_of(variant: str, count: int = 8) -> bytes:
    return written(laid_out(numbered(count)), variant)


def placed(data: bytes) -> list[list[tuple[str, float, float]]]:
    """Return, for each page, which pages stand on it and where their text begins."""
    found: dict[int, list[tuple[str, float, float]]] = {}
    for run in text_runs(data):
        if run.text.startswith("Page-"):
            found.setdefault(run.page, []).append((run.text.strip(), run.x, run.y))
    return [sorted(found.get(number, []), key=lambda each: each[1]) for number in range(1, len(boxes(data)) + 1)]


def words(data: bytes) -> list[list[str]]:
    return [[text.removeprefix("Page-") for text, _, _ in page] for page in placed(data)]


def boxes(data: bytes) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
    """Return the media box and the trim box of each page."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [
            (tuple(float(edge) for edge in page.mediabox), tuple(float(edge) for edge in page.trimbox))
            for page in pdf.pages
        ]


# the cover


def test_the_spine_is_as_wide_as_the_sheets_of_the_text_block() -> None:
    assert spine_width(printer("perfect-bound"), 104) == pytest.approx(50 * 0.38)
    assert spine_width(printer("perfect-bound"), 4) == 0
    assert spine_width(printer("saddle-stitch"), 104) == spine_width(printer("sheetfed-us"), 104) == 0


def test_a_cover_has_bleed_on_both_sides_and_no_rules_on_the_page_count() -> None:
    cover = cover_printer(printer("perfect-bound"))
    assert cover.bleed(1) == cover.bleed(2) == (9, 9, 9, 9)
    assert (cover.values.binding.kind, cover.values.binding.multiple) == ("none", 1)
    assert cover.values.marks == printer("perfect-bound").values.marks


def test_the_cover_is_two_spreads_outside_and_inside() -> None:
    assert words(file_of("cover")) == [["8", "1"], ["2", "7"]]
    for media, trim in boxes(file_of("cover")):
        assert media == (0, 0, 1224 + 72, 864)
        assert (trim[2] - trim[0], trim[3] - trim[1]) == (1224, 792)


def test_the_spine_is_between_back_and_front_in_its_own_inks() -> None:
    wanted = replace(job(), printer=printer("perfect-bound"), spine=(100, 82, 30, 35))
    steps = ("without_annotations", "inks", "cover", "cover_sheet", "intent", "metadata")
    data = finish(raw(laid_out(numbered(8)), "print")[0], steps, wanted)
    spine = spine_width(printer("perfect-bound"), 8)
    (_, trim), _ = boxes(data)
    assert trim[2] - trim[0] == pytest.approx(1224 + spine, abs=0.01)
    (back, front), (second, seventh) = placed(data)
    plain = dict(zip("81", (each[1] for each in placed(file_of("cover"))[0]), strict=True))
    assert (back[1], front[1]) == pytest.approx((plain["8"], plain["1"] + spine), abs=0.1)
    assert (second[0], seventh[0]) == ("Page-2", "Page-7")
    found = operations(data)
    painted = [found[index + 1][1] for index, each in enumerate(found) if each == ("k", (1, 0.82, 0.3, 0.35))]
    names = [name for name, _ in found]
    assert names.index("re") < names.index("Do"), "the spine lies under the pages"
    assert painted == [(pytest.approx(9 + 612), 0, pytest.approx(spine), 810)] * 2


def test_the_text_block_lacks_the_four_cover_pages() -> None:
    assert words(file_of("block")) == [["3"], ["4"], ["5"], ["6"]]


@pytest.mark.parametrize("step", ["cover", "block"])
def test_a_report_too_short_for_a_separate_cover_is_refused(step: str) -> None:
    with pytest.raises(ReportError) as failure:
        finish(tiny_pdf(pages=5), [step], job())
    (problem,) = failure.value.problems
    assert (told(problem).code, problem.where.file) == ("cover", "--cover")
    assert "A report of 5 pages is too short" in problem.what


def test_a_report_of_one_sheet_in_a_cover_has_a_separate_one() -> None:
    assert words(file_of("block", 6)) == [["3"], ["4"]]
    assert words(file_of("cover", 6)) == [["6", "1"], ["2", "5"]]


def test_each_half_of_a_cover_has_its_page_with_its_bleed_and_nothing_beyond_the_fold() -> None:
    bleed, width, height = 9, 612, 792
    with pikepdf.open(io.BytesIO(tiny_pdf(pages=6))) as pdf:
        for page in pdf.pages:
            page.obj[Name.MediaBox], page.obj[Name.TrimBox] = Array([0, 0, 700, 900]), Array([40, 50, 652, 842])
        keep_cover(pdf, printer("sheetfed-us"), (0, 0, 0, 100))
        assert len(pdf.pages) == 2
        for page in pdf.pages:
            for _, form in page.obj.Resources.XObject.items():
                assert [float(each) for each in form.Matrix] == [1, 0, 0, 1, 0, 0], "neither moved nor enlarged"
            left, right = sorted(
                ([float(edge) for edge in form.BBox] for _, form in page.obj.Resources.XObject.items()), key=min
            )
            assert left == [40 - bleed, 50 - bleed, 652, 842 + bleed]
            assert right == [40, 50 - bleed, 652 + bleed, 842 + bleed]
            assert [float(edge) for edge in page.mediabox] == [0, 0, 2 * (width + bleed), height + 2 * bleed]
            assert [float(edge) for edge in page.trimbox] == [9, 9, 9 + 2 * width, 9 + height]
        # the corner of each part's bleed is at the corner of the cover, or at its middle
        moves = [operands[4:] for name, operands in operations(saved(pdf)) if name == "cm"]
        assert moves[:2] == [(9 - 40, 9 - 50), (9 + width - 40, 9 - 50)]


def test_the_printer_of_a_cover_is_the_same_printer() -> None:
    usual = printer("perfect-bound")
    cover = cover_printer(usual)
    assert (cover.name, cover.document, cover.icc) == (usual.name, usual.document, usual.icc)


# the order of pages


@pytest.mark.parametrize(
    ("count", "spreads"),
    [(0, []), (1, [(None, 1)]), (2, [(None, 1), (2, None)]), (5, [(None, 1), (2, 3), (4, 5)]),
     (6, [(None, 1), (2, 3), (4, 5), (6, None)])],
)  # fmt: skip
def test_spreads_open_from_verso_to_recto_with_the_cover_alone(count: int, spreads: Sides) -> None:
    assert spreads_of(count) == spreads


@pytest.mark.parametrize(
    ("count", "sides"),
    [
        (4, [(4, 1), (2, 3)]),
        (8, [(8, 1), (2, 7), (6, 3), (4, 5)]),
        (10, [(None, 1), (2, None), (10, 3), (4, 9), (8, 5), (6, 7)]),
        (1, [(None, 1), (None, None)]),
    ],
)
def test_booklet_pages_are_in_imposition_order(count: int, sides: Sides) -> None:
    assert booklet_order(count) == sides


def test_a_booklet_of_56_pages_has_28_sides_and_each_page_once() -> None:
    sides = booklet_order(56)
    assert (sides[0], sides[1], sides[-2], sides[-1]) == ((56, 1), (2, 55), (30, 27), (28, 29))
    assert sorted(number for side in sides for number in side if number) == list(range(1, 57))
    assert {sum(number for number in side if number) for side in sides} == {57}
    backs = zip(sides[::2], sides[1::2], strict=True)
    assert all(front[1] and back[0] == front[1] + 1 for front, back in backs), "a leaf carries a page and the next"


# the proofs


def test_reader_spreads_join_facing_pages_at_the_trim() -> None:
    made = reader_spreads(file_of("print"))
    assert words(made) == [["1"], ["2", "3"], ["4", "5"], ["6", "7"], ["8"]]
    assert [media[2:] for media, _ in boxes(made)] == [(612, 792), *[(1224, 792)] * 3, (612, 792)]
    (_, x, y), (_, next_x, next_y) = placed(made)[1]
    margins = tokens().page
    assert next_x - x == pytest.approx(612 + float(margins.inside - margins.outside), abs=0.1)
    assert next_y == pytest.approx(y, abs=0.1)


def test_a_booklet_on_tabloid_is_in_imposition_order() -> None:
    made = booklet(file_of("print"), caliper=0)
    assert words(made) == [["8", "1"], ["2", "7"], ["6", "3"], ["4", "5"]]
    assert {media[2:] for media, _ in boxes(made)} == {(1224, 792)}


def test_a_booklet_on_a3_is_centred() -> None:
    tabloid, a3 = (placed(booklet(file_of("print"), sheet, 0))[0] for sheet in ("tabloid", "a3"))
    for (_, x, y), (_, wide_x, wide_y) in zip(tabloid, a3, strict=True):
        assert wide_x - x == pytest.approx((1190.551 - 1224) / 2, abs=0.1)
        assert wide_y - y == pytest.approx((841.89 - 792) / 2, abs=0.1)


def test_inner_sheets_are_shifted_for_creep() -> None:
    flat, crept = (placed(booklet(file_of("print"), caliper=caliper)) for caliper in (0, CALIPER))
    for side, (before, after) in enumerate(zip(flat, crept, strict=True)):
        moved = side // 2 * CALIPER
        assert creep(side, CALIPER) == moved
        (_, left, _), (_, right, _) = before
        assert [each[1] for each in after] == pytest.approx([left + moved, right - moved], abs=0.05)
        assert [each[2] for each in after] == pytest.approx([each[2] for each in before], abs=0.01)


def test_no_page_crosses_the_fold_after_creep() -> None:
    with pikepdf.open(io.BytesIO(booklet(file_of("print"), caliper=4))) as pdf:
        for side, page in enumerate(pdf.pages):
            forms = page.Resources.XObject
            widths = [float(form.BBox[2]) - float(form.BBox[0]) for _, form in sorted(forms.items())]
            assert widths == pytest.approx([612 - creep(side, 4)] * 2)


def test_for_a_long_edge_flip_the_backs_are_upside_down() -> None:
    short, long = (placed(booklet(file_of("print"), caliper=0, flip=flip)) for flip in ("short", "long"))
    assert long[0::2] == short[0::2]
    for plain, turned in zip(short[1::2], long[1::2], strict=True):
        assert [text for text, _, _ in turned] == [text for text, _, _ in reversed(plain)]
        for (_, _, y), (_, _, turned_y) in zip(plain, turned, strict=True):
            assert y < 396 < turned_y


@pytest.mark.parametrize(("option", "given"), [("--sheet", {"sheet": "a5"}), ("--flip", {"flip": "sideways"})])
def test_unknown_papers_and_flip_edges_are_refused(option: str, given: dict[str, str]) -> None:
    with pytest.raises(ReportError) as failure:
        booklet(file_of("print"), **given)  # type: ignore[arg-type]
    (problem,) = failure.value.problems
    assert (told(problem).code, problem.where.file) == ("unknown-value", option)
    assert f"`{next(iter(given.values()))}`" in problem.what
    assert {"--sheet": "tabloid, a3", "--flip": "short, long"}[option] in problem.hint


def test_the_contact_sheet_shows_all_spreads_four_in_a_row() -> None:
    picture = Image.open(io.BytesIO(contact_sheet(file_of("print"))))
    width, height = round(612 * 0.42), round(792 * 0.42)
    columns, rows = 4, 2
    assert picture.size == pytest.approx((columns * (2 * width + 14) + 14, rows * (height + 14) + 14), abs=12)
    left_of_cover = picture.getpixel((20, 100))
    assert left_of_cover == picture.getpixel((2, 2)), "the cover stands alone, on the right"


def coloured(count: int) -> bytes:
    """Return pages of 100 by 200 points in a larger sheet; the trim of each is full of a grey of its own."""
    with pikepdf.new() as pdf:
        for number in range(1, count + 1):
            page = pdf.add_blank_page(page_size=(200, 350))
            page.obj[Name.TrimBox] = Array([50, 100, 150, 300])
            page.obj[Name.Contents] = pdf.make_stream(f"{number / 20} g 50 100 100 200 re f".encode())
        return saved(pdf)


def test_the_contact_sheet_shows_each_page_where_it_belongs_and_nothing_beyond_its_trim() -> None:
    picture = Image.open(io.BytesIO(contact_sheet(coloured(12))))
    width, height, gap = 42, 84, 14
    assert picture.mode == "RGB"
    assert picture.size == (4 * (2 * width + gap) + gap, 2 * (height + gap) + gap)
    ground = picture.getpixel((0, 0))
    assert ground == (220, 220, 220)
    for index, pair in enumerate(spreads_of(12)):
        for half, number in enumerate(pair):
            x, y = gap + index % 4 * (2 * width + gap) + half * width, gap + index // 4 * (height + gap)
            corners = [picture.getpixel((x + a, y + b)) for a in (1, width - 2) for b in (1, height - 2)]
            grey = round(number / 20 * 255) if number else 220
            assert all(corner in {(each,) * 3 for each in (grey - 1, grey, grey + 1)} for corner in corners)
    for x, y in ((13, 30), (gap + 2 * width, 30), (30, 13), (30, gap + height), (380, 200)):
        assert picture.getpixel((x, y)) == ground, "between the spreads"


def test_a_contact_sheet_of_one_page_is_one_row() -> None:
    assert Image.open(io.BytesIO(contact_sheet(coloured(1)))).size == (406, 112)


def test_a_booklet_of_odd_pages_leaves_the_blank_sides_blank() -> None:
    made = booklet(coloured(2))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert [len(page.obj.Resources.XObject.keys()) for page in pdf.pages] == [1, 1]
    assert booklet(coloured(2)) == made, "the same every time"


def test_pages_smaller_than_half_a_sheet_meet_at_the_fold_in_the_middle_of_its_height() -> None:
    found = operations(booklet(coloured(4), caliper=0))
    placed_at = [operands[4:] for name, operands in found if name == "cm"]
    # the trim of a page begins at 50, 100 on its own sheet
    assert placed_at[:2] == [(612 - 100 - 50, 296 - 100), (612 - 50, 296 - 100)]


def test_proofs_are_written_beside_the_print_file(tmp_path: Path) -> None:
    record = '{"files": [{"name": "tiny-print.pdf", "variant": "print", "current": true}]}'
    publish(tmp_path, "tiny", {"tiny-print.pdf": file_of("print"), "manifest.json": record.encode()})
    made = list(make_proofs(tmp_path, "tiny", "tabloid", 0.38, "short"))
    assert [path.name for path in made] == ["tiny-contact.png", "tiny-spreads.pdf", "tiny-booklet.pdf"]
    assert all(path.is_file() for path in made)


def test_proofs_of_a_print_file_from_an_earlier_build_are_refused(tmp_path: Path) -> None:
    record = '{"files": [{"name": "tiny-print.pdf", "variant": "print", "current": false}]}'
    publish(tmp_path, "tiny", {"tiny-print.pdf": file_of("print"), "manifest.json": record.encode()})
    with pytest.raises(ReportError, match="from an earlier build"):
        list(make_proofs(tmp_path, "tiny", "tabloid", 0.38, "short"))


def test_proofs_without_a_build_are_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert build.main(["proof", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "There is no print file of" in said.err
    assert "build.py --only print" in " ".join(said.err.split())
    assert "Traceback" not in said.err


@pytest.mark.parametrize("change", [lambda pdf: keep_cover(pdf, printer("perfect-bound"), (0, 0, 0, 100)), drop_cover])
def test_the_cover_and_the_block_hold_only_the_images_that_they_show(change: Callable[[pikepdf.Pdf], None]) -> None:
    with pikepdf.new() as pdf:
        images = {f"/I{number}": pdf.make_stream(bytes([number]) * 3, Type=Name.XObject, Subtype=Name.Image, Width=1,
                  Height=1, ColorSpace=Name.DeviceRGB, BitsPerComponent=8) for number in range(8)}  # fmt: skip
        shared = pdf.make_indirect(Dictionary(XObject=Dictionary(images)))
        for number in range(8):
            page = pdf.add_blank_page(page_size=(100, 100))
            page.obj.TrimBox, page.obj.Resources = Array([9, 9, 91, 91]), shared
            page.obj.Contents = pdf.make_stream(b"q 9 0 0 9 0 0 cm /I%d Do Q" % number)
        change(pdf)
        out = io.BytesIO()
        pdf.save(out)
    with pikepdf.open(out) as pdf:
        kept = [item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == Name.Image]
        assert len(kept) == 4

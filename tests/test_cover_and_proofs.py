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
from streams import operations

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
    assert painted == [(pytest.approx(9 + 612), 0, pytest.approx(spine), 810)] * 2


def test_the_text_block_lacks_the_four_cover_pages() -> None:
    assert words(file_of("block")) == [["3"], ["4"], ["5"], ["6"]]


@pytest.mark.parametrize("step", ["cover", "block"])
def test_a_report_too_short_for_a_separate_cover_is_refused(step: str) -> None:
    with pytest.raises(ReportError, match="A report of 5 pages is too short for a separate cover"):
        finish(tiny_pdf(pages=5), [step], job())


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
    assert failure.value.problems[0].where.file == option


def test_the_contact_sheet_shows_all_spreads_four_in_a_row() -> None:
    picture = Image.open(io.BytesIO(contact_sheet(file_of("print"))))
    width, height = round(612 * 0.42), round(792 * 0.42)
    columns, rows = 4, 2
    assert picture.size == pytest.approx((columns * (2 * width + 14) + 14, rows * (height + 14) + 14), abs=12)
    left_of_cover = picture.getpixel((20, 100))
    assert left_of_cover == picture.getpixel((2, 2)), "the cover stands alone, on the right"


def test_proofs_are_written_beside_the_print_file(tmp_path: Path) -> None:
    record = '{"files": [{"name": "tiny-print.pdf", "variant": "print"}]}'
    publish(tmp_path, "tiny", {"tiny-print.pdf": file_of("print"), "manifest.json": record.encode()})
    made = list(make_proofs(tmp_path, "tiny", "tabloid", 0.38, "short"))
    assert [path.name for path in made] == ["tiny-contact.png", "tiny-spreads.pdf", "tiny-booklet.pdf"]
    assert all(path.is_file() for path in made)


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

"""Comparing files: visible differences, where they are reported, and damaged or unusual files."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from changes import SILENT, Drawn, build_of, change_of, compared, file_of, properties
from pages import block, changed, laid_out, web_design, written
from PIL import Image

from report.design.tokens import Tokens
from report.diff.compare import compare
from report.diff.outcome import Difference, FileChange
from report.diff.pictures import PairToCompare, compare_pictures
from report.diff.reading import page_count, read
from report.diff.sources import both_sides, sources
from report.diff.webpage import ranges, report_page
from report.diff.wording import summary, table
from report.geometry import Rect
from report.inspection.judging import as_json
from report.problems import ReportError

LINES = ["It covers 177,000 employees and more", "in eighty districts of the county", "as it did before"]
OTHER = ["It covers 178,500 employees and more", *LINES[1:]]
BOX = "0.8 0.1 0.1 rg 100 200 30 20 re f"


def refused(data: bytes) -> str:
    with pytest.raises(ReportError) as caught:
        read(data, "odd.pdf")
    assert all(problem.hint and problem.where.file == "odd.pdf" for problem in caught.value.problems)
    return caught.value.problems[0].code


def states(found: FileChange) -> list[tuple[int | None, int | None, str]]:
    return [(each.old, each.new, each.state) for each in found.pages]


def test_reading_returns_words_with_their_boxes_and_styles() -> None:
    made = read(file_of(Drawn(LINES, colour="1 0 0 rg")), "x.pdf")
    word = made.pages[0].words[2]
    assert (word.text, word.line, str(word.style)) == ("177,000", 0, "Helvetica 10 pt #FF0000")
    assert word.box == pytest.approx((81.6, 53, 116.3, 61.5), abs=0.5)
    assert made.colours == ("#FF0000",)
    assert made.fonts == ("Helvetica",)


def test_identical_bytes_are_the_same_and_different_bytes_may_look_the_same() -> None:
    old = file_of(Drawn(LINES))
    found = compared(old, old).difference
    assert (found.same, found.files[0].identical, found.files[0].old_pages) == (True, True, 1)
    again = change_of(old, old + b"\n% later\n")
    assert (again.differs, again.identical, summary(again)) == (
        False, False, "different bytes, but no visible or readable difference",
    )  # fmt: skip


def test_a_changed_figure_comes_first_with_its_pages_and_the_region_that_differs() -> None:
    found = change_of(file_of(Drawn(LINES), Drawn(LINES)), file_of(Drawn(OTHER), Drawn(OTHER)))
    assert [(each.old, each.new, each.pages) for each in found.figures] == [("177,000", "178,500", (1, 2))]
    assert states(found) == [(1, 1, "changed"), (2, 2, "changed")]
    left, top, right, bottom = found.pages[0].regions[0]
    assert 80 < left < right < 270
    assert 45 < top < bottom < 70
    text = table(compared(file_of(Drawn(LINES)), file_of(Drawn(OTHER))).difference)
    assert text.index("Figures") < text.index("Pages") < text.index("DIFFERENT")
    assert "… It covers [178,500] employees and more in eighty districts …" in text


def test_a_drawing_that_changed_is_reported_with_its_region_and_share() -> None:
    found = change_of(file_of(Drawn(LINES)), file_of(Drawn(LINES, BOX)))
    assert found.pages[0].regions[0] == pytest.approx((100, 180, 130, 200), abs=6)
    assert found.pages[0].share == pytest.approx(30 * 20 / (300 * 400) * 100, rel=0.15)
    assert properties(found) == {"colours": ((), ("#CC1A1A",))}
    assert found.pages[0].texts == ()


def test_a_slight_change_of_colour_is_a_difference() -> None:
    found = change_of(file_of(Drawn([], BOX)), file_of(Drawn([], BOX.replace("0.8 0.1", "0.78 0.1"))))
    assert states(found) == [(1, 1, "changed")]


def test_the_folio_of_a_page_that_moved_is_not_a_difference() -> None:
    def numbered(number: int, lines: list[str]) -> Drawn:
        return Drawn(lines, f"BT 0 g /F 9 Tf 260 20 Td ({number}) Tj ET")

    old = file_of(numbered(1, LINES), numbered(2, [*LINES[1:], "and on"]))
    new = file_of(numbered(1, ["wholly", "other words stand here", "today and more", "yes"]), numbered(2, LINES),
                  numbered(3, [*LINES[1:], "and on"]))  # fmt: skip
    found = change_of(old, new)
    assert states(found) == [(None, 1, "inserted"), (1, 2, "same"), (2, 3, "same")]
    assert summary(found) == "1 page inserted (1), page count 2 → 3"


def test_fonts_sizes_titles_and_page_counts_are_properties_of_the_whole_file() -> None:
    old = file_of(Drawn(LINES), title="A report")
    new = file_of(Drawn(LINES, font="Courier", size=(310, 400)), Drawn(), title="The report")
    changes = properties(change_of(old, new))
    assert changes["fonts"] == (("Helvetica",), ("Courier",))
    assert changes["page size"] == ((), ("310 × 400 pt",))
    assert changes["page count"] == (("1",), ("2",))
    assert changes["title"] == (("A report",), ("The report",))


def test_a_page_with_another_size_is_changed() -> None:
    found = change_of(file_of(Drawn(LINES)), file_of(Drawn(LINES, size=(310, 400))))
    assert (found.pages[0].state, found.pages[0].old_size, found.pages[0].new_size) == (
        "changed", "300 × 400 pt", "310 × 400 pt",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("turn", "place"),
    [(0, (40, 50)), (90, (337, 40)), (180, (230, 340)), (270, (50, 230))],
)
def test_coordinates_are_those_of_the_page_as_displayed(turn: int, place: tuple[float, float]) -> None:
    made = read(file_of(Drawn(["Word"], entries={"Rotate": turn})), "x.pdf").pages[0]
    assert (made.width, made.height) == ((300, 400) if turn % 180 == 0 else (400, 300))
    found = made.words[0].box
    bare, lettered = (file_of(Drawn(lines, entries={"Rotate": turn})) for lines in ([], ["Word"]))
    picture = compare_pictures(bare, lettered, [PairToCompare(1, 1)], False)[0]
    assert picture.regions[0] == pytest.approx(found, abs=7)
    assert found[:2] == pytest.approx(place, abs=14)


def test_content_outside_the_bleed_is_ignored() -> None:
    boxes: dict[str, object] = {"TrimBox": [30, 30, 270, 370], "BleedBox": [20, 20, 280, 380]}
    old = Drawn(LINES, "BT 0 g /F 6 Tf 40 5 Td (build 1) Tj ET", entries=boxes)
    new = Drawn(LINES, "BT 0 g /F 6 Tf 40 5 Td (build 2) Tj ET", entries=boxes)
    assert not change_of(file_of(old), file_of(new)).differs
    bled = Drawn(LINES, "BT 0 g /F 6 Tf 40 5 Td (build 2) Tj ET 22 22 5 5 re f", entries=boxes)
    found = change_of(file_of(old), file_of(bled))
    assert found.pages[0].regions[0][0] < 0, "in the bleed, left of the trim"


@pytest.mark.parametrize("box", [[0, 0, 0, 0], [500, 500, 600, 600], [270, 370, 30, 30], [-9e9, -9e9, 9e9, 9e9]])
@pytest.mark.parametrize("name", ["TrimBox", "BleedBox", "CropBox"])
def test_implausible_page_boxes_do_no_harm(name: str, box: list[float]) -> None:
    made = file_of(Drawn(LINES, entries={name: box}))
    assert read(made, "x.pdf").pages[0].number == 1
    assert not change_of(made, made + b"\n").differs


def test_the_images_show_both_pages_and_the_differences_in_two_colours() -> None:
    old, new = file_of(Drawn([], BOX)), file_of(Drawn([], BOX.replace("100 200", "160 200")))
    picture = compare_pictures(old, new, [PairToCompare(1, 1)], True)[0]
    sizes = [Image.open(io.BytesIO(data)).size for data in (picture.old, picture.new, picture.marks)]
    assert sizes == [(450, 600)] * 3
    marks = np.asarray(Image.open(io.BytesIO(picture.marks)).convert("RGBA"))
    assert marks[285, 170].tolist() == [200, 30, 30, 255], "darker before"
    assert marks[285, 260].tolist() == [0, 90, 200, 255], "darker now"
    assert marks[100, 100, 3] == 0


def test_ignored_areas_are_not_compared() -> None:
    pair = file_of(Drawn([], BOX)), file_of(Drawn([]))
    assert compare_pictures(*pair, [PairToCompare(1, 1, (Rect(95, 175, 135, 205),))], False)[0].regions == ()


def test_a_poster_is_rendered_no_larger_than_necessary() -> None:
    made = file_of(Drawn(LINES, size=(14_400, 14_400)))
    picture = compare_pictures(made, made, [PairToCompare(1, 1)], True)[0]
    assert max(Image.open(io.BytesIO(picture.new)).size) <= 1_600


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "damaged"), (b"nonsense", "damaged"), (b"%PDF-1.7\n%%EOF", "damaged"), (file_of(), "damaged")],
)
def test_an_unreadable_file_is_refused(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_a_password_protected_file_is_refused() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(file_of("text"))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    assert refused(out.getvalue()) == "encrypted"
    with pytest.raises(ReportError):
        page_count(out.getvalue(), "x.pdf")


def test_an_unreadable_page_is_reported_and_the_others_are_compared() -> None:
    old = file_of(Drawn(LINES), Drawn(OTHER))
    broken = changed(old, lambda pdf: pdf.Root.Pages.Kids.__setitem__(1, pikepdf.Dictionary(Type=pikepdf.Name.Nothing)))
    found = change_of(old, broken)
    assert found.pages[0].state == "same"
    assert found.differs


def test_no_text_in_a_file_can_control_the_terminal() -> None:
    found = compared(file_of("plain"), file_of("\x1b[31mred", title="\x1b]0;x\x07")).difference
    assert "\x1b" not in table(found)


def test_two_builds_are_compared_by_variant_and_repeated_changes_are_reported_once(tmp_path: Path) -> None:
    old_file, new_file = file_of(Drawn(LINES)), file_of(Drawn(OTHER))
    old = build_of(tmp_path / "old", print=old_file, screen=old_file, archive=old_file)
    new = build_of(tmp_path / "new", print=new_file, screen=new_file, cover=new_file)
    found = compare(*both_sides(old, new), ("old", "new"), False, SILENT).difference
    assert [(each.variant, each.same_as) for each in found.files] == [("screen", ""), ("print", "screen")]
    assert (found.only_old, found.only_new, found.same) == (("archive",), ("cover",), False)
    assert "print: the same changes as in screen." in table(found)
    assert "Only the new build has cover." in table(found)


@pytest.mark.parametrize(
    "manifest",
    ["", "[]", "{}", '{"files": 3}', '{"files": [3, {"name": "../x.pdf", "variant": "screen"}]}',
     '{"files": [{"name": ["x"], "variant": "screen"}]}', '{"files": [{"name": "absent.pdf", "variant": "screen"}]}'],
)  # fmt: skip
def test_a_folder_without_a_build_is_refused(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "x.pdf").write_bytes(file_of("secret"))
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "manifest.json").write_text(manifest)
    with pytest.raises(ReportError) as caught:
        sources(tmp_path / "build")
    assert caught.value.problems[0].code == "no-build"


def test_a_file_and_a_build_are_not_compared(tmp_path: Path) -> None:
    build = build_of(tmp_path / "build", screen=file_of("x"))
    (tmp_path / "x.pdf").write_bytes(file_of("x"))
    with pytest.raises(ReportError, match="cannot be compared with a whole build"):
        both_sides(build, tmp_path / "x.pdf")


def test_the_web_page_has_figures_first_and_no_scripts(tokens: Tokens) -> None:
    old = file_of(Drawn(LINES), Drawn(["<b>&amp; more of the same words than one"], BOX))
    new = file_of(Drawn(OTHER), Drawn(["<i>&lt; more of the same words than one"], ""), Drawn(["a new page of words"]))
    html = report_page(compared(old, new, with_images=True), web_design())
    assert html.index("Changed figures") < html.index("Changed pages") < html.index("Whole file")
    assert "<script" not in html
    assert re.findall(r'(?:src|href)="(?!data:|#)', html) == []
    assert "&lt;i&gt;&amp;lt;" in html
    assert "<b>&amp;" not in html
    anchors, jumps = set(re.findall(r' id="([^"]+)"', html)), set(re.findall(r'href="#([^"]+)"', html))
    assert jumps <= anchors
    assert all(re.search(r'alt="[^"]+"', image) for image in re.findall(r"<img[^>]*>", html))
    assert html.count("data:image/jpeg") == 5
    assert html.count("data:image/png") == 2


def test_the_web_page_of_equal_files_says_so(tokens: Tokens) -> None:
    old = file_of(Drawn(LINES))
    html = report_page(compared(old, old, with_images=True), web_design())
    assert "No differences" in html
    assert "identical, byte for byte" in html


def test_page_numbers_are_written_as_ranges() -> None:
    assert ranges([1, 2, 3, 7, 9, 10]) == "1–3, 7, 9–10"
    assert ranges([]) == ""


def test_the_json_has_the_pages_and_figures() -> None:
    output = json.loads(as_json(compared(file_of(Drawn(LINES)), file_of(Drawn(OTHER))).difference))
    assert output["same"] is False
    assert output["files"][0]["figures"][0]["new"] == "178,500"
    assert set(output) == set(Difference.__slots__)


def test_tags_alternative_texts_links_and_the_content_of_attachments_are_compared() -> None:
    def file(alt: str, address: str, tag: str, attached: bytes) -> bytes:
        picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
        body = f'<{tag}>One</{tag}><p><a href="{address}">link</a></p><img src="press:chart/x" alt="{alt}">'
        data = written(laid_out(block(body), served={"chart/x": picture.encode()}), "screen")
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pdf.attachments["facts.yaml"] = attached
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
        return out.getvalue()

    old = file("A bar", "https://example.org/a", "h2", b"one")
    new = file("A line", "https://example.org/b", "h3", b"two")
    found = {each.name: (each.old, each.new) for each in compared(old, new).difference.files[0].properties}
    assert found["alternative texts"] == (("A bar",), ("A line",))
    assert found["web links"] == (("https://example.org/a",), ("https://example.org/b",))
    assert found["tags"] == (("H2",), ("H3",))
    (before,), (after,) = found["attachments"]
    assert before.startswith("facts.yaml (3 bytes, SHA-256 ")
    assert before != after
    assert compared(old, old).difference.files[0].properties == ()

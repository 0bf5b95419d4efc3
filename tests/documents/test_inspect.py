"""A PDF as plain records: the records that the checks and other tests rely on are correct."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from hashlib import sha256

import pikepdf
import pytest
from pages import SVG, block, laid_out, opened, printer, tiny_pdf, tokens, written
from pikepdf import Array, Dictionary, Name

from report.finishing.attachments import SourceFile
from report.inspection.inspect import Attachment, Bookmark, Font, Link, Pdf

OUTLINED = (
    '<section><h2 id="one">One</h2><h3>Inside one</h3><p>text</p></section>'
    '<section><h2>Two</h2><p><a href="#one">back</a> <a href="https://example.org/a?b=c">out</a></p></section>'
)


def test_text_runs_have_text_place_font_size_and_colour() -> None:
    page, type_ = tokens().page, tokens().values.type
    style = f"color: {tokens().hexes['ember']}; font-size: 20pt; line-height: 28pt; font-weight: 600"
    run = next(each for each in opened(block("Hello", style)).text_runs() if each.text == "Hello")
    assert run.page == 1
    assert run.x == pytest.approx(float(page.inside), abs=2)
    assert float(page.top) < run.y < float(page.top) + 28
    assert run.size == pytest.approx(20, abs=0.01)
    assert run.font.partition("+")[2] == "Source-Sans-3-Semi-Bold"
    assert "#{:02X}{:02X}{:02X}".format(*run.colour) == tokens().hexes["ember"]
    assert 35 < run.width < 55
    assert type_["text"] == 10


def test_places_are_measured_from_the_sheets_corner_bleed_included() -> None:
    def first(variant: str) -> tuple[float, float]:
        run = next(each for each in opened(block("one") + block("two"), variant).text_runs() if each.text == "two")
        return run.x, run.y

    (x, y), (trimmed_x, trimmed_y) = first("print"), first("screen")
    assert (x - trimmed_x, y - trimmed_y) == pytest.approx((printer().margin, printer().margin))


def test_text_in_a_drawing_is_found_where_it_is_drawn() -> None:
    text = '<text x="{}" y="40" font-family="Source Sans 3" font-size="10">{}</text>'
    drawing = SVG.format(200, 100, f'{text.format(20, "plain")}<g opacity="0.5">{text.format(90, "faint")}</g>')
    image = '<img alt="x" src="press:chart/one" style="display: block; width: 200pt; height: 100pt">'
    data = written(laid_out(f"<section>{image}</section>", served={"chart/one": drawing.encode()}), "screen")
    left, top = float(tokens().page.inside), float(tokens().page.top)
    runs = list(Pdf(data).text_runs())
    for letter, x in (("p", 20), ("f", 90)):
        run = next(each for each in runs if each.text.startswith(letter))
        assert run.x == pytest.approx(left + x, abs=2), letter
        assert top + 30 < run.y < top + 40, letter
        assert run.size == pytest.approx(10, abs=0.1), letter


def test_page_texts_are_as_copied_from_a_viewer() -> None:
    texts = opened(block("one two") + block("three")).page_texts()
    assert [text.split("\r\n")[0] for text in texts] == ["one two", "three"]


def test_boxes_and_labels_are_read_for_every_page() -> None:
    pages = opened(block("x") + block("y"), "print").pages
    assert [(page.number, page.label) for page in pages] == [(1, "1"), (2, "2")]
    assert {page.trim for page in pages} == {(36, 36, 648, 828)}
    assert pages[0].bleed == (36, 27, 657, 837)
    assert pages[1].bleed == (27, 27, 648, 837)


def test_the_outline_is_read_in_order_with_levels_and_pages() -> None:
    assert opened(OUTLINED).outline == [Bookmark(1, "One", 1), Bookmark(2, "Inside one", 1), Bookmark(1, "Two", 2)]


def test_links_are_read_with_their_target_page_or_address() -> None:
    assert opened(OUTLINED).links == [Link(2, 1), Link(2, "https://example.org/a?b=c")]


def test_a_link_to_a_page_object_is_read_too() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(tiny_pdf(pages=2))) as pdf:
        target = Array([pdf.pages[1].obj, Name.Fit])
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), Dest=target)
        pdf.pages[0].Annots = Array([pdf.make_indirect(link)])
        pdf.save(out)
    assert Pdf(out.getvalue()).links == [Link(1, 2)]


def test_fonts_are_read_once_with_family_embedding_and_subset() -> None:
    fonts = opened(block("plain <strong>strong</strong>") + block("plain")).fonts
    assert {font.family.rstrip(",") for font in fonts} == {"Source-Sans-3", "Source-Sans-3-Semi-Bold"}
    assert len(fonts) == 2
    assert all(font.embedded and font.subset for font in fonts)


def test_a_font_without_a_descriptor_is_read_as_not_embedded() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(tiny_pdf())) as pdf:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        pdf.pages[0].Resources = Dictionary(Font=Dictionary({"/F1": pdf.make_indirect(font)}))
        pdf.save(out)
    assert Pdf(out.getvalue()).fonts == [Font("Helvetica", "Helvetica", embedded=False, subset=False)]


def test_title_language_and_viewer_settings_are_read() -> None:
    screen, printed = opened(block("x")), opened(block("x"), "print")
    assert (screen.title, screen.language) == ("A small page", "en-US")
    assert (screen.tagged, screen.shows_title) == (True, True)
    assert (printed.tagged, printed.shows_title) == (False, False)


def test_a_bare_file_has_empty_records_and_no_fault() -> None:
    bare = Pdf(tiny_pdf())
    assert (bare.title, bare.language, bare.xmp) == ("", "", "")
    assert (bare.fonts, bare.outline, bare.links, bare.attachments) == ([], [], [], [])
    assert (bare.tagged, bare.shows_title, list(bare.text_runs())) == (False, False, [])


def test_attachments_and_metadata_are_read() -> None:
    day = datetime(2024, 12, 3, tzinfo=UTC)
    source = SourceFile("größe.yaml", b"a: 1\n", "What it is – in words", day)
    archive = Pdf(written(laid_out(block("x")), "archive", (source,)))
    assert archive.attachments == [
        Attachment("größe.yaml", 5, "Source", "What it is – in words", sha256(b"a: 1\n").hexdigest())
    ]
    assert "<pdfaid:part>3</pdfaid:part>" in archive.xmp

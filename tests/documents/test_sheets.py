"""Where artwork lies: the sheets of an edition, and the rules that lay a drawing under a page or over a spread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pages import SVG, block, job, laid_out, printer, raw
from pages import sheet as sample

from report.design.look import Artwork
from report.design.tokens import Tokens
from report.design.typography import quote_setting, text_width
from report.drawing.sheets import ArtworkSheet, draw_sheets, sheets
from report.edition.edition import Edition
from report.finishing.run import finish
from report.inspection.inspect import Pdf


@pytest.fixture
def found(load_edition: Callable[..., Edition], tokens: Tokens) -> dict[str, ArtworkSheet]:
    return sheets(load_edition(), tokens)


def test_every_quotation_and_every_section_with_an_artwork_has_a_sheet(found: dict[str, ArtworkSheet]) -> None:
    assert {name: each.artwork for name, each in found.items()} == {
        "quote-child": "beacon", "art-cover": "cover", "art-contents": "cover", "art-back": "cover",
    }  # fmt: skip
    assert all(name == each.page for name, each in found.items())


def test_a_page_sheet_is_the_trim_plus_the_bleed(found: dict[str, ArtworkSheet], tokens: Tokens) -> None:
    scene, page, bleed = found["art-cover"].scene, tokens.page, float(tokens.page.bleed)
    assert (scene.width, scene.height) == (float(page.width) + 2 * bleed, float(page.height) + 2 * bleed)
    assert (scene.bleed, scene.gutter) == (bleed, None)


def test_a_spread_is_two_pages_wide_with_the_fold_in_its_middle(found: dict[str, ArtworkSheet], tokens: Tokens) -> None:
    scene, page, bleed = found["quote-child"].scene, tokens.page, float(tokens.page.bleed)
    assert scene.width == 2 * float(page.width) + 2 * bleed
    assert scene.gutter == scene.width / 2


def test_quiet_boxes_are_on_the_sheet_and_clear_of_the_fold(found: dict[str, ArtworkSheet], tokens: Tokens) -> None:
    safe = float(tokens.page.safe)
    for each in found.values():
        assert each.scene.quiet
        for box in each.scene.quiet:
            assert box.x0 >= each.scene.bleed + safe
            assert box.x0 + box.width <= each.scene.width - each.scene.bleed - safe
            assert box.y0 + box.height <= each.scene.height - each.scene.bleed - safe
            fold = each.scene.gutter
            assert fold is None or box.x0 + box.width <= fold - safe or box.x0 >= fold + safe


def test_the_quiet_box_of_a_quotation_holds_its_text(found: dict[str, ArtworkSheet], tokens: Tokens) -> None:
    scene, words = found["quote-child"].scene, ["Every child", "deserves a champion"]
    assert scene.gutter
    (box,) = scene.quiet
    setting = quote_setting(words)
    size = float(tokens.values.type[setting.size])
    assert box.width >= text_width(words[1], tokens.faces["display"].path, size)
    assert box.height > 2 * setting.leading
    assert box.y0 + box.height / 2 == pytest.approx(420 + scene.bleed)


def test_a_scene_knows_colours_and_facts(found: dict[str, ArtworkSheet], tokens: Tokens) -> None:
    scene = found["quote-child"].scene
    assert scene.ground == "ink"
    assert scene.colours == tokens.hexes
    assert scene.given == (80.0,)
    assert found["art-cover"].scene.given == (1000.0,), "one mark for every two thousand"
    assert scene.pillars == ("wellbeing",)


def test_the_rules_name_the_page_its_ground_and_its_drawing(found: dict[str, ArtworkSheet]) -> None:
    css = found["quote-child"].css
    assert "@page quote-child {" in css
    assert "@page quote-child:right {" in css
    assert css.count("var(--ink) url('press:art/quote-child')") == 2
    assert ":right" not in found["art-cover"].css


def test_drawings_are_made_by_the_function_that_the_data_names(found: dict[str, ArtworkSheet]) -> None:
    marks = {"dots": (1, 9000)}
    drawn = draw_sheets(
        found, {"beacon": Artwork(lambda scene: f"b {scene.width:g}", marks), "cover": Artwork(lambda _: "c", marks)}
    )
    assert drawn == {"quote-child": "b 1242", **dict.fromkeys(("art-cover", "art-contents", "art-back"), "c")}


# A drawing in four fields of colour: whichever field a page shows tells how the drawing lies under it.
FIELDS = "".join(
    f'<rect x="{x}" y="0" width="315" height="810" fill="{colour}"/>'
    for x, colour in ((0, "#ff0000"), (310.5, "#00ff00"), (621, "#0000ff"), (931.5, "#ffff00"))
)


def colours_at(data: bytes, places: dict[int, tuple[tuple[float, float], ...]]) -> dict[int, list[str]]:
    """Return the colours of some points of the whole sheet, bleed included."""
    import pypdfium2 as pdfium

    document, found = pdfium.PdfDocument(data), {}
    for number, points in places.items():
        image = document[number - 1].render(scale=1).to_pil().convert("RGB")
        pixels = [image.getpixel((int(x), int(y))) for x, y in points]
        found[number] = ["#{:02x}{:02x}{:02x}".format(*pixel) for pixel in pixels if isinstance(pixel, tuple)]
    document.close()
    return found


def test_one_drawing_crosses_the_fold_and_fills_the_bleed_on_all_outer_edges() -> None:
    spread = sample("quote-one", spread=True)
    drawing = SVG.format(1242, 810, FIELDS).encode()
    halves = '<div class="sheet verso"></div><div class="sheet recto"></div>'
    body = f'{block("before")}<section style="page: quote-one">{halves}</section>'
    data, _ = raw(laid_out(body, spread.css, {"art/quote-one": drawing}), "print")
    corners = ((1, 1), (300, 400), (325, 400), (618, 808))
    unmarked = replace(job(), printer=printer("unmarked"))
    laid = finish(data, ("sheet",), unmarked)
    assert [boxes.media[2] - boxes.media[0] for boxes in Pdf(laid).pages][1:] == [621, 621]
    assert colours_at(laid, {2: corners, 3: corners}) == {
        2: ["#ff0000", "#ff0000", "#00ff00", "#00ff00"],
        3: ["#0000ff", "#0000ff", "#ffff00", "#ffff00"],
    }


def test_without_bleed_the_same_drawing_is_cut_at_the_trim() -> None:
    page = replace(sample("art-one"))
    frame = '<rect width="630" height="810" fill="#ff0000"/><rect x="9" y="9" width="612" height="792" fill="#0000ff"/>'
    drawing = SVG.format(630, 810, frame).encode()
    layout = laid_out(
        '<section style="page: art-one"><div class="sheet"></div></section>', page.css, {"art/art-one": drawing}
    )
    trimmed, _ = raw(layout, "screen")
    assert colours_at(trimmed, {1: ((1, 1), (610, 790))}) == {1: ["#0000ff", "#0000ff"]}

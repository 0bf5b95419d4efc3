"""Colours in CMYK: each token becomes its exact build, nothing else is accepted, and black overprints."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pikepdf
import pytest
from pages import SVG, changed, job, laid_out, printer, raw, sheet, tiny_pdf, tokens
from pikepdf import Dictionary, Name
from streams import Operation, operations, page_of, painted, streams

from figures import FIGURES
from figures.artworks import ARTWORKS
from report.design.look import ChartData, ChartRow, Size
from report.drawing.charts import draw
from report.finishing.run import finish
from report.press.inks import BLACK, InkBuild, convert_colours
from report.problems import ReportError
from report.variants import VARIANTS

HEXES = tokens().hexes
WHITE = (0, 0, 0, 0)
SQUARE = "0 0 10 10 re f"
RED_TEXT = {"#1D1D1F": BLACK, "#FFFFFF": WHITE, "#FF0000": (0, 90, 80, 0)}


def printed(body: str, drawing: str = "") -> bytes:
    """Return a print file without marks, with some HTML and a drawing below it."""
    served = {"chart/x": drawing.encode()} if drawing else {}
    shown = '<img src="press:chart/x">' if drawing else ""
    inside = f'<section data-component="story" data-src="a.md:1">{body}{shown}</section>'
    unmarked = replace(job(), printer=printer("unmarked"))
    return finish(raw(laid_out(inside, served=served), "print")[0], VARIANTS["print"].finishing, unmarked)


def builds(found: Iterable[Operation], operator: str) -> list[InkBuild]:
    """Return the builds that an operator sets, in percent, one after another."""
    return [tuple(round(part * 100, 2) for part in operands) for name, operands in found if name == operator]


def used_before(found: list[Operation], showing: frozenset[str]) -> list[InkBuild]:
    """Return the fill colour at each of the given operators."""
    kept, fill, result = [], BLACK, []
    for name, operands in found:
        if name == "q":
            kept.append(fill)
        elif name == "Q":
            fill = kept.pop()
        elif name == "k":
            fill = builds([(name, operands)], "k")[0]
        elif name in showing:
            result.append(fill)
    return result


@cache
def all_tokens() -> tuple[Operation, ...]:
    """A file in which every token is the colour of a word, of a border, and of a square in a drawing."""
    words = "".join(f'<p style="color: {rgb}; border-left: 3pt solid {rgb}">{name}</p>' for name, rgb in HEXES.items())
    squares = "".join(
        f'<rect x="{index}" width="1" height="9" fill="{rgb}" stroke="{rgb}"/>'
        for index, rgb in enumerate(HEXES.values())
    )
    return tuple(operations(printed(words, SVG.format(200, 20, squares))))


def test_every_token_has_a_unique_colour_and_a_build() -> None:
    assert len(set(HEXES.values())) == len(HEXES) >= 20
    assert set(tokens().builds) == set(HEXES.values())


def test_text_has_the_exact_builds_of_its_tokens() -> None:
    found = used_before(list(all_tokens()), frozenset({"Tj", "TJ"}))
    wanted = [tokens().builds[rgb] for rgb in HEXES.values()]
    assert found[: len(wanted)] == wanted


def test_borders_and_drawings_have_the_exact_builds_of_their_tokens() -> None:
    wanted = {tokens().builds[rgb] for rgb in HEXES.values()}
    borders, squares = (used_before(list(all_tokens()), frozenset({each})) for each in ("f*", "B"))
    strokes = builds(all_tokens(), "K")
    assert set(borders) == set(squares) == wanted
    assert set(strokes) == wanted
    assert set(builds(all_tokens(), "k")) == wanted


def test_a_chart_is_all_cmyk() -> None:
    rows = tuple(
        ChartRow(f"a.{each}", f"Part {each}", 40.0 + each, "40", share=50.0, share_text="50%") for each in range(2)
    )
    svg = draw(
        FIGURES["donut"],
        ChartData("c", rows, ChartRow("all", "All", 81.0, "81"), {}),
        tokens().look("wellbeing"),
        Size(300, 200),
    )
    hexes = {each.upper() for each in re.findall(r"#[0-9a-fA-F]{6}\b", svg)}
    assert len(hexes) >= 2
    found = operations(printed("", svg))
    assert {tokens().builds[each] for each in hexes} <= {*builds(found, "k"), *builds(found, "K")}
    assert not RGB_OPERATORS & {name for name, _ in found}


@pytest.mark.parametrize("name", ["cover", "beacon"])
def test_an_artwork_is_all_cmyk(name: str) -> None:
    given = {"cover": (2000.0,), "beacon": (80.0,)}[name]
    svg = ARTWORKS[name](replace(sheet("art-0").scene, given=given))
    hexes = {each.upper() for each in re.findall(r"#[0-9a-fA-F]{6}\b", svg)}
    found = operations(printed("", svg))
    assert {tokens().builds[each] for each in hexes} <= {*builds(found, "k"), *builds(found, "K")}
    assert not RGB_OPERATORS & {name for name, _ in found}


RGB_OPERATORS = frozenset({"rg", "RG", "g", "G", "cs", "CS", "sc", "SC", "scn", "SCN", "sh", "INLINE IMAGE"})


def test_no_rgb_is_left() -> None:
    names = {name for name, _ in all_tokens()}
    assert {"k", "K", "f*", "B", "TJ"} <= names
    assert not RGB_OPERATORS & names


def test_a_colour_that_is_not_a_token_is_an_error_with_its_page() -> None:
    pages = '<p>One</p><p style="break-before: page; color: #123456">Two</p>'
    with pytest.raises(ReportError) as failure:
        printed(pages)
    (problem,) = failure.value.problems
    assert (problem.code, problem.where.page) == ("no-ink", 2)
    assert "#123456" in problem.what
    assert "styles/tokens.yaml" in problem.hint


def inked(data: bytes) -> bytes:
    return changed(data, lambda pdf: convert_colours(pdf, RED_TEXT))


@pytest.mark.parametrize("content", ["/P cs /P scn 0 0 9 9 re f", "/S sh", "BI /W 1 /H 1 /BPC 8 /CS /RGB ID abc EI"])
def test_colours_without_a_build_are_refused(content: str) -> None:
    with pytest.raises(ReportError, match="has no CMYK build"):
        inked(page_of(content))


@pytest.mark.parametrize(
    ("content", "build"),
    [("0 g", BLACK), ("1 g", WHITE), ("0 0 0 rg", BLACK), ("1 0 0 rg", (0, 90, 80, 0)), ("1 1 1 rg", WHITE)],
)
def test_every_colour_operator_is_converted(content: str, build: InkBuild) -> None:
    assert builds(operations(inked(page_of(f"{content} {SQUARE}"))), "k") == [build]
    stroked = f"{content.upper()} 0 0 m 9 9 l S"
    assert builds(operations(inked(page_of(stroked))), "K") == [build]


def test_a_grey_that_is_not_a_token_is_refused() -> None:
    with pytest.raises(ReportError, match="#808080"):
        inked(page_of(f"0.5 g {SQUARE}"))


def overprints(content: str, forms: dict[str, str] | None = None) -> list[tuple[tuple[float, ...], bool]]:
    """Return the CMYK values of each object that a content stream paints, and whether it overprints."""
    found = painted(inked(page_of(content, forms=forms)))
    assert all(item.nonzero for item in found if item.overprint), "OPM 1"
    return [(item.values, item.overprint) for item in found]


ON_BLACK, ON_WHITE, ON_RED = ((0, 0, 0, 1), True), ((0, 0, 0, 0), False), ((0, 0.9, 0.8, 0), False)


def test_black_overprints_and_white_and_colours_do_not() -> None:
    assert overprints(f"0 g {SQUARE} 1 g {SQUARE} 1 0 0 rg {SQUARE} 0 0 0 rg {SQUARE}") == [
        ON_BLACK, ON_WHITE, ON_RED, ON_BLACK,
    ]  # fmt: skip


def test_overprint_is_restored_with_the_colour_by_q_and_Q() -> None:  # noqa: N802
    assert overprints(f"0 g q 1 g {SQUARE} q 0 g {SQUARE} Q {SQUARE} Q {SQUARE}") == [
        ON_WHITE, ON_BLACK, ON_WHITE, ON_BLACK,
    ]  # fmt: skip


def test_stroke_and_fill_overprint_independently() -> None:
    assert overprints("0 g 1 0 0 RG 0 0 9 9 re B") == [ON_BLACK, ON_RED]
    assert overprints("1 g 0 G 0 0 9 9 re B") == [ON_WHITE, ON_BLACK]


def test_a_form_sets_its_own_overprint_and_keeps_that_of_the_page() -> None:
    forms = {"F": f"1 g {SQUARE} 0 g {SQUARE}", "G": f"{SQUARE} 1 0 0 rg {SQUARE}"}
    assert overprints(f"0 g /F Do {SQUARE} /G Do {SQUARE}", forms) == [
        ON_WHITE, ON_BLACK, ON_BLACK, ON_BLACK, ON_RED, ON_BLACK,
    ]  # fmt: skip


def test_black_text_overprints_and_white_text_on_a_tint_knocks_out() -> None:
    ink = HEXES["ink"]
    data = printed(f'<p>Black</p><p style="color: {HEXES["paper"]}; background: {ink}">White</p>')
    texts = {item.inks: (item.overprint, item.nonzero) for item in painted(data, "text")}
    assert texts[0, 0, 0, 1] == (True, True)
    assert texts[0, 0, 0, 0][0] is False


def groups(data: bytes) -> list[str]:
    """Return the blending space of every group of a file."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [str(holder.Group.get(Name.CS)) for holder in streams(pdf) if Name.Group in holder]


def test_without_transparency_there_are_no_groups_so_that_black_overprints() -> None:
    def with_group(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj[Name.Group] = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)

    assert groups(printed("<p>Plain</p>")) == []
    assert groups(inked(changed(tiny_pdf(), with_group))) == []


def test_transparency_blends_in_cmyk() -> None:
    drawing = f'<g opacity="0.5"><rect width="20" height="20" fill="{HEXES["ink"]}"/></g>'
    found = groups(printed("<p>Plain</p>", SVG.format(40, 40, drawing)))
    assert len(found) >= 2
    assert set(found) == {"/DeviceCMYK"}

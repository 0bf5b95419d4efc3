"""The chart functions: what a reader, a printer and the next build may rely on."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import yaml
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.text import Text

from figures import FIGURES
from figures.kit import ChartSheet
from figures.words import ASCENT, DESCENT, width_of, wrap
from report.design.look import ChartData, ChartRow, FontFace, Look, Size

ROOT = Path(__file__).parents[2]
TOKENS = yaml.safe_load((ROOT / "styles" / "tokens.yaml").read_text(encoding="utf-8"))
COLOURS = {name: str(value["rgb"]) for name, value in TOKENS["colours"].items()}
FONTS = {
    name: FontFace(font["family"], font["weight"], font["style"], ROOT / "styles" / "fonts" / font["file"])
    for name, font in TOKENS["fonts"].items()
}
LOOK = Look(COLOURS, {name: float(size) for name, size in TOKENS["type"].items()}, FONTS)
VOICE = replace(LOOK, base="voice", mid="voice-mid", tint="voice-tint")
LONG = "students with exceptional needs in county community schools"


def grid(columns: int, lines: int) -> Size:
    return Size(43 * columns - 12, 14 * lines)


def row(label: str, value: float, text: str = "", **more: object) -> ChartRow:
    return replace(ChartRow(label, label, value, text or f"{value:g}"), **more)  # type: ignore[arg-type]


def total(value: float, label: str = "in all") -> ChartRow:
    return ChartRow("whole", label, value, f"{value:,.0f}")


def chart(*rows: ChartRow, whole: ChartRow | None = None, **options: str | float) -> ChartData:
    return ChartData("sample", rows, whole, options)


BUDGET = chart(
    row("Special projects", 303, "$303 million", share_text="48.3%"),
    row("Administration", 147, "$147 million", share_text="23.5%"),
    row("Contracted services", 118, "$118 million", share_text="18.8%"),
    row("Programs", 59, "$59 million", share_text="9.4%"),
    whole=total(627),
)

SAMPLES: dict[str, tuple[ChartData, Size]] = {
    "rank_strip": (chart(row("Agency", 7, "7th", outof=105.0)), grid(6, 6)),
    "slope": (
        chart(
            row("Attendance", 10603, "10,603", prior=8318.0, prior_text="8,318", change_text="+27.5%"),
            before="last year",
            after="this year",
        ),
        grid(6, 12),
    ),
    "dot_field": (chart(row("Districts assisted", 45), whole=total(80)), grid(6, 8)),
    "unit_tiles": (chart(row("Completed", 125), row("Enrolled", 141)), grid(6, 9)),
    "proportion_bar": (chart(row("Deposits", 220874, "220,874"), row("Paychecks", 41790, "41,790")), grid(6, 5)),
    "share_field": (
        chart(row("Served", 11102, "11,102", share_text="6.3%"), whole=total(177000, "Covered"), key="Of a thousand"),
        grid(7, 13),
    ),
    "percent_rings": (chart(row("rated it good", 100, "100%"), row("felt better equipped", 98, "98%")), grid(4, 9)),
    "pictogram_rows": (chart(row("Educators", 250), row("Parents", 100), row("Students", 50)), grid(7, 8)),
    "ranked_bars": (
        chart(
            row("F", 65000, "65,000"),
            row("I", 186000, "186,000"),
            row("L", 228000, "228,000"),
            row("Y", 1250000, "1,250,000"),
        ),
        grid(7, 9),
    ),
    "dot_groups": (
        chart(
            row("a", 28.9, "+28.9%", group="One"),
            row("b", 117.2, "+117.2%", group="One"),
            row("c", 30.2, "+30.2%", group="Two"),
        ),
        grid(7, 12),
    ),
    "range_bar": (chart(row("Average", 45.5, "45.5%"), row("Peak", 54.3, "54.3%")), grid(4, 7)),
    "dot_scale": (chart(row("Some", 90.9, "90.9%", emphasis=True), row("All", 87.8, "87.8%")), grid(7, 7)),
    "donut": (
        chart(row("A", 506), row("B", 554), row("C", 343), row("D", 1574, "1,574"), whole=total(2977)),
        grid(6, 17),
    ),
    "nested_bars": (
        chart(row("A", 223), row("B", 119), row("C", 85), row("D", 9), whole=total(410, "Diplomas")),
        grid(7, 11),
    ),
    "stacked_bar": (BUDGET, grid(12, 13)),
    "strata": (BUDGET, grid(12, 30)),
}
EVERY = pytest.mark.parametrize("name", sorted(SAMPLES))
DRAWN: dict[str, Figure] = {}


def drawn(name: str) -> Figure:
    if name not in DRAWN:
        data, size = SAMPLES[name]
        DRAWN[name] = FIGURES[name](data, VOICE, size)
    return DRAWN[name]


@cache
def shown(name: str) -> str:
    """A sample as it is shown, written once for the whole run."""
    return svg(drawn(name))


def svg(figure: Figure) -> str:
    out = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "test"}):
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return out.getvalue()


def texts(figure: Figure) -> list[Text]:
    return list(figure.axes[0].texts)


def words(figure: Figure) -> str:
    return " ".join(text.get_text() for text in texts(figure))


def bars(figure: Figure, label: str) -> list[Rectangle]:
    return [a for a in figure.axes[0].patches if isinstance(a, Rectangle) and a.get_label() == label]


def marks(figure: Figure, label: str) -> list[tuple[float, float]]:
    """The starts of all strokes that carry a label: one for each dot, tick or body."""
    paths = [a.get_path() for a in figure.axes[0].patches if isinstance(a, PathPatch) and a.get_label() == label]
    return [(float(x), float(y)) for path in paths for x, y in np.asarray(path.vertices)[::2]]


def long(figure: Figure, label: str) -> float:
    return sum(bar.get_width() for bar in bars(figure, label))


def sweep(figure: Figure, label: str) -> float:
    """The length of the arcs that carry a label, in points."""
    paths = [a.get_path() for a in figure.axes[0].patches if isinstance(a, PathPatch) and a.get_label() == label]
    polygons = [polygon for path in paths for polygon in path.to_polygons(closed_only=False)]
    return sum(float(np.hypot(*np.diff(np.asarray(polygon), axis=0).T).sum()) for polygon in polygons)


def boxes(figure: Figure) -> list[tuple[str, float, float, float, float]]:
    found = []
    for text in texts(figure):
        properties = text.get_fontproperties()
        face = next(font for font in FONTS.values() if str(font.path) == properties.get_file())
        size, (x, y) = properties.get_size_in_points(), text.get_position()
        wide = width_of(text.get_text(), face, size)
        left = x - {"left": 0.0, "center": wide / 2, "right": wide}[text.get_horizontalalignment()]
        found.append((text.get_text(), left, y - ASCENT * size, left + wide, y + DESCENT * size))
    return found


# What holds for every chart


def test_exactly_the_documented_charts_are_registered() -> None:
    assert sorted(FIGURES) == sorted(SAMPLES)


@EVERY
def test_a_figure_has_the_size_it_was_given(name: str) -> None:
    size = SAMPLES[name][1]
    assert tuple(drawn(name).get_size_inches() * 72) == pytest.approx((size.width, size.height))


@EVERY
def test_every_number_and_label_of_the_data_is_in_the_figure(name: str) -> None:
    shown = words(drawn(name))
    for item in SAMPLES[name][0].rows:
        expected = [item.text, item.label, item.share_text, item.prior_text, item.change_text, item.group]
        assert [text for text in expected if text and text not in shown] == []


@EVERY
def test_no_label_leaves_the_canvas_or_touches_another(name: str) -> None:
    size, found = SAMPLES[name][1], boxes(drawn(name))
    for _, left, top, right, bottom in found:
        assert left > -0.5 and top > -0.5 and right < size.width + 0.5 and bottom < size.height + 0.5
    for (one, *a), (two, *b) in combinations(found, 2):
        apart = a[2] <= b[0] + 0.5 or b[2] <= a[0] + 0.5 or a[3] <= b[1] + 0.5 or b[3] <= a[1] + 0.5
        assert apart, f"{one!r} touches {two!r}"


@EVERY
def test_every_mark_lies_inside_the_canvas(name: str) -> None:
    size = SAMPLES[name][1]
    for artist in drawn(name).axes[0].patches:
        if isinstance(artist, Rectangle | PathPatch):
            box = artist.get_path().get_extents(artist.get_patch_transform())
            half = artist.get_linewidth() / 2 if artist.get_capstyle() == "round" else 0
            assert box.x0 - half > -0.1 and box.y0 - half > -0.1
            assert box.x1 + half < size.width + 0.1 and box.y1 + half < size.height + 0.1


@EVERY
def test_the_same_data_gives_the_same_bytes_twice(name: str) -> None:
    data, size = SAMPLES[name]
    assert svg(FIGURES[name](data, VOICE, size)) == shown(name)


@EVERY
def test_all_colours_are_tokens_and_nothing_is_transparent(name: str) -> None:
    drawing = shown(name)
    allowed = {COLOURS[token].lower() for token in COLOURS}
    assert {found.lower() for found in re.findall(r"#[0-9A-Fa-f]{6}\b", drawing)} <= allowed
    assert not re.search(r"opacity|gradient|<image|clip-path", drawing, re.IGNORECASE)


@EVERY
def test_a_chart_takes_the_colours_of_its_family(name: str) -> None:
    data, size = SAMPLES[name]
    assert COLOURS[LOOK.base].lower() in svg(FIGURES[name](data, LOOK, size)).lower()
    assert COLOURS[VOICE.base].lower() in shown(name).lower()


@EVERY
def test_text_stays_text_in_the_fonts_of_the_page(name: str) -> None:
    styles = [str(text.get("style")) for text in ET.fromstring(shown(name)).iter("{http://www.w3.org/2000/svg}text")]
    assert len(styles) == len(texts(drawn(name)))
    faces = {(font.family, str(font.weight)) for font in FONTS.values()}
    for style in styles:
        family = re.search(r"font-family: '([^']+)'", style)
        weight = re.search(r"font-weight: (\d+)", style)
        assert family and (family[1], weight[1] if weight else "400") in faces


@EVERY
def test_text_and_lines_keep_to_the_minimum_sizes(name: str) -> None:
    sizes = {text.get_fontproperties().get_size_in_points() for text in texts(drawn(name))}
    assert sizes <= {LOOK.type[size] for size in ("note", "small", "subhead", "deck", "title")}
    widths = [a.get_linewidth() for a in drawn(name).axes[0].patches if isinstance(a, PathPatch) and not a.get_fill()]
    assert all(width >= 0.5 for width in widths)


@EVERY
def test_small_text_and_hairlines_are_printed_in_black_only(name: str) -> None:
    black = {COLOURS[token].lower() for token in ("text", "text-soft", "paper")}
    small = [text for text in texts(drawn(name)) if text.get_fontproperties().get_size_in_points() < 14]
    assert {str(text.get_color()).lower() for text in small} <= black
    lines = [a for a in drawn(name).axes[0].patches if isinstance(a, PathPatch) and not a.get_fill()]
    fine = [a for a in lines if a.get_linewidth() < 1 and not str(a.get_label()).startswith(("ticks", "unlit"))]
    assert {to_hex(a.get_edgecolor()) for a in fine} <= black


@EVERY
def test_a_user_s_matplotlib_style_changes_nothing(name: str) -> None:
    data, size = SAMPLES[name]
    wild: Any = {
        "lines.linewidth": 9,
        "patch.edgecolor": "red",
        "font.size": 30,
        "axes.facecolor": "pink",
        "text.color": "red",
        "figure.dpi": 300,
        "patch.force_edgecolor": True,
        "axes.grid": True,
    }
    plain = shown(name)
    with mpl.rc_context(wild):
        assert svg(FIGURES[name](data, VOICE, size)) == plain


def test_drawing_does_not_change_the_global_style() -> None:
    before = dict(mpl.rcParams)
    for name, (data, size) in SAMPLES.items():
        FIGURES[name](data, LOOK, size)
    assert dict(mpl.rcParams) == before


def test_pyplot_is_never_loaded() -> None:
    code = "import sys, figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


# What each form shows


@pytest.mark.parametrize("name", ["ranked_bars", "nested_bars", "proportion_bar", "stacked_bar"])
def test_bars_are_as_long_as_their_values(name: str) -> None:
    rows = SAMPLES[name][0].rows
    ratios = [long(drawn(name), item.id) / item.value for item in rows]
    assert ratios == pytest.approx([ratios[0]] * len(rows))


def test_ranked_bars_come_in_order_of_their_values() -> None:
    tops = {item.id: bars(drawn("ranked_bars"), item.id)[0].get_y() for item in SAMPLES["ranked_bars"][0].rows}
    assert sorted(tops, key=lambda key: tops[key]) == ["Y", "L", "I", "F"]


def test_nested_bars_share_the_scale_of_their_whole() -> None:
    figure, size = drawn("nested_bars"), SAMPLES["nested_bars"][1]
    assert long(figure, "whole") == pytest.approx(size.width)
    assert long(figure, "A") == pytest.approx(size.width * 223 / 410)


def test_a_stacked_bar_fills_the_width_from_edge_to_edge() -> None:
    figure, size = drawn("stacked_bar"), SAMPLES["stacked_bar"][1]
    last = bars(figure, "Programs")[0]
    assert bars(figure, "Special projects")[0].get_x() == 0
    assert last.get_x() + last.get_width() == pytest.approx(size.width)


def test_strata_are_as_high_as_their_shares_and_fill_the_width_from_top_to_bottom() -> None:
    figure, (data, size) = drawn("strata"), SAMPLES["strata"]
    layers = [bars(figure, item.id)[0] for item in data.rows]
    ratios = [layer.get_height() / item.value for layer, item in zip(layers, data.rows, strict=True)]
    assert ratios == pytest.approx([ratios[0]] * len(layers))
    assert {layer.get_width() for layer in layers} == {size.width}
    assert layers[0].get_y() == 0
    assert layers[-1].get_y() + layers[-1].get_height() == pytest.approx(size.height)


def test_the_labels_of_a_layer_are_inside_it() -> None:
    figure, (data, _) = drawn("strata"), SAMPLES["strata"]
    found = {text: (top, bottom) for text, _, top, _, bottom in boxes(figure)}
    for item in data.rows:
        layer = bars(figure, item.id)[0]
        for text in (item.label, item.text, item.share_text or ""):
            top, bottom = found[text]
            assert layer.get_y() <= top
            assert bottom <= layer.get_y() + layer.get_height()


def test_a_qualifier_is_above_its_number_in_pictograms() -> None:
    data = chart(row("Educators", 250, "more than 250", qualifier="more than"), row("Parents", 100))
    figure = FIGURES["pictogram_rows"](data, LOOK, grid(12, 12))
    places = {text.get_text(): text.get_position() for text in texts(figure)}
    assert places["more than"][0] == places["250"][0]
    assert places["more than"][1] < places["250"][1] < places["Educators"][1]


def test_dot_field_highlights_one_dot_per_unit() -> None:
    assert (len(marks(drawn("dot_field"), "lit")), len(marks(drawn("dot_field"), "unlit"))) == (45, 35)


def test_share_field_highlights_the_share_of_a_thousand_marks() -> None:
    assert (len(marks(drawn("share_field"), "lit")), len(marks(drawn("share_field"), "unlit"))) == (63, 937)


def test_a_small_share_highlights_at_least_one_mark_and_a_large_one_not_all() -> None:
    for value, lit in ((1, 1), (99_999, 999), (100_000, 1000), (0, 0)):
        figure = FIGURES["share_field"](chart(row("part", value), whole=total(100_000)), LOOK, grid(7, 13))
        assert len(marks(figure, "lit")) == lit


def test_unit_tiles_draw_one_tile_per_person() -> None:
    figure = drawn("unit_tiles")
    assert (len(marks(figure, "Completed")), len(marks(figure, "Enrolled"))) == (125, 141)


def test_a_pictogram_represents_ten_people_by_default() -> None:
    assert len(marks(drawn("pictogram_rows"), "heads:Educators")) == 25
    data, size = SAMPLES["pictogram_rows"]
    fewer = FIGURES["pictogram_rows"](replace(data, options={"unit": 50.0}), LOOK, size)
    assert len(marks(fewer, "bodies:Educators")) == 5


def test_rank_strip_draws_a_tick_per_rank_and_emphasises_one() -> None:
    figure = drawn("rank_strip")
    ticks, rank = marks(figure, "ticks"), marks(figure, "rank")
    assert (len(ticks), len(rank)) == (104, 1)
    assert sum(x < rank[0][0] for x, _ in ticks) == 6


def test_rings_turn_as_far_as_their_percentage() -> None:
    figure = drawn("percent_rings")
    full, part = sweep(figure, "ring:rated it good"), sweep(figure, "ring:felt better equipped")
    assert part / full == pytest.approx(0.98, abs=0.001)


def test_donut_arcs_are_as_long_as_their_parts() -> None:
    figure, rows = drawn("donut"), SAMPLES["donut"][0].rows
    arcs = [sweep(figure, f"slice:{item.id}") + 1.6 for item in rows]
    assert [arc / sum(arcs) for arc in arcs] == pytest.approx([item.value / 2977 for item in rows], abs=0.002)


def test_slope_rises_in_proportion_from_zero() -> None:
    (_, start), (_, end) = marks(drawn("slope"), "ends")
    ground = marks(drawn("slope"), "base line")[0][1]
    assert (ground - start) / (ground - end) == pytest.approx(8318 / 10603)


def test_range_bar_ends_at_the_usual_and_the_highest_value() -> None:
    figure, size = drawn("range_bar"), SAMPLES["range_bar"][1]
    assert long(figure, "Average") == pytest.approx(size.width * 0.455)
    assert long(figure, "Average") + long(figure, "Peak") == pytest.approx(size.width * 0.543)


def test_dot_scale_keeps_the_order_and_the_distance_of_values() -> None:
    figure, size = drawn("dot_scale"), SAMPLES["dot_scale"][1]
    some, every = marks(figure, "dot:Some")[0][0], marks(figure, "dot:All")[0][0]
    assert (some - every) / size.width == pytest.approx((90.9 - 87.8) / (94 - 84))


def test_stalks_reach_left_of_zero_for_a_loss() -> None:
    data = chart(row("gain", 20, "+20%"), row("loss", -10, "-10%"))
    figure = FIGURES["dot_groups"](data, LOOK, grid(7, 8))
    zero, gain, loss = (marks(figure, key)[0][0] for key in ("zero", "dot:gain", "dot:loss"))
    assert (gain - zero) == pytest.approx(2 * (zero - loss))


# Odd data


PLENTY = ["ranked_bars", "nested_bars", "pictogram_rows", "dot_scale", "dot_groups", "donut"]


@pytest.mark.parametrize("name", PLENTY)
@pytest.mark.parametrize("count", [2, 5, 8])
def test_a_form_takes_two_to_eight_rows(name: str, count: int) -> None:
    rows = [row(f"row {n}", 10.0 * (n + 1)) for n in range(count)]
    whole = total(sum(item.value for item in rows))
    figure = FIGURES[name](chart(*rows, whole=whole), LOOK, grid(8, 6 + 3 * count))
    assert all(item.label in words(figure) for item in rows)


@pytest.mark.parametrize("name", ["ranked_bars", "nested_bars", "unit_tiles", "proportion_bar", "donut", "stacked_bar"])
def test_a_zero_beside_a_giant_keeps_its_label_and_draws_nothing(name: str) -> None:
    rows = row("nothing", 0, "none", share_text="0%"), row("giant", 900, "900", share_text="100%")
    figure = FIGURES[name](chart(*rows, whole=total(900)), LOOK, grid(7, 13))
    assert "nothing" in words(figure)
    assert not any(found(figure, label) for found in (bars, marks) for label in ("nothing", "slice:nothing"))


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"pictogram_rows", "dot_groups"}))
def test_long_labels_wrap_and_lose_no_word(name: str) -> None:
    data, size = SAMPLES[name]
    first = replace(data.rows[0], label=LONG)
    figure = FIGURES[name](replace(data, rows=(first, *data.rows[1:])), LOOK, Size(size.width, size.height + 42))
    assert set(LONG.split()) <= set(words(figure).split())


def test_narrow_segments_get_leader_lines() -> None:
    rows = [row(f"part {n}", value, share_text=f"{value}%") for n, value in enumerate((60, 2, 1, 30, 4, 3))]
    figure = FIGURES["stacked_bar"](chart(*rows), LOOK, grid(12, 20))
    assert any(str(a.get_label()).startswith("leader:") for a in figure.axes[0].patches)


def test_a_falling_value_keeps_its_number_clear_of_the_line() -> None:
    data = chart(row("fall", 10, "10,000", prior=90.0, prior_text="90,000"))
    figure = FIGURES["slope"](data, LOOK, grid(6, 12))
    (x0, y0), (x1, y1) = marks(figure, "ends")
    _, left, _, _, bottom = next(box for box in boxes(figure) if box[0] == "10,000")
    assert bottom < y0 + (y1 - y0) * (left - x0) / (x1 - x0)


def test_a_dollar_sign_does_not_start_math_text() -> None:
    assert "$303 million" in shown("stacked_bar")


def test_markup_in_a_label_stays_a_label() -> None:
    data, size = SAMPLES["proportion_bar"]
    hostile = replace(data, rows=(replace(data.rows[0], label="<b>&</b> $x_1$"), data.rows[1]))
    root = ET.fromstring(svg(FIGURES["proportion_bar"](hostile, LOOK, size)))
    assert "<b>&</b> $x_1$" in [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]


# Labels that do not fit; data that does not fit is refused before (test_drawable)


PART = row("part", 5)


def test_a_label_that_does_not_fit_is_refused_and_never_clipped() -> None:
    sheet = ChartSheet(chart(PART), LOOK, Size(60, 40))
    sheet.text(0, 20, "much too long for this")
    with pytest.raises(ValueError, match="does not fit"):
        sheet.figure()


def test_labels_that_would_overlap_are_refused() -> None:
    sheet = ChartSheet(chart(PART), LOOK, Size(100, 40))
    sheet.text(0, 20, "one")
    sheet.text(4, 22, "two")
    with pytest.raises(ValueError, match="would overlap"):
        sheet.figure()


def test_lines_are_broken_evenly_and_within_the_width() -> None:
    lines = wrap(LONG, FONTS["sans"], 9.5, 120)
    assert " ".join(lines) == LONG
    assert all(width_of(line, FONTS["sans"], 9.5) <= 120 for line in lines)


def test_a_word_wider_than_the_line_is_cut_after_its_hyphen() -> None:
    assert wrap("exceptional-needs", FONTS["sans"], 9.5, 60) == ["exceptional-", "needs"]


@pytest.mark.parametrize("wide", ["60.9", "1,98 Millionen $", "1,983,000 Millionen $"])
def test_a_donut_prints_the_share_of_every_part_however_wide_its_largest_number_is(wide: str) -> None:
    shares = ("60.9 %", "19.1 %", "20.0 %")
    rows = [row(f"Part {letter}", float(share[:-2]), text, share_text=share)
            for letter, text, share in zip("abc", (wide, "620", "650"), shares, strict=True)]  # fmt: skip
    figure = FIGURES["donut"].function(chart(*rows, whole=total(100)), LOOK, grid(6, 17))
    shown = " ".join(text.get_text() for text in figure.findobj(Text))
    assert [shown.count(share) for share in shares] == [1, 1, 1]

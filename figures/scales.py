"""Charts that place values on a scale: a rank, a usual value and a peak, a few close values.

In: rows with a value between the ends of the scale. Out: figures with a direct label at every mark.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from figures.kit import ChartSheet
from figures.needs import emphasised, figure, number_option, require, text_option
from report.design.look import NumberOption, TextOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

    from figures.kit import Align
    from report.design.look import ChartData, ChartRow, Look, Size


@figure(
    "Strip of ranks",
    {"low": TextOption("1"), "high": TextOption()},
    rows=(1, 1),
    units=("ordinal",),
    outof=True,
    largest=400,
)
def rank_strip(data: ChartData, look: Look, size: Size) -> Figure:
    """One tick for each rank, with the fact's own rank tall, coloured and labelled.

    Options: `low` and `high`, the texts under the first and the last tick ("1" and the number of ticks).
    """
    (row,) = data.rows
    sheet = ChartSheet(data, look, size)
    count, rank = round(row.outof or 0), round(row.value)
    foot = sheet.height - sheet.leading("note") - 2
    pitch = sheet.width / count
    thin = max(0.5, min(pitch * 0.42, 3.0))
    places = [thin / 2 + n * (sheet.width - thin) / max(1, count - 1) for n in range(count)]
    head = sheet.rise("title")
    short, tall = foot - 24, head + 7
    require(short - tall >= 4, "rank_strip needs more height; give the chart more lines.")
    require(pitch >= 1.4, f"{count} ticks are too close together; give the chart more columns.")
    here = places[rank - 1]
    others = [((x, short), (x, foot)) for n, x in enumerate(places, 1) if n != rank]
    sheet.strokes(others, thin, "stone", "ticks")
    strong = max(thin * 2, 2.4)
    here = min(max(here, strong / 2), sheet.width - strong / 2)
    sheet.strokes([((here, tall), (here, foot))], strong, "base", "rank")
    _rank(sheet, row, here, strong)
    last = sheet.height - 2
    sheet.text(0, last, text_option(data, "low"), "note", colour="text-soft")
    sheet.text(sheet.width, last, text_option(data, "high") or str(count), "note", colour="text-soft", align="right")
    return sheet.figure()


def _rank(sheet: ChartSheet, row: ChartRow, here: float, strong: float) -> None:
    """Draw the rank and its label above the tall tick, on the side with more room."""
    head = sheet.rise("title")
    wide = sheet.length(row.text, "title", "number")
    lines = sheet.lines(row.label, max(here, sheet.width - here) - wide - 12, face="sans-semibold")
    style = "small" if len(lines) < 3 else "note"
    if style == "note":
        lines = sheet.lines(row.label, max(here, sheet.width - here) - wide - 12, style, "sans-semibold")
    label_top = max(sheet.rise(style), head - (len(lines) - 1) * sheet.leading(style))
    if here <= sheet.width / 2:
        left = max(0.0, here - strong / 2 - (wide * 0.5 if here > wide else 0))
        sheet.text(left, head, row.text, "title", face="number", colour="base")
        sheet.block(left + wide + 9, label_top, lines, style, face="sans-semibold")
    else:
        sheet.text(here + strong / 2, head, row.text, "title", face="number", colour="base", align="right")
        sheet.block(here - wide - 9, label_top, lines, style, face="sans-semibold", align="right")


def _beyond_the_end(data: ChartData) -> Iterator[str]:
    peak = max(data.rows, key=lambda row: row.value)
    if peak.value > number_option(data, "maximum"):
        yield f"{peak.text} lies beyond the end of the scale; raise the option `maximum`"


@figure("Range on a bar", {"maximum": NumberOption(100)}, rows=(2, 2), also=_beyond_the_end)
def range_bar(data: ChartData, look: Look, size: Size) -> Figure:
    """A usual and a peak value on one scale: a bar, solid up to the first and lighter up to the second.

    Options: `maximum`, the end of the scale (100).
    """
    usual, peak = sorted(data.rows, key=lambda row: row.value)
    most = number_option(data, "maximum")
    sheet = ChartSheet(data, look, size)
    thick, line = 9.0, sheet.leading()
    over, under = (line * (len(sheet.lines(row.label, sheet.width)) - 1) for row in (peak, usual))
    middle = (sheet.height + over - under) / 2 - 3
    ends = [row.value / most * sheet.width for row in (usual, peak)]
    sheet.bar(ends[1], middle - thick / 2, sheet.width - ends[1], thick, "sand", "track")
    sheet.bar(ends[0], middle - thick / 2, ends[1] - ends[0], thick, "mid", peak.id)
    sheet.bar(0, middle - thick / 2, ends[0], thick, "base", usual.id)
    rise = middle - thick / 2 - 9
    _flag(sheet, peak, ends[1], (middle - thick / 2, rise), rise - over - 1, rise - over - line - 2.5)
    drop = middle + thick / 2 + 14
    _flag(sheet, usual, ends[0], (middle + thick / 2, drop), drop + 28, drop + 15)
    return sheet.figure()


def _flag(sheet: ChartSheet, row: ChartRow, x: float, stem: tuple[float, float], label: float, number: float) -> None:
    """Draw a number and its label beside the stem that leads to the mark."""
    lines = sheet.lines(row.label, sheet.width)
    wide = max([sheet.length(row.text, "deck", "number"), *(sheet.length(line) for line in lines)])
    left = x + 4 if x + 4 + wide <= sheet.width else sheet.width - wide
    sheet.line([(min(max(x, 0.4), sheet.width - 0.4), y) for y in stem], "text-soft", 0.75, f"stem:{row.id}")
    sheet.text(left, number, row.text, "deck", face="number", colour="base")
    sheet.block(left, label, lines)


def _ends(data: ChartData) -> tuple[float, float, float]:
    """Return the ends and the step of a scale that separates the values."""
    values = [row.value for row in data.rows]
    spread = max(max(values) - min(values), max(values) * 0.02)
    step = next(
        base for power in range(-2, 9) for base in (10.0**power, 2 * 10.0**power, 5 * 10.0**power) if base * 3 >= spread
    )
    low, high = data.options["minimum"], data.options["maximum"]
    if low is None:
        low = max(0.0, math.floor((min(values) - spread) / step) * step)
    if high is None:
        high = math.ceil((max(values) + spread * 0.6) / step) * step
        high = min(high, 100.0) if text_option(data, "unit") == "%" and max(values) <= 100 else high
    return float(low), float(high), step


def _beyond_the_ends(data: ChartData) -> Iterator[str]:
    low, high, _ = _ends(data)
    if outside := [row.text for row in data.rows if not low <= row.value <= high]:
        yield f"{outside[0]} lies beyond the ends of the scale; change the options `minimum` and `maximum`"
    elif low >= high:
        yield "its scale ends where it starts; change the options `minimum` and `maximum`"


@figure(
    "Dots on a scale",
    {"minimum": NumberOption(), "maximum": NumberOption(), "unit": TextOption("%")},
    also=_beyond_the_ends,
)
def dot_scale(data: ChartData, look: Look, size: Size) -> Figure:
    """A few close values as dots on one scale.

    Two dots share one line, with labels above and below; more dots have a line each, on the same scale.
    Options: `minimum` and `maximum`, the ends of the scale (by default chosen from the values); `unit`, the text after
    the numbers of the scale ("%").
    """
    rows = sorted(data.rows, key=lambda row: -row.value)
    scale = _ends(data)
    sheet = ChartSheet(data, look, size)
    low, high, _ = scale
    places = [min(max((row.value - low) / (high - low) * sheet.width, 5.0), sheet.width - 5.0) for row in rows]
    strong_ids = emphasised(rows)
    if len(rows) > 2:
        levels = _ladder(sheet, rows)
        _ruler(sheet, scale, sheet.height - 14, [])
    else:
        levels = [sheet.height / 2 - 1] * 2
        sheet.line([(0, levels[0]), (sheet.width, levels[0])], "text-soft", 0.75, "axis")
        _ruler(sheet, scale, levels[0], places[1:])
        for row, x, side in zip(rows, places, (-1, 1), strict=False):
            _pennant(sheet, row, x, levels[0], side, row.id in strong_ids)
    for row, x, y in zip(rows, places, levels, strict=False):
        strong = row.id in strong_ids
        sheet.dots([(x, y)], 10.0, "base", f"dot:{row.id}")
        sheet.dots([(x, y)] if not strong else [], 5.0, "paper", f"hole:{row.id}")
    return sheet.figure()


def _ladder(sheet: ChartSheet, rows: list[ChartRow]) -> list[float]:
    """Draw a label, a number and a line for each row, and return the y of every line."""
    pitch = (sheet.height - 22) / len(rows)
    require(pitch >= 22, f"{len(rows)} dots need more height; give the chart more lines.")
    levels = [(number + 1) * pitch - 5 for number in range(len(rows))]
    for row, y in zip(rows, levels, strict=True):
        sheet.line([(0, y), (sheet.width, y)], "text-soft", 0.5, f"line:{row.id}")
        wide = sheet.length(row.text, face="sans-semibold")
        sheet.text(sheet.width, y - 7, row.text, face="sans-semibold", align="right")
        size = sheet.fitting(row.label, sheet.width - wide - 10, ("small", "note"), "sans")
        sheet.text(0, y - 7, row.label, size)
    return levels


def _ruler(sheet: ChartSheet, scale: tuple[float, float, float], axis: float, stems: list[float]) -> None:
    """Draw the numbers of the scale under its line; if there are stems, only the numbers at its ends."""
    low, high, step = scale
    count = round((high - low) / step)
    skip = 1 if count <= 6 else 2
    unit = text_option(sheet.data, "unit")
    for number in (0, count) if stems else range(0, count + 1, skip):
        x = number / count * sheet.width
        text = f"{low + number * step:g}{unit}"
        ends: dict[int, tuple[Align, float]] = {0: ("left", 0.0), count: ("right", 1.0)}
        align, reach = ends.get(number, ("center", 0.5))
        left = x - reach * sheet.length(text, "note")
        sheet.line([(min(max(x, 0.3), sheet.width - 0.3), axis + d) for d in (-2.5, 2.5)], "text-soft", 0.5, "tick")
        if all(not left - 3 < stem < left + sheet.length(text, "note") + 3 for stem in stems):
            sheet.text(x, axis + 5 + sheet.cap("note"), text, "note", colour="text-soft", align=align)


def _pennant(sheet: ChartSheet, row: ChartRow, x: float, axis: float, side: int, strong: bool) -> None:
    """Draw number and label on the stem of a dot, above (-1) or below (1) the line, on the side with room."""
    lines = sheet.lines(row.label, max(x, sheet.width - x) - 4)
    wide = max([sheet.length(row.text, "deck", "number"), *(sheet.length(line) for line in lines)])
    leftwards = x + 4 + wide > sheet.width
    left = x - 4 if leftwards else x + 4
    align: Align = "right" if leftwards else "left"
    spare = (len(lines) - 1) * sheet.leading()
    label = axis - 11 - spare if side < 0 else axis + 41
    number = label - 13 if side < 0 else axis + 28.5
    far = number - sheet.cap("deck") if side < 0 else label + spare
    sheet.line([(x, axis), (x, far)], "text-soft", 0.5, f"stem:{row.id}")
    sheet.text(left, number, row.text, "deck", face="number", colour="base" if strong else "text", align=align)
    sheet.block(left, label, lines, align=align)

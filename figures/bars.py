"""Charts that compare lengths from a common baseline: ranked bars, dots on stalks, and stacked layers.

In: rows of amounts, or of changes that may be negative. Out: figures with the numbers at or in the marks.
"""

from __future__ import annotations

from itertools import groupby
from math import inf
from typing import TYPE_CHECKING

from figures.kit import ChartSheet
from figures.needs import emphasised, figure, require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from report.design.look import ChartData, ChartRow, Look, Size


@figure("Bar chart")
def ranked_bars(data: ChartData, look: Look, size: Size) -> Figure:
    """Thin bars, the longest first, each with its label above and its number at the end."""
    rows = sorted(data.rows, key=lambda row: -row.value)
    strong_ids = emphasised(rows)
    sheet = ChartSheet(data, look, size)
    thick = min(max(sheet.height / len(rows) * 0.2, 6.0), 10.0)
    tall = sheet.rise() + 5 + thick
    pitch = min((sheet.height - tall - (4.5 if rows[-1].id in strong_ids else 2.5)) / max(1, len(rows) - 1), 56.0)
    require(pitch >= 22, f"{len(rows)} bars need more height; give the chart more lines.")
    sizes = {row.id: _type(sheet, row, rows[0].value, row.id in strong_ids and pitch >= 29) for row in rows}
    room = min(
        (sheet.width - sheet.length(row.text, *sizes[row.id]) - 7) / (row.value / rows[0].value)
        for row in rows
        if row.value
    )
    for number, row in enumerate(rows):
        top = number * pitch
        middle = top + tall - thick / 2
        long = row.value / rows[0].value * room
        type_size, face = sizes[row.id]
        colour = "base" if row.id in strong_ids else "mid"
        sheet.text(0, top + sheet.rise(), row.label, sheet.fitting(row.label, sheet.width, ("small", "note"), "sans"))
        sheet.bar(0, middle - thick / 2, long, thick, colour, row.id)
        below = sheet.cap(type_size) / 2 if type_size == "small" else thick / 2
        sheet.text(
            long + (7 if long else 0),
            middle + below,
            row.text,
            type_size,
            face=face,
            colour="base" if type_size == "deck" else "text",
        )
    return sheet.figure()


def _type(sheet: ChartSheet, row: ChartRow, most: float, strong: bool) -> tuple[str, str]:
    """Return size and face of a number: large for an emphasised bar that is long enough to clear the label above."""
    room = sheet.width - sheet.length(row.text, "deck", "number") - 7
    large = strong and room >= sheet.width / 2 and sheet.length(row.label) <= row.value / most * room
    return ("deck", "number") if large else ("small", "sans-semibold")


def _by_group(rows: Sequence[ChartRow]) -> list[tuple[str, list[ChartRow]]]:
    return [(group, list(members)) for group, members in groupby(rows, key=lambda row: row.group)]


def _stalks(
    sheet: ChartSheet, rows: Sequence[ChartRow], top: float, pitch: float, column: float, strong_ids: set[str]
) -> None:
    """Draw the rows of one group: label, stalk, dot and number, on the scale of the whole chart."""
    values = [row.value for row in sheet.data.rows]
    low, high = min(0.0, *values), max(0.0, *values)
    room = (
        sheet.width
        - column
        - max(
            sheet.length(row.text, *(("deck", "number") if row.id in strong_ids else ("small", "sans-semibold")))
            for row in sheet.data.rows
        )
        - 14
    )
    room -= 8 if low < 0 else 0
    zero = column + 4 + (0 - low) / (high - low) * room
    for number, row in enumerate(rows):
        middle = top + (number + 0.5) * pitch
        end = zero + row.value / (high - low) * room
        strong = row.id in strong_ids
        lines = sheet.lines(row.label, column - 10)
        first = middle + sheet.cap() / 2 - (len(lines) - 1) * sheet.leading() / 2
        sheet.block(0, first, lines)
        sheet.line([(zero, middle), (end, middle)], "base" if strong else "mid", 1.25, f"stalk:{row.id}")
        sheet.dots([(end, middle)], 9.0 if strong else 7.0, "base", f"dot:{row.id}")
        right = max(end, zero) + 10
        if strong:
            sheet.text(right, middle + sheet.cap("deck") / 2, row.text, "deck", face="number", colour="base")
        else:
            sheet.text(right, middle + sheet.cap() / 2, row.text, face="sans-semibold")
    sheet.line([(zero, top + 2), (zero, top + len(rows) * pitch - 2)], "text-soft", 0.5, "zero")


@figure("Dot chart", values=(-inf, inf))
def dot_groups(data: ChartData, look: Look, size: Size) -> Figure:
    """Changes as dots on stalks, in groups with headers. The rows of a group must be consecutive."""
    rows = data.rows
    sheet = ChartSheet(data, look, size)
    groups = _by_group(rows)
    headed = [group for group, _ in groups if group]
    head, gap = 19.0, 9.0
    pitch = (sheet.height - len(headed) * head - (len(groups) - 1) * gap) / len(rows)
    require(pitch >= 12.5, f"{len(rows)} rows need more height; give the chart more lines.")
    pitch = min(pitch, 26.0)
    labels = [row.label for row in rows]
    widest = max(sheet.length(label) for label in labels) + 1
    lines = 1 if widest <= sheet.width * 0.4 else int(pitch // sheet.leading())
    column = 14 + sheet.column(labels, lines, 30, sheet.width * 0.5)
    y = 0.0
    for group, members in groups:
        if group:
            sheet.text(0, y + sheet.rise(), group, face="sans-bold")
            sheet.line([(0, y + 12.5), (sheet.width, y + 12.5)], "text-soft", 0.5, "rule")
            y += head
        _stalks(sheet, members, y, pitch, column, emphasised(rows))
        y += len(members) * pitch + gap
    return sheet.figure()


@figure("Stacked layers", whole=True, complete=True)
def strata(data: ChartData, look: Look, size: Size) -> Figure:
    """The parts of a whole as layers of the full width, with heights by their shares and labels inside."""
    rows = data.rows
    sheet = ChartSheet(data, look, size)
    ranked = sorted(rows, key=lambda row: (row.id not in emphasised(rows), -row.value))
    colours = dict(zip((row.id for row in ranked), sheet.ramp(len(rows)), strict=True))
    gap, total, top = 1.5, sum(row.value for row in rows), 0.0
    room = sheet.height - gap * (len(rows) - 1)
    column = 40 + max(sheet.length(row.share_text or "", "title", "number") for row in rows)
    for row in rows:
        tall = row.value / total * room
        require(tall >= 36, f"layer {row.label!r} is too thin for its labels; give the chart more lines.")
        sheet.bar(0, top, sheet.width, tall, colours[row.id], row.id)
        _in_layer(sheet, row, top + min(16.0, (tall - 30) / 2), column, colours[row.id])
        top += tall + gap
    return sheet.figure()


def _in_layer(sheet: ChartSheet, row: ChartRow, top: float, column: float, ground: str) -> None:
    """Draw share, label and amount in the upper left of a layer."""
    ink = "paper" if ground in ("ink", "dusk", "base") else "text"
    sheet.text(16, top + 3.5 + sheet.rise("title"), row.share_text or "", "title", face="number", colour=ink)
    sheet.text(column, top + 11, row.label, "subhead", face="sans-semibold", colour=ink)
    sheet.text(column, top + 28, row.text, "subhead", colour=ink)

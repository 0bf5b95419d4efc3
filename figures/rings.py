"""Round charts: percentages as thin rings, and the parts of a whole as a donut.

In: percentages from 0 to 100, or parts with their whole. Out: figures with the key number inside the ring.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from figures.kit import ChartSheet, around
from figures.needs import emphasised, figure, require, whole_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from figures.kit import Point
    from report.design.look import ChartData, ChartRow, Look, Size

TOP = -90.0
LOWER_LEFT = 150.0
GAP = 1.6
THICK = 12.0


@figure("Rings", rows=(1, 4), values=(0, 100), units=("percent",), blank=True)
def percent_rings(data: ChartData, look: Look, size: Size) -> Figure:
    """Percentages as thin rings side by side, each with its number in the centre and its label below."""
    rows = data.rows
    sheet = ChartSheet(data, look, size)
    thick, gutter = 4.0, 16.0
    cell = (sheet.width - gutter * (len(rows) - 1)) / len(rows)
    blocks = [sheet.lines(row.label, cell) for row in rows]
    across = min(cell, sheet.height - 10 - max(map(len, blocks)) * sheet.leading())
    require(across >= 40, "there is no room for the rings; give the chart more columns or lines.")
    longest = max((row.text for row in rows), key=lambda text: sheet.length(text, "deck", "number"))
    fit = sheet.fitting(longest, across - 2 * thick - 10, ("title", "deck", "small"))
    for number, (row, lines) in enumerate(zip(rows, blocks, strict=True)):
        left = number * (cell + gutter)
        centre = (left + across / 2, across / 2)
        radius = (across - thick) / 2
        end = TOP + 3.6 * row.value
        sheet.arc(centre, radius, end, TOP + 360, thick, "sand", f"rest:{row.id}")
        sheet.arc(centre, radius, TOP, end, thick, "base", f"ring:{row.id}")
        sheet.text(
            centre[0],
            centre[1] + sheet.cap(fit) / 2,
            row.text,
            fit,
            face="number",
            colour="text" if fit == "small" else "base",
            align="center",
        )
        sheet.block(left, across + 8 + sheet.rise(), lines)
    return sheet.figure()


@dataclass(frozen=True)
class Slice:
    """One part of a donut: its row, its colour token, and its arc in degrees clockwise from three o'clock."""

    row: ChartRow
    colour: str
    start: float
    stop: float

    def anchor(self, middle: float, reach: float) -> float | None:
        """Return the angle on the arc that is nearest to its middle and within `reach` of a direction, if any."""
        best = None
        for turn in (-360, 0, 360):
            low, high = max(self.start + turn, middle - reach), min(self.stop + turn, middle + reach)
            if low <= high:
                inset = min(6.0, (high - low) / 2)
                best = min(max((self.start + self.stop) / 2 + turn, low + inset), high - inset)
        return best

    def level_with(self, height: float, right: bool, otherwise: float) -> float:
        """Return the angle at which the arc passes a height (-1 to 1 of the radius) on one side, or `otherwise`."""
        if abs(height) > 0.95:
            return otherwise
        angle = math.degrees(math.asin(height))
        angle = angle if right else 180 - angle
        passes = any(self.start + 3 <= angle + turn <= self.stop - 3 for turn in (-360, 0, 360))
        return angle if passes else otherwise


def _slices(sheet: ChartSheet, rows: tuple[ChartRow, ...], total: float) -> tuple[list[Slice], Slice]:
    """Return the parts in order, rotated so that the largest is at the lower left; and the largest."""
    largest = max(rows, key=lambda row: row.value)
    ranked = sorted(rows, key=lambda row: (row.id not in emphasised(rows), -row.value))
    colours = dict(zip((row.id for row in ranked), sheet.ramp(len(rows)), strict=True))
    before = sum(row.value for row in rows[: rows.index(largest)])
    angle = LOWER_LEFT - (before + largest.value / 2) / total * 360
    slices = []
    for row in rows:
        stop = angle + row.value / total * 360
        slices.append(Slice(row, colours[row.id], angle, stop))
        angle = stop
    return slices, slices[rows.index(largest)]


def _ring(sheet: ChartSheet, slices: list[Slice], centre: Point, radius: float, whole: ChartRow) -> None:
    """Draw the ring, with equal gaps between its parts and the whole in the centre."""
    inset = math.degrees(GAP / radius) / 2 if len(slices) > 1 else 0.0
    for part in slices:
        room = max(part.stop - part.start - 2 * inset, 0.2 if part.row.value else 0.0)
        middle = (part.start + part.stop) / 2
        sheet.arc(centre, radius, middle - room / 2, middle + room / 2, THICK, part.colour, f"slice:{part.row.id}")
    inner = 2 * radius - THICK - 16
    fit = sheet.fitting(whole.text, inner, ("title", "deck", "small"), "number")
    lines = sheet.lines(whole.label, inner * 0.86, "note")
    y = centre[1] + (sheet.cap(fit) - len(lines) * sheet.leading("note") - 3) / 2
    sheet.text(centre[0], y, whole.text, fit, face="number", align="center")
    sheet.block(centre[0], y + 4 + sheet.leading("note"), lines, "note", colour="text-soft", align="center")


def _note(sheet: ChartSheet, row: ChartRow, box: tuple[float, float, float], size: str) -> None:
    """Draw number, share and label of a part, in a box of left, top and width."""
    x, top, width = box
    size = _fitting(sheet, row, width, size)
    baseline = top + sheet.rise(size)
    wide = sheet.text(x, baseline, row.text, size, face="number", colour="base")
    sheet.text(x + wide + 5, baseline, row.share_text or "", "note", colour="text-soft")
    gap = 5 if size == "title" else 2
    sheet.block(x, baseline + gap + sheet.leading("note"), sheet.lines(row.label, width, "note"), "note")


def _fitting(sheet: ChartSheet, row: ChartRow, width: float, size: str) -> str:
    """Return the largest size, from `size` down, at which a number and its share fit the width."""
    room = width - 5 - sheet.length(row.share_text or "", "note")
    return sheet.fitting(row.text, room, ("title", "deck", "small")[("title", "deck", "small").index(size) :], "number")


def _spread(tops: list[float], heights: list[float], bottom: float) -> list[float]:
    """Move the boxes of a column apart, as little as possible: downwards, then upwards from the bottom."""
    for index in range(1, len(tops)):
        tops[index] = max(tops[index], tops[index - 1] + heights[index - 1] + 8)
    limit = bottom
    for index in reversed(range(len(tops))):
        tops[index] = min(tops[index], limit - heights[index])
        limit = tops[index] - 8
    return tops


def _column(
    sheet: ChartSheet, parts: list[tuple[Slice, float]], span: tuple[float, float], centre: Point, outer: float
) -> None:
    """Draw labels in a column beside the ring, in the order of their anchors, each with a leader line to its part."""
    x, width = span
    right = x > centre[0]
    parts = sorted(parts, key=lambda pair: around(centre, outer, pair[1])[1])
    heights = [
        sheet.rise("deck") + 4 + sheet.leading("note") * len(sheet.lines(part.row.label, width, "note"))
        for part, _ in parts
    ]
    half = sheet.rise("deck") - sheet.cap("deck") / 2
    tops = [max(0.0, around(centre, outer + 2, angle)[1] - half) for _, angle in parts]
    for (part, angle), top in zip(parts, _spread(tops, heights, sheet.height), strict=True):
        level = top + half
        start = around(centre, outer + 2, part.level_with((level - centre[1]) / (outer + 2), right, angle))
        edge = x - 5 if right else x + width + 4
        knee = edge - 7 if right else edge + 7
        if (knee > start[0]) == right:
            sheet.line([start, (knee, level), (edge, level)], "text-soft", 0.5, f"leader:{part.row.id}")
        _note(sheet, part.row, (x, top, width), "deck")


@figure("Ring in parts", rows=(2, 8), whole=True, complete=True)
def donut(data: ChartData, look: Look, size: Size) -> Figure:
    """Parts of a whole as a thin ring with the whole in the centre and a label for each part.

    The largest part is at the lower left with its label below the ring; the others are labelled in a column on the
    right, or, if there are too many, in columns on both sides.
    """
    rows, whole = data.rows, whole_of(data)
    total = sum(row.value for row in rows)
    sheet = ChartSheet(data, look, size)
    slices, largest = _slices(sheet, rows, total)
    others = [(part, part.anchor(-20, 55)) for part in slices if part is not largest]
    near = [(part, angle) for part, angle in others if angle is not None]
    if len(near) == len(others) <= 4:
        outer = min((sheet.width - 86) / 2, (sheet.height - 62) / 2)
        _ring(sheet, slices, (outer, outer), outer - THICK / 2, whole)
        left = 2 * outer + 16
        _column(sheet, near, (left, sheet.width - left), (outer, outer), outer)
        _under(sheet, largest, outer)
        return sheet.figure()
    side = max(56.0, (sheet.width - 140) / 2)
    outer = min(sheet.width / 2 - side - 12, sheet.height / 2)
    require(outer >= 40, "there is no room for the ring; give the chart more columns or lines.")
    centre = (sheet.width / 2, sheet.height / 2)
    _ring(sheet, slices, centre, outer - THICK / 2, whole)
    middles = [(part, (part.start + part.stop) / 2) for part in slices]
    for x, sign in ((0.0, -1), (sheet.width - side, 1)):
        mine = [(part, angle) for part, angle in middles if math.cos(math.radians(angle)) * sign >= 0]
        _column(sheet, mine, (x, side), centre, outer)
    return sheet.figure()


def _under(sheet: ChartSheet, part: Slice, outer: float) -> None:
    """Draw the label of the largest part below the ring at the left, with a leader line up to the part."""
    angle = part.anchor(128, 12) or LOWER_LEFT
    x, y = around((outer, outer), outer + 2, angle)
    top = 2 * outer + 12
    sheet.line([(x, y), (x, top - 4)], "text-soft", 0.5, f"leader:{part.row.id}")
    _note(sheet, part.row, (0.0, top, 2 * outer), "title")

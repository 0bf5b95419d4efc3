"""Part-to-whole charts made of bars: a bar in two parts, bars under their whole, a stacked bar.

In: rows with a value each and, if the form needs them, a whole or shares. Out: figures with direct labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from figures.kit import ChartSheet
from figures.needs import emphasised, figure, require, whole_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from figures.kit import Align
    from report.design.look import ChartData, ChartRow, Look, Size

    Block = Sequence[tuple[str, str]]


STEP = 29.0
"""The distance between levels of large numbers, where they do not all fit directly above the bar."""


@figure("Bar in two parts", rows=(2, 2))
def proportion_bar(data: ChartData, look: Look, size: Size) -> Figure:
    """One bar in two parts, the first labelled above the bar and the second below."""
    first, second = data.rows
    sheet = ChartSheet(data, look, size)
    thick, gap = 20.0, 1.5
    middle = sheet.height / 2
    room = sheet.width - (gap if first.value and second.value else 0)
    wide = first.value / (first.value + second.value) * room
    start = sheet.width - second.value / (first.value + second.value) * room
    sheet.bar(0, middle - thick / 2, wide, thick, "base", first.id)
    sheet.bar(start, middle - thick / 2, sheet.width - start, thick, "mid", second.id)
    if first.share_text and sheet.length(first.share_text, face="sans-semibold") + 14 <= wide:
        sheet.text(7, middle + sheet.cap() / 2, first.share_text, face="sans-semibold", colour="paper")
    _caption(sheet, first, 0, middle - thick / 2 - 7)
    _caption(sheet, second, start, middle + thick / 2 + 7 + sheet.cap("deck"))
    return sheet.figure()


def _caption(sheet: ChartSheet, row: ChartRow, x: float, baseline: float) -> None:
    """Draw a number and its label on one line, from x or, if they would not fit, flush with the right edge."""
    number = sheet.length(row.text, "deck", "number")
    size = sheet.fitting(row.label, sheet.width - number - 6, ("small", "note"), "sans")
    lines = sheet.lines(row.label, sheet.width - number - 6, size)
    wide = number + 6 + max((sheet.length(line, size) for line in lines), default=0.0)
    x = max(0.0, min(x, sheet.width - wide))
    sheet.text(x, baseline, row.text, "deck", face="number", colour="base")
    sheet.block(x + number + 6, baseline - (len(lines) - 1) * sheet.leading(size), lines, size)


@figure("Bars under their whole", whole=True)
def nested_bars(data: ChartData, look: Look, size: Size) -> Figure:
    """The whole as a pale bar over the full width, and each part as a bar below it on the same scale."""
    rows, whole = data.rows, whole_of(data)
    sheet = ChartSheet(data, look, size)
    gap = 4.0
    pitch = (sheet.height + gap) / (len(rows) + 1)
    thick = min(pitch - gap, 44.0)
    require(thick >= 17, f"{len(rows)} bars under their whole need more height; give the chart more lines.")
    pitch = min(pitch, thick + gap * 2)
    sheet.bar(0, 0, sheet.width, thick, "tint" if look.base != "ink" else "sand", whole.id)
    _inside(sheet, whole, (8, sheet.width - 6), thick / 2, "text", "text")
    strong_ids = emphasised(rows)
    for number, row in enumerate(rows, 1):
        top = number * pitch
        long = row.value / whole.value * sheet.width
        strong = row.id in strong_ids
        sheet.bar(0, top, long, thick, "base" if strong else "mid", row.id)
        spare = long - 20 - sheet.length(row.text, "deck", "number")
        fits = spare >= min(60.0, sheet.length(row.label)) and len(sheet.lines(row.label, spare)) <= 2
        ink = ("paper", "paper") if fits and strong else ("text", "text") if fits else ("base", "text")
        _inside(sheet, row, (8, long - 6) if fits else (long + 7, sheet.width), top + thick / 2, *ink)
    return sheet.figure()


def _inside(
    sheet: ChartSheet, row: ChartRow, span: tuple[float, float], middle: float, number: str, label: str
) -> None:
    """Draw a number and its label side by side, vertically centred; a long label takes several lines."""
    x, right = span
    wide = sheet.text(x, middle + sheet.cap("deck") / 2, row.text, "deck", face="number", colour=number)
    lines = sheet.lines(row.label, right - x - wide - 6)
    size = "small" if len(lines) < 3 else "note"
    lines = lines if size == "small" else sheet.lines(row.label, right - x - wide - 6, size)
    first = middle + sheet.cap("deck" if len(lines) < 2 else size) / 2
    sheet.block(x + wide + 6, first - (len(lines) - 1) * sheet.leading(size) / 2, lines, size, colour=label)


@figure("Stacked bar", whole=True, complete=True)
def stacked_bar(data: ChartData, look: Look, size: Size) -> Figure:
    """The parts of a whole as one thick bar of the full width, with shares above and labels and amounts below."""
    rows = data.rows
    sheet = ChartSheet(data, look, size)
    ranked = sorted(rows, key=lambda row: (row.id not in emphasised(rows), -row.value))
    colours = dict(zip((row.id for row in ranked), sheet.ramp(len(rows)), strict=True))
    segments = _segments(rows, sheet.width)
    types = ["title" if row is ranked[0] else "deck" for row in rows]
    heads = _stagger(
        sheet,
        [
            (x, sheet.length(row.share_text or "", kind, "number"))
            for (row, x, _), kind in zip(segments, types, strict=True)
        ],
        8,
    )
    top = 32 + STEP * max(head.level for head in heads)
    blocks = [_legend(sheet, row, wide) for row, _, wide in segments]
    widths = [max(sheet.length(line, face=face) for line, face in block) for block in blocks]
    feet = _stagger(sheet, [(x, wide) for (_, x, _), wide in zip(segments, widths, strict=True)], 10)
    lines = {foot.level: 0 for foot in sorted(feet, key=lambda foot: foot.level)}
    for block, foot in zip(blocks, feet, strict=True):
        lines[foot.level] = max(lines[foot.level], len(block))
    drops = [sum(12.0 * lines.get(n, 0) + 6 for n in range(level)) for level in range(max(lines) + 2)]
    thick = sheet.height - top - 8 - drops[-1]
    require(thick >= 14, "there is no room for all labels; give the chart more lines.")
    for (row, x, wide), kind, head in zip(segments, types, heads, strict=True):
        sheet.bar(x, top, wide, thick, colours[row.id], row.id)
        _lead(sheet, head, top - 3, top - 5 - head.level * STEP, row)
        place = head.at(top - 8 - head.level * STEP)
        sheet.text(*place, row.share_text or "", kind, face="number", colour="base", align=head.align)
    for (row, _, _), block, foot in zip(segments, blocks, feet, strict=True):
        y = top + thick + 8 + drops[foot.level]
        _lead(sheet, foot, top + thick + 3, y + 10, row)
        for number, (line, face) in enumerate(block):
            sheet.text(*foot.at(y + 9 + number * 12), line, face=face, align=foot.align)
    return sheet.figure()


def _segments(rows: tuple[ChartRow, ...], width: float) -> list[tuple[ChartRow, float, float]]:
    """Return each row with the start and the width of its segment. All gaps between segments are equal."""
    total, gap = sum(row.value for row in rows), 1.5
    room, x = width - gap * (len(rows) - 1), 0.0
    segments = []
    for row in rows:
        segments.append((row, x, row.value / total * room))
        x += row.value / total * room + gap
    return segments


def _lead(sheet: ChartSheet, spot: LabelSpot, start: float, end: float, row: ChartRow) -> None:
    """Draw the leader line from a segment to a label on an outer level."""
    if spot.level:
        sheet.line([(spot.x + 0.4, start), (spot.x + 0.4, end)], "text-soft", 0.5, f"leader:{row.id}")


def _legend(sheet: ChartSheet, row: ChartRow, wide: float) -> Block:
    """Return the amount and the label of a segment, broken to the segment's width or a readable minimum."""
    lines = sheet.lines(row.label, max(wide - 8, 74.0))
    return [(row.text, "sans-semibold"), *((line, "sans") for line in lines)]


@dataclass(frozen=True)
class LabelSpot:
    """A position of a label: the x of its segment, its left and right ends, and its level, counted from the bar."""

    x: float
    left: float
    right: float
    level: int
    align: Align

    def at(self, y: float) -> tuple[float, float]:
        """Return the anchor of the label on a baseline. Labels on outer levels keep clear of their leader line."""
        clear = 4.0 if self.level else 0.0
        return (self.left + clear, y) if self.align == "left" else (self.right - clear, y)

    def meets(self, other: LabelSpot, space: float) -> bool:
        """Tell whether two labels touch, or the leader line of one crosses the other."""
        if self.level == other.level:
            return self.left < other.right + space and other.left < self.right + space
        near, far = sorted((self, other), key=lambda spot: spot.level)
        return near.left - 1 < far.x < near.right + 1


def _stagger(sheet: ChartSheet, labels: list[tuple[float, float]], space: float) -> list[LabelSpot]:
    """Return positions for labels of given starts and widths, on as few levels as possible without collisions."""
    for deepest in range(len(labels)):
        choices = [_choices(sheet, labels, index, deepest) for index in range(len(labels))]
        if found := _place_labels(choices, [], space):
            return found
    require(False, "the segments are too narrow for their labels; give the chart more columns.")
    return []


def _choices(sheet: ChartSheet, labels: list[tuple[float, float]], index: int, deepest: int) -> list[LabelSpot]:
    """Return the possible positions of a label: on its segment, flush right, or beside a leader line further out."""
    x, wide = labels[index]
    spots = [LabelSpot(x, x, x + wide, 0, "left")]
    if index == len(labels) - 1:
        spots.append(LabelSpot(x, sheet.width - wide, sheet.width, 0, "right"))
    for level in range(1, deepest + 1):
        spots += [LabelSpot(x, x, x + wide + 4, level, "left"), LabelSpot(x, x - wide - 4, x, level, "right")]
    return [spot for spot in spots if spot.left >= 0 and spot.right <= sheet.width]


def _place_labels(choices: list[list[LabelSpot]], placed: list[LabelSpot], space: float) -> list[LabelSpot]:
    """Return one position for each label without collisions, found by backtracking; an empty list if there is none."""
    if len(placed) == len(choices):
        return placed
    for spot in choices[len(placed)]:
        if not any(spot.meets(other, space) for other in placed):
            found = _place_labels(choices, [*placed, spot], space)
            if found:
                return found
    return []

"""Charts of countable marks: every mark represents one person, district and so on, or a fixed number of them.

In: rows of counts. Out: figures with the exact number of marks for each count, and the numbers beside them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from figures.kit import ChartSheet, around
from figures.needs import figure, number_option, require, text_option, whole_of
from report.design.look import NumberOption, TextOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

    from figures.kit import Point
    from report.design.look import ChartData, ChartRow, Look, Size

GOLDEN_ANGLE = 180 * (3 - math.sqrt(5))
MAX_MARKS = 2500


@figure("Field of dots", {"of": TextOption("of")}, rows=(1, 1), units=("count",), whole=True, largest=400)
def dot_field(data: ChartData, look: Look, size: Size) -> Figure:
    """A part of a whole, with one dot each: arranged like the seeds of a sunflower, the part highlighted at the centre.

    The whole is shown only as a number. Options: `of`, the word between the two numbers ("of").
    """
    (row,), whole = data.rows, whole_of(data)
    lit, total = round(row.value), round(whole.value)
    sheet = ChartSheet(data, look, size)
    disc = min(sheet.height, sheet.width * 0.55)
    seeds = [around((0.0, 0.0), math.sqrt(n + 0.5), 90 + n * GOLDEN_ANGLE) for n in range(total)]
    sizes = [1.36 if n < lit else 0.72 for n in range(total)]
    left, right, top, foot = (
        max(side * seed[axis] + size / 2 for seed, size in zip(seeds, sizes, strict=True))
        for side, axis in ((-1, 0), (1, 0), (-1, 1), (1, 1))
    )
    scale = disc / max(left + right, top + foot)
    middle = (sheet.height + (top - foot) * scale) / 2
    spots = [((x + left) * scale, middle + y * scale) for x, y in seeds]
    sheet.dots(spots[lit:], scale * 0.72, "mid", "unlit")
    sheet.dots(spots[:lit], scale * 1.36, "base", "lit")
    left = (left + right) * scale + 20
    room = sheet.width - left
    lines = sheet.lines(row.label, room, face="sans-semibold")
    below = 17 + sheet.leading() * (len(lines) - 1) + 3
    number = sheet.fitting(row.text, room, ("title", "deck"))
    number = number if sheet.rise(number) + below <= sheet.height else "deck"
    tall = sheet.cap(number) + below
    y = (sheet.height - tall) / 2 + sheet.cap(number)
    wide = sheet.text(left, y, row.text, number, face="number", colour="base")
    rest = f"{text_option(data, 'of')} {whole.text}"
    beside = wide + 6 + sheet.length(rest, "deck", "number") <= room
    if beside:
        sheet.text(left + wide + 6, y, rest, "deck", face="number", colour="text-soft")
    y = sheet.block(left, y + 17, lines, face="sans-semibold")
    if not beside:
        sheet.text(left, y, rest, colour="text-soft")
    return sheet.figure()


def _columns(counts: list[int], width: float, height: float, gap: float) -> int:
    """Return the lowest number of columns (so the largest tiles) with which blocks of tiles fit the height."""
    for columns in range(5, MAX_MARKS):
        pitch = (width + gap) / columns
        if pitch <= 14 and sum(math.ceil(count / columns) for count in counts) * pitch <= height:
            return columns
    return MAX_MARKS


def _too_many_tiles(data: ChartData) -> Iterator[str]:
    if (tiles := sum(_tiles(data))) > MAX_MARKS:
        yield f"it would have {tiles:,} tiles; raise the option `unit`"


def _tiles(data: ChartData) -> list[int]:
    return [round(row.value / number_option(data, "unit")) for row in data.rows]


@figure("Groups of tiles", {"unit": NumberOption(1, least=1)}, rows=(1, 6), units=("count",), also=_too_many_tiles)
def unit_tiles(data: ChartData, look: Look, size: Size) -> Figure:
    """Groups of people as blocks of tiles, one block above the other.

    Options: `unit`, the number of people that one tile represents (1).
    """
    rows, counts = data.rows, _tiles(data)
    sheet = ChartSheet(data, look, size)
    head, gap = 21.0, 9.0
    free = sheet.height - len(rows) * head - (len(rows) - 1) * gap
    require(free >= 6 * len(rows), "there is no room for the tiles; give the chart more lines.")
    columns = _columns(counts, sheet.width, free, 1.3)
    pitch = (sheet.width + 1.3) / columns
    require(pitch >= 2.5, "the tiles would be too small; raise the option `unit` or give the chart more lines.")
    used = sum(math.ceil(count / columns) for count in counts) * pitch
    gap += (free - used) / max(1, len(rows) - 1)
    y = 0.0
    for number, (row, count) in enumerate(zip(rows, counts, strict=True)):
        colour = "mid" if number % 2 else "base"
        wide = sheet.text(0, y + 15, row.text, "deck", face="number", colour="base")
        spare = sheet.width - wide - 6
        small = "small" if sheet.length(row.label, face="sans-semibold") <= spare else "note"
        lines = sheet.lines(row.label, spare, small, "sans-semibold")
        sheet.block(wide + 6, y + 16 - 10 * (len(lines) - 1) - len(lines) % 2, lines, small, face="sans-semibold")
        corners = [(n % columns * pitch, y + head + (n // columns + 0.5) * pitch - 0.65) for n in range(count)]
        sheet.strokes([((x, middle), (x + pitch - 1.3, middle)) for x, middle in corners], pitch - 1.3, colour, row.id)
        y += head + math.ceil(count / columns) * pitch + gap
    return sheet.figure()


def _lattice(marks: int, width: float, height: float) -> list[Point]:
    """Return the centres of marks over the full width, column by column."""
    most = max(n for n in range(1, marks) if n == 1 or width / math.ceil(marks / n) * n <= height)
    down = min(range(most, max(0, round(most * 0.8)), -1), key=lambda n: -marks % n)
    pitch = width / math.ceil(marks / down)
    drop = min(height / down, pitch * 1.15)
    return [((n // down + 0.5) * pitch, (n % down + 0.5) * drop) for n in range(marks)]


@figure("Field of marks", {"marks": NumberOption(1000, 20, MAX_MARKS), "key": TextOption()}, rows=(1, 1), whole=True)
def share_field(data: ChartData, look: Look, size: Size) -> Figure:
    """A share of a whole as a field of marks, the share highlighted from the left.

    Options: `marks`, the number of marks (1000); `key`, a text that says what one mark represents.
    """
    (row,), whole, marks = data.rows, whole_of(data), round(number_option(data, "marks"))
    lit = round(marks * row.value / whole.value)
    lit = min(max(lit, int(row.value > 0)), marks - 1) if row.value < whole.value else marks
    sheet = ChartSheet(data, look, size)
    number, head = row.share_text or row.text, sheet.rise("title")
    fit = sheet.fitting(number, sheet.width * 0.6, ("title", "deck"))
    wide = sheet.text(0, head, number, fit, face="number", colour="base")
    lines = sheet.lines(row.label, sheet.width - wide - 12)
    first = max(head - (len(lines) - 1) * sheet.leading(), sheet.rise() + sheet.leading())
    sheet.block(wide + 12, first, lines)
    sheet.text(wide + 12, first - sheet.leading(), row.text if row.share_text else "", face="sans-semibold")
    bottom = sheet.height - 3 - sheet.leading("note")
    top = max(head, first + (len(lines) - 1) * sheet.leading()) + 12
    require(bottom - top > 24, "there is no room for the field; give the chart more lines.")
    field = _lattice(marks, sheet.width, bottom - top)
    pitch = field[0][0] * 2
    spots = [(x, y + top) for x, y in field]
    sheet.dots(spots[lit:], pitch * 0.42, "mid", "unlit")
    sheet.dots(spots[:lit], pitch * 0.8, "base", "lit")
    y = max(y for _, y in spots) + pitch / 2 + 4 + sheet.cap("note")
    named = sheet.text(0, y, whole.text, "note", face="sans-semibold", colour="text-soft")
    sheet.text(named + 3, y, whole.label, "note", colour="text-soft")
    sheet.text(sheet.width, y, text_option(data, "key"), "note", colour="text-soft", align="right")
    return sheet.figure()


def _people(
    sheet: ChartSheet, row: ChartRow, count: int, left: float, middle: float, pitch: float, colour: str
) -> None:
    """Draw a row of pictograms of people (a head and a body with round shoulders), centred on a line."""
    broad = min(pitch * 0.66, 11.0)
    tall = broad * 1.75
    xs = [left + (n + 0.5) * pitch - (pitch - broad) / 2 for n in range(count)]
    sheet.dots([(x, middle - tall * 0.66) for x in xs], broad * 0.74, colour, f"heads:{row.id}")
    bodies = [((x, middle - tall * 0.02), (x, middle + tall * 0.66)) for x in xs]
    sheet.strokes(bodies, broad, colour, f"bodies:{row.id}", round_ends=True)


def _too_many_people(data: ChartData) -> Iterator[str]:
    if (longest := max(_people_in(data))) > 60:
        yield f"a row would have {longest:,} little figures; raise the option `unit`"


def _people_in(data: ChartData) -> list[int]:
    return [max(round(row.value / number_option(data, "unit")), int(row.value > 0)) for row in data.rows]


@figure(
    "Rows of little people",
    {"unit": NumberOption(10, least=1), "key": TextOption()},
    units=("count",),
    also=_too_many_people,
)
def pictogram_rows(data: ChartData, look: Look, size: Size) -> Figure:
    """Groups of people as rows of pictograms.

    Options: `unit`, the number of people that one pictogram represents (10); `key`, a text that says so.
    """
    rows, counts = data.rows, _people_in(data)
    sheet = ChartSheet(data, look, size)
    key = text_option(data, "key")
    pitch_y = (sheet.height - (13 if key else 0)) / len(rows)
    bare = [row.text.removeprefix(row.qualifier).strip() for row in rows]
    small = "small" if pitch_y >= 30 else "note"
    over = sheet.leading() if any(row.qualifier for row in rows) else 0.0
    numbers = max(sheet.length(text, "deck", "number") for text in bare)
    labels, fit = [row.label for row in rows], int((pitch_y - 16.8 - over) // sheet.leading(small))
    column = 12 + sheet.column(labels, fit, max(numbers, sheet.width * 0.24), sheet.width * 0.5, small)
    pitch_x = min((sheet.width - column) / max(counts), 18.0)
    for number, (row, count) in enumerate(zip(rows, counts, strict=True)):
        lines = sheet.lines(row.label, column - 12, small)
        tall = over + sheet.rise("deck") + 2.2 + len(lines) * sheet.leading(small)
        top = number * pitch_y + (pitch_y - tall) / 2
        baseline = top + over + sheet.rise("deck")
        sheet.text(0, top + sheet.rise(), row.qualifier, colour="text-soft")
        sheet.text(0, baseline, bare[number], "deck", face="number", colour="base")
        sheet.block(0, baseline + 0.5 + sheet.leading(small), lines, small)
        _people(sheet, row, count, column, number * pitch_y + pitch_y / 2, pitch_x, "base")
        if number and (pitch_y >= 44 or len(lines) < 2):
            sheet.line([(0, number * pitch_y), (sheet.width, number * pitch_y)], "text-soft", 0.5, "rule")
    sheet.text(column, sheet.height - 2, key, "note", colour="text-soft")
    return sheet.figure()

"""Charts of change from one period to the next.

In: one row with its prior value and the texts for both. Out: a figure with both values at the ends of a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from figures.kit import ChartSheet
from figures.needs import figure, require, text_option
from report.design.look import TextOption

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from figures.kit import Align
    from report.design.look import ChartData, ChartRow, Look, Size


@figure("Line from before to after", {"before": TextOption(), "after": TextOption()}, rows=(1, 1), prior=True)
def slope(data: ChartData, look: Look, size: Size) -> Figure:
    """Two values joined by a line, above an area that starts at zero.

    Options: `before` and `after`, the names of the two periods.
    """
    (row,) = data.rows
    prior, prior_text = row.prior or 0.0, row.prior_text or ""
    sheet = ChartSheet(data, look, size)
    names = text_option(data, "before"), text_option(data, "after")
    head, foot = sheet.rise("title") + 11, sheet.height - (14 if any(names) else 1)
    tall, most, thick = foot - head, max(prior, row.value), 2.5
    require(tall >= 50, "slope needs more height; give the chart more lines.")
    start, end = (foot - tall * value / most for value in (prior, row.value))
    sheet.area([(0, foot), (0, start), (sheet.width, end), (sheet.width, foot)], "tint")
    sheet.line([(0, foot), (sheet.width, foot)], "text-soft", 0.5, "base line")
    dot = 4.0
    sheet.line([(dot, start), (sheet.width - dot, end)], "base", thick, "slope")
    sheet.dots([(dot, start), (sheet.width - dot, end)], dot * 2, "base", "ends")
    climb = (end - start) / sheet.width
    before = sheet.length(prior_text, "deck", "number") * min(climb, 0.0)
    after = sheet.length(row.text, "title", "number") * max(climb, 0.0)
    sheet.text(0, start - 11 + before, prior_text, "deck", face="number", colour="text-soft")
    sheet.text(sheet.width, end - 11 - after, row.text, "title", face="number", colour="base", align="right")
    _change(sheet, row, foot, end <= start)
    sheet.text(0, sheet.height - 2, names[0], "note", colour="text-soft")
    sheet.text(sheet.width, sheet.height - 2, names[1], "note", colour="text-soft", align="right")
    return sheet.figure()


def _change(sheet: ChartSheet, row: ChartRow, foot: float, rising: bool) -> None:
    """Draw the change and its label, in the corner of the area with the most room below the line."""
    align: Align = "right" if rising else "left"
    x = sheet.width - 12 if rising else 12.0
    lines = sheet.lines(row.label, sheet.width * 0.5)
    y = foot - 9 - (len(lines) - 1) * sheet.leading()
    sheet.block(x, y, lines, align=align)
    sheet.text(x, y - sheet.leading() - 2, row.change_text or "", "deck", face="number", colour="base", align=align)

"""The drawing surface of every chart function: one figure, one set of axes in points, y downwards.

In: a Look and a Size. Out: from `ChartSheet.figure()`, a matplotlib Figure in which no label is clipped and no two
labels overlap. Colours are token names ("base", "mid" and "tint" are the chart's own family), sizes are names of the
type scale. Nothing here reads or changes a global style.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from figures.needs import require
from figures.words import ASCENT, DESCENT, leading_of, properties, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from report.design.look import ChartData, FontFace, Look, Size

Point = tuple[float, float]
Align = Literal["left", "center", "right"]
DISPLAY_SIZE = 40.0
"""From this size, numbers use the display cut; below it, the deck cut, whose thin strokes hold in print."""

TOUCH = 0.4
"""Labels may overlap an edge or each other by this much, in points, before it counts as a collision."""


class ChartSheet:
    """One chart being drawn. Lengths are in points from the top left corner; text is placed by its baseline."""

    def __init__(self, data: ChartData, look: Look, size: Size) -> None:
        from figures._canvas import Canvas  # not at the top: importing a figure must not load matplotlib

        self.data, self.look = data, look
        self.width, self.height = float(size.width), float(size.height)
        self._canvas = Canvas(self.width, self.height)
        self._labels: list[tuple[str, float, float, float, float]] = []

    def colour(self, token: str) -> str:
        """Return the hex value of a token; "base", "mid" and "tint" refer to the chart's family."""
        family = {"base": self.look.base, "mid": self.look.mid, "tint": self.look.tint}
        return self.look.colours[family.get(token, token)]

    def ramp(self, count: int) -> list[str]:
        """Return tokens for adjacent parts, strongest first."""
        own = ["ink", "dusk", "haze", "stone"] if self.look.base == "ink" else ["base", "mid", "stone", "sand"]
        return [own[index] if index < len(own) else own[2 + index % 2] for index in range(count)]

    def face(self, name: str, size: str) -> FontFace:
        """Return a face by name; "number" is the display face in the cut for the size."""
        if name == "number":
            name = "display" if self.look.type[size] >= DISPLAY_SIZE else "deck"
        return self.look.fonts[name]

    def length(self, text: str, size: str = "small", face: str = "sans") -> float:
        """Return the width of a line of text."""
        return width_of(text, self.face(face, size), self.look.type[size])

    def fitting(self, text: str, width: float, sizes: Sequence[str], face: str = "number") -> str:
        """Return the first of the sizes at which the text fits the width, or else the last."""
        return next((size for size in sizes if self.length(text, size, face) <= width), sizes[-1])

    def lines(self, text: str, width: float, size: str = "small", face: str = "sans") -> list[str]:
        """Return the text broken into lines of a width."""
        return wrap(text, self.face(face, size), self.look.type[size], width)

    def column(self, labels: Sequence[str], lines: int, least: float, most: float, size: str = "small") -> float:
        """Return the narrowest width at which every label takes at most `lines` lines, or else `most`."""
        width = max(least, *(self.length(word, size) + 1 for label in labels for word in label.split(" ")))
        while width < most and any(len(self.lines(label, width, size)) > max(1, lines) for label in labels):
            width += 3.0
        return min(width, most)

    def leading(self, size: str = "small") -> float:
        """Return the distance between baselines at a size."""
        return leading_of(self.look.type[size])

    def cap(self, size: str = "small") -> float:
        """Return the height of figures, for centring text vertically."""
        return self.look.type[size] * (0.66 if self.look.type[size] < 14 else 0.7)

    def rise(self, size: str = "small") -> float:
        """Return the distance from the top of a text to its first baseline."""
        return self.look.type[size] * ASCENT

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: str = "small",
        *,
        face: str = "sans",
        colour: str = "text",
        align: Align = "left",
    ) -> float:
        """Draw a line of text on the baseline y, and return its width."""
        if not text:
            return 0.0
        points, wide = self.look.type[size], self.length(text, size, face)
        font = properties(self.face(face, size), points)
        self._canvas.text(x, y, text, font, self.colour(colour), align)
        left = x - {"left": 0.0, "center": wide / 2, "right": wide}[align]
        self._labels.append((text, left, y - ASCENT * points, left + wide, y + DESCENT * points))
        return wide

    def block(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        size: str = "small",
        *,
        face: str = "sans",
        colour: str = "text",
        align: Align = "left",
    ) -> float:
        """Draw lines of text from the first baseline y, and return the next baseline."""
        for line in lines:
            self.text(x, y, line, size, face=face, colour=colour, align=align)
            y += self.leading(size)
        return y

    def bar(self, x: float, y: float, width: float, height: float, colour: str, name: str) -> None:
        """Draw a filled rectangle; nothing if its width or height is zero."""
        if width > 0 and height > 0:
            self._canvas.rectangle(x, y, width, height, self.colour(colour), name)

    def area(self, points: Sequence[Point], colour: str, name: str = "area") -> None:
        """Draw a filled polygon."""
        self._canvas.polygon(points, self.colour(colour), name)

    def line(self, points: Sequence[Point], colour: str, width: float = 0.5, name: str = "line") -> None:
        """Draw a line through the points."""
        self._canvas.line(points, self.colour(colour), width, name)

    def strokes(
        self, pairs: Sequence[tuple[Point, Point]], width: float, colour: str, name: str, *, round_ends: bool = False
    ) -> None:
        """Draw many separate lines of one kind as one path."""
        if pairs:
            self._canvas.strokes(pairs, self.colour(colour), width, name, round_ends=round_ends)

    def dots(self, points: Sequence[Point], diameter: float, colour: str, name: str = "dots") -> None:
        """Draw many equal discs as one path: very short lines with round ends, which keep the file small."""
        self.strokes([((x, y), (x + 0.01, y)) for x, y in points], diameter, colour, name, round_ends=True)

    def arc(
        self, centre: Point, radius: float, start: float, stop: float, width: float, colour: str, name: str = "arc"
    ) -> None:
        """Draw an arc as a stroke; angles in degrees clockwise from three o'clock. Nothing if its length is zero."""
        if stop > start:
            self._canvas.arc(centre, radius, start, stop, self.colour(colour), width, name)

    def figure(self) -> Figure:
        """Return the finished figure. Raises ValueError if a label leaves the canvas or overlaps another."""
        for number, (text, left, top, right, bottom) in enumerate(self._labels):
            inside = left >= -TOUCH and top >= -TOUCH and right <= self.width + TOUCH and bottom <= self.height + TOUCH
            require(inside, f"label {text!r} does not fit; give the chart more columns or lines, or a shorter label.")
            for other, left_2, top_2, right_2, bottom_2 in self._labels[:number]:
                apart = (
                    max(left, left_2) > min(right, right_2) - TOUCH or max(top, top_2) > min(bottom, bottom_2) - TOUCH
                )
                require(apart, f"labels {other!r} and {text!r} would overlap; give the chart more columns or lines.")
        return self._canvas.figure


def around(centre: Point, radius: float, degrees: float) -> Point:
    """Return the point on a circle at an angle in degrees clockwise from three o'clock."""
    angle = math.radians(degrees)
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)

"""The matplotlib back end: text, rectangles, polygons, strokes and arcs on one set of axes in points.

In: lengths in points from the top left corner, colours as hex. Out: artists on a `Figure`. The package does not import
modules whose names start with an underscore, so matplotlib is loaded only when the first chart is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist

    from figures.kit import Align, Point

POINTS_PER_INCH = 72


class Canvas:
    """One figure with axes that fill it, y downwards. It does not depend on the global style."""

    def __init__(self, width: float, height: float) -> None:
        self.figure = Figure(figsize=(width / POINTS_PER_INCH, height / POINTS_PER_INCH), dpi=POINTS_PER_INCH)
        self.figure.patch.set_visible(False)
        self._axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_axis_off()
        self._axes.set_xlim(0.0, width)
        self._axes.set_ylim(height, 0.0)

    def _add(self, artist: Artist) -> None:
        artist.set_clip_on(False)
        self._axes.add_artist(artist)

    def text(self, x: float, y: float, text: str, font: Any, colour: str, align: Align) -> None:
        """A line of text on the baseline y. Dollar signs do not start math text."""
        look: dict[str, Any] = {"color": colour, "fontproperties": font, "horizontalalignment": align, "rotation": 0.0}
        plain: dict[str, Any] = {"verticalalignment": "baseline", "parse_math": False, "usetex": False, "wrap": False}
        self._add(Text(x, y, text, antialiased=True, **look, **plain))

    def rectangle(self, x: float, y: float, width: float, height: float, colour: str, name: str) -> None:
        """A filled rectangle."""
        style: dict[str, Any] = {"facecolor": colour, "edgecolor": "none", "linewidth": 0.0, "antialiased": True}
        self._add(Rectangle((x, y), width, height, label=name, **style))

    def polygon(self, points: Sequence[Point], colour: str, name: str) -> None:
        """A filled polygon."""
        self._path(Path([*points, points[0]], closed=True), name, facecolor=colour, edgecolor="none", linewidth=0.0)

    def line(self, points: Sequence[Point], colour: str, width: float, name: str) -> None:
        """A line through the points."""
        self._stroke(Path(list(points)), colour, width, name)

    def strokes(
        self, pairs: Sequence[tuple[Point, Point]], colour: str, width: float, name: str, *, round_ends: bool
    ) -> None:
        """Many separate lines as one path."""
        codes = [Path.MOVETO, Path.LINETO] * len(pairs)
        self._stroke(Path([point for pair in pairs for point in pair], codes), colour, width, name, round_ends)

    def arc(
        self, centre: Point, radius: float, start: float, stop: float, colour: str, width: float, name: str
    ) -> None:
        """A stroke along a circle; angles in degrees clockwise from three o'clock."""
        unit = Path.arc(start, stop) if stop - start < 360 else Path.unit_circle()
        self._stroke(unit.transformed(Affine2D().scale(radius).translate(*centre)), colour, width, name)

    def _stroke(self, path: Path, colour: str, width: float, name: str, round_ends: bool = False) -> None:
        caps = "round" if round_ends else "butt"
        self._path(path, name, facecolor="none", edgecolor=colour, linewidth=width, capstyle=caps)

    def _path(self, path: Path, name: str, **style: Any) -> None:
        path.should_simplify = False
        style = {"capstyle": "butt", "joinstyle": "miter", "linestyle": "solid", "antialiased": True} | style
        self._add(PathPatch(path, fill=style["facecolor"] != "none", label=name, **style))

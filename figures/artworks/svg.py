"""A canvas for artworks: lines, fills and dots in flat token colours, written as compact SVG.

In: a `Scene` and geometry in points (origin top left). Out: one `<svg>` string, the same bytes for the same scene.
Paths use only absolute M, L, C and Z, so that they are easy to check.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from report.design.look import Scene

Point = tuple[float, float]
PointRun = Sequence[Point]
Disc = tuple[float, float, float]

KAPPA = 0.5523


def number(value: float) -> str:
    """Format a coordinate with at most two decimals and no trailing zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def pair(point: Point) -> str:
    """Format one coordinate pair of a path."""
    return f"{number(point[0])} {number(point[1])}"


def straight(run: PointRun, *, closed: bool = False) -> str:
    """Return a subpath of straight lines. A single point becomes a dot if the caps are round."""
    if len(run) == 1:
        x, y = run[0]
        return f"M{pair((x, y))}L{pair((x + 0.01, y))}"
    return "M" + "L".join(pair(point) for point in run) + ("Z" if closed else "")


def smooth(run: PointRun, *, closed: bool = False) -> str:
    """Return a smooth subpath through every point (Catmull-Rom as cubic curves)."""
    count = len(run)
    if count < 3:
        return straight(run, closed=closed)

    def at(i: int) -> Point:
        return run[i % count] if closed else run[min(max(i, 0), count - 1)]

    parts = ["M", pair(run[0])]
    for i in range(count if closed else count - 1):
        before, start, end, after = at(i - 1), at(i), at(i + 1), at(i + 2)
        out = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        into = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        parts.append(f"C{pair(out)} {pair(into)} {pair(end)}")
    return "".join(parts) + ("Z" if closed else "")


def round_path(disc: Disc) -> str:
    """Return a circle as a subpath of four curves."""
    x, y, r = disc
    k = r * KAPPA
    return (
        f"M{pair((x + r, y))}"
        f"C{pair((x + r, y + k))} {pair((x + k, y + r))} {pair((x, y + r))}"
        f"C{pair((x - k, y + r))} {pair((x - r, y + k))} {pair((x - r, y))}"
        f"C{pair((x - r, y - k))} {pair((x - k, y - r))} {pair((x, y - r))}"
        f"C{pair((x + k, y - r))} {pair((x + r, y - k))} {pair((x + r, y))}Z"
    )


class ArtworkCanvas:
    """Collects the marks of a scene. With `flip`, they are mirrored left to right."""

    def __init__(self, scene: Scene, *, flip: bool = False) -> None:
        """Start an empty canvas of the scene's size."""
        self.scene = scene
        self._flip = flip
        self._marks: list[str] = []

    def _turn(self, run: PointRun) -> PointRun:
        if not self._flip:
            return run
        return [(self.scene.width - x, y) for x, y in run]

    def _hex(self, token: str) -> str:
        return self.scene.colours[token]

    def ground(self, token: str, left: float = 0.0, right: float | None = None) -> None:
        """Fill a rectangle of the full height, including the bleed."""
        edge = self.scene.width if right is None else right
        self._marks.append(
            f'<rect x="{number(left)}" y="0" width="{number(edge - left)}" height="{number(self.scene.height)}" '
            f'fill="{self._hex(token)}" stroke="none"/>'
        )

    def line(
        self,
        runs: Iterable[PointRun],
        token: str,
        width: float,
        *,
        corners: bool = False,
        closed: bool = False,
        butt: bool = False,
    ) -> None:
        """Draw all runs as one stroked path."""
        write = straight if corners else smooth
        text = "".join(write(self._turn(run), closed=closed) for run in runs if run)
        if text:
            cap = "butt" if butt else "round"
            self._marks.append(
                f'<path d="{text}" fill="none" stroke="{self._hex(token)}" stroke-width="{number(width)}" '
                f'stroke-linecap="{cap}" stroke-linejoin="round"/>'
            )

    def shape(self, runs: Iterable[PointRun], token: str, *, corners: bool = False) -> None:
        """Draw all runs as one filled path."""
        write = straight if corners else smooth
        self._fill("".join(write(self._turn(run), closed=True) for run in runs if len(run) > 2), token)

    def discs(self, discs: Iterable[Disc], token: str) -> None:
        """Draw filled circles as one path."""
        turned = ((self._turn([(x, y)])[0], r) for x, y, r in discs)
        self._fill("".join(round_path((x, y, r)) for (x, y), r in turned), token)

    def circles(self, discs: Iterable[Disc], token: str, width: float) -> None:
        """Draw circle outlines as one path."""
        turned = ((self._turn([(x, y)])[0], r) for x, y, r in discs)
        text = "".join(round_path((x, y, r)) for (x, y), r in turned)
        if text:
            self._marks.append(
                f'<path d="{text}" fill="none" stroke="{self._hex(token)}" stroke-width="{number(width)}"/>'
            )

    def dots(self, points: Iterable[Point], token: str, diameter: float) -> None:
        """Draw equal dots as one path of points with round caps."""
        self.line([[point] for point in points], token, diameter)

    def _fill(self, text: str, token: str) -> None:
        if text:
            self._marks.append(f'<path d="{text}" fill="{self._hex(token)}" stroke="none"/>')

    def svg(self) -> str:
        """Return the finished drawing as SVG."""
        width, height = number(self.scene.width), number(self.scene.height)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" fill="none">' + "".join(self._marks) + "</svg>"
        )

"""Geometry helpers: curves, cutting at the fold, and lines that dissolve into dots before they reach text."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from figures.artworks.svg import Point, PointRun
from report.geometry import Rect

GOLDEN = math.pi * (3 - math.sqrt(5))


def mix(a: float, b: float, t: float) -> float:
    """Return the value between a and b at t (linear interpolation)."""
    return a + (b - a) * t


def ease(t: float) -> float:
    """Return t between 0 and 1 with a smooth start and end (smoothstep)."""
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def along(keys: Sequence[tuple[float, float]], x: float) -> float:
    """Return the value at x of a smooth curve through keys of (x, value)."""
    if x <= keys[0][0]:
        return keys[0][1]
    for (x0, v0), (x1, v1) in pairwise(keys):
        if x <= x1:
            return mix(v0, v1, ease((x - x0) / (x1 - x0)))
    return keys[-1][1]


def steps(start: float, end: float, pace: float) -> list[float]:
    """Return values from start to end, both included, about `pace` apart."""
    count = max(1, round(abs(end - start) / pace))
    return [start + (end - start) * i / count for i in range(count + 1)]


def polar(cx: float, cy: float, r: float, angle: float) -> Point:
    """Return the point at a distance and an angle (radians, clockwise from the right) from a centre."""
    return cx + r * math.cos(angle), cy + r * math.sin(angle)


def ring(
    cx: float, cy: float, radius: Callable[[float], float], pace: float = 5.0, squash: float = 1.0, turn: float = 0.0
) -> list[Point]:
    """Return a closed line around a centre; the radius is a function of the angle. The first point equals the last."""
    size = max(radius(0.0), radius(math.pi))
    count = max(16, round(2 * math.pi * size / pace))
    points = []
    for i in range(count + 1):
        angle = turn + 2 * math.pi * (i % count) / count
        x, y = polar(0, 0, radius(angle), angle)
        points.append((cx + x, cy + y * squash))
    return points


def distance(point: Point, box: Rect) -> float:
    """Return the distance of a point from a box; 0 inside."""
    dx = max(box.x0 - point[0], 0.0, point[0] - box.x0 - box.width)
    dy = max(box.y0 - point[1], 0.0, point[1] - box.y0 - box.height)
    return math.hypot(dx, dy)


def clearance(point: Point, quiet: Iterable[Rect]) -> float:
    """Return the distance of a point from the nearest quiet box."""
    return min((distance(point, box) for box in quiet), default=math.inf)


def mirrored(quiet: Iterable[Rect], width: float) -> tuple[Rect, ...]:
    """Return the quiet boxes mirrored left to right."""
    return tuple(Rect.of_size(width - box.x0 - box.width, box.y0, box.width, box.height) for box in quiet)


def thin(run: PointRun, every: int) -> list[Point]:
    """Return about every n-th point of a run, evenly spaced, and always the first and the last."""
    parts = max(1, round((len(run) - 1) / every))
    return [run[round(i * (len(run) - 1) / parts)] for i in range(parts + 1)] if len(run) > 1 else list(run)


def circle(cx: float, cy: float, r: float, pace: float = 3.0, squash: float = 1.0, turn: float = 0.0) -> list[Point]:
    """Return a dense closed circle. `squash` flattens it to an ellipse; `turn` is the angle of its first point."""
    return ring(cx, cy, lambda _: r, pace, squash, turn)


def dissolve(
    run: PointRun,
    quiet: Sequence[Rect],
    *,
    pad: float = 22.0,
    reach: float = 120.0,
    period: float = 13.0,
    phase: float = 0.0,
) -> list[list[Point]]:
    """Cut a dense run so that it becomes dashes, then dots, then nothing as it nears a quiet box."""
    boxes = [(box.x0, box.x0 + box.width, box.y0, box.y0 + box.height) for box in quiet]
    span = max(reach - pad, 1.0)
    runs: list[list[Point]] = []
    open_run: list[Point] = []
    travelled = phase
    before = run[0] if run else (0.0, 0.0)
    for point in run:
        travelled += math.dist(before, point)
        before = point
        x, y = point
        near = math.inf
        for left, right, top, bottom in boxes:
            dx = left - x if x < left else x - right if x > right else 0.0
            dy = top - y if y < top else y - bottom if y > bottom else 0.0
            near = min(near, math.hypot(dx, dy))
        duty = (near - pad) / span
        if duty >= 1 or (duty > 0.14 and (travelled / period) % 1.0 < ease(duty) * 0.94 + 0.06):
            open_run.append(point)
        elif open_run:
            runs.append(open_run)
            open_run = []
    if open_run:
        runs.append(open_run)
    return runs


def cut(run: PointRun, x: float) -> tuple[list[list[Point]], list[list[Point]]]:
    """Return the parts of a run left and right of x. Both include the exact points on the line."""
    sides: tuple[list[list[Point]], list[list[Point]]] = ([], [])
    current: list[Point] = [run[0]]
    side = int(run[0][0] > x)
    for before, after in pairwise(run):
        new_side = int(after[0] > x)
        if new_side != side:
            share = (x - before[0]) / (after[0] - before[0])
            meeting = (x, mix(before[1], after[1], share))
            sides[side].append([*current, meeting])
            current, side = [meeting], new_side
        current.append(after)
    sides[side].append(current)
    return sides


def clip(polygon: PointRun, x: float, *, left: bool) -> list[Point]:
    """Return the part of a polygon on one side of a vertical line."""
    result: list[Point] = []
    sign = -1.0 if left else 1.0
    for before, after in zip([polygon[-1], *polygon[:-1]], polygon, strict=True):
        inside_before, inside = sign * (before[0] - x) >= 0, sign * (after[0] - x) >= 0
        if inside != inside_before:
            share = (x - before[0]) / (after[0] - before[0])
            result.append((x, mix(before[1], after[1], share)))
        if inside:
            result.append(after)
    return result


def lens(root: Point, tip: Point, bulge: float, bend: float = 0.0, pace: int = 14) -> list[Point]:
    """Return a leaf shape between two points: `bulge` is its half width, `bend` shifts its middle sideways."""
    dx, dy = tip[0] - root[0], tip[1] - root[1]
    size = math.hypot(dx, dy) or 1.0
    nx, ny = -dy / size, dx / size

    def side(sign: float, t: float) -> Point:
        offset = math.sin(math.pi * t) * bend + sign * bulge * math.sin(math.pi * t) ** 1.15
        return root[0] + dx * t + nx * offset, root[1] + dy * t + ny * offset

    there = [side(1.0, i / pace) for i in range(pace + 1)]
    back = [side(-1.0, i / pace) for i in range(pace - 1, 0, -1)]
    return there + back

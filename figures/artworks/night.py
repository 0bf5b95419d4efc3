"""Quote spreads with motifs of light in the dark: threads, ripples, beacon."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from figures.artworks.gallery import artwork
from figures.artworks.geometry import along, circle, dissolve, mix, polar, steps, thin
from figures.artworks.palette import count
from figures.artworks.stage import stage
from figures.artworks.svg import Disc, Point, PointRun
from report.design.look import Scene
from report.geometry import Rect


@artwork({"threads": (24, 120)})
def threads(scene: Scene) -> str:
    """Threads that twist into one band, one for each unit counted; one thread is bright."""
    place = stage(scene)
    sheet, tone = place.sheet, place.colours
    total = count(scene, "threads")
    centre = [(-30.0, 560.0), (230.0, 500.0), (500.0, 226.0), (690.0, 112.0), (1010.0, 108.0), (1270.0, 30.0)]
    spread = [(-30.0, 330.0), (210.0, 230.0), (470.0, 132.0), (650.0, 82.0), (1000.0, 62.0), (1270.0, 130.0)]

    def thread(t: float) -> list[Point]:
        run = []
        for x in steps(-30, scene.width + 30, 6):
            turn = along([(-30.0, 0.25), (560.0, 1.5), (1270.0, 2.75)], x) * math.pi
            lift = math.sin(turn + t * math.pi * 0.92) + 0.16 * math.sin(turn * 2.2 + t * 4)
            run.append((x, _above_floor(along(centre, x) + along(spread, x) * lift, _floor(x, place.quiet))))
        return run

    groups: dict[str, list[PointRun]] = {tone.soft: [], tone.middle: [], tone.clear: []}
    order = (tone.soft, tone.middle, tone.soft, tone.clear, tone.middle)
    for i in range(total):
        groups[order[i % 5]].append(thin(thread(i / (total - 1)), 7))
    for token, width in ((tone.soft, 0.9), (tone.middle, 0.6), (tone.clear, 0.5)):
        sheet.line(groups[token], token, width)
    bright = thread(0.72)
    stop = max(i for i, point in enumerate(bright) if point[0] <= 1010)
    sheet.line([thin(bright[: stop + 1], 6)], tone.spark, 2.2)
    sheet.discs([(*bright[stop], 13.0)], tone.spark)
    return sheet.svg()


def _floor(x: float, quiet: Sequence[Rect]) -> float:
    """Return how low a thread may hang at x: above a quiet box, and down the slope in front of it."""
    return min((box.y0 - 34 + 1.5 * _softplus(box.x0 - 90 - x, 55.0) for box in quiet), default=math.inf)


def _above_floor(y: float, floor: float) -> float:
    """Keep a thread above the floor with a smooth transition, so that low threads run side by side along it."""
    return y if floor == math.inf else floor - _softplus(floor - y, 15.0)


def _softplus(value: float, soft: float) -> float:
    """Return a smooth version of max(value, 0)."""
    return value if value > 20 * soft else soft * math.log1p(math.exp(value / soft))


@artwork()
def ripples(scene: Scene) -> str:
    """Three falling drops (confidence, hope, peace), each the centre of wider ripples than the one before."""
    place = stage(scene)
    sheet, tone = place.sheet, place.colours
    drops = ((150.0, 196.0, 9.0, 118.0, 9), (418.0, 338.0, 18.0, 204.0, 13), (262.0, 650.0, 38.0, 790.0, 32))
    rng = random.Random(17)
    for x, y, size, reach, rings in drops:
        fine: list[PointRun] = []
        bold: list[PointRun] = []
        for i in range(1, rings + 1):
            r = size * 1.2 + (reach - size) * (i / rings) ** 1.35
            line = circle(x, y, r, 3.0, 0.3, -math.pi / 2)  # from the top, where it is nearly straight
            runs = dissolve(line, place.quiet, pad=12, reach=60, phase=rng.random() * 13)
            (bold if i % 4 == 1 else fine).extend(thin(run, max(3, round(r / 36))) for run in runs)
        sheet.line(fine, tone.middle, 0.7)
        sheet.line(bold, tone.clear, 1.1)
        sheet.line([[(x, -20.0), (x, y - size * 5.4)]], tone.middle, 0.5)
    for x, y, size, _, _ in drops:
        sheet.discs([(x, y - size * 4.4, size)], tone.spark)
    return sheet.svg()


def _rays(total: int, home: Point, rng: random.Random) -> list[tuple[Point, Point]]:
    """Return the start and end of each ray around a light, alternately long and short."""
    rays = []
    for i in range(total):
        angle = 2 * math.pi * (i + 0.5) / total
        long = (1.0, 0.52, 0.76, 0.6)[i % 4]
        end = mix(250, 980, long * mix(0.75, 1.0, rng.random()))
        rays.append((polar(*home, 216, angle), polar(*home, end, angle)))
    return rays


@artwork({"rays": (24, 120)})
def beacon(scene: Scene) -> str:
    """A small disc (a person) inside a large one (their support), with one ray for each unit counted."""
    place = stage(scene)
    sheet, tone = place.sheet, place.colours
    rng = random.Random(29)
    home = (300.0, 420.0)
    total = count(scene, "rays")
    lines: list[PointRun] = []
    ends: list[Point] = []
    for start, end in _rays(total, home, rng):
        size = math.dist(start, end)
        run = [(mix(start[0], end[0], d / size), mix(start[1], end[1], d / size)) for d in steps(0, size, 2.0)]
        pieces = dissolve(run, place.quiet, reach=170, phase=rng.random() * 13)
        lines.extend([piece[0], piece[-1]] if len(piece) > 1 else piece for piece in pieces)
        if pieces and pieces[-1][-1] == run[-1]:
            ends.append(end)
    sheet.line(lines, tone.middle, 0.6)
    sheet.dots(ends, tone.clear, 4.4)
    sheet.discs([(*home, 196.0)], tone.soft)
    embrace: list[Disc] = [(home[0], home[1] + 16 + k * 9.2, 180 - k * 11.5) for k in range(9)]
    sheet.circles(embrace, tone.middle, 0.6)
    sheet.discs([(home[0], home[1] + 104, 62.0)], tone.spark)
    return sheet.svg()

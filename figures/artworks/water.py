"""Artworks of single pages with motifs of the sea: the tide, a sea chart, the wake of a boat."""

from __future__ import annotations

import math
import random

from figures.artworks.gallery import artwork
from figures.artworks.geometry import clearance, dissolve, mix, polar, ring, steps, thin
from figures.artworks.palette import count
from figures.artworks.stage import stage
from figures.artworks.svg import Point, PointRun
from report.design.look import Scene

SUN = (428.0, 196.0, 128.0)
# The islands of the chart as (x, y, size, roughness).
ISLES = ((196.0, 196.0, 74.0, 0.20), (452.0, 150.0, 42.0, 0.28), (388.0, 300.0, 26.0, 0.24), (70.0, 352.0, 18.0, 0.2))


@artwork({"waves": (3, 12)})
def tide(scene: Scene) -> str:
    """Broad waves, one for each unit counted, under a low sun."""
    place = stage(scene)
    tone = place.colours
    floor = min((box.y0 for box in scene.quiet), default=0.58 * scene.height) - 24
    total = count(scene, "waves")
    place.sheet.discs([SUN], tone.spark)
    top = SUN[1] + 36
    pace = (floor - top) / total
    for i in range(total):
        depth = (i + 0.5) / total
        middle, swell = mix(top, floor, depth), pace * 0.2
        length, phase = mix(150, 250, depth), 0.9 * i
        crest = [(x, middle + swell * math.sin(2 * math.pi * x / length + phase)) for x in steps(-20, 650, 6)]
        place.sheet.line([thin(crest, 3)], tone.ground, pace * 0.9, butt=True)
        place.sheet.line([thin(crest, 3)], (tone.clear, tone.middle, tone.soft)[i % 3], pace * 0.52, butt=True)
    return place.sheet.svg()


@artwork({"buoys": (8, 120)})
def soundings(scene: Scene) -> str:
    """A sea chart: depth contours around islands, and one buoy for each unit counted; one buoy is lit."""
    place = stage(scene)
    tone = place.colours
    rng = random.Random(31)
    coasts = [[(n, rng.uniform(0.3, 1.0) / n, rng.uniform(0, 2 * math.pi)) for n in (1, 2, 3, 5)] for _ in ISLES]

    def reach(isle: int, angle: float, out: float) -> float:
        _, _, size, rough = ISLES[isle]
        coast = sum([part * math.sin(n * angle + phase) for n, part, phase in coasts[isle]])
        return size * (1 + rough * coast / (1 + out / 70)) + out

    def depth(point: Point) -> float:
        away = []
        for isle, (x, y, _, _) in enumerate(ISLES):
            off = math.dist(point, (x, y)) - reach(isle, math.atan2(point[1] - y, point[0] - x), 0.0)
            away.append(off)
        return min(away)

    fine: list[PointRun] = []
    bold: list[PointRun] = []
    for step in range(1, 19):
        out = 7.0 * step * (1 + 0.05 * step)
        for isle, (x, y, _, _) in enumerate(ISLES):
            line = ring(x, y, lambda angle, isle=isle, out=out: reach(isle, angle, out), 4.5)  # type: ignore[misc]
            current: list[Point] = []
            runs: list[list[Point]] = []
            for point in line:  # stop where another island is nearer: its own contour continues there
                if depth(point) > out - 2.5 and -30 < point[0] < scene.width + 30 and point[1] > -30:
                    current.append(point)
                elif current:
                    runs.append(current)
                    current = []
            runs.append(current)
            parts = [part for run in runs for part in dissolve(run, place.quiet, pad=16, reach=70, period=15)]
            (bold if step % 5 == 0 else fine).extend(thin(part, 3) for part in parts if len(part) > 2)
    place.sheet.line(fine, tone.soft, 0.8)
    place.sheet.line(bold, tone.middle, 1.3)
    for isle, (x, y, _, _) in enumerate(ISLES):
        coast = ring(x, y, lambda angle, isle=isle: reach(isle, angle, 0.0), 5.0)[:-1]  # type: ignore[misc]
        place.sheet.shape([coast], tone.clear)
    buoys: list[Point] = []
    for _ in range(20000):
        if len(buoys) == count(scene, "buoys"):
            break
        p = (rng.uniform(20, 610), rng.uniform(20, 430))
        if depth(p) > 12 and clearance(p, place.quiet) > 20 and all(math.dist(p, q) > 17 for q in buoys):
            buoys.append(p)
    place.sheet.dots(buoys[1:], tone.clear, 4.6)
    place.sheet.discs([(*buoys[0], 11.0)], tone.spark)
    return place.sheet.svg()


@artwork()
def wake(scene: Scene) -> str:
    """A boat seen from above, and the two widening arms of its wake."""
    place = stage(scene)
    tone = place.colours
    bow, course = (446.0, 150.0), math.radians(-40)
    for side in (-1, 1):
        arms: list[PointRun] = []
        for i in range(26):
            far = 26.0 + 21.0 * i * (1 + 0.022 * i)
            foot = polar(*bow, -far, course)
            wide = far * 0.36
            tip = polar(*foot, wide, course + side * math.pi / 2)
            bend = polar(*polar(*foot, wide * 0.55, course + side * math.pi / 2), -0.16 * far, course)
            curve = [_between(foot, bend, tip, t / 24) for t in range(25)]
            arms += [thin(run, 4) for run in dissolve(curve, place.quiet, pad=14, reach=60, period=13)]
        place.sheet.line(arms, tone.middle if side < 0 else tone.clear, 2.0)
    hull = [polar(*bow, 34, course)]
    hull += [polar(*polar(*bow, back, course), 11.0 * side, course + math.pi / 2) for back, side in
             ((6.0, 0.92), (-24.0, 1.0), (-40.0, 0.7), (-40.0, -0.7), (-24.0, -1.0), (6.0, -0.92))]  # fmt: skip
    place.sheet.shape([hull], tone.spark)
    return place.sheet.svg()


def _between(start: Point, bend: Point, end: Point, t: float) -> Point:
    """Return a point on the quadratic curve from start to end with control point `bend`."""
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
    return a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]

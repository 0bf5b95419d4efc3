"""Quote spreads with motifs of growth: rings, horizons, leaves, branches."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from figures.artworks.gallery import artwork
from figures.artworks.geometry import along, clearance, dissolve, lens, mix, polar, ring, steps, thin
from figures.artworks.palette import count
from figures.artworks.stage import stage
from figures.artworks.svg import Point, PointRun
from report.design.look import Scene


def _bark(rng: random.Random) -> Callable[[float], float]:
    """Return a smooth irregularity around a stem: how much farther the wood grows in a direction."""
    waves = [(n, rng.uniform(0.4, 1.0) / n, rng.uniform(0, 2 * math.pi)) for n in (1, 2, 3, 5, 8)]
    return lambda angle: sum([size * math.sin(n * angle + phase) for n, size, phase in waves])


@artwork()
def rings(scene: Scene) -> str:
    """Growth rings of a tree, one for each year of a long life, around a bright centre."""
    place = stage(scene)
    sheet, tone = place.sheet, place.colours
    rng = random.Random(81)
    first, last = _bark(rng), _bark(rng)
    years = 80
    groups: dict[tuple[str, float], list[PointRun]] = {}
    r = 15.0
    for year in range(years):
        r += mix(6.2, 13.5, year / years) * rng.uniform(0.55, 1.4)
        t = year / years

        def radius(angle: float, r: float = r, t: float = t) -> float:
            return r * (1 + 0.055 * mix(first(angle), last(angle), t) * min(1.0, r / 160))

        line = ring(325, 430, radius, 4.5, turn=0.4)
        runs = dissolve(line, place.quiet, pad=18, reach=110, period=15, phase=rng.random() * 15)
        style = (tone.clear, 2.0) if year % 10 == 9 else (tone.clear, 0.8) if year % 3 == 0 else (tone.middle, 0.8)
        groups.setdefault(style, []).extend(thin(run, max(2, round(r / 18))) for run in runs)
    for (token, width), lines in sorted(groups.items()):
        sheet.line(lines, token, width)
    sheet.discs([(325, 430, 13.0)], tone.spark)
    return sheet.svg()


@artwork()
def horizons(scene: Scene) -> str:
    """Ridges behind ridges under one sun."""
    place = stage(scene)
    sheet, tone = place.sheet, place.colours
    rng = random.Random(5)
    sun = (330.0, 300.0)
    sheet.circles([(*sun, 128 + 15.0 * k * (1 + 0.055 * k)) for k in range(1, 10)], tone.soft, 0.9)
    sheet.discs([(*sun, 116.0)], tone.spark)
    layers = (
        (tone.soft, tone.ground, 400.0, 668.0, 96.0),
        (tone.middle, tone.soft, 520.0, 700.0, 74.0),
        (tone.deep, tone.middle, 610.0, 742.0, 60.0),
        (tone.clear, tone.deep, 716.0, 772.0, 34.0),
    )
    for token, etch, high, low, rough in layers:
        waves = [(rng.uniform(0.004, 0.012) * n, rng.uniform(0, 6.28), 1 / n) for n in (1, 2, 4, 7)]

        def ridge(
            x: float,
            high: float = high,
            low: float = low,
            rough: float = rough,
            waves: list[tuple[float, float, float]] = waves,
        ) -> float:
            calm = along([(560.0, 1.0), (700.0, 0.25)], x)
            return along([(0.0, high), (380.0, high + 30), (700.0, low)], x) + rough * calm * 0.5 * sum(
                s * math.sin(f * x + p) for f, p, s in waves
            )

        xs = steps(-20, scene.width + 20, 12)
        crest = [(x, ridge(x)) for x in xs]
        sheet.shape([[*crest, (xs[-1], scene.height + 10), (xs[0], scene.height + 10)]], token, corners=True)
        lines = [
            [(x, y + d * d * 2.6 + d * (8 + 5 * math.sin(x * 0.006 + d))) for x, y in thin(crest, 4)]
            for d in range(1, 7)
        ]
        sheet.line([[p for p in line if p[1] < scene.height + 40] for line in lines], etch, 0.7)
    return sheet.svg()


@artwork({"leaves": (9, 20)})
def leaves(scene: Scene) -> str:
    """The leaves of a book that fan out from the fold, one for each unit counted."""
    place = stage(scene)
    sheet, tone = place.sheet, place.colours
    total = count(scene, "leaves")
    root = (640.0, 850.0)
    tokens = (tone.middle, tone.clear, tone.deep, tone.middle, tone.spark, tone.clear, tone.middle)
    for i in range(total):
        t = i / (total - 1)
        angle = math.radians(mix(180.5, 264.5, t))
        size = mix(560, 800, math.sin(math.pi * (0.12 + 0.62 * t)))
        tip = polar(*root, size, angle)
        shape = lens(root, tip, mix(36, 46, t), mix(54, -16, t), 15)
        sheet.shape([shape], tone.ground)
        sheet.shape([lens(root, tip, mix(32, 42, t), mix(54, -16, t), 15)], tokens[i % 7])
        wide, bend = mix(32, 42, t), mix(54, -16, t)
        veins = [lens(root, tip, wide * k, bend, 15)[:16] for k in (-0.6, -0.2, 0.2, 0.6)]
        sheet.line(veins, tone.ground, 0.6)
    flat = [lens(root, polar(*root, 690 - 40 * k, math.radians(348 - 4 * k)), 20, -12, 20) for k in range(3)]
    for k, shape in enumerate(flat):
        sheet.shape([shape], (tone.clear, tone.middle, tone.deep)[k])
        half = shape[: len(shape) // 2 + 1]
        spine = [(mix(a[0], b[0], 0.5), mix(a[1], b[1], 0.5)) for a, b in zip(half[1:], shape[:0:-1], strict=False)]
        sheet.line([spine], tone.ground, 0.6)
    return sheet.svg()


def _strand(foot: Point, tip: Point, height: float) -> list[Point]:
    """Return a line that rises straight from its foot and then leans towards its tip."""
    knee = (foot[0], foot[1] - height)
    lean = (mix(foot[0], tip[0], 0.42), mix(knee[1], tip[1], 0.72))
    run = []
    for k in range(13):
        t = k / 12
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        run.append(
            (a * foot[0] + b * knee[0] + c * lean[0] + d * tip[0], a * foot[1] + b * knee[1] + c * lean[1] + d * tip[1])
        )
    return run


def _tip(i: int, total: int, rng: random.Random) -> Point:
    """Return the tip of a branch in an uneven crown. Tips over the text stay well above it."""
    t = i / max(total - 1, 1)
    angle = math.radians(mix(176, 314, t**0.92))
    reach = (1.0, 0.66, 0.86, 0.5, 0.93, 0.74)[i % 6] * rng.uniform(0.97, 1.03)
    x, y = 316 + mix(330, 920, t) * reach * math.cos(angle), 560 + 530 * reach * math.sin(angle)
    return (x, y) if x < 600 else (x, mix(y, 48.0 + 41 * (i % 4), min(1.0, (x - 600) / 60)))


@artwork({"branches": (12, 90)})
def branches(scene: Scene) -> str:
    """A tree with one branch for each unit counted: together they form the trunk, and each ends in a fruit."""
    place = stage(scene)
    sheet, tone = place.sheet, place.colours
    rng = random.Random(84)
    total = count(scene, "branches")
    lines: list[PointRun] = []
    fruits: list[tuple[float, float, float]] = []
    for i in range(total):
        tip, size = _tip(i, total, rng), rng.choice((4.0, 5.0, 6.5, 9.0, 13.0))
        foot = (316 + (i - (total - 1) / 2) * 1.7, 840.0)
        low = mix(430, 300, abs(2 * i / max(total - 1, 1) - 1))
        moved = ((tip[0] + 22 * dx, tip[1] - 22 * dy) for dx, dy in ((0, 0), (0, 1), (1, 0), (-1, 0), (1, 2), (-1, 2)))
        apart = (end for end in moved if all(math.dist(end, other[:2]) > 22 for other in fruits))
        strands = (_strand(foot, end, low + 40 * k) for end in apart for k in range(10))
        free = next((run for run in strands if min(clearance(p, place.quiet) for p in run) > 26), None)
        if free is not None:
            lines.append(free)
            fruits.append((*free[-1], size))
    sheet.line(lines[::2], tone.clear, 1.0)
    sheet.line(lines[1::2], tone.middle, 1.0)
    sheet.discs(fruits, tone.spark)
    return sheet.svg()

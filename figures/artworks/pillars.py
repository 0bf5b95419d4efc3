"""Pillar spreads: each drawing crosses the fold from the dark title page to the light page of numbers."""

from __future__ import annotations

import math
import random

from figures.artworks.gallery import artwork
from figures.artworks.geometry import circle as ring_line
from figures.artworks.geometry import clearance, ease, mix, polar
from figures.artworks.palette import count
from figures.artworks.stage import PillarStage
from figures.artworks.svg import Point, PointRun
from report.design.look import Scene


@artwork()
def steps(scene: Scene) -> str:
    """A flight of stairs, one step for each month, and a bright disc for a student who has reached the right page."""
    place = PillarStage(scene)
    total = 13
    run, rise, deep = 112.0, 25.0, (88.0, 74.0)
    treads: list[list[Point]] = []
    risers: list[list[Point]] = []
    lines: list[PointRun] = []
    for i in range(total):
        x, y = -130 + run * i, 352 - rise * i
        near = (x + deep[0], y + deep[1])
        treads.append([(x, y), (x + run, y), (near[0] + run, near[1]), near])
        risers.append([(x, y), near, (near[0], near[1] + rise), (x, y + rise)])
        for k in range(1, 8):
            t = k / 8
            lines.append([(x + deep[0] * t, y + deep[1] * t), (x + run + deep[0] * t, y + deep[1] * t)])
    place.shape(treads, (place.left.clear, place.right.middle))
    place.shape(risers, (place.left.middle, place.right.clear))
    place.line(lines, (place.left.middle, place.right.clear), 0.5)
    x, y = -130 + run * 8 + run / 2 + deep[0] / 2, 352 - rise * 8 + deep[1] / 2
    place.sheet.discs([(x, y - 34, 34.0)], "accent")
    return place.sheet.svg()


@artwork({"circles": (40, 130)})
def breath(scene: Scene) -> str:
    """Circles that swell and shrink across the two pages, one for each unit counted."""
    place = PillarStage(scene)
    total = count(scene, "circles")
    lines: list[PointRun] = []

    def body(t: float) -> tuple[float, float, float]:
        swell = 0.6 + 0.4 * math.sin(t * 12.4 - 0.9)
        x = mix(-170, scene.width + 130, t)
        return x, mix(204, 160, t) + 30 * math.sin(t * 9.5), mix(208, 178, ease(t * 1.25)) * swell

    for i in range(total):
        x, y, r = body(i / (total - 1))
        lines.append(ring_line(x, y, r, 5.0))
    place.line(lines, (place.left.middle, place.right.clear), 0.6, every=5)
    place.sheet.discs([body(0.4526)], "accent")
    return place.sheet.svg()


def _seated(home: Point, r: float, total: int, size: float) -> tuple[list[list[Point]], list[list[Point]]]:
    """Return the shoulders and heads of people who sit in a circle and face its centre, seen from above."""
    shoulders, heads = [], []
    for i in range(total):
        angle = 2 * math.pi * (i + 0.5) / total
        x, y = polar(*home, r, angle)
        shoulders.append([polar(x, y, size, angle + math.pi * (k / 20 - 0.5)) for k in range(21)])
        heads.append(ring_line(*polar(*home, r - size * 0.28, angle), size * 0.48, size / 8))
    return shoulders, heads


@artwork({"seats": (12, 60)})
def circle(scene: Scene) -> str:
    """A council seated in rings around a bright centre, one seat for each unit counted, with smaller circles nearby."""
    place = PillarStage(scene)
    seats = count(scene, "seats")
    inner = round(seats * 0.38)
    home = (436.0, 168.0)
    rings = [(home, 126.0, inner, 18.0), (home, 202.0, seats - inner, 18.0)]
    others = [((806.0, 128.0), 112.0, 17), ((976.0, 300.0), 62.0, 11), ((1140.0, 120.0), 150.0, 24)]
    rings.extend((middle, r, total, 13.0 if r > 60 else 10.0) for middle, r, total in others)
    for middle, r, total, size in rings:
        place.line([ring_line(*middle, r - size * 0.28)], (place.left.middle, place.right.middle), 0.7, every=6)
        shoulders, heads = _seated(middle, r, total, size)
        place.shape(shoulders, (place.left.middle, place.right.middle))
        place.shape(heads, (place.left.clear, place.right.clear))
    place.sheet.discs([(*home, 62.0), *((*middle, r * 0.44) for middle, r, _ in others)], "accent")
    return place.sheet.svg()


@artwork({"swells": (5, 20)})
def waves(scene: Scene) -> str:
    """The sound wave of a voice, one swell for each unit counted, with the speaker as a bright disc."""
    place = PillarStage(scene)
    rng = random.Random(21)
    episodes = count(scene, "swells")
    loud = [(0.95, 0.5, 0.78, 0.36, 1.0, 0.62)[i % 6] for i in range(episodes)]
    speaker, middle, gap = 410.0, 150.0, 13.5
    bars: dict[bool, list[PointRun]] = {False: [], True: []}
    for i in range(-1, round(scene.width / gap) + 2):
        x = 5 + i * gap
        t = min(max(x / scene.width, 0.0), 0.9999) * episodes
        swell = math.sin(math.pi * (t % 1.0)) ** 0.7 * loud[int(t)] * rng.uniform(0.72, 1.0)
        near = ease((abs(x - speaker) - 40) / 120)
        if abs(x - speaker) < 66:
            continue
        up = mix(262, 210, ease(x / scene.width * 1.75)) * swell * near + 3
        bars[i % 4 == 0].append([(x, middle - up), (x, middle + up)])
    place.line([[(x * 10.0, middle) for x in range(-1, 127)]], (place.left.middle, place.right.middle), 0.7, every=20)
    place.line(bars[False], (place.left.middle, place.right.middle), 6.0)
    place.line(bars[True], (place.left.clear, place.right.clear), 6.0)
    place.sheet.discs([(speaker, middle, 44.0)], "accent")
    return place.sheet.svg()


def _quarter(x: float, y: float, size: float, corner: int, share: float = 1.0) -> list[Point]:
    """Return a quarter disc in a corner of a tile; with a `share` below 1, a smaller one in the same corner."""
    cx, cy = x + size * (corner in (1, 2)), y + size * (corner in (2, 3))
    start = math.pi / 2 * corner
    return [(cx, cy), *(polar(cx, cy, size * share, start + math.pi / 2 * k / 12) for k in range(13))]


@artwork()
def lattice(scene: Scene) -> str:
    """A lattice of tiles over both pages, with one bright tile: the new idea."""
    place = PillarStage(scene)
    rng = random.Random(904)
    size = 69.0
    fills: dict[str, list[list[Point]]] = {"middle": [], "clear": [], "deep": []}
    arcs: list[PointRun] = []
    for column in range(-1, 20):
        for row in range(-1, 6):
            x, y = column * size - 30, row * size - 15
            over = x > place.fold - size and y + size > 400
            if over or (column, row) == (6, 2) or clearance((x + size / 2, y + size / 2), place.quiet) < size * 0.62:
                continue
            corner, draw = rng.randrange(4), rng.random() + 0.22 * (row > 3) + 0.12 * (x > place.fold and row > 1)
            if draw < 0.68:
                fills[("middle", "middle", "clear", "deep")[rng.randrange(4)]].append(_quarter(x, y, size, corner))
            elif draw < 0.92:
                arcs.extend(_quarter(x, y, size, corner, k / 7)[1:] for k in range(1, 8))
    for name, polygons in fills.items():
        place.shape(polygons, (getattr(place.left, name), getattr(place.right, name)))
    place.line(arcs, (place.left.middle, place.right.clear), 0.8, every=3)
    place.sheet.discs([(size * 6.5 - 30, size * 2.5 - 15, size / 2)], "accent")
    return place.sheet.svg()

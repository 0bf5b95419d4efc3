"""Artworks of single inside pages: a star chart (contents), a braid (plan), dandelion seeds (commitment)."""

from __future__ import annotations

import math
import random

from figures.artworks.gallery import artwork
from figures.artworks.geometry import GOLDEN, clearance, ease, mix, polar, thin
from figures.artworks.palette import count
from figures.artworks.stage import ArtworkStage, stage
from figures.artworks.svg import Disc, Point, PointRun
from report.design.look import Scene

STAR = (404.0, 194.0)
PLAIT = ((0, 1), (2, 3)), ((1, 2), (3, 4))


def _nearest_tree(points: list[Point]) -> list[PointRun]:
    """Return the shortest set of lines that joins all points (a minimum spanning tree)."""
    free = points[1:]
    nearest = dict.fromkeys(free, points[0])
    lines: list[PointRun] = []
    while free:
        end = min(free, key=lambda p: math.dist(p, nearest[p]))
        lines.append([nearest[end], end])
        free.remove(end)
        for p in free:
            if math.dist(p, end) < math.dist(p, nearest[p]):
                nearest[p] = end
    return lines


def _stars(place: ArtworkStage, total: int) -> list[Point]:
    """Return places that keep their distance from each other, denser near the bright star."""
    rng = random.Random(33)
    stars: list[Point] = []
    for _ in range(20000):
        if len(stars) == total:
            break
        p = (rng.uniform(-14, 644), rng.uniform(-14, 480))
        away = math.dist(p, STAR)
        at_trim = min(abs(p[0] - 9), abs(p[0] - 621), abs(p[1] - 9)) < 13
        if away < 92 or at_trim or clearance(p, place.quiet) < 46:
            continue
        if all(math.dist(p, q) > 19 + 0.075 * away for q in stars):
            stars.append(p)
    return stars


@artwork({"stars": (24, 120)})
def contents(scene: Scene) -> str:
    """A star chart with one star for each unit counted, joined by the shortest lines, and one bright star."""
    place = stage(scene)
    tone = place.colours
    stars = _stars(place, count(scene, "stars"))
    spheres: list[Disc] = [(*STAR, r) for r in (62.0, 118.0, 174.0, 230.0)]
    place.sheet.circles(spheres, tone.soft, 0.8)
    turns = [(math.pi * k / 36, 236 if k % 6 else 243) for k in range(72)]
    ticks = [[polar(*STAR, 230, angle), polar(*STAR, end, angle)] for angle, end in turns]
    place.sheet.line(ticks, tone.soft, 0.8, corners=True)
    place.sheet.line(_nearest_tree(stars), tone.middle, 0.8, corners=True)
    for size, part in ((3.2, stars[::3]), (5.6, stars[1::3]), (9.5, stars[2::3])):
        place.sheet.dots(part, tone.clear, size)
    place.sheet.discs([(*STAR, 46.0)], tone.spark)
    return place.sheet.svg()


def _braid() -> tuple[list[list[Point]], list[tuple[int, int, int]]]:
    """Return five plaited strands as dense runs, and the crossings as (index on the run, upper and lower strand)."""
    lanes = [0, 1, 2, 3, 4]
    runs: list[list[Point]] = [[] for _ in lanes]
    crossings = []
    columns, pace = 7, 20
    for column in range(columns):
        after = list(lanes)
        if column < columns - 1:
            for a, b in PLAIT[column % 2]:
                after[a], after[b] = lanes[b], lanes[a]
                over, under = (lanes[a], lanes[b]) if column % 2 else (lanes[b], lanes[a])
                crossings.append((column * pace + pace // 2, over, under))
        for strand in lanes:
            start, end = lanes.index(strand), after.index(strand)
            for k in range(pace):
                t = k / pace
                runs[strand].append(_lane(mix(start, end, mix(t, ease(t), 0.6)), (column + t) / columns))
        lanes = after
    return [_softened(run, 7) for run in runs], crossings


def _softened(run: list[Point], reach: int) -> list[Point]:
    """Return the run with rounded bends: each point becomes the mean of its neighbours."""
    soft = []
    for i in range(len(run)):
        width = min(reach, i, len(run) - 1 - i)
        part = run[i - width : i + width + 1]
        soft.append((sum(x for x, _ in part) / len(part), sum(y for _, y in part) / len(part)))
    return soft


def _lane(lane: float, t: float) -> Point:
    """Return a point on the band of the strands, which rises and widens across the page."""
    open_out = mix(50, 104, t * t)
    x, y = mix(-90, 700, t), mix(402, 226, ease(t)) - 18 * math.sin(t * 7)
    return x + (lane - 2) * 16, y + (lane - 2) * open_out


@artwork()
def plan(scene: Scene) -> str:
    """Five strands in the pillar colours, plaited into one band."""
    place = stage(scene)
    dark = scene.ground in ("ink", "dusk", "text")
    runs, crossings = _braid()
    width = 40.0

    families = scene.pillars or (scene.base,)

    def lay(strand: int, first: int, last: int) -> None:
        part = thin(runs[strand][max(first, 0) : last], 3)
        pillar = families[strand % len(families)]
        mid = f"{pillar}-mid" if scene.pillars else scene.mid
        place.sheet.line([part], mid if dark else pillar, width, butt=True)
        inlay = pillar if dark else mid
        for shift in (-12.0, -4.0, 4.0, 12.0):
            place.sheet.line([_beside(part, shift)], inlay, 0.7, butt=True)

    for strand in range(len(runs)):
        lay(strand, 0, len(runs[strand]))
    for index, over, _ in crossings:
        part = thin(runs[over][max(index - 11, 0) : index + 12], 3)
        place.sheet.line([part], scene.ground, width + 8, butt=True)
        lay(over, index - 13, index + 14)
    return place.sheet.svg()


def _beside(run: list[Point], shift: float) -> list[Point]:
    """Return the run, shifted sideways."""
    moved = []
    for i, (x, y) in enumerate(run):
        (x0, y0), (x1, y1) = run[max(i - 1, 0)], run[min(i + 1, len(run) - 1)]
        size = math.hypot(x1 - x0, y1 - y0) or 1.0
        moved.append((x - (y1 - y0) / size * shift, y + (x1 - x0) / size * shift))
    return moved


def _plume(end: Point, angle: float, size: float, hairs: int) -> list[PointRun]:
    """Return the hairs of one seed, spread like a parasol."""
    sides = (k / (hairs - 1) * 2 - 1 for k in range(hairs))
    return [[end, polar(*end, size * (1 - 0.12 * abs(side)), angle + 1.25 * side)] for side in sides]


@artwork({"seeds": (24, 120)})
def commitment(scene: Scene) -> str:
    """A dandelion that releases its seeds, one for each unit counted; the nearest is bright."""
    place = stage(scene)
    tone = place.colours
    home = (420.0, 262.0)
    stems: list[PointRun] = []
    fine: list[PointRun] = []
    total = count(scene, "seeds")
    for i in range(total):
        angle, r = i * GOLDEN + 0.3, 150 * math.sin(math.pi / 2 * math.sqrt((i + 9) / (total + 9)))
        end = polar(*home, r, angle)
        stems.append([polar(*home, 30, angle), end])
        fine.extend(_plume(end, angle, mix(10, 34, r / 150), 9))
    flying = ((226, 96, 3.5, 36), (202, 252, 3.75, 40), (212, 362, 3.3, 34), (150, 66, 3.62, 40), (120, 408, 3.45, 52))
    bold: list[PointRun] = []
    for x, y, angle, size in flying:
        end = polar(x, y, size * 1.3, angle)
        stems.append([(x, y), end])
        fine.extend(_plume(end, angle, size, 13))
    near = (100.0, 214.0)
    end = polar(*near, 96, 3.9)
    bold.extend([[near, end], *_plume(end, 3.9, 84, 17)])
    place.sheet.line([[home, (496.0, 410.0), (586.0, 540.0), (604.0, 830.0)]], tone.middle, 2.6)
    place.sheet.line(stems, tone.middle, 0.6, corners=True)
    place.sheet.line(fine, tone.clear, 0.5, corners=True)
    place.sheet.line(bold, tone.clear, 1.0, corners=True)
    place.sheet.dots([(x, y) for x, y, _, _ in flying], tone.clear, 4.4)
    place.sheet.discs([(*home, 30.0)], tone.soft)
    place.sheet.discs([(*near, 17.0)], tone.spark)
    return place.sheet.svg()

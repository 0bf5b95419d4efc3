"""Artworks of plans and counts: roads over hills, and lamps in a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import groupby

from figures.artworks.gallery import artwork
from figures.artworks.geometry import dissolve, mix, polar, steps
from figures.artworks.palette import count, palette, palette_of
from figures.artworks.stage import stage
from figures.artworks.svg import ArtworkCanvas, Point, PointRun
from report.design.look import Scene
from report.geometry import Rect

SKYLINE = 112.0
GOAL = (846.0, 96.0)
RISE = 38.0
# Low hills as (x, depth, half width, half depth, height); depth runs from 0 at the skyline to 1 in the foreground.
HILLS = (
    (90.0, 0.05, 170.0, 0.05, 30.0),
    (400.0, 0.10, 150.0, 0.05, 34.0),
    (640.0, 0.05, 120.0, 0.04, 16.0),
    (1110.0, 0.06, 190.0, 0.05, 32.0),
    (60.0, 0.36, 150.0, 0.09, 42.0),
    (600.0, 0.40, 140.0, 0.08, 46.0),
    (960.0, 0.36, 110.0, 0.07, 34.0),
    (330.0, 0.62, 150.0, 0.09, 34.0),
    (1230.0, 0.50, 130.0, 0.09, 52.0),
    (850.0, 0.76, 160.0, 0.08, 36.0),
)
# The roads as (x, depth) after the common start at the left edge.
WAYS: tuple[tuple[Point, ...], ...] = (
    ((150, 0.54), (290, 0.40), (400, 0.25), (520, 0.165), (680, 0.11), (820, 0.03)),
    ((200, 0.63), (430, 0.50), (560, 0.30), (540, 0.19), (720, 0.12), (834, 0.03)),
    ((250, 0.71), (560, 0.62), (780, 0.46), (700, 0.26), (800, 0.14), (845, 0.03)),
    ((300, 0.79), (660, 0.80), (980, 0.62), (1010, 0.36), (890, 0.20), (857, 0.03)),
    ((320, 0.88), (700, 0.95), (1080, 0.86), (1170, 0.54), (1030, 0.24), (870, 0.03)),
)


def _furrow(v: float, floor: float) -> Callable[[float], Point]:
    """Return a function from an x to the point of the land at one depth."""
    near = [(a, w, h * math.exp(-(((v - b) / d) ** 2))) for a, b, w, d, h in HILLS if abs(v - b) < 3 * d]
    level = mix(SKYLINE, floor, v**1.12)
    return lambda x: (round(x, 1), round(level - sum([h * math.exp(-(((x - a) / w) ** 2)) for a, w, h in near]), 1))


def _land(x: float, v: float, floor: float) -> Point:
    """Return the point on the sheet for a point of the land."""
    return _furrow(v, floor)(x)


def _spline(keys: list[Point], pace: int) -> list[Point]:
    """Return a smooth dense run of points through all keys."""
    run: list[Point] = []
    for i in range(len(keys) - 1):
        a, b, c, d = keys[max(i - 1, 0)], keys[i], keys[i + 1], keys[min(i + 2, len(keys) - 1)]
        for k in range(pace):
            t = k / pace
            pull = (
                -t * (1 - t) ** 2 / 2,
                1 + t * t * (1.5 * t - 2.5),
                t * (0.5 + t * (2 - 1.5 * t)),
                t * t * (t - 1) / 2,
            )
            x, y = (sum(f * p[n] for f, p in zip(pull, (a, b, c, d), strict=True)) for n in (0, 1))
            run.append((x, y))
    return [*run, keys[-1]]


def _road(lane: int, lanes: int, floor: float) -> list[tuple[float, Point, Point]]:
    """Return a road as cross sections: depth of the nearer kerb (infinite where hidden), and both kerbs."""
    way = WAYS[round(lane * (len(WAYS) - 1) / (lanes - 1))]
    start = 0.60 + 0.06 * lane
    centre = _spline([(-130, start), (-30, start), *way, (GOAL[0], -0.02)], 30)
    flat = (floor - SKYLINE) / 0.42
    sections = []
    for i, (x, v) in enumerate(centre):
        (x0, v0), (x1, v1) = centre[max(i - 1, 0)], centre[min(i + 1, len(centre) - 1)]
        half = mix(0.9, 15.0, max(v, 0.0) ** 1.1) / (math.hypot(x1 - x0, (v1 - v0) * flat) or 1.0)
        across, deep = (v0 - v1) * flat * half, (x1 - x0) / flat * half
        kerbs = _land(x + across, max(v + deep, 0.0), floor), _land(x - across, max(v - deep, 0.0), floor)
        seen = _land(x, v + 0.01, floor)[1] > _land(x, v - 0.01, floor)[1] if v > 0.01 else True
        sections.append((v + abs(deep) if seen else math.inf, *kerbs))
    return sections


def _road_pieces(
    sections: list[tuple[float, Point, Point]], rows: int
) -> Iterator[tuple[int, list[Point], list[Point]]]:
    """Yield the pieces of a road between two furrows, as (furrow, outline, centre line)."""
    at = [min(max(math.ceil(v * rows), 0), rows) if v < math.inf else -1 for v, _, _ in sections]
    for row, group in groupby(range(len(sections)), key=at.__getitem__):
        indices = list(group)
        if row < 0:
            continue
        first, last = max(indices[0] - 1, 0), min(indices[-1] + 1, len(sections) - 1)
        part = [sections[i] for i in range(first, last + 1) if at[i] >= 0]
        kerbs = _simplified([a for _, a, _ in part]), _simplified([b for _, _, b in reversed(part)])
        middle = [(round(mix(a[0], b[0], 0.5), 1), round(mix(a[1], b[1], 0.5), 1)) for _, a, b in part]
        yield row, kerbs[0] + kerbs[1], _simplified(middle)


def _simplified(run: PointRun, loss: float = 0.14) -> list[Point]:
    """Return the fewest points of a run that keep its shape (Douglas-Peucker)."""
    if len(run) < 3:
        return list(run)
    (x0, y0), (x1, y1) = run[0], run[-1]
    size = math.dist(run[0], run[-1]) or 1.0
    off = [abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / size for x, y in run]
    far = max(range(len(run)), key=off.__getitem__)
    if off[far] <= loss:
        return [run[0], run[-1]]
    return _simplified(run[: far + 1], loss)[:-1] + _simplified(run[far:], loss)


def _halo(width: float) -> list[PointRun]:
    """Return rings of light around the goal, clipped to the sky."""
    rings: list[PointRun] = []
    for k in range(1, 25):
        r = RISE + 13.0 * k * (1 + 0.07 * k)
        for first in (166, 270):
            turn = (polar(*GOAL, r, math.radians(a)) for a in range(first, first + 109, 9))
            rings.append([(x, y) for x, y in turn if -50 < x < width + 50 and -90 < y < SKYLINE + 70])
    return rings


@artwork({"furrows": (40, 90), "roads": (2, len(WAYS))})
def hills(scene: Scene) -> str:
    """Roads over ploughed land, with one furrow for each unit counted, which meet at one bright goal."""
    sheet, tone = ArtworkCanvas(scene), palette(scene)
    sheet.ground(scene.ground)
    floor = min((box.y0 for box in scene.quiet), default=0.38 * scene.height) - 16
    left, right = -30.0, scene.width + 30
    text_area = (Rect.of_size(left, floor + 2, right - left, scene.height),)
    night = "dusk" if scene.ground in ("ink", "text") else "ink"
    rows = count(scene, "furrows")
    families = scene.pillars or (scene.base,)
    lanes = count(scene, "roads")
    sheet.shape([[(left, left), (right, left), (right, SKYLINE + 8), (left, SKYLINE + 8)]], night, corners=True)
    sheet.line(_halo(scene.width), palette_of(night, scene.colours).soft, 0.8)
    sheet.discs([(*GOAL, RISE)], tone.spark)
    pieces: dict[int, list[tuple[int, list[Point], list[Point]]]] = {}
    for lane in range(lanes):
        for row, outline, middle in _road_pieces(_road(lane, lanes, floor), rows):
            pieces.setdefault(row, []).append((lane, outline, middle))
    for row in range(rows + 1):
        furrow = _furrow(row / rows, floor)
        crest = [furrow(x) for x in steps(left, right, 6)]
        sheet.shape([[*_simplified(crest), (right, floor), (left, floor)]], scene.ground, corners=True)
        runs = dissolve(crest, text_area, pad=4, reach=60, period=19, phase=row * 7.3)
        sheet.line((_simplified(run) for run in runs), tone.middle, 0.5, corners=True)
        for lane, outline, middle in pieces.get(row, []):
            family = families[lane % len(families)]
            sheet.shape([outline], family, corners=True)
            if row > 0.42 * rows:
                sheet.line([middle], f"{family}-mid" if scene.pillars else scene.mid, 0.6, corners=True, butt=True)
    return sheet.svg()


@artwork({"lamps": (8, 160)})
def lamps(scene: Scene) -> str:
    """A row of lamps at the foot of the page, one for each unit counted, with one of them lit."""
    place = stage(scene)
    total = count(scene, "lamps")
    left, right = (scene.quiet[0].x0, scene.quiet[0].x0 + 504) if scene.quiet else (72.0, 576.0)
    row = [(left + (right - left) * seat / total, scene.height - 66) for seat in range(total + 1)]
    lit = row.pop(round(0.62 * total))
    place.sheet.dots(row, place.colours.middle, 2.6)
    place.sheet.discs([(*lit, 5.0)], place.colours.spark)
    return place.sheet.svg()

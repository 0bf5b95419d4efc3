"""Cover artworks: a sunflower head (front), and its seeds in flight (back)."""

from __future__ import annotations

import math
import random

from figures.artworks.gallery import artwork
from figures.artworks.geometry import GOLDEN, along, clearance, mix, polar
from figures.artworks.palette import Palette, count
from figures.artworks.stage import stage
from figures.artworks.svg import PointRun
from report.design.look import Scene

SUN = (424.0, 166.0)
SIZE = 276.0
TRIM = 612.0
EDGE = 0.74
HEART = 30.0


def _shade(tone: Palette, t: float) -> str:
    """Return the colour of a seed at a fraction t of the head's radius: warm at the centre, dim at the rim."""
    return tone.spark if t < 0.46 else tone.clear if t < 0.7 else tone.middle if t < 0.98 else tone.soft


@artwork({"seeds": (900, 2600)})
def cover(scene: Scene) -> str:
    """A sunflower head with one seed for each unit counted, like a rising sun, with loose seeds at its rim."""
    place = stage(scene)
    rng = random.Random(2)
    total = count(scene, "seeds")
    groups: dict[tuple[str, float], list[PointRun]] = {}
    for i in range(1, total):
        t = math.sqrt(i / total)
        loose = max(0.0, t - EDGE) / (1 - EDGE)
        r = SIZE * (t + 0.34 * loose**3 * rng.random())
        angle = i * GOLDEN
        point = polar(*SUN, r, angle)
        near = clearance(point, place.quiet) if r > HEART + 9 else 0.0
        if near < 34 or rng.random() < loose * 0.62 or rng.random() > (near - 20) / 40:
            continue
        size = along([(0.1, 3.6), (0.42, 7.4), (0.66, 5.4), (0.9, 2.4), (1.1, 1.2)], r / SIZE)
        reach = along([(0.6, 0.0), (0.95, 13.0), (1.3, 20.0)], r / SIZE)
        run = [point, polar(*point, reach, angle)] if reach > 1 else [point]
        token = _shade(place.colours, r / SIZE + rng.gauss(0, 0.045))
        groups.setdefault((token, max(0.8, round(size * 2) / 2)), []).append(run)
    for (token, size), runs in sorted(groups.items()):
        place.sheet.line(runs, token, size)
    place.sheet.discs([(*SUN, HEART)], place.colours.spark)
    return place.sheet.svg()


@artwork({"seeds": (24, 120)})
def back(scene: Scene) -> str:
    """Seeds that have flown over the spine from the front cover, one for each unit counted; one is bright."""
    place = stage(scene)
    tone = place.colours
    rng = random.Random(14)
    home = (SUN[0] + TRIM, SUN[1])
    groups: dict[tuple[str, float], list[PointRun]] = {}
    total = count(scene, "seeds")
    for i in range(total):
        far = (i / total) ** 1.35
        r, angle = mix(412, 1000, far), 0.0
        for _ in range(40):
            angle = math.pi + mix(-0.4, 0.16, (i * 0.618034) % 1.0) + rng.uniform(-0.02, 0.02)
            point = polar(*home, r, angle)
            off = clearance(point, place.quiet) < 40 or math.dist(point, (176.0, 300.0)) < 60
            if not off and point[0] < scene.width + 8 and point[1] > 14:
                break
            r += rng.uniform(4, 30) * (1 if point[0] > scene.width / 2 else -1)
        token = tone.middle if far < 0.35 or i % 7 == 0 else tone.soft
        groups.setdefault((token, (2.4, 1.6, 3.2)[i % 3]), []).append([point, polar(*point, mix(15, 3, far), angle)])
    for (token, size), runs in sorted(groups.items()):
        place.sheet.line(runs, token, size)
    place.sheet.discs([(176.0, 300.0, 15.0)], tone.spark)
    return place.sheet.svg()

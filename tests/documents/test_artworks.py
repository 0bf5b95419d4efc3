"""The artworks: what a printer, a reader of large type and the next build may rely on."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml

from figures.artworks import ARTWORKS
from figures.artworks.palette import palette_of
from report.design.look import Scene
from report.geometry import Rect

STYLES = Path(__file__).parents[2] / "styles" / "tokens.yaml"
COLOURS = {name: str(value["rgb"]) for name, value in yaml.safe_load(STYLES.read_text())["colours"].items()}
RECTO, VERSO = Rect.of_size(675, 230, 500, 380), Rect.of_size(63, 230, 500, 380)
OPENER = (Rect.of_size(54, 430, 500, 330), Rect.of_size(666, 429, 520, 340))
QUOTES = {
    "threads": "ink",
    "rings": "wellbeing",
    "horizons": "mist",
    "leaves": "community",
    "ripples": "voice",
    "branches": "excellence-tint",
    "beacon": "ink",
}
PILLARS = {"steps": "outcomes", "breath": "wellbeing", "circle": "community", "waves": "voice", "lattice": "excellence"}
PAGES = {
    "cover": ("ink", Rect.of_size(54, 470, 500, 290)),
    "back": ("ink", Rect.of_size(54, 560, 500, 200)),
    "contents": ("ink", Rect.of_size(54, 439, 520, 330)),
    "plan": ("ink", Rect.of_size(54, 560, 520, 200)),
    "commitment": ("ink", Rect.of_size(54, 520, 520, 240)),
    "tide": ("ink", Rect.of_size(54, 470, 500, 290)),
    "soundings": ("ink", Rect.of_size(54, 439, 520, 330)),
    "wake": ("ink", Rect.of_size(54, 560, 500, 200)),
    "lamps": ("ink", Rect.of_size(72, 68, 504, 640)),
}
HEADS = {"hills": "mist"}  # spreads whose drawing keeps to the head of both pages
LOWER = (Rect.of_size(54, 351, 520, 418), Rect.of_size(666, 351, 520, 418))
GIVEN = {
    "cover": (2000.0,),
    "tide": (7.0,),
    "soundings": (64.0,),
    "leaves": (17.0,),
    "branches": (54.0,),
    "breath": (99.0,),
    "circle": (48.0,),
    "waves": (12.0,),
    "hills": (80.0, 5.0),
}
ALLOWED = {"svg", "rect", "path"}
COMMAND = re.compile(r"([MLCZ])([^MLCZ]*)")


def given(name: str) -> tuple[float, ...]:
    """What the sample edition, or one like it, asks a drawing to count."""
    return GIVEN.get(name, tuple(80.0 for _ in ARTWORKS[name].counts))


def scene_of(name: str, ground: str, quiet: tuple[Rect, ...], *, spread: bool) -> Scene:
    family = ground.removesuffix("-tint")
    base, mid, tint = (
        (family, f"{family}-mid", f"{family}-tint") if f"{family}-mid" in COLOURS else ("ink", "haze", "mist")
    )
    width, gutter = (1242.0, 621.0) if spread else (630.0, None)
    return Scene(
        width, 810.0, 9.0, gutter, quiet, COLOURS, ground, base, mid, tint, given(name), pillars=tuple(PILLARS.values())
    )


def scenes() -> Iterator[tuple[str, Scene]]:
    for name, ground in QUOTES.items():
        yield name, scene_of(name, ground, (RECTO,), spread=True)
        yield name, scene_of(name, ground, (VERSO,), spread=True)
    for name, ground in PILLARS.items():
        yield name, scene_of(name, ground, OPENER, spread=True)
    for name, ground in HEADS.items():
        yield name, scene_of(name, ground, LOWER, spread=True)
    for name, (ground, box) in PAGES.items():
        yield name, scene_of(name, ground, (box,), spread=False)


CASES = [pytest.param(name, scene, id=f"{name}-{scene.quiet[0].x0:.0f}") for name, scene in scenes()]
SPREADS = [case for case in CASES if isinstance(case.values[1], Scene) and case.values[1].gutter is not None]
# One case for each artwork, for what does not depend on the side of the words.
ONCE = [case for i, case in enumerate(CASES) if case.values[0] not in {other.values[0] for other in CASES[:i]}]
DRAWN: dict[tuple[object, ...], str] = {}


def draw(name: str, scene: Scene) -> str:
    """The drawing of a scene, made once for the whole run."""
    key = (name, scene.width, scene.gutter, scene.quiet, scene.ground, scene.given, scene.pillars)
    if key not in DRAWN:
        DRAWN[key] = ARTWORKS[name](scene)
    return DRAWN[key]


@cache
def marks(svg: str) -> list[ET.Element]:
    return [element for element in ET.fromstring(svg).iter() if element.tag.endswith("path")]


@cache
def subpaths(element: ET.Element) -> list[list[tuple[float, float]]]:
    """Each subpath as points on it; curves are sampled."""
    found: list[list[tuple[float, float]]] = []
    for command, text in COMMAND.findall(element.get("d", "")):
        numbers = [float(part) for part in text.split()] if command != "C" else [float(n) for n in text.split()]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        if command == "M":
            found.append(points)
        elif command == "L":
            found[-1].extend(points)
        elif command == "C":
            (x0, y0), (x1, y1), (x2, y2), (x3, y3) = found[-1][-1], *points
            for t in (0.25, 0.5, 0.75, 1.0):
                a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
                found[-1].append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return found


def inside(point: tuple[float, float], box: Rect, margin: float) -> bool:
    x, y = point
    return (box.x0 - margin < x < box.x0 + box.width + margin) and (box.y0 - margin < y < box.y0 + box.height + margin)


def covers(outline: list[tuple[float, float]], point: tuple[float, float]) -> bool:
    """Whether a filled outline lies under a point (even-odd)."""
    x, y = point
    odd = False
    for (x0, y0), (x1, y1) in zip(outline, [*outline[1:], outline[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            odd = not odd
    return odd


def test_every_artwork_of_the_report_is_registered() -> None:
    assert set(ARTWORKS) == {*QUOTES, *PILLARS, *HEADS, *PAGES}


def test_every_artwork_has_a_docstring_of_one_sentence() -> None:
    for name, artwork in ARTWORKS.items():
        sentence = (artwork.function.__doc__ or "").strip()
        assert sentence.endswith("."), name
        assert "\n" not in sentence, name


@pytest.mark.parametrize(("name", "scene"), ONCE)
def test_an_artwork_draws_exactly_the_marks_it_declares(name: str, scene: Scene) -> None:
    declared = ARTWORKS[name].counts
    for wrong in (scene.given[1:], (*scene.given, 1.0)):
        if wrong != scene.given:
            with pytest.raises(ValueError, match="zip"):
                ARTWORKS[name](replace(scene, given=wrong))
    for index in range(len(declared)):
        fewer = tuple(1.0 if i == index else number for i, number in enumerate(scene.given))
        assert draw(name, replace(scene, given=fewer)) != draw(name, scene)


@pytest.mark.parametrize("pillars", [(), ("voice",), ("voice", "outcomes")])
@pytest.mark.parametrize("name", ["plan", "hills"])
def test_an_artwork_in_pillar_colours_adapts_to_their_number(name: str, pillars: tuple[str, ...]) -> None:
    scene = next(scene for other, scene in scenes() if other == name)
    drawn = ARTWORKS[name](replace(scene, pillars=pillars))
    for pillar in PILLARS.values():
        assert (COLOURS[f"{pillar}-mid"] in drawn) == (pillar in pillars)


@pytest.mark.parametrize(("name", "scene"), ONCE)
def test_the_same_scene_gives_the_same_bytes_twice(name: str, scene: Scene) -> None:
    assert ARTWORKS[name](scene) == draw(name, scene)


@pytest.mark.parametrize(("name", "scene"), CASES)
def test_only_flat_token_colours_are_used_and_every_mark_names_its_paint(name: str, scene: Scene) -> None:
    root = ET.fromstring(draw(name, scene))
    assert root.get("fill") == "none"
    for element in list(root):
        paints = {element.get("fill"), element.get("stroke", "none")} - {"none"}
        assert element.get("fill") is not None
        assert paints, "an invisible mark"
        assert paints <= set(COLOURS.values())


@pytest.mark.parametrize(("name", "scene"), CASES)
def test_no_svg_features_are_used_that_fail_in_print(name: str, scene: Scene) -> None:
    svg = draw(name, scene)
    root = ET.fromstring(svg)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= ALLOWED
    assert not re.search(r"opacity|url\(|currentColor|style=|transform|href", svg)
    widths = [
        float(element.get("stroke-width", 1)) for element in root.iter() if element.get("stroke", "none") != "none"
    ]
    assert min(widths, default=1.0) >= 0.35


@pytest.mark.parametrize(("name", "scene"), CASES)
def test_the_ground_comes_first_and_covers_the_bleed(name: str, scene: Scene) -> None:
    root = ET.fromstring(draw(name, scene))
    first = root[0]
    assert first.tag.endswith("rect")
    assert [float(first.get(side, "nan")) for side in ("x", "y", "width", "height")] == [
        0,
        0,
        scene.width,
        scene.height,
    ]
    assert first.get("fill") == COLOURS[scene.ground]
    assert root.get("viewBox") == f"0 0 {scene.width:.0f} {scene.height:.0f}"


@pytest.mark.parametrize(("name", "scene"), CASES)
def test_the_quiet_boxes_stay_plain(name: str, scene: Scene) -> None:
    for element in marks(draw(name, scene)):
        half = float(element.get("stroke-width", 0)) / 2
        for outline in subpaths(element):
            for box in scene.quiet:
                assert not any(inside(point, box, half) for point in outline), element.attrib
                if element.get("fill") != "none":
                    assert not covers(outline, (box.x0 + box.width / 2, box.y0 + box.height / 2))


@pytest.mark.parametrize(("name", "scene"), SPREADS)
def test_a_spread_is_one_drawing_across_the_fold(name: str, scene: Scene) -> None:
    fold = scene.gutter or 0.0
    left: list[float] = []
    right: list[float] = []
    crossing = 0
    for element in marks(draw(name, scene)):
        for outline in subpaths(element):
            low, high = min(x for x, _ in outline), max(x for x, _ in outline)
            crossing += low < fold < high
            on_fold = [y for x, y in outline if abs(x - fold) < 0.02]
            (left if high <= fold + 0.02 else right).extend(on_fold if low < fold - 0.02 or high > fold + 0.02 else [])
    assert crossing or left
    for y in left if name in PILLARS else []:
        assert any(abs(y - other) < 0.6 for other in right), f"a mark ends at the fold at y = {y}"


@pytest.mark.parametrize(("name", "scene"), [case for case in CASES if case.values[0] != "lamps"])
def test_shapes_that_leave_the_page_cover_the_bleed(name: str, scene: Scene) -> None:
    outer_left, outer_right = scene.bleed, scene.width - scene.bleed
    reached = [p for element in marks(draw(name, scene)) for run in subpaths(element) for p in run]
    assert min(x for x, _ in reached) < 0 or max(x for x, _ in reached) > scene.width or name == "back"
    assert any(x < outer_left or x > outer_right or y < scene.bleed for x, y in reached)
    for outline in (run for element in marks(draw(name, scene)) for run in subpaths(element)):
        low, high = min(x for x, _ in outline), max(x for x, _ in outline)
        if high - low > 400:
            assert not (0.5 < low < scene.bleed or outer_right < high < scene.width - 0.5), (low, high)


@pytest.mark.parametrize(("name", "scene"), ONCE)
def test_another_organisation_with_other_counts_gets_a_drawing_too(name: str, scene: Scene) -> None:
    for number in (1.0, 9e9):
        svg = draw(name, replace(scene, given=tuple(number for _ in scene.given)))
        assert svg.count("<path") >= 2
        assert len(svg) < 190_000


@pytest.mark.parametrize(("name", "scene"), CASES)
def test_an_artwork_stays_small(name: str, scene: Scene) -> None:
    svg = draw(name, scene)
    assert len(svg) < 150_000
    assert len(list(ET.fromstring(svg).iter())) < 1500


@pytest.mark.parametrize("ground", sorted(COLOURS))
def test_every_token_as_a_ground_has_marks_that_stand_out_from_it(ground: str) -> None:
    tone = palette_of(ground, COLOURS)
    used = {tone.clear, tone.middle, tone.soft, tone.deep, tone.spark}
    assert used <= set(COLOURS)
    assert not {tone.clear, tone.middle, tone.spark} & {ground}


@pytest.mark.parametrize("ground", ["paper", "voice"])
def test_every_ground_token_has_a_palette(ground: str) -> None:
    for name in (*QUOTES, *PAGES, *HEADS):
        quiet = (RECTO,) if name in QUOTES else LOWER if name in HEADS else (PAGES[name][1],)
        scene = scene_of(name, ground, quiet, spread=name not in PAGES)
        scene = replace(scene, given=tuple(1.0 for _ in scene.given))
        assert len(set(re.findall(r"#[0-9A-F]{6}", ARTWORKS[name](scene)))) >= 3

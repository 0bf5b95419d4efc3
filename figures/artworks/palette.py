"""The token colours for each ground, and the numbers of marks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from report.design.look import Scene


@dataclass(frozen=True, slots=True)
class Palette:
    """Token names for one ground: the clearest mark, quieter ones, a deep tone, and the one bright accent."""

    ground: str
    clear: str
    middle: str
    soft: str
    deep: str
    spark: str


_NEUTRAL = {
    "ink": Palette("ink", "mist", "haze", "dusk", "dusk", "accent"),
    "dusk": Palette("dusk", "mist", "haze", "haze", "ink", "accent"),
    "text": Palette("text", "mist", "haze", "text-soft", "ink", "accent"),
    "haze": Palette("haze", "ink", "dusk", "mist", "ink", "accent"),
    "mist": Palette("mist", "ink", "haze", "sand", "dusk", "accent"),
    "sand": Palette("sand", "ink", "stone", "mist", "dusk", "ember"),
    "stone": Palette("stone", "ink", "mist", "sand", "ink", "paper"),
    "paper": Palette("paper", "ink", "haze", "mist", "dusk", "accent"),
    "accent": Palette("accent", "ink", "ember", "mist", "ember", "paper"),
}


def palette_of(ground: str, colours: Collection[str]) -> Palette:
    """Return the palette for a ground. A pillar's base takes light marks, its tint dark ones."""
    family = ground.removesuffix("-tint").removesuffix("-mid")
    if not {f"{family}-mid", f"{family}-tint"} <= set(colours):
        return _NEUTRAL.get(ground, _NEUTRAL["ink"])
    if ground.endswith("-tint"):
        return Palette(ground, family, f"{family}-mid", f"{family}-mid", "ink", "accent")
    if ground.endswith("-mid"):
        return Palette(ground, "ink", family, f"{family}-tint", family, "paper")
    return Palette(ground, f"{family}-tint", f"{family}-mid", f"{family}-mid", "ink", "accent")


def palette(scene: Scene) -> Palette:
    """Return the palette for the scene's own ground."""
    return palette_of(scene.ground, scene.colours)


def count(scene: Scene, marks: str) -> int:
    """Return the number of marks of a kind that the drawing declares."""
    return round(scene.counts[marks])

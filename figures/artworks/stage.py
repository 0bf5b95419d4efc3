"""Where artworks start: a sheet with one ground (single page or quote spread), or a pillar spread in two tones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from figures.artworks.geometry import clip, cut, mirrored, thin
from figures.artworks.palette import Palette, palette, palette_of
from figures.artworks.svg import ArtworkCanvas, Point, PointRun
from report.design.look import Scene
from report.geometry import Rect


@dataclass(frozen=True, slots=True)
class ArtworkStage:
    """A sheet with its ground, its palette, and the quiet boxes in the drawing's coordinates."""

    sheet: ArtworkCanvas
    colours: Palette
    quiet: tuple[Rect, ...]


def stage(scene: Scene) -> ArtworkStage:
    """Return a sheet with one ground. Spreads are drawn with the text on the right, then flipped if it is left."""
    flip = False
    if scene.gutter is not None and scene.quiet:
        first = scene.quiet[0]
        flip = first.x0 + first.width / 2 < scene.gutter
    sheet = ArtworkCanvas(scene, flip=flip)
    sheet.ground(scene.ground)
    quiet = mirrored(scene.quiet, scene.width) if flip else scene.quiet
    return ArtworkStage(sheet, palette(scene), quiet)


class PillarStage:
    """A pillar spread: dark ground left of the fold, light ground right of it, one drawing across both."""

    def __init__(self, scene: Scene) -> None:
        """Paint both grounds."""
        self.fold = scene.gutter if scene.gutter is not None else scene.width
        self.sheet = ArtworkCanvas(scene)
        self.sheet.ground(scene.base)
        if self.fold < scene.width:
            self.sheet.ground(scene.tint, self.fold)
        self.left = palette_of(scene.base, scene.colours)
        self.right = palette_of(scene.tint, scene.colours)
        self.quiet = scene.quiet

    def line(self, runs: Iterable[PointRun], tokens: tuple[str, str], width: float, *, every: int = 1) -> None:
        """Draw dense runs as lines that change colour exactly at the fold."""
        halves: tuple[list[PointRun], list[PointRun]] = ([], [])
        whole: tuple[list[PointRun], list[PointRun]] = ([], [])
        for run in runs:
            left, right = cut(run, self.fold)
            target = halves if left and right and tokens[0] != tokens[1] else whole
            if target is whole and left and right:
                left, right = [list(run)], []
            target[0].extend(thin(part, every) for part in left if len(part) > 1 or not right)
            target[1].extend(thin(part, every) for part in right if len(part) > 1 or not left)
        for side, token in enumerate(tokens):
            self.sheet.line(whole[side], token, width)
            self.sheet.line(halves[side], token, width, butt=True)

    def shape(self, polygons: Sequence[list[Point]], tokens: tuple[str, str]) -> None:
        """Fill dense polygons, which change colour exactly at the fold."""
        if tokens[0] == tokens[1]:
            self.sheet.shape(polygons, tokens[0], corners=True)
            return
        for token, left in zip(tokens, (True, False), strict=True):
            parts = (clip(polygon, self.fold, left=left) for polygon in polygons)
            self.sheet.shape([part for part in parts if len(part) > 2], token, corners=True)

"""Ink measured on a page's plates: total area coverage, ink at the bleed edge, blank pages, edges of spreads.

In: a page's plates and boxes. Out: `PageInk`, without the plates. Boxes are in points, in PDF user space.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from report.geometry import Rect
from report.preflight.plates import DPI, Plates
from report.preflight.records import PageInfo

WINDOW = 11  # pixels at 75 dpi: the square of 15 mm² over which ink is averaged (GWG 2015)
BARE, INKED = 6, 26  # of 255, summed over the plates: bare paper up to BARE, certainly ink above INKED
_MIN_GAP = 12  # pixels (about as many points): a shorter gap is the end of a line or a dot
_MAP_STEP = 6  # pixels of a plate per pixel of the map

EdgePixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class BleedGap:
    """A stretch of one edge where ink ends before the edge of the bleed."""

    edge: str
    box: Rect


@dataclass(frozen=True, slots=True)
class PageInk:
    """The ink of one page inside its bleed.

    `coverage` is the highest total area coverage of any window, in percent, and `where` is that window. `blank`: no ink
    inside the trim. `sides` are the plates just inside the left and the right trim edge. `map` is the coverage at low
    resolution, 255 for 400 %. `inks` is the maximum of each plate in percent.
    """

    page: int
    coverage: float
    where: Rect
    blank: bool
    gaps: tuple[BleedGap, ...]
    sides: tuple[EdgePixels, EdgePixels]
    map: EdgePixels
    inks: tuple[float, float, float, float]


def as_plain(ink: PageInk) -> dict[str, Any]:
    """Return a measurement as JSON values, for the cache."""
    plain = {
        "page": ink.page,
        "coverage": ink.coverage,
        "where": ink.where,
        "blank": ink.blank,
        "gaps": [(gap.edge, gap.box) for gap in ink.gaps],
        "inks": ink.inks,
    }
    return plain | {
        name: (base64.b64encode(pixels.tobytes()).decode(), pixels.shape)
        for name, pixels in (("left", ink.sides[0]), ("right", ink.sides[1]), ("map", ink.map))
    }


def from_plain(plain: dict[str, Any]) -> PageInk:
    """Return the measurement that `as_plain` wrote."""
    pixels = {
        name: np.frombuffer(base64.b64decode(plain[name][0]), np.uint8).reshape(plain[name][1])
        for name in ("left", "right", "map")
    }
    return PageInk(
        page=plain["page"],
        coverage=plain["coverage"],
        where=Rect(*plain["where"]),
        blank=plain["blank"],
        gaps=tuple(BleedGap(edge, Rect(*box)) for edge, box in plain["gaps"]),
        sides=(pixels["left"], pixels["right"]),
        map=pixels["map"],
        inks=tuple(plain["inks"]),
    )


def page_ink(plates: Plates, page: PageInfo) -> PageInk:
    """Measure one page."""
    raster = _PageRaster(page, *plates.shape[:2])
    total = plates[..., 0].astype(np.uint16)
    for plate in range(1, 4):
        total += plates[..., plate]
    bleed = page.bleed or page.trim or page.media
    rows, columns = raster.slices(bleed)
    inside = total[rows, columns]
    coverage, corner = _densest(inside)
    top, left = rows.start + corner[0], columns.start + corner[1]
    trim_rows, trim_columns = raster.slices(page.trim or page.media)
    trimmed = plates[trim_rows, trim_columns]
    empty = np.zeros((1, 4), np.uint8)
    sides = (trimmed[:, 1].copy(), trimmed[:, -2].copy()) if trimmed.shape[1] > 2 else (empty, empty)
    return PageInk(
        page=page.number,
        coverage=coverage,
        where=raster.box(left, top, WINDOW, WINDOW),
        blank=not bool((total[trim_rows, trim_columns] > BARE).any()),
        gaps=tuple(_gaps(total, raster, page)),
        sides=sides,
        map=(inside[_MAP_STEP // 2 :: _MAP_STEP, _MAP_STEP // 2 :: _MAP_STEP] // 4).astype(np.uint8),
        inks=_maxima(plates[rows, columns]),
    )


def _maxima(plates: Plates) -> tuple[float, float, float, float]:
    """Return the maximum of each ink in percent."""
    cyan, magenta, yellow, black = (float(plates[..., plate].max(initial=0)) / 2.55 for plate in range(4))
    return cyan, magenta, yellow, black


@dataclass(frozen=True, slots=True)
class _PageRaster:
    """Converts between the pixels and the points of one page."""

    page: PageInfo
    height: int
    width: int

    def slices(self, box: Rect) -> tuple[slice, slice]:
        """Return the rows and columns of a box, cropped to the page."""
        left, bottom, _, _ = self.page.media
        scale = DPI / 72
        x0, x1 = (min(self.width, max(0, round((edge - left) * scale))) for edge in (box[0], box[2]))
        y0, y1 = (min(self.height, max(0, round(self.height - (edge - bottom) * scale))) for edge in (box[3], box[1]))
        return slice(y0, y1), slice(x0, x1)

    def box(self, x: int, y: int, width: int, height: int) -> Rect:
        """Return the box of a rectangle of pixels, in points."""
        left, bottom, _, _ = self.page.media
        scale = 72 / DPI
        return Rect(
            left + x * scale,
            bottom + (self.height - y - height) * scale,
            left + (x + width) * scale,
            bottom + (self.height - y) * scale,
        )


def _densest(total: npt.NDArray[np.uint16]) -> tuple[float, tuple[int, int]]:
    """Return the highest mean of any window in percent, and the window's top left pixel."""
    window = min(WINDOW, *total.shape)
    if window < 1:
        return 0.0, (0, 0)
    sums = np.zeros((total.shape[0] + 1, total.shape[1] + 1), np.uint32)  # may overflow: differences stay correct
    np.cumsum(total, axis=0, dtype=np.uint32, out=sums[1:, 1:])
    np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
    means = sums[window:, window:] - sums[:-window, window:] - sums[window:, :-window] + sums[:-window, :-window]
    row, column = np.unravel_index(int(means.argmax()), means.shape)
    return float(means[row, column]) / window**2 / 2.55, (int(row), int(column))


def _gaps(total: npt.NDArray[np.uint16], raster: _PageRaster, page: PageInfo) -> Iterator[BleedGap]:
    """Yield the places with ink at the trim, but none at the edge of the bleed next to it."""
    if page.trim is None or page.bleed is None:
        return
    rows, columns = raster.slices(page.trim)
    outer_rows, outer_columns = raster.slices(page.bleed)
    if min(each.stop - each.start for each in (rows, columns, outer_rows, outer_columns)) < 3:
        return
    edges = {
        "left": (
            total[rows, columns.start + 1],
            total[rows, outer_columns.start + 1],
            columns.start - outer_columns.start,
        ),
        "right": (
            total[rows, columns.stop - 2],
            total[rows, outer_columns.stop - 2],
            outer_columns.stop - columns.stop,
        ),
        "head": (total[rows.start + 1, columns], total[outer_rows.start + 1, columns], rows.start - outer_rows.start),
        "foot": (total[rows.stop - 2, columns], total[outer_rows.stop - 2, columns], outer_rows.stop - rows.stop),
    }
    for edge, (at_trim, at_bleed, width) in edges.items():
        if width < 2:
            continue
        reached = _widened(at_bleed > BARE, width)
        for start, length in _runs((at_trim > INKED) & ~reached):
            if length >= _MIN_GAP:
                x, y = (columns.start + start, rows.start + start)
                box = {
                    "left": raster.box(outer_columns.start, y, width, length),
                    "right": raster.box(columns.stop, y, width, length),
                    "head": raster.box(x, outer_rows.start, length, width),
                    "foot": raster.box(x, rows.stop, length, width),
                }[edge]
                yield BleedGap(edge, box)


def _widened(mask: npt.NDArray[np.bool_], reach: int) -> npt.NDArray[np.bool_]:
    """Set the neighbours of each set pixel too, because lines may cross the bleed at an angle."""
    kernel = np.ones(2 * reach + 1)
    return np.convolve(mask, kernel, mode="same")[: len(mask)] > 0.5 if len(mask) >= len(kernel) else mask


def _runs(mask: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the start and length of each run of set pixels."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    for start, end in zip(steps[::2], steps[1::2], strict=True):
        yield int(start), int(end - start)

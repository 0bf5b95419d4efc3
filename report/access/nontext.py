"""Measure the contrast of chart marks with the page behind them (WCAG 2.1, 1.4.11).

In: the bytes of a finished file, the places of its charts, and the colours used only for tracks and backgrounds. Out:
`LowContrastMark` records. Mark colours are read from the file; backgrounds are rendered pixels.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium

from report.access.contrast import luminance
from report.cache.pages import PageFindings
from report.geometry import Rect
from report.preflight.scan import Scan

GRAPHIC = 3.0  # WCAG 2.1, 1.4.11
_OUTSIDE = 3.0  # points outside a chart's corner, where the background is sampled


@dataclass(frozen=True, slots=True)
class ChartPlace:
    """A chart on a page: left, top, right and bottom in points from the page's top left corner."""

    chart: str
    page: int
    box: Rect
    src: str


@dataclass(frozen=True, slots=True)
class LowContrastMark:
    """A colour in a chart that has too little contrast with the background."""

    place: ChartPlace
    colour: str
    contrast: float


def low_contrast_marks(
    data: bytes, places: Sequence[ChartPlace], tracks: frozenset[str], findings: PageFindings | None = None
) -> Iterator[LowContrastMark]:
    """Yield each chart colour whose contrast is too low. Colours in `tracks` are exempt: they carry no meaning.

    `findings` caches the results of unchanged pages.
    """
    by_page: dict[int, list[ChartPlace]] = {}
    for place in places:
        by_page.setdefault(place.page, []).append(place)

    def examine(pages: Sequence[int]) -> dict[int, Any]:
        return {page: list(low) for page, low in _measure(data, {page: by_page[page] for page in pages}, tracks)}

    boxes = [(place.chart, place.page, place.box) for place in places]
    for page, low in sorted(
        (findings or PageFindings()).for_pages("faint", data, sorted(by_page), examine, boxes, sorted(tracks)).items()
    ):
        for index, colour, contrast in low:
            yield LowContrastMark(by_page[page][index], colour, contrast)


def _measure(
    data: bytes, by_page: dict[int, list[ChartPlace]], tracks: frozenset[str]
) -> Iterator[tuple[int, list[tuple[int, str, float]]]]:
    """Yield for each page the colours with too little contrast: index of the chart, colour, contrast."""
    document = pdfium.PdfDocument(data)
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for number, places in by_page.items():
                page, scan = pdf.pages[number - 1], Scan()
                scan.page(page, number)
                picture = document[number - 1].render(scale=1, rev_byteorder=True).to_numpy()[..., :3]
                height = float(page.mediabox[3])
                measured = [
                    (index, colour, _ratio(colour, picture[_pixel(place, picture.shape)]))
                    for index, place in enumerate(places)
                    for colour in sorted(_colours(scan, place, height) - tracks)
                ]
                yield number, [each for each in measured if each[2] < GRAPHIC - 0.01]
    finally:
        document.close()


def _pixel(place: ChartPlace, shape: tuple[int, ...]) -> tuple[int, int]:
    left, top, _, _ = place.box
    return (min(shape[0] - 1, max(0, int(top - _OUTSIDE))), min(shape[1] - 1, max(0, int(left - _OUTSIDE))))


def _colours(scan: Scan, place: ChartPlace, height: float) -> set[str]:
    """Return the RGB colours of fills and strokes whose top left corner is inside a chart."""
    left, top, right, bottom = place.box
    colours = set()
    for item in scan.painted:
        x, y = item.box[0], height - item.box[3]
        if item.kind in {"fill", "stroke"} and len(item.values) == 3 and left <= x <= right and top <= y <= bottom:
            colours.add("#" + bytes(round(value * 255) for value in item.values).hex().upper())
    return colours


def _ratio(colour: str, background: object) -> float:
    pair = np.array([list(bytes.fromhex(colour[1:])), np.asarray(background)], np.uint8)
    lighter, darker = sorted(luminance(pair), reverse=True)
    return float((lighter + 0.05) / (darker + 0.05))

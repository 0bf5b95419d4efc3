"""Contrast of the marks of charts with the page on which they stand (WCAG 2.1, 1.4.11).

In: the bytes of a finished file, where its charts are, and the colours that are only tracks and grounds. Out:
`LowContrastMark` records: charts with marks of too little contrast. Colours are those painted in the file, grounds are
rendered pixels.
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
_OUTSIDE = 3.0  # points from a chart's corner, where its ground shows


@dataclass(frozen=True, slots=True)
class ChartPlace:
    """A chart on a page: left, top, right and bottom in points from the page's top left corner."""

    chart: str
    page: int
    box: Rect
    src: str


@dataclass(frozen=True, slots=True)
class LowContrastMark:
    """A chart's colour that is too near to its ground."""

    place: ChartPlace
    colour: str
    contrast: float


def faint_marks(
    data: bytes, places: Sequence[ChartPlace], tracks: frozenset[str], known: PageFindings | None = None
) -> Iterator[LowContrastMark]:
    """Yield each colour of each chart whose contrast is too low. `tracks` may be pale: they carry no meaning.

    `known` is what was found on the file's pages before.
    """
    by_page: dict[int, list[ChartPlace]] = {}
    for place in places:
        by_page.setdefault(place.page, []).append(place)

    def look(pages: Sequence[int]) -> dict[int, Any]:
        return {page: list(found) for page, found in _looked(data, {page: by_page[page] for page in pages}, tracks)}

    boxes = [(place.chart, place.page, place.box) for place in places]
    for page, found in sorted(
        (known or PageFindings()).each("faint", data, sorted(by_page), look, boxes, sorted(tracks)).items()
    ):
        for index, colour, contrast in found:
            yield LowContrastMark(by_page[page][index], colour, contrast)


def _looked(
    data: bytes, by_page: dict[int, list[ChartPlace]], tracks: frozenset[str]
) -> Iterator[tuple[int, list[tuple[int, str, float]]]]:
    """Yield for each page which of its charts has which pale colours."""
    document = pdfium.PdfDocument(data)
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for number, places in by_page.items():
                page, scan = pdf.pages[number - 1], Scan()
                scan.page(page, number)
                picture = document[number - 1].render(scale=1, rev_byteorder=True).to_numpy()[..., :3]
                height = float(page.mediabox[3])
                found = [
                    (index, colour, _ratio(colour, picture[_pixel(place, picture.shape)]))
                    for index, place in enumerate(places)
                    for colour in sorted(_colours(scan, place, height) - tracks)
                ]
                yield number, [each for each in found if each[2] < GRAPHIC - 0.01]
    finally:
        document.close()


def _pixel(place: ChartPlace, shape: tuple[int, ...]) -> tuple[int, int]:
    left, top, _, _ = place.box
    return (min(shape[0] - 1, max(0, int(top - _OUTSIDE))), min(shape[1] - 1, max(0, int(left - _OUTSIDE))))


def _colours(scan: Scan, place: ChartPlace, height: float) -> set[str]:
    """Return the colours of fills and strokes that start inside a chart."""
    left, top, right, bottom = place.box
    found = set()
    for item in scan.painted:
        x, y = item.box[0], height - item.box[3]
        if item.kind in {"fill", "stroke"} and len(item.values) == 3 and left <= x <= right and top <= y <= bottom:
            found.add("#" + bytes(round(value * 255) for value in item.values).hex().upper())
    return found


def _ratio(colour: str, ground: object) -> float:
    pair = np.array([list(bytes.fromhex(colour[1:])), np.asarray(ground)], np.uint8)
    lighter, darker = sorted(luminance(pair), reverse=True)
    return float((lighter + 0.05) / (darker + 0.05))

"""The four plates (separations) of each page as pixels.

In: the bytes of a PDF. Out: for each page an array of height × width × 4, 0 to 255 of cyan, magenta, yellow, black.

How: `recolour` writes the file twice with other colours, and PDFium renders both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium

from report.preflight.recolour import recolour

DPI = 75  # the resolution of the plates: at 75 dpi, 15 mm² is a square of eleven pixels
OVERSAMPLE = 2
Plates = npt.NDArray[np.uint8]


def plates(data: bytes, pages: Sequence[int] | None = None) -> Iterator[Plates]:
    """Yield the plates of the pages (from 0; by default all of them)."""
    yield from render_plates(recolour(data), pages)


def render_plates(
    recoloured: tuple[bytes, bytes], pages: Sequence[int] | None = None, oversample: int = OVERSAMPLE
) -> Iterator[Plates]:
    """Yield the plates of a file that `recolour` has written.

    With an `oversample` of 1, pages take half the time, but thin lines get too much ink: PDFium draws no line thinner
    than a pixel.
    """
    coloured, black = (pdfium.PdfDocument(each) for each in recoloured)
    try:
        for index in pages if pages is not None else range(len(coloured)):
            three, one = _render(coloured[index], oversample), _render(black[index], oversample, grey=True)
            inks = np.empty((*three.shape[:2], 4), np.uint8)
            np.subtract(255, three[..., :3], out=inks[..., :3])
            np.subtract(255, one, out=inks[..., 3])
            yield inks
    finally:
        coloured.close()
        black.close()


def _render(page: Any, oversample: int, grey: bool = False) -> Plates:
    """Render a page at a multiple of DPI, and scale it down to DPI."""
    picture = page.render(
        scale=oversample * DPI / 72, grayscale=grey, rev_byteorder=True, may_draw_forms=False
    ).to_numpy()
    pixels: Plates = picture.reshape(picture.shape[:2]) if grey else picture
    return pixels if oversample == 1 else _reduce(pixels, oversample)


def _reduce(pixels: Plates, factor: int) -> Plates:
    from PIL import Image

    mode = "L" if pixels.ndim == 2 else "RGBX" if pixels.shape[2] == 4 else "RGB"
    picture = Image.frombuffer(mode, pixels.shape[1::-1], pixels.tobytes(), "raw", mode, 0, 1)
    return np.asarray(picture.reduce(factor))

"""The four plates of a page as pictures: how much of each ink lands where.

In: the bytes of a PDF. Out: for each page a picture of four channels, 0 to 255 of cyan, magenta, yellow, black.

How: `recolour` writes the file twice with other colours, and PDFium renders both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium

from report.preflight.recolour import recoloured

DPI = 75  # at which 15 mm² are eleven pixels square
FINER = 2  # times as fine is drawn
Plates = npt.NDArray[np.uint8]


def plates(data: bytes, pages: Sequence[int] | None = None) -> Iterator[Plates]:
    """Yield the plates of the pages (from 0; all of them by default) as arrays of height × width × 4."""
    yield from drawn(recoloured(data), pages)


def drawn(both: tuple[bytes, bytes], pages: Sequence[int] | None = None, finer: int = FINER) -> Iterator[Plates]:
    """Yield the plates of a file that is recoloured already.

    Drawn once as fine as they are measured (`finer` 1), pages take half the time, but thin lines carry too much ink.
    """
    coloured, black = (pdfium.PdfDocument(each) for each in both)
    try:
        for index in pages if pages is not None else range(len(coloured)):
            three, one = _rendered(coloured[index], finer), _rendered(black[index], finer, grey=True)
            inks = np.empty((*three.shape[:2], 4), np.uint8)
            np.subtract(255, three[..., :3], out=inks[..., :3])
            np.subtract(255, one, out=inks[..., 3])
            yield inks
    finally:
        coloured.close()
        black.close()


def _rendered(page: Any, finer: int, grey: bool = False) -> Plates:
    """Return a page's picture, drawn so many times finer and reduced: PDFium draws no line thinner than a pixel."""
    picture = page.render(scale=finer * DPI / 72, grayscale=grey, rev_byteorder=True, may_draw_forms=False).to_numpy()
    pixels: Plates = picture.reshape(picture.shape[:2]) if grey else picture
    return pixels if finer == 1 else _reduced(pixels, finer)


def _reduced(pixels: Plates, times: int) -> Plates:
    from PIL import Image

    mode = "L" if pixels.ndim == 2 else "RGBX" if pixels.shape[2] == 4 else "RGB"
    picture = Image.frombuffer(mode, pixels.shape[1::-1], pixels.tobytes(), "raw", mode, 0, 1)
    return np.asarray(picture.reduce(times))

"""Photographs for their use: no more pixels than a screen or a press can show.

In: a PDF. Out: the same PDF, changed: images with far more pixels where they stand than are wanted there are
scaled down. What is small already, or would not become smaller, stays as it is.
"""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from pikepdf import Name

from report.preflight.scan import Scan

SCREEN = 200  # pixels per inch where it stands: sharp at twice the size of the page
PRESS = 350  # twice the lines of a fine screen, and some
TOO_MANY = 1.25  # times what is wanted, below which scaling gains nothing
QUALITY = {SCREEN: 82, PRESS: 95}


def lighten(pdf: pikepdf.Pdf, wanted: int = SCREEN) -> None:
    """Scale the images of a file down to a resolution, in pixels per inch where each stands: SCREEN or PRESS."""
    from PIL import Image

    for number, ppi in _least_resolutions(pdf).items():
        image = pdf.get_object(number)
        if ppi <= wanted * TOO_MANY:
            continue
        assert isinstance(image, pikepdf.Stream)
        picture = pikepdf.PdfImage(image).as_pil_image()
        if picture.mode == "CMYK":  # without the profile of its inks nobody can tell their colours
            continue
        scale = wanted / ppi
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        mode = "L" if picture.mode in {"1", "L"} else "RGB"
        _set(image, picture.convert(mode).resize(size, Image.Resampling.LANCZOS), QUALITY[wanted])


def _least_resolutions(pdf: pikepdf.Pdf) -> dict[tuple[int, int], float]:
    """Return every photograph's object number with the least resolution at which it stands anywhere."""
    least: dict[tuple[int, int], float] = {}
    if not any(isinstance(each, pikepdf.Stream) and each.get("/Subtype") == Name.Image for each in pdf.objects):
        return least
    for number, page in enumerate(pdf.pages, 1):
        scan = Scan()
        scan.page(page, number)
        for placed in scan.placed:
            if placed.number != (0, 0) and not placed.is_mask and placed.bits == 8:
                least[placed.number] = min(placed.ppi, least.get(placed.number, placed.ppi))
    return least


def _set(image: Any, picture: Any, quality: int) -> None:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    if len(out.getvalue()) >= len(image.read_raw_bytes()):  # a few flat colours are smaller as they are
        return
    image.write(out.getvalue(), filter=Name.DCTDecode)
    image[Name.Width], image[Name.Height], image[Name.BitsPerComponent] = picture.width, picture.height, 8
    image[Name.ColorSpace] = Name.DeviceGray if picture.mode == "L" else Name.DeviceRGB
    for key in ("/DecodeParms", "/Decode", "/Interpolate"):
        if key in image:
            del image[key]

"""Downsampling of photographs: no more pixels than a screen or a printing press can reproduce.

In: a PDF. Out: the same PDF, changed: images with a much higher effective resolution than required are scaled down.
Images that would not become smaller files stay unchanged.
"""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from pikepdf import Name

from report.preflight.scan import Scan

SCREEN = 200  # pixels per inch at the placed size: sharp even at 200 % zoom
PRINT = 350  # pixels per inch: a little more than twice the line screen
TOLERANCE = 1.25  # times the target: below this, scaling gains too little
QUALITY = {SCREEN: 82, PRINT: 95}


def downsample(pdf: pikepdf.Pdf, target: int = SCREEN) -> None:
    """Scale images down to an effective resolution of `target` pixels per inch: SCREEN or PRINT."""
    from PIL import Image

    for number, ppi in lowest_resolutions(pdf).items():
        image = pdf.get_object(number)
        if ppi <= target * TOLERANCE:
            continue
        assert isinstance(image, pikepdf.Stream)
        picture = pikepdf.PdfImage(image).as_pil_image(apply_mask=False)
        scale = target / ppi
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        mode = {"1": "L", "L": "L", "CMYK": "CMYK"}.get(picture.mode, "RGB")
        _replace(image, picture.convert(mode).resize(size, Image.Resampling.LANCZOS), QUALITY[target])


def lowest_resolutions(pdf: pikepdf.Pdf) -> dict[tuple[int, int], float]:
    """Return each photograph's object number and its lowest effective resolution in the file."""
    lowest: dict[tuple[int, int], float] = {}
    if not any(isinstance(each, pikepdf.Stream) and each.get("/Subtype") == Name.Image for each in pdf.objects):
        return lowest
    for number, page in enumerate(pdf.pages, 1):
        scan = Scan()
        scan.page(page, number)
        for placed in scan.placed:
            if placed.number != (0, 0) and not placed.is_mask and placed.bits == 8:
                lowest[placed.number] = min(placed.ppi, lowest.get(placed.number, placed.ppi))
    return lowest


def _replace(image: Any, picture: Any, quality: int) -> None:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    if len(out.getvalue()) >= len(image.read_raw_bytes()):  # images of flat colours can be smaller without JPEG
        return
    image.write(out.getvalue(), filter=Name.DCTDecode)
    image[Name.Width], image[Name.Height], image[Name.BitsPerComponent] = picture.width, picture.height, 8
    spaces = {"L": Name.DeviceGray, "CMYK": Name.DeviceCMYK}
    image[Name.ColorSpace] = spaces.get(picture.mode, Name.DeviceRGB)
    for key in ("/DecodeParms", "/Decode", "/Interpolate"):
        if key in image:
            del image[key]
    if picture.mode == "CMYK":
        image[Name.Decode] = [1, 0] * 4  # Pillow writes CMYK JPEGs inverted, as Photoshop does

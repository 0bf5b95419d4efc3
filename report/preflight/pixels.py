"""The separations of an image: what it puts on each of the four plates.

In: an image and its colour space. Out: an array of height × width × 4, 0 to 255 of cyan, magenta, yellow, black.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import pikepdf
from pikepdf import Array, Name

from report.preflight.records import ColourSpace

Pixels = npt.NDArray[np.uint8]
_PROCESS = {"Cyan": 0, "Magenta": 1, "Yellow": 2, "Black": 3}


def ink_pixels(image: Any, space: ColourSpace) -> Pixels | None:
    """Return an image's separations, or None if it cannot be read."""
    try:
        if space.inks:
            return _named_inks(image, space)
        picture = _jpeg(image) if image.get("/Filter") == Name.DCTDecode else _other(image)
    except (pikepdf.PikepdfError, OSError, ValueError, NotImplementedError, KeyError, TypeError, AttributeError):
        return None
    if picture.ndim == 2:
        return _black(255 - picture)
    if picture.ndim != 3 or space.base.kind == "Lab":
        return None
    if picture.shape[2] == 3:
        inks = 255 - picture
        black = inks.min(axis=2, keepdims=True)
        return np.concatenate([inks - black, black], axis=2)
    return picture


def plate_of(ink: str) -> int | None:
    """Return the plate (0 to 3) of an ink by its name. A spot ink counts as black; the ink `None` has no plate."""
    return None if ink == "None" else _PROCESS.get(ink, 3)


def _jpeg(image: Any) -> Pixels:
    """Return the stored values, inverted if /Decode says so (ISO 32000-1, 8.9.5.2)."""
    from PIL import Image

    with Image.open(io.BytesIO(image.read_raw_bytes())) as jpeg:
        stored = np.asarray(jpeg).astype(np.uint8)
    if stored.ndim == 3 and stored.shape[2] == 4:  # Pillow assumes that every CMYK JPEG is inverted
        stored = 255 - stored
    return 255 - stored if _is_inverted(image) else stored


def _other(image: Any) -> Pixels:
    """Return the values as pikepdf decodes them, with /Decode and the palette applied."""
    picture = pikepdf.PdfImage(image).as_pil_image(apply_mask=False)
    if picture.mode == "P":
        picture = picture.convert(picture.palette.mode if picture.palette else "RGB")
    elif picture.mode == "1":
        picture = picture.convert("L")
    return np.asarray(picture).astype(np.uint8)


def _named_inks(image: Any, space: ColourSpace) -> Pixels | None:
    if int(image.get("/BitsPerComponent", 8)) != 8:
        return None
    shape = (int(image["/Height"]), int(image["/Width"]), len(space.inks))
    tints = np.frombuffer(image.read_bytes(), np.uint8)[: shape[0] * shape[1] * shape[2]].reshape(shape)
    tints = 255 - tints if _is_inverted(image) else tints
    if "All" in space.inks:
        return np.repeat(tints[..., :1], 4, axis=2)
    pixels = np.zeros((*shape[:2], 4), np.uint8)
    for index, name in enumerate(space.inks):
        if (plate := plate_of(name)) is not None:
            pixels[..., plate] = np.maximum(pixels[..., plate], tints[..., index])
    return pixels


def _is_inverted(image: Any) -> bool:
    return [float(value) for value in image.get("/Decode", Array())][:2] == [1.0, 0.0]


def _black(black: Pixels) -> Pixels:
    return np.dstack([np.zeros_like(black)] * 3 + [black])

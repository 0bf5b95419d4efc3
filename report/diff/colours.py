"""The colours of text, fills and strokes on a page, as a screen shows them.

In: a pypdfium2 page. Out: `#RRGGBB` strings. Colours inside photographs and gradients are not included.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as raw

_ColourGetter = Any  # a PDFium function that fills in four numbers
_PAINTED = (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH)


def colours_of(page: Any) -> set[str]:
    """Return the distinct colours of a page."""
    colours: set[str] = set()
    for item in page.get_objects(filter=_PAINTED):
        filled, stroked = _paint_modes(item)
        for painted, get in ((filled, raw.FPDFPageObj_GetFillColor), (stroked, raw.FPDFPageObj_GetStrokeColor)):
            if painted and (colour := _colour(get, item)):
                colours.add(colour)
    return colours


def hex_colour(red: int, green: int, blue: int) -> str:
    """Return a colour as `#RRGGBB`."""
    return f"#{red & 255:02X}{green & 255:02X}{blue & 255:02X}"


def _paint_modes(item: Any) -> tuple[bool, bool]:
    """Return whether an object is filled and whether it is stroked. Text counts as filled."""
    if item.type == raw.FPDF_PAGEOBJ_TEXT:
        return True, False
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, mode, stroke)
    return mode.value != raw.FPDF_FILLMODE_NONE, bool(stroke.value)


def _colour(get: _ColourGetter, item: Any) -> str:
    parts = [ctypes.c_uint() for _ in range(4)]
    if not get(item, *parts) or parts[3].value == 0:
        return ""
    return hex_colour(parts[0].value, parts[1].value, parts[2].value)

"""The colours of a page: of text, areas and lines, as a screen shows them.

In: a page of pypdfium2. Out: `#RRGGBB`. Those inside photographs and gradients are not among them.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as raw

_Read = Any  # a function of pdfium that fills in four numbers
_PAINTED = (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH)


def colours_of(page: Any) -> set[str]:
    """Return the colours of a page, each once."""
    found: set[str] = set()
    for item in page.get_objects(filter=_PAINTED):
        filled, stroked = _painted(item)
        for painted, read in ((filled, raw.FPDFPageObj_GetFillColor), (stroked, raw.FPDFPageObj_GetStrokeColor)):
            if painted and (colour := _colour(read, item)):
                found.add(colour)
    return found


def hexed(red: int, green: int, blue: int) -> str:
    """Return a colour as people write it."""
    return f"#{red & 255:02X}{green & 255:02X}{blue & 255:02X}"


def _painted(item: Any) -> tuple[bool, bool]:
    """Tell whether an object is filled and whether it is stroked; text counts as filled."""
    if item.type == raw.FPDF_PAGEOBJ_TEXT:
        return True, False
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, mode, stroke)
    return mode.value != raw.FPDF_FILLMODE_NONE, bool(stroke.value)


def _colour(read: _Read, item: Any) -> str:
    parts = [ctypes.c_uint() for _ in range(4)]
    if not read(item, *parts) or parts[3].value == 0:
        return ""
    return hexed(parts[0].value, parts[1].value, parts[2].value)

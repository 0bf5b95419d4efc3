"""What pages inherit: resources, boxes and rotation that stand above them in the tree of pages.

In: an opened PDF. Out: the same PDF, each page with all of its own attributes, so that everyone finds them there.
"""

from __future__ import annotations

from typing import Any

import pikepdf
from pikepdf import Dictionary

_KEYS = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_DEEPEST = 64  # a tree of pages


def settle(pdf: pikepdf.Pdf) -> None:
    """Give every page what it inherits (ISO 32000-1, 7.7.3.4)."""
    for page in pdf.pages:
        for key in _KEYS:
            if key not in page.obj and (found := _above(page.obj, key)) is not None:
                page.obj[key] = found


def _above(item: Any, key: str) -> Any:
    for _ in range(_DEEPEST):
        item = item.get("/Parent")
        if not isinstance(item, Dictionary):
            return None
        if key in item:
            return item[key]
    return None

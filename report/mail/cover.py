"""The picture of the cover that a message shows.

In: the bytes of a PDF. Out: a PNG of its first page, as trimmed.
"""

from __future__ import annotations

import io

import pypdfium2 as pdfium

WIDTH = 560  # pixels; shown at half of that, so that it is sharp on every screen


def cover_picture(data: bytes, width: int = WIDTH) -> bytes:
    """Return the first page as a PNG, `width` pixels wide."""
    document = pdfium.PdfDocument(data)
    try:
        page = document[0]
        picture = page.render(scale=width / page.get_width()).to_pil().convert("RGB")
    finally:
        document.close()
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()

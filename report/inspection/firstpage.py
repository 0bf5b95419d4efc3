"""A thumbnail of a file's first page, for the board's email and the archive index.

In: the bytes of a PDF. Out: a PNG of its first page.
"""

from __future__ import annotations

import io

import pypdfium2 as pdfium


def first_page(data: bytes, width: int) -> bytes:
    """Return the first page as a PNG `width` pixels wide."""
    document = pdfium.PdfDocument(data)
    try:
        page = document[0]
        picture = page.render(scale=width / page.get_width()).to_pil().convert("RGB")
    finally:
        document.close()
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()

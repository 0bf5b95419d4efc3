"""Page pictures as PNG at the sizes that the desk shows, rendered with PDFium.

In: the bytes of a finished file. Out: PNG bytes of whole sheets, including bleed and printer's marks.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence

import pypdfium2 as pdfium

PX = 96 / 72  # screen pixels per point
SCALES: Mapping[str, float] = {"thumb": 0.36, "1": PX, "2": 2 * PX, "3": 3 * PX}  # pixels per point


def pictures(data: bytes, pages: Sequence[int], scale: str) -> Iterator[tuple[int, bytes]]:
    """Yield the number (from 1) and picture of some pages. Pages that do not exist are left out."""
    document = pdfium.PdfDocument(data)
    try:
        for number in pages:
            if 0 < number <= len(document):
                out = io.BytesIO()
                bitmap = document[number - 1].render(scale=SCALES[scale], may_draw_forms=False)
                bitmap.to_pil().convert("RGB").save(out, "PNG", compress_level=1)
                yield number, out.getvalue()
    finally:
        document.close()

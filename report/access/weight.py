"""Break down the size of a PDF by kind: fonts, images, drawings, pages, tags, attachments.

In: an open PDF and its size. Out: `Weight`. Streams are counted at their stored size; the rest is tags and tables.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

KINDS = ("fonts", "images", "drawings", "pages", "attachments", "colour profiles", "metadata", "tags and tables")


@dataclass(frozen=True, slots=True)
class Weight:
    """The size of a file in bytes: in total, by kind, and of each page's content streams."""

    total: int
    kinds: tuple[tuple[str, int], ...]
    pages: tuple[int, ...]

    def lines(self, most: int = 5) -> list[str]:
        """Return the breakdown as text: the kinds by size, and the heaviest pages."""
        kinds = [f"{kind:<16} {size:>12,} bytes  {size / max(1, self.total):6.1%}" for kind, size in self.kinds if size]
        heaviest = sorted(enumerate(self.pages, 1), key=lambda item: -item[1])[:most]
        pages = ", ".join(f"page {number}: {size:,}" for number, size in heaviest if size)
        return [*kinds, f"heaviest pages   {pages}"] if pages else kinds


def weigh(pdf: pikepdf.Pdf, total: int) -> Weight:
    """Return the size breakdown of a file."""
    contents = {each.objgen: number for number, page in enumerate(pdf.pages, 1) for each in _streams(page)}
    pages = [0] * len(pdf.pages)
    sizes: Counter[str] = Counter()
    fonts = _font_files(pdf)
    for item in pdf.objects:
        if not isinstance(item, Stream):
            continue
        size = len(item.read_raw_bytes())
        if item.objgen in contents:
            pages[contents[item.objgen] - 1] += size
            kind = "pages"
        elif item.objgen in fonts:
            kind = "fonts"
        else:
            kind = _kind(item)
        sizes[kind] += size
    sizes["tags and tables"] += max(0, total - sum(sizes.values()))
    ordered = sorted(((kind, sizes[kind]) for kind in KINDS), key=lambda item: -item[1])
    return Weight(total, tuple(ordered), tuple(pages))


def _kind(item: Stream) -> str:
    subtype, kind = item.get("/Subtype"), item.get("/Type")
    if subtype == Name.Image:
        return "images"
    if subtype == Name.Form:
        return "drawings"
    if kind == Name.EmbeddedFile:
        return "attachments"
    if kind == Name.Metadata:
        return "metadata"
    head = _head(item)
    if head[36:40] == b"acsp":  # ICC.1, 7.2.9
        return "colour profiles"
    return "fonts" if "/Length1" in item or b"begincmap" in head else "tags and tables"


def _head(item: Stream) -> bytes:
    try:
        return item.read_bytes()[:400]
    except pikepdf.PdfError:
        return b""


def _streams(page: pikepdf.Page) -> list[Stream]:
    contents = page.obj.get("/Contents")
    items = list(contents) if isinstance(contents, Array) else [contents]
    return [item for item in items if isinstance(item, Stream)]


def _font_files(pdf: pikepdf.Pdf) -> set[tuple[int, int]]:
    files = set()
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/Type") == Name.FontDescriptor:
            for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                if isinstance(item.get(key), Stream):
                    files.add(item[key].objgen)
    return files

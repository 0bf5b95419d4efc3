"""What differs in the pictures of two pages: where, how much, and shown to the eye.

In: the bytes of two files and which pages to compare. Out: `PictureChange`s. Runs behind the walls of
`report.processes.jobs.guarded_jobs`, some pages a job.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from PIL import Image, ImageChops

from report.diff.sheet import VisiblePage
from report.geometry import Frame, Insets, Rect

Mask = npt.NDArray[np.bool_]

SCALE = 1.5  # pixels to a point
LEAST = 3  # of 255: a smaller difference of a pixel is one of rounding
_CELL = 8  # pixels: differences in neighbouring cells are one region
_MOST_REGIONS = 60
_DARKER_BEFORE, _DARKER_NOW = (200, 30, 30), (0, 90, 200)
_QUALITY = 80


@dataclass(frozen=True, slots=True)
class PairToCompare:
    """Two pages to compare, from one, and what is not looked at: boxes in points from the trim's corner."""

    old: int | None
    new: int | None
    ignored: tuple[Rect, ...] = ()


@dataclass(frozen=True, slots=True)
class PictureChange:
    """`regions` are in points from the trim's corner, `share` in percent of the page.

    The pictures are JPEG, and PNG with nothing but the differences: red where it was darker before, blue where it is
    darker now. They show `frame`: left, top, width and height in points from the trim's corner. Empty without `shown`.
    """

    regions: tuple[Rect, ...]
    share: float
    frame: Frame
    old: bytes = b""
    new: bytes = b""
    marks: bytes = b""


def compare_pictures(old: bytes, new: bytes, wanted: Sequence[PairToCompare], shown: bool) -> list[PictureChange]:
    """Compare the pages named. `shown`: with the pictures. Of a page that is alone only the picture is made."""
    first, second = pdfium.PdfDocument(old), pdfium.PdfDocument(new)
    try:
        return [
            _compared(_Picture.of(first, each.old), _Picture.of(second, each.new), each.ignored, shown)
            for each in wanted
        ]
    finally:
        first.close()
        second.close()


@dataclass(frozen=True, slots=True)
class _Picture:
    """A page's picture inside its bleed, and how many pixels are a point."""

    picture: Image.Image
    margins: Insets
    scale: float

    @classmethod
    def of(cls, document: Any, number: int | None) -> _Picture | None:
        """Draw a page; one that can't be drawn is as good as none."""
        if number is None:
            return None
        try:
            page = document[number - 1]
            sheet = VisiblePage.of(page)
            return cls(sheet.picture(page, SCALE), sheet.margins, sheet.scale(page, SCALE))
        except (pdfium.PdfiumError, ValueError, ArithmeticError, OSError, AttributeError, TypeError):
            return None

    def within(self, margins: Insets) -> Image.Image:
        """Return the picture with no more bleed than this at each edge."""
        left, top, right, bottom = (round((own - kept) * self.scale)
                                    for own, kept in zip(self.margins, margins, strict=True))  # fmt: skip
        return self.picture.crop((left, top, max(left + 1, self.picture.width - right),
                                  max(top + 1, self.picture.height - bottom)))  # fmt: skip


def _compared(old: _Picture | None, new: _Picture | None, ignored: Sequence[Rect], shown: bool) -> PictureChange:
    margins = _common(old, new)
    scale = max((drawn.scale for drawn in (old, new) if drawn), default=SCALE)
    first, second = (drawn.within(margins) if drawn else None for drawn in (old, new))
    size = first.size if first else second.size if second else (1, 1)
    if first and second:
        size = (max(first.width, second.width), max(first.height, second.height))
    frame = Frame(-margins.left, -margins.top, size[0] / scale, size[1] / scale)
    mask = _mask(first, second, size) if first and second else np.zeros((1, 1), bool)
    for left, top, right, bottom in ignored:
        rows = slice(max(0, round((top - frame.top) * scale)), max(0, round((bottom - frame.top) * scale)))
        mask[rows, max(0, round((left - frame.left) * scale)) : max(0, round((right - frame.left) * scale))] = False
    return PictureChange(
        tuple(_regions(mask, frame, scale)),
        round(float(mask.mean()) * 100, 2),
        frame,
        _jpeg(first) if shown and first else b"",
        _jpeg(second) if shown and second else b"",
        _marks(first, second, mask) if shown and first and second and mask.any() else b"",
    )


def _common(old: _Picture | None, new: _Picture | None) -> Insets:
    """Return the bleed that both have: pages that changed sides have it at other edges."""
    margins = [drawn.margins for drawn in (old, new) if drawn] or [Insets()]
    return Insets(*(min(edges) for edges in zip(*margins, strict=True)))


def _mask(old: Image.Image, new: Image.Image, size: tuple[int, int]) -> Mask:
    """Return where any of the colours differs. What only one of two sizes has differs."""
    height, width = min(old.height, new.height), min(old.width, new.width)
    only_rounded = size[0] - width <= 1 and size[1] - height <= 1
    mask = np.full((size[1], size[0]), not only_rounded)
    part = (0, 0, width, height)
    red, green, blue = ImageChops.difference(old.crop(part), new.crop(part)).split()
    mask[:height, :width] = np.asarray(ImageChops.lighter(ImageChops.lighter(red, green), blue)) >= LEAST
    return mask


def _regions(mask: Mask, frame: Frame, scale: float) -> Iterator[Rect]:
    """Yield frames around what differs, the largest first."""
    rows, columns = -(-mask.shape[0] // _CELL), -(-mask.shape[1] // _CELL)
    padded = np.zeros((rows * _CELL, columns * _CELL), bool)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    cells: Mask = np.asarray(padded.reshape(rows, _CELL, columns, _CELL).any(axis=(1, 3)))
    found: list[tuple[int, int, int, int]] = []
    for island in sorted(_islands(cells), key=lambda box: -(box[2] - box[0]) * (box[3] - box[1])):
        if len(found) < _MOST_REGIONS and not any(_holds(other, island) for other in found):
            found.append(island)
    for left, top, right, bottom in found:
        edges = (left * _CELL, top * _CELL, min(right * _CELL, mask.shape[1]), min(bottom * _CELL, mask.shape[0]))
        x0, y0, x1, y1 = (edge / scale for edge in edges)
        yield Rect(x0, y0, x1, y1).shifted(frame.left, frame.top).rounded(1)


def _holds(outer: tuple[int, int, int, int], inner: tuple[int, int, int, int]) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def _islands(cells: Mask) -> Iterator[tuple[int, int, int, int]]:
    """Yield the frames of cells that touch, or nearly do: left, top, right, bottom in cells."""
    left = {(int(row), int(column)) for row, column in np.argwhere(cells)}
    while left:
        waiting = [left.pop()]
        island = list(waiting)
        while waiting:
            row, column = waiting.pop()
            near = [(row + down, column + across) for down in (-1, 0, 1) for across in (-2, -1, 0, 1, 2)]
            reached = [cell for cell in near if cell in left]
            left.difference_update(reached)
            waiting += reached
            island += reached
        rows, columns = [cell[0] for cell in island], [cell[1] for cell in island]
        yield (min(columns), min(rows), max(columns) + 1, max(rows) + 1)


def _marks(old: Image.Image, new: Image.Image, mask: Mask) -> bytes:
    """Return a picture that is clear but for the differences: two colours, in a small palette."""
    height, width = min(old.height, new.height), min(old.width, new.width)
    grey_old, grey_new = (np.asarray(each.convert("L"))[:height, :width] for each in (old, new))
    index = mask.astype(np.uint8) * 2
    index[:height, :width][mask[:height, :width] & (grey_old < grey_new)] = 1
    made = Image.fromarray(index, "P")
    made.putpalette([255, 255, 255, *_DARKER_BEFORE, *_DARKER_NOW])
    out = io.BytesIO()
    made.save(out, "PNG", transparency=0, bits=2, optimize=False)
    return out.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()

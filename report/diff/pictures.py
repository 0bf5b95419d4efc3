"""Compare the rendered pictures of two pages: where they differ, how much, and an image of the differences.

In: the bytes of two files and the pairs of pages. Out: `PictureChange`s. Runs in child processes with limits
(`report.processes.jobs.guarded_jobs`), a batch of pages per job.
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

SCALE = 1.5  # pixels per point
MIN_DIFFERENCE = 3  # of 255: anything smaller is rounding
_CELL = 8  # pixels: differences in neighbouring cells form one region
_MAX_REGIONS = 60
_DARKER_BEFORE, _DARKER_NOW = (200, 30, 30), (0, 90, 200)
_QUALITY = 80


@dataclass(frozen=True, slots=True)
class PairToCompare:
    """The numbers of two pages, from one, and areas to ignore: boxes in points from the trim's top left corner."""

    old: int | None
    new: int | None
    ignored: tuple[Rect, ...] = ()


@dataclass(frozen=True, slots=True)
class PictureChange:
    """`regions` are in points from the trim's top left corner, `share` in percent of the page.

    `old` and `new` are JPEG images of the pages. `marks` is a transparent PNG of the differences: red where the page
    was darker before, blue where it is darker now. All show `frame`: left, top, width and height in points from the
    trim's top left corner. They are empty if images were not asked for.
    """

    regions: tuple[Rect, ...]
    share: float
    frame: Frame
    old: bytes = b""
    new: bytes = b""
    marks: bytes = b""


def compare_pictures(old: bytes, new: bytes, pairs: Sequence[PairToCompare], with_images: bool) -> list[PictureChange]:
    """Compare pairs of pages. `with_images`: return page images too. A page without a partner only gets its image."""
    first, second = pdfium.PdfDocument(old), pdfium.PdfDocument(new)
    try:
        return [
            _compare(_Picture.of(first, pair.old), _Picture.of(second, pair.new), pair.ignored, with_images)
            for pair in pairs
        ]
    finally:
        first.close()
        second.close()


@dataclass(frozen=True, slots=True)
class _Picture:
    """A page rendered up to its bleed, and its scale in pixels per point."""

    picture: Image.Image
    margins: Insets
    scale: float

    @classmethod
    def of(cls, document: Any, number: int | None) -> _Picture | None:
        """Render a page. Returns None if there is no page, or it cannot be rendered."""
        if number is None:
            return None
        try:
            page = document[number - 1]
            sheet = VisiblePage.of(page)
            return cls(sheet.picture(page, SCALE), sheet.margins, sheet.scale(page, SCALE))
        except (pdfium.PdfiumError, ValueError, ArithmeticError, OSError, AttributeError, TypeError):
            return None

    def cropped(self, margins: Insets) -> Image.Image:
        """Return the picture with its bleed reduced to these margins."""
        left, top, right, bottom = (round((own - wanted) * self.scale)
                                    for own, wanted in zip(self.margins, margins, strict=True))  # fmt: skip
        return self.picture.crop((left, top, max(left + 1, self.picture.width - right),
                                  max(top + 1, self.picture.height - bottom)))  # fmt: skip


def _compare(old: _Picture | None, new: _Picture | None, ignored: Sequence[Rect], with_images: bool) -> PictureChange:
    margins = _common_bleed(old, new)
    scale = max((page.scale for page in (old, new) if page), default=SCALE)
    first, second = (page.cropped(margins) if page else None for page in (old, new))
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
        _jpeg(first) if with_images and first else b"",
        _jpeg(second) if with_images and second else b"",
        _marks(first, second, mask) if with_images and first and second and mask.any() else b"",
    )


def _common_bleed(old: _Picture | None, new: _Picture | None) -> Insets:
    """Return the bleed that both pages have. A page that changed from verso to recto has it at other edges."""
    margins = [page.margins for page in (old, new) if page] or [Insets()]
    return Insets(*(min(edges) for edges in zip(*margins, strict=True)))


def _mask(old: Image.Image, new: Image.Image, size: tuple[int, int]) -> Mask:
    """Return where any colour channel differs. Areas that only one of the pictures covers count as different."""
    height, width = min(old.height, new.height), min(old.width, new.width)
    rounding_only = size[0] - width <= 1 and size[1] - height <= 1
    mask = np.full((size[1], size[0]), not rounding_only)
    part = (0, 0, width, height)
    red, green, blue = ImageChops.difference(old.crop(part), new.crop(part)).split()
    mask[:height, :width] = np.asarray(ImageChops.lighter(ImageChops.lighter(red, green), blue)) >= MIN_DIFFERENCE
    return mask


def _regions(mask: Mask, frame: Frame, scale: float) -> Iterator[Rect]:
    """Yield bounding boxes of the differences, the largest first."""
    rows, columns = -(-mask.shape[0] // _CELL), -(-mask.shape[1] // _CELL)
    padded = np.zeros((rows * _CELL, columns * _CELL), bool)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    cells: Mask = np.asarray(padded.reshape(rows, _CELL, columns, _CELL).any(axis=(1, 3)))
    regions: list[tuple[int, int, int, int]] = []
    for cluster in sorted(_clusters(cells), key=lambda box: -(box[2] - box[0]) * (box[3] - box[1])):
        if len(regions) < _MAX_REGIONS and not any(_contains(other, cluster) for other in regions):
            regions.append(cluster)
    for left, top, right, bottom in regions:
        edges = (left * _CELL, top * _CELL, min(right * _CELL, mask.shape[1]), min(bottom * _CELL, mask.shape[0]))
        x0, y0, x1, y1 = (edge / scale for edge in edges)
        yield Rect(x0, y0, x1, y1).shifted(frame.left, frame.top).rounded(1)


def _contains(outer: tuple[int, int, int, int], inner: tuple[int, int, int, int]) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def _clusters(cells: Mask) -> Iterator[tuple[int, int, int, int]]:
    """Yield the bounding boxes of cells that touch, or nearly do: left, top, right, bottom in cells."""
    remaining = {(int(row), int(column)) for row, column in np.argwhere(cells)}
    while remaining:
        queue = [remaining.pop()]
        cluster = list(queue)
        while queue:
            row, column = queue.pop()
            near = [(row + down, column + across) for down in (-1, 0, 1) for across in (-2, -1, 0, 1, 2)]
            reached = [cell for cell in near if cell in remaining]
            remaining.difference_update(reached)
            queue += reached
            cluster += reached
        rows, columns = [cell[0] for cell in cluster], [cell[1] for cell in cluster]
        yield (min(columns), min(rows), max(columns) + 1, max(rows) + 1)


def _marks(old: Image.Image, new: Image.Image, mask: Mask) -> bytes:
    """Return a PNG that is transparent except for the differences, in two colours from a small palette."""
    height, width = min(old.height, new.height), min(old.width, new.width)
    grey_old, grey_new = (np.asarray(each.convert("L"))[:height, :width] for each in (old, new))
    index = mask.astype(np.uint8) * 2
    index[:height, :width][mask[:height, :width] & (grey_old < grey_new)] = 1
    image = Image.fromarray(index, "P")
    image.putpalette([255, 255, 255, *_DARKER_BEFORE, *_DARKER_NOW])
    out = io.BytesIO()
    image.save(out, "PNG", transparency=0, bits=2, optimize=False)
    return out.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()

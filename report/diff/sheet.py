"""A page of any PDF as it is displayed: rotated, cropped, with its trim and bleed if these are plausible.

In: a pypdfium2 page. Out: coordinates on the displayed page, and its picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PIL import Image

from report.geometry import Insets, Rect

MAX_EDGE = 1600  # pixels of a picture's longer edge: a poster is rendered no larger than a page
_MIN_SIZE = 1.0  # points: a smaller trim or bleed is ignored


@dataclass(frozen=True, slots=True)
class VisiblePage:
    """`bounds` is the visible area in PDF user space; `rotation` is clockwise, in degrees.

    `trim` and `bleed` are boxes on the displayed page, in points from its top left corner.
    """

    bounds: Rect
    rotation: int
    trim: Rect
    bleed: Rect

    @classmethod
    def of(cls, page: Any) -> VisiblePage:
        """Measure a page. A trim or bleed outside the visible area is replaced by the whole visible area."""
        left, bottom, right, top = (float(edge) for edge in page.get_bbox())
        unset = Rect(0, 0, 0, 0)
        bare = cls(Rect(left, bottom, right, top), page.get_rotation(), unset, unset)
        whole = bare.from_corner((left, bottom, right, top))
        trim = _clipped(bare.from_corner(page.get_trimbox()), whole)
        bleed = _clipped(bare.from_corner(page.get_bleedbox()), whole)
        return cls(bare.bounds, bare.rotation, trim, Rect.around((trim, bleed)))

    @property
    def margins(self) -> Insets:
        """How far the bleed extends beyond the trim at each edge."""
        (x0, y0, x1, y1), (left, top, right, bottom) = self.trim, self.bleed
        return Insets(x0 - left, y0 - top, right - x1, bottom - y1)

    def from_corner(self, box: Any) -> Rect:
        """Convert a box in user space (left, bottom, right, top) to points from the top left corner as displayed."""
        left, bottom, right, top = self.bounds
        x0, y0, x1, y1 = (float(edge) for edge in box)
        if self.rotation == 90:
            return Rect(y0 - bottom, x0 - left, y1 - bottom, x1 - left)
        if self.rotation == 180:
            return Rect(right - x1, y0 - bottom, right - x0, y1 - bottom)
        if self.rotation == 270:
            return Rect(top - y1, right - x1, top - y0, right - x0)
        return Rect(x0 - left, top - y1, x1 - left, top - y0)

    def from_trim(self, box: Any) -> Rect:
        """Convert a box in user space to points from the trim's top left corner."""
        return self.from_corner(box).shifted(-self.trim.x0, -self.trim.y0)

    def picture(self, page: Any, scale: float) -> Image.Image:
        """Render the page up to its bleed, at `scale` pixels per point or less for a very large page."""
        whole: Image.Image = page.render(scale=self.scale(page, scale)).to_pil().convert("RGB")
        return self._crop(whole, page, self.bleed)

    def scale(self, page: Any, wanted: float) -> float:
        """Return the scale of the picture in pixels per point: less than wanted for a very large page."""
        return float(min(wanted, MAX_EDGE / max(*page.get_size(), 1.0)))

    def _crop(self, whole: Image.Image, page: Any, box: Rect) -> Image.Image:
        width, height = page.get_size()
        across, down = whole.width / max(width, 0.01), whole.height / max(height, 0.01)
        left, top = round(box[0] * across), round(box[1] * down)
        return whole.crop((left, top, max(left + 1, round(box[2] * across)), max(top + 1, round(box[3] * down))))


def _clipped(box: Rect, whole: Rect) -> Rect:
    part = box.common(whole)
    return part if part.width > _MIN_SIZE and part.height > _MIN_SIZE else whole

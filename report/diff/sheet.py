"""One page of any PDF as it is shown: turned, cropped, with its trim and bleed where they make sense.

In: a page of pypdfium2. Out: places on it, and its picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PIL import Image

from report.geometry import Insets, Rect

LONGEST = 1600  # pixels of a picture's longer edge: a poster is not drawn larger than a page
_LEAST = 1.0  # points: a smaller trim or bleed is no page


@dataclass(frozen=True, slots=True)
class VisiblePage:
    """`bounds` is what a viewer shows, in the file's own points; `turned` is how far clockwise, in degrees.

    `trim` and `bleed` are boxes on the sheet as shown, in points from its top left corner.
    """

    bounds: Rect
    turned: int
    trim: Rect
    bleed: Rect

    @classmethod
    def of(cls, page: Any) -> VisiblePage:
        """Measure a page. A trim or bleed that is outside what is shown is taken as all of it."""
        left, bottom, right, top = (float(edge) for edge in page.get_bbox())
        nowhere = Rect(0, 0, 0, 0)
        bare = cls(Rect(left, bottom, right, top), page.get_rotation(), nowhere, nowhere)
        whole = bare.shown((left, bottom, right, top))
        trim = _within(bare.shown(page.get_trimbox()), whole)
        bleed = _within(bare.shown(page.get_bleedbox()), whole)
        return cls(bare.bounds, bare.turned, trim, Rect.around((trim, bleed)))

    @property
    def margins(self) -> Insets:
        """How far the bleed goes over the trim."""
        (x0, y0, x1, y1), (left, top, right, bottom) = self.trim, self.bleed
        return Insets(x0 - left, y0 - top, right - x1, bottom - y1)

    def shown(self, box: Any) -> Rect:
        """Return where a box of the file (left, bottom, right, top) is on the sheet as it is shown."""
        left, bottom, right, top = self.bounds
        x0, y0, x1, y1 = (float(edge) for edge in box)
        if self.turned == 90:
            return Rect(y0 - bottom, x0 - left, y1 - bottom, x1 - left)
        if self.turned == 180:
            return Rect(right - x1, y0 - bottom, right - x0, y1 - bottom)
        if self.turned == 270:
            return Rect(top - y1, right - x1, top - y0, right - x0)
        return Rect(x0 - left, top - y1, x1 - left, top - y0)

    def placed(self, box: Any) -> Rect:
        """Return a box of the file in points from the trim's top left corner."""
        return self.shown(box).shifted(-self.trim.x0, -self.trim.y0)

    def picture(self, page: Any, scale: float) -> Image.Image:
        """Draw the page inside its bleed, at `scale` pixels to a point or as large as is reasonable."""
        whole: Image.Image = page.render(scale=self.scale(page, scale)).to_pil().convert("RGB")
        return self._cut(whole, page, self.bleed)

    def scale(self, page: Any, wanted: float) -> float:
        """Return how many pixels of the picture are a point: fewer than wanted for a poster."""
        return float(min(wanted, LONGEST / max(*page.get_size(), 1.0)))

    def _cut(self, whole: Image.Image, page: Any, box: Rect) -> Image.Image:
        width, height = page.get_size()
        across, down = whole.width / max(width, 0.01), whole.height / max(height, 0.01)
        left, top = round(box[0] * across), round(box[1] * down)
        return whole.crop((left, top, max(left + 1, round(box[2] * across)), max(top + 1, round(box[3] * down))))


def _within(box: Rect, whole: Rect) -> Rect:
    cut = box.common(whole)
    return cut if cut.width > _LEAST and cut.height > _LEAST else whole

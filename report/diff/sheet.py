"""One page of any PDF as it is shown: turned, cropped, with its trim and bleed where they make sense.

In: a page of pypdfium2. Out: places on it, and its picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PIL import Image

from report.diff.records import Box

LONGEST = 1600  # pixels of a picture's longer edge: a poster is not drawn larger than a page
_LEAST = 1.0  # points: a smaller trim or bleed is no page


@dataclass(frozen=True, slots=True)
class VisiblePage:
    """`bounds` is what a viewer shows, in the file's own points; `turned` is how far clockwise, in degrees.

    `trim` and `bleed` are boxes on the sheet as shown, in points from its top left corner.
    """

    bounds: Box
    turned: int
    trim: Box
    bleed: Box

    @classmethod
    def of(cls, page: Any) -> VisiblePage:
        """Measure a page. A trim or bleed that is outside what is shown is taken as all of it."""
        left, bottom, right, top = (float(edge) for edge in page.get_bbox())
        bare = cls((left, bottom, right, top), page.get_rotation(), (0, 0, 0, 0), (0, 0, 0, 0))
        whole = bare.shown((left, bottom, right, top))
        trim = _within(bare.shown(page.get_trimbox()), whole)
        bleed = _within(bare.shown(page.get_bleedbox()), whole)
        around = (min(trim[0], bleed[0]), min(trim[1], bleed[1]), max(trim[2], bleed[2]), max(trim[3], bleed[3]))
        return cls(bare.bounds, bare.turned, trim, around)

    @property
    def margins(self) -> Box:
        """How far the bleed goes over the trim: left, top, right, bottom."""
        (x0, y0, x1, y1), (left, top, right, bottom) = self.trim, self.bleed
        return (x0 - left, y0 - top, right - x1, bottom - y1)

    def shown(self, box: Any) -> Box:
        """Return where a box of the file (left, bottom, right, top) is on the sheet as it is shown."""
        left, bottom, right, top = self.bounds
        x0, y0, x1, y1 = (float(edge) for edge in box)
        if self.turned == 90:
            return (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
        if self.turned == 180:
            return (right - x1, y0 - bottom, right - x0, y1 - bottom)
        if self.turned == 270:
            return (top - y1, right - x1, top - y0, right - x0)
        return (x0 - left, top - y1, x1 - left, top - y0)

    def placed(self, box: Any) -> Box:
        """Return a box of the file in points from the trim's top left corner."""
        (x0, y0, x1, y1), (left, top) = self.shown(box), self.trim[:2]
        return (x0 - left, y0 - top, x1 - left, y1 - top)

    def picture(self, page: Any, scale: float) -> Image.Image:
        """Draw the page inside its bleed, at `scale` pixels to a point or as large as is reasonable."""
        whole: Image.Image = page.render(scale=self.scale(page, scale)).to_pil().convert("RGB")
        return self._cut(whole, page, self.bleed)

    def scale(self, page: Any, wanted: float) -> float:
        """Return how many pixels of the picture are a point: fewer than wanted for a poster."""
        return float(min(wanted, LONGEST / max(*page.get_size(), 1.0)))

    def _cut(self, whole: Image.Image, page: Any, box: Box) -> Image.Image:
        width, height = page.get_size()
        across, down = whole.width / max(width, 0.01), whole.height / max(height, 0.01)
        left, top = round(box[0] * across), round(box[1] * down)
        return whole.crop((left, top, max(left + 1, round(box[2] * across)), max(top + 1, round(box[3] * down))))


def _within(box: Box, whole: Box) -> Box:
    cut = (max(box[0], whole[0]), max(box[1], whole[1]), min(box[2], whole[2]), min(box[3], whole[3]))
    return cut if cut[2] - cut[0] > _LEAST and cut[3] - cut[1] > _LEAST else whole

"""Rectangles, used by every stage.

In: nothing. Out: `Rect`, `Frame` and `Insets`. Lengths are in points unless stated otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Self


class Rect(NamedTuple):
    """A rectangle given by two opposite corners, with x0 <= x1 and y0 <= y1.

    The coordinate system depends on the context. In PDF user space the origin is at the lower left and y grows upwards,
    so y0 is the bottom edge (ISO 32000-1, 7.9.5). On a displayed page the origin is at the top left and y grows
    downwards, so y0 is the top edge.
    """

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def of_size(cls, x: float, y: float, width: float, height: float) -> Self:
        """Return the rectangle of the given size whose corner nearest to the origin is (x, y)."""
        return cls(x, y, x + width, y + height)

    @classmethod
    def of_corners(cls, corners: Iterable[float]) -> Self:
        """Return the rectangle of two opposite corners in any order, as in PDF files (ISO 32000-1, 7.9.5).

        Raises ValueError unless there are four numbers.
        """
        ax, ay, bx, by = (float(edge) for edge in corners)
        return cls(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    @classmethod
    def around(cls, rects: Iterable[Self]) -> Self:
        """Return the smallest rectangle that contains all of them. Raises ValueError if there are none."""
        x0, y0, x1, y1 = zip(*rects, strict=True)
        return cls(min(x0), min(y0), max(x1), max(y1))

    @property
    def width(self) -> float:
        """The extent along x."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """The extent along y."""
        return self.y1 - self.y0

    def common(self, other: Self) -> Self:
        """Return the intersection with another rectangle. Its width or height is negative if they do not overlap."""
        return type(self)(
            max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1)
        )

    def shifted(self, x: float, y: float) -> Self:
        """Return the rectangle moved by x and y."""
        return type(self)(self.x0 + x, self.y0 + y, self.x1 + x, self.y1 + y)

    def grown(self, by: float) -> Self:
        """Return the rectangle with each edge moved outwards, or inwards if `by` is negative."""
        return type(self)(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)

    def flipped(self, top: float) -> Self:
        """Return the rectangle with y measured from `top` in the other direction: PDF user space to a page, or back."""
        return type(self)(self.x0, top - self.y1, self.x1, top - self.y0)

    def rounded(self, digits: int) -> Self:
        """Return the rectangle with rounded edges."""
        return type(self)(*(round(edge, digits) for edge in self))

    def over(self, inner: Rect) -> Insets:
        """Return how far the rectangle extends beyond one inside it, both in PDF user space."""
        return Insets(inner.x0 - self.x0, self.y1 - inner.y1, self.x1 - inner.x1, inner.y0 - self.y0)

    @property
    def frame(self) -> Frame:
        """The rectangle as position and size, as in CSS."""
        return Frame(self.x0, self.y0, self.width, self.height)


class Frame(NamedTuple):
    """A rectangle as in CSS: the top left corner and the size, in points or in percent of a page."""

    left: float
    top: float
    width: float
    height: float


class Insets(NamedTuple):
    """Distances at the edges of a rectangle, such as a bleed or margins, on a displayed page."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0

"""PDF transformation matrices, and bounding boxes of points.

In: matrices of six numbers each (ISO 32000-1, 8.3.3). Out: products, scales, bounds, in points.
"""

from __future__ import annotations

import math
from typing import Any

from report.geometry import Rect

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def multiply(first: Matrix, second: Matrix) -> Matrix:
    """Return the matrix that applies `first`, then `second`."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def matrix_of(values: Any) -> Matrix:
    """Return six numbers as a matrix. Raises ValueError unless there are six numbers."""
    a, b, c, d, e, f = (float(value) for value in values)
    return (a, b, c, d, e, f)


def scale_of(matrix: Matrix) -> float:
    """Return the mean factor by which a matrix scales lengths."""
    a, b, c, d, *_ = matrix
    return math.sqrt(abs(a * d - b * c))


def bounds_of(points: list[float]) -> Rect | None:
    """Return the bounding box of points given as x, y, x, y; None if there are no points or one is not finite."""
    if not points or not all(map(math.isfinite, points)):
        return None
    return Rect(min(points[::2]), min(points[1::2]), max(points[::2]), max(points[1::2]))

"""The graphics state while a content stream is read.

In: nothing. Out: `GraphicsState`, which the operators of the stream change.
"""

from __future__ import annotations

from dataclasses import dataclass

from report.preflight.geometry import IDENTITY, Matrix
from report.preflight.records import ColourSpace
from report.preflight.spaces import GRAY


@dataclass
class GraphicsState:
    """The part of the graphics state that affects ink (ISO 32000-1, 8.4)."""

    matrix: Matrix = IDENTITY
    fill: ColourSpace = GRAY
    stroke: ColourSpace = GRAY
    fill_values: tuple[float, ...] = (0.0,)
    stroke_values: tuple[float, ...] = (0.0,)
    width: float = 1.0
    overprint_fill: bool = False
    overprint_stroke: bool = False
    nonzero: bool = False
    fill_alpha: float = 1.0
    stroke_alpha: float = 1.0
    blend: str = "Normal"
    font: str = ""
    size: float = 0.0
    mode: int = 0
    line: Matrix = IDENTITY

"""What a drawing gets: data rows, the look of the page, and a size; never a file, a clock or a global style.

In: values prepared by `report.charts` and `report.artwork`. Out: the frozen types that functions in `figures/` accept.
Lengths are in points (1/72 in), colours are hex strings that stand for one token each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class FontFace:
    """One font file of the repository and the names by which CSS and matplotlib know it."""

    family: str
    weight: int
    style: str
    path: Path


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of a drawing, in points."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points, origin at the top left."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a chart, with the texts that stand for it in the locale of the edition."""

    id: str
    label: str
    value: float
    text: str
    group: str = ""
    emphasis: bool = False
    share: float | None = None
    share_text: str | None = None
    prior: float | None = None
    prior_text: str | None = None
    change_text: str | None = None
    qualifier: str = ""
    outof: float | None = None


@dataclass(frozen=True, slots=True)
class ChartData:
    """The rows of one chart; `whole` is what they are parts of, where there is such a thing."""

    id: str
    rows: tuple[Row, ...]
    whole: Row | None = None
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """The design tokens a drawing may use. `base`, `mid` and `tint` name the tokens of the chart's colour family."""

    colours: Mapping[str, str]
    type: Mapping[str, float]
    fonts: Mapping[str, FontFace]
    base: str = "ink"
    mid: str = "haze"
    tint: str = "mist"


@dataclass(frozen=True, slots=True)
class Scene:
    """The sheet an artwork is drawn on. Width and height include `bleed` on the outer edges; `gutter` is the fold's x.

    `quiet` lists the places where text will stand: the drawing leaves them plain. `facts` has every fact's value by id.
    """

    width: float
    height: float
    bleed: float
    gutter: float | None
    quiet: tuple[Box, ...]
    colours: Mapping[str, str]
    ground: str
    base: str
    mid: str
    tint: str
    facts: Mapping[str, float]


FigureFunction = Callable[[ChartData, Look, Size], "Figure"]
Artwork = Callable[[Scene], str]

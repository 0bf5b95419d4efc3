"""The interface between the program and the drawing functions: their inputs, and the needs and options they declare.

In: values prepared by `report.drawing`; never a file, a clock or a global style. Out: the frozen types that functions
in `figures/` accept, and the types in which they declare what they need, for the checks of the data. Lengths are in
points (1/72 in); colours are hex strings, each of which identifies one token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from report.geometry import Rect

if TYPE_CHECKING:
    from matplotlib.figure import Figure


OptionValue = str | float | bool | None


@dataclass(frozen=True, slots=True)
class FontFace:
    """One font file, and its family, weight and style in CSS and matplotlib."""

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
class ChartRow:
    """One value of a chart, and its texts in the locale of the edition."""

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
    outof_text: str | None = None


@dataclass(frozen=True, slots=True)
class ChartData:
    """The rows of one chart. `whole` is the total that they are parts of, if there is one."""

    id: str
    rows: tuple[ChartRow, ...]
    whole: ChartRow | None = None
    options: Mapping[str, OptionValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """The design tokens that a chart may use. `base`, `mid` and `tint` name the tokens of its colour family."""

    colours: Mapping[str, str]
    type: Mapping[str, float]
    fonts: Mapping[str, FontFace]
    base: str = "ink"
    mid: str = "haze"
    tint: str = "mist"


@dataclass(frozen=True, slots=True)
class Scene:
    """The sheet of an artwork. Width and height include `bleed` on the outer edges; `gutter` is the x of the fold.

    `quiet` lists the areas reserved for text, which the drawing must leave plain. `given` has the numbers of marks that
    the data asks for; the drawing reads them by name from `counts`. `pillars` are the colour families, in order.
    """

    width: float
    height: float
    bleed: float
    gutter: float | None
    quiet: tuple[Rect, ...]
    colours: Mapping[str, str]
    ground: str
    base: str
    mid: str
    tint: str
    given: tuple[float, ...] = ()
    counts: Mapping[str, float] = field(default_factory=dict)
    pillars: tuple[str, ...] = ()


FigureFunction = Callable[[ChartData, Look, Size], "Figure"]


@dataclass(frozen=True, slots=True)
class TextOption:
    """A text option."""

    default: str = ""


@dataclass(frozen=True, slots=True)
class NumberOption:
    """A number option with bounds. Without a default, the figure chooses a value that suits the data."""

    default: float | None = None
    least: float = -inf
    most: float = inf


@dataclass(frozen=True, slots=True)
class Needs:
    """What a chart form requires of its data. All values and the whole share one unit, one of `units` if there are any.

    `rows`, `values` and `largest` (for the whole, or the total of a rank) are bounds. `whole`: the rows are parts of a
    whole; `complete`: they add up to it. `prior`, `outof`: every fact has this value. `also` yields further faults.
    """

    rows: tuple[int, int] = (1, 8)
    values: tuple[float, float] = (0.0, inf)
    units: tuple[str, ...] = ()
    whole: bool = False
    complete: bool = False
    largest: float = inf
    prior: bool = False
    outof: bool = False
    blank: bool = False  # whether every value may be zero
    also: Callable[[ChartData], Iterator[str]] = lambda data: iter(())


@dataclass(frozen=True, slots=True)
class ChartForm:
    """A figure function and its declarations. `kind` names the chart in alternative texts, for example Bar chart."""

    kind: str
    function: FigureFunction
    needs: Needs
    options: Mapping[str, TextOption | NumberOption]

    def complete(self, data: ChartData) -> ChartData:
        """Return the data with a value for every option of the form: the author's, or the default."""
        settings = {name: data.options.get(name, option.default) for name, option in self.options.items()}
        return replace(data, options=settings)

    def __call__(self, data: ChartData, look: Look, size: Size) -> Figure:
        """Draw a chart."""
        return self.function(self.complete(data), look, size)


@dataclass(frozen=True, slots=True)
class Artwork:
    """A drawing function, and the marks in it that represent facts, each with its minimum and maximum number."""

    function: Callable[[Scene], str]
    counts: Mapping[str, tuple[float, float]]

    def __call__(self, scene: Scene) -> str:
        """Draw a sheet. The numbers of marks are those of the scene, limited to the minimum and the maximum."""
        given = zip(self.counts.items(), scene.given, strict=True)
        counts = {name: min(max(number, low), high) for (name, (low, high)), number in given}
        return self.function(replace(scene, counts=counts))

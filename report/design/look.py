"""What a drawing gets and what it declares: data, the look of the page and a size in; its needs, options and facts out.

In: values prepared by `report.drawing`; never a file, a clock or a global style. Out: the frozen
types that functions in `figures/` accept, and those in which they say what they need, for the check of the data.
Lengths are in points (1/72 in), colours are hex strings that stand for one token each.
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
class ChartRow:
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
    outof_text: str | None = None


@dataclass(frozen=True, slots=True)
class ChartData:
    """The rows of one chart; `whole` is what they are parts of, where there is such a thing."""

    id: str
    rows: tuple[ChartRow, ...]
    whole: ChartRow | None = None
    options: Mapping[str, OptionValue] = field(default_factory=dict)


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

    `quiet` lists the places where text will stand: the drawing leaves them plain. `given` has the numbers of marks
    as the data asks for them; a drawing sees them by name in `counts`. `pillars` are the colour families, in order.
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
    """An option that is a text."""

    default: str = ""


@dataclass(frozen=True, slots=True)
class NumberOption:
    """An option that is a number within bounds. Without a default, the figure chooses one that suits its values."""

    default: float | None = None
    least: float = -inf
    most: float = inf


@dataclass(frozen=True, slots=True)
class Needs:
    """What a form of chart asks of its data. All values, and the whole, are of one unit: of `units`, if it names any.

    `rows`, `values` and `largest` (the whole, or what a rank is out of) are bounds. `whole`: the rows are parts of one;
    `complete`: they make it up. `prior` and `outof`: every fact has that. `also` yields what else does not suit.
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
    """A figure function with what it declares. `kind` is what it is called where it can't be seen: a bar chart."""

    kind: str
    function: FigureFunction
    needs: Needs
    options: Mapping[str, TextOption | NumberOption]

    def complete(self, data: ChartData) -> ChartData:
        """Return the data with every option that the form has: as its author set it, or by default."""
        settings = {name: data.options.get(name, option.default) for name, option in self.options.items()}
        return replace(data, options=settings)

    def __call__(self, data: ChartData, look: Look, size: Size) -> Figure:
        """Draw a chart."""
        return self.function(self.complete(data), look, size)


@dataclass(frozen=True, slots=True)
class Artwork:
    """A drawing function, and the marks in it that stand for facts, each with the least and the most it can carry."""

    function: Callable[[Scene], str]
    counts: Mapping[str, tuple[float, float]]

    def __call__(self, scene: Scene) -> str:
        """Draw a sheet; the drawing sees as many marks as it was given, kept within what it can carry."""
        given = zip(self.counts.items(), scene.given, strict=True)
        counts = {name: min(max(number, low), high) for (name, (low, high)), number in given}
        return self.function(replace(scene, counts=counts))

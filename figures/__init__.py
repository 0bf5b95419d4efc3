"""The chart functions of the report: data, a look and a size in; a matplotlib Figure out.

`FIGURES` maps the names that `charts.yaml` may use to the functions. The functions are pure: they read no files but the
fonts they are given, keep no state and leave matplotlib's global style alone. A module is imported when its first
figure is drawn, so that checking data does not wait for the drawing library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from report.look import FigureFunction

# The function and its module: a new chart is a function there and a row here.
MODULES = {
    "donut": "rings",
    "dot_field": "dots",
    "dot_groups": "bars",
    "dot_scale": "scales",
    "nested_bars": "parts",
    "percent_rings": "rings",
    "pictogram_rows": "dots",
    "proportion_bar": "parts",
    "range_bar": "scales",
    "rank_strip": "scales",
    "ranked_bars": "bars",
    "share_field": "dots",
    "slope": "change",
    "stacked_bar": "parts",
    "strata": "bars",
    "unit_tiles": "dots",
}


class _Figures(Mapping[str, "FigureFunction"]):
    """The functions by name, each imported when it is asked for."""

    def __getitem__(self, name: str) -> FigureFunction:
        function: FigureFunction = getattr(import_module(f"figures.{MODULES[name]}"), name)
        return function

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)

    def __contains__(self, name: object) -> bool:
        return name in MODULES


FIGURES: Mapping[str, FigureFunction] = _Figures()

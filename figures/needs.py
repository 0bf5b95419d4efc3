"""Declarations of chart functions: their kind, their requirements on the data, and their options.

In: a function. Out: an entry of `FIGURES`, which the data checks read before anything is drawn, and helpers that read
checked data. Faults that only show while drawing, such as a label that does not fit, are raised with `require`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from report.design.look import ChartForm, Needs, NumberOption, TextOption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from report.design.look import ChartData, ChartRow, FigureFunction

FIGURES: dict[str, ChartForm] = {}


def figure(
    kind: str, options: dict[str, TextOption | NumberOption] | None = None, **needs: Any
) -> Callable[[FigureFunction], FigureFunction]:
    """Register a function under its name, with its kind, its options and its needs (fields of `Needs`).

    A project's functions are registered first, so they replace the program's of the same name.
    """

    def register(function: FigureFunction) -> FigureFunction:
        FIGURES.setdefault(function.__name__, ChartForm(kind, function, Needs(**needs), options or {}))
        return function

    return register


def require(fits: bool, complaint: str) -> None:
    """Raise ValueError with the complaint unless the condition holds."""
    if not fits:
        raise ValueError(complaint)


def whole_of(data: ChartData) -> ChartRow:
    """Return the whole of which the rows are parts."""
    if data.whole is None:
        raise ValueError("its figure needs a whole but does not declare `whole=True`.")
    return data.whole


def text_option(data: ChartData, option: str) -> str:
    """Return a text option."""
    return str(data.options[option])


def number_option(data: ChartData, option: str) -> float:
    """Return a number option that has a default."""
    return float(data.options[option] or 0)


def emphasised(rows: Iterable[ChartRow]) -> set[str]:
    """Return the ids of the rows to emphasise: those marked in the data, or else the row with the highest value."""
    every = tuple(rows)
    chosen = {row.id for row in every if row.emphasis}
    return chosen or {max(every, key=lambda row: row.value).id}

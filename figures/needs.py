"""How a chart function declares itself: its name, what it needs of its data, and which options it takes.

In: a function. Out: a row in `FIGURES`, which the check of the data reads before anything is drawn; and small helpers
that read what has been checked. What only the drawing can know, such as a label without room, it says with `ask`.
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
    """Enter a function in the list under its name: what readers call it, its options, its needs (fields of `Needs`)."""

    def enter(function: FigureFunction) -> FigureFunction:
        FIGURES[function.__name__] = ChartForm(kind, function, Needs(**needs), options or {})
        return function

    return enter


def ask(data: ChartData, fits: bool, complaint: str) -> None:
    """Stop with a plain sentence where the chart has no room for what it shows."""
    if not fits:
        raise ValueError(f"Chart {data.id!r}: {complaint}")


def whole_of(data: ChartData) -> ChartRow:
    """The whole of which the rows are parts."""
    if data.whole is None:
        raise ValueError(f"Chart {data.id!r}: its form does not declare that it needs a whole.")
    return data.whole


def words_option(data: ChartData, option: str) -> str:
    """An option that is a text."""
    return str(data.options[option])


def number_option(data: ChartData, option: str) -> float:
    """An option that is a number and has a default."""
    return float(data.options[option] or 0)


def marked(rows: Iterable[ChartRow]) -> set[str]:
    """The ids of the rows to stress: those with emphasis, or the greatest where none has."""
    known = tuple(rows)
    chosen = {row.id for row in known if row.emphasis}
    return chosen or {max(known, key=lambda row: row.value).id}

"""What a form needs of its data: the right number of rows, a whole, options of the right kind.

In: the ChartData of a chart. Out: its rows, whole or options, or a ValueError with a sentence that says what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from report.look import ChartData, Row


def ask(data: ChartData, fits: bool, complaint: str) -> None:
    """Stop with a plain sentence where the data does not suit the form of the chart."""
    if not fits:
        raise ValueError(f"Chart {data.id!r}: {complaint}")


def only_row(data: ChartData) -> Row:
    """The one row of a chart that shows a single value."""
    ask(data, len(data.rows) == 1, f"this form shows exactly one row, not {len(data.rows)}.")
    return data.rows[0]


def whole_of(data: ChartData) -> Row:
    """The whole of which the rows are parts."""
    if data.whole is None or data.whole.value <= 0:
        raise ValueError(f"Chart {data.id!r}: this form needs a whole greater than zero.")
    return data.whole


def amounts(data: ChartData, least: int = 1, most: int = 8, *, all_zero: bool = False) -> tuple[Row, ...]:
    """The rows, where their number suits the form and no value is below zero."""
    count = len(data.rows)
    ask(data, least <= count <= most, f"this form shows {least} to {most} rows, not {count}.")
    ask(data, all(row.value >= 0 for row in data.rows), "this form cannot show values below zero.")
    ask(data, all_zero or any(row.value > 0 for row in data.rows), "every value is zero, so there is nothing to draw.")
    return data.rows


def words_option(data: ChartData, key: str, default: str = "") -> str:
    """An option that is a text."""
    return str(data.options.get(key, default))


def number_option(data: ChartData, key: str, default: float) -> float:
    """An option that is a number."""
    value = data.options.get(key, default)
    ask(data, isinstance(value, int | float) and not isinstance(value, bool), f"the option {key!r} must be a number.")
    return float(value)


def marked(rows: Iterable[Row]) -> set[str]:
    """The ids of the rows to stress: those with emphasis, or the greatest where none has."""
    known = tuple(rows)
    chosen = {row.id for row in known if row.emphasis}
    return chosen or {max(known, key=lambda row: row.value).id}

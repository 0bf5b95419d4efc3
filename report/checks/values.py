"""Can each value be what its unit says? No count below zero, no share above one hundred, no rank between two ranks.

In: an `Edition`. Out: problems at the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from report.edition.edition import Edition
from report.edition.formats import FormatError
from report.edition.model import Fact
from report.problems import Place, Problem, error

# From, up to, and what to do about a value outside. Money and changes may be anything; ranks are judged by `formats`.
_BOUNDS: Mapping[str, tuple[int, int, str]] = {
    "count": (0, 10**18, "Correct the value; a loss is a change or an amount of money."),
    "score": (0, 10**18, "Correct the value."),
    "square-mile": (0, 10**18, "Correct the value."),
    "year": (1000, 9999, "Write the year with four digits."),
    "percent": (0, 100, "Correct the value; growth, which can be less or more than that, has the unit `change`."),
}


def value_problems(edition: Edition) -> Iterator[Problem]:
    """Yield the values that can't be what they are said to be, or that the language can't write."""
    for name, fact in edition.facts.items():
        values = {("value",): fact.value} | ({("prior", "value"): fact.prior.value} if fact.prior else {})
        for path, value in values.items():
            place = edition.documents["facts"].place(("facts", name, *path))
            yield from _unwritable(edition, name, fact, value, place)
            yield from _out_of_bounds(name, fact, value, place)
        if fact.outof is not None and fact.value > fact.outof:
            place = edition.documents["facts"].place(("facts", name, "outof"))
            what = f"`{name}` is {fact.value:,} out of {fact.outof:,}, which is more than there can be."
            yield error("bad-fact", place, what, "Correct one of the two.")


def _unwritable(edition: Edition, name: str, fact: Fact, value: Decimal, place: Place) -> Iterator[Problem]:
    try:
        edition.formats.number(value, fact.unit)
        if fact.unit == "count" and value % 1:
            raise FormatError("a count is a whole number")
    except FormatError as problem:
        yield error("bad-fact", place, f"`{name}` can't be written: {problem}.", "Correct the value or its unit.")


def _out_of_bounds(name: str, fact: Fact, value: Decimal, place: Place) -> Iterator[Problem]:
    least, most, hint = _BOUNDS.get(fact.unit, (value, value, ""))
    if not least <= value <= most:
        bound = f"less than {least:,}" if value < least else f"more than {most:,}"
        yield error("bad-fact", place, f"`{name}` is {value:,} ({fact.unit}), which is {bound}.", hint)


def period_problems(edition: Edition) -> Iterator[Problem]:
    """A period starts before it ends."""
    period = edition.config.period
    if period.end < period.start:
        place = edition.documents["edition"].place(("period", "end"))
        what = f"The period ends on {period.end}, before it starts on {period.start}."
        yield error("bad-period", place, what, "Correct one of the two days.")

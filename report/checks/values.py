"""Checks that each value is possible for its unit: no count below zero, no share above 100, no fractional rank.

In: an `Edition`. Out: problems at the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from report.edition.edition import Edition
from report.edition.formats import FormatError
from report.edition.model import Fact
from report.problems import Place, Problem, error

# Minimum, maximum and hint by unit. Money and changes have no bounds, and `formats` checks ranks.
_BOUNDS: Mapping[str, tuple[int, int, str]] = {
    "count": (
        0,
        10**18,
        "Write a fall as a `change` in percent, or give the count its `prior`; a loss of money is `usd`.",
    ),
    "score": (0, 10**18, "Correct the value."),
    "square-mile": (0, 10**18, "Correct the value."),
    "year": (1000, 9999, "Write the year with four digits."),
    "percent": (0, 100, "Correct the value. For growth, which may exceed these bounds, use the unit `change`."),
}


def value_problems(edition: Edition) -> Iterator[Problem]:
    """Yield a problem for each value that is impossible for its unit or cannot be written in the edition's language."""
    for name, fact in edition.facts.items():
        values = {("value",): fact.value} | ({("prior", "value"): fact.prior.value} if fact.prior else {})
        for path, value in values.items():
            place = edition.documents["facts"].place(("facts", name, *path))
            yield from _unwritable(edition, name, fact, value, place)
            yield from _out_of_bounds(name, fact, value, place)
        if fact.outof is not None and fact.value > fact.outof:
            place = edition.documents["facts"].place(("facts", name, "outof"))
            what = f"`{name}` is {fact.value:,}, which exceeds its `outof`, {fact.outof:,}."
            yield error("bad-fact", place, what, "Correct one of the two.")


def _unwritable(edition: Edition, name: str, fact: Fact, value: Decimal, place: Place) -> Iterator[Problem]:
    try:
        edition.formats.number(value, fact.unit)
        if fact.unit == "count" and value % 1:
            raise FormatError("a count must be a whole number")
        if fact.unit == "usd" and value * 100 % 1:
            raise FormatError("an amount of money has at most two decimals")
    except FormatError as problem:
        hint = _thousands(value) or "Correct the value or its unit."
        yield error("bad-fact", place, f"`{name}` cannot be written: {problem}.", hint)


def _thousands(value: Decimal) -> str:
    """Return a hint for a number with exactly three decimals: 184.250 is 184,250 in some languages."""
    whole = value.as_tuple().exponent == -3 and value.scaleb(3)
    return f"If the point separates thousands, write {whole:f}." if whole else ""


def _out_of_bounds(name: str, fact: Fact, value: Decimal, place: Place) -> Iterator[Problem]:
    least, most, hint = _BOUNDS.get(fact.unit, (value, value, ""))
    if not least <= value <= most:
        bound = f"less than {least:,}" if value < least else f"more than {most:,}"
        yield error("bad-fact", place, f"`{name}` is {value:,} ({fact.unit}), which is {bound}.", hint)


def period_problems(edition: Edition) -> Iterator[Problem]:
    """Yield a problem if the period ends before it starts."""
    period = edition.config.period
    if period.end < period.start:
        place = edition.documents["edition"].place(("period", "end"))
        what = f"The period ends on {period.end}, before it starts on {period.start}."
        yield error("bad-period", place, what, "Correct one of the two dates.")

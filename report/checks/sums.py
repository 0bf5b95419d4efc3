"""Runs the checks of checks.yaml: totals, shares and changes that must hold between facts.

In: an `Edition`. Out: problems, each with the facts, both places, and the correct value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from report.edition.edition import Edition
from report.edition.formats import FormatError, largest_remainder
from report.edition.model import CheckEntry
from report.problems import Place, Problem, did_you_mean, error

_NEEDS: Mapping[str, tuple[str, ...]] = {
    "sum": ("parts", "equals"),
    "share": ("part", "whole"),
    "change": ("fact",),
    "shares": ("parts", "whole"),
    "at-most": ("fact", "limit"),
}


def check_problems(edition: Edition) -> Iterator[Problem]:
    """Yield a problem for every check that fails or cannot be computed."""
    for index, check in enumerate(edition.checks):
        place = edition.place("checks", ("checks", index))
        if check.renew:
            continue  # its expected value is still that of the previous year
        incomplete = list(_incomplete(edition, check, place))
        yield from incomplete
        if not incomplete:
            try:
                yield from _RULES[check.kind](edition, check, place)
            except FormatError as problem:
                hint = "Correct the fact, or remove the check."
                yield error("bad-check", place, f"The check `{check.id}` cannot be computed: {problem}.", hint)


def _incomplete(edition: Edition, check: CheckEntry, place: Place) -> Iterator[Problem]:
    for key in _NEEDS[check.kind]:
        if not getattr(check, key):
            what = f"The check `{check.id}` of the kind {check.kind} needs `{key}`."
            yield error("bad-check", place, what, f"Add `{key}: ...`.")
    if check.kind in {"share", "change"} and check.equals is None and check.expect is None:
        what = f"The check `{check.id}` has no expected result."
        yield error("bad-check", place, what, "Add `equals: fact.id` or `expect: 6.3`.")
    compared: list[str | None] = [*check.parts, check.whole, check.part, check.limit]
    compared += [check.equals] if check.kind == "sum" else []
    compared += [check.fact] if check.kind == "at-most" else []
    for name in dict.fromkeys([*compared, check.fact, check.equals]):
        if name is not None and name not in edition.facts:
            hint = did_you_mean(name, edition.facts)
            yield error("unknown-fact", place, f"The check `{check.id}` uses an unknown fact `{name}`.", hint)
    units = sorted({edition.facts[name].unit for name in compared if name and name in edition.facts})
    if len(units) > 1:
        what = f"The check `{check.id}` mixes the units {' and '.join(units)}."
        yield error("bad-check", place, what, "Compare only facts with the same unit.")


def _value(edition: Edition, name: str | None) -> Decimal:
    return edition.facts[name or ""].value


def _expected(edition: Edition, check: CheckEntry, place: Place) -> tuple[str, Decimal, Place]:
    """Return what a result is compared with: its name in messages, its value, and its place."""
    if check.equals:
        fact_place = edition.place("facts", ("facts", check.equals, "value"))
        return f"`{check.equals}`", _value(edition, check.equals), fact_place
    return "the expected value", check.expect or Decimal(0), place


def _mismatch(edition: Edition, check: CheckEntry, place: Place, result: Decimal, term: str) -> Iterator[Problem]:
    """Yield a problem if the result of a check, computed from `term`, differs from the expected value."""
    name, expected, expected_place = _expected(edition, check, place)
    if abs(result - expected) > check.tolerance:
        what = f"The check `{check.id}` fails: {term} gives {result:,}, but {name} is {expected:,} ({expected_place})."
        hint = f"Change the value to {result:,}, or correct one of the parts ({_places(edition, check)})."
        yield error("check-failed", place, what, hint)


def _places(edition: Edition, check: CheckEntry) -> str:
    names = [name for name in (*check.parts, check.part, check.whole, check.fact) if name]
    return ", ".join(f"`{name}` on line {edition.fact_place(name).line}" for name in names)


def _sum(edition: Edition, check: CheckEntry, place: Place) -> Iterator[Problem]:
    total = sum((_value(edition, name) for name in check.parts), Decimal(0))
    yield from _mismatch(edition, check, place, total, " + ".join(f"`{name}`" for name in check.parts))


def _share(edition: Edition, check: CheckEntry, place: Place) -> Iterator[Problem]:
    part, whole = _value(edition, check.part), _value(edition, check.whole)
    result = edition.formats.share(part, whole, check.decimals)
    yield from _mismatch(edition, check, place, result, f"`{check.part}` of `{check.whole}` in percent")


def _change(edition: Edition, check: CheckEntry, place: Place) -> Iterator[Problem]:
    fact = edition.facts[check.fact or ""]
    result = edition.formats.change(fact, check.decimals).amount
    yield from _mismatch(edition, check, place, result, f"the change of `{check.fact}` from its prior value")


def _shares(edition: Edition, check: CheckEntry, place: Place) -> Iterator[Problem]:
    """The parts must add up to the whole, so that their rounded shares sum to 100."""
    values = [_value(edition, name) for name in check.parts]
    total, whole = sum(values), _value(edition, check.whole)
    rounded = largest_remainder(values, whole, check.decimals)
    if total != whole or sum(rounded) != 100:
        what = (
            f"The check `{check.id}` fails: the shares of `{check.whole}` sum to {sum(rounded)}, not to 100, because "
            f"the parts sum to {total:,} and the whole is {whole:,} ({edition.fact_place(check.whole or '')})."
        )
        hint = f"Change the whole to {total:,}, or correct one of the parts ({_places(edition, check)})."
        yield error("check-failed", place, what, hint)


def _at_most(edition: Edition, check: CheckEntry, place: Place) -> Iterator[Problem]:
    value, limit = _value(edition, check.fact), _value(edition, check.limit)
    if value > limit:
        what = (
            f"The check `{check.id}` fails: `{check.fact}` is {value:,} ({edition.fact_place(check.fact or '')}), more "
            f"than `{check.limit}`, which is {limit:,} ({edition.fact_place(check.limit or '')})."
        )
        yield error("check-failed", place, what, f"The value must be at most {limit:,}. Correct one of the two.")


_RULES: Mapping[str, Callable[[Edition, CheckEntry, Place], Iterator[Problem]]] = {
    "sum": _sum,
    "share": _share,
    "change": _change,
    "shares": _shares,
    "at-most": _at_most,
}

"""Formats numbers, money, shares, changes and dates for the edition's locale. No other module formats a figure.

In: facts and a locale. Out: text. A no-break space joins a number and its unit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_month_names
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent

from report.edition.model import Fact
from report.edition.trends import TRENDS, Trend

NBSP = "\N{NO-BREAK SPACE}"
NARROW_NBSP = "\N{NARROW NO-BREAK SPACE}"
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MILLION = 1_000_000


class FormatError(ValueError):
    """A form cannot be applied to a fact. The message gives the reason in plain words, without a final full stop."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form after the bar in `{{ fact | form }}`, with the id of the second fact if it takes one."""

    name: str
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """The change of a fact from its prior value: in percent of it, in percentage points, or as an amount."""

    amount: Decimal
    kind: Literal["percent", "points", "amount"]


@dataclass(frozen=True, slots=True)
class Formats:
    """Formats facts for one locale."""

    locale: str
    currency: str = "USD"

    def number(self, value: Decimal, unit: str) -> str:
        """Return a bare value with its unit: "177,000", "$627 million", "6.3%", "7th", "4,084 square miles"."""
        try:
            return _UNITS[unit](self, value)
        except InvalidOperation:
            raise FormatError("the number has too many digits") from None
        except (NotImplementedError, KeyError):
            raise FormatError(f"numbers with the unit {unit} cannot be written in this language") from None

    def fact(self, fact: Fact) -> str:
        """Return a fact as it appears in prose: qualifier, value and unit."""
        return self._qualified(fact, self.number(fact.value, fact.unit))

    def apply(self, fact: Fact, forms: Sequence[Form], facts: Mapping[str, Fact]) -> str:
        """Return a fact with forms applied. Raises FormatError if they cannot be applied to it, or not together."""
        names = [form.name for form in forms]
        _check_combination(names)
        aspect = next((form for form in forms if form.name in _ASPECTS), None)
        writing = next((_WRITINGS[name] for name in names if name in _WRITINGS), None)
        if aspect is None:
            text = self._written(fact.value, fact.unit, writing)
            text = text if "bare" in names else self._qualified(fact, text)
        elif aspect.name in _NUMBERS:
            text = self._written(*_NUMBERS[aspect.name](fact), writing)
        else:
            text = _TEXTS[aspect.name](self, fact, aspect, facts)
        if "label" in names:
            text = f"{text} {fact.label}"
        return text[:1].upper() + text[1:] if "cap" in names else text

    def _written(self, value: Decimal, unit: str, writing: Writing | None) -> str:
        return writing(self, value, unit) if writing else self.number(value, unit)

    def share(self, part: Decimal, whole: Decimal, decimals: int = 1) -> Decimal:
        """Return part of whole in percent, rounded half up. Raises FormatError if the whole is zero."""
        if not whole:
            raise FormatError("a share of zero is undefined")
        return (part * 100 / whole).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)

    def percent_change(self, before: Decimal, after: Decimal, decimals: int = 1) -> Decimal:
        """Return the change in percent of the earlier value. Raises FormatError if the earlier value is zero."""
        if not before:
            raise FormatError("a change from zero has no percentage")
        return self.share(after - before, abs(before), decimals)

    def change(self, fact: Fact, decimals: int = 1) -> Change:
        """Return the change of a fact. Raises FormatError if it has no prior value or its unit has no change."""
        if fact.prior is None:
            raise FormatError("the fact has no prior value")
        kind = _CHANGE_KINDS.get(fact.unit)
        if kind is None:
            raise FormatError(f"a figure with the unit {fact.unit} has no measurable change")
        if kind == "percent":
            return Change(self.percent_change(fact.prior.value, fact.value, decimals), kind)
        step = Decimal(1).scaleb(-decimals)
        return Change((fact.value - fact.prior.value).quantize(step, ROUND_HALF_UP), kind)

    def change_text(self, fact: Fact, *, plus: bool = False, bare: bool = False) -> str:
        """Return the change as text: "27.5%", "-2.1 percentage points".

        `plus` puts a sign before a rise; `bare` leaves out the sign of a fall.
        """
        change = self.change(fact)
        amount = abs(change.amount) if bare else change.amount
        if change.kind == "percent":
            text = self.percent(amount)
        elif change.kind == "points":
            words = self._trend_words().points
            number = format_decimal(amount, format="0.0", locale=self.locale)
            text = f"{number}{NBSP}{words.get(Locale.parse(self.locale).plural_form(abs(amount)), words['other'])}"
        else:
            text = _count(self, amount.normalize())
        return f"+{text}" if plus and change.amount > 0 else text

    def trend(self, fact: Fact) -> str:
        """Return the direction, size and starting value of the change: "up 27.5% from 8,318"."""
        change, words = self.change(fact), self._trend_words()
        if fact.prior is None or fact.value == fact.prior.value:
            phrase = words.same
        elif not change.amount:
            phrase = words.little
        else:
            phrase = words.up if change.amount > 0 else words.down
        prior = self.number(fact.prior.value if fact.prior else fact.value, fact.unit)
        return phrase.format(change=self.change_text(fact, bare=True), prior=prior)

    def _trend_words(self) -> Trend:
        language = Locale.parse(self.locale).language
        if language not in TRENDS:
            available = ", ".join(sorted(TRENDS))
            raise FormatError(
                f"changes cannot be written in this language (available: {available}; add others in trends.py)"
            )
        return TRENDS[language]

    def percent(self, value: Decimal) -> str:
        """Return a percentage with the decimals of its value: 17.0 keeps its zero, so that columns align."""
        decimals = max(0, -int(value.as_tuple().exponent))
        pattern = Locale.parse(self.locale).percent_formats[None].pattern
        if decimals:
            pattern = pattern.replace("0", f"0.{'0' * decimals}", 1)
        return _spaced(format_percent(value / 100, format=pattern, locale=self.locale))

    def day(self, day: date, style: str = "long") -> str:
        """Return a date: "June 30, 2024"."""
        return format_date(day, style, locale=self.locale)

    def _qualified(self, fact: Fact, text: str) -> str:
        return f"{fact.qualifier}{NBSP}{text}" if fact.qualifier else text


def is_supported(locale: str) -> bool:
    """Return whether Babel supports a locale."""
    try:
        Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def is_language(tag: str) -> bool:
    """Tell whether a tag such as es or zh-Hant names a language (BCP 47; the languages are those of CLDR)."""
    primary = tag.partition("-")[0].lower()
    return bool(_TAG.fullmatch(tag)) and primary in Locale("en").languages


def largest_remainder(parts: Sequence[Decimal], whole: Decimal, decimals: int) -> list[Decimal]:
    """Return the share of each part in percent, rounded so that the sum equals the sum of the exact shares.

    Largest-remainder (Hare) method: round each share down, then give the missing units to the largest remainders.
    Raises FormatError if the whole is zero.
    """
    if not whole:
        raise FormatError("a share of zero is undefined")
    unit = Decimal(1).scaleb(-decimals)
    exact = [part * 100 / whole for part in parts]
    rounded = [share.quantize(unit, ROUND_FLOOR) for share in exact]
    missing = int(((sum(exact) - sum(rounded)) / unit).to_integral_value(ROUND_HALF_UP))
    by_remainder = sorted(range(len(parts)), key=lambda index: (rounded[index] - exact[index], index))
    for index in by_remainder[:missing]:
        rounded[index] += unit
    return rounded


def _count(formats: Formats, value: Decimal) -> str:
    return _spaced(format_decimal(value, locale=formats.locale, decimal_quantization=False))


def _money(formats: Formats, value: Decimal) -> str:
    """Write amounts from one million in compact form ("$627 million"), unless that would lose a digit."""
    kind, scale = _compact_scale(formats.locale, value)
    if abs(value) < MILLION or scale == 1 or value * 100 % scale:
        return _money_exact(formats, value)
    compact = format_compact_decimal(abs(value), format_type=kind, locale=formats.locale, fraction_digits=2)
    sign = Decimal(1).copy_sign(value)
    return _money_exact(formats, sign).replace("1", _spaced(compact.replace(" ", NBSP)))


def _compact_scale(locale: str, value: Decimal) -> tuple[Literal["long", "short"], int]:
    """Return the form of large numbers in a locale, and the scale that it writes a value in: a million, a crore, 億.

    Languages that need no words for it have a short form only.
    """
    patterns = Locale.parse(locale).compact_decimal_formats
    kind: Literal["long", "short"] = "long" if "long" in patterns else "short"
    magnitude = 10 ** max(0, value.adjusted())
    pattern = patterns[kind]["other"].get(str(magnitude))
    zeros = pattern.pattern.count("0") if pattern else 0
    return kind, magnitude // 10 ** (zeros - 1) if zeros and pattern.pattern != "0" else 1


def _spaced(text: str) -> str:
    """Return a number with ordinary no-break spaces: few display fonts have the narrow one that some locales use."""
    return text.replace(NARROW_NBSP, NBSP)


def _money_exact(formats: Formats, value: Decimal) -> str:
    pattern = Locale.parse(formats.locale).currency_formats["standard"].pattern
    pattern = pattern if value % 1 else pattern.replace("0.00", "0")
    written = format_currency(value, formats.currency, format=pattern, locale=formats.locale, currency_digits=False)
    return _spaced(written)


def _ordinal(formats: Formats, value: Decimal) -> str:
    from num2words import num2words

    if value < 1 or value != int(value):
        raise FormatError("a rank must be a whole number of at least 1")
    return str(num2words(int(value), to="ordinal_num", lang=formats.locale))


def _check_combination(names: Sequence[str]) -> None:
    """Raise FormatError for forms of which one would silently win over another."""
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise FormatError(f"`{twice}` is written twice")
    for group in (_ASPECTS, _WRITINGS):
        if len(both := [name for name in names if name in group]) > 1:
            raise FormatError(f"`{both[0]}` and `{both[1]}` cannot be combined")
    aspect = next((name for name in names if name in _ASPECTS), None)
    if aspect is None:
        return
    for name in names:
        allowed = _COMBINES.get(name)
        if allowed is not None and aspect not in allowed:
            raise FormatError(f"`{aspect}` and `{name}` cannot be combined")


def _words(formats: Formats, value: Decimal, unit: str) -> str:
    from num2words import num2words

    if value != int(value) or abs(value) > 100:
        raise FormatError("only whole numbers up to one hundred can be spelled out")
    if unit not in {"count", "ordinal", "year", "score"}:
        raise FormatError(f"a figure with the unit {unit} cannot be spelled out")
    kind = "ordinal" if unit == "ordinal" else "cardinal"
    try:
        return str(num2words(int(value), to=kind, lang=formats.locale))
    except NotImplementedError:
        raise FormatError("numbers cannot be spelled out in this language") from None


def _exact(formats: Formats, value: Decimal, unit: str) -> str:
    return _money_exact(formats, value) if unit == "usd" else formats.number(value, unit)


def _prior(fact: Fact) -> tuple[Decimal, str]:
    if fact.prior is None:
        raise FormatError("the fact has no prior value")
    return fact.prior.value, fact.unit


def _outof(fact: Fact) -> tuple[Decimal, str]:
    if fact.outof is None:
        raise FormatError("the fact has no `outof`")
    return fact.outof, "count"


def _period(formats: Formats, fact: Fact, form: Form, facts: Mapping[str, Fact]) -> str:
    if fact.prior is None:
        raise FormatError("the fact has no prior value")
    return fact.prior.period


def _of(formats: Formats, fact: Fact, form: Form, facts: Mapping[str, Fact]) -> str:
    other = facts[form.other or ""]
    if other.unit != fact.unit:
        raise FormatError(f"a share needs two facts with the same unit, not {fact.unit} and {other.unit}")
    return formats.percent(formats.share(fact.value, other.value))


_UNITS: Mapping[str, Callable[[Formats, Decimal], str]] = {
    "count": _count,
    "usd": _money,
    "percent": lambda formats, value: formats.percent(value),
    "change": lambda formats, value: formats.percent(value),
    "score": _count,
    "ordinal": _ordinal,
    "square-mile": lambda formats, value: f"{_count(formats, value)}{NBSP}square miles",
    "year": lambda formats, value: f"{value:f}",
}

# How a change is measured for each unit. Ranks and years are absent: their differences are not amounts.
_CHANGE_KINDS: Mapping[str, Literal["percent", "points", "amount"]] = {
    "count": "percent",
    "usd": "percent",
    "square-mile": "percent",
    "percent": "points",
    "change": "points",
    "score": "amount",
}

# How a number is written.
Writing = Callable[[Formats, Decimal, str], str]
_WRITINGS: Mapping[str, Writing] = {"words": _words, "exact": _exact}

# What is told of a fact instead of its value: another number, with its unit, or a text.
_NUMBERS: Mapping[str, Callable[[Fact], tuple[Decimal, str]]] = {"prior": _prior, "outof": _outof}
_TEXTS: Mapping[str, Callable[[Formats, Fact, Form, Mapping[str, Fact]], str]] = {
    "change": lambda formats, fact, form, facts: formats.change_text(fact),
    "trend": lambda formats, fact, form, facts: formats.trend(fact),
    "period": _period,
    "of": _of,
}
_ASPECTS = frozenset({*_NUMBERS, *_TEXTS})
# The aspects that a form can be combined with; `cap` goes with all. A qualifier belongs to the value alone.
_COMBINES: Mapping[str, frozenset[str]] = {
    "words": frozenset(_NUMBERS),
    "exact": frozenset(_NUMBERS),
    "label": frozenset({"prior"}),
    "bare": frozenset(),
}

FORMS = frozenset({*_ASPECTS, *_WRITINGS, "bare", "cap", "label"})


@lru_cache(maxsize=8)
def month_names(locale: str) -> frozenset[str]:
    """Return the names of the months, long and short, as they stand in a date."""
    names = (get_month_names(width, locale=locale).values() for width in ("wide", "abbreviated"))
    return frozenset(name.rstrip(".") for group in names for name in group)

"""Finds figures typed into prose, where a reference to a fact would keep them up to date.

In: an `Edition`. Out: an error for each figure that has the value of a fact; a warning for every other figure that is
not a year, a date, a telephone number and the like, or part of a name, and for short counts, which often are not facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from report.checks.notations import certain_notations, likely_notations
from report.edition.edition import Edition, PrintedText
from report.edition.formats import Form, FormatError
from report.edition.references import place_at
from report.problems import Problem, error, warning

LONG = 4  # a whole number of fewer digits, without a unit, often counts something other than the fact of this value
_NUMBER = re.compile(r"(?<![\w.])[$€£]?\d[\d,.]*\d%?|(?<![\w.])[$€£]?\d%?")
_YEAR = re.compile(r"(19|20)\d\d")
_SKIPPED = re.compile(
    r"\{\{[^{}]*\}\}|\[\[[^\[\]]*\]\]|\]\([^()\n]*\)|\[\^[^\[\]\n]*\]|<https?://[^<>\s]*>|^[ \t]*\d+[.)][ \t]"
    r"|(?<![\w.])(?:19|20)\d\d[-–]\d\d(?!\d)"  # 2023-24 is a year
    r"|\d*[~^][-\u2212]?\w+[~^]",  # H~2~O, m^3^, 10^-3^ and 4^th^
    re.MULTILINE,
)
_STANDALONE = r"(?<![\w.,])(?:{})(?![\w%]|[.,]\d|\s+(?:{})\b)"  # "24 billion" does not match a fact of 24
_SCALES = ("percent", "per cent", "thousand")


def typed_figures(edition: Edition) -> Iterator[Problem]:
    """Yield a problem for every figure in printed text that is not a reference, a year, or part of a listed name."""
    names = sorted(edition.config.names_with_figures, key=len, reverse=True)
    allowed = re.compile("|".join(re.escape(name).replace(r"\-", "[-–]") for name in names)) if names else None
    facts_by_form = _facts_by_form(edition)
    forms = "|".join(_spaced(form) for form in sorted(facts_by_form, key=len, reverse=True))
    fact_pattern = re.compile(_STANDALONE.format(forms or "(?!)", "|".join(_scales(edition))))
    for text in edition.texts():
        blanked = _SKIPPED.sub(_blank, certain_notations(edition.formats.locale).sub(_blank, text.written))
        blanked = allowed.sub(_blank, blanked) if allowed else blanked
        for match in fact_pattern.finditer(blanked):
            if not _YEAR.fullmatch(match[0]):
                yield _fact_figure(text, match, facts_by_form[" ".join(match[0].split())])
        for match in _NUMBER.finditer(likely_notations().sub(_blank, fact_pattern.sub(_blank, blanked))):
            if not _YEAR.fullmatch(match[0]):
                yield _other_figure(text, match)


def _fact_figure(text: PrintedText, match: re.Match[str], facts: list[str]) -> Problem:
    """Return a problem for a figure that has the value of one or more facts."""
    place, names = place_at(text.written, match.start(), text.place), [f"`{name}`" for name in facts]
    choice = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    if not text.resolved:
        hint = f"References do not work in {text.what}. Reword it without the figure, which would go out of date."
    elif len(facts) > 1:
        hint = "Write a reference to the right one, such as {{ " + facts[0] + " }}."
    else:
        hint = "Write {{ " + facts[0] + " }}, so that it follows the fact."
    if match[0].isdigit() and len(match[0]) < LONG:
        hint = f"If it is the fact {choice}: {hint[:1].lower()}{hint[1:]} Otherwise spell the number out."
        return warning("bare-figure", place, f"The figure {match[0]} is typed into the text.", hint)
    relation = "it is the fact" if len(facts) == 1 else "it may be the fact"
    what = f"The figure {match[0]} is typed into the text, but {relation} {choice}."
    return error("typed-figure", place, what, hint)


def _other_figure(text: PrintedText, match: re.Match[str]) -> Problem:
    place = place_at(text.written, match.start(), text.place)
    hint = "Make it a fact, or, if it is part of a name, list the name under names_with_figures in edition.yaml."
    return warning("bare-figure", place, f"The figure {match[0]} is typed into the text.", hint)


def _facts_by_form(edition: Edition) -> dict[str, list[str]]:
    """Return the ids of facts by each form in which a writer might type them."""
    forms: dict[str, list[str]] = {}
    for name, fact in edition.facts.items():
        try:
            printed = edition.formats.number(fact.value, fact.unit)
            exact = edition.formats.apply(fact, [Form("exact"), Form("bare")], edition.facts)
        except FormatError:
            continue  # `values` reports it
        variants = {printed, exact, f"{fact.value:f}", edition.formats.number(fact.value, "count")}
        variants |= {re.sub(r"^\D+", "", form) for form in variants}  # amounts without the currency sign
        if fact.unit in {"percent", "change"}:
            variants |= {f"{fact.value:f} percent", f"{fact.value:f} per cent"}
        for form in {" ".join(form.split()) for form in variants}:
            forms.setdefault(form, []).append(name)
    return forms


def _scales(edition: Edition) -> list[str]:
    """Return the words that scale the number before them, such as million and billion."""
    amounts = [edition.formats.number(Decimal(10) ** digits, "usd") for digits in (6, 9, 12)]
    words = {word for amount in amounts for word in re.findall(r"[^\W\d]+", amount)}
    return sorted(re.escape(word) for word in {*words, *_SCALES})


def _spaced(form: str) -> str:
    """Return a pattern for a form that accepts any white space in place of a space."""
    return r"\s+".join(re.escape(part) for part in form.split())


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])

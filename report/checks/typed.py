"""Figures typed into prose: those that are facts should follow the facts; all others deserve a second look.

In: an `Edition`. Out: an error for each figure that writes a fact, a warning for any other that is no year or name, and
for small counts, which may well be no fact at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from report.edition.edition import Edition, PrintedText
from report.edition.formats import Form, FormatError
from report.edition.references import place_at
from report.problems import Problem, error, warning

SMALL = 21  # below it, a bare number is more often a count of something else than the one fact that has this value
_NUMBER = re.compile(r"(?<![\w.])[$€£]?\d[\d,.]*\d%?|(?<![\w.])[$€£]?\d%?")
_YEAR = re.compile(r"(19|20)\d\d")
_SKIPPED = re.compile(
    r"\{\{[^{}]*\}\}|\[\[[^\[\]]*\]\]|\]\([^()\n]*\)|\[\^[^\[\]\n]*\]|<https?://[^<>\s]*>|^[ \t]*\d+[.)][ \t]"
    r"|(?<![\w.])(?:19|20)\d\d[-–]\d\d(?!\d)",  # 2023-24 is a year
    re.MULTILINE,
)
_ALONE = r"(?<![\w.,])(?:{})(?![\w%]|[.,]\d|\s+(?:{})\b)"  # 24 billion is not the fact that is 24
_SCALES = ("percent", "per cent", "thousand")


def typed_figures(edition: Edition) -> Iterator[Problem]:
    """Yield a problem for every figure in printed text that is no reference, year, or name with digits."""
    names = sorted(edition.config.names_with_figures, key=len, reverse=True)
    allowed = re.compile("|".join(re.escape(name).replace(r"\-", "[-–]") for name in names)) if names else None
    written = _written_forms(edition)
    forms = "|".join(_spaced(form) for form in sorted(written, key=len, reverse=True))
    known = re.compile(_ALONE.format(forms or "(?!)", "|".join(_scales(edition))))
    for text in edition.texts():
        blanked = _SKIPPED.sub(_blank, text.written)
        blanked = allowed.sub(_blank, blanked) if allowed else blanked
        for match in known.finditer(blanked):
            if not _YEAR.fullmatch(match[0]):
                yield _of_a_fact(text, match, written[" ".join(match[0].split())])
        for match in _NUMBER.finditer(known.sub(_blank, blanked)):
            if not _YEAR.fullmatch(match[0].rstrip(".,")):
                yield _bare(text, match)


def _of_a_fact(text: PrintedText, match: re.Match[str], facts: list[str]) -> Problem:
    """The figure has the value of one fact or of several; which one is meant, only its author knows."""
    place, shown = place_at(text.written, match.start(), text.place), [f"`{name}`" for name in facts]
    which = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
    if not text.resolved:
        hint = f"References don't work in {text.what}: say it without the figure, so that nothing is left to go stale."
    elif len(facts) > 1:
        hint = "Write a reference to the one that is meant, such as {{ " + facts[0] + " }}."
    else:
        hint = "Write {{ " + facts[0] + " }} so that it follows the fact."
    if match[0].isdigit() and int(match[0]) < SMALL:
        hint = f"If it is the fact {which}: {hint[:1].lower()}{hint[1:]} Otherwise spell the number out."
        return warning("bare-figure", place, f"The figure {match[0]} is typed into the text.", hint)
    be = "it is the fact" if len(facts) == 1 else "it may be the fact"
    return error("typed-figure", place, f"The figure {match[0]} is typed into the text, but {be} {which}.", hint)


def _bare(text: PrintedText, match: re.Match[str]) -> Problem:
    figure, place = match[0].rstrip(".,"), place_at(text.written, match.start(), text.place)
    hint = "Make it a fact, or list the name it belongs to under names_with_figures in edition.yaml."
    return warning("bare-figure", place, f"The figure {figure} is typed into the text.", hint)


def _written_forms(edition: Edition) -> dict[str, list[str]]:
    """Return the ways in which a person might type each fact, and the facts that are typed so."""
    forms: dict[str, list[str]] = {}
    for name, fact in edition.facts.items():
        try:
            shown = edition.formats.number(fact.value, fact.unit)
            exact = edition.formats.apply(fact, [Form("exact"), Form("bare")], edition.facts)
        except FormatError:
            continue  # told by _values
        typed = {shown, exact, f"{fact.value:f}", edition.formats.number(fact.value, "count")}
        typed |= {re.sub(r"^\D+", "", form) for form in typed}  # money without its sign
        if fact.unit in {"percent", "change"}:
            typed |= {f"{fact.value:f} percent", f"{fact.value:f} per cent"}
        for form in {" ".join(form.split()) for form in typed}:
            forms.setdefault(form, []).append(name)
    return forms


def _scales(edition: Edition) -> list[str]:
    """Return the words that make another number of the digits before them: million, billion."""
    large = [edition.formats.number(Decimal(10) ** digits, "usd") for digits in (6, 9, 12)]
    words = {word for shown in large for word in re.findall(r"[^\W\d]+", shown)}
    return sorted(re.escape(word) for word in {*words, *_SCALES})


def _spaced(form: str) -> str:
    """Return a pattern for a form in which any white space may stand for a space."""
    return r"\s+".join(re.escape(part) for part in form.split())


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])

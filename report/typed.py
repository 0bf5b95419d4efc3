"""Figures typed into prose: those that are facts should follow the facts; all others deserve a second look.

In: an `Edition`. Out: an error for each figure that writes a fact, a warning for any other that is no year or name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from report.edition import Edition
from report.formats import Form, FormatError
from report.problems import Problem, error, warning
from report.references import place_at

_NUMBER = re.compile(r"(?<![\w.])[$€£]?\d[\d,.]*\d%?|(?<![\w.])[$€£]?\d%?")
_YEAR = re.compile(r"(19|20)\d\d")
_SKIPPED = re.compile(
    r"\{\{[^{}]*\}\}|\[\[[^\[\]]*\]\]|\]\([^()\n]*\)|\[\^[^\[\]\n]*\]|<https?://[^<>\s]*>|^[ \t]*\d+[.)][ \t]",
    re.MULTILINE,
)
_ALONE = r"(?<![\w.,])(?:{})(?![\w%]|[.,]\d)"


def typed_figures(edition: Edition) -> Iterator[Problem]:
    """Yield a problem for every figure in prose that is no reference, year, or name with digits."""
    names = sorted(edition.config.names_with_figures, key=len, reverse=True)
    allowed = re.compile("|".join(re.escape(name) for name in names)) if names else None
    written = _written_forms(edition)
    known = re.compile(_ALONE.format("|".join(_spaced(form) for form in sorted(written, key=len, reverse=True))))
    for text, origin in edition.texts():
        blanked = _SKIPPED.sub(_blank, text)
        blanked = allowed.sub(_blank, blanked) if allowed else blanked
        for match in known.finditer(blanked) if written else ():
            fact, place = written[" ".join(match[0].split())], place_at(text, match.start(), origin)
            if not _YEAR.fullmatch(match[0]):
                what = f"The figure {match[0]} is typed into the text, but it is the fact `{fact}`."
                yield error("typed-figure", place, what, f"Write {{{{ {fact} }}}} so that it follows the fact.")
        for match in _NUMBER.finditer(known.sub(_blank, blanked) if written else blanked):
            figure, place = match[0].rstrip(".,"), place_at(text, match.start(), origin)
            if not _YEAR.fullmatch(figure):
                hint = "Make it a fact, or list the name it belongs to under names_with_figures in edition.yaml."
                yield warning("bare-figure", place, f"The figure {figure} is typed into the text.", hint)


def _written_forms(edition: Edition) -> dict[str, str]:
    """Return the ways in which a person might type each fact, and the fact."""
    forms: dict[str, str] = {}
    for name, fact in edition.facts.items():
        try:
            shown = edition.formats.number(fact.value, fact.unit)
            exact = edition.formats.apply(fact, [Form("exact"), Form("bare")], edition.facts)
        except FormatError:
            continue  # told by _values
        typed = {shown, exact, f"{fact.value:f}", edition.formats.number(fact.value, "count")}
        if fact.unit == "percent":
            typed |= {f"{fact.value:f} percent", f"{fact.value:f} per cent"}
        for form in typed:
            forms.setdefault(" ".join(form.split()), name)
    return forms


def _spaced(form: str) -> str:
    """Return a pattern for a form in which any white space may stand for a space."""
    return r"\s+".join(re.escape(part) for part in form.split())


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])

"""`{{ fact }}` in prose: a grammar of its own, so that text can name facts and do nothing else.

In: text. Out: the references in it with their places, problems for those that can't be resolved, or the resolved
pieces. There is no expression language here: nothing to call, no attribute to reach, nothing to run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from report.edition.formats import FORMS, Form, FormatError, Formats
from report.edition.model import Fact
from report.problems import Place, Problem, did_you_mean, error

BRACES = re.compile(r"\{\{([^{}]*)\}\}")  # linear: a brace inside ends the attempt
_FORM = re.compile(r"([a-z]+)(?:\s+([a-z0-9.-]+))?")
MOST_LOOSE = 10  # of one text: a hostile one would fill the terminal
_LOOSE = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")


@dataclass(frozen=True, slots=True)
class Reference:
    """One `{{ fact | form }}`: where it starts and ends in its text, and what it asks for."""

    start: int
    end: int
    fact: str
    forms: tuple[Form, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every fact the reference needs."""
        return (self.fact, *(form.other for form in self.forms if form.other))


def parse_reference(match: re.Match[str]) -> Reference | None:
    """Return the reference in a match of the braces, or None if it does not follow the grammar."""
    head, *tail = (part.strip() for part in match[1].split("|"))
    forms = []
    for part in tail:
        if not (form := _FORM.fullmatch(part)) or (form[1] == "of") != (form[2] is not None):
            return None
        forms.append(Form(form[1], form[2]))
    return Reference(match.start(), match.end(), head, tuple(forms)) if head else None


def references(text: str) -> Iterator[Reference]:
    """Yield the well-formed references of a text."""
    for match in BRACES.finditer(text):
        if (reference := parse_reference(match)) is not None:
            yield reference


def problems_in(
    text: str, origin: Place, facts: Mapping[str, Fact], formats: Formats, known: Collection[str] | None
) -> Iterator[Problem]:
    """Yield what is wrong with the references of a text that starts at `origin`.

    `known` has every id that is a fact, also where its value is not understood; None where nobody can tell.
    """
    for match in BRACES.finditer(text):
        place = place_at(text, match.start(), origin)
        reference = parse_reference(match)
        if reference is None:
            hint = "Write {{ topic.thing }} or {{ topic.thing | form }}; nothing else is understood between the braces."
            yield error("bad-reference", place, f"`{match[0][:60]}` is not a reference to a fact.", hint)
            continue
        yield from _problems_of(reference, place, facts, formats, known)
    rest = BRACES.sub(lambda match: "x" * len(match[0]), text)
    for loose in islice(_LOOSE.finditer(rest), MOST_LOOSE):
        hint = "References to facts look like {{ topic.thing }}."
        yield error("bad-reference", place_at(text, loose.start(), origin), f"A loose `{loose[0]}`.", hint)


def _problems_of(
    reference: Reference, place: Place, facts: Mapping[str, Fact], formats: Formats, known: Collection[str] | None
) -> Iterator[Problem]:
    unknown = [name for name in reference.names if known is not None and name not in known]
    for name in unknown:
        hint = did_you_mean(name, known or ()) or "Add it to facts.yaml."
        yield error("unknown-fact", place, f"There is no fact `{name}`.", hint)
    odd = [form.name for form in reference.forms if form.name not in FORMS]
    for name in odd:
        yield error("unknown-form", place, f"There is no form `{name}`.", did_you_mean(name, FORMS))
    if not odd and all(name in facts for name in reference.names):
        try:
            formats.apply(facts[reference.fact], reference.forms, facts)
        except FormatError as problem:
            hint = "Use another form, or complete the fact in facts.yaml."
            yield error("bad-form", place, f"`{reference.fact}` can't be written so: {problem}.", hint)


def place_at(text: str, offset: int, origin: Place) -> Place:
    """Return the place of an offset in a text that starts at `origin`."""
    line = text.count("\n", 0, offset)
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return Place(origin.file, origin.line + line, column if line else origin.column + column - 1)

"""Parses references to facts, `{{ fact | form }}`, with a small grammar of its own instead of a template language.

In: text. Out: its references with their positions, and problems for those that cannot be resolved. The grammar has no
expressions, calls or attributes, so text can never run code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from report.edition.formats import FORMS, Form, FormatError, Formats
from report.edition.model import Fact
from report.problems import Place, Problem, did_you_mean, error

BRACES = re.compile(r"\{\{([^{}]*)\}\}")  # no inner braces, so matching takes linear time
_FORM = re.compile(r"([a-z]+)(?:\s+([a-z0-9.-]+))?")
MAX_STRAY = 10  # reported per text, so that a hostile text does not fill the terminal
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")


@dataclass(frozen=True, slots=True)
class Reference:
    """One `{{ fact | form }}`: its start and end offsets in the text, the fact id and the forms."""

    start: int
    end: int
    fact: str
    forms: tuple[Form, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of all facts that the reference uses."""
        return (self.fact, *(form.other for form in self.forms if form.other))


def parse_reference(match: re.Match[str]) -> Reference | None:
    """Return the reference in a match of BRACES, or None if it does not follow the grammar."""
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
    text: str, origin: Place, facts: Mapping[str, Fact], formats: Formats, fact_ids: Collection[str] | None
) -> Iterator[Problem]:
    """Yield the problems of the references in a text that starts at `origin`.

    `fact_ids` has the ids of all facts, including those with invalid values; None if they could not be determined.
    """
    for match in BRACES.finditer(text):
        place = place_at(text, match.start(), origin)
        reference = parse_reference(match)
        if reference is None:
            hint = "Write {{ topic.thing }} or {{ topic.thing | form }}. Nothing else is allowed between the braces."
            yield error("bad-reference", place, f"`{match[0][:60]}` is not a reference to a fact.", hint)
            continue
        yield from _reference_problems(reference, place, facts, formats, fact_ids)
    rest = BRACES.sub(lambda match: "x" * len(match[0]), text)
    for match in islice(_STRAY.finditer(rest), MAX_STRAY):
        place, hint = place_at(text, match.start(), origin), "Write references to facts as {{ topic.thing }}."
        yield error("bad-reference", place, f"`{match[0]}` is not part of a reference.", hint)


def _reference_problems(
    reference: Reference, place: Place, facts: Mapping[str, Fact], formats: Formats, fact_ids: Collection[str] | None
) -> Iterator[Problem]:
    for name in reference.names:
        if fact_ids is not None and name not in fact_ids:
            hint = did_you_mean(name, fact_ids) or "Add it to facts.yaml."
            yield error("unknown-fact", place, f"There is no fact `{name}`.", hint)
    unknown_forms = [form.name for form in reference.forms if form.name not in FORMS]
    for name in unknown_forms:
        yield error("unknown-form", place, f"There is no form `{name}`.", did_you_mean(name, FORMS))
    if not unknown_forms and all(name in facts for name in reference.names):
        try:
            formats.apply(facts[reference.fact], reference.forms, facts)
        except FormatError as problem:
            hint = "Use another form, or complete the fact in facts.yaml."
            yield error("bad-form", place, f"`{reference.fact}` cannot be written in this form: {problem}.", hint)


def place_at(text: str, offset: int, origin: Place) -> Place:
    """Return the place of an offset in a text that starts at `origin`."""
    line = text.count("\n", 0, offset)
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return Place(origin.file, origin.line + line, column if line else origin.column + column - 1)

"""What a new edition still has from the one before: every value and passage that carries a mark.

In: an `Edition`. Out: a problem at each mark. `report.years.new` sets the marks; a writer removes them one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from report.edition.edition import Edition
from report.edition.model import Config
from report.problems import Place, Problem, Severity, did_you_mean, error

CODE = "to-renew"
_HINT = "Renew it or confirm it, then remove `renew: true`."
_PASSAGE = "Renew the text or confirm it, then remove [[renew]]."
# What is named in each data file, and what its entries are called.
_KINDS = {"facts": "fact", "charts": "chart", "quotes": "quotation", "images": "photograph"}
# In a draft, what does not fit yet because half of it is of the year before.
_SOFTENED = frozenset({"check-failed", "bad-check"})


def renewal_problems(edition: Edition) -> Iterator[Problem]:
    """Yield everything that is marked as to be renewed."""
    yield from _config(edition)
    for file, kind in _KINDS.items():
        for name, entry in getattr(edition, file).items():
            if entry.renew:
                yield _to_renew(edition.place(file, (file, name, "renew")), f"The {kind} `{name}`", _HINT)
    for index, check in enumerate(edition.checks):
        if check.renew:
            yield _to_renew(edition.place("checks", ("checks", index, "renew")), f"The check `{check.id}`", _HINT)
    for section in edition.sections.values():
        if section.front.renew:
            what = f"The front matter of the section `{section.id}`"
            yield _to_renew(section.document.key_place(("renew",)), what, _HINT)
        for block in section.prose.blocks():
            if block.kind == "renew":
                yield _to_renew(block.place, f"A passage of the section `{section.id}`", _PASSAGE)


def for_draft(problems: Iterable[Problem]) -> tuple[list[Problem], int]:
    """Return the problems that remain in a draft, and the number of things to be renewed that it shows as they are."""
    left = [problem for problem in problems if problem.code != CODE]
    marks = sum(problem.code == CODE for problem in problems)
    return [replace(each, severity=Severity.WARNING) if each.code in _SOFTENED else each for each in left], marks


def _config(edition: Edition) -> Iterator[Problem]:
    for index, key in enumerate(edition.config.renew):
        if key not in Config.model_fields:
            place = edition.documents["edition"].place(("renew", index))
            yield error(
                "unknown-key", place, f"`{key}` is no key of this file.", did_you_mean(key, Config.model_fields)
            )
            continue
        hint = f"Renew it or confirm it, then remove `{key}` from `renew`."
        yield _to_renew(edition.place("edition", (key,)), f"`{key}`", hint)


def _to_renew(place: Place, what: str, hint: str) -> Problem:
    return error(CODE, place, f"{what} is still that of the edition before.", hint)

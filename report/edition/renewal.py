"""Lists the values and passages of a new edition that are still carried over from the previous one.

In: an `Edition`. Out: a problem at each `renew` mark. `report.years.new` sets the marks, and writers remove them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from report.edition.edition import Edition
from report.edition.model import Config
from report.problems import Place, Problem, Severity, did_you_mean, error

CODE = "to-renew"
_HINT = "Update or confirm it, then remove `renew: true`."
_PASSAGE_HINT = "Update or confirm the text, then remove [[renew]]."
# The word for an entry of each data file.
_KINDS = {"facts": "fact", "charts": "chart", "quotes": "quotation", "images": "photograph"}
# Problems that are only warnings in a draft, because some of the values are still those of the previous year.
_DRAFT_WARNINGS = frozenset({"check-failed", "bad-check"})


def renewal_problems(edition: Edition) -> Iterator[Problem]:
    """Yield a problem for each `renew` mark."""
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
                yield _to_renew(block.place, f"A passage of the section `{section.id}`", _PASSAGE_HINT)


def for_draft(problems: Iterable[Problem]) -> tuple[list[Problem], int]:
    """Return the problems that also apply to a draft, and the number of `renew` marks, which a draft tolerates."""
    others = [problem for problem in problems if problem.code != CODE]
    marks = sum(problem.code == CODE for problem in problems)
    downgraded = (replace(each, severity=Severity.WARNING) if each.code in _DRAFT_WARNINGS else each for each in others)
    return list(downgraded), marks


def _config(edition: Edition) -> Iterator[Problem]:
    for index, key in enumerate(edition.config.renew):
        if key not in Config.model_fields:
            place = edition.documents["edition"].place(("renew", index))
            hint = did_you_mean(key, Config.model_fields)
            yield error("unknown-key", place, f"`{key}` is not a key of this file.", hint)
            continue
        hint = f"Update or confirm it, then remove `{key}` from `renew`."
        yield _to_renew(edition.place("edition", (key,)), f"`{key}`", hint)


def _to_renew(place: Place, what: str, hint: str) -> Problem:
    return error(CODE, place, f"{what} is still from the previous edition.", hint)

"""The earlier values of facts, read from the editions on disk. Facts are matched by id, and renames are followed.

In: the folder data/ and the names of its editions. Out: the earlier values of a fact; an `Edition` whose facts have
prior values; problems where a stated `prior` contradicts the earlier edition, or a rename matches no earlier fact.
Earlier editions are read on demand, and only their facts.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from report.edition.edition import Edition
from report.edition.model import Fact, FactsFile, Prior
from report.edition.validate import validate
from report.edition.yamldoc import Document, parse, read_text
from report.problems import Place, Problem, ReportError, did_you_mean, error, warning


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """The facts of one edition."""

    edition: str
    facts: Mapping[str, Fact]
    document: Document


@dataclass(frozen=True, slots=True)
class EarlierFact:
    """A fact as stated in an earlier edition, with the id it had there."""

    edition: str
    id: str
    fact: Fact
    place: Place


class History:
    """The editions before a given one, newest first. `problems` has a warning for each that could not be read."""

    def __init__(self, data: Path, editions: Sequence[str], before: str) -> None:
        self.data = data
        self.names = sorted((name for name in editions if name < before), reverse=True)
        self.problems: list[Problem] = []
        self._years: dict[str, EditionFacts | None] = {}

    def year(self, name: str) -> EditionFacts | None:
        """Return the facts of an edition, or None, with a warning in `problems`, if they could not be read."""
        if name not in self._years:
            try:
                self._years[name] = read_year(self.data, name)
            except ReportError as failure:
                self._years[name] = None
                first = failure.problems[0]
                what = f"The facts of the edition {name} could not be read: {first.what}"
                self.problems.append(warning("earlier-edition", first.where, what, first.hint))
        return self._years[name]

    def years(self) -> Iterator[EditionFacts]:
        """Yield the earlier editions that could be read."""
        yield from (year for name in self.names if (year := self.year(name)) is not None)

    def earlier_values(self, name: str, fact: Fact) -> list[EarlierFact]:
        """Return the earlier values of a fact, newest first."""
        values, ids = [], {name, *([fact.was] if fact.was else [])}
        for year in self.years():
            earlier_id = name if name in year.facts else next((each for each in ids if each in year.facts), None)
            if earlier_id is None:
                continue
            earlier = year.facts[earlier_id]
            place = year.document.place(("facts", earlier_id, "value"))
            values.append(EarlierFact(year.edition, earlier_id, earlier, place))
            name, ids = earlier_id, {earlier_id, *([earlier.was] if earlier.was else [])}
        return values


def read_year(data: Path, name: str) -> EditionFacts:
    """Read the facts of an edition. Raises ReportError with all problems."""
    display_name = f"data/{name}/facts.yaml"
    document = parse(read_text(data / name / "facts.yaml", display_name), display_name)
    return EditionFacts(name, validate(FactsFile, document).facts, document)


def with_history(edition: Edition, history: History) -> tuple[Edition, list[Problem]]:
    """Return the edition with missing priors filled in from the edition just before, and the problems found."""
    if not history.names:
        return edition, []
    facts, problems = dict(edition.facts), list(_renames(edition, history))
    for name, fact in edition.facts.items():
        earlier = history.earlier_values(name, fact)
        problems += _contradictions(edition, name, fact, earlier)
        if fact.prior is None and earlier and earlier[0].edition == history.names[0]:
            last = earlier[0]
            if last.fact.unit == fact.unit:
                prior = Prior(value=last.fact.value, period=last.edition)
                facts[name] = fact.model_copy(update={"prior": prior})
    return replace(edition, facts=facts), [*problems, *history.problems]


def _contradictions(edition: Edition, name: str, fact: Fact, earlier: Sequence[EarlierFact]) -> Iterator[Problem]:
    """A `prior` whose period names an edition on disk must have the value stated in that edition."""
    prior = fact.prior
    for each in earlier:
        if prior is None or _normalise(prior.period) != _normalise(each.edition) or each.fact.unit != fact.unit:
            continue
        if prior.value != each.fact.value:
            place = edition.documents["facts"].place(("facts", name, "prior", "value"))
            what = (
                f"The `prior` of `{name}` is {prior.value:,} for {prior.period}, but the fact is "
                f"{each.fact.value:,} in that edition ({each.place})."
            )
            yield warning("prior-differs", place, what, "The stated `prior` is used. Correct one of the two values.")


def _normalise(period: str) -> str:
    return period.replace("\N{EN DASH}", "-").strip()


def _renames(edition: Edition, history: History) -> Iterator[Problem]:
    """A rename must lead from an id in an earlier edition to exactly one fact of this edition."""
    claims: dict[str, str] = {}
    for name, fact in edition.facts.items():
        if fact.was is None:
            continue
        place = edition.documents["facts"].place(("facts", name, "was"))
        earlier_ids = {each for year in history.years() for each in year.facts}
        if fact.was in edition.facts:
            what = f"`{name}` is renamed from `{fact.was}`, but a fact with that id still exists."
            yield error("bad-rename", place, what, "Remove one of the two facts, or the line `was`.")
        elif fact.was not in earlier_ids:
            hint = did_you_mean(fact.was, earlier_ids) or "Correct the id, or remove the line."
            yield error("bad-rename", place, f"No earlier edition has a fact `{fact.was}`.", hint)
        elif fact.was in claims:
            what = f"`{name}` and `{claims[fact.was]}` are both renamed from `{fact.was}`."
            yield error("bad-rename", place, what, "Keep the line `was` in only one of the two.")
        claims.setdefault(fact.was, name)

"""What a fact was in earlier years: the facts of the editions on disk, by id, with renames followed.

In: the folder data/ and the names of the editions there. Out: the earlier values of a fact; an `Edition` whose facts
know their prior values; problems where its own `prior` and the earlier edition disagree, or a rename leads nowhere.
Earlier editions are read when they are asked for, and of them only facts.yaml.
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
    """A fact as it stands in an earlier edition, under the id that it had there."""

    edition: str
    id: str
    fact: Fact
    place: Place


class History:
    """The editions before one, the newest first."""

    def __init__(self, data: Path, editions: Sequence[str], before: str) -> None:
        self.data = data
        self.names = sorted((name for name in editions if name < before), reverse=True)
        self.unread: list[Problem] = []
        self._years: dict[str, EditionFacts | None] = {}

    def year(self, name: str) -> EditionFacts | None:
        """Return the facts of an edition; None, with a warning in `unread`, where they are not understood."""
        if name not in self._years:
            try:
                self._years[name] = read_year(self.data, name)
            except ReportError as failure:
                self._years[name] = None
                first = failure.problems[0]
                what = f"The facts of the edition {name} can't be read: {first.what}"
                self.unread.append(warning("earlier-edition", first.where, what, first.hint))
        return self._years[name]

    def years(self) -> Iterator[EditionFacts]:
        """Yield the editions that can be read."""
        yield from (year for name in self.names if (year := self.year(name)) is not None)

    def of(self, name: str, fact: Fact) -> list[EarlierFact]:
        """Return the earlier values of a fact, the newest first."""
        found, known = [], {name, *([fact.was] if fact.was else [])}
        for year in self.years():
            earlier_id = name if name in year.facts else next((each for each in known if each in year.facts), None)
            if earlier_id is None:
                continue
            earlier = year.facts[earlier_id]
            place = year.document.place(("facts", earlier_id, "value"))
            found.append(EarlierFact(year.edition, earlier_id, earlier, place))
            name, known = earlier_id, {earlier_id, *([earlier.was] if earlier.was else [])}
        return found


def read_year(data: Path, name: str) -> EditionFacts:
    """Read the facts of an edition. Raises ReportError with all problems."""
    shown = f"data/{name}/facts.yaml"
    document = parse(read_text(data / name / "facts.yaml", shown), shown)
    return EditionFacts(name, validate(FactsFile, document).facts, document)


def with_history(edition: Edition, history: History) -> tuple[Edition, list[Problem]]:
    """Give facts without a `prior` of their own the value of the edition just before; return what contradicts it."""
    if not history.names or not edition.sound("facts"):
        return edition, []
    facts, problems = dict(edition.facts), list(_renames(edition, history))
    for name, fact in edition.facts.items():
        earlier = history.of(name, fact)
        problems += _contradictions(edition, name, fact, earlier)
        if fact.prior is None and earlier and earlier[0].edition == history.names[0]:
            last = earlier[0]
            if last.fact.unit == fact.unit:
                prior = Prior(value=last.fact.value, period=last.edition)
                facts[name] = fact.model_copy(update={"prior": prior})
    return replace(edition, facts=facts), [*problems, *history.unread]


def _contradictions(edition: Edition, name: str, fact: Fact, earlier: Sequence[EarlierFact]) -> Iterator[Problem]:
    """A `prior` that names the period of an edition on disk has the value that was printed there."""
    for each in earlier if fact.prior else ():
        prior = fact.prior
        if prior is None or _plain(prior.period) != _plain(each.edition) or each.fact.unit != fact.unit:
            continue
        if prior.value != each.fact.value:
            place = edition.documents["facts"].place(("facts", name, "prior", "value"))
            told = f"{each.fact.value:,} in that edition ({each.place})"
            what = f"`{name}` was {prior.value:,} in {prior.period} by its `prior`, but {told}."
            yield warning("prior-differs", place, what, "Its own `prior` is used; correct one of the two.")


def _plain(period: str) -> str:
    return period.replace("\N{EN DASH}", "-").strip()


def _renames(edition: Edition, history: History) -> Iterator[Problem]:
    """A rename leads from an id of an earlier edition to one fact of this."""
    claimed: dict[str, str] = {}
    for name, fact in edition.facts.items():
        if fact.was is None:
            continue
        place = edition.documents["facts"].place(("facts", name, "was"))
        known = {each for year in history.years() for each in year.facts}
        if fact.was in edition.facts:
            what = f"`{name}` was `{fact.was}`, but there still is a fact of that id."
            yield error("bad-rename", place, what, "Remove one of the two, or the line `was`.")
        elif fact.was not in known:
            hint = did_you_mean(fact.was, known) or "Correct the id, or remove the line."
            yield error("bad-rename", place, f"No earlier edition has a fact `{fact.was}`.", hint)
        elif fact.was in claimed:
            what = f"`{name}` and `{claimed[fact.was]}` both were `{fact.was}`."
            yield error("bad-rename", place, what, "Keep it at one of the two.")
        claimed.setdefault(fact.was, name)

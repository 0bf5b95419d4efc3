"""Can the charts and the artwork be drawn from this data? Judged by what their functions declare; nothing is drawn.

In: an `Edition`, the forms of charts and the drawings by name. Out: problems at the row, option or name at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import inf

from report.design.look import Artwork, ChartForm, Needs, NumberOption, TextOption
from report.drawing.charts import chart_data
from report.edition.edition import Edition
from report.edition.formats import FormatError
from report.edition.model import Chart, Count, Fact
from report.problems import Place, Problem, did_you_mean, error, warning

_NEARLY = Decimal("0.005")  # parts that miss their whole by no more than this share differ from it by rounding


def drawing_problems(
    edition: Edition, figures: Mapping[str, ChartForm], artworks: Mapping[str, Artwork]
) -> Iterator[Problem]:
    """Yield what keeps charts and drawings from being drawn."""
    for name, chart in edition.charts.items():
        if chart.figure in figures:
            yield from _chart(edition, name, figures[chart.figure])
        else:
            place = edition.place("charts", ("charts", name, "figure"))
            yield _nothing("figure", chart.figure, list(figures), place)
    for drawing in drawings(edition):
        if drawing.name in artworks:
            yield from _counted(edition, drawing, artworks[drawing.name])
        else:
            yield _nothing("artwork", drawing.name, list(artworks), drawing.place)


@dataclass(frozen=True, slots=True)
class ArtworkUse:
    """A drawing that the edition names, what it belongs to, where it is named, and what its marks count and where."""

    name: str
    owner: str
    place: Place
    counts: tuple[tuple[Count, Place], ...]


def drawings(edition: Edition) -> Iterator[ArtworkUse]:
    """Yield every drawing that the edition names."""
    for name, quote in edition.quotes.items():
        at = ("quotes", name)
        counts = [
            (each, edition.place("quotes", (*at, "counts", index, "fact"))) for index, each in enumerate(quote.counts)
        ]
        place = edition.place("quotes", (*at, "artwork"))
        yield ArtworkUse(quote.artwork, f"quotation {name}", place, tuple(counts))
    for section in edition.sections.values():
        if section.front.artwork:
            document = section.document
            counts = [
                (each, document.key_place(("counts", index, "fact"))) for index, each in enumerate(section.front.counts)
            ]
            owner = f"section {section.id}"
            yield ArtworkUse(section.front.artwork, owner, document.place(("artwork",)), tuple(counts))


def _nothing(kind: str, name: str, known: list[str], place: Place) -> Problem:
    hint = did_you_mean(name, known) or f"docs/data-format.md lists the {kind}s there are."
    return error(f"unknown-{kind}", place, f"There is no {kind} `{name}`.", hint)


def _counted(edition: Edition, drawing: ArtworkUse, artwork: Artwork) -> Iterator[Problem]:
    """A drawing counts facts: without one it would lie, and beyond what it can carry it would draw another number."""
    if not edition.sound("facts"):
        return
    marks = artwork.counts.items()
    if len(drawing.counts) != len(marks):
        told = ", then ".join(f"{name} ({low:,} to {high:,})" for name, (low, high) in marks) or "nothing"
        text = (
            f"The drawing `{drawing.name}` of the {drawing.owner} counts {told}; `counts` names {len(drawing.counts)}."
        )
        hint = "Write `counts: [{fact: topic.thing}]`, one fact for each." if marks else "Remove `counts`."
        yield error("artwork-counts", drawing.place, text, hint)
        return
    for (count, place), (name, (low, high)) in zip(drawing.counts, marks, strict=True):
        if count.fact not in edition.facts:
            hint = did_you_mean(count.fact, edition.facts) or "Add the fact to facts.yaml, or choose another drawing."
            text = f"The drawing `{drawing.name}` of the {drawing.owner} counts `{count.fact}`, which is no fact."
            yield error("unknown-fact", place, text, hint)
        elif not low <= (number := edition.facts[count.fact].value // count.each) <= high:
            text = f"The drawing `{drawing.name}` can carry {low:,} to {high:,} {name}, not {number:,}."
            hint = "It will not count the fact; let one mark stand for more or fewer (`each`), or choose another."
            yield warning("artwork-range", place, text, hint)


@dataclass(frozen=True, slots=True)
class _ChartCase:
    """One chart with the facts of its rows, before the judges."""

    edition: Edition
    name: str
    chart: Chart
    form: ChartForm
    rows: tuple[Fact, ...]
    whole: Fact | None

    @property
    def needs(self) -> Needs:
        return self.form.needs

    def problem(self, what: str, hint: str, *path: str | int) -> Problem:
        """Return an error at a key of the chart; of the figure's name where the key is not there."""
        place = self.edition.place("charts", ("charts", self.name, *(path or ("figure",))))
        return error("chart-data", place, f"The chart `{self.name}` ({self.chart.figure}) {what}.", hint)


def _chart(edition: Edition, name: str, form: ChartForm) -> Iterator[Problem]:
    chart, facts = edition.charts[name], edition.facts
    options = list(_options(edition, name, form))
    yield from options
    named = [*(row.fact for row in chart.series), *([chart.whole] if chart.whole else [])]
    if any(fact not in facts for fact in named):
        return  # told where it is named
    whole = facts[chart.whole] if chart.whole else None
    case = _ChartCase(edition, name, chart, form, tuple(facts[row.fact] for row in chart.series), whole)
    found = [problem for judge in _JUDGES for problem in judge(case)]
    yield from found
    if not found and not options:
        yield from _also(case)


def _options(edition: Edition, name: str, form: ChartForm) -> Iterator[Problem]:
    """Options are those of the figure, of their kind, and within their bounds."""
    figure = edition.charts[name].figure
    for key, value in edition.charts[name].options.items():
        path = ("charts", name, "options", key)
        if key not in form.options:
            hint = did_you_mean(key, form.options) or f"`{figure}` has no options: remove it."
            what = f"The figure `{figure}` has no option `{key}`."
            yield error("unknown-option", edition.documents["charts"].key_place(path), what, hint)
        elif complaint := _unfit(value, form.options[key]):
            wanted, hint = complaint
            what = f"The option `{key}` must be {wanted}, not {value}."
            yield error("bad-option", edition.place("charts", path), what, hint)


def _unfit(value: object, option: TextOption | NumberOption) -> tuple[str, str] | None:
    """Return what an option must be and what to do, where a value is not that."""
    if isinstance(option, TextOption):
        return None if isinstance(value, str) else ("text", "Put it in quotes if it is meant as text.")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return "a number", "Write the bare number, without quotes."
    return None if option.least <= value <= option.most else (_between(option.least, option.most), "Correct it.")


def _between(least: float, most: float) -> str:
    low, high = f"{least:,.12g}", f"{most:,.12g}"
    if most == inf:
        return f"at least {low}"
    return f"from {low} to {high}" if least > -inf else f"at most {high}"


def _rows(case: _ChartCase) -> Iterator[Problem]:
    (least, most), count = case.needs.rows, len(case.rows)
    if not least <= count <= most:
        shown = f"{least}" if least == most else f"{least} to {most}"
        what = f"shows {shown} row{'' if most == 1 else 's'}, but its `series` has {count}"
        hint = "Add rows, or choose another figure." if count < least else "Remove rows, or choose another figure."
        yield case.problem(what, hint, "series")


def _units(case: _ChartCase) -> Iterator[Problem]:
    """Lengths and areas can be compared only where they measure the same thing."""
    compared = [*case.rows, *([case.whole] if case.whole else [])]
    units = sorted({fact.unit for fact in compared})
    if len(units) > 1:
        what = f"mixes the units {', '.join(units)}"
        yield case.problem(what, "Show facts of one unit, or make two charts.", "series")
    elif case.needs.units and units[0] not in case.needs.units:
        what = f"shows facts of the unit {' or '.join(case.needs.units)}, not {units[0]}"
        yield case.problem(what, "Choose another figure for these facts.", "series", 0, "fact")


def _values(case: _ChartCase) -> Iterator[Problem]:
    least, most = case.needs.values
    for index, (row, fact) in enumerate(zip(case.chart.series, case.rows, strict=True)):
        if not least <= fact.value <= most:
            what = f"can show values {_between(least, most)}, but `{row.fact}` is {fact.value:,}"
            yield case.problem(what, "Correct the fact, or choose another figure.", "series", index, "fact")
    if not case.needs.blank and not any(fact.value for fact in case.rows):
        yield case.problem("has nothing to draw: every value is zero", "Correct the facts, or remove it.", "series")


def _whole(case: _ChartCase) -> Iterator[Problem]:
    """The rows of some forms are parts of a whole."""
    if not case.needs.whole:
        return
    if case.whole is None:
        yield case.problem("shows parts of a whole, but has no `whole`", "Add a line `whole: topic.thing`.")
        return
    whole, total = case.whole.value, sum(fact.value for fact in case.rows)
    if whole <= 0:
        yield case.problem(f"needs a whole above zero, but `{case.chart.whole}` is {whole:,}", "Correct it.", "whole")
    elif case.needs.complete and abs(total - whole) > whole * _NEARLY:
        what = f"needs parts that make up the whole, but they sum to {total:,} and `{case.chart.whole}` is {whole:,}"
        yield case.problem(what, "Add the missing part, correct a fact, or choose another figure.", "series")
    for index, (row, fact) in enumerate(zip(case.chart.series, case.rows, strict=True)):
        if fact.value > whole > 0:
            what = f"has a part greater than the whole: `{row.fact}` is {fact.value:,} of {whole:,}"
            yield case.problem(what, "Correct one of the two facts.", "series", index, "fact")
    yield from _largest(case, case.chart.whole or "", float(whole), "whole")


def _prior(case: _ChartCase) -> Iterator[Problem]:
    for index, (row, fact) in enumerate(zip(case.chart.series, case.rows, strict=True)):
        if case.needs.prior and (fact.prior is None or fact.prior.value < 0):
            what = f"shows a change, but `{row.fact}` has no earlier value" + (" from zero up" if fact.prior else "")
            hint = f"Give `{row.fact}` a `prior` with `value` and `period` in facts.yaml."
            yield case.problem(what, hint, "series", index, "fact")


def _outof(case: _ChartCase) -> Iterator[Problem]:
    for index, (row, fact) in enumerate(zip(case.chart.series, case.rows, strict=True)):
        if not case.needs.outof:
            return
        if fact.outof is None or not 1 <= fact.value <= fact.outof:
            what = f"shows a rank among so many, but `{row.fact}` has no `outof` that it lies in"
            hint = f"Give `{row.fact}` an `outof` in facts.yaml: the number that it is out of."
            yield case.problem(what, hint, "series", index, "fact")
        else:
            yield from _largest(case, row.fact, float(fact.outof), "series", index, "fact")


def _largest(case: _ChartCase, name: str, value: float, *path: str | int) -> Iterator[Problem]:
    if value > case.needs.largest:
        what = f"has a mark for each of at most {case.needs.largest:,}; `{name}` asks for {value:,.0f}"
        yield case.problem(what, "Choose a figure in which one mark stands for many.", *path)


def _also(case: _ChartCase) -> Iterator[Problem]:
    """What a form needs beyond that; only where everything else suits it."""
    try:
        data = case.form.complete(chart_data(case.edition, case.name))
    except FormatError:
        return  # told of the fact
    for complaint in case.needs.also(data):
        what, _, hint = complaint.partition("; ")
        yield case.problem(f"does not suit its data: {what}", f"{hint[:1].upper()}{hint[1:]}.", "options")


_JUDGES: tuple[Callable[[_ChartCase], Iterator[Problem]], ...] = (_rows, _units, _values, _whole, _prior, _outof)

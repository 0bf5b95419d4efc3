"""The rules for the data of a chart, from what its form declares: rows, units, wholes, prior values, periods, options.

In: an `Edition`, the id of a chart and its form. Out: problems at the row or option concerned. A new rule is a function
and a row in `_RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import inf

from report.design.look import ChartForm, Needs, NumberOption, TextOption
from report.drawing.charts import chart_data
from report.edition.edition import Edition
from report.edition.formats import FormatError
from report.edition.model import Chart, Fact
from report.problems import Problem, did_you_mean, error

_ROUNDING = Decimal("0.005")  # the share of the whole by which rounded parts may differ from it


@dataclass(frozen=True, slots=True)
class _ChartCase:
    """One chart with its form and the facts of its rows, as the rules below take it."""

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
        """Return an error at a key of the chart. Without a path, the place is that of `figure`."""
        place = self.edition.place("charts", ("charts", self.name, *(path or ("figure",))))
        return error("chart-data", place, f"The chart `{self.name}` ({self.chart.figure}) {what}.", hint)


def chart_problems(edition: Edition, name: str, form: ChartForm) -> Iterator[Problem]:
    """Yield what a chart form needs and a chart does not give: options, rows, units, a whole, prior values."""
    chart, facts = edition.charts[name], edition.facts
    options = list(_options(edition, name, form))
    yield from options
    fact_ids = [*(row.fact for row in chart.series), *([chart.whole] if chart.whole else [])]
    if any(fact not in facts for fact in fact_ids):
        return  # `consistency` reports unknown facts
    whole = facts[chart.whole] if chart.whole else None
    case = _ChartCase(edition, name, chart, form, tuple(facts[row.fact] for row in chart.series), whole)
    problems = [problem for rule in _RULES for problem in rule(case)]
    yield from problems
    if not problems and not options:
        yield from _extra_needs(case)


def _options(edition: Edition, name: str, form: ChartForm) -> Iterator[Problem]:
    """Options must exist for the figure, have the right type, and be within their bounds."""
    figure = edition.charts[name].figure
    for key, value in edition.charts[name].options.items():
        path = ("charts", name, "options", key)
        if key not in form.options:
            hint = did_you_mean(key, form.options) or f"`{figure}` has no options. Remove it."
            what = f"The figure `{figure}` has no option `{key}`."
            yield error("unknown-option", edition.documents["charts"].key_place(path), what, hint)
        elif mismatch := _mismatch(value, form.options[key]):
            requirement, hint = mismatch
            what = f"The option `{key}` must be {requirement}, not {value}."
            yield error("bad-option", edition.place("charts", path), what, hint)


def _mismatch(value: object, option: TextOption | NumberOption) -> tuple[str, str] | None:
    """Return what the option must be, with a hint, if the value is not valid; otherwise None."""
    if isinstance(option, TextOption):
        return None if isinstance(value, str) else ("text", "If it is text, put it in quotes.")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return "a number", "Write the bare number, without quotes."
    if option.least <= value <= option.most:
        return None
    return _range(option.least, option.most), "Correct the value."


def _range(least: float, most: float) -> str:
    low, high = f"{least:,.12g}", f"{most:,.12g}"
    if most == inf:
        return f"at least {low}"
    return f"from {low} to {high}" if least > -inf else f"at most {high}"


def _rows(case: _ChartCase) -> Iterator[Problem]:
    (least, most), count = case.needs.rows, len(case.rows)
    if not least <= count <= most:
        limits = f"{least}" if least == most else f"{least} to {most}"
        what = f"needs {limits} row{'' if most == 1 else 's'}, but its `series` has {count}"
        hint = "Add rows, or choose another figure." if count < least else "Remove rows, or choose another figure."
        yield case.problem(what, hint, "series")


def _units(case: _ChartCase) -> Iterator[Problem]:
    """All facts of a chart must have the same unit, because their lengths or areas are compared."""
    compared = [*case.rows, *([case.whole] if case.whole else [])]
    units = sorted({fact.unit for fact in compared})
    if len(units) > 1:
        what = f"mixes the units {', '.join(units)}"
        yield case.problem(what, "Use facts with the same unit, or make two charts.", "series")
    elif case.needs.units and units[0] not in case.needs.units:
        what = f"needs facts with the unit {' or '.join(case.needs.units)}, not {units[0]}"
        yield case.problem(what, "Choose another figure for these facts.", "series", 0, "fact")


def _values(case: _ChartCase) -> Iterator[Problem]:
    least, most = case.needs.values
    for index, (row, fact) in enumerate(zip(case.chart.series, case.rows, strict=True)):
        if not least <= fact.value <= most:
            what = f"needs every value to be {_range(least, most)}, but `{row.fact}` is {fact.value:,}"
            yield case.problem(what, "Correct the fact, or choose another figure.", "series", index, "fact")
    if not case.needs.blank and not any(fact.value for fact in case.rows):
        what = "has nothing to draw: every value is zero"
        yield case.problem(what, "Correct the facts, or remove the chart.", "series")


def _whole(case: _ChartCase) -> Iterator[Problem]:
    """Where the rows are parts of a whole, the whole must be given and no part may exceed it."""
    if not case.needs.whole:
        return
    if case.whole is None:
        yield case.problem("shows parts of a whole, but has no `whole`", "Add a line `whole: topic.thing`.")
        return
    whole, total = case.whole.value, sum(fact.value for fact in case.rows)
    if whole <= 0:
        what = f"needs a whole above zero, but `{case.chart.whole}` is {whole:,}"
        yield case.problem(what, "Correct the fact.", "whole")
    elif case.needs.complete and abs(total - whole) > whole * _ROUNDING:
        what = f"needs parts that add up to the whole, but they sum to {total:,} and `{case.chart.whole}` is {whole:,}"
        yield case.problem(what, "Add the missing part, correct a fact, or choose another figure.", "series")
    for index, (row, fact) in enumerate(zip(case.chart.series, case.rows, strict=True)):
        if fact.value > whole > 0:
            what = f"has a part greater than the whole: `{row.fact}` is {fact.value:,} of {whole:,}"
            yield case.problem(what, "Correct one of the two facts.", "series", index, "fact")
    yield from _largest(case, case.chart.whole or "", float(whole), "whole")


def _prior(case: _ChartCase) -> Iterator[Problem]:
    for index, (row, fact) in enumerate(zip(case.chart.series, case.rows, strict=True)):
        if case.needs.prior and (fact.prior is None or fact.prior.value < 0):
            what = f"shows a change, but `{row.fact}` has no prior value" + (" of at least zero" if fact.prior else "")
            hint = f"Give `{row.fact}` a `prior` with `value` and `period` in facts.yaml."
            yield case.problem(what, hint, "series", index, "fact")


def _periods(case: _ChartCase) -> Iterator[Problem]:
    """The names of the periods, where they are years, must be those of the data: they are not told from them."""
    config, named = case.edition.config, case.chart.options
    if not case.edition.is_valid("edition"):
        return
    now = {config.edition, str(config.period.start.year), str(config.period.end.year)}
    before = {fact.prior.period for fact in case.rows if fact.prior}
    for option, known in (("before", before), ("after", now)):
        name = str(named.get(option, ""))
        if option in case.form.options and any(map(str.isdigit, name)) and _plain(name) not in map(_plain, known):
            what = f"names the period {option} {name}, but its data are of {' or '.join(sorted(known))}"
            yield case.problem(what, "Correct the option, or the facts.", "options", option)


def _plain(period: str) -> str:
    return period.replace("–", "-").strip()


def _outof(case: _ChartCase) -> Iterator[Problem]:
    for index, (row, fact) in enumerate(zip(case.chart.series, case.rows, strict=True)):
        if not case.needs.outof:
            return
        if fact.outof is None or not 1 <= fact.value <= fact.outof:
            what = f"shows a rank, but `{row.fact}` has no `outof`"
            if fact.outof is not None:
                what = f"needs a rank from 1 to its `outof`, but `{row.fact}` is {fact.value:,} out of {fact.outof:,}"
            hint = f"Give `{row.fact}` an `outof` in facts.yaml: the number of places in the ranking."
            yield case.problem(what, hint, "series", index, "fact")
        else:
            yield from _largest(case, row.fact, float(fact.outof), "series", index, "fact")


def _largest(case: _ChartCase, name: str, value: float, *path: str | int) -> Iterator[Problem]:
    if value > case.needs.largest:
        what = f"can draw at most {case.needs.largest:,} marks, but `{name}` needs {value:,.0f}"
        yield case.problem(what, "Choose a figure in which one mark stands for many.", *path)


def _extra_needs(case: _ChartCase) -> Iterator[Problem]:
    """The form's own check of its data. It runs only if the data meets all other needs."""
    try:
        data = case.form.complete(chart_data(case.edition, case.name))
    except FormatError:
        return  # reported for the fact
    for message in case.needs.also(data):
        what, _, hint = message.partition("; ")
        yield case.problem(f"cannot show its data: {what}", f"{hint[:1].upper()}{hint[1:]}.", "options")


_RULES: tuple[Callable[[_ChartCase], Iterator[Problem]], ...] = (
    _rows,
    _units,
    _values,
    _whole,
    _prior,
    _periods,
    _outof,
)

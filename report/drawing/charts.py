"""Charts: their data, alternative texts and drawings.

In: an `Edition`, the tokens and the figure functions (a mapping: this package never imports `figures`). Out: `ChartArt`
records, and SVG in which text is still text. The same input gives the same bytes.
"""

from __future__ import annotations

import io
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any, TypeVar

from report.cache.store import NO_CACHE, Cache, digest
from report.design.look import ChartData, ChartForm, ChartRow, FigureFunction, Look, Size
from report.design.tokens import Tokens
from report.edition.edition import Edition
from report.edition.formats import FormatError, Formats, largest_remainder
from report.edition.model import Chart, Fact, Series
from report.edition.references import references
from report.problems import Problem, ReportError, error
from report.processes.faults import problem_in_figures

Result = TypeVar("Result")
_SVG_SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "annual-report"}


@dataclass(frozen=True, slots=True)
class ChartArt:
    """A chart before it is drawn: its alternative text, size and data, and whether it shows prior values."""

    id: str
    alt: str
    size: Size
    data: ChartData
    compares: bool = True


def chart_arts(edition: Edition, tokens: Tokens, figures: Mapping[str, ChartForm]) -> dict[str, ChartArt]:
    """Return every chart of the edition by name. Raises ReportError with the charts that cannot be computed."""

    def art(name: str, chart: Chart) -> ChartArt:
        data, form = chart_data(edition, name), figures[chart.figure]
        return ChartArt(
            name, alt_text(edition, chart, data, form.kind), chart_size(chart, tokens), data, form.needs.prior
        )

    return _for_each_chart(edition, art)


def draw_charts(
    edition: Edition, arts: Mapping[str, ChartArt], tokens: Tokens, figures: Mapping[str, ChartForm],
    cache: Cache = NO_CACHE, stamp: str = "",
) -> dict[str, str]:  # fmt: skip
    """Return the SVG of every chart, drawn or from the cache. `stamp` identifies the drawing code and the fonts.

    Raises ReportError with the charts whose data does not fit their figure.
    """

    def svg(name: str, chart: Chart) -> str:
        function, look = figures[chart.figure], tokens.look(chart.pillar)
        return _cached_svg(chart.figure, function, arts[name].data, look, arts[name].size, cache, stamp)

    return _for_each_chart(edition, svg)


def _for_each_chart(edition: Edition, make: Callable[[str, Chart], Result]) -> dict[str, Result]:
    made: dict[str, Result] = {}
    problems: list[Problem] = []
    for name, chart in edition.charts.items():
        try:
            made[name] = make(name, chart)
        except (ValueError, ArithmeticError) as problem:  # data that does not fit, or cannot be computed
            where = edition.place("charts", ("charts", name))
            hint = "Change the series, or choose another chart form."
            what = f"Chart `{name}` can't be drawn: {str(problem).rstrip('.')}{_line(problem)}."
            problems.append(error("chart-data", where, what, hint))
    if problems:
        raise ReportError(problems)
    return made


def _line(problem: Exception) -> str:
    """Return the line of figures/ at which a function failed by itself, rather than finding that data do not fit."""
    frames = traceback.extract_tb(problem.__traceback__)
    place = problem_in_figures(problem)
    return f" ({place.where.source})" if place and frames and frames[-1].name != "require" else ""


def _cached_svg(
    figure: str, function: FigureFunction, data: ChartData, look: Look, size: Size, cache: Cache, stamp: str
) -> str:
    faces = {name: (face.family, face.weight, face.style, face.path.name) for name, face in look.fonts.items()}
    key = digest(stamp, figure, data, replace(look, fonts={}), faces, size)
    return cache.get_or_make("charts", key, lambda: draw(function, data, look, size).encode(), data.id).decode()


def draw(function: FigureFunction, data: ChartData, look: Look, size: Size) -> str:
    """Call a figure function and return its figure as SVG. Text stays text; the bytes depend only on the input."""
    import matplotlib as mpl

    figure = function(data, look, size)
    out = io.StringIO()
    with mpl.rc_context(_SVG_SETTINGS):
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return out.getvalue()


def chart_size(chart: Chart, tokens: Tokens) -> Size:
    """Return the size of a chart in points, from its columns and lines."""
    return Size(tokens.page.measure(chart.width), float(tokens.page.leading * chart.lines))


def chart_data(edition: Edition, name: str) -> ChartData:
    """Return the data of a chart, formatted for the edition's locale."""
    chart, formats = edition.charts[name], edition.formats
    whole = edition.facts[chart.whole] if chart.whole else None
    shares = _shares([edition.facts[row.fact].value for row in chart.series], whole, formats)
    rows = tuple(
        _row(row, edition.facts[row.fact], formats, share) for row, share in zip(chart.series, shares, strict=True)
    )
    whole_row = _row(Series(fact=chart.whole), whole, formats, None) if chart.whole and whole else None
    options = {key: float(value) if isinstance(value, Decimal) else value for key, value in chart.options.items()}
    return ChartData(name, rows, whole_row, options)


def _shares(values: list[Decimal], whole: Fact | None, formats: Formats) -> list[Decimal | None]:
    """Return shares with one decimal. If the values add up to the whole, the shares add up to 100."""
    if whole is None:
        return [None] * len(values)
    if sum(values) == whole.value:
        return list(largest_remainder(values, whole.value, 1))
    return [formats.share(value, whole.value) for value in values]


def _row(series: Series, fact: Fact, formats: Formats, share: Decimal | None) -> ChartRow:
    prior = fact.prior
    return ChartRow(
        id=series.fact,
        label=series.label or fact.short or fact.label,
        value=float(fact.value),
        text=formats.fact(fact),
        group=series.group,
        emphasis=series.emphasis,
        share=None if share is None else float(share),
        share_text=None if share is None else formats.percent(share),
        prior=float(prior.value) if prior else None,
        prior_text=formats.number(prior.value, fact.unit) if prior else None,
        change_text=_change_text(fact, formats),
        qualifier=fact.qualifier or "",
        outof=None if fact.outof is None else float(fact.outof),
        outof_text=None if fact.outof is None else formats.number(fact.outof, "count"),
    )


def _change_text(fact: Fact, formats: Formats) -> str | None:
    """Return the change of a fact as text; None if it has none that can be expressed."""
    try:
        return formats.change_text(fact)
    except FormatError:
        return None


def resolve_references(text: str, edition: Edition) -> str:
    """Return a text of the edition with its references replaced by their figures."""
    pieces, end = [], 0
    for reference in references(text):
        pieces += [text[end : reference.start], edition.figure(reference)]
        end = reference.end
    return "".join([*pieces, text[end:]])


def alt_text(edition: Edition, chart: Chart, data: ChartData, kind: str) -> str:
    """Return the author's alternative text, or one made from the data: kind, subject, and every value as shown.

    The finding is not repeated, because it is text directly above the chart.
    """
    if chart.alt:
        return resolve_references(chart.alt, edition)
    groups = [(name, list(rows)) for name, rows in groupby(data.rows, key=lambda row: row.group)]
    values = "; ".join(
        (f"{name}: " if name else "") + ", ".join(_value_text(row, data) for row in rows) for name, rows in groups
    )
    of_all = f", of {data.whole.text} in all" if data.whole and len(data.rows) > 1 else ""
    return f"{kind}: {resolve_references(chart.subject, edition)}. {values}{of_all}."


def _value_text(row: ChartRow, data: ChartData) -> str:
    """Return a value with its reference: the prior value, the whole, or the total of a rank."""
    if row.prior_text:
        return f"{row.label} from {row.prior_text} to {row.text}"
    if row.outof_text:
        return f"{row.label} {row.text} of {row.outof_text}"
    if data.whole and len(data.rows) == 1:
        return f"{row.label} {row.text} of {data.whole.text} ({row.share_text})"
    return f"{row.label} {row.text}"

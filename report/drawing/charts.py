"""Charts: facts in, drawings, alternative texts and data tables out.

In: an `Edition`, the tokens and the figure functions (a mapping: this package never imports `figures`). Out: `ChartArt`
records, and SVG whose text is still text. The same input gives the same bytes.
"""

from __future__ import annotations

import io
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

Result = TypeVar("Result")
_SVG_SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "annual-report"}


@dataclass(frozen=True, slots=True)
class ChartArt:
    """A chart before it is drawn: its alternative text, the rows of its data, and whether it shows prior values too."""

    id: str
    alt: str
    size: Size
    data: ChartData
    compares: bool = True


def chart_arts(edition: Edition, tokens: Tokens, figures: Mapping[str, ChartForm]) -> dict[str, ChartArt]:
    """Return what every chart of the edition shows. Raises ReportError with the charts that can't be computed."""

    def art(name: str, chart: Chart) -> ChartArt:
        data, form = chart_data(edition, name), figures[chart.figure]
        return ChartArt(
            name, alt_text(edition, chart, data, form.kind), chart_size(chart, tokens), data, form.needs.prior
        )

    return _of_each_chart(edition, art)


def draw_charts(
    edition: Edition, arts: Mapping[str, ChartArt], tokens: Tokens, figures: Mapping[str, ChartForm],
    cache: Cache = NO_CACHE, stamp: str = "",
) -> dict[str, str]:  # fmt: skip
    """Return the SVG of every chart, drawn or from the cache; `stamp` stands for the code and fonts that draw.

    Raises ReportError with the charts whose data does not fit their figure.
    """

    def svg(name: str, chart: Chart) -> str:
        function, look = figures[chart.figure], tokens.look(chart.pillar)
        return _drawing(chart.figure, function, arts[name].data, look, arts[name].size, cache, stamp)

    return _of_each_chart(edition, svg)


def _of_each_chart(edition: Edition, make: Callable[[str, Chart], Result]) -> dict[str, Result]:
    made: dict[str, Result] = {}
    problems: list[Problem] = []
    for name, chart in edition.charts.items():
        try:
            made[name] = make(name, chart)
        except (ValueError, ArithmeticError) as problem:  # what does not fit, and what can't be computed
            where = edition.place("charts", ("charts", name))
            hint = "Change the series, or choose another figure function."
            what = f"The chart `{name}` can't be drawn: {str(problem).rstrip('.')}."
            problems.append(error("chart-data", where, what, hint))
    if problems:
        raise ReportError(problems)
    return made


def _drawing(
    figure: str, function: FigureFunction, data: ChartData, look: Look, size: Size, cache: Cache, stamp: str
) -> str:
    faces = {name: (face.family, face.weight, face.style, face.path.name) for name, face in look.fonts.items()}
    key = digest(stamp, figure, data, replace(look, fonts={}), faces, size)
    return cache.through("charts", key, lambda: draw(function, data, look, size).encode(), data.id).decode()


def draw(function: FigureFunction, data: ChartData, look: Look, size: Size) -> str:
    """Call a figure function and return its figure as SVG: text stays text, the bytes depend on the input alone."""
    import matplotlib as mpl

    figure = function(data, look, size)
    out = io.StringIO()
    with mpl.rc_context(_SVG_SETTINGS):
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return out.getvalue()


def chart_size(chart: Chart, tokens: Tokens) -> Size:
    """Return a chart's size in points from its columns and lines."""
    return Size(tokens.page.measure(chart.width), float(tokens.page.leading * chart.lines))


def chart_data(edition: Edition, name: str) -> ChartData:
    """Return the rows of a chart, formatted for the edition's locale."""
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
    """Return shares with one decimal; parts that make up the whole get shares that sum to one hundred."""
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
        change_text=_moved(fact, formats),
        qualifier=fact.qualifier or "",
        outof=None if fact.outof is None else float(fact.outof),
        outof_text=None if fact.outof is None else formats.number(fact.outof, "count"),
    )


def _moved(fact: Fact, formats: Formats) -> str | None:
    """Return the change of a fact where there is one that can be told."""
    try:
        return formats.change_text(fact)
    except FormatError:
        return None


def resolved(text: str, edition: Edition) -> str:
    """Return a text of the data with its references written out."""
    pieces, end = [], 0
    for reference in references(text):
        pieces += [text[end : reference.start], edition.figure(reference)]
        end = reference.end
    return "".join([*pieces, text[end:]])


def alt_text(edition: Edition, chart: Chart, data: ChartData, kind: str) -> str:
    """Return the author's alternative text, or one made from the data: kind, subject, and every value as it is shown.

    The finding is not repeated: it stands in words right above the chart.
    """
    if chart.alt:
        return resolved(chart.alt, edition)
    groups = [(name, list(rows)) for name, rows in groupby(data.rows, key=lambda row: row.group)]
    said = "; ".join(
        (f"{name}: " if name else "") + ", ".join(_said(row, data) for row in rows) for name, rows in groups
    )
    of_all = f", of {data.whole.text} in all" if data.whole and len(data.rows) > 1 else ""
    return f"{kind}: {resolved(chart.subject, edition)}. {said}{of_all}."


def _said(row: ChartRow, data: ChartData) -> str:
    """A value with what it is to be read against: an earlier one, the whole, or the number that a rank is out of."""
    if row.prior_text:
        return f"{row.label} from {row.prior_text} to {row.text}"
    if row.outof_text:
        return f"{row.label} {row.text} of {row.outof_text}"
    if data.whole and len(data.rows) == 1:
        return f"{row.label} {row.text} of {data.whole.text} ({row.share_text})"
    return f"{row.label} {row.text}"

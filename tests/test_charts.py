"""Charts: facts in, rows, drawings and alternative texts out."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from decimal import Decimal

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from pages import ROOT

from figures import FIGURES
from report.design.look import ChartData, ChartForm, ChartRow, FigureFunction, Look, Needs, NumberOption, Size
from report.design.tokens import Tokens
from report.drawing.charts import (
    ChartArt,
    alt_text,
    chart_arts,
    chart_data,
    chart_size,
    draw,
    draw_charts,
    resolve_references,
)
from report.edition.edition import Edition
from report.edition.formats import NBSP
from report.problems import Place, ReportError

Load = Callable[..., Edition]
MORE = "{value: 100, unit: count, label: in a community school, short: Community, qualifier: over, source: report}"
ROW = "{fact: ease.served, label: Served, emphasis: true}"


def plain_figure(data: ChartData, look: Look, size: Size) -> Figure:
    """Draw the labels of a chart and nothing else."""
    figure = Figure(figsize=(size.width / 72, size.height / 72))
    for index, row in enumerate(data.rows):
        figure.text(0.1, 0.1 + 0.2 * index, f"{row.label} {row.text}", parse_math=False)
    return figure


def form(function: FigureFunction) -> ChartForm:
    return ChartForm("A chart", function, Needs(), {"marks": NumberOption()})


def test_a_row_has_its_value_and_its_texts_in_the_locale_of_the_edition(load_edition: Load) -> None:
    data = chart_data(load_edition(), "ease")
    assert data.rows == (
        ChartRow("ease.served", "Served", 11102.0, "11,102", emphasis=True, share=6.3, share_text="6.3%"),
    )
    assert data.whole == ChartRow(
        "ease.covered", "employees covered", 177000.0, "nearly\xa0177,000", qualifier="nearly"
    )
    assert data.options == {"marks": 1000}
    german = chart_data(load_edition(edition=("language: en-US", "language: de-DE")), "ease")
    assert (german.rows[0].text, german.rows[0].share_text) == ("11.102", "6,3\N{NO-BREAK SPACE}%")


def test_a_row_has_its_earlier_value_its_change_and_what_it_is_out_of(load_edition: Load) -> None:
    rows = "{fact: da.attendance}\n      - {fact: advocacy.rank}"
    data = chart_data(load_edition(charts=(ROW, rows)), "ease")
    growth, rank = data.rows
    assert (growth.prior, growth.prior_text, growth.change_text) == (8318.0, "8,318", "27.5%")
    assert (growth.label, rank.outof, rank.text) == ("educators attending", 105.0, "7th")


def test_a_change_from_zero_has_no_text(load_edition: Load) -> None:
    edition = load_edition(facts=("prior: {value: 8318", "prior: {value: 0"), charts=(ROW, "{fact: da.attendance}"))
    (row,) = chart_data(edition, "ease").rows
    assert (row.prior, row.prior_text, row.change_text) == (0.0, "0", None)


def test_a_label_comes_from_the_chart_the_short_label_or_the_label(load_edition: Load) -> None:
    facts = ("  ease.covered:", f"  schools.community: {MORE}\n  ease.covered:")
    for row, label in (
        ("{fact: schools.community, label: Own}", "Own"),
        ("{fact: schools.community}", "Community"),
        ("{fact: ease.served}", "employees served"),
    ):
        assert chart_data(load_edition(facts=facts, charts=(ROW, row)), "ease").rows[0].label == label


def test_the_shares_of_parts_that_add_up_to_the_whole_sum_to_one_hundred(load_edition: Load) -> None:
    parts = "".join(f"  part.n{n}: {MORE.replace('100', '1')}\n" for n in range(3))
    whole = f"  all.of: {MORE.replace('100', '3')}\n"
    rows = "\n      - ".join(f"{{fact: part.n{n}}}" for n in range(3))
    charts = ("whole: ease.covered\n    series:\n      - " + ROW, f"whole: all.of\n    series:\n      - {rows}")
    data = chart_data(load_edition(facts=("  ease.covered:", f"{parts}{whole}  ease.covered:"), charts=charts), "ease")
    assert [row.share_text for row in data.rows] == ["33.4%", "33.3%", "33.3%"]
    assert sum(Decimal(str(row.share)) for row in data.rows) == 100


def test_a_chart_without_a_whole_has_no_shares(load_edition: Load) -> None:
    data = chart_data(load_edition(charts=("    whole: ease.covered\n", "")), "ease")
    assert (data.whole, data.rows[0].share, data.rows[0].share_text) == (None, None, None)


def test_a_size_comes_from_columns_and_lines(load_edition: Load, tokens: Tokens) -> None:
    size = chart_size(load_edition().charts["ease"], tokens)
    assert size == Size(tokens.page.measure(6), 10 * float(tokens.page.leading))


def drafted(edition: Edition, kind: str = "Chart") -> str:
    return alt_text(edition, edition.charts["ease"], chart_data(edition, "ease"), kind)


@pytest.mark.parametrize(
    ("rows", "changes", "text"),
    [
        (ROW, {}, "Served 11,102 of nearly 177,000 (6.3%)."),
        ("{fact: da.attendance}", {}, "educators attending from 8,318 to 10,603."),
        ("{fact: advocacy.rank}", {}, "in advocacy 7th of 105."),
        ("{fact: ease.served, label: A, group: One}\n      - {fact: ease.served, label: B, group: Two}", {},
         "One: A 11,102; Two: B 11,102, of nearly 177,000 in all."),
    ],
)  # fmt: skip
def test_an_alternative_text_is_made_from_kind_subject_and_values(
    load_edition: Load, rows: str, changes: dict[str, object], text: str
) -> None:
    said = drafted(load_edition(charts=(ROW, rows), **changes), "Field of marks").replace(NBSP, " ")
    assert said == f"Field of marks: Employees served, of all covered. {text}"


def test_the_author_s_alternative_text_is_taken_with_its_facts(load_edition: Load) -> None:
    edition = load_edition(charts=("    width: 6", '    alt: "A field of dots, {{ ease.rate }} filled."\n    width: 6'))
    assert drafted(edition) == "A field of dots, 6.3% filled."


def test_no_value_of_a_chart_is_left_out_of_its_drafted_text(load_edition: Load) -> None:
    assert drafted(load_edition(charts=(ROW, "\n      - ".join([ROW] * 8)))).count("Served 11,102") == 8


def test_references_in_a_text_are_replaced_and_the_rest_is_unchanged(load_edition: Load) -> None:
    text = "Of {{ ease.covered | bare }} <b> & {{ ease.rate }}"
    assert resolve_references(text, load_edition()) == "Of 177,000 <b> & 6.3%"


def test_text_in_a_drawing_stays_text_and_the_bytes_are_the_same_every_time(load_edition: Load, tokens: Tokens) -> None:
    data, look, size = chart_data(load_edition(), "ease"), tokens.look(), Size(200, 100)
    first = draw(plain_figure, data, look, size)
    with mpl.rc_context({"svg.hashsalt": "other", "svg.fonttype": "path", "axes.facecolor": "red"}):
        assert draw(plain_figure, data, look, size) == first
    assert "Served 11,102" in first
    assert re.search(r"<dc:date>|Matplotlib v|\d{4}-\d\d-\d\dT", first) is None


@pytest.mark.parametrize(
    "label", ["<script>alert(1)</script>", '"/><image href="file:///etc/passwd"/>', "A & B", "$5 to $6"]
)
@pytest.mark.parametrize("function", ["ranked_bars", "plain"])
def test_a_label_cannot_inject_markup_into_a_drawing(tokens: Tokens, label: str, function: str) -> None:
    rows = (ChartRow("a.b", label, 5.0, "5"), ChartRow("a.c", "Other", 3.0, "3"))
    figure = plain_figure if function == "plain" else FIGURES[function]
    svg = ET.fromstring(draw(figure, ChartData("x", rows), tokens.look(), Size(400, 150)))
    tags = {str(element.tag).rpartition("}")[2] for element in svg.iter()}
    assert tags & {"script", "image", "foreignObject"} == set()
    words = "".join(svg.itertext())
    assert all(word in words for word in label.split())


def drawn(edition: Edition, tokens: Tokens, figure: ChartForm) -> tuple[dict[str, ChartArt], dict[str, str]]:
    """Return the charts of the tiny edition, all of one form, and their drawings."""
    figures = {"share_field": figure}
    arts = chart_arts(edition, tokens, figures)
    return arts, draw_charts(edition, arts, tokens, figures)


def test_every_chart_that_cannot_be_drawn_is_reported_with_its_place(load_edition: Load, tokens: Tokens) -> None:
    def fussy(data: ChartData, look: Look, size: Size) -> Figure:
        raise ValueError("this form shows two rows, not one.")

    with pytest.raises(ReportError) as failure:
        drawn(load_edition(), tokens, form(fussy))
    (problem,) = failure.value.problems
    assert (problem.code, problem.where) == ("chart-data", Place("data/tiny/charts.yaml", 3, 3))
    assert problem.what == "Chart `ease` can't be drawn: this form shows two rows, not one."


def test_a_whole_of_zero_is_a_problem_with_its_place(load_edition: Load, tokens: Tokens) -> None:
    edition = load_edition(facts=("value: 177000", "value: 0"))
    with pytest.raises(ReportError) as failure:
        drawn(edition, tokens, form(plain_figure))
    assert [problem.where for problem in failure.value.problems] == [Place("data/tiny/charts.yaml", 3, 3)]


def test_charts_are_drawn_with_their_text_and_data(load_edition: Load, tokens: Tokens) -> None:
    arts, svgs = drawn(load_edition(), tokens, form(plain_figure))
    assert list(arts) == list(svgs) == ["ease"]
    assert svgs["ease"].startswith("<?xml")
    assert arts["ease"].data.rows[0].id == "ease.served"
    assert arts["ease"].alt.startswith("A chart: Employees served")


def test_a_fault_inside_a_drawing_function_is_told_with_its_line(load_edition: Load, tokens: Tokens) -> None:
    """A complaint of `require` is about the data; anything else may be a mistake in the function."""
    from figures.needs import require

    def fussy(data: ChartData, look: Look, size: Size) -> Figure:
        require(False, "too few rows")
        raise AssertionError

    def broken(data: ChartData, look: Look, size: Size) -> Figure:
        divide(0)
        raise AssertionError

    divide = eval(compile("lambda x: 1 // x", str(ROOT / "figures" / "rings.py"), "eval"))
    for function, what in (
        (fussy, "too few rows."),
        (broken, "integer division or modulo by zero (figures/rings.py:1)."),
    ):
        with pytest.raises(ReportError) as failure:
            drawn(load_edition(), tokens, form(function))
        assert failure.value.problems[0].what == f"Chart `ease` can't be drawn: {what}"

"""What templates see: every text resolved and safe, everything in the order of the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup

from report.compose.run import compose
from report.compose.viewer import Viewer, balance_columns
from report.compose.views import Callout, PartView, ReportView, SectionView
from report.design.look import Size
from report.design.tokens import Tokens
from report.drawing.charts import ChartArt, alt_text, chart_data
from report.edition.anchors import slugify
from report.edition.edition import Edition
from report.searchpath import SearchPath

ROOT = Path(__file__).parents[1]
Load = Callable[..., Edition]
See = Callable[..., ReportView]


@pytest.fixture
def see(load_edition: Load) -> See:
    """Return the view of the tiny edition with changes."""

    def viewed(**changes: object) -> ReportView:
        edition = load_edition(**changes)
        charts = {}
        for name, chart in edition.charts.items():
            data = chart_data(edition, name)
            charts[name] = ChartArt(name, alt_text(edition, chart, data, "Chart"), Size(1, 1), data)
        return Viewer(edition, charts, {"art-cover": object()}, frozenset({"ink"})).report()

    return viewed


def story(view: ReportView) -> SectionView:
    return next(section for section in view.sections if section.id == "story")


def last(view: ReportView) -> PartView:
    return story(view).parts[-1]


def test_sections_and_quotations_come_in_the_order_of_the_edition(see: See) -> None:
    assert [section.id for section in see().sections] == ["cover", "contents", "story", "quote-child", "notes", "back"]


def test_a_quotation_has_its_ground_and_its_sheet(see: See) -> None:
    quote = see().sections[3]
    assert (quote.page, quote.sheet, quote.ground_is_dark) == ("quote", "quote-child", True)
    assert quote.src == "data/tiny/quotes.yaml:3"
    assert not see(quotes=("ground: ink", "ground: mist")).sections[3].ground_is_dark


def test_a_section_has_a_sheet_only_where_something_is_drawn(see: See) -> None:
    view = see()
    assert (view.sections[0].sheet, story(view).sheet) == ("art-cover", None)


def test_the_texts_of_a_section_are_resolved(see: See) -> None:
    section = story(see())
    assert str(section.lede).replace("\N{NO-BREAK SPACE}", "~") == (
        'About <span data-fact="budget.total">$627~million</span> and what it is for.'
    )
    assert section.statements == (("Mission", Markup("Service and leadership")),)
    assert section.callouts == (Callout("advocacy.rank", "", "7th", "", "in advocacy", "data/tiny/facts.yaml:6"),)
    assert see().period == ("July 1, 2023", "June 30, 2024")


def test_a_key_number_is_told_from_its_unit_word(see: See) -> None:
    call_out = story(see(story=("callouts: [advocacy.rank]", "callouts: [budget.total, ease.covered]"))).callouts
    assert [(each.qualifier, each.figure, each.scale) for each in call_out] == [
        ("", "$627", "million"),
        ("nearly", "177,000", ""),
    ]


def test_stories_have_anchors_headings_and_blocks_with_their_source(see: See) -> None:
    first, second = story(see()).parts
    assert (first.id, first.title) == ("story-text", "")
    assert (second.id, second.title) == ("story-how-many-were-covered", "How many were covered")
    assert second.src == "data/tiny/sections/story.md:11"
    assert [block.kind for block in second.blocks] == ["facts", "chart"]
    assert ([block.kind for block in second.beside()], [block.kind for block in second.below()]) == (
        ["facts"],
        ["chart"],
    )
    assert len(second.of("chart")) == 1


def test_two_stories_of_one_title_have_anchors_of_their_own(see: See) -> None:
    parts = story(see(story=("[^a]: It", "## How many were covered\n\nMore.\n\n[^a]: It"))).parts
    assert len({part.id for part in parts}) == len(parts) == 3


def test_a_narrow_chart_stands_in_the_margin(see: See) -> None:
    view = see(charts=("width: 6", "width: 4"))
    assert [block.kind for block in last(view).beside()] == ["facts", "chart"]


def test_prose_is_html_with_facts_notes_and_sources(see: See) -> None:
    html = str(story(see()).parts[0].blocks[0].html)
    assert '<p data-src="data/tiny/sections/story.md:9">' in html
    assert '<span data-fact="da.attendance">27.5%</span>' in html
    assert (
        'data-component="note" data-src="data/tiny/sections/story.md:17">It was <span data-fact="da.attendance">8,318'
        in html
    )
    assert "<em>one</em>" in html


def test_a_chart_has_its_number_its_texts_and_the_rows_of_its_table(see: See) -> None:
    (chart,) = see().charts
    assert (chart.number, chart.width, chart.pillar) == (1, 6, "wellbeing")
    assert str(chart.title) == 'Counseling served <span data-fact="ease.rate">6.3%</span> of employees'
    assert chart.subject == "Employees served, of all covered"
    assert chart.source.title == "Annual Report"
    assert chart.columns == ("", "Value", "Share")
    assert [[cell.replace("\N{NO-BREAK SPACE}", "~") for cell in row] for row in chart.rows] == [
        ["Served", "11,102", "6.3%"],
        ["employees covered", "nearly~177,000", ""],
    ]


def test_the_table_of_a_chart_has_a_column_of_earlier_values_where_there_are_any(see: See) -> None:
    row = "{fact: da.attendance, label: Educators, group: All}"
    (chart,) = see(charts=("{fact: ease.served, label: Served, emphasis: true}", row)).charts
    assert chart.columns == ("", "Value", "Before", "Share")
    assert chart.rows[0][:3] == ("All, Educators", "10,603", "8,318")


def test_the_columns_of_a_table_are_named_after_the_periods_of_its_chart(see: See) -> None:
    old = "{fact: ease.served, label: Served, emphasis: true}\n    options: {marks: 1000}"
    new = "{fact: da.attendance, label: Educators}\n    options: {before: last year, after: this year}"
    (chart,) = see(charts=(old, new)).charts
    assert chart.columns == ("", "this year", "last year", "Share")


def test_tables_are_dealt_in_order_so_that_no_column_is_much_higher(see: See) -> None:
    (chart,) = see().charts
    long, short = replace(chart, rows=chart.rows * 6), chart
    assert balance_columns([long, short, short, short, short], 3) == ((long,), (short, short), (short, short))
    assert balance_columns([short], 3) in (((short,), (), ()), ((), (short,), ()), ((), (), (short,)))
    assert balance_columns([], 3) == ((), (), ())


def test_charts_are_numbered_in_the_order_of_the_report(see: See) -> None:
    entry = (
        "charts:\n",
        "charts:\n  zero:\n    figure: donut\n    title: Zero\n    subject: Zero\n    source: report\n"
        "    width: 4\n    lines: 4\n    series: [{fact: ease.rate}]\n",
    )
    view = see(charts=entry, story=("[[chart: ease]]", "[[chart: ease, zero]]\n\n[[chart: ease]]"))
    assert [(chart.id, chart.number) for chart in view.charts] == [("ease", 1), ("zero", 2)]


def test_a_pillar_knows_its_number_and_its_section(see: See) -> None:
    view = see(story=("page: feature\n", "page: pillar\npillar: wellbeing\n"))
    (pillar,) = view.pillars
    assert (pillar.number, pillar.name, pillar.section) == (1, "Care and Wellbeing", "story")
    assert story(view).pillar == pillar
    assert see().pillars[0].section is None


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "</p><img src=x onerror=alert(1)>", "&lt;b&gt; & <"])
def test_text_of_the_data_stays_text_wherever_it_is_html(see: See, hostile: str) -> None:
    def quoted(text: str) -> str:
        return "'" + text + "'"

    view = see(
        facts=("qualifier: nearly", f"qualifier: {quoted(hostile)}"),
        charts=('title: "Counseling served {{ ease.rate }} of employees"', f"title: {quoted(hostile)}"),
        story=("About {{ budget.total }} and what it is for.", quoted(hostile + " {{ ease.covered }}")),
    )
    escaped = hostile.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert str(view.charts[0].title) == escaped
    assert str(story(view).lede).startswith(escaped)
    assert f'<span data-fact="ease.covered">{escaped}' in str(story(view).lede)
    label = see(facts=("label: employees covered", f"label: {quoted(hostile)}"))
    call_out = last(label).blocks[0].callouts[0]
    assert (call_out.label, isinstance(call_out.label, Markup)) == (
        hostile,
        False,
    )  # templates escape what is no Markup


@pytest.mark.parametrize("qualifier", ["<b>", "*over*", "[x](javascript:y)", "{{ ease.rate }}", "`code`"])
def test_a_value_in_prose_is_not_read_as_markdown_or_as_a_reference(see: See, qualifier: str) -> None:
    fact = ("unit: count, label: employees served", f"unit: count, qualifier: '{qualifier}', label: employees served")
    html = str(story(see(facts=fact, story=("*one* year", "{{ ease.served }}"))).parts[0].blocks[0].html)
    escaped = qualifier.replace("<", "&lt;").replace(">", "&gt;")
    assert f'<span data-fact="ease.served">{escaped}\N{NO-BREAK SPACE}11,102</span>' in html


def test_a_fact_in_the_subject_of_the_edition_is_written_out_in_its_description(see: See, tokens: Tokens) -> None:
    view = see(edition=("in a few figures.", "for {{ ease.rate }} of all."))
    assert 'content="A year of work for 6.3% of all."' in compose(view, {}, tokens, SearchPath.of(ROOT)).html


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("How many were covered?", "how-many-were-covered"),
        ("Año nuevo & más", "ano-nuevo-mas"),
        ("  -- ", ""),
        ("K-8", "k-8"),
    ],
)
def test_an_anchor_is_plain_letters_and_hyphens(text: str, anchor: str) -> None:
    assert slugify(text) == anchor

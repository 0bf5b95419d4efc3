"""Figures typed into text: which are found, which are left alone, and what the message says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from report.checks.typed import LONG, typed_figures
from report.edition.edition import Edition
from report.problems import Problem, Severity

Find = Callable[..., list[Problem]]
MAKE = "Make it a fact, or, if it is part of a name, list the name under names_with_figures in edition.yaml."
START = 63  # the column after "*one* year "


@pytest.fixture
def typed(load_edition: Callable[..., Edition]) -> Find:
    """Return a function that gives the problems of a text with figures, in the prose of the tiny edition."""

    def problems(text: str, facts: str = "", **changes: object) -> list[Problem]:
        more = {"facts": ("facts:\n", f"facts:\n{facts}")} if facts else {}
        return list(typed_figures(load_edition(story=("*one* year", f"*one* year {text}"), **more, **changes)))

    return problems


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("$5, £6.5 and €7%", {"$5": 0, "£6.5": 4, "€7%": 13}),
        ("1899 1900 2099 2100", {"1899": 0, "2100": 15}),
        ("in 2024, 1999. 2023-24 and 2023–24", {}),
        ("1,234. Then 3,", {"1,234": 0, "3": 12}),
        ("v1.2 and B12 x5", {}),
        ("K-8, K–8 and K-9", {"9": 15}),
        ("177,000,5 and 177,000.5", {"177,000,5": 0, "177,000.5": 14}),
        ("[x](https://a.org/5) [^1] <https://a.org/6> [[chart: e7]] {{ ease.rate | change }} (8)", {"8": 84}),
        ("5-6 of 12.5%", {"5": 0, "6": 2, "12.5%": 7}),
    ],
)
def test_every_figure_that_is_no_year_and_no_name_is_found_where_it_stands(
    typed: Find, text: str, figures: dict[str, int]
) -> None:
    problems = typed(text)
    assert {problem.code for problem in problems} <= {"bare-figure"}
    assert [(problem.what, problem.where.column) for problem in problems] == [
        (f"The figure {figure} is typed into the text.", START + at) for figure, at in figures.items()
    ]
    assert all((problem.severity, problem.hint) == (Severity.WARNING, MAKE) for problem in problems)


@pytest.mark.parametrize(
    ("text", "figure", "fact"),
    [
        ("11,102.", "11,102", "ease.served"),
        ("(11102)", "11102", "ease.served"),
        ("6.3  per cent", "6.3", "ease.rate"),
        ("6.3 percent", "6.3 percent", "ease.rate"),
        ("7th place", "7th", "advocacy.rank"),
        ("627 million", "627 million", "budget.total"),
        ("627,000,000 dollars", "627,000,000", "budget.total"),
    ],
)
def test_the_figure_of_a_fact_is_an_error_that_names_the_fact(typed: Find, text: str, figure: str, fact: str) -> None:
    (problem,) = typed(text)
    assert (problem.code, problem.severity) == ("typed-figure", Severity.ERROR)
    assert problem.what.startswith(f"The figure {figure}")
    assert problem.what.endswith(f" is typed into the text, but it is the fact `{fact}`.")
    assert problem.hint == f"Write {{{{ {fact} }}}}, so that it follows the fact."


def test_a_fact_broken_over_two_lines_is_found_and_the_figures_after_it_too(typed: Find) -> None:
    first, second = typed("$627\nmillion and 99")
    assert (first.code, first.where.column, second.where.line, second.where.column) == ("typed-figure", START, 10, 13)


FEW = "  few.things: {{value: {0}, unit: count, label: few, source: report}}\n"


def test_a_short_number_without_a_unit_is_only_perhaps_the_fact(typed: Find) -> None:
    assert LONG == 4
    (small,) = typed("20 of them", FEW.format(20))
    assert (small.where.line, small.where.column) == (9, START)
    assert (small.code, small.severity, small.what) == (
        "bare-figure", Severity.WARNING, "The figure 20 is typed into the text."
    )  # fmt: skip
    assert small.hint == (
        "If it is the fact `few.things`: write {{ few.things }}, so that it follows the fact. "
        "Otherwise spell the number out."
    )
    assert [problem.code for problem in typed("999 of them", FEW.format(999))] == ["bare-figure"]
    assert [problem.code for problem in typed("1000 of them", FEW.format(1000))] == ["typed-figure"]
    assert [problem.code for problem in typed("20% of them", FEW.format(20).replace("count", "percent"))] == [
        "typed-figure"
    ]


def test_a_figure_of_three_facts_names_all_of_them(typed: Find) -> None:
    facts = "".join(FEW.format(3450).replace("few.", f"{name}.") for name in ("one", "two", "six"))
    (problem,) = typed("3,450 of them", facts)
    assert problem.what.endswith("but it may be the fact `one.things`, `two.things` or `six.things`.")
    assert problem.hint == "Write a reference to the right one, such as {{ one.things }}."


def test_a_figure_where_no_reference_works_is_to_be_reworded(typed: Find) -> None:
    (problem,) = typed("", FEW.format(12), quotes=("source: TED talk", "source: TED talk 12"))
    assert problem.hint == (
        "If it is the fact `few.things`: references do not work in the source of the quote child. "
        "Reword it without the figure, which would go out of date. Otherwise spell the number out."
    )


@pytest.mark.parametrize("unit", ["percent", "change"])
def test_a_share_or_a_growth_is_found_with_its_word(typed: Find, unit: str) -> None:
    facts = FEW.format("45.5").replace("count", unit)
    for text in ("45.5 percent", "45.5 per cent", "45.5%", "45.5"):
        assert [problem.code for problem in typed(text, facts)] == ["typed-figure"], text


@pytest.mark.parametrize("scale", ["thousand", "million", "billion", "trillion", "percent", "per cent"])
def test_the_digits_of_a_fact_before_a_scale_are_another_figure(typed: Find, scale: str) -> None:
    (problem,) = typed(f"80 {scale}")
    assert (problem.code, problem.hint) == ("bare-figure", MAKE)


@pytest.mark.parametrize("text", ["$45,250,000", "45,250,000", "$45.25 million", "45250000"])
def test_an_amount_with_a_qualifier_is_found_however_it_is_written(typed: Find, text: str) -> None:
    facts = "  some.money: {value: 45250000, unit: usd, label: spent, source: report, qualifier: over}\n"
    assert [problem.code for problem in typed(text, facts)] == ["typed-figure"]


def test_a_longer_name_is_spared_before_a_shorter_one_in_it(typed: Find) -> None:
    names = ("names_with_figures: [K-8]", "names_with_figures: ['Route 66', 'Route 66-7', 'a.b 5']")
    problems = typed("Route 66-7, Route 66, a.b 5, axb 5", edition=names)
    assert [problem.what for problem in problems if problem.where.line == 9] == [
        "The figure 5 is typed into the text.", "The figure 8 is typed into the text."
    ]  # fmt: skip


def test_without_names_every_figure_counts(typed: Find) -> None:
    problems = typed("", edition=("names_with_figures: [K-8]\n", ""))
    assert [problem.what for problem in problems] == ["The figure 8 is typed into the text."]


def test_a_fact_that_cannot_be_written_hides_none_of_the_others(typed: Find) -> None:
    facts = FEW.format("0.5").replace("count", "ordinal")
    assert [problem.code for problem in typed("177,000", facts)] == ["typed-figure"]


def test_an_edition_without_facts_has_only_bare_figures(load_edition: Callable[..., Edition]) -> None:
    edition = load_edition(facts="facts: {}\n", story="---\npage: feature\ntitle: A\n---\nOf 177,000.\n")
    assert [problem.what for problem in typed_figures(edition)] == ["The figure 177,000 is typed into the text."]


@pytest.mark.parametrize(
    "text",
    [
        "on 31 December, December 31, 2031, the 4th of May and 2031-05-04",
        "am 31. Dezember 2031, am 3.4.2031 und am 03.04.",
        "from 18:30 to 19.45 Uhr, 8 a.m. and 9 pm",
        "under § 4, §§ 12-14, Art. 31 Abs. 80 and Section 105b",
        "call +49 731 987-65, 0731 987-65, (562) 922-6111 or 562-922-6111",
        "DIN EN 805-1 and ISO 14289-1:2014",
        "grades 6-12, Klasse 5, a 20-year-old, eine 20-jährige, the 21st and 1º",
    ],
)
def test_dates_times_clauses_telephones_standards_grades_and_ordinals_state_no_figure(typed: Find, text: str) -> None:
    german = ("language: en-US", "language: de-DE") if "Dezember" in text else ("language: en-US", "language: en-US")
    assert typed(text, FEW.format(31) + FEW.format(80).replace("few.", "more."), edition=german) == []


@pytest.mark.parametrize("text", ["EUR 500 of it", "in March 31%", "18 members", "2 500 m", "the 7th"])
def test_a_figure_that_only_looks_like_them_is_still_found(typed: Find, text: str) -> None:
    assert typed(text)

"""What charts and drawings need of their data is checked before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from figures import FIGURES
from figures.artworks import ARTWORKS
from report.checks.drawable import drawing_problems
from report.edition.edition import Edition
from report.problems import Problem, Severity

Load = Callable[..., Edition]
Judge = Callable[..., list[Problem]]
FACTS = {
    "one.part": "{value: 5, unit: count, label: parts, source: report}",
    "other.part": "{value: 75, unit: count, label: other parts, source: report}",
    "no.part": "{value: 0, unit: count, label: none, source: report}",
    "below.zero": "{value: -3, unit: percent, label: fewer, source: report}",
    "whole.lot": "{value: 80, unit: count, label: in all, source: report}",
    "whole.none": "{value: 0, unit: count, label: in all, source: report}",
    "whole.large": "{value: 900, unit: count, label: in all, source: report}",
    "much.more": "{value: 90000, unit: count, label: more, source: report}",
    "usual.rate": "{value: 38, unit: percent, label: usual, source: report}",
    "peak.rate": "{value: 120, unit: percent, label: peak, source: report}",
    "grown.count": "{value: 9, unit: count, label: grown, source: report, prior: {value: 4, period: before}}",
    "rank.seventh": "{value: 7, unit: ordinal, label: in rank, source: report, outof: 105}",
    "rank.alone": "{value: 7, unit: ordinal, label: in rank, source: report}",
    "rank.beyond": "{value: 7, unit: ordinal, label: in rank, source: report, outof: 5}",
    "rank.many": "{value: 7, unit: ordinal, label: in rank, source: report, outof: 4000}",
}
EXTRA = "".join(f"  {name}: {fact}\n" for name, fact in FACTS.items())


@pytest.fixture
def judge(load_edition: Load) -> Judge:
    """Return a function that gives the problems of a chart with this figure, these facts, whole and options."""

    def chart_problems(figure: str, rows: str, whole: str = "", options: str = "") -> list[Problem]:
        series = "\n".join(f"      - {{fact: {fact}}}" for fact in rows.split())
        ends = f"    whole: {whole}\n" * bool(whole) + f"    options: {{{options}}}\n" * bool(options)
        chart = (
            f"charts:\n  ease:\n    figure: {figure}\n    title: A finding\n    subject: What is shown\n"
            f"    source: report\n    width: 6\n    lines: 10\n{ends}    series:\n{series}\n"
        )
        edition = load_edition(charts=chart, facts=("facts:\n", f"facts:\n{EXTRA}"))
        return list(drawing_problems(edition, FIGURES, ARTWORKS))

    return chart_problems


FITTING = [
    ("proportion_bar", "one.part other.part", "", ""),
    ("donut", "one.part other.part", "whole.lot", ""),
    ("strata", "one.part other.part", "whole.lot", ""),
    ("slope", "grown.count", "", "before: then, after: now"),
    ("rank_strip", "rank.seventh", "", ""),
    ("share_field", "one.part", "whole.large", "marks: 20.5"),
    ("percent_rings", "usual.rate", "", ""),
    ("range_bar", "usual.rate peak.rate", "", "maximum: 150"),
    ("dot_groups", "below.zero", "", ""),
    ("dot_scale", "usual.rate peak.rate", "", "unit: ''"),
    ("pictogram_rows", "one.part other.part", "", "unit: 5, key: Five people each"),
]


@pytest.mark.parametrize(("figure", "rows", "whole", "options"), FITTING)
def test_data_that_suits_its_figure_has_no_problem(
    judge: Judge, figure: str, rows: str, whole: str, options: str
) -> None:
    assert judge(figure, rows, whole, options) == []


UNFIT = [
    ("proportion_bar", "one.part", "", "needs 2 rows, but its `series` has 1", 9),
    ("slope", "grown.count grown.count", "", "needs 1 row, but its `series` has 2", 9),
    ("ranked_bars", "one.part " * 9, "", "needs 1 to 8 rows, but its `series` has 9", 9),
    ("slope", "one.part", "", "`one.part` has no prior value", 10),
    ("dot_field", "one.part", "", "has no `whole`", 3),
    ("dot_field", "other.part", "one.part", "a part greater than the whole: `other.part` is 75 of 5", 11),
    ("dot_field", "one.part", "whole.large", "at most 400 marks, but `whole.large` needs 900", 9),
    ("nested_bars", "no.part one.part", "whole.none", "needs a whole above zero, but `whole.none` is 0", 9),
    ("donut", "one.part one.part", "whole.lot", "they sum to 10 and `whole.lot` is 80", 10),
    ("strata", "one.part", "", "has no `whole`", 3),
    ("rank_strip", "rank.alone", "", "`rank.alone` has no `outof`", 10),
    ("rank_strip", "rank.beyond", "", "`rank.beyond` is 7 out of 5", 10),
    ("rank_strip", "rank.many", "", "`rank.many` needs 4,000", 10),
    ("percent_rings", "peak.rate", "", "from 0 to 100, but `peak.rate` is 120", 10),
    ("percent_rings", "one.part", "", "with the unit percent, not count", 10),
    ("ranked_bars", "below.zero", "", "at least 0, but `below.zero` is -3", 10),
    ("ranked_bars", "one.part usual.rate", "", "mixes the units count, percent", 9),
    ("proportion_bar", "no.part no.part", "", "every value is zero", 9),
    ("range_bar", "usual.rate peak.rate", "", "120% lies beyond the end of the scale", 3),
    ("unit_tiles", "much.more", "", "it would have 90,000 tiles", 3),
    ("pictogram_rows", "much.more", "", "a row would have 9,000 little figures", 3),
]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ("before: '2019', after: now", "names the period before 2019, but its data are of before"),
        ("before: then, after: '2019'", "names the period after 2019, but its data are of 2023 or 2024 or tiny"),
    ],
)
def test_the_years_of_a_chart_are_those_of_its_data(judge: Judge, options: str, what: str) -> None:
    (problem,) = judge("slope", "grown.count", "", options)
    assert what in problem.what
    assert judge("slope", "grown.count", "", "before: then, after: '2024'") == []


@pytest.mark.parametrize(("figure", "rows", "whole", "what", "line"), UNFIT)
def test_data_that_does_not_suit_its_figure_is_refused_before_anything_is_drawn(
    judge: Judge, figure: str, rows: str, whole: str, what: str, line: int
) -> None:
    (problem,) = judge(figure, rows, whole)
    assert (problem.code, problem.severity) == ("chart-data", Severity.ERROR)
    assert problem.what.startswith(f"The chart `ease` ({figure}) ")
    assert what in problem.what
    assert problem.hint.endswith(".")
    assert problem.where.line == line


@pytest.mark.parametrize(
    ("option", "code", "what", "hint"),
    [
        ("markz: 1000", "unknown-option", "has no option `markz`", "Did you mean `marks`?"),
        ("marks: many", "bad-option", "must be a number, not many", "Write the bare number"),
        ("marks: true", "bad-option", "must be a number", "Write the bare number"),
        ("marks: 0", "bad-option", "must be from 20 to 2,500, not 0", "Correct the value."),
        ("key: 7", "bad-option", "must be text, not 7", "If it is text, put it in quotes"),
    ],
)
def test_an_unknown_or_invalid_option_is_refused_at_its_place(
    judge: Judge, option: str, code: str, what: str, hint: str
) -> None:
    (problem,) = judge("share_field", "one.part", "whole.lot", option)
    assert (problem.code, problem.severity, problem.where.line) == (code, Severity.ERROR, 10)
    assert what in problem.what
    assert problem.hint.startswith(hint)


@pytest.mark.parametrize("figure", ["unit_tiles", "pictogram_rows"])
def test_a_mark_that_stands_for_nothing_is_refused(judge: Judge, figure: str) -> None:
    (problem,) = judge(figure, "one.part", "", "unit: 0")
    assert problem.what == "The option `unit` must be at least 1, not 0."


def test_a_figure_without_options_says_so(judge: Judge) -> None:
    (problem,) = judge("ranked_bars", "one.part", "", "marks: 3")
    assert problem.hint == "`ranked_bars` has no options. Remove it."


def test_a_drawing_that_counts_an_unknown_fact_is_an_error_at_its_name(load_edition: Load) -> None:
    edition = load_edition(facts=("county.districts:", "county.district:"))
    (problem,) = drawing_problems(edition, FIGURES, ARTWORKS)
    assert (problem.code, str(problem.where)) == ("unknown-fact", "data/tiny/quotes.yaml:9:15")
    assert problem.what.startswith("The drawing `beacon` of the quotation child counts `county.districts`")
    assert problem.hint.startswith("Did you mean `county.district`")


def test_a_drawing_that_cannot_show_so_many_marks_is_a_warning(load_edition: Load) -> None:
    (problem,) = drawing_problems(load_edition(facts=("value: 80,", "value: 800,")), FIGURES, ARTWORKS)
    assert (problem.severity, problem.what) == (
        Severity.WARNING, "The drawing `beacon` can show 24 to 120 rays, not 800.",
    )  # fmt: skip


@pytest.mark.parametrize(("counts", "number"), [("[]", 0), ("[{fact: ease.rate}, {fact: ease.rate}]", 2)])
def test_counts_lists_one_fact_for_each_kind_of_mark_in_a_drawing(load_edition: Load, counts: str, number: int) -> None:
    edition = load_edition(quotes=("counts: [{fact: county.districts}]", f"counts: {counts}"))
    (problem,) = drawing_problems(edition, FIGURES, ARTWORKS)
    drawing = "The drawing `beacon` of the quotation child"
    assert problem.what == f"{drawing} counts rays (24 to 120), but `counts` lists {number} facts."


def test_one_mark_can_stand_for_many(load_edition: Load) -> None:
    edition = load_edition(
        facts=("value: 80,", "value: 800,"),
        quotes=("[{fact: county.districts}]", "[{fact: county.districts, each: 10}]"),
    )
    assert list(drawing_problems(edition, FIGURES, ARTWORKS)) == []

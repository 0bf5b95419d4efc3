"""The limits of what a chart form or a drawing declares: the last value that fits, and the first that does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any, cast

import pytest
from conftest import TINY

from report.checks.drawable import drawing_problems
from report.design.look import Artwork, ChartData, ChartForm, Needs, NumberOption, TextOption
from report.edition.edition import Edition
from report.problems import Problem, Severity

Load = Callable[..., Edition]
Judge = Callable[..., list[Problem]]
Pointed = Callable[[Problem], str]
ROW = "      - {fact: ease.served, label: Served, emphasis: true}\n"  # 11,102 of 177,000
ROWS = (ROW, ROW + "      - {fact: county.students}\n")
ATTENDANCE = ("fact: ease.served, label: Served", "fact: da.attendance")
RANK = (
    "whole: ease.covered\n    series:\n      - {fact: ease.served, label: Served",
    "series:\n      - {fact: advocacy.rank",
)


@pytest.fixture
def judge(load_edition: Load) -> Judge:
    """Return a function that gives the problems of the tiny edition's chart, if its form needs this."""

    def chart_problems(needs: Needs | None = None, options: Any = None, **changes: object) -> list[Problem]:
        form = ChartForm("Chart", cast("Any", None), needs or Needs(), options or {"marks": NumberOption()})
        drawn = {name: Artwork(cast("Any", None), marks) for name, marks in (("beacon", RAYS), ("cover", SEEDS))}
        return list(drawing_problems(load_edition(**changes), {"share_field": form}, drawn))

    return chart_problems


RAYS = {"rays": (24, 120)}
SEEDS = {"seeds": (1, 5000)}


@dataclass(frozen=True)
class Case:
    """What a form needs, the changes of the edition, and the problem: its text, hint and place; none if it fits."""

    needs: Needs
    changes: dict[str, object]
    what: str = ""
    hint: str = ""
    at: str = ""


CASES = {
    "a row is enough": Case(Needs(rows=(1, 1)), {}),
    "a row too few": Case(
        Needs(rows=(2, 3)),
        {},
        "needs 2 to 3 rows, but its `series` has 1",
        "Add rows, or choose another figure.",
        "series:",
    ),
    "two rows fit": Case(Needs(rows=(2, 2)), {"charts": ROWS}),
    "a row too many": Case(
        Needs(rows=(1, 1)),
        {"charts": ROWS},
        "needs 1 row, but its `series` has 2",
        "Remove rows, or choose another figure.",
        "series:",
    ),
    "the least value": Case(Needs(values=(11102, inf)), {}),
    "below the least": Case(
        Needs(values=(11103, inf)),
        {},
        "needs every value to be at least 11,103, but `ease.served` is 11,102",
        "Correct the fact, or choose another figure.",
        "fact: ease.served",
    ),
    "the greatest value": Case(Needs(values=(0, 11102)), {}),
    "above the greatest": Case(
        Needs(values=(-inf, 11101)),
        {},
        "needs every value to be at most 11,101, but `ease.served` is 11,102",
        "Correct the fact, or choose another figure.",
        "fact: ease.served",
    ),
    "outside both": Case(
        Needs(values=(0, 100)), {}, "to be from 0 to 100, but", "Correct the fact", "fact: ease.served"
    ),
    "its unit": Case(Needs(units=("usd", "count")), {}),
    "another unit": Case(
        Needs(units=("usd", "score")),
        {},
        "needs facts with the unit usd or score, not count",
        "Choose another figure for these facts.",
        "fact: ease.served",
    ),
    "a whole of another unit": Case(
        Needs(),
        {"charts": ("whole: ease.covered", "whole: ease.rate")},
        "mixes the units count, percent",
        "Use facts with the same unit, or make two charts.",
        "series:",
    ),
    "no whole": Case(
        Needs(whole=True),
        {"charts": ("    whole: ease.covered\n", "")},
        "shows parts of a whole, but has no `whole`",
        "Add a line `whole: topic.thing`.",
        "figure: share_field",
    ),
    "a whole of nothing": Case(
        Needs(whole=True),
        {"facts": ("value: 177000", "value: 0")},
        "needs a whole above zero, but `ease.covered` is 0",
        "Correct the fact.",
        "whole: ease.covered",
    ),
    "a whole that is not needed": Case(Needs(), {"facts": ("value: 177000", "value: 0")}),
    "a part of the size of the whole": Case(
        Needs(whole=True, complete=True), {"facts": ("value: 11102", "value: 177000")}
    ),
    "a part greater than the whole": Case(
        Needs(whole=True),
        {"facts": ("value: 11102", "value: 177001")},
        "has a part greater than the whole: `ease.served` is 177,001 of 177,000",
        "Correct one of the two facts.",
        "fact: ease.served",
    ),
    "parts within the rounding": Case(Needs(whole=True, complete=True), {"facts": ("value: 11102", "value: 176115")}),
    "parts beyond the rounding": Case(
        Needs(whole=True, complete=True),
        {"facts": ("value: 11102", "value: 176114")},
        "needs parts that add up to the whole, but they sum to 176,114 and `ease.covered` is 177,000",
        "Add the missing part, correct a fact, or choose another figure.",
        "series:",
    ),
    "parts that need not add up": Case(Needs(whole=True), {}),
    "as many marks as can be drawn": Case(Needs(whole=True, largest=177000), {}),
    "a mark too many": Case(
        Needs(whole=True, largest=176999),
        {},
        "can draw at most 176,999 marks, but `ease.covered` needs 177,000",
        "Choose a figure in which one mark stands for many.",
        "whole: ease.covered",
    ),
    "a prior value": Case(Needs(prior=True), {"charts": ATTENDANCE}),
    "a prior value of zero": Case(Needs(prior=True), {"charts": ATTENDANCE, "facts": ("value: 8318", "value: 0")}),
    "a prior value below zero": Case(
        Needs(prior=True),
        {"charts": ATTENDANCE, "facts": ("value: 8318", "value: -1")},
        "shows a change, but `da.attendance` has no prior value of at least zero",
        "Give `da.attendance` a `prior` with `value` and `period` in facts.yaml.",
        "fact: da.attendance",
    ),
    "no prior value": Case(
        Needs(prior=True),
        {},
        "shows a change, but `ease.served` has no prior value.",
        "Give `ease.served`",
        "fact: ease.served",
    ),
    "the last rank": Case(Needs(outof=True), {"charts": RANK, "facts": ("value: 7\n", "value: 105\n")}),
    "the first rank": Case(Needs(outof=True), {"charts": RANK, "facts": ("value: 7\n", "value: 1\n")}),
    "a rank beyond the last": Case(
        Needs(outof=True),
        {"charts": RANK, "facts": ("value: 7\n", "value: 106\n")},
        "needs a rank from 1 to its `outof`, but `advocacy.rank` is 106 out of 105",
        "Give `advocacy.rank` an `outof` in facts.yaml: the number of places",
        "fact: advocacy.rank",
    ),
    "no rank": Case(
        Needs(outof=True),
        {},
        "shows a rank, but `ease.served` has no `outof`.",
        "Give `ease.served` an",
        "fact: ease.served",
    ),
    "as many places as can be drawn": Case(Needs(outof=True, largest=105), {"charts": RANK}),
    "a place too many": Case(
        Needs(outof=True, largest=104),
        {"charts": RANK},
        "can draw at most 104 marks, but `advocacy.rank` needs 105",
        "Choose a figure",
        "fact: advocacy.rank",
    ),
    "nothing to draw": Case(
        Needs(),
        {"facts": ("value: 11102", "value: 0")},
        "has nothing to draw: every value is zero",
        "Correct the facts, or remove the chart.",
        "series:",
    ),
    "nothing, where that may be": Case(Needs(blank=True), {"facts": ("value: 11102", "value: 0")}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_a_form_needs_of_its_data_is_met_or_refused_at_its_place(
    judge: Judge, pointed: Pointed, case: Case
) -> None:
    problems = judge(case.needs, **case.changes)
    assert len(problems) == bool(case.what)
    for problem in problems:
        assert (problem.code, problem.severity) == ("chart-data", Severity.ERROR)
        assert problem.what.startswith("The chart `ease` (share_field) ")
        assert case.what in problem.what
        assert problem.hint.startswith(case.hint)
        assert pointed(problem).startswith(case.at)


def test_a_whole_that_is_missing_is_named_at_the_figure_wherever_that_stands(judge: Judge, pointed: Pointed) -> None:
    figure, rest = "    figure: share_field\n", "".join(TINY["charts"].splitlines(keepends=True)[4:10])
    (problem,) = judge(Needs(whole=True), charts=(f"{figure}{rest}    whole: ease.covered\n", f"{rest}{figure}"))
    assert pointed(problem).startswith("figure: share_field")


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        (NumberOption(least=1000, most=1000), "1000", ""),
        (NumberOption(least=1000.5), "1000", "at least 1,000.5, not 1000"),
        (NumberOption(most=999), "1000", "at most 999, not 1000"),
        (NumberOption(least=1, most=999), "1000", "from 1 to 999, not 1000"),
        (NumberOption(), "-10.5", ""),
        (NumberOption(), "'1000'", "a number, not 1000"),
        (NumberOption(), "true", "a number, not True"),
        (TextOption(), "a few", ""),
        (TextOption(), "1000", "text, not 1000"),
    ],
)
def test_an_option_keeps_its_type_and_its_bounds(
    judge: Judge, pointed: Pointed, option: Any, value: str, message: str
) -> None:
    problems = judge(None, {"marks": option}, charts=("marks: 1000", f"marks: {value}"))
    assert [problem.what for problem in problems] == [f"The option `marks` must be {message}."] * bool(message)
    assert all(pointed(problem).startswith(f"marks: {value}") and problem.code == "bad-option" for problem in problems)


def test_an_unknown_option_is_named_at_its_key(judge: Judge, pointed: Pointed) -> None:
    (problem,) = judge(charts=("marks: 1000", "marks: 1000, mraks: 5"))
    assert (problem.code, problem.hint) == ("unknown-option", "Did you mean `marks`?")
    assert pointed(problem).startswith("mraks: 5")


def test_the_own_check_of_a_form_sees_its_options_and_gives_the_reason_and_the_remedy(
    judge: Judge, pointed: Pointed
) -> None:
    def also(data: ChartData) -> Iterator[str]:
        yield f"it would have {data.options['marks']} marks; use fewer; or none"

    (problem,) = judge(Needs(also=also))
    assert problem.what == "The chart `ease` (share_field) cannot show its data: it would have 1000 marks."
    assert problem.hint == "Use fewer; or none."
    assert pointed(problem).startswith("options: {marks: 1000}")
    assert [problem.code for problem in judge(Needs(also=also), charts=("marks:", "markz:"))] == ["unknown-option"]
    assert ["needs 2 rows" in problem.what for problem in judge(Needs(also=also, rows=(2, 2)))] == [True]


def test_a_chart_of_unknown_facts_has_only_the_problems_of_its_options(judge: Judge) -> None:
    changes = {"charts": ("fact: ease.served", "fact: ease.servd")}
    assert judge(Needs(rows=(5, 5)), **changes) == []
    assert [problem.code for problem in judge(Needs(rows=(5, 5)), {"a": TextOption()}, **changes)] == ["unknown-option"]
    assert judge(Needs(rows=(5, 5)), charts=("whole: ease.covered", "whole: ease.coverd")) == []


def test_where_there_is_no_figure_or_drawing_the_manual_lists_them(load_edition: Load, pointed: Pointed) -> None:
    figure, beacon, *covers = drawing_problems(load_edition(), {}, {})
    assert (figure.what, beacon.what) == ("There is no figure `share_field`.", "There is no artwork `beacon`.")
    assert figure.hint == "See docs/data-format.md for a list of figures."
    assert beacon.hint == "See docs/data-format.md for a list of artworks."
    assert pointed(figure).startswith("figure: share_field")
    assert pointed(beacon).startswith("artwork: beacon")
    assert {(problem.code, problem.where.file) for problem in covers} == {
        ("unknown-artwork", f"data/tiny/sections/{name}.md") for name in ("cover", "contents", "back")
    }


@pytest.mark.parametrize(
    ("value", "each", "shown"), [("24", 1, ""), ("23", 1, "23"), ("120", 1, ""), ("121", 1, "121"), ("1209", 10, "")]
)
def test_a_drawing_shows_whole_marks_from_its_least_to_its_most(
    judge: Judge, value: str, each: int, shown: str
) -> None:
    problems = judge(
        facts=("value: 80,", f"value: {value},"),
        quotes=("{fact: county.districts}", f"{{fact: county.districts, each: {each}}}"),
    )
    assert [problem.what for problem in problems] == [
        f"The drawing `beacon` can show 24 to 120 rays, not {shown}."
    ] * bool(shown)
    assert all(problem.severity is Severity.WARNING and "Change `each`" in problem.hint for problem in problems)


def test_a_drawing_without_marks_counts_nothing(load_edition: Load, pointed: Pointed) -> None:
    drawn = {"beacon": Artwork(cast("Any", None), {}), "cover": Artwork(cast("Any", None), SEEDS)}
    edition = load_edition(charts="charts: {}\n")
    (problem,) = drawing_problems(edition, {}, drawn)
    assert problem.code == "artwork-counts"
    assert problem.what == "The drawing `beacon` of the quotation child counts nothing, but `counts` lists 1 fact."
    assert problem.hint == "Remove `counts`."
    assert pointed(problem).startswith("artwork: beacon")


def test_a_drawing_of_a_section_names_the_section_and_every_kind_of_mark(load_edition: Load, pointed: Pointed) -> None:
    two = {"seeds": (1, 5000), "rows": (2, 3)}
    drawn = {"beacon": Artwork(cast("Any", None), RAYS), "cover": Artwork(cast("Any", None), two)}
    first, *_ = drawing_problems(load_edition(charts="charts: {}\n"), {}, drawn)
    assert "of the section back counts seeds (1 to 5,000), then rows (2 to 3), but `counts` lists 1 fact." in first.what
    assert first.hint == "Write `counts: [{fact: topic.thing}]`, with one fact for each."
    assert pointed(first).startswith("cover")


def test_what_a_drawing_counts_in_a_section_must_be_a_fact(judge: Judge, pointed: Pointed) -> None:
    story = ("page: feature\n", "page: feature\nartwork: cover\ncounts: [{fact: county.student}]\n")
    (problem,) = judge(story=story)
    assert (problem.code, problem.severity) == ("unknown-fact", Severity.ERROR)
    assert problem.what == "The drawing `cover` of the section story counts `county.student`, which is not a fact."
    assert problem.hint.startswith("Did you mean `county.students`")
    assert pointed(problem).startswith("fact: county.student}")

"""Problems as a person reads them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from report.cli.listing import listing, summary
from report.problems import Place, Problem, ReportError, did_you_mean, error, has_errors, in_order, warning

FOUND = [
    warning("w", Place("b.yaml", 3, 1), "A warning.", "Mind it."),
    error("e", Place("b.yaml", 9, 2), "Second."),
    error("e", Place("b.yaml", 2, 7), "First.", "Do this."),
    error("e", Place("a.md", 40, 1), "Elsewhere."),
    warning("w", Place(page=17, component="chart"), "Clipped."),
]


def test_problems_are_grouped_by_file_with_errors_before_warnings_and_a_count_at_the_end() -> None:
    assert listing(FOUND) == (
        "a.md\n"
        "  a.md:40:1: error: Elsewhere.\n"
        "b.yaml\n"
        "  b.yaml:2:7: error: First.\n"
        "      Do this.\n"
        "  b.yaml:9:2: error: Second.\n"
        "The finished pages\n"
        "  page 17, chart: warning: Clipped.\n"
        "b.yaml\n"
        "  b.yaml:3:1: warning: A warning.\n"
        "      Mind it.\n"
        "3 errors, 2 warnings"
    )


def test_no_problem_is_no_text() -> None:
    assert listing([]) == ""


def test_colour_is_used_only_where_asked_for() -> None:
    assert "\033[" not in listing(FOUND)
    assert "\033[31merror\033[0m" in listing(FOUND, colour=True)
    assert "\033[33mwarning\033[0m" in listing(FOUND, colour=True)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (FOUND, "3 errors, 2 warnings"),
        (FOUND[:1], "1 warning"),
        (FOUND[1:2], "1 error"),
        (FOUND[:2], "1 error, 1 warning"),
    ],
)
def test_a_summary_counts_errors_and_warnings(found: list[Problem], text: str) -> None:
    assert summary(found) == text


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("facts.yaml", 41, 12), "facts.yaml:41:12"),
        (Place("facts.yaml", 41), "facts.yaml:41"),
        (Place("facts.yaml"), "facts.yaml"),
        (Place(page=17), "page 17"),
        (Place("a.md", 9, 1, 17, "chart"), "page 17, chart (a.md:9:1)"),
        (Place(), ""),
    ],
)
def test_a_place_is_written_as_editors_understand_it(place: Place, text: str) -> None:
    assert str(place) == text


def test_a_problem_is_written_with_place_severity_sentence_and_hint() -> None:
    assert str(FOUND[2]) == "b.yaml:2:7: error: First. Do this."
    assert str(FOUND[1]) == "b.yaml:9:2: error: Second."


def test_problems_come_in_order_and_each_once() -> None:
    assert [problem.what for problem in in_order([*FOUND, *FOUND])] == [
        "Elsewhere.", "First.", "Second.", "Clipped.", "A warning.",
    ]  # fmt: skip
    assert (has_errors(FOUND), has_errors(FOUND[:1]), has_errors([])) == (True, False, False)


def test_a_failure_carries_every_problem() -> None:
    failure = ReportError(problem for problem in FOUND)
    assert failure.problems == tuple(FOUND)
    assert str(failure).count("\n") == 4


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("lable", ["label", "unit"], "Did you mean `label`?"),
        ("school.court", ["schools.court", "school.courts", "x"], "Did you mean `schools.court` or `school.courts`?"),
        ("zzz", ["b", "a"], "Known: a, b."),
        ("zzz", [], ""),
        ("zzz", [f"name-{n}" for n in range(17)], ""),
    ],
)
def test_did_you_mean_names_the_closest_or_what_there_is(word: str, known: list[str], hint: str) -> None:
    assert did_you_mean(word, known) == hint


def test_a_listing_of_a_real_edition_names_every_file_once_for_errors(
    problems_of: Callable[..., list[Problem]],
) -> None:
    text = listing(problems_of(charts=("share_field", "x"), story=("[advocacy.rank]", "[advocacy.x]")))
    assert text.startswith("data/tiny/charts.yaml\n  data/tiny/charts.yaml:4:5: error: There is no figure `x`.")
    assert text.endswith("2 errors, 1 warning")


def test_a_listing_does_not_let_a_text_of_the_data_steer_the_terminal() -> None:
    assert "\x1b" not in listing([error("e", Place("a.yaml", 1, 1), "`\x1b[2J\x1b]0;owned\x07` is not a key.")])

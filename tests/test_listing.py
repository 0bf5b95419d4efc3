"""Problems as text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from report.cli.listing import listing, summary
from report.problems import Place, Problem, ReportError, did_you_mean, error, has_errors, in_order, warning

PROBLEMS = [
    warning("w", Place("b.yaml", 3, 1), "A warning.", "Mind it."),
    error("e", Place("b.yaml", 9, 2), "Second."),
    error("e", Place("b.yaml", 2, 7), "First.", "Do this."),
    error("e", Place("a.md", 40, 1), "Elsewhere."),
    warning("w", Place(page=17, component="chart"), "Clipped."),
]


def test_problems_are_grouped_by_file_with_errors_before_warnings_and_a_count_at_the_end() -> None:
    assert listing(PROBLEMS) == (
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


def test_without_problems_the_text_is_empty() -> None:
    assert listing([]) == ""


def test_colour_is_used_only_on_request() -> None:
    assert "\033[" not in listing(PROBLEMS)
    assert "\033[31merror\033[0m" in listing(PROBLEMS, colour=True)
    assert "\033[33mwarning\033[0m" in listing(PROBLEMS, colour=True)


@pytest.mark.parametrize(
    ("problems", "text"),
    [
        (PROBLEMS, "3 errors, 2 warnings"),
        (PROBLEMS[:1], "1 warning"),
        (PROBLEMS[1:2], "1 error"),
        (PROBLEMS[:2], "1 error, 1 warning"),
    ],
)
def test_a_summary_counts_errors_and_warnings(problems: list[Problem], text: str) -> None:
    assert summary(problems) == text


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
def test_a_place_has_the_form_that_editors_recognise(place: Place, text: str) -> None:
    assert str(place) == text


def test_a_problem_is_written_with_place_severity_message_and_hint() -> None:
    assert str(PROBLEMS[2]) == "b.yaml:2:7: error: First. Do this."
    assert str(PROBLEMS[1]) == "b.yaml:9:2: error: Second."


def test_problems_are_sorted_without_duplicates() -> None:
    assert [problem.what for problem in in_order([*PROBLEMS, *PROBLEMS])] == [
        "Elsewhere.", "First.", "Second.", "Clipped.", "A warning.",
    ]  # fmt: skip
    assert (has_errors(PROBLEMS), has_errors(PROBLEMS[:1]), has_errors([])) == (True, False, False)


def test_a_report_error_carries_every_problem() -> None:
    failure = ReportError(problem for problem in PROBLEMS)
    assert failure.problems == tuple(PROBLEMS)
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
def test_did_you_mean_names_the_closest_words_or_all_of_a_few(word: str, known: list[str], hint: str) -> None:
    assert did_you_mean(word, known) == hint


def test_a_listing_of_a_real_edition_names_every_file_once_for_errors(
    problems_of: Callable[..., list[Problem]],
) -> None:
    text = listing(problems_of(charts=("share_field", "x"), story=("[advocacy.rank]", "[advocacy.x]")))
    assert text.startswith("data/tiny/charts.yaml\n  data/tiny/charts.yaml:4:5: error: There is no figure `x`.")
    assert text.endswith("2 errors, 1 warning")


def test_text_from_the_data_cannot_control_the_terminal() -> None:
    assert "\x1b" not in listing([error("e", Place("a.yaml", 1, 1), "`\x1b[2J\x1b]0;owned\x07` is not a key.")])

"""The checks of checks.yaml: a failure names the facts, both places, and the correct value."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from report.problems import Problem

Find = Callable[..., Problem]
FindAll = Callable[..., list[Problem]]
Pointed = Callable[[Problem], str]

SCHOOLS = """\
  schools.court: {value: 600, unit: count, label: in Court Schools, source: report}
  schools.arts: {value: 300, unit: count, label: in arts schools, source: report}
  schools.community: {value: 100, unit: count, label: in community schools, source: report}
  schools.total: {value: 1000, unit: count, label: in all schools, source: report}
  schools.none: {value: 0, unit: count, label: in no school, source: report}
  ease.covered:"""
SHOWN = "[[facts: schools.court, schools.arts, schools.community, schools.total, schools.none]]\n\n[[chart: ease]]"
PARTS = "parts: [schools.court, schools.arts, schools.community]"


def changed(check: str, fact: tuple[str, str] = ("", "")) -> dict[str, object]:
    """Return an edition with the schools, one of their values changed, and one check."""
    return {
        "facts": ("  ease.covered:", SCHOOLS.replace(*fact)),
        "story": ("[[chart: ease]]", SHOWN),
        "checks": f"checks:\n  - {{id: it, {check}}}\n",
    }


HOLD = [
    f"kind: sum, {PARTS}, equals: schools.total",
    f"kind: shares, {PARTS}, whole: schools.total, decimals: 1",
    "kind: share, part: schools.arts, whole: schools.total, expect: 30",
    "kind: share, part: ease.served, whole: ease.covered, equals: ease.rate, decimals: 1",
    "kind: change, fact: da.attendance, expect: 27.5, decimals: 1",
    "kind: at-most, fact: schools.arts, limit: schools.court",
    "kind: at-most, fact: schools.arts, limit: schools.arts",
]


@pytest.mark.parametrize(
    "check",
    [
        *HOLD,
        "kind: change, fact: da.attendance, expect: 27.47, decimals: 2",
        "kind: share, part: schools.none, whole: schools.total, expect: 0",
    ],
)
def test_a_check_that_holds_gives_no_problem(problems_of: FindAll, check: str) -> None:
    assert problems_of(**changed(check)) == []


@pytest.mark.parametrize(
    ("check", "fact", "right", "names"),
    [
        (HOLD[0], ("600", "601"), "1,001", ["schools.court", "schools.arts", "schools.total"]),
        (HOLD[1], ("600", "620"), "1,020", ["schools.court", "schools.arts", "schools.total"]),
        (HOLD[2], ("300", "310"), "31", ["schools.arts", "schools.total"]),
        (HOLD[3].replace("ease.served", "schools.total"), ("", ""), "0.6", ["schools.total", "ease.covered"]),
        (HOLD[4].replace("27.5", "27.4"), ("", ""), "27.5", ["da.attendance"]),
        (HOLD[5], ("300", "700"), "600", ["schools.arts", "schools.court"]),
    ],
    ids=["sum", "shares", "share", "share of a fact", "change", "at most"],
)
def test_a_check_that_fails_names_the_facts_their_places_and_the_right_value(
    problem_of: Find, pointed: Pointed, check: str, fact: tuple[str, str], right: str, names: list[str]
) -> None:
    problem = problem_of("check-failed", **changed(check, fact))
    message = f"{problem.what} {problem.hint}"
    assert (problem.where.file, problem.where.line) == ("data/tiny/checks.yaml", 2)
    assert pointed(problem).startswith("{id: it")
    assert re.search(rf"(Change the (value|whole) to|must be at most) {re.escape(right)}[,.] ?", problem.hint)
    assert all(f"`{name}`" in message for name in names)
    assert "line " in message or "data/tiny/facts.yaml:" in message


def test_a_total_that_fails_has_the_place_of_the_total_and_the_lines_of_its_parts(problem_of: Find) -> None:
    problem = problem_of("check-failed", **changed(HOLD[0], ("600", "601")))
    assert "`schools.total` is 1,000 (data/tiny/facts.yaml:6:19)" in problem.what
    assert "`schools.court` on line 3, `schools.arts` on line 4, `schools.community` on line 5" in problem.hint


def test_a_difference_within_the_tolerance_is_fine(problems_of: FindAll) -> None:
    check = f"{HOLD[0]}, tolerance: 1"
    assert problems_of(**changed(check, ("600", "601"))) == []
    assert [problem.code for problem in problems_of(**changed(check, ("600", "602")))] == ["check-failed"]


def test_parts_that_do_not_make_up_the_whole_fail_however_coarsely_they_are_rounded(problem_of: Find) -> None:
    check = f"kind: shares, {PARTS}, whole: schools.total, decimals: 0"
    assert "`it` fails" in problem_of("check-failed", **changed(check, ("600", "604"))).what


@pytest.mark.parametrize(
    ("check", "fact", "message"),
    [
        (HOLD[2], ("300", "310"), "`schools.arts` of `schools.total` in percent gives 31, but the expected value is "
         "30 (data/tiny/checks.yaml:2:5)"),
        (HOLD[4].replace("27.5", "27"), ("", ""), "the change of `da.attendance` from its prior value gives 27.5, but"),
        (HOLD[0], ("600", "601"), "`schools.court` + `schools.arts` + `schools.community` gives 1,001, but `"),
        (HOLD[1], ("600", "620"), "the shares of `schools.total` sum to 102.0, not to 100, because the parts sum to "
         "1,020 and the whole is 1,000 (data/tiny/facts.yaml:6:3)"),
        (HOLD[5], ("300", "7000"), "`schools.arts` is 7,000 (data/tiny/facts.yaml:4:3), more than `schools.court`, "
         "which is 600 (data/tiny/facts.yaml:3:3)"),
    ],
)  # fmt: skip
def test_a_check_that_fails_says_what_it_computed(
    problem_of: Find, check: str, fact: tuple[str, str], message: str
) -> None:
    assert problem_of("check-failed", **changed(check, fact)).what.startswith(f"The check `it` fails: {message}")


def test_a_share_is_compared_at_the_decimals_of_its_check(problems_of: FindAll) -> None:
    check = "kind: share, part: schools.court, whole: schools.total, expect: {0}, decimals: {1}"
    for expect, decimals, holds in ((60, 0, True), ("60.1", 0, False), ("60.04", 2, True), ("60.0", 2, False)):
        fact = ("600", "600.4")
        codes = [each.code for each in problems_of(**changed(check.format(expect, decimals), fact))]
        assert ("check-failed" not in codes) is holds, (expect, decimals)


def test_parts_that_differ_by_less_than_the_rounding_still_fail(problem_of: Find) -> None:
    check = f"kind: shares, {PARTS}, whole: schools.total, decimals: 1"
    for value in ("599", "601"):
        assert problem_of("check-failed", **changed(check, ("600", value))).hint.startswith("Change the whole to ")


def test_a_check_marked_to_renew_is_not_run(problems_of: FindAll) -> None:
    check = f"{HOLD[0]}, renew: true"
    assert [problem.code for problem in problems_of(**changed(check, ("600", "601")))] == ["to-renew"]


def test_a_check_after_one_that_is_to_be_renewed_or_incomplete_is_still_run(problems_of: FindAll) -> None:
    changes = changed(HOLD[0], ("600", "601"))
    changes["checks"] = (
        f"checks:\n  - {{id: a, {HOLD[0]}, renew: true}}\n  - {{id: b, kind: sum, {PARTS}}}\n  - {{id: c, {HOLD[0]}}}\n"
    )
    assert [(problem.code, problem.where.line) for problem in problems_of(**changes)] == [
        ("to-renew", 2), ("bad-check", 3), ("check-failed", 4)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "what", "hint"),
    [
        (f"kind: sum, {PARTS}", "The check `it` of the kind sum needs `equals`.", "Add `equals: ...`."),
        ("kind: change, fact: da.attendance", "The check `it` has no expected result.", "Add `equals: fact.id` or"),
        ("kind: change, fact: schools.arts, expect: 5", "The check `it` cannot be computed: the", "Correct the fact"),
        ("kind: at-most, fact: ease.rate, limit: ease.served", "The check `it` mixes the units count and percent.",
         "Compare only facts with the same unit."),
        ("kind: sum, parts: [schools.arts], equals: ease.rate", "The check `it` mixes the units", "Compare only facts"),
        ("kind: share, part: schools.arts, whole: ease.rate, expect: 3", "The check `it` mixes the units", "Compare"),
    ],
)  # fmt: skip
def test_an_incomplete_check_says_what_is_missing(problem_of: Find, check: str, what: str, hint: str) -> None:
    problem = problem_of("bad-check", **changed(check))
    assert (problem.where.file, problem.where.line) == ("data/tiny/checks.yaml", 2)
    assert problem.what.startswith(what)
    assert problem.hint.startswith(hint)


@pytest.mark.parametrize(
    ("check", "unknown"),
    [
        ("kind: sum, parts: [schools.art, schools.art], equals: schools.totals", ["schools.art", "schools.totals"]),
        ("kind: change, fact: da.atendance, equals: ease.rat", ["da.atendance", "ease.rat"]),
        ("kind: share, part: schools.art, whole: schools.totals, equals: ease.rate", ["schools.totals", "schools.art"]),
        ("kind: at-most, fact: schools.art, limit: schools.cort", ["schools.cort", "schools.art"]),
    ],
)
def test_every_unknown_fact_of_a_check_is_named_once(problems_of: FindAll, check: str, unknown: list[str]) -> None:
    found = [problem for problem in problems_of(**changed(check)) if problem.code == "unknown-fact"]
    assert {problem.what for problem in found} == {f"The check `it` uses an unknown fact `{name}`." for name in unknown}
    assert len(found) == len(unknown)
    assert {problem.where.line for problem in found} == {2}


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        (f"kind: sum, {PARTS}", "needs `equals`"),
        ("kind: sum, equals: schools.total", "needs `parts`"),
        ("kind: share, part: schools.arts, expect: 30", "needs `whole`"),
        ("kind: share, part: schools.arts, whole: schools.total", "has no expected result"),
        ("kind: change, fact: da.attendance", "has no expected result"),
        ("kind: at-most, fact: schools.arts", "needs `limit`"),
        ("kind: change, fact: schools.arts, expect: 5", "has no prior value"),
        ("kind: share, part: schools.arts, whole: schools.none, expect: 5", "a share of zero is undefined"),
        (f"kind: shares, {PARTS}, whole: schools.none", "a share of zero is undefined"),
    ],
)
def test_a_check_that_cannot_be_computed_gives_the_reason(problem_of: Find, check: str, reason: str) -> None:
    problem = problem_of("bad-check", **changed(check))
    assert reason in problem.what
    assert problem.where.line == 2


def test_a_check_of_an_unknown_fact_names_the_one_that_was_meant(problem_of: Find) -> None:
    problem = problem_of("unknown-fact", **changed(HOLD[5].replace("limit: schools.court", "limit: schools.curt")))
    assert "`schools.curt`" in problem.what
    assert problem.hint.startswith("Did you mean `schools.court`")


def test_dollars_are_not_added_to_people(problem_of: Find) -> None:
    check = "kind: sum, parts: [schools.court, ease.rate], equals: schools.total, tolerance: 1000"
    assert "unit" in problem_of("bad-check", **changed(check)).what


def test_every_check_that_fails_is_listed(problems_of: FindAll) -> None:
    changes = changed(HOLD[0], ("600", "601"))
    changes["checks"] = f"checks:\n  - {{id: a, {HOLD[0]}}}\n  - {{id: b, {HOLD[4].replace('27.5', '3')}}}\n"
    problems = problems_of(**changes)
    assert [(problem.code, problem.where.line) for problem in problems] == [("check-failed", 2), ("check-failed", 3)]

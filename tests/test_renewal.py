"""The marks of a new edition: what is still that of the previous one, and what a draft tolerates."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from report.edition.edition import Edition
from report.edition.renewal import CODE, for_draft, renewal_problems
from report.problems import Place, Problem, Severity, error, warning

Load = Callable[..., Edition]
Pointed = Callable[[Problem], str]
IMAGE = "images:\n  class: {file: a.jpg, alt: Children, credit: A. Person, renew: true}\n"


@pytest.mark.parametrize(
    ("name", "change", "what", "at"),
    [
        ("facts", ("outof: 105\n", "outof: 105\n    renew: true\n"), "The fact `advocacy.rank`", "renew: true"),
        ("charts", ("    width: 6\n", "    width: 6\n    renew: true\n"), "The chart `ease`", "renew: true"),
        ("quotes", ("    ground: ink\n", "    ground: ink\n    renew: true\n"), "The quotation `child`", "renew: true"),
        ("images", IMAGE, "The photograph `class`", "renew: true}"),
        ("checks", ("decimals: 1", "renew: true"), "The check `ease-rate`", "renew: true}"),
        (
            "story",
            ("page: feature\n", "page: feature\nrenew: true\n"),
            "The front matter of the section `story`",
            "renew",
        ),
    ],
)
def test_an_entry_to_renew_is_named_at_its_mark(
    load_edition: Load, pointed: Pointed, name: str, change: str | tuple[str, str], what: str, at: str
) -> None:
    (problem,) = renewal_problems(load_edition(**{name: change}))
    assert (problem.code, problem.severity) == (CODE, Severity.ERROR)
    assert problem.what == f"{what} is still from the previous edition."
    assert problem.hint == "Update or confirm it, then remove `renew: true`."
    assert pointed(problem).startswith(at)


def test_a_passage_to_renew_is_named_at_its_mark(load_edition: Load) -> None:
    (problem,) = renewal_problems(load_edition(story=("[[chart: ease]]\n", "[[chart: ease]]\n\n[[renew]]\n")))
    assert problem.what == "A passage of the section `story` is still from the previous edition."
    assert problem.hint == "Update or confirm the text, then remove [[renew]]."
    assert problem.where == Place("data/tiny/sections/story.md", 17, 1)


def test_a_key_of_the_edition_to_renew_is_named_where_it_stands(load_edition: Load, pointed: Pointed) -> None:
    edition = load_edition(edition=("slug: tiny-report\n", "slug: tiny-report\nrenew: [subject, subjct, published]\n"))
    first, unknown, last = renewal_problems(edition)
    assert (first.code, first.what) == (CODE, "`subject` is still from the previous edition.")
    assert first.hint == "Update or confirm it, then remove `subject` from `renew`."
    assert pointed(first).startswith("subject: A year")
    assert pointed(last).startswith("published: 2024-12-03")
    assert (unknown.code, unknown.what) == ("unknown-key", "`subjct` is not a key of this file.")
    assert unknown.hint.startswith("Did you mean `subject`")
    assert pointed(unknown).startswith("subjct")


def test_an_edition_without_marks_has_nothing_to_renew(load_edition: Load) -> None:
    assert list(renewal_problems(load_edition())) == []


def test_a_draft_tolerates_marks_and_sums_that_do_not_hold_yet_and_nothing_else() -> None:
    place = Place("a.yaml", 1, 1)
    found = [error(code, place, f"About {code}.") for code in (CODE, "check-failed", "unknown-fact", "bad-check", CODE)]
    problems, marks = for_draft([*found, warning("unused-fact", place, "Unused.")])
    assert marks == 2
    assert [(problem.code, problem.severity) for problem in problems] == [
        ("check-failed", Severity.WARNING), ("unknown-fact", Severity.ERROR), ("bad-check", Severity.WARNING),
        ("unused-fact", Severity.WARNING),
    ]  # fmt: skip
    assert problems[0].what == "About check-failed."

"""Earlier values of facts: matched by id, followed through renames, compared with stated priors."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from report.cli.trace import trace
from report.edition.edition import Edition
from report.edition.history import History, with_history
from report.edition.load import read
from report.problems import Problem
from report.project import Project

Write = Callable[..., Path]
Facts = dict[str, str]
WithHistory = tuple[Edition, list[Problem]]


@pytest.fixture
def with_earlier(write_edition: Write, tmp_path: Path) -> Callable[..., WithHistory]:
    """Return a function that writes the tiny edition and earlier ones with these facts, and loads it with history."""

    def write_and_load(earlier: dict[str, Facts], **changes: object) -> WithHistory:
        folder = write_edition(**changes)
        for name, facts in earlier.items():
            (tmp_path / "data" / name).mkdir(exist_ok=True)
            lines = [f"  {key}: {{{value}, label: a thing, source: report}}" for key, value in facts.items()]
            (tmp_path / "data" / name / "facts.yaml").write_text("\n".join(["facts:", *lines, ""]))
        history = History(tmp_path / "data", ["tiny", *earlier], "tiny")
        return with_history(read(folder, "data/tiny"), history)

    return write_and_load


def prior(edition: Edition, name: str) -> tuple[float, str] | None:
    value = edition.facts[name].prior
    return (float(value.value), value.period) if value else None


def test_a_fact_takes_its_prior_from_the_edition_just_before(with_earlier: Callable[..., WithHistory]) -> None:
    edition, problems = with_earlier(
        {"2021": {"ease.served": "value: 9000, unit: count"}, "2020": {"x.y": "value: 1, unit: count"}}
    )
    assert problems == []
    assert prior(edition, "ease.served") == (9000, "2021")
    assert prior(edition, "ease.covered") is None


def test_a_fact_missing_from_the_edition_just_before_has_no_prior(with_earlier: Callable[..., WithHistory]) -> None:
    edition, _ = with_earlier(
        {"2020": {"ease.served": "value: 9000, unit: count"}, "2021": {"x.y": "value: 1, unit: count"}}
    )
    assert prior(edition, "ease.served") is None


def test_a_value_with_another_unit_is_not_a_prior(with_earlier: Callable[..., WithHistory]) -> None:
    edition, problems = with_earlier({"2021": {"ease.served": "value: 9, unit: percent"}})
    assert (prior(edition, "ease.served"), problems) == (None, [])


def test_a_stated_prior_takes_precedence_and_a_contradiction_names_both_places(
    with_earlier: Callable[..., WithHistory], pointed: Callable[[Problem], str]
) -> None:
    edition, (problem,) = with_earlier({"2022-23": {"da.attendance": "value: 8000, unit: count"}})
    assert prior(edition, "da.attendance") == (8318, "2022-23")
    assert (problem.code, str(problem.severity)) == ("prior-differs", "warning")
    assert pointed(problem).startswith("8318")
    assert problem.what.startswith("The `prior` of `da.attendance` is 8,318 for 2022-23, but the fact is ")
    assert "8,000 in that edition (data/2022-23/facts.yaml:2:26)" in problem.what
    assert problem.hint == "The stated `prior` is used. Correct one of the two values."


def test_only_the_edition_that_a_prior_names_can_contradict_it(with_earlier: Callable[..., WithHistory]) -> None:
    earlier = {
        "2021-22": {"da.attendance": "value: 5, unit: count"},
        "2022-23": {"da.attendance": "value: 8000, unit: percent"},
    }
    assert with_earlier(earlier)[1] == []
    years = {"2021-22": earlier["2021-22"], "2022-23": {"da.attendance": "value: 8000, unit: count"}}
    change = ("prior: {value: 8318", "prior: {value: 1234567")
    (problem,) = with_earlier(years, facts=change)[1]
    assert "is 1,234,567 for 2022-23" in problem.what


def test_an_invalid_fact_is_not_compared_with_earlier_years(with_earlier: Callable[..., WithHistory]) -> None:
    edition, problems = with_earlier(
        {"2022-23": {"da.attendance": "value: 8000, unit: count"}}, facts=("unit: ordinal", "unit: ordinl")
    )
    assert (problems, dict(edition.facts)) == ([], {})


@pytest.mark.parametrize("period", ["2022-23", "2022–23", " 2022-23 "])
def test_a_prior_that_agrees_is_accepted(with_earlier: Callable[..., WithHistory], period: str) -> None:
    change = ('period: "2022-23"', f'period: "{period}"')
    assert with_earlier({"2022-23": {"da.attendance": "value: 8318, unit: count"}}, facts=change)[1] == []
    (problem,) = with_earlier({"2022-23": {"da.attendance": "value: 8000, unit: count"}}, facts=change)[1]
    assert problem.code == "prior-differs"


def test_a_prior_may_be_that_of_an_edition_before_the_last(with_earlier: Callable[..., WithHistory]) -> None:
    values = {"2023-24": "value: 9, unit: count", "2022-23": "value: 8000, unit: count"}
    (problem,) = with_earlier({name: {"da.attendance": value} for name, value in values.items()})[1]
    assert "is 8,318 for 2022-23, but the fact is 8,000 in that edition" in problem.what


def test_a_year_without_a_fact_does_not_hide_the_years_before_it(
    with_earlier: Callable[..., WithHistory], tmp_path: Path
) -> None:
    earlier = {"2021": {"x.y": "value: 1, unit: count"}, "2020": {"ease.served": "value: 9000, unit: count"}}
    edition, _ = with_earlier(earlier)
    values = History(tmp_path / "data", list(earlier), "tiny").earlier_values(
        "ease.served", edition.facts["ease.served"]
    )
    assert [(each.edition, int(each.fact.value)) for each in values] == [("2020", 9000)]


def test_a_rename_is_followed_through_the_years(with_earlier: Callable[..., WithHistory], tmp_path: Path) -> None:
    earlier = {
        "2021": {"care.used": "value: 9000, unit: count, was: help.used"},
        "2020": {"help.used": "value: 8000, unit: count"},
        "2019": {"help.used": "value: 7000, unit: count"},
    }
    edition, problems = with_earlier(
        earlier, facts=("label: employees served,", "was: care.used, label: employees served,")
    )
    assert problems == []
    assert prior(edition, "ease.served") == (9000, "2021")
    history = History(tmp_path / "data", list(earlier), "tiny")
    values = history.earlier_values("ease.served", edition.facts["ease.served"])
    assert [(each.edition, each.id, int(each.fact.value)) for each in values] == [
        ("2021", "care.used", 9000), ("2020", "help.used", 8000), ("2019", "help.used", 7000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("was", "message", "hint"),
    [
        ("care.usd", "No earlier edition has a fact `care.usd`.", "Did you mean `care.used`?"),
        (
            "ease.covered",
            "`ease.served` is renamed from `ease.covered`, but a fact with that id still exists.",
            "Remove one of the two facts, or the line `was`.",
        ),
    ],
)
def test_a_rename_that_leads_nowhere_is_an_error_at_its_place(
    with_earlier: Callable[..., WithHistory], pointed: Callable[[Problem], str], was: str, message: str, hint: str
) -> None:
    change = ("label: employees served,", f"was: {was}, label: employees served,")
    _, (problem,) = with_earlier({"2021": {"care.used": "value: 1, unit: count"}}, facts=change)
    assert (problem.code, problem.what, problem.hint) == ("bad-rename", message, hint)
    assert pointed(problem).startswith(was)


def test_two_facts_cannot_be_renamed_from_one(with_earlier: Callable[..., WithHistory], write_edition: Write) -> None:
    text = re.sub(r"(ease\.(?:served|rate): \{)", r"\1was: care.used, ", (write_edition() / "facts.yaml").read_text())
    _, (problem,) = with_earlier({"2021": {"care.used": "value: 1, unit: count"}}, facts=text)
    assert (problem.code, problem.where.line) == ("bad-rename", 5)
    assert problem.what == "`ease.rate` and `ease.served` are both renamed from `care.used`."
    assert problem.hint == "Keep the line `was` in only one of the two."


def test_an_unreadable_earlier_edition_is_a_warning(with_earlier: Callable[..., WithHistory], tmp_path: Path) -> None:
    edition, (problem,) = with_earlier({"2021": {"ease.served": "value: many, unit: count"}})
    assert (problem.code, problem.where.file, str(problem.severity)) == (
        "earlier-edition", "data/2021/facts.yaml", "warning",
    )  # fmt: skip
    assert problem.what.startswith("The facts of the edition 2021 could not be read: `value` must be a number")
    assert problem.hint.startswith("Write the bare number")
    assert prior(edition, "ease.served") is None


def test_an_unreadable_edition_between_two_others_is_passed_over(with_earlier: Callable[..., WithHistory]) -> None:
    edition, problems = with_earlier(
        {
            "2020": {"ease.served": "value: 8000, unit: count"},
            "2021": {"ease.served": "value: many, unit: count"},
            "2022": {"ease.rate": "value: 5, unit: percent"},
        },
        facts=("label: of employees served,", "was: ease.none, label: of employees served,"),
    )
    assert [problem.code for problem in problems] == ["bad-rename", "earlier-edition"]
    assert prior(edition, "ease.served") is None


def test_a_name_that_resembles_none_of_many_earlier_facts_is_to_be_corrected(
    with_earlier: Callable[..., WithHistory],
) -> None:
    many = {f"care.number-{number}": "value: 1, unit: count" for number in range(20)}
    change = ("label: employees served,", "was: xyz.q, label: employees served,")
    _, (problem,) = with_earlier({"2021": many}, facts=change)
    assert problem.hint == "Correct the id, or remove the line."


def test_only_editions_before_the_given_one_are_earlier() -> None:
    assert History(Path("data"), ["2023", "2022", "2020", "2024", "2021"], "2022").names == ["2021", "2020"]


def test_earlier_editions_are_read_on_demand(tmp_path: Path) -> None:
    history = History(tmp_path / "nowhere", ["2020", "2021"], "2022")
    assert (history.names, history.problems) == (["2021", "2020"], [])


def test_trace_lists_earlier_years(with_earlier: Callable[..., WithHistory], tmp_path: Path) -> None:
    with_earlier({"2021": {"ease.served": "value: 9000, unit: count"}})
    (tmp_path / "data" / "2021" / "edition.yaml").write_text("")
    text = trace(Project(tmp_path, {}, {}), "tiny", "ease.served", tmp_path / "dist")
    assert "  prior value, 2021: 9,000\n  in the edition 2021: 9,000 (data/2021/facts.yaml:2:24)\n" in text

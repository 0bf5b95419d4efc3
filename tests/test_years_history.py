"""Facts over the years: found by id through renames; what is stated and what was printed agree, or a person is told."""

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
Told = tuple[Edition, list[Problem]]


@pytest.fixture
def told(write_edition: Write, tmp_path: Path) -> Callable[..., Told]:
    """Write the tiny edition with changes, and before it editions with these facts; return what history makes of it."""

    def tell(earlier: dict[str, Facts], **changes: object) -> Told:
        folder = write_edition(**changes)
        for name, facts in earlier.items():
            (tmp_path / "data" / name).mkdir(exist_ok=True)
            lines = [f"  {key}: {{{value}, label: a thing, source: report}}" for key, value in facts.items()]
            (tmp_path / "data" / name / "facts.yaml").write_text("\n".join(["facts:", *lines, ""]))
        history = History(tmp_path / "data", ["tiny", *earlier], "tiny")
        return with_history(read(folder, "data/tiny"), history)

    return tell


def prior(edition: Edition, name: str) -> tuple[float, str] | None:
    found = edition.facts[name].prior
    return (float(found.value), found.period) if found else None


def test_a_fact_knows_what_it_was_in_the_edition_just_before(told: Callable[..., Told]) -> None:
    edition, problems = told(
        {"2021": {"ease.served": "value: 9000, unit: count"}, "2020": {"x.y": "value: 1, unit: count"}}
    )
    assert problems == []
    assert prior(edition, "ease.served") == (9000, "2021")
    assert prior(edition, "ease.covered") is None


def test_an_edition_in_between_that_lacks_the_fact_leaves_it_without_a_prior(told: Callable[..., Told]) -> None:
    edition, _ = told({"2020": {"ease.served": "value: 9000, unit: count"}, "2021": {"x.y": "value: 1, unit: count"}})
    assert prior(edition, "ease.served") is None


def test_another_unit_is_no_prior(told: Callable[..., Told]) -> None:
    edition, problems = told({"2021": {"ease.served": "value: 9, unit: percent"}})
    assert (prior(edition, "ease.served"), problems) == (None, [])


def test_its_own_prior_wins_and_a_contradiction_names_both_places(
    told: Callable[..., Told], pointed: Callable[[Problem], str]
) -> None:
    edition, (problem,) = told({"2022-23": {"da.attendance": "value: 8000, unit: count"}})
    assert prior(edition, "da.attendance") == (8318, "2022-23")
    assert (problem.code, str(problem.severity)) == ("prior-differs", "warning")
    assert pointed(problem).startswith("8318")
    assert "8,000 in that edition (data/2022-23/facts.yaml:2:26)" in problem.what


@pytest.mark.parametrize("period", ["2022-23", "2022–23"])
def test_a_prior_that_agrees_is_no_problem(told: Callable[..., Told], period: str) -> None:
    change = ('period: "2022-23"', f'period: "{period}"')
    assert told({"2022-23": {"da.attendance": "value: 8318, unit: count"}}, facts=change)[1] == []


def test_a_rename_is_followed_through_the_years(told: Callable[..., Told], tmp_path: Path) -> None:
    earlier = {
        "2021": {"care.used": "value: 9000, unit: count, was: help.used"},
        "2020": {"help.used": "value: 8000, unit: count"},
        "2019": {"help.used": "value: 7000, unit: count"},
    }
    edition, problems = told(earlier, facts=("label: employees served,", "was: care.used, label: employees served,"))
    assert problems == []
    assert prior(edition, "ease.served") == (9000, "2021")
    history = History(tmp_path / "data", list(earlier), "tiny")
    found = history.earlier_values("ease.served", edition.facts["ease.served"])
    assert [(each.edition, each.id, int(each.fact.value)) for each in found] == [
        ("2021", "care.used", 9000), ("2020", "help.used", 8000), ("2019", "help.used", 7000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("was", "told_so"),
    [
        ("care.usd", "No earlier edition has a fact `care.usd`."),
        ("ease.covered", "`ease.served` is renamed from `ease.covered`, but a fact with that id still exists."),
    ],
)
def test_a_rename_that_leads_nowhere_is_an_error_at_its_place(
    told: Callable[..., Told], pointed: Callable[[Problem], str], was: str, told_so: str
) -> None:
    change = ("label: employees served,", f"was: {was}, label: employees served,")
    _, (problem,) = told({"2021": {"care.used": "value: 1, unit: count"}}, facts=change)
    assert (problem.code, problem.what) == ("bad-rename", told_so)
    assert pointed(problem).startswith(was)


def test_two_facts_can_not_both_have_been_one(told: Callable[..., Told], write_edition: Write) -> None:
    text = re.sub(r"(ease\.(?:served|rate): \{)", r"\1was: care.used, ", (write_edition() / "facts.yaml").read_text())
    _, (problem,) = told({"2021": {"care.used": "value: 1, unit: count"}}, facts=text)
    assert problem.what == "`ease.rate` and `ease.served` are both renamed from `care.used`."


def test_an_earlier_edition_that_can_not_be_read_is_a_warning(told: Callable[..., Told], tmp_path: Path) -> None:
    edition, (problem,) = told({"2021": {"ease.served": "value: many, unit: count"}})
    assert (problem.code, problem.where.file, str(problem.severity)) == (
        "earlier-edition", "data/2021/facts.yaml", "warning",
    )  # fmt: skip
    assert prior(edition, "ease.served") is None


def test_earlier_editions_are_read_only_when_they_are_asked_for(tmp_path: Path) -> None:
    history = History(tmp_path / "nowhere", ["2020", "2021"], "2022")
    assert (history.names, history.problems) == (["2021", "2020"], [])


def test_trace_tells_of_earlier_years(told: Callable[..., Told], tmp_path: Path) -> None:
    told({"2021": {"ease.served": "value: 9000, unit: count"}})
    (tmp_path / "data" / "2021" / "edition.yaml").write_text("")
    text = trace(Project(tmp_path, {}, {}), "tiny", "ease.served", tmp_path / "dist")
    assert "  before, 2021: 9,000\n  in the edition 2021: 9,000 (data/2021/facts.yaml:2:24)\n" in text

"""The trace of a fact: its definition, uses and pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from figures.artworks import ARTWORKS
from report.cli.trace import trace
from report.problems import ReportError
from report.project import Project

Write = Callable[..., Path]
Trace = Callable[..., str]


@pytest.fixture
def traced(write_edition: Write, tmp_path: Path) -> Trace:
    """Return a function that traces a fact of the tiny edition."""

    def text(fact: str, **changes: object) -> str:
        write_edition(**changes)
        return trace(Project(tmp_path, {}, ARTWORKS), "tiny", fact, tmp_path / "dist").replace(
            "\N{NO-BREAK SPACE}", " "
        )

    return text


def test_a_trace_names_definition_earlier_value_uses_and_checks(traced: Trace) -> None:
    assert traced("da.attendance").splitlines() == [
        "da.attendance: 10,603 educators attending",
        "",
        "Defined",
        "  data/tiny/facts.yaml:12:3",
        "  prior value, 2022-23: 8,318",
        "",
        "Used in",
        "  data/tiny/sections/story.md:9:20  the text of the section story",
        "  data/tiny/sections/story.md:17:14  the text of the section story",
        "",
        "Build the edition to see the pages.",
    ]


def test_uses_in_charts_call_outs_front_matter_and_checks_are_found(traced: Trace) -> None:
    served = traced("ease.served")
    assert "  data/tiny/charts.yaml:13:10  row 1 of the chart ease\n" in served
    assert "  data/tiny/sections/story.md:13:1  key numbers in the section story\n" in served
    assert "Checked by\n  ease-rate\n" in served
    assert "  data/tiny/sections/story.md:5:12  key numbers of the section story\n" in traced("advocacy.rank")
    assert "  data/tiny/sections/story.md:4:13  the lede of the section story\n" in traced("budget.total")
    assert "nearly 177,000 employees covered" in traced("ease.covered")


def test_a_drawing_that_counts_a_fact_is_a_use_of_it(traced: Trace) -> None:
    assert "Used in\n  data/tiny/quotes.yaml:9:15  the drawing beacon of the quotation child\n" in traced(
        "county.districts"
    )
    assert "  data/tiny/sections/cover.md:5:11  the drawing cover of the section cover\n" in traced("county.students")


def test_an_unused_fact_is_reported_as_not_used(traced: Trace) -> None:
    assert "Not used" in traced("advocacy.rank", story=("callouts: [advocacy.rank]\n", ""))


def test_an_unknown_fact_is_a_problem_with_the_closest_id(traced: Trace) -> None:
    with pytest.raises(ReportError) as failure:
        traced("ease.servd")
    (problem,) = failure.value.problems
    assert (problem.code, problem.where.file) == ("unknown-fact", "data/tiny/facts.yaml")
    assert problem.hint.startswith("Did you mean `ease.served`")


def test_pages_come_from_the_last_build(traced: Trace, tmp_path: Path) -> None:
    folder = tmp_path / "dist" / "tiny"
    folder.mkdir(parents=True)
    record = {"facts": {"ease.served": [4, 7], "ease.rate": []}, "charts": {"ease": [4]}}
    (folder / "manifest.json").write_text(json.dumps(record))
    assert traced("ease.served").endswith("On pages (last build)\n  in text: 4, 7\n  in the chart ease: 4")
    assert traced("ease.covered").endswith("On pages (last build)\n  in the chart ease: 4")


@pytest.mark.parametrize("record", ["{}", "[]", '{"facts": 3}', "not JSON", ""])
def test_a_damaged_manifest_does_not_hide_the_rest(traced: Trace, tmp_path: Path, record: str) -> None:
    folder = tmp_path / "dist" / "tiny"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(record)
    assert traced("ease.served").endswith("Build the edition to see the pages.")

"""Comparing two editions: every fact is listed, and each change has its direction and size."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from report.problems import ReportError
from report.project import Project
from report.years.compare import EditionComparison, compare

OLD = {
    "a.same": "value: 5, unit: count", "a.up": "value: 8318, unit: count", "a.down": "value: 200, unit: usd",
    "a.zero": "value: 0, unit: count", "a.share": "value: 40.0, unit: percent", "a.unit": "value: 3, unit: count",
    "a.old": "value: 7, unit: count", "a.gone": "value: 1, unit: year", "a.rank": "value: 9, unit: ordinal",
}  # fmt: skip
NEW = {
    "a.new": "value: 1, unit: count", "a.same": "value: 5, unit: count", "a.up": "value: 10603, unit: count",
    "a.down": "value: 150, unit: usd", "a.zero": "value: 6, unit: count", "a.share": "value: 42.5, unit: percent",
    "a.unit": "value: 3, unit: percent", "a.renamed": "value: 7, unit: count, was: a.old",
    "a.rank": "value: 7, unit: ordinal",
}  # fmt: skip


@pytest.fixture
def done(write_edition: Callable[..., Path], tmp_path: Path) -> EditionComparison:
    write_edition()
    for name, facts in (("y1", OLD), ("y2", NEW)):
        folder = tmp_path / "data" / name
        folder.mkdir()
        (folder / "edition.yaml").write_text((tmp_path / "data" / "tiny" / "edition.yaml").read_text())
        lines = [f"  {key}: {{{value}, label: =1+1, source: report}}" for key, value in facts.items()]
        (folder / "facts.yaml").write_text("\n".join(["facts:", *lines, ""]))
    return compare(Project(tmp_path, {}, {}), "y1", "y2")


def test_every_fact_of_both_editions_has_one_state(done: EditionComparison) -> None:
    assert {line.id: (line.state, line.change.replace("\N{NO-BREAK SPACE}", " ")) for line in done.lines} == {
        "a.new": ("new", ""), "a.same": ("unchanged", ""), "a.up": ("changed", "+27.5%"),
        "a.down": ("changed", "-25.0%"), "a.zero": ("changed", ""), "a.share": ("changed", "+2.5 percentage points"),
        "a.unit": ("unit changed", ""), "a.renamed": ("renamed", ""), "a.gone": ("gone", ""), "a.rank": ("changed", ""),
    }  # fmt: skip
    (renamed,) = done.of("renamed")
    assert (renamed.was, renamed.old, renamed.new) == ("a.old", "7", "7")
    assert [line.unit for line in done.of("unit changed")] == ["count → percent"]


def test_the_table_lists_the_differences_and_counts_the_rest(done: EditionComparison) -> None:
    table = done.table()
    assert "  a.up         8,318  10,603                  +27.5%\n" in table.replace("\N{NO-BREAK SPACE}", " ")
    assert "a.renamed (was a.old)" in table
    assert "a.same" not in table
    assert table.endswith("y1 to y2: 5 changed, 1 unit changed, 1 renamed, 1 new, 1 gone, 1 unchanged.")


def test_csv_and_json_have_every_fact_and_no_spreadsheet_formula(done: EditionComparison) -> None:
    rows = list(csv.DictReader(io.StringIO(done.as_csv())))
    assert [row["id"] for row in rows] == [line.id for line in done.lines]
    assert {row["label"] for row in rows} == {"'=1+1"}
    assert [(row["old"], row["new"]) for row in rows if row["id"] == "a.share"] == [("40.0", "42.5")]
    record = json.loads(done.as_json())
    assert (record["old"], len(record["lines"])) == ("y1", len(done.lines))


def test_a_missing_edition_is_a_problem(done: EditionComparison, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="There is no edition `y3`"):
        compare(Project(tmp_path, {}, {}), "y1", "y3")

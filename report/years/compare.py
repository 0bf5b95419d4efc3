"""Compares the facts of two editions: changed, new, gone, renamed, or stated in another unit.

In: the facts of two editions. Out: an `EditionComparison`, which can be written as a table, CSV or JSON.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from report.edition.formats import FormatError, Formats
from report.edition.history import read_year
from report.edition.load import read
from report.edition.model import Fact, Prior
from report.project import Project

FactState = Literal["changed", "unit changed", "renamed", "new", "gone", "unchanged"]
STATES: tuple[FactState, ...] = ("changed", "unit changed", "renamed", "new", "gone", "unchanged")


@dataclass(frozen=True, slots=True)
class FactComparison:
    """One fact in both editions: the values as written in the data, and the texts as printed."""

    state: FactState
    id: str
    was: str
    label: str
    unit: str
    old: str
    new: str
    old_text: str
    new_text: str
    change: str


@dataclass(frozen=True, slots=True)
class EditionComparison:
    """Two editions and their facts, in the order of the newer edition, followed by the facts that are gone."""

    old: str
    new: str
    lines: tuple[FactComparison, ...]

    def of(self, state: FactState) -> list[FactComparison]:
        """Return the facts in one state."""
        return [line for line in self.lines if line.state == state]

    def table(self) -> str:
        """Return the differences as a table for a terminal, followed by the number of facts in each state."""
        blocks = [_block(state, rows) for state in STATES[:-1] if (rows := self.of(state))]
        counts = ", ".join(f"{len(self.of(state))} {state}" for state in STATES if self.of(state))
        return "\n\n".join([*blocks, f"{self.old} to {self.new}: {counts or 'no facts'}."])

    def as_csv(self) -> str:
        """Return every fact as CSV with a header row."""
        out = io.StringIO()
        writer = csv.DictWriter(out, list(FactComparison.__dataclass_fields__), lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: _escape_formula(value) for key, value in asdict(line).items()} for line in self.lines)
        return out.getvalue()

    def as_json(self) -> str:
        """Return every fact as JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def compare(project: Project, old: str, new: str) -> EditionComparison:
    """Compare two editions of a project. Raises ReportError with all problems."""
    names = [project.edition(name) for name in (old, new)]
    years = [read_year(project.root / "data", name) for name in names]
    formats = read(project.root / "data" / names[1], f"data/{names[1]}").formats
    return EditionComparison(names[0], names[1], tuple(_lines(years[0].facts, years[1].facts, formats)))


def _lines(old: Mapping[str, Fact], new: Mapping[str, Fact], formats: Formats) -> Iterator[FactComparison]:
    matched_ids = set[str]()
    for name, fact in new.items():
        earlier = name if name in old else fact.was if fact.was in old else None
        if earlier is None:
            yield _line("new", name, "", None, fact, formats)
            continue
        matched_ids.add(earlier)
        before = old[earlier]
        state: FactState = "unchanged" if before.value == fact.value else "changed"
        if earlier != name:
            state = "renamed"
        if before.unit != fact.unit:
            state = "unit changed"
        yield _line(state, name, earlier if earlier != name else "", before, fact, formats)
    for name, fact in old.items():
        if name not in matched_ids:
            yield _line("gone", name, "", fact, None, formats)


def _line(
    state: FactState, name: str, was: str, old: Fact | None, new: Fact | None, formats: Formats
) -> FactComparison:
    units = list(dict.fromkeys(fact.unit for fact in (old, new) if fact))
    latest = new or old
    return FactComparison(
        state, name, was, latest.label if latest else "", " → ".join(units),
        f"{old.value:f}" if old else "", f"{new.value:f}" if new else "",
        _text(old, formats), _text(new, formats), _change(old, new, formats),
    )  # fmt: skip


def _text(fact: Fact | None, formats: Formats) -> str:
    if fact is None:
        return ""
    try:
        return formats.fact(fact)
    except FormatError:
        return f"{fact.value:f} {fact.unit}"


def _change(old: Fact | None, new: Fact | None, formats: Formats) -> str:
    """Return the change with its sign, or "" if it cannot be measured: from zero, between units, or of ranks."""
    if old is None or new is None or old.unit != new.unit or old.value == new.value:
        return ""
    try:
        fact = new.model_copy(update={"prior": Prior(value=old.value, period="before")})
        return formats.change_text(fact, plus=True)
    except FormatError:
        return ""


def _block(state: FactState, rows: list[FactComparison]) -> str:
    """Return the part of the table for one state, with each column as wide as its widest cell."""
    cells = [
        [f"{row.id} (was {row.was})" if row.was else row.id, row.old_text, row.new_text, row.change] for row in rows
    ]
    head = [f"{state} ({len(rows)})", "old" if state != "new" else "", "new" if state != "gone" else "", "change"]
    head[3] = head[3] if any(row.change for row in rows) else ""
    widths = [max(len(line[index]) for line in (head, *cells)) for index in range(4)]
    lines = [
        f"  {first:<{widths[0]}}  {old:>{widths[1]}}  {new:>{widths[2]}}  {change:>{widths[3]}}".rstrip()
        for first, old, new, change in cells
    ]
    title = (
        f"{head[0]:<{widths[0] + 2}}  {head[1]:>{widths[1]}}  {head[2]:>{widths[2]}}  {head[3]:>{widths[3]}}".rstrip()
    )
    return "\n".join([title, *lines])


def _escape_formula(value: str) -> str:
    """Return the value with an apostrophe in front if a spreadsheet would take it for a formula. Numbers are kept."""
    is_formula = value[:1] in {"=", "+", "-", "@"} and not value.lstrip("+-").replace(".", "", 1).isdigit()
    return f"'{value}" if is_formula else value

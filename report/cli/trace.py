"""The trace of a fact: its definition, its uses, and its pages.

In: a project, an edition and the id of a fact. Out: text with its definition, each use in the data, and its pages
in the last build.
"""

from __future__ import annotations

from pathlib import Path

from report.checks.uses import used_facts
from report.edition.history import History, with_history
from report.edition.load import load
from report.problems import Place, ReportError, did_you_mean, error
from report.project import Project
from report.sets.manifest import read_manifest
from report.sets.outputs import current_set


def trace(project: Project, name: str, fact: str, out: Path) -> str:
    """Return the trace of a fact as text. Raises ReportError if the fact does not exist."""
    data = project.root / "data"
    history = History(data, project.editions, name)
    edition, _ = with_history(load(data / name, f"data/{name}"), history)
    if fact not in edition.facts:
        hint = did_you_mean(fact, edition.facts)
        raise ReportError(
            [error("unknown-fact", Place(f"data/{name}/facts.yaml"), f"There is no fact `{fact}`.", hint)]
        )
    formats, record = edition.formats, edition.facts[fact]
    lines = [f"{fact}: {formats.fact(record)} {record.label}", "", "Defined", f"  {edition.fact_place(fact)}"]
    if prior := record.prior:
        lines.append(f"  prior value, {prior.period}: {formats.number(prior.value, record.unit)}")
    for earlier in history.earlier_values(fact, record):
        named = f" as {earlier.id}" if earlier.id != fact else ""
        lines.append(f"  in the edition {earlier.edition}{named}: {formats.fact(earlier.fact)} ({earlier.place})")
    uses = sorted(set(used_facts(edition).get(fact, [])))
    lines += ["", "Used in", *(f"  {use}" for use in uses)] if uses else ["", "Not used"]
    checks = [check.id for check in edition.checks if fact in _names(check)]
    lines += ["", "Checked by", *(f"  {check}" for check in checks)] if checks else []
    manifest = read_manifest(current_set(out, name))
    return "\n".join([*lines, "", *_pages(manifest, fact, edition.charts)])


def _names(check: object) -> set[object]:
    values = [getattr(check, key) for key in ("whole", "part", "fact", "limit", "equals")]
    return {*values, *getattr(check, "parts", ())}


def _pages(manifest: dict[str, object], fact: str, charts: object) -> list[str]:
    fact_pages, chart_pages = manifest.get("facts"), manifest.get("charts")
    if not isinstance(fact_pages, dict) or not isinstance(chart_pages, dict):
        return ["Build the edition to see the pages."]
    lines = ["On pages (last build)"]
    if fact_pages.get(fact):
        lines.append(f"  in text: {', '.join(map(str, fact_pages[fact]))}")
    for name, chart in charts.items():  # type: ignore[attr-defined]
        if fact in {chart.whole, *(row.fact for row in chart.series)} and chart_pages.get(name):
            lines.append(f"  in the chart {name}: {', '.join(map(str, chart_pages[name]))}")
    return lines

"""The source files that are attached to the archive variant.

In: an `Edition` and its charts. Out: `SourceFile` records in a fixed order, dated with the edition's publication.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from report.drawing.charts import ChartArt
from report.edition.edition import Edition


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One attachment: its name, bytes, description and date."""

    name: str
    data: bytes
    description: str
    day: datetime


def source_files(edition: Edition, charts: Mapping[str, ChartArt]) -> tuple[SourceFile, ...]:
    """Return the edition's YAML and Markdown, and each chart's data as CSV."""
    day = datetime(
        edition.config.published.year, edition.config.published.month, edition.config.published.day, tzinfo=UTC
    )
    files = [
        SourceFile(str(path.relative_to(edition.root)).replace("/", "-"), path.read_bytes(), description, day)
        for path, description in _texts(edition)
    ]
    files += [
        SourceFile(f"chart-{name}.csv", _csv(art).encode(), f"Data of the chart {name}", day)
        for name, art in sorted(charts.items())
    ]
    return tuple(files)


def _texts(edition: Edition) -> Iterator[tuple[Path, str]]:
    """Yield the files that were loaded with the edition, and no other files of its folder."""
    for name in sorted(edition.documents):
        path = edition.root / f"{name}.yaml"
        if path.is_file():  # images.yaml is optional
            yield path, f"Source data of the edition: {path.name}"
    for name in sorted(edition.sections):
        yield edition.root / "sections" / f"{name}.md", f"Source text of the section {name}"


def _csv(art: ChartArt) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["fact", "group", "label", "qualifier", "value", "text", "share percent", "prior value"])
    for row in (*art.data.rows, *([art.data.whole] if art.data.whole else [])):
        prior = "" if row.prior is None else f"{row.prior:g}"
        share = row.share if row.share is not None else ""
        writer.writerow([row.id, row.group, row.label, row.qualifier, repr(row.value), row.text, share, prior])
    return out.getvalue()

"""A finished edition put into the archive: gathered, judged once more, bagged, and shown in the index.

In: the project, an edition and where things are. Out: the bag's label; or a ReportError with every reason why not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from report.archive.bag import Label, add_bag
from report.archive.evidence import evidence
from report.archive.gather import ArchiveSources, gather, printer_of
from report.archive.index import write_index
from report.archive.readme import readme
from report.checks.run import check
from report.edition.edition import Edition
from report.problems import Problem, ReportError, has_errors, in_order
from report.progress import Progress
from report.project import Project
from report.sets.manifest import NAME


@dataclass(frozen=True, slots=True)
class AddedVersion:
    """What was archived, and what stands in the way of the index, if anything does."""

    label: Label
    problems: tuple[Problem, ...]


def archive_edition(
    project: Project,
    name: str,
    out: Path,
    archive: Path,
    reason: str,
    day: str | None,
    allow_uncommitted: bool,
    progress: Progress,
) -> AddedVersion:
    """Archive the finished set of an edition. `day` is the bagging date; without one see `bagging_day`."""
    with progress.stage("gather") as stage:
        edition, tokens, problems = check(project, name)
        if has_errors(problems):
            raise ReportError(in_order(problems))
        gathered = gather(project, name, out, archive, allow_uncommitted)
        stage.count = f"{len(gathered.files)} finished files, {len(gathered.source)} of source"
    reports = evidence(gathered.entries, gathered.files, printer_of(gathered.manifest), progress)
    with progress.stage("bag") as stage:
        label = add_bag(
            archive, _label(edition, gathered, reason, day), lambda label: payload(label, gathered, reports)
        )
        stage.count = label.identifier
    with progress.stage("index"):
        left = write_index(archive, tokens)
    return AddedVersion(label, left)


def payload(label: Label, gathered: ArchiveSources, reports: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return everything that goes into the bag, by name."""
    return {
        "README.txt": readme(label, gathered.manifest, printer_of(gathered.manifest)).encode(),
        NAME: gathered.files[NAME],
        **{entry.name: gathered.files[entry.name] for entry in gathered.entries},
        **{f"reports/{name}": data for name, data in reports.items()},
        **{f"source/{name}": data for name, data in gathered.source.items()},
    }


def bagging_day(published: str, committed: str, given: str | None) -> str:
    """Return the date of a bag: the one given, or the later of publication and last commit; no clock is asked."""
    return given or max(published, committed)


def _label(edition: Edition, gathered: ArchiveSources, reason: str, day: str | None) -> Label:
    config = edition.config
    return Label(
        edition=edition.root.name,
        title=config.title,
        organisation=config.organisation.name,
        day=bagging_day(config.published.isoformat(), gathered.day, day),
        reason=reason,
        commit=gathered.commit,
        agent=f"annual-report-press, bagit {version('bagit')}",
        own=gathered.own,
    )

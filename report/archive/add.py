"""Adding a finished edition to the archive: gather its files, check them again, bag them and update the index.

In: the project, an edition and the folders involved. Out: the bag's label, or a ReportError with all reasons to refuse.
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
from report.inspection.webpage import WebDesign
from report.press.printers import load_printer
from report.problems import Problem, ReportError, has_errors, in_order
from report.progress import Progress
from report.project import Project
from report.sets.manifest import NAME


@dataclass(frozen=True, slots=True)
class AddedVersion:
    """The label of the new bag, and the problems that prevented an update of the index, if any."""

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
    """Archive the finished set of an edition. `day` is the ISO bagging date; for the default see `bagging_day`.

    Raises ReportError; the archive is unchanged then.
    """
    with progress.stage("gather") as stage:
        edition, tokens, problems = check(project, name)
        if has_errors(problems):
            raise ReportError(in_order(problems))
        sources = gather(project, name, out, archive, allow_uncommitted)
        stage.count = f"{len(sources.files)} finished files, {len(sources.source)} source files"
    printer = load_printer(printer_of(sources.manifest), None, project.search)
    reports = evidence(sources.entries, sources.files, printer, progress)
    with progress.stage("bag") as stage:
        label = add_bag(archive, _label(edition, sources, reason, day), lambda label: payload(label, sources, reports))
        stage.count = label.identifier
    with progress.stage("index"):
        index_problems = write_index(archive, WebDesign(tokens.hexes, project.search))
    return AddedVersion(label, index_problems)


def payload(label: Label, sources: ArchiveSources, reports: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the payload of the bag: contents by path below data/."""
    return {
        "README.txt": readme(label, sources.manifest, printer_of(sources.manifest)).encode(),
        NAME: sources.files[NAME],
        **{entry.name: sources.files[entry.name] for entry in sources.entries},
        **{f"reports/{name}": data for name, data in reports.items()},
        **{f"source/{name}": data for name, data in sources.source.items()},
    }


def bagging_day(published: str, committed: str, given: str | None) -> str:
    """Return the ISO date of a bag: the given one, or the later of publication and last commit, never the clock's."""
    return given or max(published, committed)


def _label(edition: Edition, sources: ArchiveSources, reason: str, day: str | None) -> Label:
    config = edition.config
    return Label(
        edition=edition.root.name,
        title=config.title,
        organisation=config.organisation.name,
        day=bagging_day(config.published.isoformat(), sources.day, day),
        reason=reason,
        commit=sources.commit,
        agent=f"annual-report-press, bagit {version('bagit')}",
        project_folder=sources.project_folder,
    )

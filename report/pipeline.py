"""The whole pipeline, from a folder of facts and prose to a published set.

lay out (load → check → charts and artwork → compose → pages) → (per variant) write, finish, check → publish
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from report.cache.pages import PageFindings
from report.cache.store import NO_CACHE, Cache
from report.drawing.run import Drawings
from report.layout.run import LaidOutEdition, composed_edition, fails, lay_out
from report.press.printers import DEFAULT
from report.problems import Problem, ReportError, in_order
from report.processes.memory import gc_disabled
from report.progress import Progress
from report.project import Project
from report.proving.workers import ProofWorkers
from report.sets.freshness import Inputs
from report.sets.manifest import Manifest, manifest
from report.sets.outputs import claim, current_set, publish, set_name, withdraw
from report.variants import VARIANTS

if TYPE_CHECKING:
    from report.making import FinishedFile


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A published set: its folder, its manifest, and the warnings of the build.

    `drawings` lists the drawings rendered and those cached; `examined` the pages of each variant examined anew.
    """

    folder: Path
    manifest: Manifest
    problems: tuple[Problem, ...]
    drawings: Drawings
    examined: Mapping[str, Mapping[str, tuple[tuple[int, ...], int]]]


def build(
    project: Project,
    name: str,
    variants: Sequence[str],
    out: Path,
    progress: Progress,
    strict: bool,
    printer_name: str = DEFAULT,
    validate: bool = False,
    inputs: Inputs | None = None,
    cache: Cache = NO_CACHE,
    draft: bool = False,
    keep: bool = False,
) -> BuildResult:
    """Build variants of an edition and publish the set. On ReportError, the last set stays in place.

    A `draft` shows what is still to be renewed. It is a set of its own and never replaces a finished one. With `keep`,
    pages that have errors are published too, marked and as a set of their own, before ReportError is raised.
    """
    folder_name = set_name(name, "draft" if draft else "")
    claim(out, folder_name)
    with gc_disabled(), ProofWorkers(variants) as workers:
        with composed_edition(project, name, printer_name, progress, strict, inputs, cache, draft) as composed:
            workers.prepare()
            laid_out = lay_out(composed, progress)
        problems = list(laid_out.problems)
        if not fails(problems, strict):
            with progress.stage("write") as stage:
                from report.making import Maker

                findings = PageFindings(Cache(cache.folder), inputs.stamp("report/")) if inputs else PageFindings()
                wanted = [VARIANTS[variant] for variant in variants]
                files = Maker(laid_out, validate, findings).make(wanted, workers.submit)
                problems += [problem for file in files for problem in file.problems]
                stage.count = ", ".join(file.entry.variant for file in files)
        if fails(problems, strict):
            if keep:
                _publish_marked(laid_out, variants, problems, out, progress)
            raise ReportError(in_order(problems))
    withdraw(out, set_name(name, "faulty"))
    folder, record = _publish(laid_out, files, problems, out / folder_name, inputs, progress)
    examined = {file.entry.variant: file.examined for file in files}
    return BuildResult(folder, record, tuple(in_order(problems)), laid_out.drawings(), examined)


def _publish(
    laid_out: LaidOutEdition,
    files: Sequence[FinishedFile],
    problems: Sequence[Problem],
    place: Path,
    inputs: Inputs | None,
    progress: Progress,
) -> tuple[Path, Manifest]:
    """Publish a set at a place in the output folder. Return its public folder and its manifest."""
    from report.engine.pdf import machine_versions

    records: list[Manifest] = []

    def contents() -> Mapping[str, bytes]:
        record = manifest(
            laid_out.edition, laid_out.layout.pages, [file.entry for file in files], in_order(problems),
            current_set(place.parent, place.name), inputs.record if inputs else None, machine_versions(),
            laid_out.to_renew, laid_out.faulty,
        )  # fmt: skip
        records.append(record)
        return record.files_to_write({file.entry.name: file.data for file in files})

    with progress.stage("publish") as stage:
        folder = publish(place.parent, place.name, contents)
        count = len(records[0].files)
        stage.count = f"{count} file{'s' if count != 1 else ''} and the manifest"
    return folder, records[0]


def _publish_marked(
    laid_out: LaidOutEdition, variants: Sequence[str], problems: Sequence[Problem], out: Path, progress: Progress
) -> None:
    """Publish pages that have errors as a set that is only to be looked at, with a word across every page."""
    from report.making import Maker

    marked = replace(laid_out, faulty=True)
    name = set_name(laid_out.edition.root.name, marked.mark)
    withdraw(out, name)  # nothing is taken over from an earlier one
    claim(out, name)
    files = Maker(marked).unproven([VARIANTS[variant] for variant in variants])
    _publish(marked, files, problems, out / name, None, progress)

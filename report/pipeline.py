"""The whole pipeline, from a folder of facts and prose to a published set.

lay out (load → check → charts and artwork → compose → pages) → (per variant) write, finish, check → publish
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from report.cache.pages import PageFindings
from report.cache.store import NO_CACHE, Cache
from report.drawing.run import Drawings
from report.layout.run import composed_edition, lay_out, stop_on_errors
from report.press.printers import DEFAULT
from report.problems import Problem, in_order
from report.processes.memory import gc_disabled
from report.progress import Progress
from report.project import Project
from report.proving.workers import ProofWorkers
from report.sets.freshness import Inputs
from report.sets.manifest import Manifest, manifest
from report.sets.outputs import claim, current_set, publish, set_name
from report.variants import VARIANTS


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
) -> BuildResult:
    """Build variants of an edition and publish the set. On ReportError, the last set stays in place.

    A `draft` shows what is still to be renewed. It is a set of its own and never replaces a finished one.
    """
    folder_name = set_name(name, draft)
    claim(out, folder_name)
    with gc_disabled(), ProofWorkers(variants) as workers:
        with composed_edition(project, name, printer_name, progress, strict, inputs, cache, draft) as composed:
            workers.prepare()
            laid_out = lay_out(composed, progress)
        problems = list(laid_out.problems)
        stop_on_errors(problems, strict)
        with progress.stage("write") as stage:
            from report.engine.pdf import machine_versions
            from report.making import Maker

            findings = PageFindings(Cache(cache.folder), inputs.stamp("report/")) if inputs else PageFindings()
            files = Maker(laid_out, validate, findings).make(
                [VARIANTS[variant] for variant in variants], workers.submit
            )
            problems += [problem for file in files for problem in file.problems]
            stage.count = ", ".join(file.entry.variant for file in files)
            stop_on_errors(problems, strict)
    with progress.stage("publish") as stage:
        records: list[Manifest] = []

        def contents() -> Mapping[str, bytes]:
            records.append(
                manifest(
                    laid_out.edition,
                    laid_out.layout.pages,
                    [file.entry for file in files],
                    in_order(problems),
                    current_set(out, folder_name),
                    inputs.record if inputs else None,
                    machine_versions(),
                    laid_out.to_renew,
                )
            )
            return records[-1].files_to_write({file.entry.name: file.data for file in files})

        folder = publish(out, folder_name, contents)
        record = records[-1]
        stage.count = f"{len(record.files)} file{'s' if len(record.files) != 1 else ''} and the manifest"
    examined = {file.entry.variant: file.examined for file in files}
    return BuildResult(folder, record, tuple(in_order(problems)), laid_out.drawings(), examined)

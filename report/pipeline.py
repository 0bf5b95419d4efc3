"""From a folder of facts and prose to a complete set of editions, top to bottom.

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
from report.processes.memory import uncollected
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

    `drawings` tells which drawings were made anew, `examined` which pages of each variant were.
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
    validated: bool = False,
    inputs: Inputs | None = None,
    cache: Cache = NO_CACHE,
    draft: bool = False,
) -> BuildResult:
    """Build the variants of an edition and publish the set. Raises ReportError; what was there before then stays.

    A `draft` shows what is still to be renewed, and is a set of its own: it never takes the place of a finished one.
    """
    placed = set_name(name, draft)
    claim(out, placed)
    with uncollected(), ProofWorkers(variants) as workers:
        with composed_edition(project, name, printer_name, progress, strict, inputs, cache, draft) as composed:
            workers.prepare()
            laid = lay_out(composed, progress)
        problems = list(laid.problems)
        stop_on_errors(problems, strict)
        with progress.stage("write") as stage:
            from report.engine.pdf import machine_versions
            from report.making import Maker

            known = PageFindings(Cache(cache.folder), inputs.stamp("report/")) if inputs else PageFindings()
            made = Maker(laid, validated, known).make([VARIANTS[variant] for variant in variants], workers.give)
            problems += [problem for file in made for problem in file.problems]
            stage.count = ", ".join(file.entry.variant for file in made)
            stop_on_errors(problems, strict)
    with progress.stage("publish") as stage:
        entries, asked = [file.entry for file in made], inputs.record if inputs else None
        before, system, pages = current_set(out, placed), machine_versions(), laid.layout.pages
        record = manifest(laid.edition, pages, entries, in_order(problems), before, asked, system, laid.to_renew)
        folder = publish(out, placed, record.files_to_write({file.entry.name: file.data for file in made}))
        stage.count = f"{len(record.files)} file{'s' if len(record.files) != 1 else ''} and the manifest"
    examined = {file.entry.variant: file.examined for file in made}
    return BuildResult(folder, record, tuple(in_order(problems)), laid.drawn(), examined)

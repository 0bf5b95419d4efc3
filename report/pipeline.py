"""From a folder of facts and prose to a complete set of editions, top to bottom.

load → check → charts and artwork → compose → lay out → (per variant) write, finish, check → publish
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from report import pdf
from report.attachments import SourceFile, source_files
from report.charts import draw_charts
from report.checking import check
from report.compose import Composition, compose
from report.edition import Edition
from report.file_checks import Made, check_file
from report.finish import finish
from report.inspect import Pdf
from report.layout_checks import Proofs, check_layout
from report.manifest import FileEntry, Manifest, file_name, manifest
from report.outputs import claim, current_set, publish, sha256
from report.parallel import CAN_FORK, run_forked
from report.problems import Place, Problem, ReportError, error, has_errors, in_order, warning
from report.progress import Progress
from report.project import Project
from report.resources import resources
from report.sheets import draw_sheets, sheets
from report.texts import texts_by_source
from report.tokens import Tokens
from report.variants import VARIANTS, Variant
from report.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Built:
    """A published set: its folder, its manifest, and the warnings of the build."""

    folder: Path
    manifest: Manifest
    problems: tuple[Problem, ...]


def build(project: Project, name: str, variants: Sequence[str], out: Path, progress: Progress, strict: bool) -> Built:
    """Build the variants of an edition and publish the set. Raises ReportError; what was there before then stays."""
    claim(out, name)
    with progress.stage("check") as stage:
        edition, tokens, problems = check(project, name)
        stage.count = f"{len(edition.facts)} facts, {len(edition.sections)} sections"
        _stop_on_errors(problems, strict)
    with progress.stage("draw") as stage:
        charts = draw_charts(edition, tokens, project.figures)
        laid_under = sheets(edition, tokens)
        artworks = draw_sheets(laid_under, project.artworks)
        stage.count = f"{len(charts)} charts, {len(artworks)} artworks"
    with progress.stage("compose"):
        view = Viewer(edition, charts, laid_under, tokens.dark).report()
        document = compose(view, laid_under, tokens, project.root)
        served = resources(edition, tokens, charts, artworks)
    with progress.stage("lay out") as stage:
        layout = pdf.lay_out(document, served)
        proofs = Proofs(
            layout.pages,
            laid_under,
            tuple(tokens.faces.values()),
            float(tokens.page.safe),
            texts_by_source(document.html),
        )
        problems += [*_engine_problems(layout.messages), *check_layout(proofs)]
        stage.count = f"{len(layout.pages)} pages"
        _stop_on_errors(problems, strict)
    with progress.stage("write") as stage:
        maker = _Maker(edition, tokens, document, served, layout, source_files(edition, charts))
        made = maker.make([VARIANTS[variant] for variant in variants])
        problems += [problem for file in made for problem in file.problems]
        stage.count = ", ".join(file.entry.name.rpartition("-")[2] for file in made)
        _stop_on_errors(problems, strict)
    with progress.stage("publish") as stage:
        record = manifest(
            edition, layout.pages, [file.entry for file in made], in_order(problems), current_set(out, name)
        )
        folder = publish(out, name, record.files_to_write({file.entry.name: file.data for file in made}))
        stage.count = f"{len(record.files)} files and the manifest"
    return Built(folder, record, tuple(in_order(problems)))


@dataclass(frozen=True, slots=True)
class _File:
    entry: FileEntry
    data: bytes
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Maker:
    """Writes, finishes and checks variants from one layout."""

    edition: Edition
    tokens: Tokens
    document: Composition
    served: pdf.Resources
    layout: pdf.Layout
    sources: tuple[SourceFile, ...]

    def make(self, variants: Sequence[Variant]) -> list[_File]:
        """Return the finished files: side by side in children of this process where the system can do that."""
        if CAN_FORK:
            jobs = {variant.name: lambda variant=variant: self._file(variant, self.layout) for variant in variants}
            return list(run_forked(jobs).values())
        return [self._file(variant, pdf.lay_out(self.document, self.served)) for variant in variants]

    def _file(self, variant: Variant, layout: pdf.Layout) -> _File:
        name = file_name(self.edition, variant)
        sources = self.sources if variant.attach_sources else ()
        identifier = sha256(f"{name} {self.document.html}".encode()).encode()[:32]
        written, messages = pdf.write(layout, variant, identifier, sources)
        data = finish(written, variant.finishing)
        faces = tuple(self.tokens.faces.values())
        record = Made(name, Pdf(data), variant, self.tokens.page, faces, len(layout.pages), len(sources))
        problems = (*_engine_problems(messages), *check_file(record))
        return _File(FileEntry.of(name, variant, data, len(layout.pages)), data, problems)


_LOSSES = ("Failed to", "No anchor")  # what then is missing from the page, or leads nowhere


def _engine_problems(messages: Sequence[str]) -> list[Problem]:
    """Every message of the engine is a problem: what it ignores, it substitutes."""
    return [
        (error if message.startswith(_LOSSES) else warning)(
            "engine", Place("layouts, styles"), f"The engine says: {message}", "Correct what it names."
        )
        for message in messages
    ]


def _stop_on_errors(problems: Sequence[Problem], strict: bool) -> None:
    if has_errors(problems) or (strict and problems):
        raise ReportError(in_order(problems))

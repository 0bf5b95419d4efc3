"""From one layout to the files: each variant is written and finished in a child, and then looked at by another.

In: a `LaidOutEdition` edition, variants and who proves their files. Out: `FinishedFile` records, nothing on the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from report.cache.pages import PageFindings
from report.compose.photographs import photograph_file
from report.drawing.charts import resolve_references
from report.engine import pdf
from report.faults import INTERNAL
from report.finishing.attachments import source_files
from report.finishing.draft import DraftMark
from report.finishing.metadata import About
from report.finishing.run import FinishingJob, finish
from report.layout.problems import engine_problems
from report.layout.run import LaidOutEdition
from report.press.sheet import Slug
from report.problems import Place, Problem, ReportError, error
from report.processes.child import CAN_FORK, PROCESSORS, CrashError
from report.processes.jobs import run_forked
from report.proving.records import Proof, ProofContext, WrittenFile
from report.sets.manifest import FileEntry, file_name
from report.sets.outputs import sha256
from report.variants import Variant

Prover = Callable[[WrittenFile, ProofContext], Callable[[], Proof]]


@dataclass(frozen=True, slots=True)
class FinishedFile:
    """A finished file that was looked at: its entry in the manifest, its bytes, and what is wrong with it.

    `examined` tells which pages were examined anew for what, and of how many.
    """

    entry: FileEntry
    data: bytes
    problems: tuple[Problem, ...]
    examined: Mapping[str, tuple[tuple[int, ...], int]]


@dataclass(frozen=True, slots=True)
class Maker:
    """Writes, finishes and checks variants from one layout."""

    laid: LaidOutEdition
    validate: bool = False
    known: PageFindings | None = None

    def make(self, variants: Sequence[Variant], prover: Prover) -> list[FinishedFile]:
        """Return the finished files, written side by side where the system can do that.

        `prover` takes a file and what it is checked against, and gives what waits for its proof. Raises ReportError
        with the problems of every variant that could not be written.
        """
        context, proofs = self.context, dict[str, tuple[WrittenFile, Callable[[], Proof]]]()

        def written(_: str, files: list[WrittenFile]) -> None:
            for file in files:
                proofs[file.variant.name] = file, prover(file, context)

        groups: dict[str, list[Variant]] = {}
        for variant in variants:
            groups.setdefault(variant.writing, []).append(variant)
        if CAN_FORK:
            jobs = {name: partial(self.write, alike, self.laid.layout) for name, alike in groups.items()}
            run_forked(jobs, at_once=PROCESSORS, done=written, crashed=partial(_lost, groups))
        else:
            for name, alike in groups.items():
                written(name, self.write(alike, pdf.lay_out(self.laid.document, self.laid.served)))
        return [self._made(file, proven()) for file, proven in (proofs[variant.name] for variant in variants)]

    @property
    def context(self) -> ProofContext:
        """What the files are checked against."""
        laid, tokens = self.laid, self.laid.tokens
        faces = tuple(tokens.faces.values())
        return ProofContext(
            laid.layout.pages,
            tokens.page,
            faces,
            tokens.tracks,
            laid.printer,
            laid.draft,
            self.validate,
            self.known or PageFindings(),
        )

    def write(self, variants: Sequence[Variant], layout: pdf.Layout) -> list[WrittenFile]:
        """Return the finished files of variants that the engine writes alike. A layout can be written once."""
        written, messages = pdf.write(layout, variants[0])
        problems = tuple(engine_problems(messages))
        return [self._finished(variant, written, problems) for variant in variants]

    def _finished(self, variant: Variant, written: bytes, problems: tuple[Problem, ...]) -> WrittenFile:
        job = self._job(variant)
        data = finish(written, variant.finishing, job, variant.linearize)
        return WrittenFile(self._name(variant), variant, data, len(job.sources), problems)

    def _name(self, variant: Variant) -> str:
        return file_name(self.laid.edition, variant, self.laid.draft)

    def _build(self, variant: Variant) -> str:
        """What identifies this making of a variant: the same for the same content."""
        return sha256(f"{self._name(variant)} {self.laid.document.html}".encode())[:32]

    def _made(self, file: WrittenFile, proven: Proof) -> FinishedFile:
        pages = file.variant.pages(len(self.laid.layout.pages))
        entry = FileEntry.of(file.name, file.variant, file.data, pages, dict(proven.confirmed))
        return FinishedFile(entry, file.data, proven.problems, proven.examined)

    def _job(self, variant: Variant) -> FinishingJob:
        config, tokens, draft, build = self.laid.edition.config, self.laid.tokens, self.laid.draft, self._build(variant)
        about = About(
            title=f"{'DRAFT: ' if draft else ''}{config.organisation.name}: {config.title}",
            author=config.organisation.name,
            subject=resolve_references(config.subject, self.laid.edition),
            keywords=config.keywords,
            language=config.language,
            day=config.published,
            build=build,
            draft=draft,
        )
        slug = Slug(f"{config.title} · data of {config.published} · build {build[:10]}", tokens.faces["sans"])
        ground = tokens.builds[tokens.hexes[self._cover_ground()]]
        mark = DraftMark(tokens.faces["sans-bold"], tokens.hexes["haze"]) if draft else None
        originals = self._originals() if variant.preflight else {}
        sources = source_files(self.laid.edition, self.laid.charts) if variant.attach_sources else ()
        return FinishingJob(
            tokens.builds, about, self.laid.printer, slug, ground, variant.standards, mark, originals,
            pdf.rgb_profile(), sources,
        )  # fmt: skip

    def _originals(self) -> dict[str, Path]:
        """The photographs by the digest of what stands in the PDF: WeasyPrint takes a JPEG as it is."""
        edition, served = self.laid.edition, self.laid.served
        files = [image.file for image in edition.images.values() if image.file.lower().endswith((".jpg", ".jpeg"))]
        return {sha256(served[f"image/{file}"]()): photograph_file(edition.root / "images", file) for file in files}

    def _cover_ground(self) -> str:
        """The colour token under the front cover, which the spine continues."""
        sections = self.laid.edition.sections.values()
        cover = next((each.front for each in sections if each.front.page == "cover"), None)
        return (cover.ground if cover else None) or "ink"


def _lost(groups: Mapping[str, Sequence[Variant]], name: str, crash: CrashError) -> NoReturn:
    """The child that wrote some variants crashed or was killed."""
    variants = " and ".join(variant.name for variant in groups[name])
    what = f"The {variants} edition could not be written: {crash}."
    hint = "Memory or processor time ran out: close other programs, or build with --only." if crash.greedy else INTERNAL
    raise ReportError([error("writing", Place(), what, hint)])

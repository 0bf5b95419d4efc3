"""From one layout to finished files: each variant is written and finished in a child process, then proven in another.

In: a `LaidOutEdition`, variants, and a function that proves files. Out: `FinishedFile` records; nothing on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from report.cache.pages import PageFindings
from report.compose.logos import colours
from report.compose.photographs import photograph_file
from report.drawing.charts import resolve_references
from report.engine import pdf
from report.engine.messages import engine_problems
from report.finishing.attachments import source_files
from report.finishing.draft import DraftMark
from report.finishing.metadata import About
from report.finishing.run import FinishingJob, finish
from report.layout.run import LaidOutEdition
from report.press.inks import InkBuild
from report.press.logos import logo_builds
from report.press.sheet import Slug
from report.problems import Place, Problem, ReportError, error
from report.processes.child import CAN_FORK, PROCESSORS, CrashError
from report.processes.faults import INTERNAL
from report.processes.jobs import run_forked
from report.proving.records import Proof, ProofContext, WrittenFile
from report.sets.manifest import FileEntry, file_name
from report.sets.outputs import sha256
from report.variants import Variant

Prover = Callable[[WrittenFile, ProofContext], Callable[[], Proof]]


@dataclass(frozen=True, slots=True)
class FinishedFile:
    """A finished and proven file: its manifest entry, its bytes and its problems.

    `examined` maps each kind of finding to the pages examined anew and the number of pages.
    """

    entry: FileEntry
    data: bytes
    problems: tuple[Problem, ...]
    examined: Mapping[str, tuple[tuple[int, ...], int]]


@dataclass(frozen=True, slots=True)
class Maker:
    """Writes, finishes and checks variants from one layout."""

    laid_out: LaidOutEdition
    validate: bool = False
    findings: PageFindings | None = None

    def make(self, variants: Sequence[Variant], prover: Prover) -> list[FinishedFile]:
        """Return the finished files, written in parallel if the system can fork.

        `prover` takes a file and its context, and returns a function that waits for the proof. Raises ReportError with
        the problems of every variant that could not be written.
        """
        context, proofs = self.context, dict[str, tuple[WrittenFile, Callable[[], Proof]]]()

        def submit(_: str, files: list[WrittenFile]) -> None:
            for file in files:
                proofs[file.variant.name] = file, prover(file, context)

        groups: dict[str, list[Variant]] = {}
        for variant in variants:
            groups.setdefault(variant.writing, []).append(variant)
        if CAN_FORK:
            jobs = {name: partial(self.write, group, self.laid_out.layout) for name, group in groups.items()}
            run_forked(jobs, at_once=PROCESSORS, done=submit, crashed=partial(_raise_crash, groups))
        else:
            for name, group in groups.items():
                submit(name, self.write(group, pdf.lay_out(self.laid_out.document, self.laid_out.resources)))
        return [self._finished_file(file, proof()) for file, proof in (proofs[variant.name] for variant in variants)]

    def unproven(self, variants: Sequence[Variant]) -> list[FinishedFile]:
        """Return files that are only to be looked at: nothing is checked, and nothing is claimed."""
        jobs = {each.name: partial(self.write, [each], self.laid_out.layout) for each in variants}
        written = run_forked(
            jobs, at_once=PROCESSORS, crashed=partial(_raise_crash, {each.name: [each] for each in variants})
        )
        return [self._finished_file(file, Proof((), {}, {})) for (file,) in written.values()]

    @property
    def context(self) -> ProofContext:
        """The context to check the files against."""
        laid_out, tokens = self.laid_out, self.laid_out.tokens
        faces = tuple(tokens.faces.values())
        return ProofContext(
            laid_out.layout.pages,
            tokens.page,
            faces,
            tokens.tracks,
            laid_out.printer,
            bool(laid_out.mark),
            self.validate,
            self.findings or PageFindings(),
        )

    def write(self, variants: Sequence[Variant], layout: pdf.Layout) -> list[WrittenFile]:
        """Return the files of variants that share one writing by the engine. A layout can be written only once."""
        data, messages = pdf.write(layout, variants[0])
        problems = tuple(engine_problems(messages))
        return [self._written_file(variant, data, problems) for variant in variants]

    def _written_file(self, variant: Variant, unfinished: bytes, problems: tuple[Problem, ...]) -> WrittenFile:
        job = self._job(variant)
        data = finish(unfinished, variant.finishing, job, variant.linearize)
        return WrittenFile(self._name(variant), variant, data, len(job.sources), problems)

    def _name(self, variant: Variant) -> str:
        return file_name(self.laid_out.edition, variant, self.laid_out.mark)

    def _build_id(self, variant: Variant) -> str:
        """Return an identifier of this build of a variant, the same for the same content."""
        return sha256(f"{self._name(variant)} {self.laid_out.document.html}".encode())[:32]

    def _finished_file(self, file: WrittenFile, proof: Proof) -> FinishedFile:
        pages = file.variant.pages(len(self.laid_out.layout.pages))
        entry = FileEntry.of(file.name, file.variant, file.data, pages, dict(proof.confirmed))
        return FinishedFile(entry, file.data, proof.problems, proof.examined)

    def _job(self, variant: Variant) -> FinishingJob:
        config, tokens, word = self.laid_out.edition.config, self.laid_out.tokens, self.laid_out.mark.upper()
        build = self._build_id(variant)
        standards = () if self.laid_out.faulty else variant.standards
        about = About(
            title=f"{f'{word}: ' if word else ''}{config.organisation.name}: {config.title}",
            author=config.organisation.name,
            subject=resolve_references(config.subject, self.laid_out.edition),
            keywords=config.keywords,
            language=config.language,
            day=config.published,
            build=build,
            draft=bool(word),
        )
        slug = Slug(f"{config.title} · data of {config.published} · build {build[:10]}", tokens.faces["sans"])
        ground = tokens.builds[tokens.hexes[self._cover_ground()]]
        mark = DraftMark(tokens.faces["sans-bold"], tokens.hexes["haze"], word) if word else None
        originals = self._originals() if variant.preflight else {}
        sources = source_files(self.laid_out.edition, self.laid_out.charts) if variant.attach_sources else ()
        builds = {**self._logo_builds(variant), **tokens.builds}
        return FinishingJob(
            builds, about, self.laid_out.printer, slug, ground, standards, mark, originals,
            pdf.rgb_profile(), sources,
        )  # fmt: skip

    def _logo_builds(self, variant: Variant) -> dict[str, InkBuild]:
        """Return the inks of the colours of logos, which are no tokens. Only a printer needs them."""
        edition, builds = self.laid_out.edition, dict[str, InkBuild]()
        for image in edition.images.values() if variant.preflight else ():
            if image.file.lower().endswith(".svg"):
                svg = self.laid_out.resources[f"image/{image.file}"]().decode()
                builds |= logo_builds(colours(svg), image.inks, self.laid_out.printer)
        return builds

    def _originals(self) -> dict[str, Path]:
        """Return the original photographs by the digest of their data in the PDF; WeasyPrint embeds JPEGs unchanged."""
        edition, resources = self.laid_out.edition, self.laid_out.resources
        files = [image.file for image in edition.images.values() if image.file.lower().endswith((".jpg", ".jpeg"))]
        return {sha256(resources[f"image/{file}"]()): photograph_file(edition.root / "images", file) for file in files}

    def _cover_ground(self) -> str:
        """Return the colour token of the front cover's ground, which continues on the spine."""
        sections = self.laid_out.edition.sections.values()
        cover = next((each.front for each in sections if each.front.page == "cover"), None)
        return (cover.ground if cover else None) or "ink"


def _raise_crash(groups: Mapping[str, Sequence[Variant]], name: str, crash: CrashError) -> NoReturn:
    """Raise ReportError for a child that crashed or was killed while it wrote variants."""
    variants = " and ".join(variant.name for variant in groups[name])
    what = f"The {variants} edition could not be written: {crash}."
    hint = "Memory or processor time ran out. Close other programs, or build with --only."
    hint = hint if crash.out_of_resources else INTERNAL
    raise ReportError([error("writing", Place(), what, hint)])

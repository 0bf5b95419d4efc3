"""From one layout to the files: each variant is written, finished and checked, side by side with the others.

In: a `LaidOut` edition and variants. Out: `MadeFile` records, nothing on the disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report import pdf
from report.access.inbuild import access_problems
from report.attachments import source_files
from report.charts import resolved
from report.draft import OF_THE_MARK, DraftMark
from report.file_checks import Made, check_file
from report.finish import Job, finish
from report.inspect import Pdf
from report.laying_out import LaidOut
from report.manifest import FileEntry, file_name
from report.metadata import PDFX4, About
from report.outputs import sha256
from report.page_problems import engine_problems
from report.parallel import CAN_FORK, PROCESSORS, run_forked
from report.preflight.run import preflight
from report.press.cover import for_cover
from report.press.sheet import Slug
from report.problems import Problem
from report.variants import Variant
from report.verapdf import FLAVOURS, broken_rules, validate


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A finished file that was looked at: its entry in the manifest, its bytes, and what is wrong with it."""

    entry: FileEntry
    data: bytes
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file that nothing has looked at yet, and what the engine said while it wrote it."""

    name: str
    variant: Variant
    data: bytes
    sources: int
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Maker:
    """Writes, finishes and checks variants from one layout."""

    laid: LaidOut
    validate: bool = False

    def make(self, variants: Sequence[Variant]) -> list[MadeFile]:
        """Return the finished files: side by side in children of this process where the system can do that."""
        laid = self.laid
        if CAN_FORK:
            jobs = {variant.name: lambda variant=variant: self._file(variant, laid.layout) for variant in variants}
            return list(run_forked(jobs, at_once=PROCESSORS).values())
        return [self._file(variant, pdf.lay_out(laid.document, laid.served)) for variant in variants]

    def write(self, variant: Variant, layout: pdf.Layout) -> Written:
        """Return the finished file of a variant. A layout can be written once."""
        laid = self.laid
        name = file_name(laid.edition, variant, laid.draft)
        sources = source_files(laid.edition, laid.charts) if variant.attach_sources else ()
        build = sha256(f"{name} {laid.document.html}".encode())[:32]
        written, messages = pdf.write(layout, variant, build.encode(), sources)
        data = finish(written, variant.finishing, self._job(build, variant), variant.linearize)
        return Written(name, variant, data, len(sources), tuple(messages))

    def file_problems(self, written: Written) -> list[Problem]:
        """Return what the engine said, and what is wrong with the file itself."""
        laid, faces = self.laid, tuple(self.laid.tokens.faces.values())
        record = Made(
            written.name, Pdf(written.data), written.variant, laid.tokens.page, faces, len(laid.layout.pages),
            written.sources, laid.printer,
        )  # fmt: skip
        return [*engine_problems(written.messages), *check_file(record)]

    def _file(self, variant: Variant, layout: pdf.Layout) -> MadeFile:
        written, laid, pages = self.write(variant, layout), self.laid, layout.pages
        name, data, problems = written.name, written.data, tuple(self.file_problems(written))
        confirmed: dict[str, str] = {}
        if variant.preflight:
            printer = for_cover(laid.printer) if variant.part == "cover" else laid.printer
            outcome = preflight(data, name, printer).outcome
            problems += tuple(outcome.problems)
            if outcome.passed:
                confirmed[PDFX4] = f"own preflight for {printer.name}, {len(outcome.verdicts)} checks"
        if variant.access:
            problems += tuple(access_problems(data, name, variant.budget, pages, laid.tokens.tracks))
        if self.validate and (standards := [each for each in variant.standards if each in FLAVOURS]):
            for verdict in validate(data, name, standards):
                problems += tuple(broken_rules(verdict, name))
                if verdict.passed:
                    confirmed[verdict.standard] = verdict.validator
        if laid.draft:
            problems = tuple(problem for problem in problems if problem.code not in OF_THE_MARK)
        entry = FileEntry.of(name, variant, data, variant.pages(len(pages)), confirmed)
        return MadeFile(entry, data, problems)

    def _job(self, build: str, variant: Variant) -> Job:
        config, tokens, draft = self.laid.edition.config, self.laid.tokens, self.laid.draft
        about = About(
            title=f"{'DRAFT: ' if draft else ''}{config.organisation.name}: {config.title}",
            author=config.organisation.name,
            subject=resolved(config.subject, self.laid.edition),
            keywords=config.keywords,
            language=config.language,
            day=config.published,
            build=build,
            draft=draft,
        )
        slug = Slug(f"{config.title} · data of {config.published} · build {build[:10]}", tokens.faces["sans"])
        ground = tokens.builds[tokens.hexes[self._cover_ground()]]
        mark = DraftMark(tokens.faces["sans-bold"], tokens.hexes["haze"]) if draft else None
        return Job(tokens.builds, about, self.laid.printer, slug, ground, variant.standards, mark)

    def _cover_ground(self) -> str:
        """The colour token under the front cover, which the spine continues."""
        sections = self.laid.edition.sections.values()
        cover = next((each.front for each in sections if each.front.page == "cover"), None)
        return (cover.ground if cover else None) or "ink"

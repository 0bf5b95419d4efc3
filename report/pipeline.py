"""From a folder of facts and prose to a complete set of editions, top to bottom.

load → check → charts and artwork → compose → lay out → (per variant) write, finish, check → publish
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from report import pdf
from report.access.inbuild import access_problems
from report.attachments import source_files
from report.cache import Cache
from report.charts import NO_CACHE, ChartArt, draw_charts, resolved
from report.checking import check
from report.compose import Composition, compose
from report.draft import OF_THE_MARK, DraftMark
from report.edition import Edition
from report.file_checks import Made, check_file
from report.finish import Job, finish
from report.freshness import Inputs
from report.inspect import Pdf
from report.layout_checks import Proofs, check_layout
from report.manifest import FileEntry, Manifest, file_name, manifest
from report.metadata import PDFX4, About
from report.outputs import claim, current_set, publish, set_name, sha256
from report.parallel import CAN_FORK, run_forked
from report.preflight.run import preflight
from report.press.cover import for_cover
from report.press.printers import DEFAULT, Printer, load_printer
from report.press.sheet import Slug
from report.problems import Place, Problem, ReportError, error, has_errors, in_order, warning
from report.progress import Progress
from report.project import Project
from report.resources import resources
from report.sheets import Sheet, draw_sheets, sheets
from report.texts import texts_by_source
from report.tokens import Tokens
from report.variants import VARIANTS, Variant
from report.verapdf import FLAVOURS, broken_rules, validate
from report.viewer import Viewer
from report.views import ReportView
from report.years.renewal import for_draft


@dataclass(frozen=True, slots=True)
class Built:
    """A published set: its folder, its manifest, and the warnings of the build."""

    folder: Path
    manifest: Manifest
    problems: tuple[Problem, ...]


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
) -> Built:
    """Build the variants of an edition and publish the set. Raises ReportError; what was there before then stays.

    A `draft` shows what is still to be renewed, and is a set of its own: it never takes the place of a finished one.
    """
    placed = set_name(name, draft)
    claim(out, placed)
    laid = lay_out_edition(project, name, printer_name, progress, strict, inputs, cache, draft)
    problems = list(laid.problems)
    _stop_on_errors(problems, strict)
    with progress.stage("write") as stage:
        made = Maker(laid, validated).make([VARIANTS[variant] for variant in variants])
        problems += [problem for file in made for problem in file.problems]
        stage.count = ", ".join(file.entry.variant for file in made)
        _stop_on_errors(problems, strict)
    with progress.stage("publish") as stage:
        entries, asked = [file.entry for file in made], inputs.record if inputs else None
        before, system, pages = current_set(out, placed), pdf.machine_versions(), laid.layout.pages
        record = manifest(laid.edition, pages, entries, in_order(problems), before, asked, system, laid.to_renew)
        folder = publish(out, placed, record.files_to_write({file.entry.name: file.data for file in made}))
        stage.count = f"{len(record.files)} file{'s' if len(record.files) != 1 else ''} and the manifest"
    return Built(folder, record, tuple(in_order(problems)))


@dataclass(frozen=True, slots=True)
class LaidOut:
    """An edition on its pages, and all that they were made from; `problems` are those of checking and layout.

    `to_renew` counts what a draft still has from last year; it is None where the edition is not a draft.
    """

    edition: Edition
    tokens: Tokens
    printer: Printer
    charts: Mapping[str, ChartArt]
    sheets: Mapping[str, Sheet]
    view: ReportView
    document: Composition
    served: pdf.Resources
    layout: pdf.Layout
    problems: tuple[Problem, ...]
    to_renew: int | None = None

    @property
    def draft(self) -> bool:
        """Whether this is a draft."""
        return self.to_renew is not None


def lay_out_edition(
    project: Project,
    name: str,
    printer_name: str,
    progress: Progress,
    strict: bool,
    inputs: Inputs | None = None,
    cache: Cache = NO_CACHE,
    draft: bool = False,
) -> LaidOut:
    """Take an edition as far as its pages. Raises ReportError where there can be none; faults of pages are returned."""
    with progress.stage("check") as stage:
        edition, tokens, problems = check(project, name)
        problems, to_renew = for_draft(problems) if draft else (problems, None)
        printer = load_printer(printer_name, float(tokens.page.bleed))
        stage.count = f"{len(edition.facts)} facts, {len(edition.sections)} sections"
        _stop_on_errors(problems, strict)
    with progress.stage("draw") as stage:
        stamp = inputs.stamp("figures/", "styles/fonts/", "report/") if inputs else ""
        charts = draw_charts(edition, tokens, project.figures, cache, stamp)
        laid_under = sheets(edition, tokens)
        artworks = draw_sheets(laid_under, project.artworks, cache, stamp)
        kept = f", {len(cache.hits)} of them kept" if cache.hits else ""
        stage.count = f"{len(charts)} charts, {len(artworks)} artworks{kept}"
    with progress.stage("compose"):
        view = Viewer(edition, charts, laid_under, tokens.dark, draft).report()
        document = compose(view, laid_under, tokens, project.root, project.press)
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
        problems += [*_engine_problems(layout.messages), *layout.problems, *check_layout(proofs)]
        stage.count = f"{len(layout.pages)} pages"
    return LaidOut(
        edition, tokens, printer, charts, laid_under, view, document, served, layout, tuple(problems), to_renew
    )


@dataclass(frozen=True, slots=True)
class _File:
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

    def make(self, variants: Sequence[Variant]) -> list[_File]:
        """Return the finished files: side by side in children of this process where the system can do that."""
        laid = self.laid
        if CAN_FORK:
            jobs = {variant.name: lambda variant=variant: self._file(variant, laid.layout) for variant in variants}
            return list(run_forked(jobs).values())
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
        return [*_engine_problems(written.messages), *check_file(record)]

    def _file(self, variant: Variant, layout: pdf.Layout) -> _File:
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
        return _File(entry, data, problems)

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

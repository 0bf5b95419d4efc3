"""One callable that builds an edition for the desk: the pages as soon as they are there, then what is found on them.

In: a project, the name of an edition, a variant and a printer. Out: parts, one after the other: the finished file, to
be kept for its pictures, and records for the browser. Errors of layout do not stop it: the pages are shown with marks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from report.access.inbuild import access_problems
from report.cache.store import NO_CACHE, Cache
from report.checks.uses import used_facts
from report.desk import overlays
from report.desk.hotspots import HotspotContext, hotspots
from report.desk.marks import marked, marked_faults
from report.desk.quick import quick_previews, section_digests
from report.desk.records import (
    Chapter,
    ChartRecord,
    Contrasts,
    FactRecord,
    FileFindings,
    Inks,
    MarkedProblem,
    PagePreview,
    Pages,
    Preview,
    PreviewPart,
    TagOutline,
    as_json,
)
from report.desk.sources import sources_of
from report.edition.edition import Edition
from report.engine.boxes import PageRecord
from report.inspection.inspect import PageBoxes, Pdf, text_runs
from report.layout.run import LaidOutEdition, composed_edition, lay_out
from report.making import Maker
from report.preflight.checks import PreflightSubject
from report.preflight.facts import read_facts
from report.preflight.ink import page_ink
from report.preflight.outcome import run_checks
from report.preflight.plates import plates
from report.processes.server import StoredFile, StoredFiles
from report.progress import Progress
from report.project import Project
from report.proving.records import WrittenFile
from report.proving.run import file_problems
from report.sets.freshness import Inputs
from report.sets.outputs import sha256
from report.variants import VARIANTS

EMPTY: StoredFiles = {}


def build_preview(
    project: Project,
    name: str,
    variant: str,
    printer: str,
    kept: StoredFiles = EMPTY,
    inputs: Inputs | None = None,
    cache: Cache = NO_CACHE,
) -> Iterator[PreviewPart | StoredFile]:
    """Build one variant: first the pages that a change concerns, alone, then all. Raises ReportError where there can be
    no pages. `kept` is what earlier builds left.
    """
    silent = Progress(quiet=True)
    with composed_edition(project, name, printer, silent, False, inputs, cache) as composed:
        yield from quick_previews(composed, kept, variant)
        laid = lay_out(composed, silent)
    last = section_digests(laid, composed, variant)
    order = overlays.reading_order(laid.layout.tree, len(laid.layout.pages))  # before writing, which changes boxes
    maker = Maker(laid)
    (written,) = maker.write([VARIANTS[variant]], laid.layout)
    boxes = Pdf(written.data).pages
    preview = _Previewer(project, laid, boxes).preview(variant, written.data, order)
    yield StoredFile(preview.id, written.data)
    yield Pages(preview, marked(laid.problems, laid.layout.pages))
    yield last
    yield from _looked_through(maker, written, boxes)


def _looked_through(maker: Maker, written: WrittenFile, boxes: list[PageBoxes]) -> Iterator[PreviewPart]:
    """Look at the finished file as a build does, and keep what the overlays show."""
    laid, variant, pages = maker.laid_out, written.variant, maker.laid_out.layout.pages
    problems = marked(file_problems(written, maker.context), pages)
    runs = tuple(text_runs(written.data))
    if variant.preflight:
        facts, inks, pictures = read_facts(written.data, written.name), [], {}
        for page, found in zip(facts.pages, plates(written.data), strict=True):
            inks.append(page_ink(found, page))
            pictures[page.number] = overlays.ink_picture(found)
        yield Inks(pictures)
        outcome = run_checks(written.name, PreflightSubject(facts, laid.printer, runs, tuple(inks)), True)
        problems += marked_faults(outcome, boxes)
    if variant.access:
        found_by_access = access_problems(written.data, written.name, variant.budget, pages, laid.tokens.tracks)
        problems += marked(found_by_access, pages)
    yield FileFindings(_once(problems))
    yield Contrasts(overlays.contrasts(written.data, runs, boxes))


def _once(problems: tuple[MarkedProblem, ...]) -> tuple[MarkedProblem, ...]:
    return tuple(dict.fromkeys(problems))


@dataclass(frozen=True, slots=True)
class _Previewer:
    """Gathers what the browser is told of an edition."""

    project: Project
    laid: LaidOutEdition
    boxes: list[PageBoxes]

    def preview(self, variant: str, data: bytes, order: list[tuple[TagOutline, ...]]) -> Preview:
        laid, config = self.laid, self.laid.edition.config
        pages, chapters = laid.layout.pages, self._chapters()
        around = self._around()
        leaves = tuple(
            self._leaf(page, boxes, tags, around, chapters)
            for page, boxes, tags in zip(pages, self.boxes, order, strict=True)
        )
        made = Preview(
            id="",
            variant=variant,
            edition=config.edition,
            title=config.title,
            language=config.language,
            printer=laid.printer.values.title,
            ink_limit=laid.printer.values.ink.limit,
            geometry=overlays.geometry(laid.tokens, laid.printer, pages),
            pages=leaves,
            chapters=chapters,
            facts=self._facts(),
            charts={
                name: ChartRecord(_src(laid.edition, name), around.charts.get(name, ""), _facts_of(laid.edition, name))
                for name in laid.edition.charts
            },
            own=around.sources.own,
        )
        return _named(made, data)

    def _around(self) -> HotspotContext:
        laid, sources = self.laid, sources_of(self.project)
        config = laid.edition.place("edition", ("tagline",))
        return HotspotContext(
            sources,
            {name: sources.drawings.get(sheet.artwork, "") for name, sheet in laid.sheets.items()},
            {name: sources.drawings.get(chart.figure, "") for name, chart in laid.edition.charts.items()},
            config.source,
        )

    def _leaf(
        self,
        page: PageRecord,
        boxes: PageBoxes,
        order: tuple[TagOutline, ...],
        around: HotspotContext,
        chapters: tuple[Chapter, ...],
    ) -> PagePreview:
        before = [chapter.title for chapter in chapters if chapter.page <= page.number]
        return PagePreview(
            number=page.number,
            side=page.side,
            section=before[-1] if before else "",
            width=page.width,
            height=page.height,
            sheet=boxes.media.over(boxes.trim),
            bleed=boxes.bleed.over(boxes.trim),
            spots=tuple(hotspots(page, around)),
            order=order,
        )

    def _chapters(self) -> tuple[Chapter, ...]:
        first: dict[tuple[str, str], int] = {}
        for page in self.laid.layout.pages:
            for component in page.components:
                first.setdefault((component.src, component.name), page.number)
        found = [
            Chapter(section.title, first[section.src, section.page], section.page, section.src)
            for section in self.laid.view.sections
            if (section.src, section.page) in first
        ]
        return tuple(sorted(found, key=lambda chapter: chapter.page))

    def _facts(self) -> dict[str, FactRecord]:
        edition, pages = self.laid.edition, self.laid.layout.pages
        uses, in_text = used_facts(edition), overlays.pages_by_fact(pages)
        charts = {
            name: tuple(page.number for page in pages if any(each.chart == name for each in page.components))
            for name in edition.charts
        }
        return {
            name: FactRecord(
                value=edition.formats.fact(fact),
                label=fact.label,
                src=edition.fact_place(name).source,
                source=edition.config.sources[fact.source].title if fact.source in edition.config.sources else "",
                uses=tuple((use.place.source, use.what) for use in sorted(set(uses.get(name, ())))),
                pages=in_text.get(name, ()),
                charts=tuple((chart, on) for chart, on in charts.items() if name in _facts_of(edition, chart)),
            )
            for name, fact in edition.facts.items()
        }


def _src(edition: Edition, chart: str) -> str:
    return edition.place("charts", ("charts", chart)).source


def _facts_of(edition: Edition, name: str) -> tuple[str, ...]:
    chart = edition.charts[name]
    return (*(row.fact for row in chart.series), *((chart.whole,) if chart.whole else ()))


def _named(preview: Preview, data: bytes) -> Preview:
    """Name a preview after all that it shows: the same input has the same name, whenever it is built."""
    return replace(preview, id=sha256(as_json(preview) + data)[:16])

"""From a folder of facts and prose to pages: what every variant of an edition has in common.

load → check → charts and artwork, made beside the rest → compose → lay out
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING

from report.cache.store import NO_CACHE, Cache
from report.checks.run import check
from report.design.tokens import Tokens
from report.drawing.charts import ChartArt, chart_arts
from report.drawing.run import Drawings, draw
from report.drawing.sheets import ArtworkSheet, sheets
from report.edition.edition import Edition
from report.edition.renewal import for_draft
from report.press.printers import Printer, load_printer
from report.problems import Problem, ReportError, has_errors, in_order
from report.processes.jobs import alongside
from report.progress import Progress
from report.project import Project
from report.sets.freshness import Inputs

if TYPE_CHECKING:
    from report.compose.run import Composition
    from report.compose.views import ReportView
    from report.engine import pdf


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedEdition:
    """An edition as one HTML document, and what waits for its drawings; `problems` are those of checking.

    `to_renew` counts what a draft still has from last year; it is None where the edition is not a draft.
    """

    edition: Edition
    tokens: Tokens
    printer: Printer
    charts: Mapping[str, ChartArt]
    sheets: Mapping[str, ArtworkSheet]
    view: ReportView
    document: Composition
    drawn: Callable[[], Drawings]
    cache: Cache
    problems: tuple[Problem, ...]
    to_renew: int | None = None

    def on_pages(self, layout: pdf.Layout, problems: Sequence[Problem] = ()) -> LaidOutEdition:
        """Return the edition with its pages, and with the problems of these."""
        same = {field.name: getattr(self, field.name) for field in fields(self)}
        return LaidOutEdition(**same | {"problems": (*self.problems, *problems)}, layout=layout)

    @property
    def draft(self) -> bool:
        """Whether this is a draft."""
        return self.to_renew is not None

    @property
    def served(self) -> pdf.Resources:
        """What the engine may read. It waits for the drawings when it comes to the first of them."""
        from report.compose.resources import resources

        return resources(self.edition, self.tokens, self.sheets, self.drawn, self.cache)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOutEdition(ComposedEdition):
    """An edition on its pages; `problems` are those of checking and layout."""

    layout: pdf.Layout


@contextmanager
def composed_edition(
    project: Project,
    name: str,
    printer_name: str,
    progress: Progress,
    strict: bool,
    inputs: Inputs | None = None,
    cache: Cache = NO_CACHE,
    draft: bool = False,
) -> Iterator[ComposedEdition]:
    """Take an edition as far as its document; its drawings are made meanwhile. Raises ReportError."""
    with progress.stage("check") as stage:
        edition, tokens, problems = check(project, name)
        problems, to_renew = for_draft(problems) if draft else (problems, None)
        printer = load_printer(printer_name, float(tokens.page.bleed))
        stage.count = f"{len(edition.facts)} facts, {len(edition.sections)} sections"
        stop_on_errors(problems, strict)
    arts, laid_under = chart_arts(edition, tokens, project.figures), sheets(edition, tokens)
    stamp = inputs.stamp("figures/", "styles/fonts/", "report/") if inputs else ""
    drawing = partial(draw, edition, arts, laid_under, tokens, project, cache, stamp)
    with alongside(drawing, "drawings") as drawn:
        with progress.stage("compose"):
            import report.engine.pdf  # noqa: F401 (loads the engine, while the drawings are made)
            from report.compose.run import compose
            from report.compose.viewer import Viewer

            view = Viewer(edition, arts, laid_under, tokens.dark, draft).report()
            document = compose(view, laid_under, tokens, project.search)
        yield ComposedEdition(
            edition=edition,
            tokens=tokens,
            printer=printer,
            charts=arts,
            sheets=laid_under,
            view=view,
            document=document,
            drawn=drawn,
            cache=cache,
            problems=tuple(problems),
            to_renew=to_renew,
        )


def lay_out(composed: ComposedEdition, progress: Progress) -> LaidOutEdition:
    """Lay a composed edition out. Raises ReportError where its drawings can't be made."""
    from report.engine import pdf
    from report.layout.problems import layout_problems

    with progress.stage("lay out") as stage:
        layout = pdf.lay_out(composed.document, composed.served)
        _report(composed.drawn(), progress)
        problems = layout_problems(layout, composed.sheets, composed.tokens, composed.document.html)
        stage.count = f"{len(layout.pages)} pages"
    return composed.on_pages(layout, problems)


def _report(drawn: Drawings, progress: Progress) -> None:
    kept = f", {len(drawn.cached)} of them kept" if drawn.cached else ""
    progress.done("draw", f"{len(drawn.charts)} charts, {len(drawn.artworks)} artworks{kept}", drawn.seconds)


def stop_on_errors(problems: Sequence[Problem], strict: bool) -> None:
    """Raise ReportError where there are errors; under `strict`, where there is anything."""
    if has_errors(problems) or (strict and problems):
        raise ReportError(in_order(problems))

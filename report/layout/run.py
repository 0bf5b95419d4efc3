"""From a folder of facts and prose to laid-out pages, which all variants of an edition share.

load → check → charts and artwork, drawn in a child process → compose → lay out
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, Literal

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

Mark = Literal["", "draft", "faulty"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedEdition:
    """An edition as one HTML document. `problems` are those found by the checks; `drawings` waits for the drawings.

    `to_renew` is the number of values and passages in a draft still to be renewed, or None if it is not a draft.
    """

    edition: Edition
    tokens: Tokens
    printer: Printer
    charts: Mapping[str, ChartArt]
    sheets: Mapping[str, ArtworkSheet]
    view: ReportView
    document: Composition
    drawings: Callable[[], Drawings]
    cache: Cache
    problems: tuple[Problem, ...]
    to_renew: int | None = None

    def with_layout(self, layout: pdf.Layout, problems: Sequence[Problem] = ()) -> LaidOutEdition:
        """Return the edition with a layout and its problems added."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return LaidOutEdition(**values | {"problems": (*self.problems, *problems)}, layout=layout)

    @property
    def draft(self) -> bool:
        """Whether the edition is a draft."""
        return self.to_renew is not None

    @property
    def resources(self) -> pdf.Resources:
        """The resources that the engine may load. Loading a drawing waits until all of them are done."""
        from report.compose.resources import resources

        return resources(self.edition, self.tokens, self.sheets, self.drawings, self.cache)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOutEdition(ComposedEdition):
    """An edition with its layout. `problems` are those found by the checks and after layout.

    A `faulty` one has errors: its pages are marked, and only to be looked at.
    """

    layout: pdf.Layout
    faulty: bool = False

    @property
    def mark(self) -> Mark:
        """The word on every page of a file that is not to be used."""
        return "faulty" if self.faulty else "draft" if self.draft else ""


def check_document(project: Project, name: str, cache: Cache = NO_CACHE) -> tuple[Edition, list[Problem]]:
    """Check an edition, every template and every stylesheet, without drawing or layout.

    Raises ReportError if a file cannot be loaded. What is wrong with the data is told before templates are filled.
    """
    from report.compose.run import compose_edition
    from report.compose.templates import syntax_problems
    from report.engine.stylesheets import ignored_styles

    edition, tokens, problems = check(project, name)
    problems += syntax_problems(project.search)
    if has_errors(problems):
        return edition, problems
    charts, artworks = chart_arts(edition, tokens, project.figures), sheets(edition, tokens)
    try:
        _, document, unprinted = compose_edition(edition, charts, artworks, tokens, project.search)
        return edition, [*problems, *unprinted, *ignored_styles(document.styles, cache)]
    except ReportError as failure:
        return edition, [*problems, *failure.problems]


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
    """Load, check and compose an edition while its drawings are made in a child process. Raises ReportError."""
    with progress.stage("check") as stage:
        edition, tokens, problems = check(project, name)
        problems, to_renew = for_draft(problems) if draft else (problems, None)
        printer = load_printer(printer_name, float(tokens.page.bleed), project.search)
        stage.count = f"{len(edition.facts)} facts, {len(edition.sections)} sections"
        stop_on_errors(problems, strict)
    charts, artworks = chart_arts(edition, tokens, project.figures), sheets(edition, tokens)
    stamp = inputs.stamp("figures/", "styles/fonts/", "report/") if inputs else ""
    drawing = partial(draw, edition, charts, artworks, tokens, project, cache, stamp)
    with alongside(drawing, "drawings") as drawings:
        with progress.stage("compose"):
            import report.engine.pdf  # noqa: F401 (load the engine while the drawings are made)
            from report.compose.run import compose_edition

            view, document, lost = compose_edition(edition, charts, artworks, tokens, project.search, draft)
            problems += lost
            stop_on_errors(problems, strict)
        yield ComposedEdition(
            edition=edition,
            tokens=tokens,
            printer=printer,
            charts=charts,
            sheets=artworks,
            view=view,
            document=document,
            drawings=drawings,
            cache=cache,
            problems=tuple(problems),
            to_renew=to_renew,
        )


def lay_out(composed: ComposedEdition, progress: Progress) -> LaidOutEdition:
    """Lay out a composed edition. Raises ReportError if a drawing fails."""
    from report.engine import pdf
    from report.layout.problems import layout_problems

    with progress.stage("lay out") as stage:
        layout = pdf.lay_out(composed.document, composed.resources)
        _report_drawings(composed.drawings(), progress)
        problems = layout_problems(
            layout, composed.sheets, composed.tokens, composed.document.html, composed.printer.values.binding.multiple
        )
        stage.count = f"{len(layout.pages)} pages"
    return composed.with_layout(layout, problems)


def _report_drawings(drawings: Drawings, progress: Progress) -> None:
    cached = f", {len(drawings.cached)} from the cache" if drawings.cached else ""
    progress.done("draw", f"{len(drawings.charts)} charts, {len(drawings.artworks)} artworks{cached}", drawings.seconds)


def fails(problems: Sequence[Problem], strict: bool) -> bool:
    """Return whether there are errors, or with `strict` any problems."""
    return has_errors(problems) or (strict and bool(problems))


def stop_on_errors(problems: Sequence[Problem], strict: bool) -> None:
    """Raise ReportError if there are errors, or with `strict` if there are any problems."""
    if fails(problems, strict):
        raise ReportError(in_order(problems))

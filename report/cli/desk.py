"""The watch command, which opens the desk: a live preview of the edition in a browser."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from report.cli.options import EditionArgument, PrinterName, Workspace, printer_files, printer_named, workspace
from report.problems import Place, ReportError, did_you_mean, error
from report.variants import USUAL

if TYPE_CHECKING:
    from report.processes.server import StoredFiles
    from report.project import Project
    from report.sets.freshness import Inputs

EDITOR = "vscode://file/{file}:{line}:{column}"
_EDITOR = re.compile(r"(?!javascript|data|vbscript)[a-z][a-z0-9+.-]*:.*\{file\}.*", re.IGNORECASE)


def register(app: typer.Typer) -> None:
    """Add the watch command."""
    app.command("watch")(watch_command)


def watch_command(
    context: typer.Context,
    edition: EditionArgument = None,
    port: Annotated[
        int | None,
        typer.Option(
            help="The port of the page. Default: 8417, or any free port.", min=1, max=65535, show_default=False
        ),
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
    variant: Annotated[str, typer.Option(help="The variant to show first: print, screen or archive.")] = "screen",
    printer: PrinterName = "sheetfed-us",
    editor: Annotated[
        str,
        typer.Option(
            envvar="EDITOR_URL", help="The URL that opens a file in your editor, with {file}, {line} and {column}."
        ),
    ] = EDITOR,
) -> None:
    """Preview the edition in the browser while you work on it. Each save updates the pages.

    Click anything to see where it comes from. Press Ctrl-C to end. The page is visible only on this machine.
    """  # fmt: skip
    from report.desk.server import Desk, serve

    if variant not in USUAL:
        raise typer.BadParameter(f"unknown variant {variant!r}. {did_you_mean(variant, USUAL)}")
    if not _EDITOR.fullmatch(editor):
        what, hint = f"`{editor}` is not an editor URL.", f"Use a URL with {{file}}, such as {EDITOR}"
        raise ReportError([error("editor", Place("EDITOR_URL"), what, hint)])
    place = workspace(context)
    project, root = place.bare_project(), place.root
    name, printer = project.edition(edition), printer_named(printer, project.search)

    def build(stored: StoredFiles, shown_variant: str) -> Iterator[Any]:
        from report.cache.store import Cache
        from report.desk.builder import build_preview
        from report.sets.freshness import gather

        def inputs() -> Inputs:
            return gather(project.search, name, printer_files(printer, project.search))

        before = inputs()  # read before the drawing functions are loaded, so that the cache keys match their code
        cache = Cache(root / ".cache", unchanged=lambda: inputs() == before)
        return build_preview(_fresh_project(place), name, shown_variant, printer, stored, before, cache)

    def pictures(stored: StoredFiles, preview: str, pages: list[int], scale: str) -> Iterator[Any]:
        from report.desk import pictures as rendering

        return rendering.pictures(stored[preview], pages, scale) if preview in stored else iter(())

    def ready(url: str) -> None:
        typer.echo(f"The desk is open at {url} · Press Ctrl-C to end.")
        if open_browser:
            typer.launch(url)

    folders = [
        root / "data" / name,
        *project.search.folders_of("layouts", "styles", "figures", "printers", "report/printers"),
    ]
    variants = (variant, *(each for each in USUAL if each != variant))
    about = {"name": name, "root": str(root), "program": str(place.program), "editor": editor}
    serve(Desk({"build": build, "pictures": pictures}, _warm, folders, variants, about, ready), port)
    typer.echo("The desk is closed. Nothing was changed.")


def _warm() -> None:
    """Load the modules that every build needs, except figures/, which may be edited meanwhile."""
    for library in ("report.desk.builder", "matplotlib.figure", "matplotlib.backends.backend_svg"):
        importlib.import_module(library)


def _fresh_project(place: Workspace) -> Project:
    """Return the project with its drawing functions reloaded from disk. Only for a process that ends afterwards."""
    for name in [each for each in sys.modules if each.partition(".")[0] == "figures"]:
        del sys.modules[name]
    sys.dont_write_bytecode = True  # bytecode compiled within a second of a save would be taken as current
    importlib.invalidate_caches()
    return place.project()

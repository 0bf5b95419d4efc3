"""The command that opens the desk: the edition in a browser while it is worked on."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from report.cli.options import EditionArgument, PrinterName, Workspace, printer_files, workspace
from report.problems import Place, ReportError, did_you_mean, error

if TYPE_CHECKING:
    from report.processes.server import StoredFiles
    from report.project import Project
    from report.sets.freshness import Inputs

VARIANTS = ("print", "screen", "archive")
EDITOR = "vscode://file/{file}:{line}:{column}"
_EDITOR = re.compile(r"(?!javascript|data|vbscript)[a-z][a-z0-9+.-]*:.*\{file\}.*", re.IGNORECASE)


def register(app: typer.Typer) -> None:
    """Add watch."""

    @app.command("watch")
    def watch_command(
        context: typer.Context,
        edition: EditionArgument = None,
        port: Annotated[
            int | None,
            typer.Option(
                help="The port of the page. Default: 8417, or any that is free.", min=1, max=65535, show_default=False
            ),
        ] = None,
        opened: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
        variant: Annotated[str, typer.Option(help="The variant to begin with: print, screen or archive.")] = "screen",
        printer: PrinterName = "sheetfed-us",
        editor: Annotated[
            str,
            typer.Option(envvar="EDITOR_URL", help="The address that opens a file: {file}, {line} and {column} in it."),
        ] = EDITOR,
    ) -> None:
        """Show the edition in the browser while it is worked on: each save is on the pages at once.

        Click anything to learn where it comes from. Ctrl-C ends it. Only this machine can see the page.
        """  # fmt: skip
        from report.desk.server import Desk, serve

        if variant not in VARIANTS:
            raise typer.BadParameter(f"there is no variant {variant!r}. {did_you_mean(variant, VARIANTS)}")
        if not _EDITOR.fullmatch(editor):
            what, hint = f"`{editor}` is no address of an editor.", f"An example: {EDITOR}"
            raise ReportError([error("editor", Place("EDITOR_URL"), what, hint)])
        place = workspace(context)
        project, root = place.project(), place.root
        name = project.edition(edition)

        def build(kept: StoredFiles, wanted: str) -> Iterator[Any]:
            from report.cache.store import Cache
            from report.desk.builder import build_preview
            from report.sets.freshness import gather

            def inputs() -> Inputs:
                return gather(project.search, name, printer_files(printer))

            found = inputs()  # before the drawing functions are read, so that no drawing is kept under another's name
            cache = Cache(root / ".cache", still=lambda: inputs() == found)
            return build_preview(_fresh_project(place), name, wanted, printer, kept, found, cache)

        def pictures(kept: StoredFiles, preview: str, pages: list[int], scale: str) -> Iterator[Any]:
            from report.desk import pictures as rendering

            return rendering.pictures(kept[preview], pages, scale) if preview in kept else iter(())

        def ready(url: str) -> None:
            typer.echo(f"The desk is open at {url} · Ctrl-C ends it.")
            if opened:
                typer.launch(url)

        folders = [root / "data" / name, *(root / each for each in ("layouts", "styles", "figures", "report/printers"))]
        variants = (variant, *(each for each in VARIANTS if each != variant))
        about = {"name": name, "root": str(root), "editor": editor}
        serve(Desk({"build": build, "pictures": pictures}, _warm, folders, variants, about, ready), port)
        typer.echo("The desk is closed. Nothing was changed.")


def _warm() -> None:
    """Load what every build needs, once; but nothing of figures/, which people edit."""
    for library in ("report.desk.builder", "matplotlib.figure", "matplotlib.backends.backend_svg"):
        importlib.import_module(library)


def _fresh_project(place: Workspace) -> Project:
    """Return the project with the drawing functions as they are now on disk. For a process that ends afterwards."""
    for name in [each for each in sys.modules if each.partition(".")[0] == "figures"]:
        del sys.modules[name]
    sys.dont_write_bytecode = True  # what is compiled within a second of a save would be taken for current
    importlib.invalidate_caches()
    return place.project()

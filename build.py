"""The command line: builds the editions of the annual report from data/, layouts/, styles/ and figures/.

The only place where everything meets: the pipeline of `report`, the drawing functions of `figures`, the disk and the
person.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from report import __version__
from report.cli.doctor import unprepared

ROOT = Path(__file__).resolve().parent

try:
    import typer
except ImportError as absent:  # before `make report`, `doctor` has to run with what Python brings along
    sys.exit(unprepared(ROOT, sys.argv[1:], str(absent.name)))

from report.cli import archive, building, changes, checking, desk, files, mail, years  # noqa: E402 (only where typer is)
from report.cli.arguments import in_order  # noqa: E402
from report.cli.ending import status_of  # noqa: E402
from report.cli.options import Drawings, Workspace  # noqa: E402

if TYPE_CHECKING:
    from report.project import Project

app = typer.Typer(
    name="build.py",
    help="Build the print, screen and archive editions of an annual report from one folder of facts and prose.",
    epilog="\n\n".join(
        (
            "The command build may be left out, and its options work without it:",
            "  build.py                              the newest edition, all variants",
            "  build.py 2023-24 --only screen        one variant of one edition",
            "  build.py check                        the data and prose, in under a second",
            "  build.py trace ease.covered           where a fact comes from and where it is used",
            "  build.py build --help                 every option of a build",
            "Options may stand before or after the command.",
            "Exit status: 0 for success, 1 for errors (or warnings under --strict), 2 for a wrong command line.",
        )
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
)
for group in (building, checking, files, changes, desk, mail, archive, years):
    group.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"annual-report-press {__version__}")
        raise typer.Exit


@app.callback()
def workspace(
    context: typer.Context,
    project: Annotated[
        Path | None,
        typer.Option(
            "--project",
            help="The folder with data/ and everything else of its own: styles/tokens.yaml, styles, fonts, layouts. "
            "What it lacks comes from the program. Default: the program's folder, or this one.",
            show_default=False,
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Say where everything is, for every command: build.py --project examples/marrow-isles check."""
    if project is not None and not (project / "data").is_dir():
        raise typer.BadParameter(f"there is no folder {project / 'data'}: a project has its editions in data/.")
    context.obj = workspace_of(project)


def workspace_of(project: Path | None = None) -> Workspace:
    """Return where everything is: a project that was named, the program's own, or the present folder."""
    own = ROOT if any((ROOT / "data").glob("*/edition.yaml")) else Path.cwd()
    return Workspace(ROOT, own if project is None else project.resolve(), drawings)


def drawings() -> Drawings:
    """Return the drawing functions by name: of charts, and of artworks."""
    from figures import FIGURES
    from figures.artworks import ARTWORKS

    return FIGURES, ARTWORKS


def whole_project(project: Path | None = None) -> Project:
    """Return a project with its drawing functions."""
    return workspace_of(project).project()


def main(arguments: Sequence[str], name: str = "build.py") -> int:
    """Run the command line, called `name` in its help, and return its exit status. Without a command, it builds."""

    def run() -> None:
        command = typer.main.get_command(app)
        app(args=in_order(arguments, command, lambda named: workspace_of(named).editions), prog_name=name)

    return status_of(run, lambda library: unprepared(ROOT, [], library))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

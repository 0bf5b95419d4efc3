"""The command line: builds editions of the annual report from data/, layouts/, styles/ and figures/.

The only module that imports both `report` and the drawing functions in `figures`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from report import __version__
from report.cli.doctor import run_without_libraries

ROOT = Path(__file__).resolve().parent

try:
    import typer
except ImportError as failure:  # before `make report`, `doctor` must run with the standard library alone
    sys.exit(run_without_libraries(ROOT, sys.argv[1:], str(failure.name)))

from report.cli import archive, building, changes, checking, desk, files, mail, years  # noqa: E402 (needs typer)
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
            "The word build is optional; its options work without it:",
            "  build.py                              the newest edition, all variants",
            "  build.py 2023-24 --only screen        one variant of one edition",
            "  build.py check                        check the data and prose, in about a second",
            "  build.py trace ease.covered           where a fact comes from and where it is used",
            "  build.py build --help                 all options of build",
            "Options may come before or after the command.",
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


def _version(show: bool) -> None:
    if show:
        typer.echo(f"annual-report-press {__version__}")
        raise typer.Exit


@app.callback()
def workspace(
    context: typer.Context,
    project: Annotated[
        Path | None,
        typer.Option(
            "--project",
            help="The project folder, with data/ and optionally its own styles, layouts, figures and printers. "
            "The program provides the rest. Default: the program's folder, or the current one.",
            show_default=False,
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Set the project for any command: build.py --project examples/marrow-isles check."""
    if project is not None and not (project / "data").is_dir():
        raise typer.BadParameter(f"{project / 'data'} does not exist: a project has its editions in data/.")
    context.obj = workspace_of(project)


def workspace_of(project: Path | None = None) -> Workspace:
    """Return the workspace: the named project, the program's own, or the current folder."""
    own = ROOT if any((ROOT / "data").glob("*/edition.yaml")) else Path.cwd()
    root = own if project is None else project.resolve()
    return Workspace(ROOT, root, partial(drawings, root))


def drawings(project: Path) -> Drawings:
    """Return the drawing functions of charts and of artworks, by name: the program's, and those of the project."""
    if (project / "figures").is_dir() and project != ROOT:
        _load_figures(project / "figures")
    from figures import FIGURES
    from figures.artworks import ARTWORKS

    return FIGURES, ARTWORKS


def _load_figures(own: Path) -> None:
    """Load figures/ anew, with a folder searched before it: a module there replaces the program's of the same name."""
    for name in [each for each in sys.modules if each.partition(".")[0] == "figures"]:
        del sys.modules[name]
    spec = find_spec("figures")
    assert spec and spec.loader and spec.submodule_search_locations is not None
    spec.submodule_search_locations.insert(0, str(own))
    package = module_from_spec(spec)
    sys.modules["figures"] = package
    spec.loader.exec_module(package)


def whole_project(project: Path | None = None) -> Project:
    """Return a project with its drawing functions."""
    return workspace_of(project).project()


def main(arguments: Sequence[str], name: str = "build.py") -> int:
    """Run the command line and return its exit status. `name` is the program name in the help."""

    def run() -> None:
        command = typer.main.get_command(app)
        app(args=in_order(arguments, command, lambda named: workspace_of(named).editions), prog_name=name)

    return status_of(run, lambda library: run_without_libraries(ROOT, [], library))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

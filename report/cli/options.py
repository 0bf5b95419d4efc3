"""Shared options of the commands, and the workspace.

In: nothing. Out: annotated types for typer, and `Workspace`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from report.design.look import Artwork, ChartForm
    from report.project import Project
    from report.searchpath import SearchPath

EditionArgument = Annotated[
    str | None, typer.Argument(help="The edition, a folder in data/. Default: the newest.", show_default=False)
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="The output folder, with a subfolder for each edition. Default: dist/."),
]
PrinterName = Annotated[
    str,
    typer.Option(
        "--printer", help="The printer of the print file: a file in printers/ or report/printers/, or the path of one."
    ),
]
AnyPdf = Annotated[Path, typer.Argument(help="Any PDF file, of any origin.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON instead of a table.")]
Strict = Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only problems.")]


Drawings = tuple["Mapping[str, ChartForm]", "Mapping[str, Artwork]"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folders of the program and the project, and a function that loads the drawing functions."""

    program: Path
    root: Path
    drawings: Callable[[], Drawings]

    def project(self) -> Project:
        """Return the project with its drawing functions."""
        from report.project import Project

        return Project(self.root, *self.drawings(), self.program)

    def bare_project(self) -> Project:
        """Return the project without its drawing functions, which are slow to load."""
        from report.project import Project

        return Project(self.root, {}, {}, self.program)

    @property
    def editions(self) -> list[str]:
        """The names of the project's editions, oldest first."""
        return self.bare_project().editions

    def out(self, option: Path | None) -> Path:
        """Return the output folder: the value of --out, or dist/ in the project."""
        return option or self.root / "dist"


def workspace(context: typer.Context) -> Workspace:
    """Return the workspace of a command."""
    place: Workspace = context.obj
    return place


def display_path(path: Path) -> Path:
    """Return a path for display: relative to the current folder if inside it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def printer_named(option: str, search: SearchPath) -> str:
    """Return the name of a printer in place of its path, where the path leads to a file in printers/ of the project."""
    path = Path(option)
    own = path.suffix in {".yaml", ".yml"} and path.resolve().parent == (search.project / "printers").resolve()
    return path.stem if own else option


def printer_files(name: str, search: SearchPath) -> list[Path]:
    """Return the files of a printer that lie outside the project and the program: inputs of a build like theirs."""
    is_built_in = Path(name).name == name and not (search.project / "printers" / f"{name}.yaml").exists()
    if is_built_in and not name.endswith((".yaml", ".yml")):
        return []
    from report.press.printers import own_files  # late: a build that has nothing to do must not load it

    return [path.resolve() for path in own_files(name, search) if not search.contains(path)]

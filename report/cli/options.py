"""What the commands share: options, and where everything is.

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

EditionArgument = Annotated[
    str | None, typer.Argument(help="The edition, a folder of data/. Default: the newest.", show_default=False)
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Where the finished sets are, each in a folder of its edition's name. Default: dist/."),
]
PrinterName = Annotated[
    str,
    typer.Option(
        "--printer", help="The printer that the print file is for: a file of report/printers/, or the path of your own."
    ),
]
AnyPdf = Annotated[Path, typer.Argument(help="Any PDF, made here or elsewhere.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON instead of a table.")]
Strict = Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but problems.")]


Drawings = tuple["Mapping[str, ChartForm]", "Mapping[str, Artwork]"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where everything is: the program's folder, the project's, and the drawing functions, loaded when asked for."""

    program: Path
    root: Path
    drawings: Callable[[], Drawings]

    def project(self) -> Project:
        """Return the project with its drawing functions."""
        from report.project import Project

        return Project(self.root, *self.drawings(), self.program)

    def bare_project(self) -> Project:
        """Return the project without its drawing functions, which take a moment to load."""
        from report.project import Project

        return Project(self.root, {}, {}, self.program)

    @property
    def editions(self) -> list[str]:
        """The names of the project's editions, oldest first."""
        return self.bare_project().editions

    def out(self, named: Path | None) -> Path:
        """Return the folder of finished sets."""
        return named or self.root / "dist"


def workspace(context: typer.Context) -> Workspace:
    """Return the workspace of a command."""
    place: Workspace = context.obj
    return place


def shown(path: Path) -> Path:
    """Return a path as a person would type it here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def printer_files(name: str) -> list[Path]:
    """Return the files behind a printer that is named by its path, which count like those of the project."""
    if not name.endswith((".yaml", ".yml")):
        return []
    from report.press.printers import own_files  # late: the built-in printers need no look

    return own_files(name)

"""The command line: builds the editions of the annual report from data/, layouts/, styles/ and figures/.

The only place where everything meets: the pipeline of `report`, the drawing functions of `figures`, the disk and the
person.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar, copy_context
from pathlib import Path
from typing import Annotated, Any

from report.cli.doctor import unprepared

ROOT = Path(__file__).resolve().parent

try:
    import typer
except ImportError as absent:  # before `make report`, `doctor` has to run with what Python brings along
    sys.exit(unprepared(ROOT, sys.argv[1:], str(absent.name)))

from report.cli import archive, building, changes, desk, files, mail, years  # noqa: E402 (only where typer is)
from report.cli.ending import status_of, tell  # noqa: E402
from report.cli.options import Context, EditionArgument, Out, Quiet, Strict  # noqa: E402
from report.processes.memory import leave  # noqa: E402

_CHOSEN: ContextVar[Path | None] = ContextVar("project", default=None)

app = typer.Typer(
    name="build.py",
    help="Build the print, screen and archive editions of an annual report from one folder of facts and prose.",
    epilog="\n\n".join(
        (
            "The word build may be left out, and its options work without it:",
            "  build.py                              the newest edition, all variants",
            "  build.py 2023-24 --only screen        one variant of one edition",
            "  build.py check                        the data and prose, in under a second",
            "  build.py trace ease.covered           where a fact comes from and goes to",
            "  build.py build --help                 every option of a build",
            "Exit status: 0 if all is well, 1 for errors (or warnings under --strict), 2 for a wrong command line.",
        )
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
)


@app.command("check")
def check_command(edition: EditionArgument = None, quiet: Quiet = False, strict: Strict = False) -> None:
    """Validate the data and prose of an edition without rendering, in under a second.

    Every problem is listed with file, line, column and what to do about it.
    """
    from report.checks.run import check
    from report.problems import has_errors, in_order

    project = _project()
    name = project.edition(edition)
    loaded, _, problems = check(project, name)
    tell(tuple(in_order(problems)), strict)
    if has_errors(problems) or (strict and problems):
        raise typer.Exit(1)
    if not quiet:
        typer.echo(f"data/{name}: {len(loaded.facts)} facts, {len(loaded.sections)} sections: no errors.")


@app.command("trace")
def trace_command(
    fact: Annotated[str, typer.Argument(help="The id of a fact, such as ease.covered.")],
    edition: Annotated[str | None, typer.Option("--edition", help="The edition. Default: the newest.")] = None,
    out: Out = None,
) -> None:
    """Show where a fact is defined, and every text, chart and page that uses it.

    Pages come from the last build in dist/; without one, the places in the data are shown.
    """
    from report.cli.trace import trace

    project = _project()
    typer.echo(trace(project, project.edition(edition), fact, CONTEXT.out(out)))


@app.command("doctor")
def doctor_command() -> None:
    """Say what this machine has and lacks for building, and how to get it on this operating system."""
    from report.cli.doctor import examine

    report = examine(ROOT)
    typer.echo(report.text)
    if not report.ready:
        raise typer.Exit(1)


@app.command("schema")
def schema_command() -> None:
    """Write the JSON Schemas of the data files, printers, mail files and outcomes again, from the models in report/."""
    from report.cli.schemas import write_schemas

    for path in write_schemas(ROOT):
        typer.echo(path.relative_to(ROOT))


@app.callback()
def everywhere(
    project: Annotated[
        Path | None,
        typer.Option(
            "--project",
            help="The folder with data/ and what else is its own: styles/tokens.yaml, styles, fonts, layouts. For the "
            "rest, this one stands behind it. Default: this folder.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Stand before every command: build.py --project examples/marrow-isles check."""
    if project is not None and not (project / "data").is_dir():
        raise typer.BadParameter(f"there is no folder {project / 'data'}: a project has its editions in data/.")
    _CHOSEN.set(None if project is None else project.resolve())


def _root() -> Path:
    return _CHOSEN.get() or ROOT


def _project() -> Any:
    from figures import FIGURES
    from figures.artworks import ARTWORKS
    from report.project import Project

    return Project(_root(), FIGURES, ARTWORKS, ROOT)


def _with_command(arguments: list[str]) -> list[str]:
    """Return the arguments with `build` in front, if they name no command. Leaves with status 2 for a mistyped one."""
    from difflib import get_close_matches

    commands = [str(command.name) for command in app.registered_commands]
    commands += [str(group.name) for group in app.registered_groups]
    ahead, arguments = _place_of_project(arguments)
    first = arguments[0] if arguments else ""
    if first in {*commands, "--help", "-h"}:
        return [*ahead, *arguments]
    meant = get_close_matches(first, commands, n=1)
    if meant and not ahead and first not in _project().editions:
        typer.echo(f"There is no command and no edition `{first}`. Did you mean `{meant[0]}`?", err=True)
        sys.exit(2)
    return [*ahead, "build", *arguments]


def _place_of_project(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return `--project DIR`, wherever it stands, and the other arguments."""
    for index, argument in enumerate(arguments):
        if argument == "--project":
            return arguments[index : index + 2], arguments[:index] + arguments[index + 2 :]
        if argument.startswith("--project="):
            return [argument], arguments[:index] + arguments[index + 1 :]
    return [], arguments


CONTEXT = Context(_root, lambda: _project(), lambda: ROOT)
for group in (building, files, changes, desk, mail, archive, years):
    group.register(app, CONTEXT)


def main(arguments: list[str]) -> int:
    """Run the command line and return its exit status. `build` is the command if none is named."""

    def run() -> None:  # in a context of its own, so that --project is forgotten afterwards
        copy_context().run(app, args=_with_command(arguments), prog_name="build.py")

    return status_of(run, lambda library: unprepared(ROOT, [], library))


if __name__ == "__main__":
    leave(main(sys.argv[1:]))

"""The check, trace, doctor and schema commands."""

from __future__ import annotations

from typing import Annotated

import typer

from report.cli.ending import print_problems
from report.cli.options import EditionArgument, Out, Quiet, Strict, workspace


def register(app: typer.Typer) -> None:
    """Add the check, trace, doctor and schema commands."""
    app.command("check")(check_command)
    app.command("trace")(trace_command)
    app.command("doctor")(doctor_command)
    app.command("schema")(schema_command)


def check_command(
    context: typer.Context, edition: EditionArgument = None, quiet: Quiet = False, strict: Strict = False
) -> None:
    """Check the data and prose of an edition without rendering, in about a second.

    Lists every problem with its file, line and column, and how to solve it.
    """
    from report.cache.store import Cache
    from report.layout.run import check_document, fails
    from report.problems import in_order

    place = workspace(context)
    project = place.project()
    name = project.edition(edition)
    loaded, problems = check_document(project, name, Cache(place.root / ".cache"))
    print_problems(tuple(in_order(problems)), strict)
    if fails(problems, strict):
        raise typer.Exit(1)
    if not quiet:
        typer.echo(f"data/{name}: {len(loaded.facts)} facts, {len(loaded.sections)} sections: no errors.")


def trace_command(
    context: typer.Context,
    fact: Annotated[str, typer.Argument(help="The id of a fact, such as members.total.")],
    edition: Annotated[str | None, typer.Option("--edition", help="The edition. Default: the newest.")] = None,
    out: Out = None,
) -> None:
    """Show where a fact is defined, and every text, chart and page that uses it.

    Pages come from the last build in dist/. Without a build, only places in the data are shown.
    """
    from report.cli.trace import trace

    place = workspace(context)
    project = place.project()
    typer.echo(trace(project, project.edition(edition), fact, place.out(out)))


def doctor_command(context: typer.Context) -> None:
    """List what is installed or missing for building, and how to install it on this operating system."""
    from report.cli.doctor import examine

    report = examine(workspace(context).program)
    typer.echo(report.text)
    if not report.ready:
        raise typer.Exit(1)


def schema_command(context: typer.Context) -> None:
    """Regenerate the JSON Schemas of data files, printer files, mail files and results from the models."""
    from report.cli.schemas import write_schemas

    program = workspace(context).program
    for path in write_schemas(program):
        typer.echo(path.relative_to(program))

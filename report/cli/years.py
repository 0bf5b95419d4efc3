"""The new and compare commands: a new edition from an earlier one, and a comparison of two editions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from report.cli.options import Json, display_path, workspace


def register(app: typer.Typer) -> None:
    """Add the new and compare commands."""
    app.command("new")(new_command)
    app.command("compare")(compare_command)


def new_command(
    context: typer.Context,
    edition: Annotated[str, typer.Argument(help="The name of the new edition, such as 2024-25.")],
    origin: Annotated[
        str | None, typer.Option("--from", help="The edition to start from. Default: the newest before it.")
    ] = None,
) -> None:
    """Create next year's edition from an earlier one, with its structure, sections, quotations and charts.

    Each value becomes the prior value. Every value and passage is marked as still to be renewed: `check` lists
    the marks, and `build --draft` shows them on the pages.
    """
    from report.years.new import new_edition

    new = new_edition(workspace(context).project(), edition, origin)
    typer.echo(f"{display_path(new.folder)}, created from {new.origin}: {new.marks} values and passages to renew.")
    typer.echo(f"`build.py check {edition}` lists them; `build.py {edition} --draft` shows them on the pages.")


def compare_command(
    context: typer.Context,
    old: Annotated[str, typer.Argument(help="The earlier edition.")],
    new: Annotated[str, typer.Argument(help="The later edition.")],
    csv: Annotated[Path | None, typer.Option("--csv", help="Also write every fact to this CSV file.")] = None,
    json: Json = False,
) -> None:
    """Compare the facts of two editions: changed, new, removed, renamed, or in another unit."""
    from report.sets.outputs import write_file
    from report.years.compare import compare

    comparison = compare(workspace(context).project(), old, new)
    typer.echo(comparison.as_json() if json else comparison.table(), nl=not json)
    if csv:
        write_file(csv, comparison.as_csv().encode())
        typer.echo(f"{csv}", err=True)

"""Commands from one year to the next: a new edition made from the last one, and two editions compared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from report.cli.options import Json, shown, workspace


def register(app: typer.Typer) -> None:
    """Add new and compare."""

    @app.command("new")
    def new_command(
        context: typer.Context,
        edition: Annotated[str, typer.Argument(help="The name of the new edition, such as 2024-25.")],
        origin: Annotated[
            str | None, typer.Option("--from", help="The edition to start from. Default: the newest before it.")
        ] = None,
    ) -> None:
        """Make next year's edition from this one's: structure, sections, quotations and charts carried over.

        Each figure becomes the prior one. Every value and passage is marked; `check` lists what is still to be renewed,
        and `build --draft` shows it meanwhile.
        """
        from report.years.new import new_edition

        made = new_edition(workspace(context).project(), edition, origin)
        typer.echo(f"{shown(made.folder)}, made from {made.origin}: {made.marks} values and passages to renew.")
        typer.echo(f"`build.py check {edition}` lists them, `build.py {edition} --draft` shows them.")

    @app.command("compare")
    def compare_command(
        context: typer.Context,
        old: Annotated[str, typer.Argument(help="The earlier edition.")],
        new: Annotated[str, typer.Argument(help="The later edition.")],
        csv: Annotated[Path | None, typer.Option("--csv", help="Also write every fact to this CSV file.")] = None,
        json: Json = False,
    ) -> None:
        """Compare the facts of two editions: changed, new, gone, renamed, or told in another unit."""
        from report.sets.outputs import write_file
        from report.years.compare import compare

        done = compare(workspace(context).project(), old, new)
        typer.echo(done.as_json() if json else done.table(), nl=not json)
        if csv:
            write_file(csv, done.as_csv().encode())
            typer.echo(f"{csv}", err=True)

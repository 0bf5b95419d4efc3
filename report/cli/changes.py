"""Commands that tell what changed since a proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from report.cli.ending import tell_fault
from report.cli.options import EditionArgument, Json, Out, Quiet, shown, workspace

DIFFERENT, TROUBLE = 1, 2  # as with diff and cmp


def register(app: typer.Typer) -> None:
    """Add diff and approve."""

    @app.command("diff")
    def diff_command(
        context: typer.Context,
        old: Annotated[Path, typer.Argument(help="A PDF, or the folder of a build.", show_default=False)],
        new: Annotated[Path, typer.Argument(help="The same of what came after.", show_default=False)],
        json: Json = False,
        html: Annotated[
            Path | None,
            typer.Option(help="Also write a web page: figures first, then pages side by side and overlaid."),
        ] = None,
        quiet: Quiet = False,
    ) -> None:
        """Compare two PDFs, or two builds: figures, words, pages, layout, pictures, fonts, colours.

        Pages are matched also when some were inserted, removed or moved. The files may come from anywhere.

        Exit status 0 if nothing differs that can be seen or read, 1 if something does, 2 if there was trouble.
        """
        from report.cli.listing import listing
        from report.diff.compare import compare
        from report.diff.sources import both_sides
        from report.diff.webpage import report_page
        from report.diff.wording import table
        from report.inspection.judging import as_json
        from report.problems import ReportError
        from report.progress import Progress
        from report.sets.outputs import write_file

        try:
            first, second = both_sides(old, new)
            done = compare(first, second, (str(old), str(new)), html is not None, Progress(quiet))
            typer.echo(as_json(done.difference) if json else table(done.difference), nl=not json)
            if html:
                write_file(html, report_page(done, workspace(context).project().tokens()).encode())
                typer.echo(f"{html}", err=True)
        except ReportError as failure:
            typer.echo(listing(failure.problems), err=True)
            raise typer.Exit(TROUBLE) from None
        except Exception as failure:  # never the status that means a difference
            tell_fault(failure)
            raise typer.Exit(TROUBLE) from None
        if not done.difference.same:
            raise typer.Exit(DIFFERENT)

    @app.command("approve")
    def approve_command(context: typer.Context, edition: EditionArgument = None, out: Out = None) -> None:
        """Keep the present set as the proof to compare with: each later build says in a line what differs from it.

        The proof is in .approved/EDITION beside the sets, and stays until another one is approved.
        """
        from report.diff.approved import approve

        folder = workspace(context).out(out)
        kept = approve(folder, workspace(context).project().edition(edition))
        for name in kept.stale:
            typer.echo(f"{name} is from an earlier build than the rest of the set.", err=True)
        typer.echo(f"{shown(kept.folder)}  approved: each later build says what differs from it.")

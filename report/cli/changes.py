"""The diff and approve commands: what changed since a proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from report.cli.ending import print_internal_error
from report.cli.options import EditionArgument, Json, Out, Quiet, display_path, workspace

DIFFERENT, FAILED = 1, 2  # as with diff and cmp


def register(app: typer.Typer) -> None:
    """Add the diff and approve commands."""
    app.command("diff")(diff_command)
    app.command("approve")(approve_command)


def diff_command(
    context: typer.Context,
    old: Annotated[
        Path, typer.Argument(help="The earlier PDF, or the folder of the earlier build.", show_default=False)
    ],
    new: Annotated[Path, typer.Argument(help="The later PDF, or the folder of the later build.", show_default=False)],
    json: Json = False,
    html: Annotated[
        Path | None,
        typer.Option(help="Also write a web page: changed figures, then pages side by side and overlaid."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Compare two PDFs, or two builds: figures, words, pages, layout, pictures, fonts, colours.

    Pages are matched even if some were inserted, removed or moved. The files may come from anywhere.

    Exit status: 0 if there is no visible or readable difference, 1 if there is one, 2 for errors.
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
        comparison = compare(first, second, (str(old), str(new)), html is not None, Progress(quiet))
        typer.echo(as_json(comparison.difference) if json else table(comparison.difference), nl=not json)
        if html:
            write_file(html, report_page(comparison, workspace(context).bare_project().web_design()).encode())
            typer.echo(f"{html}", err=True)
    except ReportError as failure:
        typer.echo(listing(failure.problems), err=True)
        raise typer.Exit(FAILED) from None
    except Exception as failure:  # must not end with the status that means a difference
        print_internal_error(failure)
        raise typer.Exit(FAILED) from None
    if not comparison.difference.same:
        raise typer.Exit(DIFFERENT)


def approve_command(context: typer.Context, edition: EditionArgument = None, out: Out = None) -> None:
    """Approve the current set as the proof: each later build reports in one line what differs from it.

    The proof is stored in .approved/EDITION beside the sets until another one is approved.
    """
    from report.diff.approved import approve

    folder = workspace(context).out(out)
    approved = approve(folder, workspace(context).project().edition(edition))
    for name in approved.stale:
        typer.echo(f"{name} is from an earlier build than the rest of the set.", err=True)
    typer.echo(f"{display_path(approved.folder)}  approved: each later build reports what differs from it.")

"""The `email` command: draft or send an edition to the board."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from report.cli.options import EditionArgument, Out, Quiet, display_path, workspace


def register(app: typer.Typer) -> None:
    """Add `email`."""
    app.command("email")(email_command)


def email_command(
    context: typer.Context,
    edition: EditionArgument = None,
    to: Annotated[Path | None, typer.Option("--to", help="The recipients file, YAML or CSV, kept outside git.")] = None,
    settings: Annotated[
        Path | None,
        typer.Option("--settings", help="The settings file, kept outside git. Default: mail.yaml, if it exists."),
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Send the messages. Without it, nothing leaves this machine.")
    ] = False,
    only: Annotated[list[str] | None, typer.Option("--only", help="Write to this address only. Repeatable.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Write to at most this many recipients in this run.")
    ] = None,
    decisions: Annotated[
        list[str] | None,
        typer.Option(
            "--resolve",
            help="Resolve an uncertain or refused message: ADDRESS=sent or ADDRESS=again. Repeatable.",
        ),
    ] = None,
    corrected: Annotated[
        bool, typer.Option("--corrected", help="Also write to recipients of an earlier PDF of this edition.")
    ] = False,
    stale: Annotated[
        bool, typer.Option("--stale", help="Accept a PDF whose source changed since it was built.")
    ] = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Draft an email to the board, or send it: one message per recipient, each sent exactly once.

    The draft is written to dist/EDITION-email/: message.eml, which opens unsent in a mail program, and the PDF, the
    text, the HTML and the cover as separate files.

    With --send, a ledger (ledger/EDITION.jsonl) records who has the message. A run that was stopped resumes where
    it left off.
    """
    from report.cli.listing import listing
    from report.mail.run import MailOptions, run
    from report.progress import Progress

    place = workspace(context)
    project = place.project()
    options = MailOptions(
        project.edition(edition), place.out(out), to, settings, tuple(only or ()), limit, tuple(decisions or ()),
        send, corrected, stale,
    )  # fmt: skip
    result = run(project, options, Progress(quiet))
    if text := listing(result.problems, colour=sys.stderr.isatty()):
        typer.echo(text, err=True)
    for path in result.files:
        typer.echo(display_path(path))
    if result.summary and not quiet:
        typer.echo(result.summary)
    if not result.complete:
        raise typer.Exit(1)

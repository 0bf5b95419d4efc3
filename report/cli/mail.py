"""The command that brings an edition to the board by email."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from report.cli.options import EditionArgument, Out, Quiet, shown, workspace


def register(app: typer.Typer) -> None:
    """Add email."""

    @app.command("email")
    def email_command(
        context: typer.Context,
        edition: EditionArgument = None,
        to: Annotated[
            Path | None, typer.Option("--to", help="The recipients: a YAML or CSV file, kept outside git.")
        ] = None,
        settings: Annotated[
            Path | None,
            typer.Option("--settings", help="The settings, kept outside git. Default: mail.yaml, if there is one."),
        ] = None,
        send: Annotated[bool, typer.Option("--send", help="Send. Without it, nothing leaves this machine.")] = False,
        only: Annotated[
            list[str] | None, typer.Option("--only", help="Write to this address only. Repeatable.")
        ] = None,
        limit: Annotated[
            int | None, typer.Option("--limit", min=1, help="Write to at most so many in this run.")
        ] = None,
        decided: Annotated[
            list[str] | None,
            typer.Option("--resolve", help="Enter what you found out: ADDRESS=sent or ADDRESS=again. Repeatable."),
        ] = None,
        corrected: Annotated[
            bool, typer.Option("--corrected", help="Also write to those who have an earlier PDF of this edition.")
        ] = False,
        out: Out = None,
        quiet: Quiet = False,
    ) -> None:
        """Make a draft for the board, or send it: one message to each recipient, nobody twice, nobody missed.

        The draft lies in dist/EDITION-email/: message.eml opens unsent in a mail program; beside it are the PDF, the
        text, the HTML and the cover.

        With --send, a ledger (ledger/EDITION.jsonl) knows who has the message; a run that was stopped goes on where it
        was.
        """
        from report.cli.listing import listing
        from report.mail.run import MailOptions, run
        from report.progress import Progress

        place = workspace(context)
        project = place.project()
        asked = MailOptions(
            project.edition(edition),
            place.out(out),
            to,
            settings,
            tuple(only or ()),
            limit,
            tuple(decided or ()),
            send,
            corrected,
        )
        done = run(project, asked, Progress(quiet))
        if text := listing(done.problems, colour=sys.stderr.isatty()):
            typer.echo(text, err=True)
        for path in done.files:
            typer.echo(shown(path))
        if done.summary and not quiet:
            typer.echo(done.summary)
        if not done.complete:
            raise typer.Exit(1)

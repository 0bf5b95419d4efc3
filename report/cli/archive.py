"""The `archive` commands: add an edition, verify, list, rebuild, and write the index."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from report.cli.options import Json, Out, Quiet, display_path, workspace

Archive = Annotated[
    Path | None, typer.Option("--archive", help="The folder of the archive. Default: archive/.", show_default=False)
]
ArchivedEdition = Annotated[
    str | None, typer.Argument(help="An edition in the archive. Default: the newest.", show_default=False)
]
DEFAULT = "add"


class _DefaultAddGroup(TyperGroup):
    """A group with the default command `add`: `archive 2023-24` means `archive add 2023-24`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            if meant := get_close_matches(args[0], self.commands, n=1, cutoff=0.75):
                ctx.fail(f"Unknown command `{args[0]}`. Did you mean `{meant[0]}`?")
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Add `archive` and its commands."""
    archive = typer.Typer(
        cls=_DefaultAddGroup,
        no_args_is_help=True,
        help="Archive every yearly edition: `archive EDITION` adds one. Nothing is ever overwritten or deleted.",
    )
    archive.command(DEFAULT)(add_command)
    archive.command("verify")(verify_command)
    archive.command("list")(list_command)
    archive.command("rebuild")(rebuild_command)
    archive.command("index")(index_command)
    app.add_typer(archive, name="archive")


def _place(context: typer.Context, named: Path | None) -> Path:
    return named or workspace(context).root / "archive"


def add_command(
    context: typer.Context,
    edition: Annotated[str, typer.Argument(help="The edition, a folder of data/.", show_default=False)],
    reason: Annotated[
        str, typer.Option(help="Why this version is archived. A correction (v2 and later) needs one.")
    ] = "",
    archive: Archive = None,
    out: Out = None,
    day: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], show_default=False,
                     help="The bagging date. Default: the later of publication and last commit."),
    ] = None,
    allow_uncommitted: Annotated[
        bool, typer.Option("--allow-uncommitted", help="Archive the source with its uncommitted changes.")
    ] = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Archive the finished set of an edition, as a BagIt bag with its complete source.

    Refuses data with errors, a set that was not built from the present source, uncommitted changes, and files that
    fail their checks. Earlier versions are kept: a correction becomes v2 and needs a reason.

    `add` may be omitted: `build.py archive 2023-24`.
    """
    from report.archive.add import archive_edition
    from report.cli.listing import listing
    from report.progress import Progress

    project, place = workspace(context).project(), _place(context, archive)
    name, date = project.edition(edition), day.date().isoformat() if day else None
    added = archive_edition(
        project, name, workspace(context).out(out), place, reason, date, allow_uncommitted, Progress(quiet)
    )
    typer.echo(display_path(place / added.label.identifier))
    if added.problems:
        typer.echo(listing(added.problems), err=True)
        raise typer.Exit(1)


def verify_command(
    context: typer.Context,
    edition: ArchivedEdition = None,
    everything: Annotated[bool, typer.Option("--all", help="Verify every edition.")] = False,
    archive: Archive = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare every byte of an edition's bags (with --all, of every bag) with the digests from archiving.

    Reports files that are missing, changed, truncated, extra or unreadable, and renamed bags. Writes nothing. Exit
    status 0 if everything is as archived, 1 if not.
    """
    from report.archive.shelf import find_edition
    from report.archive.verify import verify
    from report.inspection.judging import as_json
    from report.progress import Progress

    if edition and everything:
        raise typer.BadParameter("give either an edition or --all, not both")
    place = _place(context, archive)
    result = verify(place, None if everything else find_edition(place, edition), Progress(quiet))
    typer.echo(as_json(result) if json else result.table(), nl=not json)
    if not result.passed:
        raise typer.Exit(1)


def list_command(context: typer.Context, archive: Archive = None) -> None:
    """List the editions and versions in the archive, with their dates, sizes and reasons."""
    from report.archive.shelf import stored_versions, table

    versions = stored_versions(_place(context, archive))
    typer.echo(table(versions) if versions else "The archive is empty. Add an edition: build.py archive EDITION")


def rebuild_command(
    context: typer.Context,
    edition: ArchivedEdition = None,
    version: Annotated[str | None, typer.Option(help="The version, such as v1. Default: the newest.")] = None,
    archive: Archive = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Build an archived edition again with the source and program in its bag, and compare the files.

    Reports for each file whether it is identical, and if not, what differs: the version of the engine or of a
    library, a font, or the content. The program in the bag is executed, so make sure that you trust its origin.
    Exit status 0 if all files are identical, 1 if not.
    """
    from report.archive.rebuild import rebuild
    from report.archive.shelf import find_edition
    from report.inspection.judging import as_json
    from report.progress import Progress

    place = _place(context, archive)
    result = rebuild(place, find_edition(place, edition), version, Progress(quiet))
    typer.echo(as_json(result) if json else result.table(), nl=not json)
    if not result.same:
        raise typer.Exit(1)


def index_command(context: typer.Context, archive: Archive = None) -> None:
    """Write the archive's index.html and covers again. This also happens whenever an edition is archived."""
    from report.archive.index import INDEX, write_index
    from report.cli.listing import listing

    place = _place(context, archive)
    if problems := write_index(place, workspace(context).bare_project().web_design(), fresh=True):
        typer.echo(listing(problems), err=True)
        raise typer.Exit(1)
    typer.echo(display_path(place / INDEX))

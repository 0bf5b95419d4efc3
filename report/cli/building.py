"""The command that builds editions: one, or many in one call, side by side."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from report.cli.ending import status_of, tell
from report.cli.options import Out, PrinterName, Quiet, Strict, Workspace, printer_files, shown, workspace
from report.faults import INTERNAL
from report.processes.child import PROCESSORS, CrashError
from report.processes.jobs import run_forked

if TYPE_CHECKING:
    from report.drawing.run import Drawings

VARIANT_NAMES = ("print", "screen", "archive")
COVER_NAMES = ("cover", "block")

_LOOKS = {"plates": "ink", "contrasts": "contrast of text", "faint": "contrast of charts"}

Editions = Annotated[
    list[str] | None,
    typer.Argument(
        help="The editions, folders of data/. Default: the newest.", metavar="[EDITION]...", show_default=False
    ),
]
Only = Annotated[
    list[str] | None, typer.Option("--only", help="Build this variant: print, screen or archive. Repeatable.")
]


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What was asked for besides the edition."""

    variants: tuple[str, ...]
    out: Path
    printer: str
    validated: bool
    draft: bool
    explain: bool
    cached: bool
    quiet: bool
    strict: bool


def register(app: typer.Typer) -> None:
    """Add build."""

    @app.command("build")
    def build_command(
        context: typer.Context,
        editions: Editions = None,
        every: Annotated[bool, typer.Option("--all", help="Build every edition of data/.")] = False,
        only: Only = None,
        out: Out = None,
        printer: PrinterName = "sheetfed-us",
        cover: Annotated[
            bool, typer.Option("--cover", help="Deliver the cover as a file of its own too, beside the pages between.")
        ] = False,
        validated: Annotated[
            bool,
            typer.Option("--validate", help="Let veraPDF confirm PDF/UA-1 and PDF/A-3a; `doctor` says how to get it."),
        ] = False,
        draft: Annotated[
            bool,
            typer.Option(
                "--draft", help="Show what is still to be renewed instead of refusing; DRAFT stands on every page."
            ),
        ] = False,
        explain: Annotated[bool, typer.Option("--explain", help="Say why each step runs, or why not.")] = False,
        cached: Annotated[
            bool, typer.Option("--cache/--no-cache", help="Use what was made before from the same content.")
        ] = True,
        quiet: Quiet = False,
        strict: Strict = False,
    ) -> None:
        """Build an edition: all three variants, or those named with --only.

        The set in dist/EDITION/ is replaced as a whole when everything is finished and checked; after an error, or when
        the build is interrupted, the last complete set is still there. A draft is a set of its own, in
        dist/EDITION-draft/. Several editions are built side by side, each by itself: one that fails stops no other.

        The word `build` may be left out: `build.py 2023-24 --only screen`.
        """
        variants = (*_variants(only), *(COVER_NAMES if cover else ()))
        place = workspace(context)
        asked = BuildOptions(variants, place.out(out), printer, validated, draft, explain, cached, quiet, strict)
        known = place.bare_project()
        names = known.editions if every else [known.edition(name) for name in editions or (None,)]
        if len(names) == 1:
            build_one(place, names[0], asked)
        elif status := _build_each(place, list(dict.fromkeys(names)), asked):
            raise typer.Exit(status)


def _build_each(place: Workspace, names: Sequence[str], asked: BuildOptions) -> int:
    """Build editions in processes of their own, as many at a time as there are processors. Returns the worst status."""

    def told(name: str, said: tuple[int, str, str]) -> None:
        status, out, err = said
        typer.echo(f"{name}{': failed' if status else ''}", err=True)
        typer.echo(err, nl=False, err=True)
        typer.echo(out, nl=False)

    jobs = {name: partial(_captured, place, name, asked) for name in names}
    done = run_forked(jobs, at_once=PROCESSORS, done=told, crashed=_crashed, may_fork=True)
    return max(status for status, _, _ in done.values())


def _crashed(name: str, crash: CrashError) -> tuple[int, str, str]:
    """Say that the process of one edition is gone; the others are built all the same."""
    hint = "Memory ran out: build fewer editions at once." if crash.greedy else INTERNAL
    return 1, "", f"error: {crash}.\n      {hint}\n"


def _captured(place: Workspace, name: str, asked: BuildOptions) -> tuple[int, str, str]:
    """Build an edition and return its status and what was said."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = status_of(lambda: build_one(place, name, asked))
    return status, out.getvalue(), err.getvalue()


def build_one(place: Workspace, name: str, asked: BuildOptions) -> None:
    """Build an edition, or find that it is up to date; say what there is. Raises ReportError."""
    from report.cache.store import Cache
    from report.progress import Progress
    from report.sets.freshness import fresh, gather
    from report.sets.manifest import read_manifest
    from report.sets.outputs import current_set, set_name

    placed = set_name(name, asked.draft)
    inputs = gather(  # before the drawing functions are loaded: what is drawn is kept under what was read
        place.bare_project().search,
        name,
        printer_files(asked.printer),
        printer=asked.printer,
        validated=asked.validated,
        draft=asked.draft,
    )
    before = current_set(asked.out, placed)
    record = fresh(before, inputs, asked.variants) if asked.cached else None
    if asked.explain:
        _explain(inputs.reasons(read_manifest(before).get("inputs")), bool(record))
    if record:
        _up_to_date(record, asked.out / placed, asked)
        _since_approved(asked.out, name, placed, asked.quiet)
        return
    from report.pipeline import build

    cache = Cache(place.root / ".cache" if asked.cached else None)
    progress = Progress(asked.quiet)
    built = build(
        place.project(), name, asked.variants, asked.out, progress, asked.strict, asked.printer, asked.validated,
        inputs, cache, asked.draft,
    )  # fmt: skip
    if asked.explain:
        _explain_steps(built.drawings, built.examined)
    tell(built.problems)
    _still_to_renew(built.manifest.to_renew)
    for entry in built.manifest.files if not asked.quiet else ():
        path = shown(built.folder) / entry.name
        if entry.current:
            told = "".join(f", {standard} ({by})" for standard, by in entry.standards.items() if by)
            typer.echo(f"{path}  {entry.pages} pages, {entry.size / 1e6:.2f} MB{told}")
        else:
            typer.echo(f"{path} is from an earlier build; without --only it would be made again.", err=True)
    _since_approved(asked.out, name, placed, asked.quiet)


def _explain(reasons: list[str], up_to_date: bool) -> None:
    """Say why a build has something to do."""
    if up_to_date:
        typer.echo("Nothing to do: the set is made from just these files, with these tools.", err=True)
        return
    typer.echo("Why this build runs:", err=True)
    for reason in reasons or ["a file of the set is missing, damaged or from an earlier build"]:
        typer.echo(f"  {reason}", err=True)
    typer.echo("So it checks, composes, lays out and writes everything.", err=True)


def _explain_steps(drawings: Drawings, examined: Mapping[str, Mapping[str, tuple[tuple[int, ...], int]]]) -> None:
    """Say of the steps that go by parts which parts ran, because what they are made from is new, and which did not."""
    drawn = ", ".join(drawings.rendered) or "nothing"
    typer.echo(f"draw: {drawn}, whose data or code changed; {len(drawings.cached)} were kept.", err=True)
    for variant, kinds in examined.items():
        for kind, (pages, count) in kinds.items():
            named = f"page{'s' if len(pages) > 1 else ''} {', '.join(map(str, pages))}" if pages else "no page"
            which = "every page" if len(pages) == count else named
            told = f"{which}, where something painted is new; {count - len(pages)} are as before."
            typer.echo(f"prove {variant}, {_LOOKS[kind]}: {told}", err=True)


def _up_to_date(record: dict[str, Any], folder: Path, asked: BuildOptions) -> None:
    """Say what stands there already, with its warnings."""
    from report.problems import ReportError
    from report.sets.manifest import problems_of

    problems = tuple(problems_of(record))
    if asked.strict and problems:
        raise ReportError(problems)
    tell(problems)
    if not asked.quiet:
        typer.echo(f"{shown(folder)} is up to date.")
    _still_to_renew(record.get("to_renew", 0))


def _since_approved(place: Path, edition: str, placed: str, quiet: bool) -> None:
    """Say in a line what the set differs from the approved proof in, if there is one."""
    from report.diff.approved import since_approved

    if not quiet and (line := since_approved(place, edition, placed)):
        typer.echo(line)


def _still_to_renew(count: int) -> None:
    """Say how much of a draft is of the edition before."""
    if count:
        typer.echo(f"{count} values and passages are still to be renewed: build.py check.", err=True)


def _variants(only: list[str] | None) -> tuple[str, ...]:
    from report.problems import did_you_mean

    for name in only or ():
        if name not in VARIANT_NAMES:
            raise typer.BadParameter(f"there is no variant {name!r}. {did_you_mean(name, VARIANT_NAMES)}")
    return tuple(name for name in VARIANT_NAMES if not only or name in only)

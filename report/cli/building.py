"""The build command, for one edition or for several in parallel."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from report.cli.ending import print_problems, status_of
from report.cli.options import (
    Out,
    PrinterName,
    Quiet,
    Strict,
    Workspace,
    display_path,
    printer_files,
    printer_named,
    workspace,
)
from report.processes.child import PROCESSORS, CrashError
from report.processes.faults import INTERNAL
from report.processes.jobs import run_forked
from report.variants import COVERS, USUAL

if TYPE_CHECKING:
    from report.drawing.run import Drawings
    from report.problems import Problem

_FINDINGS = {"plates": "ink", "contrasts": "text contrast", "faint": "chart contrast"}

Editions = Annotated[
    list[str] | None,
    typer.Argument(
        help="The editions, which are folders in data/. Default: the newest.",
        metavar="[EDITION]...",
        show_default=False,
    ),
]
Only = Annotated[
    list[str] | None, typer.Option("--only", help="Build only this variant: print, screen or archive. Repeatable.")
]


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """The options of a build."""

    variants: tuple[str, ...]
    out: Path
    printer: str
    validate: bool
    draft: bool
    keep: bool
    explain: bool
    use_cache: bool
    quiet: bool
    strict: bool


def register(app: typer.Typer) -> None:
    """Add the build command."""
    app.command("build")(build_command)


def build_command(
    context: typer.Context,
    editions: Editions = None,
    every: Annotated[bool, typer.Option("--all", help="Build every edition in data/.")] = False,
    only: Only = None,
    out: Out = None,
    printer: PrinterName = "sheetfed-us",
    cover: Annotated[
        bool, typer.Option("--cover", help="Also make separate files for the cover and for the pages inside it.")
    ] = False,
    validate: Annotated[
        bool,
        typer.Option(
            "--validate", help="Validate PDF/UA-1 and PDF/A-3a with veraPDF. `doctor` tells how to install it."
        ),
    ] = False,
    draft: Annotated[
        bool,
        typer.Option("--draft", help="Build although content is still to be renewed, with DRAFT on every page."),
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep pages that have errors, with FAULTY on every page, to look at them.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Explain why each step runs or is skipped.")] = False,
    use_cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Reuse earlier results for unchanged content.")
    ] = True,
    quiet: Quiet = False,
    strict: Strict = False,
) -> None:
    """Build an edition: all three variants, or those named with --only.

    The set in dist/EDITION/ is replaced as a whole when everything is finished and checked. After an error or an
    interruption, the last complete set is still in place. A draft is a set of its own, in dist/EDITION-draft/; so
    are pages with errors that --keep keeps, in dist/EDITION-faulty/.
    Several editions are built in parallel and independently: a failed one does not stop the others.

    The word `build` is optional: `build.py 2023-24 --only screen`.
    """
    variants = (*_variants(only), *(COVERS if cover else ()))
    place = workspace(context)
    options = BuildOptions(variants, place.out(out), printer, validate, draft, keep, explain, use_cache, quiet, strict)
    project = place.bare_project()
    names = (
        (project.editions or [project.edition(None)])
        if every
        else [project.edition(name) for name in editions or (None,)]
    )
    if len(names) == 1:
        build_one(place, names[0], options)
    elif status := _build_each(place, list(dict.fromkeys(names)), options):
        raise typer.Exit(status)


def _build_each(place: Workspace, names: Sequence[str], options: BuildOptions) -> int:
    """Build each edition in a process of its own, one per processor at a time. Returns the highest exit status."""

    def print_output(name: str, result: tuple[int, str, str]) -> None:
        status, out, err = result
        typer.echo(f"{name}{': failed' if status else ''}", err=True)
        typer.echo(err, nl=False, err=True)
        typer.echo(out, nl=False)

    jobs = {name: partial(_captured, place, name, options) for name in names}
    results = run_forked(jobs, at_once=PROCESSORS, done=print_output, crashed=_crashed, may_fork=True)
    return max(status for status, _, _ in results.values())


def _crashed(name: str, crash: CrashError) -> tuple[int, str, str]:
    """Return the status and output for an edition whose process crashed."""
    hint = "Memory ran out: build fewer editions at once." if crash.out_of_resources else INTERNAL
    return 1, "", f"error: {crash}.\n      {hint}\n"


def _captured(place: Workspace, name: str, options: BuildOptions) -> tuple[int, str, str]:
    """Build an edition and return its exit status, standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = status_of(lambda: build_one(place, name, options))
    return status, out.getvalue(), err.getvalue()


def build_one(place: Workspace, name: str, options: BuildOptions) -> None:
    """Build an edition unless it is up to date, and list its files. Raises ReportError."""
    from report.cache.store import Cache
    from report.progress import Progress
    from report.sets.freshness import current_manifest, gather
    from report.sets.manifest import read_manifest
    from report.sets.outputs import current_set, set_name

    folder_name = set_name(name, "draft" if options.draft else "")
    search = place.bare_project().search
    printer = printer_named(options.printer, search)
    inputs = gather(  # before the drawing functions are loaded, so that the cache keys match their code
        search,
        name,
        printer_files(printer, search),
        printer=printer,
        validated=options.validate,
        draft=options.draft,
    )
    before = current_set(options.out, folder_name)
    record = current_manifest(before, inputs, options.variants) if options.use_cache else None
    if options.explain:
        _explain_reasons(inputs.reasons(read_manifest(before).get("inputs")), bool(record))
    if record:
        _report_up_to_date(record, options.out / folder_name, options)
        _compare_with_approved(options.out, name, folder_name, options.quiet)
        return
    from report.pipeline import build
    from report.problems import ReportError

    cache = Cache(place.root / ".cache" if options.use_cache else None)
    progress = Progress(options.quiet)
    try:
        built = build(
            place.project(), name, options.variants, options.out, progress, options.strict, printer,
            options.validate, inputs, cache, options.draft, options.keep,
        )  # fmt: skip
    except ReportError as failure:
        print_problems(failure.problems, strict=True)
        _tell_where_to_look(failure.problems, name, options)
        raise SystemExit(1) from None
    if options.explain:
        _explain_steps(built.drawings, built.examined)
    print_problems(built.problems)
    _report_to_renew(built.manifest.to_renew)
    for entry in built.manifest.files if not options.quiet else ():
        path = display_path(built.folder) / entry.name
        if entry.current:
            confirmed = "".join(f", {standard} ({by})" for standard, by in entry.standards.items() if by)
            typer.echo(f"{path}  {entry.pages} pages, {entry.size / 1e6:.2f} MB{confirmed}")
        else:
            how = "with --cover" if entry.variant in COVERS else "without --only"
            typer.echo(f"{path} is from an earlier build. Run {how} to build it again.", err=True)
    _compare_with_approved(options.out, name, folder_name, options.quiet)


def _tell_where_to_look(problems: Sequence[Problem], name: str, options: BuildOptions) -> None:
    """Say how the faults of pages can be seen. Others stand in a file, and have no pages yet."""
    if not any(problem.where.page for problem in problems):
        return
    typer.echo(f"`build.py watch {name}` shows each fault on its page.", err=True)
    if options.keep:
        place = display_path(options.out / f"{name}-faulty")
        typer.echo(f"The pages are in {place}, marked FAULTY. They are never emailed or archived.", err=True)


def _explain_reasons(reasons: list[str], up_to_date: bool) -> None:
    """Print why a build runs, or that it has nothing to do."""
    if up_to_date:
        typer.echo("Nothing to do: the set was made from the same files, tools and options.", err=True)
        return
    typer.echo("Reasons for this build:", err=True)
    for reason in reasons or ["a file of the set is missing, damaged or from an earlier build"]:
        typer.echo(f"  {reason}", err=True)
    typer.echo("The build checks, composes, lays out and writes everything.", err=True)


def _explain_steps(drawings: Drawings, examined: Mapping[str, Mapping[str, tuple[tuple[int, ...], int]]]) -> None:
    """Print which drawings were rendered and which pages were examined, and how many came from the cache."""
    rendered = f"{', '.join(drawings.rendered)} (new data or code)" if drawings.rendered else "nothing"
    typer.echo(f"draw: {rendered}; {len(drawings.cached)} from the cache.", err=True)
    for variant, kinds in examined.items():
        for kind, (pages, count) in kinds.items():
            named = f"page{'s' if len(pages) > 1 else ''} {', '.join(map(str, pages))}" if pages else "no page"
            which = "every page" if len(pages) == count else named
            reason = " (new content)" if pages else ""
            typer.echo(
                f"prove {variant}, {_FINDINGS[kind]}: {which}{reason}; {count - len(pages)} unchanged.", err=True
            )


def _report_up_to_date(record: dict[str, Any], folder: Path, options: BuildOptions) -> None:
    """Print that a set is up to date, with its warnings. Raises ReportError with `strict` if there are any."""
    from report.problems import ReportError
    from report.sets.manifest import problems_of

    problems = tuple(problems_of(record))
    if options.strict and problems:
        raise ReportError(problems)
    print_problems(problems)
    if not options.quiet:
        typer.echo(f"{display_path(folder)} is up to date.")
    _report_to_renew(record.get("to_renew", 0))


def _compare_with_approved(out: Path, edition: str, folder_name: str, quiet: bool) -> None:
    """Print one line with the differences from the approved proof, if there is one."""
    from report.diff.approved import since_approved

    if not quiet and (line := since_approved(out, edition, folder_name)):
        typer.echo(line)


def _report_to_renew(count: int) -> None:
    """Print how much of a draft is still to be renewed."""
    if count:
        typer.echo(f"{count} values and passages are still to be renewed. List them with: build.py check", err=True)


def _variants(only: list[str] | None) -> tuple[str, ...]:
    from report.problems import did_you_mean

    for name in only or ():
        if name not in USUAL:
            raise typer.BadParameter(f"unknown variant {name!r}. {did_you_mean(name, USUAL)}")
    return tuple(name for name in USUAL if not only or name in only)

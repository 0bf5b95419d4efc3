"""The command line: builds the editions of the annual report from data/, layouts/, styles/ and figures/.

The only place where everything meets: the pipeline of `report`, the drawing functions of `figures`, the disk and the
person.
"""

from __future__ import annotations

import os
import sys
from contextvars import ContextVar, copy_context
from pathlib import Path
from typing import Annotated, Any

ROOT = Path(__file__).resolve().parent

try:
    import typer
except ImportError as absent:  # before `make report`, `doctor` has to run with what Python brings along
    from report.doctor import unprepared

    sys.exit(unprepared(ROOT, sys.argv[1:], str(absent.name)))

from report.cli import archive, changes, desk, files, mail, years  # noqa: E402 (only where typer is)
from report.cli.options import Context, Edition, Out, PrinterName, Quiet, shown  # noqa: E402
from report.memory import leave  # noqa: E402

INTERRUPTED = 130
VARIANT_NAMES = ("print", "screen", "archive")
COVER_NAMES = ("cover", "block")
_CHOSEN: ContextVar[Path | None] = ContextVar("project", default=None)

app = typer.Typer(
    name="build.py",
    help="Build the print, screen and archive editions of an annual report from one folder of facts and prose.",
    epilog="\n\n".join(
        (
            "The word build may be left out, and its options work without it:",
            "  build.py                              the newest edition, all variants",
            "  build.py 2023-24 --only screen        one variant of one edition",
            "  build.py check                        the data and prose, in under a second",
            "  build.py trace ease.covered           where a fact comes from and goes to",
            "  build.py build --help                 every option of a build",
            "Exit status: 0 if all is well, 1 for errors (or warnings under --strict), 2 for a wrong command line.",
        )
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
)

Only = Annotated[
    list[str] | None, typer.Option("--only", help="Build this variant: print, screen or archive. Repeatable.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")]


@app.command("build")
def build_command(
    edition: Edition = None,
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

    The set in dist/EDITION/ is replaced as a whole when everything is finished and checked; after an error, or when the
    build is interrupted, the last complete set is still there. A draft is a set of its own, in dist/EDITION-draft/.

    The word `build` may be left out: `build.py 2023-24 --only screen`.
    """
    from report.cache import Cache
    from report.freshness import fresh, gather, read_record
    from report.outputs import current_set, set_name
    from report.progress import Progress

    variants, place = (*_variants(only), *(COVER_NAMES if cover else ())), CONTEXT.out(out)
    project = _project()
    name = project.edition(edition)
    placed = set_name(name, draft)
    inputs = gather(_root(), name, ROOT, printer=printer, validated=validated, draft=draft)
    before = current_set(place, placed)
    record = fresh(before, inputs, variants) if cached else None
    if explain:
        _explain(inputs.reasons((read_record(before) or {}).get("inputs")), bool(record))
    if record:
        _up_to_date(record, place / placed, quiet, strict)
        _since_approved(place, name, placed, quiet)
        return
    from report.pipeline import build

    cache = Cache(_root() / ".cache" if cached else None)
    built = build(project, name, variants, place, Progress(quiet), strict, printer, validated, inputs, cache, draft)
    if explain:
        typer.echo(f"  drawn anew: {', '.join(cache.misses) or 'nothing'}; kept: {len(cache.hits)}", err=True)
    _report(built.problems)
    _still_to_renew(built.manifest.to_renew)
    for entry in built.manifest.files if not quiet else ():
        path = shown(built.folder) / entry.name
        if entry.current:
            told = "".join(f", {standard} ({by})" for standard, by in entry.standards.items() if by)
            typer.echo(f"{path}  {entry.pages} pages, {entry.size / 1e6:.2f} MB{told}")
        else:
            typer.echo(f"{path} is from an earlier build; without --only it would be made again.", err=True)
    _since_approved(place, name, placed, quiet)


@app.command("check")
def check_command(edition: Edition = None, quiet: Quiet = False, strict: Strict = False) -> None:
    """Validate the data and prose of an edition without rendering, in under a second.

    Every problem is listed with file, line, column and what to do about it.
    """
    from report.checking import check
    from report.problems import has_errors, in_order

    project = _project()
    name = project.edition(edition)
    loaded, _, problems = check(project, name)
    _report(tuple(in_order(problems)), strict)
    if has_errors(problems) or (strict and problems):
        raise typer.Exit(1)
    if not quiet:
        typer.echo(f"data/{name}: {len(loaded.facts)} facts, {len(loaded.sections)} sections: no errors.")


@app.command("trace")
def trace_command(
    fact: Annotated[str, typer.Argument(help="The id of a fact, such as ease.covered.")],
    edition: Annotated[str | None, typer.Option("--edition", help="The edition. Default: the newest.")] = None,
    out: Out = None,
) -> None:
    """Show where a fact is defined, and every text, chart and page that uses it.

    Pages come from the last build in dist/; without one, the places in the data are shown.
    """
    from report.trace import trace

    project = _project()
    typer.echo(trace(project, project.edition(edition), fact, CONTEXT.out(out)))


@app.command("doctor")
def doctor_command() -> None:
    """Say what this machine has and lacks for building, and how to get it on this operating system."""
    from report.doctor import examine

    report = examine(ROOT)
    typer.echo(report.text)
    if not report.ready:
        raise typer.Exit(1)


@app.command("schema")
def schema_command() -> None:
    """Write the JSON Schemas of the data files, printers, mail files and outcomes again, from the models in report/."""
    from report.schemas import write_schemas

    for path in write_schemas(ROOT):
        typer.echo(path.relative_to(ROOT))


@app.callback()
def everywhere(
    project: Annotated[
        Path | None,
        typer.Option(
            "--project",
            help="The folder with data/ and what else is its own: styles/tokens.yaml, styles, fonts, layouts. For the "
            "rest, this one stands behind it. Default: this folder.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Stand before every command: build.py --project examples/marrow-isles check."""
    if project is not None and not (project / "data").is_dir():
        raise typer.BadParameter(f"there is no folder {project / 'data'}: a project has its editions in data/.")
    _CHOSEN.set(None if project is None else project.resolve())


def _root() -> Path:
    return _CHOSEN.get() or ROOT


def _explain(reasons: list[str], up_to_date: bool) -> None:
    """Say why a build has something to do."""
    if up_to_date:
        typer.echo("Nothing to do: the set is made from just these files, with these tools.", err=True)
        return
    typer.echo("Why this build runs:", err=True)
    for reason in reasons or ["a file of the set is missing, damaged or from an earlier build"]:
        typer.echo(f"  {reason}", err=True)
    typer.echo("  So every step runs; a chart or artwork is drawn only where its own data changed.", err=True)


def _up_to_date(record: dict[str, Any], folder: Path, quiet: bool, strict: bool) -> None:
    """Say what stands there already, with its warnings."""
    from report.freshness import problems_of
    from report.problems import ReportError

    problems = tuple(problems_of(record))
    if strict and problems:
        raise ReportError(problems)
    _report(problems)
    if not quiet:
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


def _project() -> Any:
    from figures import FIGURES
    from figures.artworks import ARTWORKS
    from report.project import Project

    return Project(_root(), FIGURES, ARTWORKS, ROOT)


def _variants(only: list[str] | None) -> tuple[str, ...]:
    from report.problems import did_you_mean

    for name in only or ():
        if name not in VARIANT_NAMES:
            raise typer.BadParameter(f"there is no variant {name!r}. {did_you_mean(name, VARIANT_NAMES)}")
    return tuple(name for name in VARIANT_NAMES if not only or name in only)


def _report(problems: tuple[Any, ...], strict: bool = False) -> None:
    """List problems on standard error, grouped by file, errors first; say why warnings alone are a failure."""
    from report.listing import listing
    from report.problems import has_errors

    if text := listing(problems, colour=sys.stderr.isatty()):
        typer.echo(text, err=True)
    if strict and problems and not has_errors(problems):
        typer.echo("Under --strict, warnings count as errors.", err=True)


def _with_command(arguments: list[str]) -> list[str]:
    """Return the arguments with `build` in front, if they name no command. Leaves with status 2 for a mistyped one."""
    from difflib import get_close_matches

    commands = [str(command.name) for command in app.registered_commands]
    commands += [str(group.name) for group in app.registered_groups]
    ahead, arguments = _place_of_project(arguments)
    first = arguments[0] if arguments else ""
    if first in {*commands, "--help", "-h"}:
        return [*ahead, *arguments]
    meant = get_close_matches(first, commands, n=1)
    if meant and not ahead and first not in _project().editions:
        typer.echo(f"There is no command and no edition `{first}`. Did you mean `{meant[0]}`?", err=True)
        sys.exit(2)
    return [*ahead, "build", *arguments]


def _place_of_project(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return `--project DIR`, wherever it stands, and the other arguments."""
    for index, argument in enumerate(arguments):
        if argument == "--project":
            return arguments[index : index + 2], arguments[:index] + arguments[index + 2 :]
        if argument.startswith("--project="):
            return [argument], arguments[:index] + arguments[index + 1 :]
    return [], arguments


CONTEXT = Context(_root, lambda: _project())
for group in (files, changes, desk, mail, archive, years):
    group.register(app, CONTEXT)


def main(arguments: list[str]) -> int:
    """Run the command line and return its exit status. `build` is the command if none is named."""
    from report.problems import ReportError

    try:  # in a context of its own, so that --project is forgotten afterwards
        copy_context().run(app, args=_with_command(arguments), prog_name="build.py")
    except ReportError as failure:
        _report(failure.problems, strict=True)
        return 1
    except (KeyboardInterrupt, SystemExit) as leave:
        status = int(leave.code or 0) if isinstance(leave, SystemExit) else INTERRUPTED
        if status == INTERRUPTED:
            typer.echo("Stopped. The last complete set is still in place.", err=True)
        return status
    except ImportError as absent:
        from report.doctor import unprepared

        return unprepared(ROOT, [], str(absent.name))
    except Exception as failure:
        if "REPORT_DEBUG" in os.environ:
            raise
        typer.echo(f"A fault of the press, not of your data: {type(failure).__name__}: {failure}", err=True)
        typer.echo("The last complete set is still in place. Run again with REPORT_DEBUG=1 for a traceback.", err=True)
        return 1
    return 0


if __name__ == "__main__":
    leave(main(sys.argv[1:]))

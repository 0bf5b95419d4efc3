"""How a command ends: problems are listed, an internal error takes one line, and there is always an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import typer

from report.faults import fault_of_staff, text_of

INTERRUPTED = 130


def tell(problems: Sequence[Any], strict: bool = False) -> None:
    """List problems on standard error, grouped by file, errors first; say why warnings alone are a failure."""
    from report.cli.listing import listing
    from report.problems import has_errors

    if text := listing(problems, colour=sys.stderr.isatty()):
        typer.echo(text, err=True)
    if strict and problems and not has_errors(problems):
        typer.echo("Under --strict, warnings count as errors.", err=True)


def status_of(run: Callable[[], object], unprepared: Callable[[str], int] | None = None) -> int:
    """Run something and return the exit status: 0 if all is well, 1 for errors, 130 when it was stopped.

    `unprepared` is told the name of a library that is not there, and gives the status.
    """
    from report.problems import ReportError

    try:
        run()
    except ReportError as failure:
        tell(failure.problems, strict=True)
        return 1
    except (KeyboardInterrupt, SystemExit) as leave:
        status = int(leave.code or 0) if isinstance(leave, SystemExit) else INTERRUPTED
        if status == INTERRUPTED:
            typer.echo("Stopped. The last complete set is still in place.", err=True)
        return status
    except Exception as failure:
        if problem := fault_of_staff(failure):
            tell((problem,))
            return 1
        if unprepared and isinstance(failure, ImportError) and _is_missing(failure.name):
            return unprepared(str(failure.name))
        tell_fault(failure)
        return 1
    return 0


def _is_missing(library: str | None) -> bool:
    """Tell whether a library is not installed, rather than one of the program's own modules being wrong."""
    top = (library or "").partition(".")[0]
    return bool(top) and top not in {"report", "figures"} and find_spec(top) is None


def tell_fault(failure: Exception) -> None:
    """Say in a line what nobody foresaw; with REPORT_DEBUG set, raise it instead."""
    if "REPORT_DEBUG" in os.environ:
        raise failure
    typer.echo(f"Internal error (your data is fine): {text_of(failure)}", err=True)
    typer.echo("The last complete set is still in place. Run again with REPORT_DEBUG=1 for a traceback.", err=True)

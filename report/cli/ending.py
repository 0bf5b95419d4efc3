"""The end of a command: problems are listed, internal errors take one line, and there is always an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import typer

from report.processes.faults import exception_text, problem_in_figures

INTERRUPTED = 130


def print_problems(problems: Sequence[Any], strict: bool = False) -> None:
    """List problems on standard error, errors first, grouped by file. With `strict`, explain if warnings alone fail."""
    from report.cli.listing import listing
    from report.problems import has_errors

    if text := listing(problems, colour=sys.stderr.isatty()):
        typer.echo(text, err=True)
    if strict and problems and not has_errors(problems):
        typer.echo("With --strict, warnings count as errors.", err=True)


def status_of(run: Callable[[], object], on_missing_library: Callable[[str], int] | None = None) -> int:
    """Run a command and return its exit status: 0 for success, 1 for errors, 130 for an interruption.

    `on_missing_library` gets the name of a library that is not installed, and returns the status.
    """
    from report.problems import ReportError

    try:
        run()
    except ReportError as failure:
        print_problems(failure.problems, strict=True)
        return 1
    except (KeyboardInterrupt, SystemExit) as exit_:
        status = int(exit_.code or 0) if isinstance(exit_, SystemExit) else INTERRUPTED
        if status == INTERRUPTED:
            typer.echo("Stopped. The last complete set is still in place.", err=True)
        return status
    except Exception as failure:
        if problem := problem_in_figures(failure):
            print_problems((problem,))
            return 1
        if on_missing_library and isinstance(failure, ImportError) and _is_missing(failure.name):
            return on_missing_library(str(failure.name))
        print_internal_error(failure)
        return 1
    return 0


def _is_missing(library: str | None) -> bool:
    """Return whether a library is not installed, as opposed to a broken module of the program."""
    top = (library or "").partition(".")[0]
    return bool(top) and top not in {"report", "figures"} and find_spec(top) is None


def print_internal_error(failure: Exception) -> None:
    """Print an unexpected exception in one line; with REPORT_DEBUG set, raise it instead."""
    if "REPORT_DEBUG" in os.environ:
        raise failure
    typer.echo(f"Internal error (your data is fine): {exception_text(failure)}", err=True)
    typer.echo("The last complete set is still in place. Run again with REPORT_DEBUG=1 for a traceback.", err=True)

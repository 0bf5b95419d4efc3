"""Exceptions in figures/, which design staff edit, as problems with file and line.

In: an exception. Out: a `Problem`, or None if the exception does not come from figures/.
"""

from __future__ import annotations

import traceback
from pathlib import Path

from report.problems import Place, Problem, error

FIGURES_FOLDER = "figures"
INTERNAL = "Internal error (your data is fine). Run again with REPORT_DEBUG=1 for a traceback, and report it."


def problem_in_figures(failure: BaseException) -> Problem | None:
    """Return a problem at the last line of figures/ in the traceback, or None if there is no such line."""
    if isinstance(failure, SyntaxError) and (shown_path := _display_path(failure.filename or "")):
        where = Place(shown_path, failure.lineno or 0, failure.offset or 0)
        return error("drawing-fault", where, f"Python syntax error: {failure.msg}.", "Correct the line.")
    frames = traceback.extract_tb(failure.__traceback__)
    lines = [(shown_path, frame.lineno or 0) for frame in frames if (shown_path := _display_path(frame.filename))]
    if not lines:
        return None
    hint = "Correct the import." if isinstance(failure, ImportError) else "Correct the function."
    return error("drawing-fault", Place(*lines[-1]), exception_text(failure), hint)


def exception_text(failure: BaseException) -> str:
    """Return the type and message of an exception on one line."""
    return f"{type(failure).__name__}: {failure}".rstrip(": .") + "."


def _display_path(file: str) -> str:
    """Return the path of a file in figures/ as shown in messages, or an empty string for any other file."""
    path = Path(file)  # in the program or in a project
    for folder in path.parents:
        is_ours = (folder / "__init__.py").is_file() or (folder.parent / "data").is_dir()
        if folder.name == FIGURES_FOLDER and is_ours:
            return path.relative_to(folder.parent).as_posix()
    return ""

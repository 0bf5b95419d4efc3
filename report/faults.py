"""Faults in code that design staff edit, as problems with file and line: a drawing function that fails, a bad import.

In: an exception. Out: a `Problem`, or None where the fault is not in such a file.
"""

from __future__ import annotations

import traceback
from pathlib import Path

from report.problems import Place, Problem, error

STAFF_FOLDER = "figures"
INTERNAL = "Internal error (your data is fine). Run again with REPORT_DEBUG=1 for a traceback, and report it."


def fault_of_staff(failure: BaseException) -> Problem | None:
    """Return a problem at the last line of figures/ that took part in a failure, if one did."""
    if isinstance(failure, SyntaxError) and (shown := _shown(failure.filename or "")):
        where = Place(shown, failure.lineno or 0, failure.offset or 0)
        return error("drawing-fault", where, f"Python syntax error: {failure.msg}.", "Correct the line.")
    frames = traceback.extract_tb(failure.__traceback__)
    lines = [(shown, frame.lineno or 0) for frame in frames if (shown := _shown(frame.filename))]
    if not lines:
        return None
    hint = "Correct the import." if isinstance(failure, ImportError) else "Correct the function."
    return error("drawing-fault", Place(*lines[-1]), text_of(failure), hint)


def text_of(failure: BaseException) -> str:
    """Return the kind and the message of an exception in one line."""
    return f"{type(failure).__name__}: {failure}".rstrip(": .") + "."


def _shown(file: str) -> str:
    """Return the name of a file below figures/ as messages have it; nothing for any other file."""
    path = Path(file)
    for folder in path.parents:
        if folder.name == STAFF_FOLDER and (folder / "__init__.py").is_file():
            return path.relative_to(folder.parent).as_posix()
    return ""

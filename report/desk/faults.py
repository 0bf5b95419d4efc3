"""Faults of code that staff edit, as problems with file and line: a drawing function that can't be read or fails.

In: an exception. Out: a `Problem`.
"""

from __future__ import annotations

import traceback
from pathlib import Path

from report.problems import Place, Problem, error

_EDITED = "figures"


def fault_problem(failure: BaseException) -> Problem:
    """Return what went wrong and where: at the last line of figures/ that took part, or in the press itself."""
    what = f"{type(failure).__name__}: {failure}".rstrip(": .") + "."
    if isinstance(failure, SyntaxError) and (shown := _shown(failure.filename or "")):
        return error(
            "drawing-fault",
            Place(shown, failure.lineno or 0, failure.offset or 0),
            f"This can't be read as Python: {failure.msg}.",
            "Correct the line.",
        )
    frames = [(_shown(frame.filename), frame.lineno or 0) for frame in traceback.extract_tb(failure.__traceback__)]
    if own := [frame for frame in frames if frame[0]]:
        return error("drawing-fault", Place(*own[-1]), what, "Correct the function.")
    hint = "Look at the last change. If it is right, this is a fault of the press: please report it."
    return error("press-fault", Place(), what, hint)


def _shown(file: str) -> str:
    """Return the name of a file below figures/ as messages have it; nothing for any other file."""
    parts = Path(file).parts
    if _EDITED not in parts:
        return ""
    return "/".join(parts[len(parts) - 1 - parts[::-1].index(_EDITED) :])

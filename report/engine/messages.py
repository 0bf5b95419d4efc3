"""The engine's messages: collected while it works, and those about a stylesheet as problems with their place.

In: log records of WeasyPrint and fontTools. Out: texts, or problems with file, line and column.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from report.edition.references import place_at
from report.problems import Place, Problem, error, warning

_AT = re.compile(r"\s*\bat (\d+):(\d+)")
_SELECTOR = re.compile(r"selector,? '\s*(.+?)\s*'")
_HINT = "WeasyPrint ignores it. Correct it, or remove it."
_LOSSES = ("Failed to", "No anchor")  # something is missing from the page, or a link has no target


@contextmanager
def captured_messages() -> Iterator[list[str]]:
    """Collect messages of the engine and of fontTools at warning level or above."""
    messages: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    handler, loggers = Collector(logging.WARNING), [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield messages
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


def engine_problems(messages: Sequence[str]) -> list[Problem]:
    """Return a problem for each message of the engine: an error if something was lost, else a warning."""
    return [
        (error if message.startswith(_LOSSES) else warning)(
            "engine", Place("layouts, styles"), f"WeasyPrint reports: {message}", "Correct what the message names."
        )
        for message in messages
    ]


def style_problems(name: str, text: str, messages: Sequence[str]) -> Iterator[Problem]:
    """Yield a problem for each message about the stylesheet `name`. What the engine can't read, it ignores."""
    for message in messages:
        what = " ".join(_AT.sub("", message).split()).replace(" `,", "`,").rstrip(".")
        kind = error if message.startswith(_LOSSES) else warning
        yield kind("stylesheet", _place(name, text, message), f"{what}.", _HINT)


def _place(name: str, text: str, message: str) -> Place:
    if at := _AT.search(message):
        return Place(name, int(at[1]), int(at[2]))
    selector = _SELECTOR.search(message)  # the engine tells no line for a selector
    start = text.find(selector[1]) if selector else -1
    return place_at(text, start, Place(name, 1, 1)) if start >= 0 else Place(name)

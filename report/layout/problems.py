"""Problems of a layout: the engine's messages and the results of the layout checks.

In: a layout and its inputs. Out: problems.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.compose.texts import texts_by_source
from report.design.tokens import Tokens
from report.drawing.sheets import ArtworkSheet
from report.engine.pdf import Layout
from report.layout.checks import LayoutSubject, check_layout
from report.problems import Place, Problem, error, warning

_LOSSES = ("Failed to", "No anchor")  # something is missing from the page, or a link has no target


def engine_problems(messages: Sequence[str]) -> list[Problem]:
    """Return a problem for each message of the engine: an error if something was lost, else a warning."""
    return [
        (error if message.startswith(_LOSSES) else warning)(
            "engine", Place("layouts, styles"), f"WeasyPrint reports: {message}", "Correct what the message names."
        )
        for message in messages
    ]


def layout_problems(
    layout: Layout, sheets: Mapping[str, ArtworkSheet], tokens: Tokens, html: str, multiple: int
) -> list[Problem]:
    """Return every problem of the pages that were laid out from `html`. `multiple`: see the printer's binding."""
    faces, safe = tuple(tokens.faces.values()), float(tokens.page.safe)
    subject = LayoutSubject(layout.pages, sheets, faces, safe, texts_by_source(html), multiple)
    return [*engine_problems(layout.messages), *layout.problems, *check_layout(subject)]

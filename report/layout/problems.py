"""What is wrong with an edition on its pages: what the engine said, and what a person would mark on the proofs.

In: a layout and what it was made from. Out: problems.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.compose.texts import texts_by_source
from report.design.tokens import Tokens
from report.drawing.sheets import ArtworkSheet
from report.engine.pdf import Layout
from report.layout.checks import LayoutSubject, check_layout
from report.problems import Place, Problem, error, warning

_LOSSES = ("Failed to", "No anchor")  # what then is missing from the page, or leads nowhere


def engine_problems(messages: Sequence[str]) -> list[Problem]:
    """Every message of the engine is a problem: what it ignores, it substitutes."""
    return [
        (error if message.startswith(_LOSSES) else warning)(
            "engine", Place("layouts, styles"), f"The engine says: {message}", "Correct what it names."
        )
        for message in messages
    ]


def layout_problems(layout: Layout, laid_under: Mapping[str, ArtworkSheet], tokens: Tokens, html: str) -> list[Problem]:
    """Return every problem of the pages; `html` is what they were laid out from."""
    faces, safe = tuple(tokens.faces.values()), float(tokens.page.safe)
    proofs = LayoutSubject(layout.pages, laid_under, faces, safe, texts_by_source(html))
    return [*engine_problems(layout.messages), *layout.problems, *check_layout(proofs)]

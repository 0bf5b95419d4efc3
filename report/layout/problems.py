"""Problems of a layout: the engine's messages and the results of the layout checks.

In: a layout and its inputs. Out: problems.
"""

from __future__ import annotations

from collections.abc import Mapping

from report.compose.texts import section_outlines, texts_by_source
from report.design.tokens import Tokens
from report.drawing.sheets import ArtworkSheet
from report.engine.messages import engine_problems
from report.engine.pdf import Layout
from report.layout.checks import check_layout
from report.layout.subject import LayoutSubject
from report.problems import Problem


def layout_problems(
    layout: Layout, sheets: Mapping[str, ArtworkSheet], tokens: Tokens, html: str, multiple: int
) -> list[Problem]:
    """Return every problem of the pages that were laid out from `html`. `multiple`: see the printer's binding."""
    faces, safe = tuple(tokens.faces.values()), float(tokens.page.safe)
    subject = LayoutSubject(layout.pages, sheets, faces, safe, texts_by_source(html), multiple, section_outlines(html))
    return [*engine_problems(layout.messages), *layout.problems, *check_layout(subject)]

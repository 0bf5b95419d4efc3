"""What the layout checks are given: the pages, and what they were laid out from.

In: `PageRecord`s, sheets, tokens and texts. Out: `LayoutSubject`, and the place of a line on a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from report.compose.texts import SectionOutline
from report.design.look import FontFace
from report.drawing.sheets import ArtworkSheet
from report.engine.boxes import Fragment, PageRecord, TextLine
from report.problems import Place


@dataclass(frozen=True, slots=True)
class LayoutSubject:
    """The input of the checks: pages, sheets, font faces, safe area in points, source texts, multiple, sections."""

    pages: Sequence[PageRecord]
    sheets: Mapping[str, ArtworkSheet]
    font_faces: Sequence[FontFace]
    safe: float
    texts: Mapping[str, str]
    multiple: int = 4  # of a saddle stitch; printers state theirs
    sections: Sequence[SectionOutline] = ()


def place_of(page: PageRecord, record: TextLine | Fragment | None = None) -> Place:
    """Return the place of a page, or of a line or paragraph on it."""
    if record is None:
        return Place(page=page.number)
    return Place.of_source(record.src, page.number, record.component)

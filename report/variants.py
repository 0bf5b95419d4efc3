"""The table of deliverables: how each variant is written from the shared layout and finished.

In: nothing. Out: `VARIANTS`, with the names of the usual ones and of the separate cover. A new variant is a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

PDFX4, PDFA3A, PDFUA1 = "PDF/X-4", "PDF/A-3a", "PDF/UA-1"


def _every_page(pages: int) -> int:
    return pages


def _two_sides(pages: int) -> int:
    return 2


def _without_cover(pages: int) -> int:
    return pages - 4


@dataclass(frozen=True, slots=True)
class Variant:
    """One deliverable. All variants share one layout; they differ in how it is written and finished.

    `standards` are those its metadata claims; a validator must confirm them. `pages` returns the page count of the file
    for that of the layout. `part` is the part of the report in the file: all, cover or block.
    """

    name: str
    role: str
    bleed: bool = False
    options: Mapping[str, object] = field(default_factory=dict)
    finishing: tuple[str, ...] = ()
    attach_sources: bool = False
    links: bool = True
    standards: tuple[str, ...] = ()
    budget: int | None = None
    preflight: bool = False
    access: bool = False
    linearize: bool = False
    pages: Callable[[int], int] = _every_page
    part: str = "all"

    @property
    def writing(self) -> str:
        """A key of how the engine writes it. Variants with the same key share one writing and differ in finishing."""
        return f"bleed {self.bleed}, {sorted(self.options.items())}"


# Finishing steps of the print variants, before and after the pages are placed on the printer's sheet.
_IN_INK = ("without_annotations", "inks", "photographs_for_press", "photographs")
_ON_SHEET = ("sheet", "intent", "metadata")
_FOR_PRESS: Mapping[str, Any] = {
    "bleed": True,
    "options": {"pdf_version": "1.6"},
    "links": False,
    "standards": (PDFX4,),
    "preflight": True,
    "budget": 200_000_000,
}

# Screen and archive share one tagged writing; they differ only in finishing.
_TAGGED: Mapping[str, object] = {"pdf_variant": "pdf/ua-1"}

VARIANTS: Mapping[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant(
            name="print",
            role="press-ready single pages with the printer's inks, bleed, marks and output intent",
            finishing=(*_IN_INK, "page_labels", *_ON_SHEET),
            **_FOR_PRESS,
        ),
        Variant(
            name="cover",
            role="the cover alone: back, spine and front in one piece, outside and inside",
            finishing=(*_IN_INK, "cover", "cover_sheet", "intent", "metadata"),
            pages=_two_sides,
            part="cover",
            **_FOR_PRESS,
        ),
        Variant(
            name="block",
            role="the pages inside the cover, for a printer who needs the cover as a separate file",
            finishing=(*_IN_INK, "block", *_ON_SHEET),
            pages=_without_cover,
            part="block",
            **_FOR_PRESS,
        ),
        Variant(
            name="screen",
            role="trimmed, linked and bookmarked, for screens and email",
            options=_TAGGED,
            finishing=("page_labels", "reading_view", "photographs_for_screen", "metadata"),
            standards=(PDFUA1,),
            access=True,
            linearize=True,
            budget=5_000_000,
        ),
        Variant(
            name="archive",
            role="for archiving, with the edition's data attached",
            budget=20_000_000,
            options=_TAGGED,
            finishing=("for_keeping", "page_labels", "reading_view", "metadata"),
            attach_sources=True,
            standards=(PDFA3A, PDFUA1),
        ),
    )
}

USUAL = ("print", "screen", "archive")  # what a build makes
COVERS = ("cover", "block")  # what --cover adds

"""The deliverables, as a table: what each variant adds to the one layout, and what is done to its bytes.

In: nothing. Out: `VARIANTS`. A new variant is a row here.
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

    `standards` are what its metadata states; whether that holds is for a validator to say. `pages` tells from the
    pages of the layout how many the file has. `part` is what of the report is in it: all, cover or block.
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
        """What the engine writes for it: variants that share it differ only in how they are finished."""
        return f"bleed {self.bleed}, {sorted(self.options.items())}"


# What is done to pages for the press before they are laid on the printer's sheet, and after.
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

# One tagged writing serves all who read: what sets them apart is done afterwards.
_TAGGED: Mapping[str, object] = {"pdf_variant": "pdf/ua-1"}

VARIANTS: Mapping[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant(
            name="print",
            role="press-ready single pages: inks, bleed, marks and output intent as the printer asks",
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
            role="the pages between the cover's leaves, for the printer who gets the cover as a file of its own",
            finishing=(*_IN_INK, "block", *_ON_SHEET),
            pages=_without_cover,
            part="block",
            **_FOR_PRESS,
        ),
        Variant(
            name="screen",
            role="trimmed, linked and bookmarked, for reading and email",
            options=_TAGGED,
            finishing=("page_labels", "reading_view", "photographs_for_screen", "metadata"),
            standards=(PDFUA1,),
            access=True,
            linearize=True,
            budget=5_000_000,
        ),
        Variant(
            name="archive",
            role="for keeping, with the edition's data inside",
            budget=20_000_000,
            options=_TAGGED,
            finishing=("for_keeping", "page_labels", "reading_view", "metadata"),
            attach_sources=True,
            standards=(PDFA3A, PDFUA1),
        ),
    )
}

USUAL = ("print", "screen", "archive")
COVERS = ("cover", "block")

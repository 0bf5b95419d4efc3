"""The deliverables, as a table: what each variant adds to the one layout, and what is done to its bytes.

In: nothing. Out: `VARIANTS`. A new variant is a row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Variant:
    """One deliverable. All variants share one layout; they differ in how it is written and finished.

    `standard` is what its metadata states; whether that holds is for a validator to say.
    """

    name: str
    role: str
    bleed: bool = False
    options: Mapping[str, object] = field(default_factory=dict)
    finishing: tuple[str, ...] = ()
    attach_sources: bool = False
    links: bool = True
    standard: str | None = None
    budget: int | None = None


VARIANTS: Mapping[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant(
            name="print",
            role="press-ready single pages with bleed on the outer edges",
            bleed=True,
            options={"pdf_version": "1.7"},
            finishing=("page_boxes", "without_annotations", "page_labels"),
            links=False,
        ),
        Variant(
            name="screen",
            role="trimmed, linked and bookmarked, for reading and email",
            options={"pdf_version": "1.7", "pdf_tags": True},
            finishing=("page_labels", "reading_view"),
            budget=5_000_000,
        ),
        Variant(
            name="archive",
            role="for keeping, with the edition's data inside",
            options={"pdf_variant": "pdf/a-3a"},
            finishing=("associated_once", "page_labels", "reading_view"),
            attach_sources=True,
            standard="PDF/A-3a",
        ),
    )
}

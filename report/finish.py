"""What is done to a variant's bytes after the engine: a list of small steps named in the table of variants.

In: PDF bytes and the names of the steps. Out: PDF bytes, the same for the same input.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence

import pikepdf
from pikepdf import Dictionary, Name


def finish(data: bytes, steps: Sequence[str]) -> bytes:
    """Apply the steps in order and return the file with an identifier that follows from its content."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for step in steps:
            STEPS[step](pdf)
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _without_annotations(pdf: pikepdf.Pdf) -> None:
    """A file for press has no links: printers refuse annotations inside the bleed."""
    for page in pdf.pages:
        if Name.Annots in page:
            del page[Name.Annots]


def _page_labels(pdf: pikepdf.Pdf) -> None:
    """Pages are labelled as they are printed: decimal, counted from the cover (ISO 32000-1, 12.4.2)."""
    pdf.Root.PageLabels = Dictionary(Nums=pikepdf.Array([0, Dictionary(S=Name.D, St=1)]))


def _reading_view(pdf: pikepdf.Pdf) -> None:
    """Open as facing pages with the cover alone, and show the title in the window (ISO 32000-1, 12.2)."""
    pdf.Root.PageLayout = Name.TwoPageRight
    preferences = pdf.Root.get(Name.ViewerPreferences, Dictionary())
    preferences[Name.DisplayDocTitle] = True
    pdf.Root.ViewerPreferences = preferences


def _page_boxes(pdf: pikepdf.Pdf) -> None:
    """The sheet's box is the bleed box, and no crop box hides any of it."""
    for page in pdf.pages:
        page[Name.BleedBox] = page[Name.MediaBox]
        if Name.CropBox in page:
            del page[Name.CropBox]


def _associated_once(pdf: pikepdf.Pdf) -> None:
    """Each attachment is associated with the document once; the engine lists it twice (ISO 32000-2, 14.13)."""
    files = {item.objgen: item for item in pdf.Root.get(Name.AF, pikepdf.Array())}
    if files:
        pdf.Root.AF = pikepdf.Array(list(files.values()))


STEPS: Mapping[str, Callable[[pikepdf.Pdf], None]] = {
    "associated_once": _associated_once,
    "page_boxes": _page_boxes,
    "page_labels": _page_labels,
    "reading_view": _reading_view,
    "without_annotations": _without_annotations,
}

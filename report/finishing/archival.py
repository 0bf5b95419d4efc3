"""What makes a tagged file one for keeping: its source data inside, the colours it is meant in, links that print.

In: a PDF, `SourceFile` records, an RGB profile. Out: the same PDF, changed, as PDF/A-3 asks (ISO 19005-3).
"""

from __future__ import annotations

from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from report.finishing.attachments import SourceFile

_PRINTS = 4  # ISO 32000-1, 12.5.3: the flag of an annotation that is printed
_TYPES = {".csv": "text/csv", ".md": "text/markdown", ".yaml": "application/yaml"}
_TEXTS = (".md", ".yaml")


def attach(pdf: pikepdf.Pdf, sources: Sequence[SourceFile]) -> None:
    """Put files into a file, each associated with the document (ISO 19005-3, 6.8; ISO 32000-2, 14.13)."""
    associated = Array()
    for source in sources:
        suffix, day = f".{source.name.rpartition('.')[2]}", f"D:{source.day:%Y%m%d%H%M%S}Z"
        pdf.attachments[source.name] = pikepdf.AttachedFileSpec(
            pdf,
            source.data,
            description=source.description,
            filename=source.name,
            mime_type=_TYPES.get(suffix, "application/octet-stream"),
            creation_date=day,
            mod_date=day,
            relationship=Name.Source if suffix in _TEXTS else Name.Data,
        )
        associated.append(pdf.attachments[source.name].obj)
    if sources:
        pdf.Root[Name.AF] = associated


def set_reading_intent(pdf: pikepdf.Pdf, profile: bytes) -> None:
    """Say which red, green and blue the colours are (ISO 19005-3, 6.2.3)."""
    stream = pdf.make_stream(profile)
    stream[Name.N] = 3
    name = String("sRGB IEC61966-2.1")
    intent = Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=name, Info=name, DestOutputProfile=stream
    )
    pdf.Root[Name.OutputIntents] = Array([pdf.make_indirect(intent)])


def print_links(pdf: pikepdf.Pdf) -> None:
    """Mark every annotation as one that is printed (ISO 19005-3, 6.3.2)."""
    for page in pdf.pages:
        for annotation in page.obj.get(Name.Annots, Array()):
            annotation[Name.F] = _PRINTS

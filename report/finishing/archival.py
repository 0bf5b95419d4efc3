"""What PDF/A-3 requires of a tagged file: attached source data, an RGB output intent, printable annotations.

In: a PDF, `SourceFile` records, an RGB profile. Out: the same PDF, changed (ISO 19005-3).
"""

from __future__ import annotations

from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from report.finishing.attachments import SourceFile

_PRINT_FLAG = 4  # of an annotation (ISO 32000-1, 12.5.3)
_TYPES = {".csv": "text/csv", ".md": "text/markdown", ".yaml": "application/yaml"}
_TEXTS = (".md", ".yaml")


def attach_sources(pdf: pikepdf.Pdf, sources: Sequence[SourceFile]) -> None:
    """Embed the source files as associated files of the document (ISO 19005-3, 6.8; ISO 32000-2, 14.13)."""
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


def set_rgb_intent(pdf: pikepdf.Pdf, profile: bytes) -> None:
    """Write the output intent that defines the RGB colours (ISO 19005-3, 6.2.3)."""
    stream = pdf.make_stream(profile)
    stream[Name.N] = 3
    name = String("sRGB IEC61966-2.1")
    intent = Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=name, Info=name, DestOutputProfile=stream
    )
    pdf.Root[Name.OutputIntents] = Array([pdf.make_indirect(intent)])


def make_annotations_printable(pdf: pikepdf.Pdf) -> None:
    """Set the print flag of every annotation (ISO 19005-3, 6.3.2)."""
    for page in pdf.pages:
        for annotation in page.obj.get(Name.Annots, Array()):
            annotation[Name.F] = _PRINT_FLAG

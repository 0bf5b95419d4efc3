"""The PDF/X output intent: the printing condition of a file, with its ICC profile embedded.

In: a PDF and a `Printer`. Out: the same PDF, changed.
"""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from report.press.printers import Printer


def set_intent(pdf: pikepdf.Pdf, printer: Printer) -> None:
    """Write the output intent that ISO 15930-7 requires (ISO 32000-1, 14.11.5)."""
    condition = printer.values.condition
    profile = pdf.make_stream(printer.icc)
    profile[Name.N] = 4
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFX,
        OutputConditionIdentifier=String(condition.identifier),
        OutputCondition=String(condition.info),
        RegistryName=String(condition.registry),
        Info=String(condition.info),
        DestOutputProfile=profile,
    )
    pdf.Root[Name.OutputIntents] = Array([pdf.make_indirect(intent)])

"""PDF/X-4 (ISO 15930-7): what the file says of itself, and the printing condition it is made for.

In: a PDF, what it is, and a `Printer`. Out: the same PDF, changed: XMP and Info that agree, one output intent with its
profile, an identifier. Nothing here depends on the clock.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from report.press.printers import Printer

VERSION = "PDF/X-4"
PRODUCER = "Annual Report Press"
_NAMESPACE = uuid.UUID("5c1a3f0e-6c65-5d0f-9d29-1c0b8f0f6a55")

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
  xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
  xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<pdf:Producer>{producer}</pdf:Producer>
<pdf:Trapped>False</pdf:Trapped>
<pdfxid:GTS_PDFXVersion>{version}</pdfxid:GTS_PDFXVersion>
<xmp:CreateDate>{day}</xmp:CreateDate>
<xmp:ModifyDate>{day}</xmp:ModifyDate>
<xmp:MetadataDate>{day}</xmp:MetadataDate>
<xmp:CreatorTool>{producer}</xmp:CreatorTool>
<xmpMM:DocumentID>uuid:{identifier}</xmpMM:DocumentID>
<xmpMM:VersionID>1</xmpMM:VersionID>
<xmpMM:RenditionClass>default</xmpMM:RenditionClass>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself. `build` is a digest of what it was made from."""

    title: str
    author: str
    day: date
    build: str


def declare(pdf: pikepdf.Pdf, about: About, printer: Printer) -> None:
    """Write the metadata (ISO 32000-1, 14.3) and the output intent (14.11.5) as ISO 15930-7 asks."""
    xmp = _XMP.format(
        title=escape(about.title),
        author=escape(about.author),
        producer=PRODUCER,
        version=VERSION,
        day=f"{about.day.isoformat()}T00:00:00+00:00",
        identifier=uuid.uuid5(_NAMESPACE, about.build),
    )
    metadata = pdf.make_stream(xmp.encode())
    metadata[Name.Type], metadata[Name.Subtype] = Name.Metadata, Name.XML
    pdf.Root[Name.Metadata] = metadata
    moment = f"D:{about.day:%Y%m%d}000000+00'00'"
    info = {"Title": about.title, "Author": about.author, "Producer": PRODUCER, "Creator": PRODUCER}
    info |= {"CreationDate": moment, "ModDate": moment}
    for key in [str(key) for key in pdf.docinfo.keys()]:  # noqa: SIM118 (a pikepdf dictionary)
        del pdf.docinfo[key]
    for key, value in info.items():
        pdf.docinfo[f"/{key}"] = String(value)
    pdf.docinfo["/Trapped"] = Name("/False")
    pdf.Root[Name.OutputIntents] = Array([_intent(pdf, printer)])


def _intent(pdf: pikepdf.Pdf, printer: Printer) -> pikepdf.Object:
    condition = printer.values.condition
    profile = pdf.make_stream(printer.icc)
    profile[Name.N] = 4
    return pdf.make_indirect(
        Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFX,
            OutputConditionIdentifier=String(condition.identifier),
            OutputCondition=String(condition.info),
            RegistryName=String(condition.registry),
            Info=String(condition.info),
            DestOutputProfile=profile,
        )
    )

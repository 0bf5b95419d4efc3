"""Document metadata: consistent XMP and Info entries, and the standards that the file claims.

In: a PDF, an `About` record and the names of standards. Out: the same PDF, changed. Nothing depends on the clock.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Name, String

from report.variants import PDFA3A, PDFUA1, PDFX4

PRODUCER = "Annual Report Press"
_NAMESPACE = uuid.UUID("5c1a3f0e-6c65-5d0f-9d29-1c0b8f0f6a55")

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
  xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
  xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
  xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
{properties}
</rdf:Description>{extensions}
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
# pdfuaid is not a predefined schema of PDF/A, so an extension schema has to describe it (ISO 19005-3, 6.6.2.3.3).
_UA_SCHEMA = """
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>"""
_CLAIMS: Mapping[str, Mapping[str, str]] = {
    PDFX4: {"pdfxid:GTS_PDFXVersion": "PDF/X-4", "pdf:Trapped": "False"},
    PDFA3A: {"pdfaid:part": "3", "pdfaid:conformance": "A"},
    PDFUA1: {"pdfuaid:part": "1"},
}


@dataclass(frozen=True, slots=True)
class About:
    """The metadata of a file. `build` is a digest of its inputs."""

    title: str
    author: str
    subject: str
    keywords: tuple[str, ...]
    language: str
    day: date
    build: str
    draft: bool = False


def write_metadata(pdf: pikepdf.Pdf, about: About, standards: Sequence[str]) -> None:
    """Write XMP (ISO 32000-1, 14.3.2) and Info (14.3.3), with the entries that the standards require."""
    extensions = _UA_SCHEMA if {PDFA3A, PDFUA1} <= set(standards) else ""
    packet = _PACKET.format(properties="\n".join(_properties(about, standards)), extensions=extensions)
    metadata = pdf.make_stream(packet.encode())
    metadata[Name.Type], metadata[Name.Subtype] = Name.Metadata, Name.XML
    pdf.Root[Name.Metadata] = metadata
    pdf.Root[Name.Lang] = String(about.language)
    for key in [str(key) for key in pdf.docinfo.keys()]:  # noqa: SIM118 (a pikepdf dictionary)
        del pdf.docinfo[key]
    moment = f"D:{about.day:%Y%m%d}000000+00'00'"
    info = {
        "Title": about.title, "Author": about.author, "Subject": about.subject, "Keywords": ", ".join(about.keywords),
        "Producer": PRODUCER, "Creator": PRODUCER, "CreationDate": moment, "ModDate": moment,
    }  # fmt: skip
    for key, value in info.items():
        pdf.docinfo[f"/{key}"] = String(value)
    if about.draft:
        pdf.docinfo["/Draft"] = Name("/True")  # for our preflight; custom names are allowed in Info
    if PDFX4 in standards:
        pdf.docinfo["/Trapped"] = Name("/False")


def _properties(about: About, standards: Sequence[str]) -> Iterator[str]:
    day = f"{about.day.isoformat()}T00:00:00+00:00"
    title, author, subject = map(escape, (about.title, about.author, about.subject))
    yield "<dc:format>application/pdf</dc:format>"
    yield f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
    yield f"<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>"
    yield f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>'
    yield f"<dc:language><rdf:Bag><rdf:li>{escape(about.language)}</rdf:li></rdf:Bag></dc:language>"
    yield f"<pdf:Keywords>{escape(', '.join(about.keywords))}</pdf:Keywords>"
    yield f"<pdf:Producer>{PRODUCER}</pdf:Producer>"
    yield f"<xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool>"
    for name in ("CreateDate", "ModifyDate", "MetadataDate"):
        yield f"<xmp:{name}>{day}</xmp:{name}>"
    yield f"<xmpMM:DocumentID>uuid:{uuid.uuid5(_NAMESPACE, about.build)}</xmpMM:DocumentID>"
    yield "<xmpMM:VersionID>1</xmpMM:VersionID>"
    yield "<xmpMM:RenditionClass>default</xmpMM:RenditionClass>"
    for standard in standards:
        for name, value in _CLAIMS[standard].items():
            yield f"<{name}>{value}</{name}>"

"""Metadata of the reading variants: the standards claimed, and text that stays text.

The metadata of print files is tested in test_press_pdfx.py.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

import pikepdf
import pytest
from pages import changed, tiny_pdf

from report.finishing.metadata import About, write_metadata
from report.variants import PDFA3A, PDFUA1, PDFX4

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PREFIXES = {
    "pdfxid": "http://www.npes.org/pdfx/ns/id/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}
ABOUT = About("Report", "Office", "A year", ("one", "two"), "en-US", date(2024, 2, 3), "a" * 32)


def declared(*standards: str, about: About = ABOUT) -> bytes:
    return changed(tiny_pdf("old"), lambda pdf: write_metadata(pdf, about, standards))


def xmp(*standards: str, about: About = ABOUT) -> list[tuple[str, str]]:
    """Return every property in a known namespace with its text, in the order of the packet."""
    with pikepdf.open(io.BytesIO(declared(*standards, about=about))) as pdf:
        root = ET.fromstring(pdf.Root.Metadata.read_bytes().decode())
    named = {address: prefix for prefix, address in PREFIXES.items()}
    found = []
    for item in root.iter():
        address, _, name = item.tag[1:].partition("}")
        if address in named:
            found.append((f"{named[address]}:{name}", "".join(item.itertext()).strip()))
    return found


def claims(*standards: str) -> dict[str, str]:
    return {name: text for name, text in xmp(*standards) if name.startswith(("pdfaid", "pdfuaid", "pdfxid"))}


@pytest.mark.parametrize(
    ("standards", "wanted"),
    [
        ((), {}),
        ((PDFUA1,), {"pdfuaid:part": "1"}),
        ((PDFA3A,), {"pdfaid:part": "3", "pdfaid:conformance": "A"}),
        ((PDFA3A, PDFUA1), {"pdfaid:part": "3", "pdfaid:conformance": "A", "pdfuaid:part": "1"}),
        ((PDFX4,), {"pdfxid:GTS_PDFXVersion": "PDF/X-4"}),
    ],
    ids=str,
)
def test_a_file_claims_the_given_standards_and_no_other(standards: tuple[str, ...], wanted: dict[str, str]) -> None:
    assert claims(*standards) == wanted
    with pikepdf.open(io.BytesIO(declared(*standards))) as pdf:
        assert ("/Trapped" in pdf.docinfo) is (PDFX4 in standards)


def test_an_unknown_standard_is_refused() -> None:
    with pytest.raises(KeyError):
        declared("PDF/UA-2")


@pytest.mark.parametrize(
    ("standards", "explained"), [((PDFUA1,), False), ((PDFA3A,), False), ((PDFA3A, PDFUA1), True)], ids=str
)
def test_a_file_that_claims_pdf_a_and_pdf_ua_has_the_extension_schema(
    standards: tuple[str, ...], explained: bool
) -> None:
    properties = dict(xmp(*standards))
    assert (properties.get("pdfaSchema:namespaceURI") == PREFIXES["pdfuaid"]) is explained
    assert (properties.get("pdfaSchema:prefix") == "pdfuaid") is explained
    assert (properties.get("pdfaProperty:name") == "part") is explained
    assert (properties.get("pdfaProperty:valueType") == "Integer") is explained
    assert any(name.startswith("pdfaSchema") for name in properties) is explained


def test_markup_in_a_text_stays_text() -> None:
    odd = '</rdf:li><pdfuaid:part>1</pdfuaid:part> & "A" {title} ]]> “ü” 𝄞'
    about = replace(ABOUT, title=odd, author=odd, subject=odd, keywords=(odd, "b"), language='x"<')
    properties = dict(xmp(about=about))
    assert [properties[f"dc:{name}"] for name in ("title", "creator", "description")] == [odd] * 3
    assert properties["pdf:Keywords"] == f"{odd}, b"
    assert properties["dc:language"] == 'x"<'
    assert "pdfuaid:part" not in properties
    with pikepdf.open(io.BytesIO(declared(about=about))) as pdf:
        assert [str(pdf.docinfo[f"/{key}"]) for key in ("Title", "Author", "Subject")] == [odd] * 3


def test_the_language_is_in_the_catalogue_and_in_the_metadata() -> None:
    about = replace(ABOUT, language="es-MX")
    assert dict(xmp(about=about))["dc:language"] == "es-MX"
    with pikepdf.open(io.BytesIO(declared(about=about))) as pdf:
        assert str(pdf.Root.Lang) == "es-MX"


def test_the_title_is_the_default_in_any_language() -> None:
    with pikepdf.open(io.BytesIO(declared())) as pdf:
        root = ET.fromstring(pdf.Root.Metadata.read_bytes().decode())
    for name in ("title", "description"):
        (item,) = root.iterfind(f".//{{{PREFIXES['dc']}}}{name}/{RDF}Alt/{RDF}li")
        assert item.attrib == {"{http://www.w3.org/XML/1998/namespace}lang": "x-default"}


def test_metadata_can_be_read_without_opening_the_file() -> None:
    with pikepdf.open(io.BytesIO(declared(PDFUA1))) as pdf:
        metadata = pdf.Root.Metadata
        assert (str(metadata.Type), str(metadata.Subtype), "/Filter" in metadata) == ("/Metadata", "/XML", False)
        assert metadata.read_raw_bytes().startswith(b'<?xpacket begin="\xef\xbb\xbf"')

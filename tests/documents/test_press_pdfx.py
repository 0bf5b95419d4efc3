"""PDF/X-4: XMP and Info agree, the output intent names the printing condition, and nothing depends on the clock."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from functools import cache

import pikepdf
import pytest
from pages import job, printer, tiny_pdf
from PIL import ImageCms

from report.finishing.metadata import About
from report.finishing.run import finish
from report.press.printers import printer_names
from report.variants import PDFX4

SPACES = {
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfxid": "http://www.npes.org/pdfx/ns/id/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
ABOUT = About("Office & Sons: “Small” <things>", "Büro", "A & B", ("one", "two"), "en-US", date(2024, 2, 3), "a" * 32)


@cache
def declared(about: About = ABOUT, name: str = "sheetfed-us", text: str = "") -> bytes:
    return finish(
        tiny_pdf(text), ["intent", "metadata"], replace(job(), about=about, printer=printer(name), standards=(PDFX4,))
    )


@cache
def xmp(about: About = ABOUT) -> dict[str, str]:
    """Return the properties of the XMP metadata with their prefixes, read as XML."""
    with pikepdf.open(io.BytesIO(declared(about))) as pdf:
        tree = ET.fromstring(pdf.Root.Metadata.read_bytes().decode())
    prefixes = {address: prefix for prefix, address in SPACES.items()}
    found = {}
    for item in tree.iter():
        address, _, name = item.tag[1:].partition("}")
        if address in prefixes:
            found[f"{prefixes[address]}:{name}"] = "".join(item.itertext()).strip()
    return found


def info(data: bytes) -> dict[str, str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return {str(key): str(value) for key, value in pdf.docinfo.items()}


def test_xmp_claims_pdf_x_4() -> None:
    assert xmp()["pdfxid:GTS_PDFXVersion"] == "PDF/X-4"
    assert xmp()["dc:format"] == "application/pdf"


def test_xmp_and_info_agree_word_for_word() -> None:
    found = info(declared())
    assert found["/Title"] == xmp()["dc:title"] == ABOUT.title
    assert found["/Author"] == xmp()["dc:creator"] == ABOUT.author
    assert found["/Subject"] == xmp()["dc:description"] == ABOUT.subject
    assert found["/Keywords"] == xmp()["pdf:Keywords"] == "one, two"
    assert found["/Producer"] == xmp()["pdf:Producer"] == "Annual Report Press"
    assert found["/Creator"] == xmp()["xmp:CreatorTool"]
    assert found["/Trapped"] == f"/{xmp()['pdf:Trapped']}" == "/False"


def test_every_date_is_the_edition_s() -> None:
    assert {xmp()[f"xmp:{name}Date"] for name in ("Create", "Modify", "Metadata")} == {"2024-02-03T00:00:00+00:00"}
    found = info(declared())
    assert found["/CreationDate"] == found["/ModDate"] == "D:20240203000000+00'00'"


def test_info_entries_of_other_tools_are_removed() -> None:
    assert set(info(declared(text="An older title"))) == {
        "/Title", "/Author", "/Subject", "/Keywords", "/Producer", "/Creator", "/CreationDate", "/ModDate", "/Trapped",
    }  # fmt: skip


@pytest.mark.parametrize("name", printer_names())
def test_the_output_intent_matches_the_printer_and_its_profile(name: str) -> None:
    wanted = printer(name).values.condition
    with pikepdf.open(io.BytesIO(declared(name=name))) as pdf:
        (intent,) = pdf.Root.OutputIntents
        profile = intent.DestOutputProfile.read_bytes()
        assert (str(intent.S), int(intent.DestOutputProfile.N)) == ("/GTS_PDFX", 4)
        assert str(intent.OutputConditionIdentifier) == wanted.identifier
        assert str(intent.RegistryName) == wanted.registry == "http://www.color.org"
        assert str(intent.Info) == wanted.info
    opened = ImageCms.getOpenProfile(io.BytesIO(profile))
    described = ImageCms.getProfileDescription(opened)
    number = wanted.identifier.split()[-1]
    assert profile == printer(name).icc
    assert re.search(rf"TR ?{number}", described), described
    assert re.search(rf"TR {number}", wanted.info)


def test_the_identifier_follows_from_the_input_alone() -> None:
    other = replace(ABOUT, build="b" * 32)
    assert re.fullmatch(
        r"uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", xmp()["xmpMM:DocumentID"]
    )
    assert xmp(replace(ABOUT))["xmpMM:DocumentID"] == xmp()["xmpMM:DocumentID"]
    assert xmp(other)["xmpMM:DocumentID"] != xmp()["xmpMM:DocumentID"]


def test_the_same_input_gives_the_same_bytes_and_another_gives_another_file_identifier() -> None:
    again = declared.__wrapped__(ABOUT)
    assert again == declared()
    identifiers = []
    for data in (declared(), again, declared(replace(ABOUT, build="b" * 32))):
        with pikepdf.open(io.BytesIO(data)) as pdf:
            identifiers.append(bytes(pdf.trailer.ID[1]))
    assert identifiers[0] == identifiers[1] != identifiers[2]

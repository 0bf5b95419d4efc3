"""Every accessibility check finds its fault in a file that has it, and nothing in a file without it."""

from __future__ import annotations

import pikepdf
import pytest
from accesses import (
    combined,
    findings_of,
    forms,
    in_root,
    lengthened,
    of,
    on_element,
    protected,
    put,
    sound,
    text,
    verdicts,
    with_content,
)
from pages import Change, changed, laid_out, written
from pikepdf import Array, Dictionary, Name, String

from report.access.checklist import CHECKLIST
from report.access.checks import CHECKS, LONG, AccessCheck
from report.problems import Severity


def untitled(pdf: pikepdf.Pdf) -> None:
    del pdf.docinfo["/Title"]
    pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes().replace(b"dc:title", b"dc:source"))


def unclaimed(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes().replace(b"pdfuaid:part", b"pdfuaid:rev"))


def same_notes(pdf: pikepdf.Pdf) -> None:
    for note in of(pdf, "Note"):
        note.ID = String("note")


def scanned(pdf: pikepdf.Pdf) -> None:
    picture = pdf.make_stream(b"\xff", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1)
    picture.ColorSpace, picture.BitsPerComponent = Name.DeviceGray, 8
    pdf.pages[2].Resources = Dictionary(XObject=Dictionary(Scan=pdf.make_indirect(picture)))
    pdf.pages[2].Contents = pdf.make_stream(b"/Artifact BMC q 612 0 0 792 0 0 cm /Scan Do Q EMC")


def loose_font(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/Type") == Name.FontDescriptor:
            del item[Name.FontFile2]


def heavy(pdf: pikepdf.Pdf) -> None:
    data = bytes(range(256)) * 200
    pdf.Root.PieceInfo = pdf.make_stream(data, Filter=Name.ASCIIHexDecode)


def drawn_font(*names: Name) -> Change:
    """Add a Type 3 font with these glyph names."""
    encoding = Dictionary(Differences=Array([65, *names]))
    font = Dictionary(Type=Name.Font, Subtype=Name.Type3, Encoding=encoding)
    return lambda pdf: put(pdf.pages[0].Resources.Font, "T3", pdf.make_indirect(font))


CASES: dict[str, Change] = {
    "tagged": in_root("MarkInfo"),
    "ua-claim": unclaimed,
    "title": untitled,
    "language": in_root("Lang", String("English")),
    "extraction": lambda pdf: None,  # see `protected`
    "headings": on_element("H2", "S", Name.H3),
    "figures": on_element("Figure", "Alt"),
    "tables": on_element("TH", "A"),
    "lists": on_element("L", "S", Name.Div),
    "notes": same_notes,
    "types": on_element("Table", "S", Name.Grid),
    "empty": on_element("H3", "K", Array()),
    "links": lambda pdf: put(pdf.pages[0].Annots[0], "Contents", None),
    "tab-order": lambda pdf: put(pdf.pages[0], "Tabs", Name.R),
    "stray": with_content("\n0 0 1 rg 9 9 9 9 re f\n"),
    "scans": scanned,
    "fonts": loose_font,
    "bookmarks": combined(lengthened, in_root("Outlines")),
    "labels": combined(lengthened, in_root("PageLabels")),
    "contrast": text("0.6 g"),
    "size": heavy,
}
SOUND: dict[str, Change] = {
    "headings": on_element("H3", "S", Name.H2),
    "figures": combined(on_element("Figure", "Alt"), on_element("Figure", "ActualText", String("Bars"))),
    "tables": on_element("TH", "A", Array([Dictionary(O=Name.Table, Headers=Array([]))])),
    "types": combined(
        on_element("Table", "S", Name.Grid),
        lambda pdf: put(pdf.Root.StructTreeRoot, "RoleMap", Dictionary(Grid=Name.Matrix, Matrix=Name.Table)),
    ),
    "language": in_root("Lang", String("zh-Hant-TW")),
    "stray": with_content("\n/Artifact <</Type /Layout>> BDC 0 0 1 rg 9 9 9 9 re f EMC\n"),
    "bookmarks": combined(lambda pdf: lengthened(pdf, LONG), in_root("Outlines")),
    "labels": combined(lambda pdf: lengthened(pdf, LONG), in_root("PageLabels")),
    "contrast": text("0.4 g"),
    "fonts": drawn_font(Name.A, Name.eacute, Name.uni2014),
}


def spoiled(name: str) -> bytes:
    return protected(sound(), False) if name == "extraction" else changed(sound(), CASES[name])


def test_the_table_has_a_case_for_every_check_and_no_id_twice() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS) >= 20
    assert set(CASES) == {check.id for check in CHECKS}


def test_a_file_built_here_passes_every_check() -> None:
    assert findings_of(sound(), rendered=True) == {}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_finds_its_fault_and_no_other(check: AccessCheck) -> None:
    judged = verdicts(spoiled(check.id), check.id == "contrast")
    assert {name for name, each in judged.items() if each.faults} == {check.id}
    assert judged[check.id].state == ("error" if check.severity is Severity.ERROR else "warning")
    for fault in judged[check.id].faults:
        assert fault.what.endswith((".", ")."))
        assert 0 <= fault.page <= 3


@pytest.mark.parametrize("name", SOUND)
def test_a_check_ignores_what_only_looks_like_its_fault(name: str) -> None:
    assert name not in findings_of(changed(sound(), SOUND[name]), name == "contrast")


def test_a_protection_that_allows_screen_readers_is_accepted() -> None:
    assert findings_of(protected(sound(), True)) == {}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_names_its_source_and_its_remedy(check: AccessCheck) -> None:
    assert check.remedy.endswith(".") and len(check.remedy) > 12
    assert check.rule
    assert check.title[0].isupper()


def test_each_checklist_item_says_how_to_answer_it_and_why() -> None:
    assert len(CHECKLIST) >= 8
    for question in CHECKLIST:
        assert question.ask.endswith("?")
        assert question.how.endswith((".", "?"))
        assert "WCAG" in question.rule or "ISO" in question.rule


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        (in_root("MarkInfo", Dictionary(Marked=True, Suspects=True)),
         {"tagged": ["0: The file declares its own tags as suspect."]}),
        (in_root("ViewerPreferences"),
         {"title": ["0: The window title shows the file name instead of the document title."]}),
        (on_element("H2", "S", Name.H4), {"headings": ["2: A heading of level 4 follows a heading of level 1."]}),
        (on_element("Note", "ID"), {"notes": ["0: A note has no ID."]}),
        (on_element("TR", "S", Name.Div), {"tables": ["2: A table cell is outside a row."]}),
        (on_element("THead", "S", Name.Div), {"tables": ["2: A table row is outside a table."]}),
        (on_element("LI", "S", Name.Div), {"lists": ["1: A label or list body is outside a list item."]}),
        (lambda pdf: put(pdf.pages[0].Annots[0], "Contents", String("#story")),
         {"links": ["1: A link has no description of its target."]}),
        (text("0 g", "/Span <</Lang (fr)>> BDC"),
         {"stray": ["1: 1 object is neither tagged content nor artifact."]}),
        (drawn_font(Name.A, Name.g1), {"fonts": ["0: Font unnamed has no complete Unicode mapping."]}),
    ],
)  # fmt: skip
def test_each_way_to_break_a_rule_is_reported_with_its_page(change: Change, findings: dict[str, list[str]]) -> None:
    broken = findings_of(changed(sound(), change))
    assert {name: sorted(set(each)) for name, each in broken.items()} == findings


def test_content_with_opacity_is_a_form_and_not_stray() -> None:
    body = '<section data-component="story" data-src="a.md:3"><div style="opacity: 0.9"><p>Here.</p></div></section>'
    data = written(laid_out(body), "screen")
    assert "stray" not in findings_of(data)
    inside = changed(data, lambda pdf: [form.write(form.read_bytes() + b" 9 9 9 9 re f ") for form in forms(pdf)])
    assert "stray" in findings_of(inside)

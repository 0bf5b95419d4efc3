"""Broken, hostile and foreign files: a report or a problem, never a traceback."""

from __future__ import annotations

import io
import random

import pikepdf
import pytest
from accesses import findings_of, of, protected, sound, text
from pages import Change, changed, tiny_pdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from report.access.reading import MAX_DEPTH, AccessInfo, Tag
from report.access.run import access, read_subject
from report.problems import ReportError

NO_TAGS = "0: The file has no tags, so a screen reader gets only unstructured text."


@pytest.fixture(autouse=True)
def without_validator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("report.access.run.installed", lambda: False)


def reading(change: Change) -> AccessInfo:
    return read_subject(changed(sound(), change), "x.pdf").reading


def kids(value: object) -> Change:
    return lambda pdf: pdf.Root.StructTreeRoot.__setitem__("/K", value)


def in_a_cycle(pdf: pikepdf.Pdf) -> None:
    """Put the whole tree inside each of its elements, twice."""
    top = pdf.Root.StructTreeRoot.K
    for item in of(pdf, "P", "Sect", "L", "Table"):
        item.K = Array([top, item, top])


def deep(pdf: pikepdf.Pdf) -> None:
    item = pdf.make_indirect(Dictionary(S=Name.P))
    for _ in range(1000):
        item = pdf.make_indirect(Dictionary(S=Name.Div, K=Array([item])))
    pdf.Root.StructTreeRoot.K = item


def test_a_cycle_of_elements_is_walked_once() -> None:
    tags = reading(in_a_cycle).tags
    assert 3 < len(tags) <= len(read_subject(sound(), "x.pdf").reading.tags)


def test_a_tree_that_is_too_deep_is_read_down_to_the_limit() -> None:
    tags = reading(deep).tags
    assert [tag.depth for tag in tags] == [*range(MAX_DEPTH + 1)]


@pytest.mark.parametrize(
    "value",
    [5, True, Name.P, String("x"), Array([]), Array([1, Name.P, String("x"), Array([2]), True]), Dictionary()],
    ids=repr,
)
def test_a_tree_of_the_wrong_type_is_ignored(value: object) -> None:
    assert reading(kids(value)).tags == ()
    assert NO_TAGS in findings_of(changed(sound(), kids(value)))["tagged"]


@pytest.mark.parametrize("value", [5, Array([]), String("x")], ids=repr)
def test_a_structure_tree_root_of_the_wrong_type_is_ignored(value: object) -> None:
    assert (
        NO_TAGS in findings_of(changed(sound(), lambda pdf: pdf.Root.__setitem__("/StructTreeRoot", value)))["tagged"]
    )


def test_entries_of_the_wrong_type_are_treated_as_missing() -> None:
    odd = Dictionary(S=Name.TH, K=Dictionary(Type=Name.OBJR, Obj=3), Pg=5, A=5, ID=7, Alt=String("  "), P=String("x"))
    (tag,) = reading(kids(odd)).tags
    assert tag == Tag("TH", "TH", 0, 0, "", False, False, False, "7", 1, False)


@pytest.mark.parametrize("own", [5, String("P"), Name("/")], ids=repr)
def test_an_element_without_a_type_is_reported(own: object) -> None:
    (finding,) = findings_of(changed(sound(), kids(Dictionary(S=own, K=3))))["types"]
    assert finding == "0: The structure type `` is not mapped to a standard type."


def test_types_that_are_mapped_in_a_cycle_are_reported() -> None:
    def cycle(pdf: pikepdf.Pdf) -> None:
        pdf.Root.StructTreeRoot.RoleMap = Dictionary(Ding=Name.Dong, Dong=Name.Ding)
        pdf.Root.StructTreeRoot.K = Dictionary(S=Name.Ding, K=3)

    assert findings_of(changed(sound(), cycle))["types"] == [
        "0: The structure type `Ding` is not mapped to a standard type."
    ]


@pytest.mark.parametrize("key", ["Lang", "MarkInfo", "Outlines", "ViewerPreferences", "PageLabels"])
@pytest.mark.parametrize("value", [b"5", b"[1]", b"<<>>", b"(\0)"], ids=repr)
def test_a_file_with_malformed_catalogue_entries_is_checked(key: str, value: bytes) -> None:
    data = changed(sound(), lambda pdf: pdf.Root.__setitem__(f"/{key}", pikepdf.Object.parse(value)))
    assert len(findings_of(data)) <= 2


@pytest.mark.parametrize("value", [b"5", b"[5]", b"<<>>", b"[<</Subtype /Link>>]"], ids=repr)
def test_annotations_of_the_wrong_type_are_not_links(value: bytes) -> None:
    data = changed(sound(), lambda pdf: pdf.pages[0].obj.__setitem__("/Annots", pikepdf.Object.parse(value)))
    assert set(findings_of(data)) <= {"links", "tab-order"}


@pytest.mark.parametrize(
    "content",
    [
        b"EMC EMC",
        b"BT /No 9 Tf (x) Tj ET",
        b"/Artifact BMC",
        b"BDC",
        b"/Span /No BDC",
        b"/Form Do",
        b"q q q",
        b"\xff<<",
    ],
)
def test_a_page_with_malformed_content_is_checked(content: bytes) -> None:
    data = changed(sound(), lambda pdf: pdf.pages[0].contents_add(pdf.make_stream(b"\n" + content)))
    assert set(findings_of(data, rendered=True)) <= {"stray"}


def test_a_file_without_tags_is_reported_once_and_not_as_stray_content() -> None:
    findings = findings_of(tiny_pdf("Minutes", pages=3))
    assert set(findings) == {"tagged", "ua-claim", "title", "language"}
    assert findings["tagged"] == [NO_TAGS]


def test_a_scan_is_an_image_without_text_on_each_page() -> None:
    out = io.BytesIO()
    first, *more = [Image.new("L", (85, 110), tone) for tone in (250, 240)]
    first.save(out, "PDF", save_all=True, append_images=more)
    findings = findings_of(out.getvalue())
    assert findings["scans"] == ["1: The page is an image without text.", "2: The page is an image without text."]
    assert NO_TAGS in findings["tagged"]


def test_invisible_text_over_a_scan_needs_no_contrast() -> None:
    dark = "0 g 290 290 90 40 re f"
    assert findings_of(changed(sound(), text("3 Tr", before=dark)), rendered=True) == {}
    assert set(findings_of(changed(sound(), text("0 Tr", before=dark)), rendered=True)) == {"contrast"}


def test_a_form_that_draws_itself_is_read_once() -> None:
    def own(pdf: pikepdf.Pdf) -> None:
        form = pdf.make_indirect(pdf.make_stream(b"/Me Do 0 0 9 9 re f", Subtype=Name.Form, BBox=Array([0, 0, 9, 9])))
        form.Resources = pdf.make_indirect(Dictionary(XObject=Dictionary(Me=form)))
        pdf.pages[0].Resources.XObject = Dictionary(Me=form)
        pdf.pages[0].contents_add(pdf.make_stream(b"\n/Me Do\n"))

    assert findings_of(changed(sound(), own))["stray"] == ["1: 1 object is neither tagged content nor artifact."]


def code_of(data: bytes) -> str:
    with pytest.raises(ReportError) as failure:
        access(data, "x.pdf")
    (problem,) = failure.value.problems
    assert problem.hint.endswith(".")
    return problem.code


def test_an_unreadable_file_is_a_problem() -> None:
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(sound())) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="a", user="b", R=6))
    assert code_of(locked.getvalue()) == "encrypted"
    assert code_of(tiny_pdf(pages=0)) == "no-pages"
    assert {code_of(data) for data in (b"", b"no PDF", b"%PDF-1.7\n%%EOF")} == {"damaged"}


def test_a_protected_file_that_opens_is_checked() -> None:
    assert access(protected(sound(), False), "x.pdf").outcome.pages == 3


@pytest.mark.parametrize("seed", range(5))
def test_a_garbled_file_is_checked_or_refused(seed: int) -> None:
    dice, data = random.Random(seed), bytearray(sound())
    for _ in range(dice.choice([3, 30, 300])):
        data[dice.randrange(len(data))] = dice.randrange(256)
    try:
        done = access(bytes(data[: dice.randrange(len(data) // 2, 2 * len(data))]), "x.pdf")
    except ReportError as failure:
        assert failure.problems
    else:
        assert done.table()

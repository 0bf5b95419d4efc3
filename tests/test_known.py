"""Cached findings: an unchanged page is not examined again, and any page that could look different is."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from streams import saved

from report.cache.pages import PageFindings, page_keys
from report.cache.store import Cache

Change = Callable[[pikepdf.Pdf], object]


def _file(change: Change = lambda pdf: None) -> bytes:
    """Two pages that share their resources: the first draws a form in a font, the second a rule in a spot colour."""
    with pikepdf.new() as pdf:
        inner = pdf.make_stream(b"0 0 5 5 re f")
        font = pdf.make_indirect(Dictionary(Type=Name.Font, BaseFont=Name.Sans, File=pdf.make_stream(b"glyphs")))
        form = pdf.make_stream(b"BT /F 9 Tf (a) Tj ET /Inner Do", Type=Name.XObject, Subtype=Name.Form)
        form.Resources = Dictionary(Font=Dictionary(F=font), XObject=Dictionary(Inner=inner))
        spot = pdf.make_indirect(Array([Name.Separation, Name.Gold, Name.DeviceCMYK]))
        resources = pdf.make_indirect(Dictionary(XObject=Dictionary(Form=form), ColorSpace=Dictionary(Spot=spot)))
        for content in (b"/Form Do", b"/Spot cs 0.5 scn 0 0 9 9 re f"):
            page = pdf.add_blank_page(page_size=(200, 200))
            page.obj.Resources, page.obj.Contents = resources, pdf.make_stream(content)
        change(pdf)
        return saved(pdf)


def _form(pdf: pikepdf.Pdf) -> Any:
    return pdf.pages[0].obj.Resources.XObject.Form


def _write(stream: Callable[[pikepdf.Pdf], Any]) -> Change:
    return lambda pdf: stream(pdf).write(b"1 1 1 rg 0 0 7 7 re f")


def _set_spot(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Resources.ColorSpace.Spot[1] = Name.Silver


def _add_slug(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        page.contents_add(pdf.make_stream(b"q BT /Slug 6 Tf 5 5 Td <0012> Tj ET Q"))


CHANGES: dict[str, tuple[Change, set[int]]] = {
    "nothing": (lambda pdf: None, set()),
    "the content": (_write(lambda pdf: pdf.pages[0].obj.Contents), {1}),
    "a form": (_write(_form), {1}),
    "a form in a form": (_write(lambda pdf: _form(pdf).Resources.XObject.Inner), {1}),
    "a font's file": (_write(lambda pdf: _form(pdf).Resources.Font.F.File), {1}),
    "a spot colour": (_set_spot, {2}),
    "the size": (lambda pdf: pdf.pages[1].obj.__setitem__(Name.MediaBox, Array([0, 0, 9, 9])), {2}),
    "a turn": (lambda pdf: pdf.pages[0].obj.__setitem__(Name.Rotate, 90), {1}),
    "a link": (lambda pdf: pdf.pages[0].obj.__setitem__("/Annots", Array([Dictionary(Contents="see")])), {1}),
    "the target of a link": (
        lambda pdf: pdf.pages[1].obj.__setitem__("/Annots", Array([Dictionary(Dest=Name.Two, A=Name.Go)])),
        {2},
    ),
    "a resource with a name in other letters": (
        lambda pdf: pdf.pages[0].obj.Resources.__setitem__("/Font", Dictionary(form=Name.Sans)),
        set(),
    ),
    "no resources": (lambda pdf: pdf.pages[1].obj.__delitem__("/Resources"), {2}),
    "a form that no page draws": (
        lambda pdf: pdf.pages[0].obj.Resources.XObject.__setitem__("/No", pdf.make_stream(b"")),
        set(),
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_pages_that_could_look_different_have_another_digest(what: str) -> None:
    change, others = CHANGES[what]
    before, after = page_keys(_file()), page_keys(_file(change))
    assert {number for number, pair in enumerate(zip(before, after, strict=True), 1) if pair[0] != pair[1]} == others


def test_the_slug_line_does_not_change_the_digest_of_a_page() -> None:
    def renamed(pdf: pikepdf.Pdf) -> None:
        _add_slug(pdf)
        for page in pdf.pages:
            page.obj.Contents[-1].write(b"q BT /Slug 6 Tf 5 5 Td <0099> Tj ET Q")
        _form(pdf).Resources.Font["/Slug"] = pdf.make_indirect(Dictionary(Type=Name.Font, BaseFont=Name.Other))

    assert page_keys(_file(_add_slug)) == page_keys(_file(renamed))


def _circular(pdf: pikepdf.Pdf) -> None:
    _form(pdf).Resources.XObject.Inner.Resources = Dictionary(XObject=Dictionary(Form=_form(pdf)))


class LengthExaminer:
    """Returns the length of each page's content, and records the examined pages."""

    def __init__(self, data: bytes) -> None:
        self.data, self.examined = data, list[int]()

    def __call__(self, pages: Sequence[int]) -> dict[int, int]:
        self.examined += pages
        with pikepdf.open(io.BytesIO(self.data)) as pdf:
            return {number: len(pdf.pages[number - 1].obj.Contents.read_bytes()) for number in pages}


def _examine(findings: PageFindings, data: bytes, *extra: object) -> tuple[dict[int, Any], list[int]]:
    examiner = LengthExaminer(data)
    return findings.for_pages("lengths", data, [1, 2], examiner, *extra), examiner.examined


def test_only_changed_pages_are_examined_again(tmp_path: Path) -> None:
    findings, other = PageFindings(Cache(tmp_path), "1", "a.pdf"), _file(CHANGES["the content"][0])
    assert _examine(findings, _file()) == ({1: 8, 2: 29}, [1, 2])
    assert _examine(findings, _file()) == ({1: 8, 2: 29}, [])
    assert _examine(findings, other) == ({1: 21, 2: 29}, [1])
    assert _examine(findings, _file()) == ({1: 8, 2: 29}, [1])


def test_other_code_other_parameters_and_another_file_are_examined_anew(tmp_path: Path) -> None:
    findings = PageFindings(Cache(tmp_path), "1", "a.pdf")
    assert _examine(findings, _file(), 300)[1] == [1, 2]
    assert _examine(findings, _file(), 240)[1] == [1, 2]
    assert _examine(PageFindings(Cache(tmp_path), "2", "a.pdf"), _file(), 240)[1] == [1, 2]
    assert _examine(PageFindings(Cache(tmp_path), "2", "b.pdf"), _file(), 240)[1] == [1, 2]


def test_without_a_cache_or_with_a_damaged_one_every_page_is_examined(tmp_path: Path) -> None:
    assert _examine(PageFindings(), _file())[1] == [1, 2]
    for text in ("[]", "{", '{"a": 1}'):
        Cache(tmp_path).save("lengths", "a.pdf", text.encode())
        assert _examine(PageFindings(Cache(tmp_path), name="a.pdf"), _file()) == ({1: 8, 2: 29}, [1, 2])
    for path in (tmp_path / "lengths").iterdir():
        path.write_bytes(b"garbage")
    assert _examine(PageFindings(Cache(tmp_path), name="a.pdf"), _file())[1] == [1, 2]


def _without_resources(pdf: pikepdf.Pdf) -> None:
    del _form(pdf).Resources


def _escaped(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.Contents.write(b"/Sp#6ft cs 0.5 scn 0 0 9 9 re f ")


@pytest.mark.parametrize("change", [_without_resources, _escaped])
def test_an_unreliable_digest_is_refused(change: Change) -> None:
    with pytest.raises(ValueError, match=r"resources of its own|escaped"):
        page_keys(_file(change))


def test_differently_nested_arrays_have_different_digests() -> None:
    def nested(*array: Any) -> Change:
        return lambda pdf: pdf.pages[0].obj.Resources.ColorSpace.__setitem__("/Spot", Array(array))

    one, other = (page_keys(_file(nested(*each))) for each in ((1, Array([2, 3])), (1, Array([2]), 3)))
    assert one[1] != other[1]


def _with_link(dictionary: Dictionary) -> Change:
    return lambda pdf: pdf.pages[0].obj.__setitem__("/Annots", Array([dictionary]))


def test_where_a_link_leads_is_no_part_of_how_a_page_looks() -> None:
    links = [Dictionary(Contents="see", Dest=Name.One), Dictionary(Contents="see", Dest=Name.Two)]
    assert page_keys(_file(_with_link(links[0]))) == page_keys(_file(_with_link(links[1])))


def test_of_two_files_each_has_its_own_findings(tmp_path: Path) -> None:
    known = PageFindings(Cache(tmp_path), "1", "a.pdf")
    other = known.of_file("b.pdf")
    assert _examine(known, _file())[1] == [1, 2]
    assert other.examined == {}
    assert _examine(other, _file())[1] == [1, 2]
    assert _examine(known, _file())[1] == []
    assert _examine(known.of_file("b.pdf"), _file())[1] == []
    assert _examine(PageFindings(Cache(tmp_path), "1", "b.pdf"), _file())[1] == []


def test_it_is_noted_which_pages_were_looked_at_of_how_many(tmp_path: Path) -> None:
    known = PageFindings(Cache(tmp_path), "1", "a.pdf")
    seen = []
    for change in ("nothing", "nothing", "the content"):
        _examine(known, _file(CHANGES[change][0]))
        seen.append(known.examined["lengths"])
    assert seen == [((1, 2), 2), ((), 2), ((1,), 2)]
    kept = PageFindings()
    _examine(kept, _file())
    assert kept.examined["lengths"] == ((1, 2), 2)


def test_findings_without_a_name_or_a_stamp_are_kept_too(tmp_path: Path) -> None:
    assert _examine(PageFindings(Cache(tmp_path)), _file())[1] == [1, 2]
    assert _examine(PageFindings(Cache(tmp_path), "", ""), _file())[1] == []


def test_a_page_with_a_circular_object_is_examined_each_time(tmp_path: Path) -> None:
    for _ in range(2):
        assert _examine(PageFindings(Cache(tmp_path), name="a.pdf"), _file(_circular)) == ({1: 8, 2: 29}, [1, 2])

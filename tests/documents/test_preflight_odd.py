"""Malformed files: a fault in one place is reported there, and does not affect other checks."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pages import printer
from pikepdf import Array, Dictionary, Name
from preflights import drawn, image, single, sound, spoiled

from report.preflight import run as preflight_run
from report.preflight.facts import read_facts
from report.preflight.records import FileInfo
from report.preflight.run import preflight
from report.problems import ReportError


def nested_array(depth: int) -> Any:
    inner = Array([1])
    for _ in range(depth):
        inner = Array([inner])
    return inner


ODD: dict[str, Callable[[pikepdf.Pdf], object]] = {
    "boxes of text": lambda pdf: pdf.pages[0].obj.__setitem__("/TrimBox", Array([Name.A, Name.B, Name.C, Name.D])),
    "a box of two numbers": lambda pdf: pdf.pages[0].obj.__setitem__("/TrimBox", Array([1, 2])),
    "an empty box": lambda pdf: pdf.pages[0].obj.__setitem__("/TrimBox", Array([50, 50, 50, 50])),
    "a sheet of nothing": lambda pdf: pdf.pages[0].obj.__setitem__("/MediaBox", Array([0, 0, 0, 0])),
    "a bleed far outside": lambda pdf: pdf.pages[0].obj.__setitem__("/BleedBox", Array([-900, -900, 9000, 9000])),
    "annotations that are none": lambda pdf: pdf.pages[0].obj.__setitem__("/Annots", Array([1, Name.X])),
    "resources that are a number": lambda pdf: pdf.pages[0].obj.__setitem__("/Resources", 5),
    "a group that is a name": lambda pdf: pdf.pages[0].obj.__setitem__("/Group", Name.None_),
    "intents that are a name": lambda pdf: pdf.Root.__setitem__("/OutputIntents", Array([Name.X])),
    "names that are a number": lambda pdf: pdf.Root.__setitem__("/Names", 3),
    "metadata that is no text": lambda pdf: pdf.Root.Metadata.write(b"\xff\xfe\x00<"),
    "a rotation that is a name": lambda pdf: pdf.pages[0].obj.__setitem__("/Rotate", Name.Left),
    "a font without anything": lambda pdf: pdf.make_indirect(Dictionary(Type=Name.Font)),
    "arrays in arrays": lambda pdf: pdf.pages[0].obj.__setitem__("/Odd", nested_array(200)),
}


@pytest.mark.parametrize("kind", ODD)
def test_a_malformed_file_is_checked_or_refused(kind: str) -> None:
    try:
        outcome = preflight(spoiled(ODD[kind])(single()), "small.pdf", printer()).outcome
    except ReportError as failure:
        assert [problem.code for problem in failure.problems] == ["damaged"], str(failure)
    else:
        assert len(outcome.verdicts) > 40


@pytest.mark.parametrize(
    "content",
    ["q " * 500 + "0 0 9 9 re f", "Q Q Q 0 0 9 9 re f", "BT Tj ET", "1 0 0 rg rg rg", "(a) (b) cm", "/X gs /Y Do /Z sh",
     "1e40 0 0 1e40 0 0 cm 0 0 1 1 re f", "BI /W -1 /H 99999999 ID x EI", "0 0 0 0 0 0 cm 0 0 9 9 re S", "]]>><<",
     "99999999999999999999 w 0 0 m 9 9 l S", "/P pattern /Pattern cs /None scn 0 0 9 9 re f"],
)  # fmt: skip
def test_a_page_of_nonsense_is_checked(content: str) -> None:
    assert len(preflight(drawn(content)(single()), "small.pdf", printer()).outcome.verdicts) > 40


def test_an_unreadable_image_counts_as_bare_paper() -> None:
    lie = drawn("q 99 0 0 99 99 99 cm /I Do Q", XObject={"I": image(400, 400, Filter=Name.DCTDecode)})(sound())
    assert preflight(lie, "small.pdf", printer()).outcome.pages == 4


def test_names_in_any_encoding_are_read() -> None:
    spot = Array([Name.Separation, Name.Gxxd, Name.DeviceCMYK, 1])
    gold = drawn("/X cs 1 scn 9 9 9 9 re f", ColorSpace={"X": spot})(single())
    data = changed_bytes(gold, b"/Gxxd", b"/G\xe9\xffd")
    outcome = preflight(data, "small.pdf", printer()).outcome
    assert [verdict.id for verdict in outcome.verdicts if verdict.faults and "Spot ink G" in str(verdict.faults)] == [
        "spot-inks"
    ]


def test_an_unknown_operator_does_not_affect_the_rest() -> None:
    data = changed_bytes(drawn("0.5 0 0 0 k 500 36 148 792 re zzzz f")(single()), b" zzzz ", b" z\xe9\xffz ")
    found = {verdict.id for verdict in preflight(data, "small.pdf", printer()).outcome.verdicts if verdict.faults}
    assert "bleed-reach" in found


def changed_bytes(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return a file without compression with some bytes changed in place."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable,
                 stream_decode_level=pikepdf.StreamDecodeLevel.generalized)  # fmt: skip
    assert len(old) == len(new) and out.getvalue().count(old) == 1
    return out.getvalue().replace(old, new)


def test_library_warnings_about_damaged_streams_are_suppressed(monkeypatch: pytest.MonkeyPatch) -> None:
    def warning_reader(data: bytes, name: str) -> FileInfo:
        warnings.warn("Unexpected end of stream", UserWarning, stacklevel=1)  # here, an error that would stop it
        return read_facts(data, name)

    monkeypatch.setattr(preflight_run, "read_facts", warning_reader)
    assert preflight_run.preflight(single(), "small.pdf", printer()).outcome.pages == 1


def test_boxes_outside_the_sheet_are_reported() -> None:
    def beside(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0].obj
        page[Name.TrimBox], page[Name.BleedBox] = Array([700, 36, 1300, 828]), Array([690, 27, 1310, 837])

    outcome = preflight(spoiled(beside)(single()), "small.pdf", printer()).outcome
    assert "boxes" in {verdict.id for verdict in outcome.verdicts if verdict.faults}


def test_two_fonts_of_the_same_name_are_both_checked() -> None:
    def only_named(pdf: pikepdf.Pdf) -> None:
        fonts = pdf.pages[0].Resources.Font
        base = next(font.BaseFont for key, font in fonts.items() if key != "/Slug")
        fonts["/X"] = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=base))

    data = spoiled(only_named)(single())
    outcome = preflight(data, "small.pdf", printer(), ink=False).outcome
    assert "font-embedded" in {verdict.id for verdict in outcome.verdicts if verdict.faults}

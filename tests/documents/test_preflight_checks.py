"""Every preflight check finds its fault in a file that has it, and nothing in a file that does not."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from preflights import Spoil, drawn, failing, image, printer_with, same, sound, spoiled, text, verdicts

from report.preflight.checks_file import FILE_CHECKS
from report.preflight.checks_ink import INK_CHECKS
from report.preflight.checks_page import PAGE_CHECKS
from report.preflight.checks_paint import PAINT_CHECKS
from report.preflight.outcome import RENDERED
from report.press.printers import Printer
from report.problems import Severity

CHECKS = {check.id: check for check in (*FILE_CHECKS, *PAGE_CHECKS, *PAINT_CHECKS, *INK_CHECKS)}
SEEN = {*RENDERED, *(check.id for check in INK_CHECKS)}  # these need the pages rendered
GOLD = Array([Name.Separation, Name.Gold, Name.DeviceCMYK,
              Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[0, 0.2, 0.8, 0], N=1)])  # fmt: skip
TYPE3 = Dictionary(Type=Name.Font, Subtype=Name.Type3)
KNOCK, OVER = Dictionary(OP=False, op=False), Dictionary(OP=True, op=True, OPM=1)


@dataclass(frozen=True)
class Case:
    """A change that makes a check fail, the printer, other checks that may then fail, and a similar sound change."""

    spoil: Spoil
    printer: Printer = field(default_factory=printer_with)
    also: tuple[str, ...] = ()
    sound: Spoil = same


def in_xmp(old: str, new: str) -> Spoil:
    def change(pdf: pikepdf.Pdf) -> None:
        before = pdf.Root.Metadata.read_bytes().decode()
        assert old in before
        pdf.Root.Metadata.write(before.replace(old, new).encode())

    return spoiled(change)


def boxed(name: str, edges: list[float], page: int = 1) -> Spoil:
    return spoiled(lambda pdf: pdf.pages[page - 1].obj.__setitem__(f"/{name}", Array(edges)))


def without_ids(data: bytes) -> bytes:
    assert b"/ID [" in data
    return data.replace(b"/ID [", b"/IX [")


def untrapped(pdf: pikepdf.Pdf) -> None:
    del pdf.docinfo["/Trapped"]
    metadata = pdf.Root.Metadata
    metadata.write(metadata.read_bytes().replace(b"<pdf:Trapped>False</pdf:Trapped>", b""))


def fonts(pdf: pikepdf.Pdf, name: str | None = None, embedded: bool = True) -> None:
    """Rename the text's font, or take its file away."""
    for item in pdf.objects:
        if isinstance(item, Dictionary) and "Source-Sans" in str(item.get("/BaseFont", "")) and name:
            item[Name.BaseFont] = Name(name)
        if isinstance(item, Dictionary) and item.get("/Type") == Name.FontDescriptor and not embedded:
            del item[Name.FontFile2]


def with_profile(pdf: pikepdf.Pdf) -> None:
    profile = pdf.Root.OutputIntents[0].DestOutputProfile
    profile.write(profile.read_bytes()[:-10])


def for_another_condition(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OutputIntents[0][Name.OutputConditionIdentifier] = pikepdf.String("FOGRA39")


def with_annotation(pdf: pikepdf.Pdf) -> None:
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([100, 100, 200, 120]))
    pdf.pages[1].obj[Name.Annots] = Array([pdf.make_indirect(link)])


def twice(data: bytes) -> bytes:
    return spoiled(lambda pdf: pdf.pages.extend(pikepdf.open(io.BytesIO(data)).pages))(data)


def encrypted(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="secret", user="", R=4))
    return out.getvalue()


def skyline(page: int) -> Spoil:
    """Bars of many heights over the whole sheet: a drawing that is cut wherever the page ends."""
    tones = random.Random(7)
    return drawn("".join(f"{tones.random():.2f} 0 0 0 k 0 {y} 684 9 re f " for y in range(0, 864, 9)), page)


def on_skyline(data: bytes) -> bytes:
    return skyline(3)(skyline(2)(data))


def removed(page: int) -> Spoil:
    return spoiled(lambda pdf: pdf.pages.__delitem__(page - 1))


CASES: dict[str, Case] = {
    "pdfx-claim": Case(in_xmp("PDF/X-4", "PDF/X-1a")),
    "pdf-version": Case(spoiled(lambda pdf: pdf.Root.__setitem__("/Version", Name("/1.7")))),
    "metadata": Case(in_xmp("xmpMM:RenditionClass", "xmpMM:Rendition")),
    "draft": Case(spoiled(lambda pdf: pdf.docinfo.__setitem__("/Draft", Name("/True")))),
    "trapped": Case(spoiled(untrapped)),
    "file-id": Case(without_ids),
    "encryption": Case(encrypted),
    "output-intent": Case(spoiled(lambda pdf: pdf.Root.__delitem__("/OutputIntents"))),
    "condition": Case(spoiled(for_another_condition)),
    "intent-profile": Case(spoiled(with_profile)),
    "actions": Case(spoiled(lambda pdf: pdf.Root.__setitem__("/OpenAction", Dictionary(S=Name.JavaScript, JS="1")))),
    "postscript": Case(drawn("/P Do", XObject={"P": lambda pdf: pdf.make_stream(b"showpage", Subtype=Name.PS)})),
    "layers": Case(spoiled(lambda pdf: pdf.Root.__setitem__("/OCProperties", Dictionary(OCGs=Array([]))))),
    "annotations": Case(spoiled(with_annotation)),
    "font-embedded": Case(spoiled(lambda pdf: fonts(pdf, embedded=False))),
    "font-subset": Case(spoiled(lambda pdf: fonts(pdf, "/Source-Sans-3"))),
    "font-type3": Case(drawn("", Font={"T": lambda pdf: pdf.make_indirect(TYPE3)})),
    "font-fallback": Case(spoiled(lambda pdf: fonts(pdf, "/ABCDEF+DejaVu-Sans"))),
    "spot-inks": Case(drawn("/Gold cs 1 scn 100 100 50 50 re f", ColorSpace={"Gold": GOLD})),
    "boxes": Case(boxed("BleedBox", [36, -5, 657, 837])),
    "crop-box": Case(boxed("CropBox", [10, 10, 600, 800])),
    "same-trim": Case(boxed("TrimBox", [36, 36, 648, 820], page=2)),
    "turned": Case(spoiled(lambda pdf: pdf.pages[2].obj.__setitem__("/Rotate", 90))),
    "bleed": Case(boxed("BleedBox", [36, 30, 657, 837])),
    "page-multiple": Case(removed(4)),
    "binding": Case(removed(4), printer_with("saddle-stitch")),
    "spine": Case(same, printer_with("perfect-bound", binding={"spine_minimum": 1}), sound=twice),
    "rgb": Case(drawn("1 0 0 rg 100 100 50 50 re f")),
    "colour-space": Case(drawn("/Nowhere cs 1 scn 100 100 50 50 re f")),
    "blend-space": Case(
        spoiled(lambda pdf: pdf.pages[0].obj.__setitem__("/Group", Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)))
    ),
    "transparency": Case(
        drawn("/A gs 0 0 0 1 k 100 100 50 50 re f", ExtGState={"A": Dictionary(ca=0.5)}),
        printer_with(transparency=False),
    ),
    "small-text": Case(drawn(text(8.9, "0.5 0.5 0 0 k"))),
    "rich-text": Case(drawn(text(14, "0.6 0.4 0.4 1 k"))),
    "black-overprint": Case(drawn(text(10, "/K gs 0 0 0 1 k"), ExtGState={"K": KNOCK})),
    "white-overprint": Case(drawn("/O gs 0 0 0 0 k 100 100 50 50 re f", ExtGState={"O": OVER})),
    "hairline": Case(drawn("0 0 0 1 K 0.12 w 100 100 m 200 200 l S")),
    "image-coarse": Case(drawn("q 100 0 0 100 99 99 cm /I Do Q", XObject={"I": image(208, 208)})),
    "image-soft": Case(drawn("q 100 0 0 100 99 99 cm /I Do Q", XObject={"I": image(300, 300)})),
    "safe-area": Case(drawn(text(10, "0 0 0 1 k /O gs", x=630), ExtGState={"O": OVER})),
    "ink-limit": Case(drawn("1 1 1 0.1 k 100 100 50 50 re f")),
    "bleed-reach": Case(drawn("0.5 0 0 0 k 500 36 148 792 re f")),
    "blank-page": Case(spoiled(lambda pdf: pdf.pages[2].obj.__setitem__("/Contents", pdf.make_stream(b"")))),
    "spread-parity": Case(lambda data: skyline(2)(skyline(1)(data)), sound=on_skyline),
}  # fmt: skip


def test_the_table_has_a_case_for_every_check_and_no_id_twice() -> None:
    assert len(CHECKS) == len((*FILE_CHECKS, *PAGE_CHECKS, *PAINT_CHECKS, *INK_CHECKS)) >= 40
    assert set(CASES) == set(CHECKS)


def test_a_print_file_of_the_program_passes_every_check() -> None:
    assert {verdict.state for verdict in verdicts(sound(), ink=True).values()} == {"passed"}


@pytest.mark.parametrize("name", CASES)
def test_a_check_finds_its_fault_and_no_other(name: str) -> None:
    case = CASES[name]
    judged = verdicts(case.spoil(sound()), case.printer, name in SEEN)
    assert {each for each, verdict in judged.items() if verdict.faults} == {name, *case.also}
    wanted = "error" if CHECKS[name].severity is Severity.ERROR else "warning"
    assert judged[name].state == wanted
    for fault in judged[name].faults:
        assert fault.what.endswith(".")
        assert 0 <= fault.page <= 4


@pytest.mark.parametrize("name", [each for each, case in CASES.items() if case.sound is not same])
def test_a_check_finds_nothing_in_a_similar_but_sound_file(name: str) -> None:
    case = CASES[name]
    assert name not in failing(case.sound(sound()), case.printer, name in SEEN)


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_has_a_rule_a_remedy_and_a_title(check: object) -> None:
    assert isinstance(check, type(FILE_CHECKS[0]))
    assert check.remedy.endswith(".") and len(check.remedy) > 12
    assert check.rule
    assert check.title[0].isupper()

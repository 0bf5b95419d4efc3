"""Faults that are easy to miss: colours in nested objects, sizes changed by matrices, limits met exactly."""

from __future__ import annotations

from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import ImageCms
from preflights import Spoil, drawn, failing, form, image, messages, printer_with, soft_mask, sound, spoiled, text

SQUARE = "100 100 50 50 re f"
RED = f"1 0 0 rg {SQUARE}"
OVER = {"O": Dictionary(OP=True, op=True, OPM=1)}


def profile(pdf: pikepdf.Pdf, kind: Any, components: int) -> Any:
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile(kind)).tobytes()
    return Array([Name.ICCBased, pdf.make_indirect(pdf.make_stream(data, N=components))])


def pattern(content: str) -> Any:
    def make(pdf: pikepdf.Pdf) -> Any:
        made = pdf.make_stream(content.encode(), PatternType=1, PaintType=1, TilingType=1, XStep=9, YStep=9,
                               BBox=Array([0, 0, 9, 9]))  # fmt: skip
        made[Name.Resources] = Dictionary()
        return pdf.make_indirect(made)

    return make


def gradient(pdf: pikepdf.Pdf) -> Any:
    tint = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0], C1=[1, 1, 1], N=1)
    return pdf.make_indirect(Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=[0, 0, 9, 9], Function=tint))


def appearance(pdf: pikepdf.Pdf) -> None:
    stamp = Dictionary(Type=Name.Annot, Subtype=Name.PrinterMark, Rect=Array([0, 0, 9, 9]))
    stamp[Name.AP] = Dictionary(N=form(RED)(pdf))
    pdf.pages[0].obj[Name.Annots] = Array([pdf.make_indirect(stamp)])


def inherited(pdf: pikepdf.Pdf) -> None:
    """Let the pages inherit an RGB image from the page tree."""
    page = pdf.pages[0]
    page.obj[Name.Contents] = pdf.make_stream(b"q 50 0 0 50 99 99 cm /I Do Q")
    del page.obj[Name.Resources]
    pdf.Root.Pages[Name.Resources] = Dictionary(XObject=Dictionary(I=image(300, 300, Name.DeviceRGB)(pdf)))


LAB = Array([Name.Lab, Dictionary(WhitePoint=[0.96, 1, 0.82])])
PALETTE = Array([Name.Indexed, Name.DeviceRGB, 255, pikepdf.String(bytes(768))])
PLACED = "q 50 0 0 50 99 99 cm /I Do Q"
INLINE = "q 50 0 0 50 99 99 cm BI /W 1 /H 1 /BPC 8 /CS /RGB ID abc\nEI Q"

HIDDEN: dict[str, Spoil] = {
    "a fill": drawn(RED),
    "a line": drawn("1 0 0 RG 100 100 m 200 200 l S"),
    "text": drawn(text(20, "1 0 0 rg")),
    "an image": drawn(PLACED, XObject={"I": image(300, 300, Name.DeviceRGB)}),
    "an inline image": drawn(INLINE),
    "a palette": drawn(PLACED, XObject={"I": image(300, 300, PALETTE)}),
    "a form": drawn("/F Do", XObject={"F": form(RED)}),
    "a form in a form": drawn("/F Do", XObject={"F": form("/G Do", Resources={"XObject": {"G": form(RED)}})}),
    "a pattern": drawn(f"/Pattern cs /P scn {SQUARE}", Pattern={"P": pattern(RED)}),
    "a gradient": drawn("/S sh", Shading={"S": gradient}),
    "a gradient as a pattern": drawn(
        f"/Pattern cs /P scn {SQUARE}", Pattern={"P": lambda pdf: Dictionary(PatternType=2, Shading=gradient(pdf))}
    ),
    "a soft mask": drawn(f"/M gs 0 0 0 1 k {SQUARE}", ExtGState={"M": soft_mask(RED)}),
    "an annotation": spoiled(appearance),
    "a measured colour": drawn(f"/L cs 50 0 0 scn {SQUARE}", ColorSpace={"L": LAB}),
    "a profile of light": drawn(
        f"/C cs 1 0 0 scn {SQUARE}", ColorSpace={"C": lambda pdf: profile(pdf, "sRGB", 3)}
    ),
    "a profile of Lab": drawn(f"/C cs 1 0 0 scn {SQUARE}", ColorSpace={"C": lambda pdf: profile(pdf, "LAB", 3)}),
    "resources that are inherited": spoiled(inherited),
}  # fmt: skip


@pytest.mark.parametrize("where", HIDDEN)
def test_rgb_and_lab_are_found_wherever_they_hide(where: str) -> None:
    (fault,) = messages("rgb", HIDDEN[where](sound()))
    assert fault.startswith("1: ")


@pytest.mark.parametrize("where", ["a form", "an image", "a pattern"])
def test_objects_that_are_never_painted_are_not_faults(where: str) -> None:
    held: dict[str, Any] = {
        "a form": {"XObject": {"F": form(RED)}},
        "an image": {"XObject": {"I": image(9, 9, Name.DeviceRGB)}},
        "a pattern": {"Pattern": {"P": pattern(RED)}},
    }
    assert "rgb" not in failing(drawn(f"0 0 0 1 k {SQUARE}", **held[where])(sound()))


def named(*inks: str) -> Any:
    tint = Dictionary(FunctionType=4, Domain=[0, 1] * len(inks), Range=[0, 1] * 4)
    if len(inks) == 1:
        return Array([Name.Separation, Name(f"/{inks[0]}"), Name.DeviceCMYK, tint])
    return Array([Name.DeviceN, Array([Name(f"/{ink}") for ink in inks]), Name.DeviceCMYK, tint])


def test_each_spot_ink_is_reported_with_its_number_of_pages() -> None:
    data = drawn(f"/G cs 1 scn {SQUARE}", 2, ColorSpace={"G": named("Gold")})(sound())
    data = drawn(f"/N cs 1 1 1 scn {SQUARE}", 3, ColorSpace={"N": named("Gold", "Cyan", "Varnish")})(data)
    assert messages("spot-inks", data) == [
        "0: Spot ink Gold is used on 2 pages, first on page 2.",
        "0: Spot ink Varnish is used on page 3.",
    ]
    assert messages("spot-inks", data, printer_with(ink={"spots": ("Gold", "Varnish")})) == []


def test_rotated_pages_and_pages_with_a_user_unit_are_found_even_if_inherited() -> None:
    assert messages("turned", spoiled(lambda pdf: pdf.pages[1].obj.__setitem__("/Rotate", 270))(sound())) == [
        "2: The page is rotated by 270 degrees."
    ]
    assert messages("turned", spoiled(lambda pdf: pdf.pages[1].obj.__setitem__("/Rotate", 360))(sound())) == []
    assert messages("turned", spoiled(lambda pdf: pdf.pages[3].obj.__setitem__("/UserUnit", 2))(sound())) == [
        "4: The page has a user unit of 2 instead of 1."
    ]
    assert len(messages("turned", spoiled(lambda pdf: pdf.Root.Pages.__setitem__("/Rotate", 90))(sound()))) == 4


WHITE = "0 0 0 0 k 0 0 0 0 K"


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (f"/O gs {WHITE} {SQUARE}", 1),
        (f"/O gs {WHITE} 100 100 m 200 200 l S", 1),
        (text(12, f"/O gs {WHITE}"), 1),
        (f"/O gs 1 g {SQUARE}", 1),
        (f"q /O gs Q {WHITE} {SQUARE}", 0),
        (f"/O gs 0.1 0 0 0 k {SQUARE}", 0),
        (f"/O gs {WHITE} 0 0 50 50 re n", 0),
        (text(12, f"/O gs {WHITE} 3 Tr"), 0),
        ("/O gs /F Do", 1),
    ],
)
def test_white_that_overprints_is_found(content: str, faults: int) -> None:
    data = drawn(content, ExtGState=OVER, XObject={"F": form(f"{WHITE} {SQUARE}")})(sound())
    assert len(messages("white-overprint", data)) == faults


def test_black_text_overprints_only_with_its_mode() -> None:
    for mode, faults in ((0, 1), (1, 0)):
        state = {"X": Dictionary(OP=True, op=True, OPM=mode)}
        assert len(messages("black-overprint", drawn(text(10, "/X gs 0 0 0 1 k"), ExtGState=state)(sound()))) == faults
    assert messages("black-overprint", drawn(text(12, "0 0 0 1 k"))(sound())) == [], "large text may knock out"


@pytest.mark.parametrize(
    ("width", "matrix", "thin"),
    [(0.125, "1 0 0 1 0 0", False), (0.12, "1 0 0 1 0 0", True), (0, "1 0 0 1 0 0", True), (1, ".1 0 0 .1 0 0", True),
     (0.05, "3 0 0 3 0 0", False), (0.125, "0 1 -1 0 600 0", False), (0.2, "0 .5 -.5 0 600 0", True)],
)  # fmt: skip
def test_the_width_of_a_line_is_measured_on_the_page(width: float, matrix: str, thin: bool) -> None:
    data = drawn(f"{matrix} cm 0 0 0 1 K {width} w 100 100 m 200 200 l S")(sound())
    assert bool(messages("hairline", data)) is thin


@pytest.mark.parametrize(
    ("matrix", "check"),
    [
        ("96 0 0 96 99 99", None), ("97 0 0 96 99 99", "image-soft"), ("144 0 0 90 99 99", "image-soft"),
        ("145 0 0 90 99 99", "image-coarse"), ("0 145 -145 0 400 99", "image-coarse"), ("0 96 -96 0 400 99", None),
        ("68 68 -68 68 300 99", "image-soft"),
    ],
)  # fmt: skip
def test_resolution_is_measured_at_the_placed_size(matrix: str, check: str | None) -> None:
    data = drawn(f"q {matrix} cm /I Do Q", XObject={"I": image(300, 300)})(sound())
    assert failing(data) == ({check} if check else set())


def test_a_bitonal_image_needs_more_and_a_tiny_one_is_exempt() -> None:
    bitonal = drawn("q 96 0 0 96 99 99 cm /I Do Q", XObject={"I": image(320, 300, BitsPerComponent=1)})(sound())
    assert "at least 550 ppi is required" in messages("image-soft", bitonal)[0]
    assert failing(drawn("q 96 0 0 96 99 99 cm /I Do Q", XObject={"I": image(16, 300)})(sound())) == set()


def test_transparency_without_an_output_intent_needs_a_blending_space() -> None:
    data = drawn(f"/A gs 0 0 0 1 k {SQUARE}", ExtGState={"A": Dictionary(ca=0.5)})(sound())
    assert "blend-space" not in failing(data)
    without = spoiled(lambda pdf: pdf.Root.__delitem__("/OutputIntents"))(data)
    assert messages("blend-space", without) == [
        "1: The page has transparency, but neither a blending space nor an output intent."
    ]


def test_a_nested_group_that_blends_in_rgb_is_found() -> None:
    inner = form(f"0 0 0 1 k {SQUARE}", Group=Dictionary(S=Name.Transparency, CS=Name.DeviceRGB))
    assert messages("blend-space", drawn("/F Do", XObject={"F": inner})(sound())) == [
        "1: The blending space of a transparency group is DeviceRGB, not CMYK."
    ]

"""Photographs in CMYK: converted as LittleCMS does, not inverted, and with their masks."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from pages import job, laid_out, printer, raw
from pikepdf import Array, Name
from PIL import Image, ImageCms
from sentences import told
from streams import saved

from report.finishing.run import finish
from report.preflight.plates import plates
from report.press.photographs import convert_images
from report.press.printers import Printer
from report.problems import ReportError
from report.variants import VARIANTS

COLOURS = {"red": (220, 20, 30), "sky": (90, 160, 220), "night": (12, 10, 20), "skin": (224, 172, 140)}
STYLE = "display: block; position: absolute; left: 63pt; top: 59pt; width: 100pt; height: 100pt"
INSIDE = (slice(150, 190), slice(150, 190))  # pixels well within the photograph, at 75 dpi
Colour = tuple[int, ...]


def photograph(colour: Colour, mode: str = "RGB", kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (64, 64), colour if len(colour) > 1 else colour[0]).save(out, kind, quality=95)
    return out.getvalue()


def perceptual() -> Printer:
    usual = printer("unmarked")
    images = usual.values.images.model_copy(update={"intent": "perceptual"})
    return replace(usual, values=usual.values.model_copy(update={"images": images}))


@cache
def printed(data: bytes, ending: str = "png", intent: str = "relative") -> bytes:
    """Return a print file with a photograph at 100 by 100 points."""
    body = f'<section data-component="c" data-src="a:1"><img style="{STYLE}" src="press:image/x.{ending}"></section>'
    wanted = replace(job(), printer=perceptual() if intent == "perceptual" else printer("unmarked"))
    layout = laid_out(body, served={f"image/x.{ending}": data})
    return finish(raw(layout, "print")[0], VARIANTS["print"].finishing, wanted)


def images(data: bytes) -> list[dict[str, Any]]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [
            {str(key): str(value) for key, value in item.stream_dict.items() if key != "/SMask"}
            | {"soft": "/SMask" in item}
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == Name.Image
        ]


def on_plates(data: bytes) -> list[float]:
    """Return the inks inside the photograph as they are rendered."""
    (page,) = plates(data, [0])
    return [float(each) for each in np.median(page[INSIDE], axis=(0, 1))]


def on_screen(data: bytes) -> list[float]:
    """Return red, green and blue inside the photograph as PDFium shows the file itself."""
    document = pdfium.PdfDocument(data)
    try:
        page = document[0].render(scale=75 / 72, rev_byteorder=True).to_numpy()
        return [float(each) for each in np.median(page[INSIDE], axis=(0, 1))[:3]]
    finally:
        document.close()


def by_littlecms(colour: Colour, intent: str = "relative") -> Colour:
    """Convert one colour with LittleCMS directly."""
    profile = ImageCms.getOpenProfile(io.BytesIO(printer().icc))
    relative = intent == "relative"
    converted = ImageCms.profileToProfile(
        Image.new("RGB", (1, 1), colour), ImageCms.createProfile("sRGB"), profile,
        ImageCms.Intent.RELATIVE_COLORIMETRIC if relative else ImageCms.Intent.PERCEPTUAL, "CMYK",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION if relative else ImageCms.Flags.NONE,
    )  # fmt: skip
    assert converted is not None
    pixel = converted.getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return tuple(int(part) for part in pixel)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("name", COLOURS)
def test_a_photograph_matches_littlecms(name: str, kind: str) -> None:
    data = printed(photograph(COLOURS[name], kind=kind), kind.lower())
    assert [each["/ColorSpace"] for each in images(data)] == ["/DeviceCMYK"]
    assert on_plates(data) == pytest.approx(by_littlecms(COLOURS[name]), abs=2 if kind == "PNG" else 4)


def test_a_red_photograph_is_printed_in_magenta_and_yellow_and_looks_red() -> None:
    data = printed(photograph(COLOURS["red"]))
    cyan, magenta, yellow, black = on_plates(data)
    assert magenta > 200 and yellow > 200
    assert cyan < 20 and black < 30
    red, green, blue = on_screen(data)
    assert red > 180 > 90 > max(green, blue)


def test_the_two_intents_differ_and_both_match_littlecms() -> None:
    found = {
        intent: on_plates(printed(photograph(COLOURS["night"]), intent=intent)) for intent in ("relative", "perceptual")
    }
    assert found["relative"] != pytest.approx(found["perceptual"], abs=3)
    for intent, inks in found.items():
        assert inks == pytest.approx(by_littlecms(COLOURS["night"], intent), abs=2)


def test_a_soft_mask_is_unchanged() -> None:
    data = printed(photograph((*COLOURS["red"], 128), "RGBA"))
    found = {each["/ColorSpace"]: each["soft"] for each in images(data)}
    assert found == {"/DeviceCMYK": True, "/DeviceGray": False}
    full = by_littlecms(COLOURS["red"])
    assert on_plates(data) == pytest.approx([part * 128 / 255 for part in full], abs=4)


def test_a_grey_photograph_is_in_black_only() -> None:
    data = printed(photograph((128,), "L"))
    assert [each["/ColorSpace"] for each in images(data)] == ["/DeviceGray"]
    assert on_plates(data) == pytest.approx([0, 0, 0, 127], abs=1)


def test_a_cmyk_photograph_is_unchanged() -> None:
    inks = photograph((0, 200, 180, 10), "CMYK", "JPEG")
    with pikepdf.new() as pdf:
        image = pdf.make_stream(inks, Subtype=Name.Image, Width=64, Height=64, BitsPerComponent=8,
                                ColorSpace=Name.DeviceCMYK, Filter=Name.DCTDecode)  # fmt: skip
        pdf.Root.Kept = pdf.make_indirect(image)
        convert_images(pdf, printer())
        assert pdf.Root.Kept.read_raw_bytes() == inks


def test_an_indexed_image_is_converted() -> None:
    palette = Image.new("P", (64, 64), 1)
    palette.putpalette([255, 255, 255, *COLOURS["sky"]])
    out = io.BytesIO()
    palette.save(out, "PNG")
    assert on_plates(printed(out.getvalue())) == pytest.approx(by_littlecms(COLOURS["sky"]), abs=2)


def test_all_unreadable_images_are_reported_at_once() -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        for _ in range(2):
            pdf.make_stream(b"no JPEG", Subtype=Name.Image, Width=9, Height=9, BitsPerComponent=8,
                            ColorSpace=Name.DeviceRGB, Filter=Name.DCTDecode)  # fmt: skip
        with pytest.raises(ReportError) as failure:
            convert_images(pdf, printer())
    assert {told(problem).code for problem in failure.value.problems} == {"image-conversion"}
    assert len(failure.value.problems) == 2
    assert "could not be converted to CMYK" in failure.value.problems[0].what


def raw_image(pixels: bytes, space: Any, **more: Any) -> bytes:
    """Return a page covered by an image that is stored as it is given."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(288, 288))
        built = Array(list(space)) if isinstance(space, list) else space
        image = pdf.make_stream(pixels, Subtype=Name.Image, Width=8, Height=8, BitsPerComponent=8, ColorSpace=built)
        for key, value in more.items():
            image[f"/{key}"] = value
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
        page.obj.Contents = pdf.make_stream(b"288 0 0 288 0 0 cm /I Do")
        return saved(pdf)


def jpeg(colour: Colour) -> bytes:
    out = io.BytesIO()
    Image.new("CMYK", (8, 8), colour).save(out, "JPEG", quality=95)
    return out.getvalue()


PALETTE = pikepdf.String(bytes([0, 0, 0, 0, 9, 60, 99, 30]))
TINT = pikepdf.Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[1, 1, 1, 1], N=1)
KINDS: dict[str, tuple[bytes, list[float]]] = {
    "inks": (raw_image(bytes([10, 60, 200, 30]) * 64, Name.DeviceCMYK), [10, 60, 200, 30]),
    "inks turned": (
        raw_image(bytes([10, 60, 200, 30]) * 64, Name.DeviceCMYK, Decode=Array([1, 0] * 4)), [245, 195, 55, 225]),
    "a JPEG of inks": (
        raw_image(jpeg((10, 60, 200, 30)), Name.DeviceCMYK, Filter=Name.DCTDecode), [245, 195, 55, 225]),
    "a JPEG of inks turned": (
        raw_image(jpeg((10, 60, 200, 30)), Name.DeviceCMYK, Filter=Name.DCTDecode, Decode=Array([1, 0] * 4)),
        [10, 60, 200, 30]),
    "grey": (raw_image(bytes([200]) * 64, Name.DeviceGray), [0, 0, 0, 55]),
    "grey turned": (raw_image(bytes([200]) * 64, Name.DeviceGray, Decode=Array([1, 0])), [0, 0, 0, 200]),
    "a palette of inks": (
        raw_image(bytes([1]) * 64, [Name.Indexed, Name.DeviceCMYK, 1, PALETTE]),
        [9, 60, 99, 30]),
    "all plates": (raw_image(bytes([200]) * 64, [Name.Separation, Name.All, Name.DeviceCMYK, TINT]), [200] * 4),
    "two named inks": (
        raw_image(bytes([200, 90]) * 64,
                  [Name.DeviceN, Array([Name.Cyan, Name.Yellow]), Name.DeviceCMYK, TINT]), [200, 0, 90, 0]),
    "a spot": (raw_image(bytes([200]) * 64, [Name.Separation, Name.Gold, Name.DeviceCMYK, TINT]), [0, 0, 0, 200]),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_plates_invert_no_kind_of_image(kind: str) -> None:
    data, inks = KINDS[kind]
    assert on_plates(data) == pytest.approx(inks, abs=2)


def test_an_image_keeps_its_fine_colour_and_loses_what_belonged_to_its_old_form() -> None:
    """Red and blue lines of one pixel stay apart: neither their colour nor their edges are thinned out."""
    pixels = bytes([*(220, 20, 30), *(20, 40, 160)] * 4) * 8
    data = raw_image(pixels, Name.DeviceRGB, Interpolate=True, Mask=Array([0, 1, 0, 1, 0, 1]))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        convert_images(pdf, printer())
        image = pdf.pages[0].obj.Resources.XObject.I
        found = np.asarray(Image.open(io.BytesIO(image.read_raw_bytes())))  # as inks: Pillow turns them back
        assert not {"/Interpolate", "/Mask", "/DecodeParms"} & set(image.keys())
        assert [int(each) for each in image.Decode] == [1, 0] * 4
        assert (image.Filter, int(image.BitsPerComponent)) == (Name.DCTDecode, 8)
    red, blue = (np.array(by_littlecms(colour), int) for colour in ((220, 20, 30), (20, 40, 160)))
    assert np.abs(found[:, 0::2].astype(int) - red).mean() < 8
    assert np.abs(found[:, 1::2].astype(int) - blue).mean() < 8


def test_a_photograph_is_compressed_so_little_that_it_does_not_show() -> None:
    with pikepdf.open(io.BytesIO(printed(photograph(COLOURS["skin"])))) as pdf:
        (image,) = (each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/ColorSpace"))
        tables = Image.open(io.BytesIO(image.read_raw_bytes())).quantization  # type: ignore[attr-defined]
    assert all(table[0] <= 3 for table in tables.values())


def test_a_grey_photograph_in_a_space_of_its_own_is_in_black_only() -> None:
    space = [Name.CalGray, pikepdf.Dictionary(WhitePoint=[0.95, 1, 1.09])]
    with pikepdf.open(io.BytesIO(raw_image(bytes([200]) * 64, space))) as pdf:
        convert_images(pdf, printer())
        image = pdf.pages[0].obj.Resources.XObject.I
        assert (image.ColorSpace, image.read_bytes()) == (Name.DeviceGray, bytes([200]) * 64)


def test_stencils_and_masks_are_no_images() -> None:
    with pikepdf.open(io.BytesIO(raw_image(bytes(8), Name.DeviceRGB, ImageMask=True, BitsPerComponent=1))) as pdf:
        del pdf.pages[0].obj.Resources.XObject.I["/ColorSpace"]
        before = saved(pdf)
        convert_images(pdf, printer())
        assert saved(pdf) == before

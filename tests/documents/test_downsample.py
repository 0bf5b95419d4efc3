"""Photographs for the screen: no more pixels than are visible, and otherwise unchanged."""

from __future__ import annotations

import io
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from pages import changed, laid_out, raw
from pikepdf import Name
from PIL import Image

from report.finishing.downsample import SCREEN, TOLERANCE, downsample


class Stored(NamedTuple):
    width: int
    height: int
    space: str
    filter: str


def stored(data: bytes) -> list[Stored]:
    """Return the images of a file without masks, the largest first."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        items: list[Any] = [each for each in pdf.objects if isinstance(each, pikepdf.Stream)]
        masks = {each.SMask.objgen for each in items if "/SMask" in each}
        images = [each for each in items if each.get("/Subtype") == Name.Image and each.objgen not in masks]
        found = [Stored(int(each.Width), int(each.Height), str(each.ColorSpace), str(each.Filter)) for each in images]
    return sorted(found, reverse=True)


@cache
def picture(width: int, height: int, mode: str = "RGB", kind: str = "PNG") -> bytes:
    """Make a photograph: a light and a dark side, and the grain of film."""
    grain = np.random.default_rng(7).integers(-9, 10, (height, width))
    ramp = np.linspace(40, 215, width)[None, :] + grain
    image = Image.fromarray(np.stack([ramp, ramp[:, ::-1], ramp / 2 + 60], -1).astype(np.uint8)).convert(mode)
    out = io.BytesIO()
    image.save(out, kind, quality=95)
    return out.getvalue()


@cache
def page(image: bytes, *widths: float, ratio: float = 1) -> bytes:
    """Return a file that shows an image at these widths, as the engine writes it."""
    style = "display: block; height: {}pt; width: {}pt"
    tags = "".join(
        f'<img alt="x" style="{style.format(width * ratio, width)}" src="press:image/x">' for width in widths
    )
    return raw(laid_out(f"<section>{tags}</section>", served={"image/x": image}), "screen")[0]


def rendered(data: bytes) -> Any:
    document = pdfium.PdfDocument(data)
    try:
        pixels = document[0].render(scale=1, rev_byteorder=True).to_numpy()[..., :3]
        return pixels.astype(float)
    finally:
        document.close()


def test_a_large_photograph_is_reduced_to_200_ppi() -> None:
    data = page(picture(300, 200), 36, ratio=2 / 3)
    assert stored(data)[0][:2] == (300, 200)
    assert stored(changed(data, downsample)) == [Stored(100, 67, "/DeviceRGB", "/DCTDecode")]
    assert len(changed(data, downsample)) < len(data)


@pytest.mark.parametrize("pixels", [75, int(SCREEN * TOLERANCE / 2)])
def test_a_small_photograph_is_unchanged(pixels: int) -> None:
    data = page(picture(pixels, pixels, kind="JPEG"), 36)
    assert stored(changed(data, downsample)) == stored(data)
    assert picture(pixels, pixels, kind="JPEG")[-500:] in changed(data, downsample)


def test_with_one_more_pixel_it_is_scaled() -> None:
    side = int(SCREEN * TOLERANCE / 2) + 1
    assert stored(changed(page(picture(side, side), 36), downsample))[0][:2] == (100, 100)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_gray_stays_gray(kind: str) -> None:
    data = page(picture(200, 200, "L", kind), 36)
    assert stored(changed(data, downsample)) == [Stored(100, 100, "/DeviceGray", "/DCTDecode")]


def test_a_photograph_that_is_used_twice_fits_the_larger_use() -> None:
    assert stored(changed(page(picture(300, 200), 18, 54, 36, ratio=2 / 3), downsample))[0].width == 150


@pytest.mark.parametrize(("mode", "kind"), [("RGB", "PNG"), ("P", "PNG"), ("RGBA", "PNG")])
def test_a_reduced_photograph_looks_the_same(mode: str, kind: str) -> None:
    data = page(picture(200, 200, mode, kind), 36)
    reduced = changed(data, downsample)
    assert stored(reduced)[0].width == 100
    assert np.abs(rendered(reduced) - rendered(data)).max() < 12
    assert rendered(data).std() > 2


def test_a_cmyk_photograph_is_scaled_like_any_other_and_keeps_its_inks() -> None:
    data = page(picture(200, 200, "CMYK", "JPEG"), 36)
    assert stored(changed(data, downsample)) == [Stored(100, 100, "/DeviceCMYK", "/DCTDecode")]


def test_an_image_that_would_not_become_smaller_is_unchanged() -> None:
    out = io.BytesIO()
    stripes = (np.indices((200, 200))[1] // 5 % 2 * 255).astype(np.uint8)
    Image.fromarray(stripes).convert("RGB").save(out, "PNG")
    data = page(out.getvalue(), 36)
    assert stored(changed(data, downsample)) == stored(data) == [Stored(200, 200, "/DeviceRGB", "/FlateDecode")]


def test_a_soft_mask_still_works() -> None:
    image = Image.open(io.BytesIO(picture(200, 200))).convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize((200, 200)))
    out = io.BytesIO()
    image.save(out, "PNG")
    data = page(out.getvalue(), 36)
    assert stored(changed(data, downsample))[0].width == 100
    assert np.abs(rendered(changed(data, downsample)) - rendered(data)).max() < 12


def test_a_file_without_photographs_is_unchanged() -> None:
    data = raw(laid_out("<section><p>Words</p></section>"), "screen")[0]
    assert changed(data, downsample) == changed(data, lambda pdf: None)

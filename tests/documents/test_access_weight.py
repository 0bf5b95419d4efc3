"""File size by kind: everything is counted once, under its kind and its page."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import cache

import pikepdf
import pytest
from pages import SVG, block, laid_out, tiny_pdf, written
from PIL import Image, ImageCms

from report.access.weight import KINDS, Weight, weigh
from report.finishing.attachments import SourceFile

NOISE = bytes(number * 7919 % 251 for number in range(40 * 40 * 3))
SOURCE = SourceFile("facts.yaml", NOISE, "Facts", datetime(2024, 12, 3, tzinfo=UTC))


def weighed(data: bytes) -> Weight:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return weigh(pdf, len(data))


@cache
def photograph() -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (40, 40), NOISE).save(out, "JPEG", quality=95)
    return out.getvalue()


@cache
def made(variant: str) -> bytes:
    drawing = SVG.format(9, 9, '<g opacity="0.5"><rect width="9" height="9"/></g>').encode()
    images = '<img alt="a" src="press:image/x.jpg"><img alt="b" src="press:chart/a">'
    body = block("Short.") + block("Long. " * 300, "break-before: page") + block(images, "break-before: page", "div")
    layout = laid_out(body, served={"image/x.jpg": photograph(), "chart/a": drawing})
    return written(layout, variant, (SOURCE,) if variant == "archive" else ())


@pytest.mark.parametrize("variant", ["print", "screen", "archive"])
def test_the_kinds_add_up_to_the_size_of_the_file(variant: str) -> None:
    weight = weighed(made(variant))
    assert weight.total == len(made(variant)) == sum(size for _, size in weight.kinds)
    assert {kind for kind, _ in weight.kinds} == set(KINDS)
    assert [size for _, size in weight.kinds] == sorted((size for _, size in weight.kinds), reverse=True)


def test_each_kind_has_the_size_of_its_objects() -> None:
    kinds = dict(weighed(made("archive")).kinds)
    with pikepdf.open(io.BytesIO(made("archive"))) as pdf:
        attached = pdf.attachments["facts.yaml"].get_file().obj
        profile = pdf.Root.OutputIntents[0].DestOutputProfile
        assert kinds["images"] == len(photograph())
        assert kinds["attachments"] == len(attached.read_raw_bytes())
        assert kinds["colour profiles"] == len(profile.read_raw_bytes())
        assert kinds["metadata"] == len(pdf.Root.Metadata.read_raw_bytes())
    assert all(kinds[kind] > 0 for kind in KINDS)
    assert dict(weighed(made("screen")).kinds)["attachments"] == 0


def test_the_profile_of_an_image_counts_as_a_profile() -> None:
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with pikepdf.open(io.BytesIO(tiny_pdf())) as pdf:
        profile = pdf.make_indirect(pdf.make_stream(icc, N=3))
        pdf.pages[0].obj.Resources = pikepdf.Dictionary(ColorSpace=pikepdf.Dictionary(
            C=pikepdf.Array([pikepdf.Name.ICCBased, profile])))  # fmt: skip
        out = io.BytesIO()
        pdf.save(out, compress_streams=False)
    assert dict(weighed(out.getvalue()).kinds)["colour profiles"] == len(icc)


def test_pages_are_weighed_one_by_one() -> None:
    weight = weighed(made("screen"))
    with pikepdf.open(io.BytesIO(made("screen"))) as pdf:
        assert list(weight.pages) == [len(page.obj.Contents.read_raw_bytes()) for page in pdf.pages]
    assert sum(weight.pages) == dict(weight.kinds)["pages"]
    assert max(weight.pages) == weight.pages[1]


def test_content_in_several_streams_or_shared_by_pages_is_counted_once() -> None:
    with pikepdf.open(io.BytesIO(tiny_pdf(pages=2))) as pdf:
        parts = [pdf.make_indirect(pdf.make_stream(b"0 0 9 9 re f " * count)) for count in (20, 30)]
        for page in pdf.pages:
            page.obj.Contents = pikepdf.Array(parts)
        out = io.BytesIO()
        pdf.save(out, compress_streams=False)
    weight = weighed(out.getvalue())
    assert dict(weight.kinds)["pages"] == sum(weight.pages) == 50 * 13


def test_the_lines_leave_out_kinds_without_bytes() -> None:
    lines = Weight(1000, (("fonts", 900), ("tags and tables", 100), ("images", 0)), (1, 0, 4, 2)).lines(2)
    assert [" ".join(line.split()) for line in lines] == [
        "fonts 900 bytes 90.0%", "tags and tables 100 bytes 10.0%", "heaviest pages page 3: 4, page 4: 2",
    ]  # fmt: skip
    assert Weight(0, (), ()).lines() == []

"""Photographs as people have them: turned, in other colour spaces, with 16 bits or 1, with names from a Mac."""

from __future__ import annotations

import io
import struct
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from report.compose.photographs import UnknownColoursError, for_reading, in_srgb, photograph_file

PRINT = Path(__file__).parents[1] / "report" / "printers" / "profiles" / "coated-tr006.icc"


def wide_profile() -> bytes:
    """Return an RGB profile with the primaries of Adobe RGB (1998) and a gamma of 2.2 (ICC.1:2001-04)."""

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"Wide\0" + bytes(78)
    gamma = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256))
    tags = {
        b"desc": text, b"wtpt": xyz(0.9642, 1.0, 0.8249), b"rXYZ": xyz(0.60974, 0.31111, 0.01947),
        b"gXYZ": xyz(0.20528, 0.62567, 0.06087), b"bXYZ": xyz(0.14919, 0.06322, 0.74457),
        b"rTRC": gamma, b"gTRC": gamma, b"bTRC": gamma, b"cprt": b"text\0\0\0\0none\0",
    }  # fmt: skip
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">2I", at + len(body), len(data))
        body += data
    size = 128 + 4 + len(table) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ") + bytes(12) + b"acsp"
    head = head.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def saved(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def middle(picture: Image.Image) -> Any:
    return picture.getpixel((picture.width // 2, picture.height // 2))


GREEN = Image.new("RGB", (40, 30), (60, 180, 60))


def test_an_ordinary_photograph_keeps_its_colours_and_size() -> None:
    read = opened(for_reading(saved(GREEN, quality=95)))
    assert (read.size, read.mode, read.format) == ((40, 30), "RGB", "JPEG")
    assert all(abs(a - b) <= 2 for a, b in zip(middle(read), (60, 180, 60), strict=True))


def test_a_profile_is_applied_and_not_only_dropped() -> None:
    read = opened(for_reading(saved(GREEN, quality=95, icc_profile=wide_profile())))
    assert "icc_profile" not in read.info
    red, green, blue = middle(read)
    assert (red, blue) != (60, 60) and red < 30  # the wide green lies outside of sRGB: less red than the number says
    assert green >= 178


def test_an_srgb_profile_changes_nothing() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = opened(saved(GREEN, "PNG", icc_profile=profile))
    assert in_srgb(picture) is picture


def test_a_cmyk_photograph_is_converted_by_its_profile_and_refused_without() -> None:
    cmyk = Image.new("CMYK", (40, 30), (0, 255, 255, 0))
    red, green, blue = middle(opened(for_reading(saved(cmyk, quality=95, icc_profile=PRINT.read_bytes()))))
    assert red > 180 and green < 80 and blue < 80
    with pytest.raises(UnknownColoursError, match="CMYK without a colour profile"):
        for_reading(saved(cmyk))


@pytest.mark.parametrize("profile", [b"garbage", wide_profile()[:200]])
def test_a_damaged_profile_is_refused(profile: bytes) -> None:
    with pytest.raises(UnknownColoursError, match="profile is damaged"):
        for_reading(saved(GREEN, icc_profile=profile))


def test_a_profile_for_other_colours_is_refused() -> None:
    with pytest.raises(UnknownColoursError, match="for RGB, but the picture is in CMYK"):
        for_reading(saved(Image.new("CMYK", (9, 9)), icc_profile=wide_profile()))


def test_a_turned_photograph_is_upright_and_tells_nothing_of_its_camera() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Telephone"
    read = opened(for_reading(saved(GREEN, exif=exif)))
    assert read.size == (30, 40)
    assert dict(read.getexif()) == {}
    exif[0x0112] = 1
    data = for_reading(saved(GREEN, exif=exif))
    assert b"Telephone" not in data


@pytest.mark.parametrize(
    ("picture", "mode"),
    [
        (Image.new("I;16", (8, 8), 0x8000), "L"),
        (Image.new("1", (8, 8), 1), "L"),
        (Image.new("L", (8, 8), 128), "L"),
        (Image.new("LA", (8, 8), (128, 100)), "LA"),
        (Image.new("P", (8, 8), 0), "RGB"),
        (Image.new("RGBA", (8, 8), (1, 2, 3, 100)), "RGBA"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.mode,
)
def test_png_files_of_all_kinds_become_eight_bits(picture: Image.Image, mode: str) -> None:
    read = opened(for_reading(saved(picture, "PNG")))
    assert (read.format, read.mode) == ("PNG", mode)


def test_a_grey_photograph_of_sixteen_bits_keeps_its_tone() -> None:
    assert middle(opened(for_reading(saved(Image.new("I;16", (8, 8), 0x8000), "PNG")))) in {127, 128}


def test_the_same_file_gives_the_same_bytes() -> None:
    data = saved(GREEN, icc_profile=wide_profile())
    assert for_reading(data) == for_reading(data)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_may_be_composed_or_decomposed(tmp_path: Path, form: str) -> None:
    name = "Fähre café #1 100%.jpg"
    (tmp_path / unicodedata.normalize(form, name)).touch()  # type: ignore[arg-type]
    assert photograph_file(tmp_path, unicodedata.normalize("NFC", name)).is_file()
    assert photograph_file(tmp_path, unicodedata.normalize("NFD", name)).is_file()
    assert not photograph_file(tmp_path, "other.jpg").exists()

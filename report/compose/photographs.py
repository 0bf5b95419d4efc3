"""Photographs as they come from people, made ready for the engine: upright, sRGB or grey, 8 bits, without metadata.

In: the bytes of a JPEG or PNG file. Out: the bytes of a JPEG or PNG file. Colours are converted by the embedded profile
(ICC.1:2010); without one they are sRGB, as telephones and browsers assume. The camera's notes (EXIF: place, time,
device) go no further.
"""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

QUALITY = 95  # of a JPEG that has to be written again
_SPACES = {"RGB": "RGB", "RGBA": "RGB", "CMYK": "CMYK", "L": "GRAY", "LA": "GRAY"}  # of a profile, by the mode
_LIKE_SRGB = ("sRGB", "IEC61966-2")  # how profiles that need no conversion call themselves


class UnknownColoursError(ValueError):
    """The colours of a picture mean nothing without a profile; the message says why, in plain words."""


def photograph_file(folder: Path, name: str) -> Path:
    """Return the path of a picture. Accented letters may be composed or decomposed, as a Mac writes them."""
    path = folder / name
    if path.is_file() or not folder.is_dir():
        return path
    wanted = unicodedata.normalize("NFC", name)
    return next((each for each in sorted(folder.iterdir()) if unicodedata.normalize("NFC", each.name) == wanted), path)


def for_reading(data: bytes) -> bytes:
    """Return a photograph for the engine. Raises UnknownColoursError, or what Pillow raises for a damaged file."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as original:
        original.load()
        picture = upright(original)
        plain = in_srgb(picture)
        out = io.BytesIO()
        if original.format in {"JPEG", "MPO"}:
            kept = plain is original and original.format == "JPEG"
            plain.save(out, "JPEG", quality="keep" if kept else QUALITY, subsampling="keep" if kept else 0, exif=b"")
        else:
            plain.info.pop("icc_profile", None)
            plain.save(out, "PNG")
    return out.getvalue()


def upright(picture: Image.Image) -> Image.Image:
    """Return a picture turned as its camera was held (EXIF orientation)."""
    from PIL import ImageOps

    turned = picture.getexif().get(0x0112, 1) != 1
    return ImageOps.exif_transpose(picture) if turned else picture


def check_colours(picture: Image.Image) -> None:
    """Raise UnknownColoursError if the colours of a picture cannot be told."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if picture.mode == "CMYK" and not profile:
        raise UnknownColoursError("it is in CMYK without a colour profile")
    try:
        if profile:
            space = ImageCms.getOpenProfile(io.BytesIO(profile)).profile.xcolor_space.strip()
    except (OSError, ImageCms.PyCMSError):
        raise UnknownColoursError("its colour profile is damaged") from None
    if profile and space != _SPACES.get(picture.mode, space):
        raise UnknownColoursError(f"its colour profile is for {space}, but the picture is in {picture.mode}")


def in_srgb(picture: Image.Image) -> Image.Image:
    """Return a picture in RGB, RGBA, L or LA with 8 bits: the same object if it is that already."""
    from PIL import ImageCms

    check_colours(picture)
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I"):  # grey with 16 bits
        return picture.point(lambda value: value / 257).convert("L")
    if picture.mode in {"1", "F"}:
        return picture.convert("L")
    if picture.mode == "P" or ("transparency" in picture.info and picture.mode in {"RGB", "L"}):
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    if not profile:
        return picture if picture.mode in {"RGB", "RGBA", "L", "LA"} else picture.convert("RGB")
    source = ImageCms.getOpenProfile(io.BytesIO(profile))
    if picture.mode in {"RGB", "RGBA"} and is_srgb(source):
        return picture
    if picture.mode in {"L", "LA"}:  # a grey profile tells little more than a gamma; black stays black alone
        return picture
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    bare = picture.convert("RGB") if alpha else picture
    converted = ImageCms.profileToProfile(
        bare, source, ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    if converted is None:
        raise UnknownColoursError("its colour profile could not be applied")
    if alpha:
        converted.putalpha(alpha)
    return converted


def is_srgb(profile: object) -> bool:
    """Tell whether a profile describes sRGB, by its name."""
    from PIL import ImageCms

    return any(name in ImageCms.getProfileDescription(profile) for name in _LIKE_SRGB)  # type: ignore[arg-type]

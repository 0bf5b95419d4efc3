"""Photographs in CMYK: every RGB image of a file converted with the printer's profile.

In: a PDF and a `Printer`. Out: the same PDF, changed: images in DeviceCMYK, with their soft masks. Grey images become
DeviceGray (black ink only); CMYK images stay unchanged.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Name

from report.compose.photographs import upright
from report.problems import Place, Problem, ReportError, error

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageCms import ImageCmsTransform

    from report.press.printers import Printer

QUALITY = 92  # of the JPEG; below this, artefacts show at 150 lines per inch


def convert_images(pdf: pikepdf.Pdf, printer: Printer) -> None:
    """Convert all images. Raises ReportError with every image that cannot be read."""
    every = [item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get(Name.Subtype) == Name.Image]
    masks = {item[Name.SMask].objgen for item in every if Name.SMask in item}
    images = [item for item in every if item.objgen not in masks and not item.get(Name.ImageMask, False)]
    images = [item for item in images if item.get(Name.ColorSpace) not in (Name.DeviceCMYK, Name.DeviceGray)]
    if not images:
        return
    from PIL import UnidentifiedImageError

    transform = _transform(printer)
    problems: list[Problem] = []
    for image in images:
        try:
            picture = pikepdf.PdfImage(image).as_pil_image(apply_mask=False)
            if picture.mode in {"1", "L"}:
                image[Name.ColorSpace] = Name.DeviceGray
            else:
                _replace(image, picture, transform)
        except (pikepdf.PikepdfError, ValueError, NotImplementedError, OSError) as failure:
            size = f"{image.get(Name.Width)} × {image.get(Name.Height)} px"
            reason = "its data are damaged" if isinstance(failure, UnidentifiedImageError) else str(failure)
            what = f"An image of {size} could not be converted to CMYK: {reason}."
            problems.append(error("image-conversion", Place(), what, "Save the image as an sRGB JPEG or PNG."))
    if problems:
        raise ReportError(problems)


def replace_with_originals(
    pdf: pikepdf.Pdf, originals: Mapping[str, Path], printer: Printer, resolutions: Mapping[tuple[int, int], float],
    target: int,
) -> None:  # fmt: skip
    """Put the original of each photograph in CMYK in the place of what was made of it for screens.

    `originals`: the files by the SHA-256 of the image data in the PDF. `resolutions`: the lowest effective resolution
    of each image, by object number; more than `target` pixels per inch are not needed. A picture that is in CMYK for
    this very printing condition keeps its values.
    """
    for item in list(pdf.objects):
        if not isinstance(item, pikepdf.Stream) or item.get(Name.Subtype) != Name.Image:
            continue
        file = originals.get(sha256(item.read_raw_bytes()).hexdigest())
        if file is not None:
            ppi = resolutions.get(item.objgen, float(target))
            _write_cmyk(item, _from_original(file, printer, min(1.0, target / ppi)))


def _from_original(file: Path, printer: Printer, scale: float) -> Image.Image:
    from PIL import Image, ImageCms

    with Image.open(file) as original:
        picture = upright(original)
        profile = picture.info.get("icc_profile")
        if scale < 1:
            size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
            picture = picture.resize(size, Image.Resampling.LANCZOS)
        picture.load()
    if picture.mode == "CMYK" and profile == printer.icc:
        return picture
    source = ImageCms.getOpenProfile(io.BytesIO(profile)) if profile else ImageCms.createProfile("sRGB")
    picture = picture if picture.mode in {"RGB", "CMYK"} else picture.convert("RGB")
    return _converted(picture, _transform(printer, source, picture.mode))


def build_of(colour: tuple[int, int, int], printer: Printer) -> tuple[int, int, int, int]:
    """Return the inks of one sRGB colour in percent, by the printer's profile."""
    from PIL import Image

    pixel = _converted(Image.new("RGB", (1, 1), colour), _transform(printer)).getpixel((0, 0))
    assert isinstance(pixel, tuple)
    cyan, magenta, yellow, black = (round(part / 2.55) for part in pixel)
    return cyan, magenta, yellow, black


def _replace(image: Any, picture: Image.Image, transform: ImageCmsTransform) -> None:
    _write_cmyk(image, _converted(picture.convert("RGB"), transform))


def _converted(picture: Image.Image, transform: ImageCmsTransform) -> Image.Image:
    from PIL import ImageCms

    converted = ImageCms.applyTransform(picture, transform)
    if converted is None:
        raise ValueError("the profile could not be applied")
    return converted


def _write_cmyk(image: Any, picture: Image.Image) -> None:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, subsampling=0)
    image.write(out.getvalue(), filter=Name.DCTDecode)
    image[Name.Width], image[Name.Height] = picture.width, picture.height
    image[Name.ColorSpace], image[Name.BitsPerComponent] = Name.DeviceCMYK, 8
    image[Name.Decode] = [1, 0] * 4  # Pillow writes CMYK JPEGs inverted, as Photoshop does
    for key in (Name.DecodeParms, Name.Interpolate, Name.Mask):
        if key in image:
            del image[key]


def _transform(printer: Printer, source: Any = None, mode: str = "RGB") -> ImageCmsTransform:
    """Return the transform to CMYK, from sRGB by default: relative colorimetric with black-point compensation, or
    perceptual.
    """
    from PIL import ImageCms

    relative = printer.values.images.intent == "relative"
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC if relative else ImageCms.Intent.PERCEPTUAL
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION if relative else ImageCms.Flags.NONE
    press = ImageCms.getOpenProfile(io.BytesIO(printer.icc))
    return ImageCms.buildTransform(source or ImageCms.createProfile("sRGB"), press, mode, "CMYK", intent, flags)

"""Photographs in CMYK: every RGB image of a file converted with the printer's profile.

In: a PDF and a `Printer`. Out: the same PDF, changed: images in DeviceCMYK, with their soft masks. Grey images become
DeviceGray (black ink only); CMYK images stay unchanged.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Name

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
    transform = _transform(printer)
    problems: list[Problem] = []
    for image in images:
        try:
            picture = pikepdf.PdfImage(image).as_pil_image()
            if picture.mode in {"1", "L"}:
                image[Name.ColorSpace] = Name.DeviceGray
            else:
                _replace(image, picture, transform)
        except (pikepdf.PikepdfError, ValueError, NotImplementedError, OSError) as failure:
            what = f"An image could not be converted to CMYK: {failure}."
            problems.append(error("image-conversion", Place(), what, "Save the image as an sRGB JPEG or PNG."))
    if problems:
        raise ReportError(problems)


def _replace(image: Any, picture: Image.Image, transform: ImageCmsTransform) -> None:
    from PIL import ImageCms

    converted = ImageCms.applyTransform(picture.convert("RGB"), transform)
    out = io.BytesIO()
    if converted is None:
        raise ValueError("the profile could not be applied")
    converted.save(out, "JPEG", quality=QUALITY, subsampling=0)
    image.write(out.getvalue(), filter=Name.DCTDecode)
    image[Name.ColorSpace], image[Name.BitsPerComponent] = Name.DeviceCMYK, 8
    image[Name.Decode] = [1, 0] * 4  # Pillow writes CMYK JPEGs inverted, as Photoshop does
    for key in (Name.DecodeParms, Name.Interpolate, Name.Mask):
        if key in image:
            del image[key]


def _transform(printer: Printer) -> ImageCmsTransform:
    """Return the transform from sRGB to CMYK: relative colorimetric with black-point compensation, or perceptual."""
    from PIL import ImageCms

    relative = printer.values.images.intent == "relative"
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC if relative else ImageCms.Intent.PERCEPTUAL
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION if relative else ImageCms.Flags.NONE
    press = ImageCms.getOpenProfile(io.BytesIO(printer.icc))
    return ImageCms.buildTransform(ImageCms.createProfile("sRGB"), press, "RGB", "CMYK", intent, flags)

"""Checks of what is painted on the pages: colours, transparency, black, text, lines, images.

In: a `PreflightSubject`. Out: findings. The table is `PAINT_CHECKS`.
"""

from __future__ import annotations

from collections.abc import Iterator

from report.geometry import Rect
from report.preflight.checks import (
    GWG,
    NEAR,
    PDF,
    X4,
    Finding,
    PreflightCheck,
    PreflightSubject,
    bleed_of,
    inside,
    trim_of,
)
from report.preflight.records import PaintedObject, PlacedImage
from report.problems import Severity

_MIN_IMAGE = 16  # pixels: a smaller image is a rule or a dot, and exempt from resolution checks (GWG 2015)
_ROUNDING = 0.001  # points
_RICH_TEXT = 24.0  # points: below this size, rich black text shows every misregistration
_CMYK = ("DeviceCMYK", "ICCBased CMYK")
_NOUNS = {"fill": "A fill", "stroke": "A line", "text": "Text", "shading": "A gradient"}
_WHITE = {"fill": "A white fill", "stroke": "A white line", "text": "White text", "shading": "A white gradient"}


def _rgb(subject: PreflightSubject) -> Iterator[Finding]:
    for item in subject.facts.painted:
        if item.space.is_rgb:
            yield Finding(f"{_NOUNS[item.kind]} uses {item.space.base.kind}.", item.page, item.box)
    for image in subject.facts.placed:
        if image.space.is_rgb:
            yield Finding(f"{_image_noun(image)} uses {image.space.base.kind}.", image.page, image.box)


def _unknown_space(subject: PreflightSubject) -> Iterator[Finding]:
    for item in subject.facts.coloured:
        if item.space.base.kind == "unknown":
            yield Finding("An object uses an unrecognised colour space.", item.page, item.box)


def _blend_space(subject: PreflightSubject) -> Iterator[Finding]:
    pages = {item.page for item in subject.facts.painted if _transparent(item)}
    pages |= {image.page for image in subject.facts.placed if image.soft_mask}
    for page in subject.facts.pages:
        if page.group is not None and page.group not in _CMYK:
            yield Finding(f"The page's blending space is {page.group}, not CMYK.", page.number)
        elif page.group is None and page.number in pages and not subject.facts.intents:
            yield Finding("The page has transparency, but neither a blending space nor an output intent.", page.number)
    for number, space in subject.facts.groups:
        if space and space not in (*_CMYK, "DeviceGray"):
            yield Finding(f"The blending space of a transparency group is {space}, not CMYK.", number)


def _transparent(item: PaintedObject) -> bool:
    return item.alpha < 1 or item.blend not in {"Normal", "Compatible"}


def _transparency(subject: PreflightSubject) -> Iterator[Finding]:
    if subject.printer.values.transparency:
        return
    for item in subject.facts.painted:
        if _transparent(item):
            yield Finding(f"{_NOUNS[item.kind]} is transparent.", item.page, item.box)
    for image in subject.facts.placed:
        if image.soft_mask:
            yield Finding(f"{_image_noun(image)} is transparent.", image.page, image.box)


def _printed_text(subject: PreflightSubject) -> Iterator[tuple[PaintedObject, tuple[float, ...]]]:
    """Yield the text inside the bleed that is in CMYK or grey, with its inks."""
    for item in subject.facts.painted:
        if item.kind == "text" and item.inks is not None and inside(item.box, bleed_of(subject.on_page(item.page))):
            yield item, item.inks


def _small_text(subject: PreflightSubject) -> Iterator[Finding]:
    limit = float(subject.printer.values.ink.small_text)
    for item, inks in _printed_text(subject):
        if item.size < limit - NEAR and sum(ink > 0 for ink in inks) > 1:
            build = " ".join(f"{ink * 100:.0f}" for ink in inks)
            yield Finding(f"Text at {item.size:.1f} pt uses several inks ({build}).", item.page, item.box)


def _rich_text(subject: PreflightSubject) -> Iterator[Finding]:
    for item, inks in _printed_text(subject):
        if item.size < _RICH_TEXT and inks[3] >= 0.9 and sum(inks[:3]) >= 0.6:
            yield Finding(f"Text at {item.size:.1f} pt is in rich black.", item.page, item.box)


def _black_overprint(subject: PreflightSubject) -> Iterator[Finding]:
    limit = float(subject.printer.values.ink.overprint_text)
    for item, inks in _printed_text(subject):
        pure = inks[3] >= 1 and not any(inks[:3])
        if pure and item.size < limit and not (item.overprint and item.nonzero):
            yield Finding(f"Black text at {item.size:.1f} pt knocks out instead of overprinting.", item.page, item.box)


def _white_overprint(subject: PreflightSubject) -> Iterator[Finding]:
    for item in subject.facts.painted:
        if item.inks is not None and not any(item.inks) and item.overprint:
            yield Finding(f"{_WHITE[item.kind]} overprints and will disappear.", item.page, item.box)


def _hairlines(subject: PreflightSubject) -> Iterator[Finding]:
    least = float(subject.printer.values.line)
    for item in subject.facts.painted:
        if item.kind == "stroke" and item.size < least - _ROUNDING:
            yield Finding(
                f"A line is only {item.size:.3f} pt wide; at least {least:g} pt is required.", item.page, item.box
            )


def _resolution(subject: PreflightSubject, low: int, high: int, bitonal: int) -> Iterator[Finding]:
    for image in subject.facts.placed:
        if image.width <= _MIN_IMAGE or image.height <= _MIN_IMAGE:
            continue
        least, most = (bitonal, bitonal) if image.bits == 1 else (low, high)
        if least <= image.ppi < most or (least == most and image.ppi < most):
            what = f"{_image_noun(image)} is only {image.ppi:.0f} ppi at this size; at least {most} ppi is required."
            yield Finding(what, image.page, image.box)


def _coarse(subject: PreflightSubject) -> Iterator[Finding]:
    images = subject.printer.values.images
    yield from _resolution(subject, 0, images.refuse, 0)


def _soft(subject: PreflightSubject) -> Iterator[Finding]:
    images = subject.printer.values.images
    yield from _resolution(subject, images.refuse, images.warn, images.bitonal)


def _safe(subject: PreflightSubject) -> Iterator[Finding]:
    safe = float(subject.printer.values.safe)
    for run in subject.runs:
        page = subject.on_page(run.page)
        left, _, _, top = page.media
        box = Rect.of_size(left + run.x, run.y, run.width, run.height).flipped(top)
        trim = trim_of(page)
        if not inside(box, trim):
            continue
        gaps = {
            "left edge": box[0] - trim[0],
            "foot": box[1] - trim[1],
            "right edge": trim[2] - box[2],
            "head": trim[3] - box[3],
        }
        edge, gap = min(gaps.items(), key=lambda item: item[1])
        if gap < safe - 0.75:
            text = " ".join(run.text.split())[:40]
            relation = "crosses" if gap < 0 else f"is only {gap:.0f} pt from"
            yield Finding(f"“{text}” {relation} the {edge}; the safe distance is {safe:g} pt.", run.page, box)


def _image_noun(image: PlacedImage) -> str:
    return "An inline image" if image.number == (0, 0) else f"Image {image.name}"


E, W = Severity.ERROR, Severity.WARNING

PAINT_CHECKS: tuple[PreflightCheck, ...] = (
    PreflightCheck("rgb", "No RGB or Lab", E, GWG, "Give the colour a CMYK build, or convert the image.", _rgb),
    PreflightCheck(
        "colour-space", "Known colour spaces", E, f"{PDF}, 8.6", "Export the file again in CMYK.", _unknown_space
    ),
    PreflightCheck(
        "blend-space", "Blending space", E, f"{X4}; {PDF}, 11.3.4", "Set the blending space to CMYK.", _blend_space
    ),
    PreflightCheck(
        "transparency",
        "No transparency",
        E,
        "printer",
        "Flatten it; this printer does not accept live transparency.",
        _transparency,
    ),
    PreflightCheck(
        "small-text", "Small text in one ink", E, GWG, "Set the text in black only, or larger.", _small_text
    ),
    PreflightCheck(
        "rich-text",
        "No rich black text",
        E,
        GWG,
        "Set text in black only; rich black is for large solids.",
        _rich_text,
    ),
    PreflightCheck(
        "black-overprint",
        "Black text overprints",
        W,
        f"{GWG}; {PDF}, 8.6.7",
        "Set black text to overprint.",
        _black_overprint,
    ),
    PreflightCheck(
        "white-overprint",
        "White knocks out",
        E,
        f"{GWG}; {PDF}, 8.6.7",
        "Turn off overprint for white objects.",
        _white_overprint,
    ),
    PreflightCheck(
        "hairline", "No hairlines", E, GWG, "Draw the line at least as wide as the printer's minimum.", _hairlines
    ),
    PreflightCheck(
        "image-coarse",
        "Image resolution",
        E,
        GWG,
        "Use an image with more pixels, or place it at a smaller size.",
        _coarse,
    ),
    PreflightCheck(
        "image-soft", "Image sharpness", W, GWG, "Use an image with more pixels; it will print sharper.", _soft
    ),
    PreflightCheck(
        "safe-area",
        "Text in the safe area",
        E,
        "printer",
        "Move the text inwards, away from the trim and the fold.",
        _safe,
    ),
)

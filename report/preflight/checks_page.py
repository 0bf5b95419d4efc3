"""Checks of the pages' frames and of what is painted on them: boxes, colours, black, text, lines, images.

In: a `PreflightSubject`. Out: findings. The table is `PAGE_CHECKS`.
"""

from __future__ import annotations

from collections import Counter
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
from report.preflight.records import PaintedObject
from report.problems import Severity

_TINY = 16  # pixels: a smaller image is a rule or a dot, and judged as such (GWG 2015)
_PROOF_LINE = 0.001
_RICH_TEXT = 24.0  # points: below it four inks of a letter show every misregister


def _boxes(looked: PreflightSubject) -> Iterator[Finding]:
    for page in looked.facts.pages:
        if page.trim is None:
            yield Finding("The page has no trim box.", page.number)
            continue
        if page.art is not None:
            yield Finding("The page has an art box beside its trim box.", page.number)
        for name, inner, outer in (("trim", page.trim, bleed_of(page)), ("bleed", bleed_of(page), page.media)):
            grown = (outer[0] - NEAR, outer[1] - NEAR, outer[2] + NEAR, outer[3] + NEAR)
            if inner[0] < grown[0] or inner[1] < grown[1] or inner[2] > grown[2] or inner[3] > grown[3]:
                yield Finding(f"The {name} box reaches out of the box around it.", page.number, inner)


def _crop(looked: PreflightSubject) -> Iterator[Finding]:
    for page in looked.facts.pages:
        if page.crop and any(abs(one - other) > NEAR for one, other in zip(page.crop, page.media, strict=True)):
            yield Finding("A crop box hides part of the sheet.", page.number, page.crop)


def _same_trim(looked: PreflightSubject) -> Iterator[Finding]:
    sizes = {page.number: _size(trim_of(page)) for page in looked.facts.pages}
    if not sizes:
        return
    usual = Counter(sizes.values()).most_common(1)[0][0]
    for number, (width, height) in sizes.items():
        if (width, height) != usual:
            what = f"The trim is {width:g} × {height:g} pt; the other pages have {usual[0]:g} × {usual[1]:g} pt."
            yield Finding(what, number)


def _size(box: Rect) -> tuple[float, float]:
    return (round(box[2] - box[0], 1), round(box[3] - box[1], 1))


def _turned(looked: PreflightSubject) -> Iterator[Finding]:
    for page in looked.facts.pages:
        if page.rotate % 360:
            yield Finding(f"The page is turned by {page.rotate} degrees.", page.number)
        if page.unit != 1:
            yield Finding(f"The page has a unit of its own ({page.unit:g}).", page.number)


def _bleed(looked: PreflightSubject) -> Iterator[Finding]:
    for page in looked.facts.pages:
        found = bleed_of(page).over(trim_of(page))
        wanted = looked.printer.bleed(page.number)
        names = (
            ("outer edge", "head", "fold", "foot") if page.number % 2 == 0 else ("fold", "head", "outer edge", "foot")
        )
        for name, width, least in zip(names, found, wanted, strict=True):
            if width < least - NEAR:
                yield Finding(
                    f"The bleed at the {name} is {width:.3g} pt; the printer asks for {least:g} pt.", page.number
                )
            elif name == "fold" and least == 0 and width > NEAR and looked.printer.values.binding.kind == "perfect":
                yield Finding("There is bleed at the bind edge, where the glue must hold.", page.number)


def _odd_count(looked: PreflightSubject) -> Iterator[Finding]:
    count, binding = len(looked.facts.pages), looked.printer.values.binding
    if count % binding.multiple:
        yield Finding(f"The file has {count} pages, not a multiple of {binding.multiple}.", count)


def _multiple(looked: PreflightSubject) -> Iterator[Finding]:
    if looked.printer.values.binding.kind != "saddle":
        yield from _odd_count(looked)


def _stapled(looked: PreflightSubject) -> Iterator[Finding]:
    """Folded sheets have a fixed number of pages, and only so many go under a staple."""
    count, binding = len(looked.facts.pages), looked.printer.values.binding
    if binding.kind == "saddle":
        yield from _odd_count(looked)
    if count > binding.most:
        yield Finding(f"The file has {count} pages; this binding holds {binding.most}.", count)


def _spine(looked: PreflightSubject) -> Iterator[Finding]:
    binding = looked.printer.values.binding
    width = len(looked.facts.pages) / 2 * float(binding.caliper)
    if binding.kind == "perfect" and width < float(binding.spine_minimum):
        least = float(binding.spine_minimum)
        yield Finding(f"The spine will be {width:.1f} pt; text on it needs {least:g} pt.")


def _rgb(looked: PreflightSubject) -> Iterator[Finding]:
    for item in looked.facts.painted:
        if item.space.is_rgb:
            yield Finding(f"A {item.kind} is in {item.space.base.kind}.", item.page, item.box)
    for image in looked.facts.placed:
        if image.space.is_rgb:
            yield Finding(f"The image {image.name} is in {image.space.base.kind}.", image.page, image.box)


def _unknown(looked: PreflightSubject) -> Iterator[Finding]:
    for item in looked.facts.coloured:
        if item.space.base.kind == "unknown":
            yield Finding("Something is in a colour space that can't be understood.", item.page, item.box)


def _blend_space(looked: PreflightSubject) -> Iterator[Finding]:
    pages = {item.page for item in looked.facts.painted if _transparent(item)}
    pages |= {image.page for image in looked.facts.placed if image.soft_mask}
    for page in looked.facts.pages:
        if page.group is not None and page.group not in {"DeviceCMYK", "ICCBased CMYK"}:
            yield Finding(f"The page blends in {page.group}.", page.number)
        elif page.group is None and page.number in pages and not looked.facts.intents:
            yield Finding("The page has transparency, and nothing says in which inks it blends.", page.number)
    for number, space in looked.facts.groups:
        if space and space not in {"DeviceCMYK", "ICCBased CMYK", "DeviceGray"}:
            yield Finding(f"A group on the page blends in {space}.", number)


def _transparent(item: PaintedObject) -> bool:
    return item.alpha < 1 or item.blend not in {"Normal", "Compatible"}


def _transparency(looked: PreflightSubject) -> Iterator[Finding]:
    if looked.printer.values.transparency:
        return
    for item in looked.facts.painted:
        if _transparent(item):
            yield Finding(f"A {item.kind} is transparent.", item.page, item.box)
    for image in looked.facts.placed:
        if image.soft_mask:
            yield Finding(f"The image {image.name} is transparent.", image.page, image.box)


def _printed(looked: PreflightSubject, kind: str) -> Iterator[tuple[PaintedObject, tuple[float, ...]]]:
    """Yield what is painted inside the bleed in the four inks, with its inks."""
    for item in looked.facts.painted:
        if item.kind == kind and item.inks is not None and inside(item.box, bleed_of(looked.on_page(item.page))):
            yield item, item.inks


def _small_text(looked: PreflightSubject) -> Iterator[Finding]:
    limit = float(looked.printer.values.ink.small_text)
    for item, inks in _printed(looked, "text"):
        if item.size < limit - NEAR and sum(ink > 0 for ink in inks) > 1:
            build = " ".join(f"{ink * 100:.0f}" for ink in inks)
            yield Finding(f"Text of {item.size:.1f} pt is in several inks ({build}).", item.page, item.box)


def _rich_text(looked: PreflightSubject) -> Iterator[Finding]:
    for item, inks in _printed(looked, "text"):
        if item.size < _RICH_TEXT and inks[3] >= 0.9 and sum(inks[:3]) >= 0.6:
            yield Finding(f"Text of {item.size:.1f} pt is in rich black.", item.page, item.box)


def _black_overprint(looked: PreflightSubject) -> Iterator[Finding]:
    limit = float(looked.printer.values.ink.overprint_text)
    for item, inks in _printed(looked, "text"):
        pure = inks[3] >= 1 and not any(inks[:3])
        if pure and item.size < limit and not (item.overprint and item.nonzero):
            yield Finding(f"Black text of {item.size:.1f} pt knocks out what lies below it.", item.page, item.box)


def _white_overprint(looked: PreflightSubject) -> Iterator[Finding]:
    for item in looked.facts.painted:
        if item.inks is not None and not any(item.inks) and item.overprint:
            yield Finding(f"A white {item.kind} overprints, and so vanishes.", item.page, item.box)


def _hairlines(looked: PreflightSubject) -> Iterator[Finding]:
    least = float(looked.printer.values.line)
    for item in looked.facts.painted:
        if item.kind == "stroke" and item.size < least - _PROOF_LINE:
            yield Finding(f"A line is {item.size:.3f} pt thin.", item.page, item.box)


def _resolution(looked: PreflightSubject, low: int, high: int, bitonal: int) -> Iterator[Finding]:
    for image in looked.facts.placed:
        if image.width <= _TINY or image.height <= _TINY:
            continue
        least, most = (bitonal, bitonal) if image.bits == 1 else (low, high)
        if least <= image.ppi < most or (least == most and image.ppi < most):
            what = f"The image {image.name} has {image.ppi:.0f} ppi where it stands; {most} are wanted."
            yield Finding(what, image.page, image.box)


def _coarse(looked: PreflightSubject) -> Iterator[Finding]:
    images = looked.printer.values.images
    yield from _resolution(looked, 0, images.refuse, 0)


def _soft(looked: PreflightSubject) -> Iterator[Finding]:
    images = looked.printer.values.images
    yield from _resolution(looked, images.refuse, images.warn, images.bitonal)


def _safe(looked: PreflightSubject) -> Iterator[Finding]:
    safe = float(looked.printer.values.safe)
    for run in looked.runs:
        page = looked.on_page(run.page)
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
            crossing = "runs over" if gap < 0 else f"stands {gap:.0f} pt from"
            yield Finding(f"“{text}” {crossing} the {edge}; {safe:g} pt are safe.", run.page, box)


E, W = Severity.ERROR, Severity.WARNING

PAGE_CHECKS: tuple[PreflightCheck, ...] = (
    PreflightCheck(
        "boxes",
        "Page boxes",
        E,
        f"{X4}; {PDF}, 14.11.2",
        "Set a trim box inside the bleed box inside the media box.",
        _boxes,
    ),
    PreflightCheck(
        "crop-box", "No crop box", E, f"{GWG}; {PDF}, 14.11.2", "Remove it, or make it the media box.", _crop
    ),
    PreflightCheck(
        "same-trim", "One trim size", E, f"{GWG}; {PDF}, 14.11.2", "Give every page the same size.", _same_trim
    ),
    PreflightCheck(
        "turned", "Pages upright", E, f"{GWG}; {PDF}, 14.11.2", "Export pages upright, at a scale of one.", _turned
    ),
    PreflightCheck("bleed", "Enough bleed", E, GWG, "Let artwork run over the cut as far as the printer asks.", _bleed),
    PreflightCheck(
        "page-multiple", "Page count", W, "binding", "Add or remove pages, or let the printer add blanks.", _multiple
    ),
    PreflightCheck(
        "binding", "Pages fit the binding", E, "binding", "Add or remove pages, or choose another binding.", _stapled
    ),
    PreflightCheck("spine", "Spine", W, "binding", "Leave the spine without text, or take heavier paper.", _spine),
    PreflightCheck("rgb", "No RGB or Lab", E, GWG, "Give the colour an ink build, or convert the image.", _rgb),
    PreflightCheck("colour-space", "Known colour spaces", E, f"{PDF}, 8.6", "Export it again in CMYK.", _unknown),
    PreflightCheck(
        "blend-space", "Blending in inks", E, f"{X4}; {PDF}, 11.3.4", "Set the blending space to CMYK.", _blend_space
    ),
    PreflightCheck(
        "transparency", "Transparency", E, "printer", "Flatten it: this printer's system can't take it.", _transparency
    ),
    PreflightCheck("small-text", "Small text in one ink", E, GWG, "Set it in black, or larger.", _small_text),
    PreflightCheck(
        "rich-text",
        "No rich black text",
        E,
        GWG,
        "Set text in black alone; rich black is for large solids.",
        _rich_text,
    ),
    PreflightCheck(
        "black-overprint", "Black overprints", W, f"{GWG}; {PDF}, 8.6.7", "Let black text overprint.", _black_overprint
    ),
    PreflightCheck(
        "white-overprint",
        "White knocks out",
        E,
        f"{GWG}; {PDF}, 8.6.7",
        "Take the overprint off white.",
        _white_overprint,
    ),
    PreflightCheck(
        "hairline", "No hairlines", E, GWG, "Draw it at least as thick as the printer's minimum.", _hairlines
    ),
    PreflightCheck(
        "image-coarse", "Image resolution", E, GWG, "Use an image with more pixels, or place it smaller.", _coarse
    ),
    PreflightCheck("image-soft", "Image sharpness", W, GWG, "A larger image would print sharper.", _soft),
    PreflightCheck(
        "safe-area", "Text in the safe area", E, "printer", "Move it inwards, away from cut and fold.", _safe
    ),
)

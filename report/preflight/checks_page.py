"""Checks of the pages themselves: boxes, bleed, orientation, page count and binding.

In: a `PreflightSubject`. Out: findings. The table is `PAGE_CHECKS`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from report.geometry import Rect
from report.preflight.checks import GWG, NEAR, PDF, X4, Finding, PreflightCheck, PreflightSubject, bleed_of, trim_of
from report.problems import Severity


def _boxes(subject: PreflightSubject) -> Iterator[Finding]:
    for page in subject.facts.pages:
        if page.trim is None:
            yield Finding("The page has no trim box.", page.number)
            continue
        if page.art is not None:
            yield Finding("The page has both an art box and a trim box.", page.number)
        for names, inner, outer in (
            ("trim box extends beyond the bleed box", page.trim, bleed_of(page)),
            ("bleed box extends beyond the media box", bleed_of(page), page.media),
        ):
            limit = outer.grown(NEAR)
            if inner.x0 < limit.x0 or inner.y0 < limit.y0 or inner.x1 > limit.x1 or inner.y1 > limit.y1:
                yield Finding(f"The {names}.", page.number, inner)


def _crop(subject: PreflightSubject) -> Iterator[Finding]:
    for page in subject.facts.pages:
        if page.crop and any(abs(one - other) > NEAR for one, other in zip(page.crop, page.media, strict=True)):
            yield Finding("The crop box hides part of the sheet.", page.number, page.crop)


def _same_trim(subject: PreflightSubject) -> Iterator[Finding]:
    sizes = {page.number: _size(trim_of(page)) for page in subject.facts.pages}
    if not sizes:
        return
    usual = Counter(sizes.values()).most_common(1)[0][0]
    for number, (width, height) in sizes.items():
        if (width, height) != usual:
            what = f"The trim size is {width:g} × {height:g} pt; most pages are {usual[0]:g} × {usual[1]:g} pt."
            yield Finding(what, number)


def _size(box: Rect) -> tuple[float, float]:
    return (round(box[2] - box[0], 1), round(box[3] - box[1], 1))


def _rotated(subject: PreflightSubject) -> Iterator[Finding]:
    for page in subject.facts.pages:
        if page.rotate % 360:
            yield Finding(f"The page is rotated by {page.rotate} degrees.", page.number)
        if page.unit != 1:
            yield Finding(f"The page has a user unit of {page.unit:g} instead of 1.", page.number)


def _bleed(subject: PreflightSubject) -> Iterator[Finding]:
    for page in subject.facts.pages:
        widths, required = bleed_of(page).over(trim_of(page)), subject.printer.bleed(page.number)
        inside_left = page.number % 2 == 1
        edges = ("inside", "head", "outside", "foot") if inside_left else ("outside", "head", "inside", "foot")
        glued = subject.printer.values.binding.kind == "perfect"
        for edge, width, least in zip(edges, widths, required, strict=True):
            if width < least - NEAR:
                what = f"The {edge} bleed is {width:.3g} pt; the printer requires {least:g} pt."
                yield Finding(what, page.number)
            elif edge == "inside" and least == 0 and width > NEAR and glued:
                yield Finding("The page has bleed at the spine, where the glue must hold.", page.number)


def _page_count(subject: PreflightSubject) -> Iterator[Finding]:
    count, binding = len(subject.facts.pages), subject.printer.values.binding
    if count % binding.multiple:
        yield Finding(f"The file has {count} pages, not a multiple of {binding.multiple}.", count)


def _page_multiple(subject: PreflightSubject) -> Iterator[Finding]:
    if subject.printer.values.binding.kind != "saddle":
        yield from _page_count(subject)


def _binding(subject: PreflightSubject) -> Iterator[Finding]:
    """Folded sheets carry a fixed number of pages, and a staple holds a limited number of sheets."""
    count, binding = len(subject.facts.pages), subject.printer.values.binding
    if binding.kind == "saddle":
        yield from _page_count(subject)
    if count > binding.most:
        yield Finding(f"The file has {count} pages; this binding holds at most {binding.most}.", count)


def _spine(subject: PreflightSubject) -> Iterator[Finding]:
    binding = subject.printer.values.binding
    width = len(subject.facts.pages) / 2 * float(binding.caliper)
    if binding.kind == "perfect" and width < float(binding.spine_minimum):
        least = float(binding.spine_minimum)
        yield Finding(f"The spine will be {width:.1f} pt wide; text on it needs at least {least:g} pt.")


E, W = Severity.ERROR, Severity.WARNING

PAGE_CHECKS: tuple[PreflightCheck, ...] = (
    PreflightCheck(
        "boxes",
        "Page boxes",
        E,
        f"{X4}; {PDF}, 14.11.2",
        "Set a trim box inside the bleed box, and the bleed box inside the media box.",
        _boxes,
    ),
    PreflightCheck(
        "crop-box",
        "No crop box",
        E,
        f"{GWG}; {PDF}, 14.11.2",
        "Remove the crop box, or set it to the media box.",
        _crop,
    ),
    PreflightCheck(
        "same-trim", "One trim size", E, f"{GWG}; {PDF}, 14.11.2", "Give every page the same trim size.", _same_trim
    ),
    PreflightCheck(
        "turned", "Pages upright", E, f"{GWG}; {PDF}, 14.11.2", "Export the pages upright, at 100 %.", _rotated
    ),
    PreflightCheck(
        "bleed",
        "Enough bleed",
        E,
        GWG,
        "Extend the artwork over the trim by the bleed that the printer requires.",
        _bleed,
    ),
    PreflightCheck(
        "page-multiple",
        "Page count",
        W,
        "binding",
        "Add or remove pages, or let the printer add blanks.",
        _page_multiple,
    ),
    PreflightCheck("binding", "Binding", E, "binding", "Add or remove pages, or choose another binding.", _binding),
    PreflightCheck("spine", "Spine width", W, "binding", "Leave the spine without text, or use heavier paper.", _spine),
)

"""How much ink a page can have at most, from what it paints, without a picture of it.

In: a page's boxes, what is painted and placed on it, where its texts are. Out: percent, never less than there is.

Why this holds: what knocks out leaves its own inks, and what overprints (ISO 32000-1, 8.6.7, nonzero mode) replaces its
own inks and leaves the others of what it lies on. So nowhere is more than the heaviest build, or than an overprinting
build over the heaviest other inks that it can touch. Transparency, images, gradients and spots only a picture can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

from report.inspection.inspect import TextRun
from report.preflight.checks import bleed_of, inside
from report.preflight.records import Box, FileInfo, PageInfo, PaintedObject

_MITRE = 6.0  # widths of a line that its corners and ends can reach beyond its points
_NEAR = 0.5  # points
_EVERYWHERE: Box = (-inf, -inf, inf, inf)
_NORMAL = frozenset({"Normal", "Compatible"})


def sure_pages(facts: FileInfo, runs: Iterable[TextRun], limit: float) -> frozenset[int]:
    """Return the numbers of the pages that surely have no more ink than a limit in percent."""
    painted: dict[int, list[PaintedObject]] = {}
    for item in facts.painted:
        painted.setdefault(item.page, []).append(item)
    texts: dict[int, list[TextRun]] = {}
    for run in runs:
        texts.setdefault(run.page, []).append(run)
    unsure = {number for number, _ in facts.groups} | {image.page for image in facts.placed}
    return frozenset(
        page.number
        for page in facts.pages
        if page.number not in unsure
        and most_ink(page, painted.get(page.number, ()), texts.get(page.number, ())) <= limit
    )


def most_ink(page: PageInfo, painted: Sequence[PaintedObject], texts: Sequence[TextRun]) -> float:
    """Return what the inks of a page without images and groups add up to at most, in percent; infinity if unsure."""
    bleed, places = bleed_of(page), [_box(page, run) for run in texts]
    odd = [item for item in painted if _is_odd(item)]
    if any(inside(box, bleed) for item in odd for box in _reaches(item, places)):
        return inf
    plain = [
        (item, item.inks)
        for item in painted
        if item.inks is not None and not _is_odd(item) and (item.kind == "text" or inside(_reach(item), bleed))
    ]
    above = [(item, inks) for item, inks in plain if item.overprint and item.nonzero]
    below = [(item, inks) for item, inks in plain if not (item.overprint and item.nonzero)]
    if any(any(inks[:3]) for _, inks in above):  # of several inks: as if the most of each met
        return 100 * sum(max(inks[ink] for _, inks in plain) for ink in range(4))
    black = max((inks[3] for _, inks in above), default=0.0)
    most = max((sum(inks) for _, inks in below), default=0.0)
    heavy = [(item, sum(inks[:3]) + black) for item, inks in below if sum(inks[:3]) + black > most]
    touched = {box for item, _ in above for box in _reaches(item, places)} if heavy else set[Box]()
    for item, total in heavy:
        if total > most and any(inside(box, other) for box in _reaches(item, places) for other in touched):
            most = total
    return 100 * max(most, black)


def _is_odd(item: PaintedObject) -> bool:
    return item.inks is None or item.alpha < 1 or item.blend not in _NORMAL


def _reaches(item: PaintedObject, texts: Sequence[Box]) -> Sequence[Box]:
    """Return the boxes that surely hold all of an item: of a text, those of the texts that begin where it does."""
    if item.kind != "text":
        return [_reach(item)]
    return [box for box in texts if _holds(box, *item.box[:2])] or [_EVERYWHERE]


def _reach(item: PaintedObject) -> Box:
    """Return the box that surely holds all of a fill or line."""
    left, bottom, right, top = item.box
    more = item.size * _MITRE if item.kind == "stroke" else _NEAR
    return (left - more, bottom - more, right + more, top + more)


def _holds(box: Box, x: float, y: float) -> bool:
    """Tell whether a text may begin at a point: letters reach below and before it."""
    more = _NEAR + (box[3] - box[1])
    return box[0] - more <= x <= box[2] + more and box[1] - more <= y <= box[3] + more


def _box(page: PageInfo, run: TextRun) -> Box:
    left, _, _, top = page.media
    return (left + run.x, top - run.y - run.height, left + run.x + run.width, top - run.y)

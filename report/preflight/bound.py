"""How much ink a page can have at most, from what it paints, without a picture of it.

In: a page's boxes, what is painted and placed on it, where its texts are. Out: percent, never less than there is.

Why this holds: what knocks out leaves its own inks, and what overprints (ISO 32000-1, 8.6.7, nonzero mode) replaces its
own inks and leaves the others of what it lies on. So nowhere is more than the heaviest build, or than an overprinting
build over the heaviest other inks that it can touch. Transparency, images, gradients and spots only a picture can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

from report.inspect import TextRun
from report.preflight.checks import bleed_of, inside
from report.preflight.records import Box, Facts, PageFacts, Painted

_MITRE = 6.0  # widths of a line that its corners and ends can reach beyond its points
_NEAR = 0.5  # points
_EVERYWHERE: Box = (-inf, -inf, inf, inf)
_NORMAL = frozenset({"Normal", "Compatible"})


def sure_pages(facts: Facts, runs: Iterable[TextRun], limit: float) -> frozenset[int]:
    """Return the numbers of the pages that surely have no more ink than a limit in percent."""
    painted: dict[int, list[Painted]] = {}
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


def most_ink(page: PageFacts, painted: Sequence[Painted], texts: Sequence[TextRun]) -> float:
    """Return what the inks of a page without images and groups add up to at most, in percent; infinity if unsure."""
    bleed, places = bleed_of(page), [_box(page, run) for run in texts]
    reached = [(item, _reaches(item, places)) for item in painted]
    items = [(item, boxes) for item, boxes in reached if any(inside(box, bleed) for box in boxes)]
    if any(item.inks is None or item.alpha < 1 or item.blend not in _NORMAL for item, _ in items):
        return inf
    above = [(item.inks or (), boxes) for item, boxes in items if item.overprint and item.nonzero]
    below = [(item.inks or (), boxes) for item, boxes in items if not (item.overprint and item.nonzero)]
    if any(any(inks[:3]) for inks, _ in above):  # of several inks: as if the most of each met
        return 100 * sum(max(inks[ink] for inks, _ in (*above, *below)) for ink in range(4))
    black = max((inks[3] for inks, _ in above), default=0.0)
    touched = {box for _, boxes in above for box in boxes}
    most = max((sum(inks) for inks, _ in below), default=0.0)
    for inks, boxes in below:
        over = sum(inks[:3]) + black
        if over > most and any(inside(box, other) for box in boxes for other in touched):
            most = over
    return 100 * max(most, black)


def _reaches(item: Painted, texts: Sequence[Box]) -> Sequence[Box]:
    """Return the boxes that surely hold all of an item: of a text, those of the texts that begin where it does."""
    left, bottom, right, top = item.box
    if item.kind == "text":
        return [box for box in texts if _holds(box, left, bottom)] or [_EVERYWHERE]
    more = item.size * _MITRE if item.kind == "stroke" else _NEAR
    return [(left - more, bottom - more, right + more, top + more)]


def _holds(box: Box, x: float, y: float) -> bool:
    """Tell whether a text may begin at a point: letters reach below and before it."""
    more = _NEAR + (box[3] - box[1])
    return box[0] - more <= x <= box[2] + more and box[1] - more <= y <= box[3] + more


def _box(page: PageFacts, run: TextRun) -> Box:
    left, _, _, top = page.media
    return (left + run.x, top - run.y - run.height, left + run.x + run.width, top - run.y)

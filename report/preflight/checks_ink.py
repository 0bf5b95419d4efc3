"""Checks of the rendered plates: total area coverage, ink in the bleed, blank pages, and spreads.

In: a `PreflightSubject` with rendered pages. Out: findings. The table is `INK_CHECKS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from report.preflight.checks import GWG, Finding, PreflightCheck, PreflightSubject
from report.preflight.ink import INKED, EdgePixels
from report.problems import Severity

_MIN_DEVIATION = 12.0  # standard deviation of the ink along an edge, above which it shows artwork and not a flat tint
_MIN_CORRELATION = 0.97  # correlation of two edges, above which they are two halves of one artwork


def _limit(subject: PreflightSubject) -> Iterator[Finding]:
    limit = subject.printer.values.ink.limit
    for page in subject.ink:
        if page.coverage > limit + 1:
            what = f"Total area coverage reaches {page.coverage:.0f} %; the limit is {limit} %."
            yield Finding(what, page.page, page.where)


def _bleed_gaps(subject: PreflightSubject) -> Iterator[Finding]:
    for page in subject.ink:
        for gap in page.gaps:
            yield Finding(f"Ink stops short of the bleed edge ({gap.edge}).", page.page, gap.box)


def _blank(subject: PreflightSubject) -> Iterator[Finding]:
    for page in subject.ink:
        if page.blank:
            yield Finding("The page is blank.", page.page)


def _spreads(subject: PreflightSubject) -> Iterator[Finding]:
    """Find artwork that continues from a recto to the next verso: the two sides of one leaf."""
    for page, following in pairwise(subject.ink):
        if page.page % 2 and is_one_artwork(page.sides[1], following.sides[0]):
            what = (
                f"Artwork continues from this page to page {following.page}, but the two pages do not face each other."
            )
            yield Finding(what, page.page)


def is_one_artwork(first: EdgePixels, second: EdgePixels) -> bool:
    """Tell whether two edges are halves of one artwork: not flat, and closely correlated."""
    if first.shape != second.shape or first.size < 64:
        return False
    one, other = first.astype(float).sum(axis=1), second.astype(float).sum(axis=1)
    if min(one.std(), other.std()) < _MIN_DEVIATION or min(one.max(), other.max()) < INKED:
        return False
    return float(np.corrcoef(one, other)[0, 1]) > _MIN_CORRELATION


E, W = Severity.ERROR, Severity.WARNING

INK_CHECKS: tuple[PreflightCheck, ...] = (
    PreflightCheck(
        "ink-limit",
        "Total area coverage",
        E,
        GWG,
        "Use a lighter CMYK build; see the colours in styles/tokens.yaml.",
        _limit,
    ),
    PreflightCheck(
        "bleed-reach",
        "Ink fills the bleed",
        E,
        GWG,
        "Extend the artwork over the trim, to the edge of the bleed.",
        _bleed_gaps,
    ),
    PreflightCheck("blank-page", "No blank pages", W, GWG, "Remove the page, or fill it.", _blank),
    PreflightCheck(
        "spread-parity", "Spreads on facing pages", E, "binding", "Add or remove a page before the spread.", _spreads
    ),
)

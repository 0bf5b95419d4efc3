"""Checks of the rendered plates: how much ink, how far it reaches, and whether facing pages belong together.

In: a `PreflightSubject` with ink. Out: findings. The table is `INK_CHECKS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from report.preflight.checks import GWG, Finding, PreflightCheck, PreflightSubject
from report.preflight.ink import INKED, EdgePixels
from report.problems import Severity

_VARIED = 12.0  # standard deviation of an edge that shows a drawing, not a flat ground
_ALIKE = 0.97  # correlation of two edges that are one drawing cut in two


def _limit(looked: PreflightSubject) -> Iterator[Finding]:
    limit = looked.printer.values.ink.limit
    for page in looked.ink:
        if page.coverage > limit + 1:
            yield Finding(f"The ink adds up to {page.coverage:.0f} %; the limit is {limit} %.", page.page, page.where)


def _reach(looked: PreflightSubject) -> Iterator[Finding]:
    for page in looked.ink:
        for gap in page.gaps:
            yield Finding(f"Ink stops before the edge of the bleed ({gap.edge}).", page.page, gap.box)


def _blank(looked: PreflightSubject) -> Iterator[Finding]:
    for page in looked.ink:
        if page.blank:
            yield Finding("The page is blank.", page.page)


def _spreads(looked: PreflightSubject) -> Iterator[Finding]:
    """A drawing that goes on from a recto to the next verso lies on two sides of one leaf."""
    for page, following in pairwise(looked.ink):
        if page.page % 2 and one_drawing(page.sides[1], following.sides[0]):
            what = f"A drawing goes on from here to page {following.page}, which does not face this page."
            yield Finding(what, page.page)


def one_drawing(first: EdgePixels, second: EdgePixels) -> bool:
    """Tell whether two edges show one drawing cut in two: varied, and alike."""
    if first.shape != second.shape or first.size < 64:
        return False
    one, other = first.astype(float).sum(axis=1), second.astype(float).sum(axis=1)
    if min(one.std(), other.std()) < _VARIED or min(one.max(), other.max()) < INKED:
        return False
    return float(np.corrcoef(one, other)[0, 1]) > _ALIKE


E, W = Severity.ERROR, Severity.WARNING

INK_CHECKS: tuple[PreflightCheck, ...] = (
    PreflightCheck(
        "ink-limit", "Total ink", E, GWG, "Use a lighter build; see the ink table in styles/tokens.yaml.", _limit
    ),
    PreflightCheck(
        "bleed-reach", "Ink reaches the bleed", E, GWG, "Draw it over the cut, to the end of the bleed.", _reach
    ),
    PreflightCheck("blank-page", "No blank pages", W, GWG, "Remove the page, or fill it.", _blank),
    PreflightCheck(
        "spread-parity", "Spreads face each other", E, "binding", "Add or remove a page before it.", _spreads
    ),
)

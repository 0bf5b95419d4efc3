"""A first look at the pages that a change concerns: their sections laid out alone, before the whole edition is.

In: a composed edition, and what the last build left. Out: the pictures' files, and which page of which file stands for
which page of the edition. Only where the section keeps its number of pages; the whole layout, which follows, has the
last word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from report.desk.records import QuickPreview
from report.engine import pdf
from report.layout.run import ComposedEdition, LaidOutEdition
from report.making import Maker
from report.processes.server import StoredFile, StoredFiles
from report.variants import VARIANTS

MOST = 3  # sections; with more of them the whole layout is as quick
_BODY = re.compile(r"(.*<body\b[^>]*>)(.*)(</body>.*)", re.DOTALL)
_END = "<!-- end of section -->"
_CHART = re.compile(r"press:chart/([\w-]+)")
_ELSEWHERE = "target-counter("  # a section that tells where others stand can't be laid out alone

SectionPages = tuple[str, int, int]  # a digest of what it is made from, its first page, how many it has


def remembered(laid: LaidOutEdition, composed: ComposedEdition, variant: str) -> StoredFile:
    """Return what the next build of a variant has to know of this one."""
    frame, sections = _parts(composed)
    first = {(each.src, each.name): page.number for page in reversed(laid.layout.pages) for each in page.components}
    starts = [first.get((section.src, section.page), 0) for section in composed.view.sections]
    ends = [*starts[1:], len(laid.layout.pages) + 1]
    found = [(key, start, end - start) for (key, _), start, end in zip(sections, starts, ends, strict=False)]
    return StoredFile(_name(variant), json.dumps([frame, found]).encode())


def glimpses(composed: ComposedEdition, kept: StoredFiles, variant: str) -> Iterator[StoredFile | QuickPreview]:
    """Lay out the sections that differ from the last build, if these are few, and say where their pages are."""
    frame, sections = _parts(composed)
    before, old = json.loads(kept.get(_name(variant), b'["", []]'))
    if before != frame or len(old) != len(sections):
        return
    changed = [index for index, (key, _) in enumerate(sections) if key != old[index][0]]
    if not 0 < len(changed) <= MOST:
        return
    for index in changed:
        _, start, count = old[index]
        if start and count > 0 and _stands_alone(composed, index):
            yield from _glimpse(composed, sections[index][1], start, count, variant)


def _glimpse(
    composed: ComposedEdition, section: str, start: int, count: int, variant: str
) -> Iterator[StoredFile | QuickPreview]:
    """Lay out one section as it stands in the edition: from a page of that number, on that side."""
    skipped = 1 - start % 2  # a verso comes after a recto, which is left out
    whole, document = _BODY.fullmatch(composed.document.html), composed.document
    assert whole, "a document without a body"
    counting = f"@page :first {{ counter-reset: page {start - skipped} }}"
    blank = '<div style="break-after: page"></div>' if skipped else ""
    html = f"{whole[1]}{blank}{section}{whole[3]}"
    alone = replace(document, html=html, styles=(*document.styles, ("glimpse", counting)))
    layout = pdf.lay_out(alone, composed.served)
    if len(layout.pages) != skipped + count:
        return
    (file,) = Maker(composed.on_pages(layout)).write([VARIANTS[variant]], layout)
    name = sha256(file.data).hexdigest()[:16]
    yield StoredFile(name, file.data)
    yield QuickPreview({start + place: (name, skipped + place + 1) for place in range(count)})


def _parts(composed: ComposedEdition) -> tuple[str, list[tuple[str, str]]]:
    """Return a digest of all that sections have in common, and each section with a digest of what it is made from."""
    whole = _BODY.fullmatch(composed.document.html)
    if whole is None:  # a template that somebody is just writing
        return "", []
    drawn = composed.drawn()
    frame = _digest(whole[1], whole[3], composed.document.styles, sorted(drawn.artworks.items()))
    sections = [
        (_digest(html, [drawn.charts.get(name) for name in _CHART.findall(html)]), html)
        for html in whole[2].split(_END)[:-1]
    ]
    return frame, sections


def _stands_alone(composed: ComposedEdition, index: int) -> bool:
    page = composed.view.sections[index].page
    return all(_ELSEWHERE not in text for name, text in composed.document.styles if name == f"styles/{page}.css")


def _digest(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()


def _name(variant: str) -> str:
    return f"last {variant}"

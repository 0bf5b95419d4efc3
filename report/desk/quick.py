"""Quick previews: sections that changed are laid out alone, before the whole edition is.

In: a composed edition, and what the last build stored. Out: files with the pages of a section, and which of their pages
to show for which page of the edition. Only for a section that keeps its number of pages. The full layout follows and
replaces them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from report.compose.texts import END_OF_SECTION
from report.desk.records import QuickPreview
from report.engine import pdf
from report.layout.run import ComposedEdition, LaidOutEdition
from report.making import Maker
from report.processes.server import StoredFile, StoredFiles
from report.variants import VARIANTS

MAX_SECTIONS = 3  # with more changed sections, the full layout is as fast
_BODY = re.compile(r"(.*<body\b[^>]*>)(.*)(</body>.*)", re.DOTALL)
_CHART = re.compile(r"press:chart/([\w-]+)")
_CROSS_REFERENCE = "target-counter("  # a section with page numbers of others cannot be laid out alone


def section_digests(laid: LaidOutEdition, composed: ComposedEdition, variant: str) -> StoredFile:
    """Return what the next build of a variant needs: the digest, first page and page count of each section."""
    frame, sections = _parts(composed)
    first = {(each.src, each.name): page.number for page in reversed(laid.layout.pages) for each in page.components}
    starts = [first.get((section.src, section.page), 0) for section in composed.view.sections]
    ends = [*starts[1:], len(laid.layout.pages) + 1]
    entries = [(key, start, end - start) for (key, _), start, end in zip(sections, starts, ends, strict=False)]
    return StoredFile(_name(variant), json.dumps([frame, entries]).encode())


def quick_previews(composed: ComposedEdition, stored: StoredFiles, variant: str) -> Iterator[StoredFile | QuickPreview]:
    """Lay out the sections that changed since the last build, if there are only a few. Yield files and their pages."""
    frame, sections = _parts(composed)
    last_frame, last = json.loads(stored.get(_name(variant), b'["", []]'))
    if last_frame != frame or len(last) != len(sections):
        return
    changed = [index for index, (key, _) in enumerate(sections) if key != last[index][0]]
    if not 0 < len(changed) <= MAX_SECTIONS:
        return
    for index in changed:
        _, start, count = last[index]
        if start and count > 0 and _is_independent(composed, index):
            yield from _preview_section(composed, sections[index][1], start, count, variant)


def _preview_section(
    composed: ComposedEdition, section: str, start: int, count: int, variant: str
) -> Iterator[StoredFile | QuickPreview]:
    """Lay out one section as in the edition: starting with the same page number, on a recto or verso as there."""
    skipped = 1 - start % 2  # a verso needs a recto before it, which is not shown
    whole, document = _BODY.fullmatch(composed.document.html), composed.document
    assert whole, "the document has no body"
    counting = f"@page :first {{ counter-reset: page {start - skipped} }}"
    blank = '<div style="break-after: page"></div>' if skipped else ""
    html = f"{whole[1]}{blank}{section}{whole[3]}"
    alone = replace(document, html=html, styles=(*document.styles, ("quick-preview", counting)))
    layout = pdf.lay_out(alone, composed.resources)
    if len(layout.pages) != skipped + count:
        return
    (file,) = Maker(composed.with_layout(layout)).write([VARIANTS[variant]], layout)
    name = sha256(file.data).hexdigest()[:16]
    yield StoredFile(name, file.data)
    yield QuickPreview({start + index: (name, skipped + index + 1) for index in range(count)})


def _parts(composed: ComposedEdition) -> tuple[str, list[tuple[str, str]]]:
    """Return a digest of everything outside the sections, and each section's HTML with a digest of its inputs."""
    whole = _BODY.fullmatch(composed.document.html)
    if whole is None:  # a template that is only half written
        return "", []
    drawings = composed.drawings()
    frame = _digest(whole[1], whole[3], composed.document.styles, sorted(drawings.artworks.items()))
    sections = [
        (_digest(html, [drawings.charts.get(name) for name in _CHART.findall(html)]), html)
        for html in whole[2].split(END_OF_SECTION)[:-1]
    ]
    return frame, sections


def _is_independent(composed: ComposedEdition, index: int) -> bool:
    sheet = f"styles/pages/{composed.view.sections[index].page}.css"
    return all(_CROSS_REFERENCE not in text for name, text in composed.document.styles if name == sheet)


def _digest(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()


def _name(variant: str) -> str:
    return f"last {variant}"

"""Overlays for the pages: grid, reading order, contrast, ink coverage.

In: the laid-out pages, their tag tree, and the finished file. Out: records of `desk.records`.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np

from report.access.contrast import MeasuredText, join_runs, text_contrasts
from report.design.tokens import Tokens
from report.desk.records import Geometry, TagOutline, TextContrast
from report.engine.boxes import PX, PageRecord
from report.engine.tags.records import Piece, TagNode
from report.engine.tags.types import INLINE
from report.geometry import Frame
from report.inspection.inspect import PageBoxes, TextRun
from report.preflight.plates import Plates
from report.press.printers import Printer

_STEP = 0.25  # points: baselines closer than this count as the same


def geometry(tokens: Tokens, printer: Printer, pages: Sequence[PageRecord]) -> Geometry:
    """Return the page grid. The safe margin is the larger of the design's and the printer's."""
    page = tokens.page
    return Geometry(
        top=float(page.top),
        bottom=float(page.bottom),
        inside=float(page.inside),
        outside=float(page.outside),
        leading=float(page.leading),
        columns=page.columns,
        column=page.measure(1),
        gutter=float(page.gutter),
        baseline=_baseline(float(page.top), float(page.leading), float(tokens.values.type["text"]), pages),
        safe=max(float(page.safe), float(printer.values.safe)),
    )


def _baseline(top: float, leading: float, size: float, pages: Sequence[PageRecord]) -> float:
    """Return the position of the first baseline, taken from most lines of body text."""
    steps = Counter(
        round((line.baseline - top) % leading / _STEP)
        for page in pages
        for line in page.lines
        if not line.running and abs(line.size - size) < 0.01 and page.content[1] > 0
    )
    step = steps.most_common(1)[0][0] * _STEP if steps else leading * 0.75
    return top + step


def reading_order(tree: TagNode, count: int) -> list[tuple[TagOutline, ...]]:
    """Return the structure elements of each page in reading order, each with the bounding box of its content."""
    pages: list[list[TagOutline]] = [[] for _ in range(count)]
    for tag, pieces in _elements(tree):
        for page, group in groupby(pieces, key=lambda piece: piece.page):
            pages[page].append(TagOutline(tag, _bounding_box(list(group))))
    return [tuple(page) for page in pages]


def _elements(node: TagNode) -> Iterator[tuple[str, list[Piece]]]:
    """Yield each element with content of its own, together with the pieces of inline elements inside it."""
    own: list[Piece] = []
    for kid in node.kids:
        if isinstance(kid, Piece):
            own.append(kid)
        elif kid.tag in INLINE - {"Note"}:
            own += kid.pieces(without={"Note"})
        else:
            if own:
                yield node.tag, own
                own = []
            yield from _elements(kid)
    if own:
        yield node.tag, own


def _bounding_box(pieces: Sequence[Piece]) -> Frame:
    left = min(piece.box.position_x for piece in pieces)
    top = min(piece.box.position_y for piece in pieces)
    right = max(piece.box.position_x + piece.box.margin_width() for piece in pieces)
    bottom = max(piece.box.position_y + piece.box.margin_height() for piece in pieces)
    return Frame(left * PX, top * PX, (right - left) * PX, (bottom - top) * PX)


def contrasts(data: bytes, runs: Sequence[TextRun], boxes: Sequence[PageBoxes]) -> dict[int, tuple[TextContrast, ...]]:
    """Return the contrast of all text by page. Text drawn character by character is joined."""
    contrasts_by_page: dict[int, tuple[TextContrast, ...]] = {}
    for page, group in groupby(text_contrasts(data, runs), key=lambda each: each.run.page):
        texts = list(group)
        low = join_runs(each for each in texts if each.contrast < each.required - 0.01)
        sufficient = join_runs(each for each in texts if each.contrast >= each.required - 0.01)
        contrasts_by_page[page] = tuple(_contrast(each, boxes[page - 1]) for each in (*low, *sufficient))
    return contrasts_by_page


def _contrast(measured: MeasuredText, page: PageBoxes) -> TextContrast:
    run = measured.run
    left, top = page.trim[0] - page.media[0], page.media[3] - page.trim[3]
    box = Frame(run.x - left, run.y - top, run.width, run.height)
    return TextContrast(box, " ".join(run.text.split())[:80], round(measured.contrast, 2), measured.required)


def ink_picture(plates: Plates) -> bytes:
    """Return the total area coverage of a page as a greyscale PNG at half the plate resolution: 255 is 400 percent."""
    from PIL import Image

    total = (plates.astype(np.uint16).sum(axis=2) // 4).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(total).reduce(2).save(out, "PNG", compress_level=3)
    return out.getvalue()


def pages_by_fact(pages: Sequence[PageRecord]) -> Mapping[str, tuple[int, ...]]:
    """Return the pages on which each fact appears in text."""
    numbers_by_fact: dict[str, list[int]] = {}
    for page in pages:
        for fact in page.facts:
            numbers_by_fact.setdefault(fact, []).append(page.number)
    return {fact: tuple(numbers) for fact, numbers in numbers_by_fact.items()}

"""What can be laid over the pages: the grid, the order of reading, contrast, ink.

In: the laid-out pages, their tag tree, the finished file. Out: records of `desk.records`.
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

_NEAR = 0.25  # points within which baselines count as one


def geometry(tokens: Tokens, printer: Printer, pages: Sequence[PageRecord]) -> Geometry:
    """Return the grid. The safe area is the wider of the design's and the printer's."""
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
    """Return where the first baseline is, as most lines of running text have it."""
    steps = Counter(
        round((line.baseline - top) % leading / _NEAR)
        for page in pages
        for line in page.lines
        if not line.running and abs(line.size - size) < 0.01 and page.content[1] > 0
    )
    step = steps.most_common(1)[0][0] * _NEAR if steps else leading * 0.75
    return top + step


def reading_order(tree: TagNode, count: int) -> list[tuple[TagOutline, ...]]:
    """Return for each page its elements in the order in which they are read, each with the box of what is in it."""
    pages: list[list[TagOutline]] = [[] for _ in range(count)]
    for tag, pieces in _elements(tree):
        for page, group in groupby(pieces, key=lambda piece: piece.page):
            pages[page].append(TagOutline(tag, _around(list(group))))
    return [tuple(page) for page in pages]


def _elements(node: TagNode) -> Iterator[tuple[str, list[Piece]]]:
    """Yield each element that holds pieces itself, with those of the words inside its lines."""
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


def _around(pieces: Sequence[Piece]) -> Frame:
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
    """Return the total ink of a page's plates as a grey picture of half their size: 255 is 400 percent."""
    from PIL import Image

    total = (plates.astype(np.uint16).sum(axis=2) // 4).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(total).reduce(2).save(out, "PNG", compress_level=3)
    return out.getvalue()


def pages_by_fact(pages: Sequence[PageRecord]) -> Mapping[str, tuple[int, ...]]:
    """Return the pages on which each fact stands in text."""
    found: dict[str, list[int]] = {}
    for page in pages:
        for fact in page.facts:
            found.setdefault(fact, []).append(page.number)
    return {fact: tuple(numbers) for fact, numbers in found.items()}

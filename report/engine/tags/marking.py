"""While pages are drawn: what is read aloud becomes marked content, everything else an artifact.

In: the pieces of the tag tree, as the engine draws them. Out: each piece knows its marked content; text that glyphs
alone would tell wrongly (a hyphen at a line's end, shared glyphs) says itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pydyf

from report.engine.tags import adapter
from report.engine.tags.records import Piece, TagNode
from report.engine.tags.writing import write_tree

SOFT_HYPHEN = "\N{SOFT HYPHEN}"
# Letters that fonts draw with one glyph: a reader gets the plain one.
_SHARED = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{HYPHEN}": "-", "\N{NON-BREAKING HYPHEN}": "-"})
_LAST_GLYPH = re.compile(rb"(.*[<0-9a-f])([0-9a-f]{4})(?:>-?[\d.]*<?)*\] ?TJ")


class ContentMarker:
    """Listens while a document is written (see `adapter.WritingListener`)."""

    def __init__(self, tree: TagNode) -> None:
        self.tree = tree

    @contextmanager
    def marked(self, stream: Any, box: Any, tag: str) -> Iterator[None]:
        """Stand around the drawing of a box. A box that the plan never saw is an error: its text would be lost."""
        piece: Piece | None = box.piece
        if piece is None:
            kind = "/Pagination" if box.running else "/Layout"
            adapter.begin(stream, "Artifact", pydyf.Dictionary({"Type": kind}))
            yield
        else:
            assert piece.mcid is None, f"drawn twice: {piece.text!r}"
            piece.mcid = stream.mcids = getattr(stream, "mcids", -1) + 1
            piece.stream = stream
            properties = pydyf.Dictionary({"MCID": piece.mcid})
            adapter.begin(stream, tag, properties)
            start = len(stream.stream)
            yield
            if piece.is_text:
                _mend(stream, piece, start, properties)
        adapter.end(stream)

    def spaces(self, box: Any) -> tuple[bool, bool, bool]:
        """Tell which spaces are to be drawn around a text, and whether the text itself is."""
        piece: Piece | None = getattr(box, "piece", None)
        if piece is None:
            return (False, False, True)
        says = bool(piece.text.strip())
        return (piece.before, piece.after and not (says and adapter.keeps_space(box)), says)

    def plain(self, text: str) -> str:
        """Return what a glyph stands for."""
        return text.translate(_SHARED)

    def finish(self, pdf: Any, document: Any, page_streams: list[Any]) -> None:
        """Write the tree."""
        write_tree(self.tree, pdf, document, page_streams)


def _mend(stream: Any, piece: Piece, start: int, properties: Any) -> None:
    """A line's hyphen is a soft one; a line whose glyphs do not tell its text says it itself (ISO 32000-1, 14.9.4)."""
    drawn = adapter.decoded(stream, start).translate(_SHARED)
    wanted = piece.spoken.translate(_SHARED).replace(SOFT_HYPHEN, "")
    hyphen = piece.hyphen.translate(_SHARED)
    if hyphen and drawn.endswith(hyphen):
        _soften(stream, start)
        drawn = drawn.removesuffix(hyphen)
    if drawn != wanted:
        properties["ActualText"] = pydyf.String(wanted + SOFT_HYPHEN * bool(piece.hyphen))


def _soften(stream: Any, start: int) -> None:
    """Give the last glyph, a hyphen that hyphenation put there, the text of a soft hyphen (ISO 32000-1, 14.8.2.2.3)."""
    index = max(i for i in range(start, len(stream.stream)) if bytes(stream.stream[i]).endswith(b"TJ"))
    match = _LAST_GLYPH.fullmatch(stream.stream[index])
    assert match, stream.stream[index]
    head, glyph = match.groups()
    said = pydyf.Dictionary({"ActualText": pydyf.String(SOFT_HYPHEN)})
    stream.stream[index : index + 1] = [head + b">] TJ", b"/Span", said, b"BDC", b"[<" + glyph + b">] TJ", b"EMC"]

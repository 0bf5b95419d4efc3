"""Marked content: while pages are drawn, pieces of the tag tree are marked and everything else becomes an artifact.

In: the pieces of the tag tree, as the engine draws them. Out: each piece with the id of its marked content; text that
differs from its glyphs (a hyphen at a line end, shared glyphs) gets an /ActualText.
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
# Characters for which fonts may share one glyph: readers get the plain character.
_SHARED = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{HYPHEN}": "-", "\N{NON-BREAKING HYPHEN}": "-"})
_LAST_GLYPH = re.compile(rb"(.*[<0-9a-f])([0-9a-f]{4})(?:>-?[\d.]*<?)*\] ?TJ")


class ContentMarker:
    """Marks content while a document is written (see `adapter.WritingListener`)."""

    def __init__(self, tree: TagNode) -> None:
        self.tree = tree

    @contextmanager
    def marked(self, stream: Any, box: Any, tag: str) -> Iterator[None]:
        """Wrap the drawing of a box. Raises AttributeError for a box without `piece`: its text would be lost."""
        piece: Piece | None = box.piece
        if piece is None:
            kind = "/Pagination" if box.running else "/Layout"
            adapter.begin_marked_content(stream, "Artifact", pydyf.Dictionary({"Type": kind}))
            yield
        else:
            assert piece.mcid is None, f"drawn twice: {piece.text!r}"
            piece.mcid = stream.mcids = getattr(stream, "mcids", -1) + 1
            piece.stream = stream
            properties = pydyf.Dictionary({"MCID": piece.mcid})
            adapter.begin_marked_content(stream, tag, properties)
            start = len(stream.stream)
            yield
            if piece.is_text:
                _correct_text(stream, piece, start, properties)
        adapter.end_marked_content(stream)

    def spaces(self, box: Any) -> tuple[bool, bool, bool]:
        """Return whether to draw a space before a text, a space after it, and the text itself."""
        piece: Piece | None = getattr(box, "piece", None)
        if piece is None:
            return (False, False, True)
        has_text = bool(piece.text.strip())
        return (piece.before, piece.after and not (has_text and adapter.keeps_space(box)), has_text)

    def plain_text(self, text: str) -> str:
        """Return the plain form of a glyph's text."""
        return text.translate(_SHARED)

    def finish(self, pdf: Any, document: Any, page_streams: list[Any]) -> None:
        """Write the tag tree."""
        write_tree(self.tree, pdf, document, page_streams)


def _correct_text(stream: Any, piece: Piece, start: int, properties: Any) -> None:
    """Make a line-end hyphen soft. Text that differs from its glyphs gets an /ActualText (ISO 32000-1, 14.9.4)."""
    extracted = adapter.extracted_text(stream, start).translate(_SHARED)
    expected = piece.spoken.translate(_SHARED).replace(SOFT_HYPHEN, "")
    hyphen = piece.hyphen.translate(_SHARED)
    if hyphen and extracted.endswith(hyphen):
        _soften(stream, start)
        extracted = extracted.removesuffix(hyphen)
    if extracted != expected:
        properties["ActualText"] = pydyf.String(expected + SOFT_HYPHEN * bool(piece.hyphen))


def _soften(stream: Any, start: int) -> None:
    """Give the last glyph, a hyphen added by hyphenation, the text of a soft hyphen (ISO 32000-1, 14.8.2.2.3)."""
    index = max(i for i in range(start, len(stream.stream)) if bytes(stream.stream[i]).endswith(b"TJ"))
    match = _LAST_GLYPH.fullmatch(stream.stream[index])
    assert match, stream.stream[index]
    head, glyph = match.groups()
    soft = pydyf.Dictionary({"ActualText": pydyf.String(SOFT_HYPHEN)})
    stream.stream[index : index + 1] = [head + b">] TJ", b"/Span", soft, b"BDC", b"[<" + glyph + b">] TJ", b"EMC"]

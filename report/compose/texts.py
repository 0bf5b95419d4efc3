"""The text of the document by source line: what the pages must show.

In: the composed HTML. Out: for each `data-src`, the text directly below it.
"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

END_OF_SECTION = "<!-- end of section -->"  # written by layouts/report.html.j2 after each section
_SECTION = re.compile(r'<section\b[^>]*\bdata-component="([^"]*)" data-src="([^"]*)"')
_CHART = re.compile(r'data-chart="([^"]*)"')
_VOID = frozenset({"br", "img", "meta", "link", "hr", "col", "wbr"})
_NOT_SHOWN = frozenset({"head", "title", "style", "script"})


def texts_by_source(html: str) -> dict[str, str]:
    """Return the text of each source line of the document, in order."""
    reader = _SourceTextReader()
    reader.feed(html)
    texts = {src: " ".join("".join(pieces).split()) for src, pieces in reader.texts.items()}
    return {src: text for src, text in texts.items() if text}


class SectionOutline(NamedTuple):
    """A section of the document: its page type, its source, and the ids of its charts."""

    page: str
    src: str
    charts: frozenset[str]


def section_outlines(html: str) -> tuple[SectionOutline, ...]:
    """Return the sections of the document in order."""
    heads = (_SECTION.search(part) for part in html.split(END_OF_SECTION)[:-1])
    parts = zip(heads, html.split(END_OF_SECTION), strict=False)
    return tuple(
        SectionOutline(head[1], unescape(head[2]), frozenset(_CHART.findall(part))) for head, part in parts if head
    )


class _SourceTextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: dict[str, list[str]] = {}
        self.stack: list[tuple[str, str, bool]] = [("", "", False)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            _, src, hidden = self.stack[-1]
            self.stack.append((tag, dict(attrs).get("data-src") or src, hidden or tag in _NOT_SHOWN))

    def handle_endtag(self, tag: str) -> None:
        while len(self.stack) > 1 and tag in {name for name, _, _ in self.stack}:
            if self.stack.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        _, src, hidden = self.stack[-1]
        if not hidden:
            self.texts.setdefault(src, []).append(data)

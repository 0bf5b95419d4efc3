"""The text of the document by source line: what the pages must show.

In: the composed HTML. Out: for each `data-src`, the text directly below it.
"""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = frozenset({"br", "img", "meta", "link", "hr", "col", "wbr"})
_NOT_SHOWN = frozenset({"head", "title", "style", "script"})


def texts_by_source(html: str) -> dict[str, str]:
    """Return the text of each source line of the document, in order."""
    reader = _SourceTextReader()
    reader.feed(html)
    texts = {src: " ".join("".join(pieces).split()) for src, pieces in reader.texts.items()}
    return {src: text for src, text in texts.items() if text}


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

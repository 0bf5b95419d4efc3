"""What the document says, by source line: the text that must reach the pages.

In: the composed HTML. Out: for each `data-src`, the text that stands directly under it, without white space.
"""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = frozenset({"br", "img", "meta", "link", "hr", "col", "wbr"})
_SILENT = frozenset({"head", "title", "style", "script"})


def texts_by_source(html: str) -> dict[str, str]:
    """Return the letters of each source line of the document, in order."""
    reader = _SourceTextReader()
    reader.feed(html)
    return {src: "".join(pieces) for src, pieces in reader.texts.items()}


class _SourceTextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: dict[str, list[str]] = {}
        self.around: list[tuple[str, str, bool]] = [("", "", False)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            _, src, silent = self.around[-1]
            self.around.append((tag, dict(attrs).get("data-src") or src, silent or tag in _SILENT))

    def handle_endtag(self, tag: str) -> None:
        while len(self.around) > 1 and tag in {name for name, _, _ in self.around}:
            if self.around.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        _, src, silent = self.around[-1]
        if not silent and (letters := "".join(data.split())):
            self.texts.setdefault(src, []).append(letters)

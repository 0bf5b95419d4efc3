"""A YAML text changed at a few places, with every comment, fold and blank line left as it is.

In: a sound YAML text. Out: the text with values replaced and entries added.
"""

from __future__ import annotations

import json

from report.edition.yamldoc import KeyPath, spans


class TextEdits:
    """Collects changes of one text; places are those of the text as it was."""

    def __init__(self, text: str) -> None:
        self.text, self.spans = text, spans(text)
        self._changes: list[tuple[int, int, str]] = []

    def value(self, *path: str | int) -> str:
        """Return a value as it is written."""
        span = self.spans[path]
        return self.text[span.start : span.end]

    def replace(self, path: KeyPath, written: str) -> None:
        """Write another value, beside its key."""
        span = self.spans[path]
        line_end = self.text.find("\n", span.key, span.start)
        if line_end < 0:
            self._changes.append((span.start, span.end, written))
            return
        colon = self.text.index(":", span.key) + 1
        self._changes += [(colon, colon, f" {written}"), (line_end, span.end, "")]

    def add_first(self, path: KeyPath, written: str) -> None:
        """Add an entry before the first one of a mapping or list."""
        first = next(each for each in self.spans if len(each) == len(path) + 1 and each[:-1] == path)
        at = self.spans[first].key
        self._changes.append((at, at, f"{written}{self._parting(first)}"))

    def add_after(self, path: KeyPath, written: str) -> None:
        """Add an entry after another, below its line and the comment there."""
        span = self.spans[path]
        if span.flow:
            self._changes.append((span.end, span.end, f", {written}"))
            return
        end = self.text.find("\n", span.end)
        end = len(self.text) if end < 0 else end
        self._changes.append((end, end, f"{self._parting(path)}{written}"))

    def _parting(self, path: KeyPath) -> str:
        """What stands between two entries: a comma, or a line end and the indentation (and the dash of a list)."""
        span = self.spans[path]
        if span.flow:
            return ", "
        start = self.text.rfind("\n", 0, span.key) + 1
        lead = self.text[start : span.key]
        return f"\n{lead if isinstance(path[-1], int) else ' ' * len(lead)}"

    def done(self) -> str:
        """Return the changed text."""
        text = self.text
        for start, end, written in sorted(self._changes, reverse=True):
            text = text[:start] + written + text[end:]
        return text


def quoted(text: str) -> str:
    """Return a text in double quotes, so that it is text whatever it looks like."""
    return json.dumps(text, ensure_ascii=False)

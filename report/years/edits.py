"""Edits a YAML text in place: comments, folds and blank lines are kept.

In: a valid YAML text. Out: the text with values replaced and entries added.
"""

from __future__ import annotations

import json

from report.edition.yamldoc import KeyPath, spans


class TextEdits:
    """Collects changes to one text. All paths and offsets refer to the original text."""

    def __init__(self, text: str) -> None:
        self.text, self.spans = text, spans(text)
        self._changes: list[tuple[int, int, str]] = []

    def value(self, *path: str | int) -> str:
        """Return a value as written in the text."""
        span = self.spans[path]
        return self.text[span.start : span.end]

    def replace(self, path: KeyPath, written: str) -> None:
        """Replace a value. The new one is written on the line of its key."""
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
        offset = self.spans[first].key
        self._changes.append((offset, offset, f"{written}{self._separator(first)}"))

    def add_after(self, path: KeyPath, written: str) -> None:
        """Add an entry after another one, below its last line and any comment on that line."""
        span = self.spans[path]
        if span.flow:
            self._changes.append((span.end, span.end, f", {written}"))
            return
        end = self.text.find("\n", span.end)
        end = len(self.text) if end < 0 else end
        self._changes.append((end, end, f"{self._separator(path)}{written}"))

    def _separator(self, path: KeyPath) -> str:
        """Return the text between two entries: a comma, or a line end with the indentation (and the dash of a list)."""
        span = self.spans[path]
        if span.flow:
            return ", "
        start = self.text.rfind("\n", 0, span.key) + 1
        lead = self.text[start : span.key]
        return f"\n{lead if isinstance(path[-1], int) else ' ' * len(lead)}"

    def result(self) -> str:
        """Return the text with all changes applied."""
        text = self.text
        for start, end, written in sorted(self._changes, reverse=True):
            text = text[:start] + written + text[end:]
        return text


def quoted(text: str) -> str:
    """Return a text in double quotes, so that YAML never reads it as a number, a date or a boolean."""
    return json.dumps(text, ensure_ascii=False)

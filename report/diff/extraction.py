"""Extract the words of a page with their positions and styles, in content stream order.

In: a pypdfium2 page and its `VisiblePage`. Out: `records.Word`s. Words outside the bleed, such as the slug line, are
left out.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as raw

from report.diff.colours import hex_colour
from report.diff.records import Style, Word
from report.diff.sheet import VisiblePage
from report.geometry import Rect

MAX_WORDS = 20_000  # per page; the rest is compared as a picture only
_MAX_CHARACTERS = 400_000
_LINE_END_HYPHEN = "\x02"  # PDFium's character for a hyphen at the end of a line
_SOFT_HYPHEN = "\xad"
_UNSTYLED = Style("", 0.0, "")
_NOWHERE = Rect(-1e6, -1e6, -1e6, -1e6)


def words_of(page: Any, sheet: VisiblePage, styled: bool = True) -> tuple[Word, ...]:
    """Return the words of a page. `styled`: read fonts, sizes and colours too, which takes half of the time."""
    textpage = page.get_textpage()
    characters, style = _Characters(textpage, sheet), _UNSTYLED
    words: list[Word] = []
    line = 0
    for first, text in _raw_words(textpage):
        box = characters.box(first, _length_before_break(text))
        if not _inside(box, sheet):
            continue
        if words and (words[-1].hyphenated or _is_new_line(words[-1].box, box)):
            line += 1
        style = characters.style(first) if styled else style
        visible = text.replace(_LINE_END_HYPHEN, "-").replace(_SOFT_HYPHEN, "")
        words.append(Word(visible, box, style, line, _LINE_END_HYPHEN in text))
        if len(words) > MAX_WORDS:
            break
    return tuple(words)


def _raw_words(textpage: Any) -> Iterator[tuple[int, str]]:
    """Yield each run of characters between spaces: the index of its first character, and its text."""
    start, text = 0, ""
    count = min(raw.FPDFText_CountChars(textpage), _MAX_CHARACTERS)
    for index in range(count):
        code = raw.FPDFText_GetUnicode(textpage, index)
        character = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\N{REPLACEMENT CHARACTER}"
        hyphen = character in (_LINE_END_HYPHEN, _SOFT_HYPHEN)
        if character.isspace() or (not character.isprintable() and not hyphen):
            if text:
                yield start, text
            text = ""
            continue
        start = start if text else index
        text += character
    if text:
        yield start, text


def _length_before_break(text: str) -> int:
    """Return how many characters of a word are on its first line."""
    return text.find(_LINE_END_HYPHEN) if text.find(_LINE_END_HYPHEN) > 0 else len(text)


def _inside(box: Rect, sheet: VisiblePage) -> bool:
    left, top, right, bottom = sheet.margins
    width, height = sheet.trim[2] - sheet.trim[0], sheet.trim[3] - sheet.trim[1]
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return -left <= x <= width + right and -top <= y <= height + bottom


def _is_new_line(before: Rect, box: Rect) -> bool:
    """Return whether a word is on another line than the previous one: lower, higher, or further left."""
    shared = min(before[3], box[3]) - max(before[1], box[1])
    lower_height = min(before[3] - before[1], box[3] - box[1])
    return shared < min(lower_height * 0.4, 2.0) or box[0] < before[0]


class _Characters:
    """Reads character data from PDFium into buffers that are allocated once: a file has tens of thousands of them."""

    def __init__(self, textpage: Any, sheet: VisiblePage) -> None:
        self.textpage, self.sheet = textpage, sheet
        self.edges = tuple(ctypes.c_double() for _ in range(4))
        self.inks = tuple(ctypes.c_uint() for _ in range(4))
        self.name, self.flags, self.matrix = ctypes.create_string_buffer(128), ctypes.c_int(), raw.FS_MATRIX()
        self.styles: dict[tuple[bytes, float, tuple[int, ...]], Style] = {}

    def box(self, first: int, count: int) -> Rect:
        """Return the bounding box of some characters. A character without ink counts as a point at its origin."""
        left, right, bottom, top = self.edges
        x0 = y0 = math.inf
        x1 = y1 = -math.inf
        for index in range(first, first + count):
            if not raw.FPDFText_GetCharBox(self.textpage, index, left, right, bottom, top):
                raw.FPDFText_GetCharOrigin(self.textpage, index, left, bottom)
                right.value, top.value = left.value, bottom.value
            x0, y0 = min(x0, left.value), min(y0, bottom.value)
            x1, y1 = max(x1, right.value), max(y1, top.value)
        if not math.isfinite(x0 + y0 + x1 + y1):
            return _NOWHERE
        return self.sheet.from_trim((x0, y0, x1, y1)).rounded(2)

    def style(self, index: int) -> Style:
        """Return the style of a character."""
        raw.FPDFText_GetFillColor(self.textpage, index, *self.inks)
        has_matrix = raw.FPDFText_GetMatrix(self.textpage, index, self.matrix)
        size = raw.FPDFText_GetFontSize(self.textpage, index)
        size *= math.hypot(self.matrix.c, self.matrix.d) if has_matrix else 1.0
        self.name.value = b""
        raw.FPDFText_GetFontInfo(self.textpage, index, self.name, len(self.name) - 1, self.flags)
        red, green, blue, _ = (ink.value for ink in self.inks)
        key = (self.name.value, round(size, 1) if math.isfinite(size) else 0.0, (red, green, blue))
        if key not in self.styles:
            self.styles[key] = Style(font_name(key[0].decode("utf-8", "replace")), key[1], hex_colour(red, green, blue))
        return self.styles[key]


def font_name(name: str) -> str:
    """Return a font name without its subset prefix (ISO 32000-1, 9.6.4)."""
    prefix, plus, rest = name.partition("+")
    name = rest if plus and len(prefix) == 6 else name
    return "".join(character for character in name if character.isprintable()).rstrip(", ") or "unnamed"

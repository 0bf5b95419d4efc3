"""The words of a page: what they are, where they stand, how they are set, in the order in which the file draws them.

In: a page of pypdfium2 and its sheet. Out: `records.Word`s. Words outside the bleed, such as a printer's slug, are no
part of the page.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as raw

from report.diff.colours import hexed
from report.diff.records import Style, Word
from report.diff.sheet import VisiblePage
from report.geometry import Rect

MOST_WORDS = 20_000  # of a page; of more than that, the rest is compared as a picture only
_MOST_LETTERS = 400_000
_LINE_END_HYPHEN = "\x02"  # what pdfium gives for the hyphen of a word that goes on in the next line
_SOFT = "\xad"
_UNSTYLED = Style("", 0.0, "")
_NOWHERE = Rect(-1e6, -1e6, -1e6, -1e6)


def words_of(page: Any, sheet: VisiblePage, styled: bool = True) -> tuple[Word, ...]:
    """Return the words of a page. `styled`: with fonts, sizes and colours, which takes half of the time."""
    textpage = page.get_textpage()
    letters, style = _Letters(textpage, sheet), _UNSTYLED
    words: list[Word] = []
    line = 0
    for first, text in _pieces(textpage):
        box = letters.box(first, _until_break(text))
        if not _inside(box, sheet):
            continue
        if words and (words[-1].broken or _new_line(words[-1].box, box)):
            line += 1
        style = letters.style(first) if styled else style
        shown = text.replace(_LINE_END_HYPHEN, "-").replace(_SOFT, "")
        words.append(Word(shown, box, style, line, _LINE_END_HYPHEN in text))
        if len(words) > MOST_WORDS:
            break
    return tuple(words)


def _pieces(textpage: Any) -> Iterator[tuple[int, str]]:
    """Yield what stands between spaces: the index of its first letter, and its letters."""
    start, letters = 0, ""
    count = min(raw.FPDFText_CountChars(textpage), _MOST_LETTERS)
    for index in range(count):
        code = raw.FPDFText_GetUnicode(textpage, index)
        letter = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\N{REPLACEMENT CHARACTER}"
        if letter.isspace() or (not letter.isprintable() and letter not in (_LINE_END_HYPHEN, _SOFT)):
            if letters:
                yield start, letters
            letters = ""
            continue
        start = start if letters else index
        letters += letter
    if letters:
        yield start, letters


def _until_break(text: str) -> int:
    """Return how many letters of a word stand in its first line."""
    return text.find(_LINE_END_HYPHEN) if text.find(_LINE_END_HYPHEN) > 0 else len(text)


def _inside(box: Rect, sheet: VisiblePage) -> bool:
    left, top, right, bottom = sheet.margins
    width, height = sheet.trim[2] - sheet.trim[0], sheet.trim[3] - sheet.trim[1]
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return -left <= x <= width + right and -top <= y <= height + bottom


def _new_line(before: Rect, box: Rect) -> bool:
    """Tell whether a word stands in another line than the one before it: lower, higher, or further left."""
    shared = min(before[3], box[3]) - max(before[1], box[1])
    least = min(before[3] - before[1], box[3] - box[1])
    return shared < min(least * 0.4, 2.0) or box[0] < before[0]


class _Letters:
    """Asks pdfium about letters, with room for its answers made once: there are tens of thousands of questions."""

    def __init__(self, textpage: Any, sheet: VisiblePage) -> None:
        self.textpage, self.sheet = textpage, sheet
        self.edges = tuple(ctypes.c_double() for _ in range(4))
        self.inks = tuple(ctypes.c_uint() for _ in range(4))
        self.name, self.flags, self.matrix = ctypes.create_string_buffer(128), ctypes.c_int(), raw.FS_MATRIX()
        self.styles: dict[tuple[bytes, float, tuple[int, ...]], Style] = {}

    def box(self, first: int, count: int) -> Rect:
        """Return the frame of some letters; that of a letter without ink is the point where it stands."""
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
        return self.sheet.placed((x0, y0, x1, y1)).rounded(2)

    def style(self, index: int) -> Style:
        """Return how a letter is set."""
        raw.FPDFText_GetFillColor(self.textpage, index, *self.inks)
        turned = raw.FPDFText_GetMatrix(self.textpage, index, self.matrix)
        size = raw.FPDFText_GetFontSize(self.textpage, index)
        size *= math.hypot(self.matrix.c, self.matrix.d) if turned else 1.0
        self.name.value = b""
        raw.FPDFText_GetFontInfo(self.textpage, index, self.name, len(self.name) - 1, self.flags)
        red, green, blue, _ = (ink.value for ink in self.inks)
        key = (self.name.value, round(size, 1) if math.isfinite(size) else 0.0, (red, green, blue))
        if key not in self.styles:
            self.styles[key] = Style(font_name(key[0].decode("utf-8", "replace")), key[1], hexed(red, green, blue))
        return self.styles[key]


def font_name(name: str) -> str:
    """Return the name of a font without the prefix of a subset (ISO 32000-1, 9.6.4)."""
    prefix, plus, rest = name.partition("+")
    name = rest if plus and len(prefix) == 6 else name
    return "".join(letter for letter in name if letter.isprintable()).rstrip(", ") or "unnamed"

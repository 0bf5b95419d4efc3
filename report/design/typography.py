"""Balanced line breaks for display text, which the engine's CSS does not offer; sizes of quotations.

In: a text or HTML, a font face, a size and a width in points. Out: as few lines as fit, as even as possible, none that
ends on a small word, no single short word on the last; and HTML with no-break spaces and en dashes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from html import escape, unescape
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont

from report.edition.formats import NBSP

# Words that belong to the next word: no line should end on them.
_SMALL_WORDS = frozenset(
    re.findall(r"\S+", "a an and as at but by for from in into of on or over than that the to under with & de la y")
)

_SMALL_WORD_COST, _LAST_WORD_COST = 0.25, 0.5
_SHORT = 1 / 3  # of the measure: a longer word may be alone on the last line
# A word of HTML: characters and whole elements without a space between them.
_PIECE = re.compile(r"(?:<(\w+)[^>]*>[^<]*</\1>|[^ \n<])+")
_TAG = re.compile(r"<[^>]*>")
_BETWEEN_TAGS = re.compile(r"(?<=>)[^<]+")
_RANGE = re.compile(r"(?<![\w/.-])(K|\d{1,4})-(\d{1,2})(?![\w/-]|\.\w)")
SOFT_HYPHEN = "\N{SOFT HYPHEN}"
_SOFT_WORD = re.compile(rf"\w*(?:{SOFT_HYPHEN}\w*)+")
_NAMED = re.compile(
    r"(?:\d|\b[^\W\d_a-zß-öø-ÿ]{2,})\s+\Z"
)  # before a number that is part of a name: EN 13-1, 0731 12-13
_LAST_WORD = re.compile(r" ([^\s<>]{1,13}(?:</[a-z]+>\s*)*)\Z")


class QuoteSetting(NamedTuple):
    """A setting of quotations: its CSS class, its maximum line length and number of lines, its size and leading."""

    name: str
    longest: int
    lines: int
    size: str
    leading: float


# The first that fits is used: the shorter the quotation, the larger its size.
_SETTINGS = (
    QuoteSetting("monument", 14, 4, "monument", 88),
    QuoteSetting("grand", 18, 3, "speech", 76),
    QuoteSetting("short", 21, 6, "display", 60),
    QuoteSetting("medium", 29, 7, "quote", 50),
    QuoteSetting("long", 99, 99, "title", 42),
)


@lru_cache(maxsize=16)
def _advances(path: Path) -> tuple[dict[int, float], float]:
    with TTFont(path, lazy=True) as font:
        units, metrics = font["head"].unitsPerEm, font["hmtx"]
        return {code: metrics[glyph][0] / units for code, glyph in font.getBestCmap().items()}, 0.6


def text_width(text: str, path: Path, size: float) -> float:
    """Return the width of a text in points, without kerning."""
    advances, unknown = _advances(path)
    return sum(advances.get(ord(letter), unknown) for letter in text) * size


def balance_lines(text: str, path: Path, size: float, width: float) -> list[str]:
    """Return the text in balanced lines. A word wider than `width` gets a line of its own."""
    words = text.split(" ")
    for count in range(1, len(words) + 1):
        if (best := _best(tuple(words), count, path, size, width)) is not None:
            return best
    return words


def _best(words: tuple[str, ...], count: int, path: Path, size: float, width: float) -> list[str] | None:
    """Return the best way to set the words in exactly `count` lines, or None if they do not fit."""

    gap = text_width(" ", path, size)
    before = [0.0, *accumulate(text_width(word, path, size) + gap for word in words)]  # the width up to each word

    @cache
    def solve(start: int, left: int) -> tuple[float, tuple[str, ...]] | None:
        cheapest: tuple[float, tuple[str, ...]] | None = None
        for end in range(start + 1, len(words) - left + 2):
            measure = before[end] - before[start] - gap
            if (measure > width and end > start + 1) or (left == 1) != (end == len(words)):
                continue
            rest = (0.0, ()) if left == 1 else solve(end, left - 1)
            if rest is None:
                continue
            cost = _cost(words[start:end], measure / width, last=left == 1) + rest[0]
            if cheapest is None or cost < cheapest[0]:
                cheapest = (cost, (" ".join(words[start:end]), *rest[1]))
        return cheapest

    solution = solve(0, count)
    return list(solution[1]) if solution else None


def _cost(line: tuple[str, ...], filled: float, last: bool) -> float:
    cost = (1 - filled) ** 2
    if not last and line[-1].lower() in _SMALL_WORDS:
        cost += _SMALL_WORD_COST
    if last and len(line) == 1 and filled < _SHORT:
        cost += _LAST_WORD_COST
    return cost


def no_lonely_word(html: str) -> str:
    """Join the last two words of a text or an HTML paragraph, so that no word is alone on the last line."""
    return _LAST_WORD.sub(rf"{NBSP}\1", html)


def balance_html(html: str, path: Path, size: float, width: float) -> list[str]:
    """Return HTML in balanced lines. No element is broken; HTML with nested elements stays one line."""
    pieces = [match[0] for match in _PIECE.finditer(html)]
    if html and sum(map(len, pieces)) + len(pieces) - 1 < len(html):
        return [html]
    texts = [unescape(_TAG.sub("", piece)).replace(" ", NBSP) for piece in pieces]
    lines, start = [], 0
    for line in balance_lines(" ".join(texts), path, size, width) if texts else []:
        end = start + line.count(" ") + 1
        lines.append(" ".join(pieces[start:end]))
        start = end
    return lines


def en_dashes(html: str, names: Collection[str] = ()) -> str:
    """Return HTML with en dashes in ranges: years (2023-24), grades (K-5), numbers that rise (6-12).

    Tags, addresses, telephone numbers, standards (EN 805-1) and `names` with a range in them stay unchanged.
    """
    kept = [
        re.escape(escape(name, quote=False)) for name in names if _RANGE.search(name) and not _RANGE.fullmatch(name)
    ]
    pattern = re.compile("|".join([*sorted(kept, key=len, reverse=True), _RANGE.pattern]))

    def dashed(match: re.Match[str]) -> str:
        is_range = match[1] and _is_range(match[1], match[2], match.string[: match.start()])
        return f'<span class="range">{match[1]}–{match[2]}</span>' if is_range else match[0]

    return _BETWEEN_TAGS.sub(lambda text: pattern.sub(dashed, text[0]), html)


def _is_range(first: str, last: str, before: str) -> bool:
    """Return whether two numbers around a hyphen are the ends of a range."""
    if first == "K":
        return True
    if len(first) == 4:  # 2023-24 and 1999-00, not 0731-12
        return first[:2] in {"19", "20"} and len(last) == 2 and (last == "00" or int(last) > int(first[2:]))
    rises = len(first) < 3 and not first.startswith("0") and int(first) < int(last)
    return rises and not _NAMED.search(before)


def hyphenated_words(html: str) -> str:
    """Return HTML in which words with soft hyphens have a class of their own: they are set without ligatures.

    No ligature belongs over the joint of a compound, and the engine gives one around a soft hyphen no text at all.
    """
    if SOFT_HYPHEN not in html:
        return html
    return _BETWEEN_TAGS.sub(lambda text: _SOFT_WORD.sub(r'<span class="hyphenated">\g<0></span>', text[0]), html)


def expand_abbreviations(html: str, abbreviations: Mapping[str, str]) -> str:
    """Return HTML in which the first use of each abbreviation is an <abbr> with its meaning (ISO 32000-1, 14.9.5)."""
    if not abbreviations:
        return html
    left = dict(abbreviations)
    longest_first = sorted(map(re.escape, left), key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])({'|'.join(longest_first)})(?![\w-])")

    def expand(match: re.Match[str]) -> str:
        meaning = left.pop(match[1], None)
        return f'<abbr title="{escape(meaning)}">{match[1]}</abbr>' if meaning else match[1]

    return _BETWEEN_TAGS.sub(lambda text: pattern.sub(expand, text[0]), html)


def quote_setting(lines: Sequence[str]) -> QuoteSetting:
    """Return the setting of a quotation of these lines."""
    longest = max(map(len, lines))
    return next(each for each in _SETTINGS if longest <= each.longest and len(lines) <= each.lines)

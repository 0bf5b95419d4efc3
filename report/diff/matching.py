"""Which page became which: also when pages were put in, taken out, or moved.

In: two readings. Out: pairs of pages. Pages are alike by their words, the rare ones counting for more, and by their
pictures; those that are the same at both ends are set aside, and what is between is aligned as a whole (Needleman and
Wunsch 1970, without a price for gaps). What is left over on both sides and much alike has moved.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from report.diff.records import ReadPage

Grid = npt.NDArray[np.float32]

ALIKE, MOVED = 0.4, 0.75  # from here on, one page may have become the other; or was the same in another place
_WORD_SPACE = 512  # words are counted in so many places; two that share one do little harm
_FEW_WORDS = 6  # a page with fewer is judged by its picture above all
_TEXT_SHARE = (0.2, 0.5, 0.75)  # what the words count for, where neither, one or both pages have some
_AT_ONCE = 64  # pages
_MOST_SEARCHED = 1_500  # pages left over on a side among which moved ones are looked for


@dataclass(frozen=True, slots=True)
class PagePair:
    """A page of the old file and the one it became. None: there is none. `moved`: it stands in another order."""

    old: ReadPage | None
    new: ReadPage | None
    moved: bool = False


def match(old: Sequence[ReadPage], new: Sequence[ReadPage]) -> list[PagePair]:
    """Return the pairs in the order of the new pages; pages taken out stand where they were."""
    head, tail = _same_ends(old, new)
    inner_old, inner_new = range(head, len(old) - tail), range(head, len(new) - tail)
    found = {index: index for index in range(head)}
    found |= {len(old) - step: len(new) - step for step in range(1, tail + 1)}
    moved: dict[int, int] = {}
    if len(inner_old) and len(inner_new):
        first, second = _features([old[index] for index in inner_old], [new[index] for index in inner_new])
        aligned = _aligned(first, second)
        found |= {head + before: head + after for before, after in aligned.items()}
        moved = {head + before: head + after for before, after in _moved(first, second, aligned).items()}
    return _in_order(old, new, found, moved)


def likeness(old: ReadPage, new: ReadPage) -> float:
    """Return how much alike two pages are, from nothing 0 to all 1."""
    first, second = _features([old], [new])
    return float(next(_rows(first, second))[0])


def _key(page: ReadPage) -> tuple[str, tuple[str, ...]]:
    return page.trimmed, tuple(word.text for word in page.words)


def _same_ends(old: Sequence[ReadPage], new: Sequence[ReadPage]) -> tuple[int, int]:
    """Return how many pages are the same at the beginning and at the end."""
    least, head, tail = min(len(old), len(new)), 0, 0
    while head < least and _key(old[head]) == _key(new[head]):
        head += 1
    while tail < least - head and _key(old[-1 - tail]) == _key(new[-1 - tail]):
        tail += 1
    return head, tail


@dataclass(frozen=True, slots=True)
class _Features:
    """Pages as rows of numbers of length one, so that the product of two rows says how alike they are."""

    words: Grid
    pictures: Grid
    written: npt.NDArray[np.bool_]
    keys: npt.NDArray[np.int64]


def _features(old: Sequence[ReadPage], new: Sequence[ReadPage]) -> tuple[_Features, _Features]:
    texts = [Counter(_places(page)) for page in (*old, *new)]
    spread = Counter(place for text in texts for place in text)
    rarity = np.array([np.log(1 + len(texts) / (1 + spread[place])) for place in range(_WORD_SPACE)], np.float32)
    both = tuple(_feature(part, texts[start : start + len(part)], rarity)
                 for part, start in ((old, 0), (new, len(old))))  # fmt: skip
    return both[0], both[1]


def _places(page: ReadPage) -> list[int]:
    return [zlib.crc32(word.text.encode("utf-8", "replace")) % _WORD_SPACE for word in page.words]


def _feature(pages: Sequence[ReadPage], texts: Sequence[Counter[int]], rarity: Grid) -> _Features:
    words = np.zeros((len(pages), _WORD_SPACE), np.float32)
    for row, text in enumerate(texts):
        for place, count in text.items():
            words[row, place] = np.sqrt(count) * rarity[place]
    ink = np.array([255.0 - np.frombuffer(page.thumbnail, np.uint8) for page in pages], np.float32)
    written = np.array([len(page.words) >= _FEW_WORDS for page in pages])
    return _Features(_unit(words), _unit(ink), written, np.array([hash(_key(page)) for page in pages], np.int64))


def _unit(rows: Grid) -> Grid:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1, lengths), np.float32)


def _is_empty(rows: Grid) -> npt.NDArray[np.bool_]:
    return np.asarray(rows.max(axis=1, initial=0) == 0)


def _rows(first: _Features, second: _Features) -> Iterator[Grid]:
    """Yield for each page how much alike it is to each of the others, computed many at a time."""
    for start in range(0, len(first.keys), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        words, pictures = first.words[part] @ second.words.T, first.pictures[part] @ second.pictures.T
        words[np.logical_and.outer(_is_empty(first.words[part]), _is_empty(second.words))] = 1.0
        empty = np.logical_and.outer(_is_empty(first.pictures[part]), _is_empty(second.pictures))  # the same nothing
        by_picture = np.where(empty, 1.0, np.maximum(0, pictures * 2 - 1))  # any two pages have some ink in common
        written = first.written[part][:, None].astype(int) + second.written
        share = np.array(_TEXT_SHARE)[written]
        same = np.equal.outer(first.keys[part], second.keys)
        yield from np.asarray(np.where(same, 1.0, share * words + (1 - share) * by_picture), np.float32)


def _aligned(first: _Features, second: _Features) -> dict[int, int]:
    """Return the pairs of the alignment that is best on the whole, row by row: its cost is that of one product."""
    rows, columns = len(first.keys), len(second.keys)
    best = np.zeros(columns + 1, np.float32)
    taken = np.zeros((rows, columns), bool)
    above = np.zeros((rows, columns), bool)
    for row, alike in enumerate(_rows(first, second)):
        alike[alike < ALIKE] = -1.0
        paired = best[:-1] + alike
        either = np.maximum(paired, best[1:])
        reached = np.maximum.accumulate(np.concatenate(([best[0]], either)))
        taken[row] = (reached[1:] == paired) & (alike > 0) & (reached[1:] > reached[:-1])
        above[row] = reached[1:] == best[1:]
        best = reached
    return _traced(taken, above)


def _traced(taken: npt.NDArray[np.bool_], above: npt.NDArray[np.bool_]) -> dict[int, int]:
    found: dict[int, int] = {}
    row, column = taken.shape[0] - 1, taken.shape[1] - 1
    while row >= 0 and column >= 0:
        if taken[row, column]:
            found[row] = column
            row, column = row - 1, column - 1
        elif above[row, column]:
            row -= 1
        else:
            column -= 1
    return found


def _moved(first: _Features, second: _Features, aligned: dict[int, int]) -> dict[int, int]:
    """Return pairs among what is left over, the most alike first."""
    left_new = sorted(set(range(len(second.keys))) - set(aligned.values()))
    if not left_new or max(len(first.keys) - len(aligned), len(left_new)) > _MOST_SEARCHED:
        return {}
    rows = enumerate(_rows(first, second))
    left = ((before, row) for before, row in rows if before not in aligned)
    alike = [(float(row[after]), before, after) for before, row in left for after in left_new if row[after] >= MOVED]
    found: dict[int, int] = {}
    gone: set[int] = set()
    for _, before, after in sorted(alike, key=lambda each: (-each[0], each[1], each[2])):
        if before not in found and after not in gone:
            found[before] = after
            gone.add(after)
    return found


def _in_order(
    old: Sequence[ReadPage], new: Sequence[ReadPage], found: dict[int, int], moved: dict[int, int]
) -> list[PagePair]:
    came_from = {after: before for before, after in (*found.items(), *moved.items())}
    kept = [before if before not in moved else None for before in map(came_from.get, range(len(new)))]
    pairs: list[PagePair] = []
    told = 0
    for after, page in enumerate(new):
        upcoming = next((before for before in kept[after:] if before is not None), len(old))
        pairs += [
            PagePair(old[index], None) for index in range(told, upcoming) if index not in found and index not in moved
        ]
        told = upcoming + (kept[after] is not None)
        before = came_from.get(after)
        pairs.append(PagePair(None if before is None else old[before], page, before in moved))
    return pairs + [PagePair(old[index], None) for index in range(told, len(old)) if index not in {*found, *moved}]

"""Match the pages of two files, including inserted, removed and moved pages.

In: two readings. Out: pairs of pages. Similarity combines the words, weighted by rarity, and the pictures. Identical
pages at both ends are paired first. The pages in between are aligned globally (Needleman and Wunsch 1970, without a gap
penalty). Unmatched pages that are very similar are paired as moved.
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

SIMILAR, MOVED = 0.4, 0.75  # least similarity of two pages in sequence, and of a moved page
_BUCKETS = 512  # words are hashed into this many buckets; a few collisions do no harm
_MIN_WORDS = 6  # a page with fewer is matched mainly by its picture
_TEXT_WEIGHT = (0.2, 0.5, 0.75)  # weight of the words if neither, one or both pages have enough of them
_BATCH = 64  # pages
_MAX_UNMATCHED = 1_500  # pages per side; with more, moved pages are not searched for


@dataclass(frozen=True, slots=True)
class PagePair:
    """A page of the old file and its match in the new one; None if there is none. `moved`: the page order changed."""

    old: ReadPage | None
    new: ReadPage | None
    moved: bool = False


def match(old: Sequence[ReadPage], new: Sequence[ReadPage]) -> list[PagePair]:
    """Return the pairs in the order of the new pages. Removed pages come where they were."""
    head, tail = _common_ends(old, new)
    inner_old, inner_new = range(head, len(old) - tail), range(head, len(new) - tail)
    matches = {index: index for index in range(head)}
    matches |= {len(old) - step: len(new) - step for step in range(1, tail + 1)}
    moved: dict[int, int] = {}
    if len(inner_old) and len(inner_new):
        first, second = _features([old[index] for index in inner_old], [new[index] for index in inner_new])
        aligned = _align(first, second)
        matches |= {head + before: head + after for before, after in aligned.items()}
        moved = {head + before: head + after for before, after in _find_moved(first, second, aligned).items()}
    return _pairs(old, new, matches, moved)


def _key(page: ReadPage) -> tuple[str, tuple[str, ...]]:
    return page.trim_digest, tuple(word.text for word in page.words)


def _common_ends(old: Sequence[ReadPage], new: Sequence[ReadPage]) -> tuple[int, int]:
    """Return the number of identical pages at the beginning and at the end."""
    shorter, head, tail = min(len(old), len(new)), 0, 0
    while head < shorter and _key(old[head]) == _key(new[head]):
        head += 1
    while tail < shorter - head and _key(old[-1 - tail]) == _key(new[-1 - tail]):
        tail += 1
    return head, tail


@dataclass(frozen=True, slots=True)
class _Features:
    """Pages as unit vectors, one row per page: the dot product of two rows is the similarity of two pages."""

    words: Grid
    pictures: Grid
    has_text: npt.NDArray[np.bool_]
    keys: npt.NDArray[np.int64]


def _features(old: Sequence[ReadPage], new: Sequence[ReadPage]) -> tuple[_Features, _Features]:
    texts = [Counter(_buckets(page)) for page in (*old, *new)]
    frequency = Counter(bucket for text in texts for bucket in text)
    rarity = np.array([np.log(1 + len(texts) / (1 + frequency[bucket])) for bucket in range(_BUCKETS)], np.float32)
    first, second = (_side_features(pages, texts[start : start + len(pages)], rarity)
                     for pages, start in ((old, 0), (new, len(old))))  # fmt: skip
    return first, second


def _buckets(page: ReadPage) -> list[int]:
    return [zlib.crc32(word.text.encode("utf-8", "replace")) % _BUCKETS for word in page.words]


def _side_features(pages: Sequence[ReadPage], texts: Sequence[Counter[int]], rarity: Grid) -> _Features:
    words = np.zeros((len(pages), _BUCKETS), np.float32)
    for row, text in enumerate(texts):
        for bucket, count in text.items():
            words[row, bucket] = np.sqrt(count) * rarity[bucket]
    ink = np.array([255.0 - np.frombuffer(page.thumbnail, np.uint8) for page in pages], np.float32)
    has_text = np.array([len(page.words) >= _MIN_WORDS for page in pages])
    return _Features(_unit(words), _unit(ink), has_text, np.array([hash(_key(page)) for page in pages], np.int64))


def _unit(rows: Grid) -> Grid:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1, lengths), np.float32)


def _is_empty(rows: Grid) -> npt.NDArray[np.bool_]:
    return np.asarray(rows.max(axis=1, initial=0) == 0)


def _similarity_rows(first: _Features, second: _Features) -> Iterator[Grid]:
    """Yield for each page its similarity to every page of the other side. Rows are computed in batches."""
    for start in range(0, len(first.keys), _BATCH):
        part = slice(start, start + _BATCH)
        words, pictures = first.words[part] @ second.words.T, first.pictures[part] @ second.pictures.T
        words[np.logical_and.outer(_is_empty(first.words[part]), _is_empty(second.words))] = 1.0
        empty = np.logical_and.outer(_is_empty(first.pictures[part]), _is_empty(second.pictures))  # both blank: equal
        by_picture = np.where(empty, 1.0, np.maximum(0, pictures * 2 - 1))  # any two pages overlap somewhat
        with_text = first.has_text[part][:, None].astype(int) + second.has_text
        weight = np.array(_TEXT_WEIGHT)[with_text]
        same = np.equal.outer(first.keys[part], second.keys)
        yield from np.asarray(np.where(same, 1.0, weight * words + (1 - weight) * by_picture), np.float32)


def _align(first: _Features, second: _Features) -> dict[int, int]:
    """Return the pairs of the best global alignment. Works row by row, at about the cost of one matrix product."""
    rows, columns = len(first.keys), len(second.keys)
    best = np.zeros(columns + 1, np.float32)
    taken = np.zeros((rows, columns), bool)
    above = np.zeros((rows, columns), bool)
    for row, similarities in enumerate(_similarity_rows(first, second)):
        similarities[similarities < SIMILAR] = -1.0
        paired = best[:-1] + similarities
        either = np.maximum(paired, best[1:])
        reached = np.maximum.accumulate(np.concatenate(([best[0]], either)))
        taken[row] = (reached[1:] == paired) & (similarities > 0) & (reached[1:] > reached[:-1])
        above[row] = reached[1:] == best[1:]
        best = reached
    return _trace_back(taken, above)


def _trace_back(taken: npt.NDArray[np.bool_], above: npt.NDArray[np.bool_]) -> dict[int, int]:
    matches: dict[int, int] = {}
    row, column = taken.shape[0] - 1, taken.shape[1] - 1
    while row >= 0 and column >= 0:
        if taken[row, column]:
            matches[row] = column
            row, column = row - 1, column - 1
        elif above[row, column]:
            row -= 1
        else:
            column -= 1
    return matches


def _find_moved(first: _Features, second: _Features, aligned: dict[int, int]) -> dict[int, int]:
    """Return pairs of pages that are still unmatched, the most similar first."""
    left_new = sorted(set(range(len(second.keys))) - set(aligned.values()))
    if not left_new or max(len(first.keys) - len(aligned), len(left_new)) > _MAX_UNMATCHED:
        return {}
    rows = enumerate(_similarity_rows(first, second))
    left_old = ((before, row) for before, row in rows if before not in aligned)
    candidates = [
        (float(row[after]), before, after) for before, row in left_old for after in left_new if row[after] >= MOVED
    ]
    matches: dict[int, int] = {}
    used: set[int] = set()
    for _, before, after in sorted(candidates, key=lambda each: (-each[0], each[1], each[2])):
        if before not in matches and after not in used:
            matches[before] = after
            used.add(after)
    return matches


def _pairs(
    old: Sequence[ReadPage], new: Sequence[ReadPage], matches: dict[int, int], moved: dict[int, int]
) -> list[PagePair]:
    sources = {after: before for before, after in (*matches.items(), *moved.items())}
    in_sequence = [before if before not in moved else None for before in map(sources.get, range(len(new)))]
    removed = set(range(len(old))) - {*matches, *moved}
    pairs: list[PagePair] = []
    listed = 0
    for after, page in enumerate(new):
        upcoming = next((before for before in in_sequence[after:] if before is not None), len(old))
        pairs += [PagePair(old[index], None) for index in range(listed, upcoming) if index in removed]
        listed = upcoming + (in_sequence[after] is not None)
        before = sources.get(after)
        pairs.append(PagePair(None if before is None else old[before], page, before in moved))
    return pairs + [PagePair(old[index], None) for index in range(listed, len(old)) if index in removed]

"""Text that flowed to another page, or moved within its page.

In: spans of removed words and of added words. Out: the runs of words that are in both, in any order. The cost is linear
in the number of words: each is looked up once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from report.diff.records import ReadPage, Word

MIN_RUN = 5  # consecutive words: shorter runs may match by chance
_MIN_SPAN_LENGTH = 10  # characters of a span that was moved as a whole, whatever its number of words


@dataclass(frozen=True, slots=True)
class WordSpan:
    """Some words of a page: the indexes from `start` up to, but not including, `end`."""

    page: ReadPage | None
    start: int
    end: int

    @property
    def words(self) -> tuple[Word, ...]:
        """All words of the page."""
        return self.page.words if self.page else ()

    @property
    def key(self) -> int:
        """The page's number, or 0 without one."""
        return self.page.number if self.page else 0

    def word(self, at: int) -> Word:
        """Return one word."""
        return self.words[at]


@dataclass(frozen=True, slots=True)
class TextMove:
    """Words that moved to another page, or to another place on the same page: their indexes on both pages."""

    old_page: int
    new_page: int
    old: tuple[int, ...]
    new: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TextMoves:
    """All moves, and the words they cover in the old and in the new file: page number and index."""

    flows: tuple[TextMove, ...]
    old_words: frozenset[tuple[int, int]]
    new_words: frozenset[tuple[int, int]]

    def removed(self, span: WordSpan) -> list[int]:
        """Return the indexes of an old span's words that did not move elsewhere."""
        return [at for at in range(span.start, span.end) if (span.key, at) not in self.old_words]

    def added(self, span: WordSpan) -> list[int]:
        """Return the indexes of a new span's words that did not come from elsewhere."""
        return [at for at in range(span.start, span.end) if (span.key, at) not in self.new_words]

    def of(self, old: int | None, new: int | None) -> tuple[TextMove, ...]:
        """Return the moves that leave the old page or reach the new one."""
        return tuple(flow for flow in self.flows if flow.old_page == old or flow.new_page == new)


@dataclass(frozen=True, slots=True)
class _WordPosition:
    """A removed or added word: its page, its index there, and the number of its span."""

    page: int
    index: int
    span: int
    text: str


def find_flows(old: Sequence[WordSpan], new: Sequence[WordSpan]) -> TextMoves:
    """Return the text removed in one place and added in another: runs of `MIN_RUN` words or more, or whole spans."""
    removed, added = _positions(old), _positions(new)
    used_new: set[int] = set()
    runs = _runs(removed, added, used_new)
    used_old = {index for start, _, length in runs for index in range(start, start + length)}
    runs += _whole_spans(removed, added, used_old, used_new)
    flows = tuple(_flow(removed, added, run) for run in runs)
    old_words = frozenset((flow.old_page, index) for flow in flows for index in flow.old)
    return TextMoves(flows, old_words, frozenset((flow.new_page, index) for flow in flows for index in flow.new))


def _positions(spans: Sequence[WordSpan]) -> list[_WordPosition]:
    return [
        _WordPosition(span.key, index, number, span.word(index).text)
        for number, span in enumerate(spans)
        for index in range(span.start, span.end)
    ]


def _runs(
    removed: Sequence[_WordPosition], added: Sequence[_WordPosition], used_new: set[int]
) -> list[tuple[int, int, int]]:
    """Return runs of equal words: their start in both lists, and their length. Adds the new indexes to `used_new`."""
    starts: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in range(len(removed) - MIN_RUN, -1, -1):
        starts[tuple(word.text for word in removed[index : index + MIN_RUN])].append(index)
    used_old = [False] * len(removed)
    runs = []
    index = 0
    while index <= len(added) - MIN_RUN:
        candidates = starts.get(tuple(word.text for word in added[index : index + MIN_RUN]), [])
        while candidates and any(used_old[candidates[-1] : candidates[-1] + MIN_RUN]):
            candidates.pop()
        length = _run_length(removed, added, candidates[-1], index, used_old) if candidates else 0
        if length >= MIN_RUN:
            start = candidates.pop()
            used_old[start : start + length] = [True] * length
            used_new.update(range(index, index + length))
            runs.append((start, index, length))
        index += max(1, length)
    return runs


def _run_length(
    removed: Sequence[_WordPosition], added: Sequence[_WordPosition], start: int, index: int, used_old: Sequence[bool]
) -> int:
    """Return the number of words for which two runs are equal, within one page on both sides."""
    length = 0
    while (
        start + length < len(removed)
        and index + length < len(added)
        and removed[start + length].text == added[index + length].text
        and not used_old[start + length]
        and removed[start + length].page == removed[start].page
        and added[index + length].page == added[index].page
    ):
        length += 1
    return length


def _whole_spans(
    removed: Sequence[_WordPosition], added: Sequence[_WordPosition], used_old: set[int], used_new: set[int]
) -> list[tuple[int, int, int]]:
    """Return short spans that were removed as a whole and added as a whole, such as a heading."""
    by_text: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for start, length, text in _remaining_spans(removed, used_old):
        by_text[text].append((start, length))
    return [
        (by_text[text].pop(0)[0], start, length)
        for start, length, text in _remaining_spans(added, used_new)
        if len(text) >= _MIN_SPAN_LENGTH and by_text[text]
    ]


def _remaining_spans(words: Sequence[_WordPosition], without: set[int]) -> list[tuple[int, int, str]]:
    """Return the rest of each span, if it is in one piece: its start, its number of words, and its text."""
    remaining: list[tuple[int, int, str]] = []
    members: dict[int, list[int]] = defaultdict(list)
    for index, word in enumerate(words):
        if index not in without:
            members[word.span].append(index)
    for indexes in members.values():
        if indexes[-1] - indexes[0] + 1 == len(indexes):
            remaining.append((indexes[0], len(indexes), " ".join(words[index].text for index in indexes)))
    return remaining


def _flow(removed: Sequence[_WordPosition], added: Sequence[_WordPosition], run: tuple[int, int, int]) -> TextMove:
    start, index, length = run
    return TextMove(
        removed[start].page,
        added[index].page,
        tuple(word.index for word in removed[start : start + length]),
        tuple(word.index for word in added[index : index + length]),
    )

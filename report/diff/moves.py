"""Text that is where it was not before: it flowed to another page, or was moved.

In: stretches of words that went and that came. Out: which of them are the same, in any order. The cost grows with the
number of words: each is looked up once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from report.diff.records import ReadPage, Word

LEAST = 5  # words in a row: fewer may be the same by chance
_LEAST_LETTERS = 10  # of a stretch that went and came as a whole, however few its words


@dataclass(frozen=True, slots=True)
class WordSpan:
    """Some words of a page, from `start` up to `end`."""

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
    """Words that stood on one page and stand on another, or elsewhere on the same: their places on both."""

    old_page: int
    new_page: int
    old: tuple[int, ...]
    new: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TextMoves:
    """Flows, and the places that they take: page and place, old and new."""

    flows: tuple[TextMove, ...]
    gone: frozenset[tuple[int, int]]
    come: frozenset[tuple[int, int]]

    def stayed(self, span: WordSpan) -> list[int]:
        """Return the places of a stretch of the old file that flowed nowhere."""
        return [at for at in range(span.start, span.end) if (span.key, at) not in self.gone]

    def arose(self, span: WordSpan) -> list[int]:
        """Return the places of a stretch of the new file that came from nowhere else."""
        return [at for at in range(span.start, span.end) if (span.key, at) not in self.come]

    def of(self, old: int | None, new: int | None) -> tuple[TextMove, ...]:
        """Return the flows that leave one page or reach the other."""
        return tuple(flow for flow in self.flows if flow.old_page == old or flow.new_page == new)


@dataclass(frozen=True, slots=True)
class _At:
    """A word that went or came: its page, its place there, and in which stretch it was."""

    page: int
    place: int
    stretch: int
    text: str


def find_flows(old: Sequence[WordSpan], new: Sequence[WordSpan]) -> TextMoves:
    """Return what went in one place and came in another: at least so many words in a row, or a whole stretch."""
    went, came = _listed(old), _listed(new)
    taken: set[int] = set()
    runs = _runs(went, came, taken)
    used = {index for start, _, length in runs for index in range(start, start + length)}
    runs += _whole(went, came, used, taken)
    flows = tuple(_flow(went, came, run) for run in runs)
    gone = frozenset((flow.old_page, place) for flow in flows for place in flow.old)
    return TextMoves(flows, gone, frozenset((flow.new_page, place) for flow in flows for place in flow.new))


def _listed(spans: Sequence[WordSpan]) -> list[_At]:
    return [
        _At(span.key, place, stretch, span.word(place).text)
        for stretch, span in enumerate(spans)
        for place in range(span.start, span.end)
    ]


def _runs(went: Sequence[_At], came: Sequence[_At], taken: set[int]) -> list[tuple[int, int, int]]:
    """Return runs of equal words: where they begin in both lists, and how many. `taken` gets those of the second."""
    begins: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in range(len(went) - LEAST, -1, -1):
        begins[tuple(at.text for at in went[index : index + LEAST])].append(index)
    used = [False] * len(went)
    runs = []
    index = 0
    while index <= len(came) - LEAST:
        candidates = begins.get(tuple(at.text for at in came[index : index + LEAST]), [])
        while candidates and any(used[candidates[-1] : candidates[-1] + LEAST]):
            candidates.pop()
        length = _length(went, came, candidates[-1], index, used) if candidates else 0
        if length >= LEAST:
            start = candidates.pop()
            used[start : start + length] = [True] * length
            taken.update(range(index, index + length))
            runs.append((start, index, length))
        index += max(1, length)
    return runs


def _length(went: Sequence[_At], came: Sequence[_At], start: int, index: int, used: Sequence[bool]) -> int:
    """Return how far two runs are equal, within one page on both sides."""
    length = 0
    while (
        start + length < len(went)
        and index + length < len(came)
        and went[start + length].text == came[index + length].text
        and not used[start + length]
        and went[start + length].page == went[start].page
        and came[index + length].page == came[index].page
    ):
        length += 1
    return length


def _whole(went: Sequence[_At], came: Sequence[_At], used: set[int], taken: set[int]) -> list[tuple[int, int, int]]:
    """Return short stretches that went as a whole and came as a whole, such as a heading."""
    left: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for start, length, text in _stretches(went, used):
        left[text].append((start, length))
    return [
        (left[text].pop(0)[0], start, length)
        for start, length, text in _stretches(came, taken)
        if len(text) >= _LEAST_LETTERS and left[text]
    ]


def _stretches(words: Sequence[_At], without: set[int]) -> list[tuple[int, int, str]]:
    """Return what is left of each stretch in one piece: where it begins, its words, and its text."""
    found: list[tuple[int, int, str]] = []
    members: dict[int, list[int]] = defaultdict(list)
    for index, at in enumerate(words):
        if index not in without:
            members[at.stretch].append(index)
    for indexes in members.values():
        if indexes[-1] - indexes[0] + 1 == len(indexes):
            found.append((indexes[0], len(indexes), " ".join(words[index].text for index in indexes)))
    return found


def _flow(went: Sequence[_At], came: Sequence[_At], run: tuple[int, int, int]) -> TextMove:
    start, index, length = run
    return TextMove(
        went[start].page,
        came[index].page,
        tuple(at.place for at in went[start : start + length]),
        tuple(at.place for at in came[index : index + length]),
    )

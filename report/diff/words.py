"""Compare the text of pages word by word: changed figures, page numbers that changed with their pages, other text.

In: pairs of pages. Out: for each pair its `TextChange`s, and the words that are the same. Text that only flowed to
another page is not a change; `moves` finds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from report.diff.matching import PagePair
from report.diff.moves import TextMove, TextMoves, WordSpan, find_flows
from report.diff.numerals import NumeralSyntax
from report.diff.outcome import TextChange, TextChangeKind
from report.diff.records import ReadPage, Word
from report.geometry import Rect

_CONTEXT = 6  # words on either side
_MAX_GAP = 3  # unchanged words between two changes that are joined into one
_SLOW = 2_500  # words: on longer pages, very frequent words do not anchor the comparison
_PUNCTUATION = ".,;:!?()[]“”\"'‘’*"


@dataclass(frozen=True, slots=True)
class PageComparison:
    """A pair of pages: its text changes, its unchanged words, and text that moved from or to it."""

    pair: PagePair
    texts: tuple[TextChange, ...]
    same: tuple[tuple[Word, Word], ...]
    flowed: tuple[TextMove, ...]

    @property
    def folios(self) -> tuple[Rect, ...]:
        """Boxes of the folios if the page number changed: they differ, but that is not a change of the page."""
        old, new = self.pair.old, self.pair.new
        if not (old and new) or old.name == new.name:
            return ()
        return tuple(word.box for page in (old, new) for word in page.words if page.is_folio(word))


@dataclass(frozen=True, slots=True)
class _Passage:
    """A passage of a pair of pages in which the words differ: its span on either page."""

    pair: PagePair
    old: WordSpan
    new: WordSpan


def compare_words(pairs: Sequence[PagePair], numerals: NumeralSyntax) -> list[PageComparison]:
    """Compare the text of all pairs. `numerals` is the syntax of numbers in the language of the file."""
    same: list[list[tuple[Word, Word]]] = []
    passages: list[list[_Passage]] = []
    for pair in pairs:
        equal, different = _align(pair, numerals)
        same.append(equal)
        passages.append(different)
    every = [passage for page in passages for passage in page]
    moves = find_flows([passage.old for passage in every], [passage.new for passage in every])
    renumbered = _renumbered(pairs)
    return [
        PageComparison(
            pair,
            tuple(change for passage in different for change in _changes(passage, moves, numerals, renumbered)),
            tuple(equal),
            moves.of(pair.old.number if pair.old else None, pair.new.number if pair.new else None),
        )
        for pair, different, equal in zip(pairs, passages, same, strict=True)
    ]


def _words(page: ReadPage | None) -> tuple[Word, ...]:
    return page.words if page else ()


def _align(pair: PagePair, numerals: NumeralSyntax) -> tuple[list[tuple[Word, Word]], list[_Passage]]:
    """Return the words that are the same on both pages, and the passages between them."""
    old, new = _words(pair.old), _words(pair.new)
    old_texts, new_texts = [word.text for word in old], [word.text for word in new]
    matcher = SequenceMatcher(None, old_texts, new_texts, autojunk=max(len(old), len(new)) > _SLOW)
    same: list[tuple[Word, Word]] = []
    passages: list[_Passage] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal" or _differ_only_in_hyphens(old[i1:i2], new[j1:j2]):
            same += zip(old[i1:i2], new[j1:j2], strict=True)
        else:
            passages.append(_Passage(pair, WordSpan(pair.old, i1, i2), WordSpan(pair.new, j1, j2)))
    return same, _join(passages, numerals)


def _join(passages: Sequence[_Passage], numerals: NumeralSyntax) -> list[_Passage]:
    """Join passages with few words between them: a rewritten sentence is one change. Figures are never joined."""
    joined: list[_Passage] = []
    for passage in passages:
        last = joined[-1] if joined else None
        if last and passage.new.start - last.new.end <= _MAX_GAP and passage.old.start - last.old.end <= _MAX_GAP:
            whole = _Passage(
                passage.pair, replace(last.old, end=passage.old.end), replace(last.new, end=passage.new.end)
            )
            if not any(numerals.is_figure(span.word(at).text.strip(_PUNCTUATION))
                       for span in (whole.old, whole.new) for at in range(span.start, span.end)):  # fmt: skip
                joined[-1] = whole
                continue
        joined.append(passage)
    return joined


def _differ_only_in_hyphens(old: Sequence[Word], new: Sequence[Word]) -> bool:
    """Return whether words differ only in hyphens at line ends."""
    return len(old) == len(new) and all(
        first.text == second.text
        or ((first.hyphenated or second.hyphenated) and first.text.replace("-", "") == second.text.replace("-", ""))
        for first, second in zip(old, new, strict=True)
    )


def _renumbered(pairs: Sequence[PagePair]) -> Mapping[str, str]:
    """Return the page numbers that changed because pages moved, old to new."""
    matched = [(pair.old, pair.new) for pair in pairs if pair.old and pair.new]
    return {old.name: new.name for old, new in matched if old.name != new.name}


def _changes(
    passage: _Passage, moves: TextMoves, numerals: NumeralSyntax, renumbered: Mapping[str, str]
) -> Iterator[TextChange]:
    """Yield the changes of a passage: each figure by itself, then the whole passage if other words changed too."""
    old, new = moves.removed(passage.old), moves.added(passage.new)
    if not (passage.pair.old and passage.pair.new):  # an inserted or removed page is one change, not one per word
        return
    if passage.pair.old.name != passage.pair.new.name:  # the folio is not part of the text
        old = [at for at in old if not passage.pair.old.is_folio(passage.old.word(at))]
        new = [at for at in new if not passage.pair.new.is_folio(passage.new.word(at))]
    pairs = _figure_pairs(passage, old, new, numerals)
    for before, after in pairs:
        first, second = _Excerpt(passage.old, before, numerals), _Excerpt(passage.new, after, numerals)
        is_page_number = renumbered.get(first.text) == second.text and first.at_line_edge and second.at_line_edge
        yield _change("page number" if is_page_number else "figure", passage, first, second)
    old_figures, new_figures = {before for before, _ in pairs}, {after for _, after in pairs}
    others = [passage.old.word(at).text for at in old if at not in old_figures]
    if others != [passage.new.word(at).text for at in new if at not in new_figures]:
        yield _change("text", passage, _Excerpt(passage.old, old, numerals), _Excerpt(passage.new, new, numerals))


class _Excerpt:
    """Some words of a page as they are quoted: a figure without punctuation but with its magnitude, others as set."""

    def __init__(self, span: WordSpan, at: int | Sequence[int], numerals: NumeralSyntax) -> None:
        indexes = [at] if isinstance(at, int) else list(at)
        every = span.words
        self.words = [every[index] for index in indexes]
        self.first, self.last = (indexes[0], indexes[-1] + 1) if indexes else (span.start, span.start)
        self.text = " ".join(word.text for word in self.words)
        if isinstance(at, int):
            self.text = self.text.strip(_PUNCTUATION)
            self.at_line_edge = _is_at_line_edge(every, at)
            if self.last < len(every) and every[self.last].text.strip(_PUNCTUATION).lower() in numerals.magnitudes:
                self.text += f" {every[self.last].text.strip(_PUNCTUATION)}"
        self.before = " ".join(word.text for word in every[max(0, self.first - _CONTEXT) : self.first])
        self.after = " ".join(word.text for word in every[self.last : self.last + _CONTEXT])

    @property
    def boxes(self) -> tuple[Rect, ...]:
        """One box for the words of each line."""
        return line_boxes(self.words)


def line_boxes(words: Sequence[Word]) -> tuple[Rect, ...]:
    """Return one box for the words of each line."""
    lines: dict[int, list[Rect]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.box)
    return tuple(Rect.around(boxes) for boxes in lines.values())


def _change(kind: TextChangeKind, passage: _Passage, old: _Excerpt, new: _Excerpt) -> TextChange:
    context = new if new.words else old
    return TextChange(
        kind,
        old.text,
        new.text,
        context.before,
        context.after,
        passage.pair.old.number if passage.pair.old else None,
        passage.pair.new.number if passage.pair.new else None,
        old.boxes,
        new.boxes,
    )


def _figure_pairs(
    passage: _Passage, old: Sequence[int], new: Sequence[int], numerals: NumeralSyntax
) -> list[tuple[int, int]]:
    """Return the figures that changed, paired in order; nothing if both sides have a different number of figures."""
    before = [at for at in old if numerals.is_figure(passage.old.word(at).text.strip(_PUNCTUATION))]
    after = [at for at in new if numerals.is_figure(passage.new.word(at).text.strip(_PUNCTUATION))]
    if len(before) != len(after):
        return []
    return [
        (first, second)
        for first, second in zip(before, after, strict=True)
        if passage.old.word(first).text.strip(_PUNCTUATION) != passage.new.word(second).text.strip(_PUNCTUATION)
    ]


def _is_at_line_edge(words: Sequence[Word], at: int) -> bool:
    """Return whether a word begins or ends its line, as page numbers do in a table of contents."""
    line = words[at].line
    return at == 0 or words[at - 1].line != line or at + 1 == len(words) or words[at + 1].line != line

"""What changed in the texts, word by word: figures with their context first, page numbers that merely followed apart.

In: pairs of pages. Out: for each pair its `TextChange`s, and its words that are the same. Text that only flowed to
another page is not a change; `flows` finds it.
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

_AROUND = 6  # words of context on either side
_BETWEEN = 3  # words that are the same between two changes of one sentence
_SLOW = 2_500  # words: on a longer page, words that are everywhere do not anchor the comparison
_PUNCTUATION = ".,;:!?()[]“”\"'‘’*"


@dataclass(frozen=True, slots=True)
class PageComparison:
    """A pair of pages: what changed, the words that are the same on both, and those that came or went."""

    pair: PagePair
    texts: tuple[TextChange, ...]
    same: tuple[tuple[Word, Word], ...]
    flowed: tuple[TextMove, ...]

    @property
    def folios(self) -> tuple[Rect, ...]:
        """Where the number of a page is that stands elsewhere now: it differs, and nothing has changed."""
        old, new = self.pair.old, self.pair.new
        if not (old and new) or old.name == new.name:
            return ()
        return tuple(word.box for page in (old, new) for word in page.words if page.is_folio(word))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of one pair of pages in which the words differ: the places of its words on both."""

    pair: PagePair
    old: WordSpan
    new: WordSpan


def compare_words(pairs: Sequence[PagePair], figures: NumeralSyntax) -> list[PageComparison]:
    """Compare the texts of all pairs. `figures` knows the words for numbers in the language of the file."""
    same: list[list[tuple[Word, Word]]] = []
    pieces: list[list[_Stretch]] = []
    for pair in pairs:
        equal, different = _aligned(pair, figures)
        same.append(equal)
        pieces.append(different)
    every = [piece for found in pieces for piece in found]
    flows = find_flows([piece.old for piece in every], [piece.new for piece in every])
    followed = _followed(pairs)
    return [
        PageComparison(
            pair,
            tuple(change for piece in found for change in _changes(piece, flows, figures, followed)),
            tuple(equal),
            flows.of(pair.old.number if pair.old else None, pair.new.number if pair.new else None),
        )
        for pair, found, equal in zip(pairs, pieces, same, strict=True)
    ]


def _words(page: ReadPage | None) -> tuple[Word, ...]:
    return page.words if page else ()


def _aligned(pair: PagePair, figures: NumeralSyntax) -> tuple[list[tuple[Word, Word]], list[_Stretch]]:
    """Return the words that are the same on both pages, and the pieces between them."""
    old, new = _words(pair.old), _words(pair.new)
    old_texts, new_texts = [word.text for word in old], [word.text for word in new]
    matcher = SequenceMatcher(None, old_texts, new_texts, autojunk=max(len(old), len(new)) > _SLOW)
    same: list[tuple[Word, Word]] = []
    pieces: list[_Stretch] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal" or _only_broken(old[i1:i2], new[j1:j2]):
            same += zip(old[i1:i2], new[j1:j2], strict=True)
        else:
            pieces.append(_Stretch(pair, WordSpan(pair.old, i1, i2), WordSpan(pair.new, j1, j2)))
    return same, _joined(pieces, figures)


def _joined(pieces: Sequence[_Stretch], figures: NumeralSyntax) -> list[_Stretch]:
    """Join pieces with hardly a word between them: a rewritten sentence is one change. Figures stay by themselves."""
    joined: list[_Stretch] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and piece.new.start - last.new.end <= _BETWEEN and piece.old.start - last.old.end <= _BETWEEN:
            whole = _Stretch(piece.pair, replace(last.old, end=piece.old.end), replace(last.new, end=piece.new.end))
            if not any(figures.is_figure(span.word(at).text.strip(_PUNCTUATION))
                       for span in (whole.old, whole.new) for at in range(span.start, span.end)):  # fmt: skip
                joined[-1] = whole
                continue
        joined.append(piece)
    return joined


def _only_broken(old: Sequence[Word], new: Sequence[Word]) -> bool:
    """Tell whether words differ by nothing but a hyphen where a line ends."""
    return len(old) == len(new) and all(
        first.text == second.text
        or ((first.broken or second.broken) and first.text.replace("-", "") == second.text.replace("-", ""))
        for first, second in zip(old, new, strict=True)
    )


def _followed(pairs: Sequence[PagePair]) -> Mapping[str, str]:
    """Return the page numbers that became others because pages stand elsewhere, old to new."""
    both = [(pair.old, pair.new) for pair in pairs if pair.old and pair.new]
    return {old.name: new.name for old, new in both if old.name != new.name}


def _changes(
    piece: _Stretch, flows: TextMoves, figures: NumeralSyntax, followed: Mapping[str, str]
) -> Iterator[TextChange]:
    """Yield what changed in one piece: each figure by itself, then the piece as a whole if other words changed too."""
    old, new = flows.stayed(piece.old), flows.arose(piece.new)
    if not (piece.pair.old and piece.pair.new):  # of a page that came or went it is told that it did, not every word
        return
    if piece.pair.old.name != piece.pair.new.name:  # its own number is no text
        old = [at for at in old if not piece.pair.old.is_folio(piece.old.word(at))]
        new = [at for at in new if not piece.pair.new.is_folio(piece.new.word(at))]
    paired = _paired(piece, old, new, figures)
    for before, after in paired:
        first, second = _Passage(piece.old, before, figures), _Passage(piece.new, after, figures)
        number = followed.get(first.shown) == second.shown and first.at_edge and second.at_edge
        yield _change("page number" if number else "figure", piece, first, second)
    told_old, told_new = {before for before, _ in paired}, {after for _, after in paired}
    others = [piece.old.word(at).text for at in old if at not in told_old]
    if others != [piece.new.word(at).text for at in new if at not in told_new]:
        yield _change("text", piece, _Passage(piece.old, old, figures), _Passage(piece.new, new, figures))


class _Passage:
    """Some words of a page, as they are told: a figure without punctuation and with its million, others as they are."""

    def __init__(self, span: WordSpan, at: int | Sequence[int], figures: NumeralSyntax) -> None:
        places = [at] if isinstance(at, int) else list(at)
        every = span.words
        self.words = [every[place] for place in places]
        self.first, self.last = (places[0], places[-1] + 1) if places else (span.start, span.start)
        self.shown = " ".join(word.text for word in self.words)
        if isinstance(at, int):
            self.shown = self.shown.strip(_PUNCTUATION)
            self.at_edge = _ends_line(every, at)
            if self.last < len(every) and every[self.last].text.strip(_PUNCTUATION).lower() in figures.magnitudes:
                self.shown += f" {every[self.last].text.strip(_PUNCTUATION)}"
        self.before = " ".join(word.text for word in every[max(0, self.first - _AROUND) : self.first])
        self.after = " ".join(word.text for word in every[self.last : self.last + _AROUND])

    @property
    def boxes(self) -> tuple[Rect, ...]:
        """One frame for the words of each line."""
        return lined(self.words)


def lined(words: Sequence[Word]) -> tuple[Rect, ...]:
    """Return one frame for the words of each line."""
    lines: dict[int, list[Rect]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.box)
    return tuple(union(boxes) for boxes in lines.values())


def union(boxes: Sequence[Rect]) -> Rect:
    """Return the frame of some boxes."""
    return Rect.around(boxes)


def _change(kind: TextChangeKind, piece: _Stretch, old: _Passage, new: _Passage) -> TextChange:
    around = new if new.words else old
    return TextChange(
        kind,
        old.shown,
        new.shown,
        around.before,
        around.after,
        piece.pair.old.number if piece.pair.old else None,
        piece.pair.new.number if piece.pair.new else None,
        old.boxes,
        new.boxes,
    )


def _paired(piece: _Stretch, old: Sequence[int], new: Sequence[int], figures: NumeralSyntax) -> list[tuple[int, int]]:
    """Return the figures that became others: as many on both sides, one after the other, words with words."""
    before = [at for at in old if figures.is_figure(piece.old.word(at).text.strip(_PUNCTUATION))]
    after = [at for at in new if figures.is_figure(piece.new.word(at).text.strip(_PUNCTUATION))]
    if len(before) != len(after):
        return []
    return [
        (first, second)
        for first, second in zip(before, after, strict=True)
        if piece.old.word(first).text.strip(_PUNCTUATION) != piece.new.word(second).text.strip(_PUNCTUATION)
    ]


def _ends_line(words: Sequence[Word], at: int) -> bool:
    """Tell whether a word begins or ends its line, as page numbers do in a table of contents."""
    line = words[at].line
    return at == 0 or words[at - 1].line != line or at + 1 == len(words) or words[at + 1].line != line

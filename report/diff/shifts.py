"""The same words elsewhere, or set otherwise: what moved how far, lines that break elsewhere, other fonts and colours.

In: a pair of pages with the words that are the same on both. Out: `Shift`s, those of most words first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from report.diff.moves import TextMove
from report.diff.outcome import Shift, ShiftKind
from report.diff.records import ReadPage, Word
from report.diff.words import PageComparison, lined

TOLERANCE = 0.5  # points: less is no shift
_BLOCK = 8  # words that moved by the same are a block
_FEW = 6  # ways in which words moved that are told one by one, however few the words
_MOST = 12  # shifts of one page that are told one by one
_SAMPLE = 5  # words that name a block

WordPair = tuple[Word, Word]


def shifts(compared: PageComparison) -> tuple[Shift, ...]:
    """Return the shifts of a pair of pages."""
    if not (compared.pair.old and compared.pair.new):
        return tuple(_flowed(compared))
    found = [*_moved(compared.same), *_restyled(compared.same), *_flowed(compared)]
    return tuple(sorted(found, key=lambda shift: -shift.count)[:_MOST])


def _moved(same: Sequence[WordPair]) -> Iterator[Shift]:
    """Yield blocks that moved as one; the rest is told as lines that break elsewhere, or as words along their lines."""
    groups: dict[tuple[float, float], list[WordPair]] = defaultdict(list)
    for both in same:
        across, down = _vector(both)
        if max(abs(across), abs(down)) >= TOLERANCE:
            groups[(round(across * 2) / 2, round(down * 2) / 2)].append(both)
    broken = _broken_lines(same)
    told = {way: members for way, members in groups.items()
            if len(members) >= _BLOCK or (abs(way[1]) >= TOLERANCE and not broken and len(groups) <= _FEW)}  # fmt: skip
    for (across, down), members in told.items():
        what = f"{_words(len(members))} moved {_way(across, down)}: {_sample(members)}"
        yield _shift("moved", members, what, across, down)
    scattered = [both for way, members in groups.items() if way not in told for both in members]
    lifted = [both for both in scattered if abs(_vector(both)[1]) >= TOLERANCE]
    if lifted and not broken:
        most = max(abs(edge) for both in lifted for edge in _vector(both))
        what = f"{_words(len(lifted))} moved, each another way, up to {most:.1f} pt: {_sample(lifted)}"
        yield _shift("moved", lifted, what)
    along = [both for both in scattered if abs(_vector(both)[1]) < TOLERANCE]
    if along and not broken:
        most = max(abs(_vector(both)[0]) for both in along)
        yield _shift("along the line", along, f"{_words(len(along))} moved along the line, up to {most:.1f} pt", most)
    if broken:
        lines = len({both[1].line for both in broken})
        what = f"{lines} line{'s break' if lines > 1 else ' breaks'} elsewhere: {_sample(broken)}"
        yield _shift("broken elsewhere", [*broken, *scattered], what, count=lines)


def _broken_lines(same: Sequence[WordPair]) -> list[WordPair]:
    """Return the words at which a line begins on one page and not on the other."""
    found = []
    for before, both in pairwise(same):
        broke_old, broke_new = (before[side].line != both[side].line for side in (0, 1))
        if broke_old != broke_new or (before[0].broken != before[1].broken):
            found.append(both)
    return found


def _restyled(same: Sequence[WordPair]) -> Iterator[Shift]:
    groups: dict[str, list[WordPair]] = defaultdict(list)
    for both in same:
        if both[0].style != both[1].style:
            groups[_changed_style(both)].append(both)
    for change, members in groups.items():
        yield _shift("restyled", members, f"{_words(len(members))} in other type: {change}: {_sample(members)}")


def _changed_style(both: WordPair) -> str:
    old, new = both[0].style, both[1].style
    parts = ((old.font, new.font), (f"{old.size:g} pt", f"{new.size:g} pt"), (old.colour, new.colour))
    return ", ".join(f"{before} → {after}" for before, after in parts if before != after)


def _flowed(compared: PageComparison) -> Iterator[Shift]:
    """Yield text that went to another page, on the page that it left, and on the one that it reached."""
    old, new = compared.pair.old, compared.pair.new
    for flow in compared.flowed:
        within = old is not None and new is not None and (flow.old_page, flow.new_page) == (old.number, new.number)
        if within and old and new:
            yield _flow_shift(flow, f"{_words(len(flow.new))} elsewhere on the page", old, new)
        elif new is not None and flow.new_page == new.number:
            yield _flow_shift(
                flow, f"{_words(len(flow.new))} came from page {flow.old_page} of the old file", None, new
            )
        elif old is not None:
            yield _flow_shift(flow, f"{_words(len(flow.old))} went to page {flow.new_page} of the new file", old, None)


def _flow_shift(flow: TextMove, what: str, old: ReadPage | None, new: ReadPage | None) -> Shift:
    gone = [old.words[at] for at in flow.old] if old else []
    come = [new.words[at] for at in flow.new] if new else []
    return Shift("flowed", len(flow.new), 0.0, 0.0, f"{what}: {_first_words(come or gone)}", lined(gone), lined(come))


def _shift(
    kind: ShiftKind, members: Sequence[WordPair], what: str, across: float = 0.0, down: float = 0.0, count: int = 0
) -> Shift:
    old, new = lined([both[0] for both in members]), lined([both[1] for both in members])
    return Shift(kind, count or len(members), round(across, 1), round(down, 1), what, old, new)


def _vector(both: WordPair) -> tuple[float, float]:
    old, new = both[0].box, both[1].box
    return new[0] - old[0], new[3] - old[3]


def _words(count: int) -> str:
    return f"{count} word{'s' if count != 1 else ''}"


def _way(across: float, down: float) -> str:
    parts = [(abs(down), "down" if down > 0 else "up"), (abs(across), "right" if across > 0 else "left")]
    return " and ".join(f"{length:g} pt {way}" for length, way in parts if length >= TOLERANCE)


def _sample(members: Sequence[WordPair]) -> str:
    return _first_words([both[1] for both in members])


def _first_words(words: Sequence[Word]) -> str:
    return f"“{' '.join(word.text for word in words[:_SAMPLE])}{' …' if len(words) > _SAMPLE else ''}”"

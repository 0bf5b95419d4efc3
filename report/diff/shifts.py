"""Layout changes of unchanged words: blocks that moved, different line breaks, other fonts, sizes and colours.

In: a pair of pages with the words that are the same on both. Out: `Shift`s, those with the most words first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from report.diff.moves import TextMove
from report.diff.outcome import Shift, ShiftKind
from report.diff.records import ReadPage, Word
from report.diff.words import PageComparison, line_boxes

TOLERANCE = 0.5  # points: anything less is not a shift
_MIN_BLOCK = 8  # words moved by the same amount form a block
_FEW_GROUPS = 6  # up to this many different moves are reported one by one, however few the words
_MAX_SHIFTS = 12  # per page
_SAMPLE = 5  # words quoted to identify a block

WordPair = tuple[Word, Word]


def shifts(compared: PageComparison) -> tuple[Shift, ...]:
    """Return the shifts of a pair of pages."""
    if not (compared.pair.old and compared.pair.new):
        return tuple(_flowed(compared))
    every = [*_moved(compared.same), *_restyled(compared.same), *_flowed(compared)]
    return tuple(sorted(every, key=lambda shift: -shift.count)[:_MAX_SHIFTS])


def _moved(same: Sequence[WordPair]) -> Iterator[Shift]:
    """Yield blocks that moved as one, then the rest: different line breaks, or words that moved along their lines."""
    groups: dict[tuple[float, float], list[WordPair]] = defaultdict(list)
    for pair in same:
        across, down = _offset(pair)
        if max(abs(across), abs(down)) >= TOLERANCE:
            groups[(round(across * 2) / 2, round(down * 2) / 2)].append(pair)
    rebroken = _changed_line_breaks(same)
    blocks = {
        offset: members
        for offset, members in groups.items()
        if len(members) >= _MIN_BLOCK or (abs(offset[1]) >= TOLERANCE and not rebroken and len(groups) <= _FEW_GROUPS)
    }
    for (across, down), members in blocks.items():
        what = f"{_words(len(members))} moved {_direction(across, down)}: {_sample(members)}"
        yield _shift("moved", members, what, across, down)
    scattered = [pair for offset, members in groups.items() if offset not in blocks for pair in members]
    vertical = [pair for pair in scattered if abs(_offset(pair)[1]) >= TOLERANCE]
    if vertical and not rebroken:
        most = max(abs(distance) for pair in vertical for distance in _offset(pair))
        what = f"{_words(len(vertical))} moved by different amounts, up to {most:.1f} pt: {_sample(vertical)}"
        yield _shift("moved", vertical, what)
    along = [pair for pair in scattered if abs(_offset(pair)[1]) < TOLERANCE]
    if along and not rebroken:
        most = max(abs(_offset(pair)[0]) for pair in along)
        yield _shift("along the line", along, f"{_words(len(along))} moved along the line, up to {most:.1f} pt", most)
    if rebroken:
        lines = len({pair[1].line for pair in rebroken})
        what = f"{lines} line{'s break' if lines > 1 else ' breaks'} differently: {_sample(rebroken)}"
        yield _shift("broken elsewhere", [*rebroken, *scattered], what, count=lines)


def _changed_line_breaks(same: Sequence[WordPair]) -> list[WordPair]:
    """Return the words that begin a line on one of the pages only."""
    changed = []
    for previous, pair in pairwise(same):
        breaks_old, breaks_new = (previous[side].line != pair[side].line for side in (0, 1))
        if breaks_old != breaks_new or (previous[0].hyphenated != previous[1].hyphenated):
            changed.append(pair)
    return changed


def _restyled(same: Sequence[WordPair]) -> Iterator[Shift]:
    groups: dict[str, list[WordPair]] = defaultdict(list)
    for pair in same:
        if pair[0].style != pair[1].style:
            groups[_style_change(pair)].append(pair)
    for change, members in groups.items():
        yield _shift("restyled", members, f"{_words(len(members))} restyled, {change}: {_sample(members)}")


def _style_change(pair: WordPair) -> str:
    old, new = pair[0].style, pair[1].style
    parts = ((old.font, new.font), (f"{old.size:g} pt", f"{new.size:g} pt"), (old.colour, new.colour))
    return ", ".join(f"{before} → {after}" for before, after in parts if before != after)


def _flowed(compared: PageComparison) -> Iterator[Shift]:
    """Yield text that moved: to another page, from another page, or within the page."""
    old, new = compared.pair.old, compared.pair.new
    for flow in compared.flowed:
        within = old is not None and new is not None and (flow.old_page, flow.new_page) == (old.number, new.number)
        if within and old and new:
            yield _flow_shift(flow, f"{_words(len(flow.new))} moved within the page", old, new)
        elif new is not None and flow.new_page == new.number:
            what = f"{_words(len(flow.new))} flowed in from page {flow.old_page} of the old file"
            yield _flow_shift(flow, what, None, new)
        elif old is not None:
            yield _flow_shift(
                flow, f"{_words(len(flow.old))} flowed to page {flow.new_page} of the new file", old, None
            )


def _flow_shift(flow: TextMove, what: str, old: ReadPage | None, new: ReadPage | None) -> Shift:
    removed = [old.words[at] for at in flow.old] if old else []
    added = [new.words[at] for at in flow.new] if new else []
    what = f"{what}: {_first_words(added or removed)}"
    return Shift("flowed", len(flow.new), 0.0, 0.0, what, line_boxes(removed), line_boxes(added))


def _shift(
    kind: ShiftKind, members: Sequence[WordPair], what: str, across: float = 0.0, down: float = 0.0, count: int = 0
) -> Shift:
    old, new = line_boxes([pair[0] for pair in members]), line_boxes([pair[1] for pair in members])
    return Shift(kind, count or len(members), round(across, 1), round(down, 1), what, old, new)


def _offset(pair: WordPair) -> tuple[float, float]:
    """Return how far a word moved right and down. Vertical positions are compared at the bottom of the box."""
    old, new = pair[0].box, pair[1].box
    return new[0] - old[0], new[3] - old[3]


def _words(count: int) -> str:
    return f"{count} word{'s' if count != 1 else ''}"


def _direction(across: float, down: float) -> str:
    parts = [(abs(down), "down" if down > 0 else "up"), (abs(across), "right" if across > 0 else "left")]
    return " and ".join(f"{distance:g} pt {direction}" for distance, direction in parts if distance >= TOLERANCE)


def _sample(members: Sequence[WordPair]) -> str:
    return _first_words([pair[1] for pair in members])


def _first_words(words: Sequence[Word]) -> str:
    return f"“{' '.join(word.text for word in words[:_SAMPLE])}{' …' if len(words) > _SAMPLE else ''}”"

"""Comparing text: matching pages, changed words and figures, and text that only moved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from changes import page, restyled

from report.diff.matching import PagePair, match
from report.diff.numerals import numeral_syntax
from report.diff.outcome import Shift, TextChange
from report.diff.records import ReadPage, Style
from report.diff.shifts import shifts
from report.diff.words import PageComparison, compare_words

ENGLISH = numeral_syntax("en-US")
STORY = "Every child in the county\nreads with somebody at home\nand tells at school of it"
BUDGET = "The budget of the office\nstands on four legs and\nnone of them is short"
PLAN = "Next year brings a plan\nfor buses, bridges, books\nand a new roof for all"
WORDS = ("alpha", "beta", "gamma", "delta", "eta")
MANY = [page(number, " ".join(f"{word}{number}" for word in WORDS)) for number in range(1, 40)]


def numbered(pages: list[ReadPage]) -> list[ReadPage]:
    return [replace(each, number=number) for number, each in enumerate(pages, 1)]


def matched(old: list[ReadPage], new: list[ReadPage]) -> list[tuple[int | None, int | None, bool]]:
    return [(pair.old.number if pair.old else None, pair.new.number if pair.new else None, pair.moved)
            for pair in match(old, new)]  # fmt: skip


def texts(old: str, new: str, language: str = "en-US") -> list[TextChange]:
    """Return what changed between two pages of text."""
    pair = PagePair(page(1, old), page(1, new))
    return list(compare_words([pair], numeral_syntax(language))[0].texts)


def changes(old: str, new: str, language: str = "en-US") -> list[tuple[str, str, str]]:
    return [(each.kind, each.old, each.new) for each in texts(old, new, language)]


def moved(old: ReadPage, new: ReadPage) -> list[Shift]:
    return list(shifts(compare_words([PagePair(old, new)], ENGLISH)[0]))


def descriptions(compared: list[PageComparison]) -> list[list[str]]:
    return [[shift.what for shift in shifts(each)] for each in compared]


def test_identical_pages_are_matched_in_order() -> None:
    assert matched(MANY, MANY) == [(number, number, False) for number in range(1, 40)]


@pytest.mark.parametrize("at", [0, 1, 20, 39])
@pytest.mark.parametrize("count", [1, 2])
def test_inserted_and_removed_pages_shift_the_others(at: int, count: int) -> None:
    more = numbered([*MANY[:at], *[page(1, STORY), page(2, BUDGET)][:count], *MANY[at:]])
    inserted = [(None, at + step, False) for step in range(1, count + 1)]
    same = [(number, number + count * (number > at), False) for number in range(1, 40)]
    assert matched(MANY, more) == [*same[:at], *inserted, *same[at:]]
    reverse = [(new, old, False) for old, new, _ in [*same[:at], *inserted, *same[at:]]]
    assert matched(more, MANY) == reverse


def test_slightly_changed_pages_are_still_matched() -> None:
    new = numbered([page(1, PLAN), page(2, STORY.replace("child", "pupil")), page(3, BUDGET.replace("four", "two"))])
    old = numbered([page(1, STORY), page(2, BUDGET)])
    assert matched(old, new) == [(None, 1, False), (1, 2, False), (2, 3, False)]


def test_a_completely_rewritten_page_counts_as_removed_and_inserted() -> None:
    old, new = numbered([MANY[0], page(1, STORY), MANY[1]]), numbered([MANY[0], page(1, PLAN), MANY[1]])
    assert matched(old, new) == [(1, 1, False), (2, None, False), (None, 2, False), (3, 3, False)]


def test_a_page_out_of_sequence_has_moved() -> None:
    new = numbered([*MANY[:5], *MANY[6:20], MANY[5], *MANY[20:]])
    found = matched(MANY, new)
    assert (6, 20, True) in found
    assert len(found) == len(MANY)
    assert [pair for pair in found if pair[2]] == [(6, 20, True)]


def test_many_pages_are_matched_in_reasonable_time() -> None:
    old = [replace(MANY[number % 39], number=number + 1) for number in range(150)]
    new = numbered([*old[:7], page(1, STORY), *old[7:-1]])
    found = matched(old, new)
    assert (None, 8, False) in found
    assert len([pair for pair in found if None not in pair]) == 149


def test_pages_without_text_are_matched_by_their_pictures() -> None:
    dark, light = bytes([10] * 384 + [250] * 384), bytes([250] * 384 + [10] * 384)
    empty = page(1, "")
    first = replace(empty, thumbnail=dark, trim_digest="1")
    assert matched([first], [replace(first, trim_digest="2")]) == [(1, 1, False)]
    assert matched([first], [replace(first, thumbnail=light, trim_digest="2")]) == [(1, None, False), (None, 1, False)]
    assert matched([first], numbered([replace(empty, thumbnail=light), first])) == [(None, 1, False), (1, 2, False)]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("It covers 177,000 employees, and", "It covers 178,500 employees, and", ("figure", "177,000", "178,500")),
        ("a budget of $627 million", "a budget of $640 million", ("figure", "$627 million", "$640 million")),
        ("nearly (6.3%) of them", "nearly (6.2%) of them", ("figure", "6.3%", "6.2%")),
        ("closed two schools here", "closed seven schools here", ("figure", "two", "seven")),
        ("ranks 7th in", "ranks 8th in", ("figure", "7th", "8th")),
        ("a good plan for", "a better plan for", ("text", "good", "better")),
        ("a plan for all", "a good plan for all", ("text", "", "good")),
        ("a good plan for", "a plan for", ("text", "good", "")),
        ("one more time", "another more time", ("text", "one", "another")),
    ],
)  # fmt: skip
def test_a_change_is_a_figure_or_a_text(old: str, new: str, found: tuple[str, str, str]) -> None:
    assert changes(old, new) == [found]


def test_a_figure_is_reported_with_its_context_and_its_box() -> None:
    found = texts("In all the schools of it\nwe saw 12 of them do it\nagain and more",
                  "In all the schools of it\nwe saw 13 of them do it\nagain and more")[0]  # fmt: skip
    assert (found.before, found.after) == ("the schools of it we saw", "of them do it again and")
    assert (found.old_page, found.new_page) == (1, 1)
    assert found.old_boxes == found.new_boxes == ((85.0, 112.0, 95.0, 121.0),)


def test_several_figures_of_one_passage_are_reported_one_by_one_and_the_words_once() -> None:
    assert changes("we had 12 and 340 there", "we had 13 and 350 there") == [
        ("figure", "12", "13"),
        ("figure", "340", "350"),
    ]
    found = changes("start with 12 good boats 340 end", "start with 13 bad ships 350 end")
    assert found[:2] == [("figure", "12", "13"), ("figure", "340", "350")]
    assert found[2] == ("text", "12 good boats 340", "13 bad ships 350")


def test_number_words_depend_on_the_language() -> None:
    assert changes("es sind zwei da", "es sind sieben da", "de-DE") == [("figure", "zwei", "sieben")]
    assert changes("es sind zwei da", "es sind sieben da", "en") == [("text", "zwei", "sieben")]
    assert changes("son 5 millones de", "son 6 millones de", "es") == [("figure", "5 millones", "6 millones")]


@pytest.mark.parametrize("language", ["", "xx-YY", "tlh", "not a language", "en_US_POSIX_and_more"])
def test_in_an_unknown_language_digits_still_count(language: str) -> None:
    assert changes("it is 5 here", "it is 6 here", language) == [("figure", "5", "6")]


def test_a_rewritten_sentence_is_one_change() -> None:
    assert changes("go to college, some into a trade and rest", "go into work, some to a college and rest") == [
        ("text", "to college, some into a trade", "into work, some to a college")
    ]


def test_a_hyphen_at_a_line_end_is_not_a_change() -> None:
    assert changes("all the com-puter~ rooms", "all the computer rooms") == []
    assert changes("a School-Based~ idea", "a School-Based idea") == []
    assert changes("a well-being idea", "a wellbeing idea") == [("text", "well-being", "wellbeing")]


def test_page_numbers_that_changed_with_their_pages_are_not_figures() -> None:
    old = [page(1, "Contents\nStory 2\nBudget 3\nPlan"), page(2, STORY), page(3, BUDGET)]
    new = numbered([page(1, "Contents\nStory 3\nBudget 4\nPlan"), page(2, PLAN), page(3, STORY), page(4, BUDGET)])
    found = compare_words(match(old, new), ENGLISH)
    assert [(each.kind, each.old, each.new) for each in found[0].texts] == [
        ("page number", "2", "3"), ("page number", "3", "4")
    ]  # fmt: skip
    inside = [page(1, "We saw 2 of them\nin it"), page(2, STORY)]
    moved_on = numbered([page(1, "We saw 3 of them\nin it"), page(2, PLAN), page(3, STORY)])
    assert [each.kind for each in compare_words(match(inside, moved_on), ENGLISH)[0].texts] == ["figure"]


def test_the_folio_of_a_page_that_moved_is_not_a_change() -> None:
    foot = "\n" * 52
    old = [page(1, f"{STORY}{foot}1"), page(2, f"{BUDGET}{foot}2")]
    new = [page(1, PLAN), page(2, f"{STORY}{foot}2"), page(3, f"{BUDGET}{foot}3")]
    found = compare_words(match(old, new), ENGLISH)
    assert [each.texts for each in found] == [(), (), ()]
    assert len(found[1].folios) == 2


def test_page_labels_count_as_folios() -> None:
    old = [page(1, f"{STORY}{chr(10) * 52}iv", label="iv")]
    new = [page(1, f"{STORY}{chr(10) * 52}vi", label="vi")]
    assert compare_words([PagePair(old[0], new[0])], ENGLISH)[0].texts == ()


def test_text_that_flows_to_the_next_page_is_not_a_change() -> None:
    tail = "The last words of this page go over"
    old = [page(1, f"{STORY}\n{tail}"), page(2, BUDGET)]
    new = [page(1, STORY), page(2, f"{tail}\n{BUDGET}")]
    found = compare_words([PagePair(*pair) for pair in zip(old, new, strict=True)], ENGLISH)
    assert [each.texts for each in found] == [(), ()]
    assert descriptions(found)[0] == ["8 words flowed to page 2 of the new file: “The last words of this …”"]
    assert "8 words flowed in from page 1 of the old file: “The last words of this …”" in descriptions(found)[1]


def test_text_that_moved_within_its_page_is_not_a_change() -> None:
    first, second = "Alpha words go in front of it", "Omega words come after all of this"
    found = moved(page(1, f"{first}\n{second}\nEnd"), page(1, f"{second}\n{first}\nEnd"))
    assert sorted(shift.kind for shift in found) == ["flowed", "moved"]
    assert [shift.what for shift in found if shift.kind == "flowed"] == [
        "7 words moved within the page: “Omega words come after all …”"
    ]


def test_a_heading_that_flows_alone_is_not_a_change_but_two_common_words_are() -> None:
    old = [page(1, f"{STORY}\nGreat Expectations"), page(2, BUDGET)]
    new = [page(1, STORY), page(2, f"Great Expectations\n{BUDGET}")]
    assert [
        each.texts for each in compare_words([PagePair(*pair) for pair in zip(old, new, strict=True)], ENGLISH)
    ] == [
        (),
        (),
    ]
    old, new = [page(1, f"{STORY}\nto be"), page(2, BUDGET)], [page(1, STORY), page(2, f"to be\n{BUDGET}")]
    pairs = [PagePair(*pair) for pair in zip(old, new, strict=True)]
    assert [len(each.texts) for each in compare_words(pairs, ENGLISH)] == [1, 1]


def test_the_words_of_an_inserted_page_are_not_reported_one_by_one() -> None:
    assert compare_words([PagePair(None, page(1, STORY))], ENGLISH)[0].texts == ()


def test_a_moved_block_is_reported_with_its_offset() -> None:
    found = moved(page(1, STORY), page(1, STORY, left=56, top=114.5))
    assert [(shift.kind, shift.count, shift.across, shift.down) for shift in found] == [("moved", 16, 6.0, 14.5)]
    assert found[0].what == "16 words moved 14.5 pt down and 6 pt right: “Every child in the county …”"
    assert len(found[0].old_boxes) == 3


def test_words_that_moved_by_different_amounts_are_reported_together() -> None:
    old = page(1, "\n".join(f"word{number}" for number in range(12)))
    new = replace(old, words=tuple(
        replace(word, box=word.box.shifted(0, 2 * at))
        for at, word in enumerate(old.words)))  # fmt: skip
    assert [shift.what for shift in moved(old, new)] == [
        "11 words moved by different amounts, up to 22.0 pt: “word1 word2 word3 word4 word5 …”"
    ]


def test_less_than_half_a_point_is_not_a_shift() -> None:
    assert moved(page(1, STORY), page(1, STORY, left=50.4, top=100.4)) == []


def test_changed_line_breaks_are_counted() -> None:
    found = moved(page(1, "one two three\nfour five six\nseven"), page(1, "one two\nthree four five six\nseven"))
    assert [(shift.kind, shift.count, shift.what) for shift in found] == [
        ("broken elsewhere", 1, "1 line breaks differently: “three four”")
    ]


def test_words_pushed_along_their_line_are_reported_as_such() -> None:
    found = moved(page(1, "We saw 12 of them"), page(1, "We saw 1234 of them"))
    assert [(shift.kind, shift.count, shift.across) for shift in found] == [("along the line", 2, 10.0)]


def test_restyled_words_are_reported_with_what_changed() -> None:
    found = moved(page(1, STORY), restyled(page(1, STORY), Style("Helvetica", 11, "#FF0000")))
    assert [shift.kind for shift in found] == ["restyled"]
    assert "10 pt → 11 pt, #000000 → #FF0000" in found[0].what
    assert "Helvetica" not in found[0].what


def test_a_page_of_the_same_words_thousands_of_times_takes_reasonable_time() -> None:
    old, new = page(1, "a b\n" * 1_500), page(1, "b a c\n" * 1_500)
    assert compare_words([PagePair(old, new)], ENGLISH)[0].pair.old is old

"""How far is too far: each limit of the checks of pages, just kept and just missed, on pages made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pages import sheet, tokens
from sentences import told

from report.engine.boxes import Component, Fragment, PageRecord, TextLine
from report.geometry import Rect
from report.layout.checks import check_layout
from report.layout.subject import LayoutSubject
from report.problems import Problem

COVER, SPREAD = sheet("art-cover"), sheet("quote-one", spread=True)
FACES = tuple(tokens().faces.values())
FACE = FACES[0]
# The text area is 100 to 500 across and 100 to 700 down; the safe area is 27 pt.
PAGE = PageRecord(1, "right", "", False, 600, 800, Rect(100, 100, 500, 700), (), (), (), ())
SRC = "data/x/sections/a.md:9"


def line(x: float = 200, y: float = 200, width: float = 100, text: str = "words", **other: Any) -> TextLine:
    """Return a line of 10 pt with 14 pt of leading, each in a block of its own by its place."""
    made = TextLine(
        text, x, y, width, 14, 10, FACE.family, FACE.style, FACE.weight, "story", SRC, int(y * 1000 + x), False
    )
    return replace(made, **other)


def found(*pages: PageRecord, multiple: int = 1, texts: dict[str, str] | None = None) -> list[Problem]:
    sheets = {each.page: each for each in (COVER, SPREAD)}
    subject = LayoutSubject(pages, sheets, FACES, 27.0, texts or {}, multiple)
    problems = [told(problem) for problem in check_layout(subject)]
    assert all(each.where.page for each in problems if each.code != "lost-text")
    for each in problems:  # what is wrong with a text is placed where that text is from
        if each.code in {"overflow", "clipped", "collision", "safe-area", "glyph-missing", "font-missing"}:
            assert each.where.source and each.where.component
    return problems


def codes(*lines: TextLine, page: PageRecord = PAGE) -> set[str]:
    return {problem.code for problem in found(replace(page, lines=lines))}


TEXT = line(x=110, y=110)  # so that a page is not blank


@pytest.mark.parametrize(
    ("kept", "missed"),
    [
        (line(x=400.5), line(x=401)),  # to the right
        (line(y=696.5), line(y=697)),  # a line below the foot is a descender
        (line(x=89.5), line(x=89)),  # an indent of one letter hangs out at the left
    ],
)
def test_text_may_leave_the_text_area_by_what_nobody_sees(kept: TextLine, missed: TextLine) -> None:
    assert codes(kept) == set()
    assert codes(missed) == {"overflow"}


def test_headers_and_texts_on_sheets_stand_outside_the_text_area_and_what_follows_is_looked_at() -> None:
    header = line(y=60, running=True, x=50)
    assert codes(header, TEXT) == set()
    assert codes(header, line(x=450)) == {"overflow"}
    assert codes(line(x=450), page=replace(PAGE, name="art-cover")) == set()


CLIP = Rect(200, 200, 300, 260)


@pytest.mark.parametrize(
    ("kept", "missed"),
    [
        ({"x": 199.5}, {"x": 199}),
        ({"x": 200.5}, {"x": 201}),
        ({"y": 257}, {"y": 257.5}),  # three quarters of its height are cut
        ({"y": 185.5}, {"y": 185}),
    ],
)
def test_text_is_cut_off_where_its_box_hides_it(kept: dict[str, Any], missed: dict[str, Any]) -> None:
    assert codes(line(clip=CLIP, **kept)) == set()
    assert codes(line(clip=CLIP, **missed)) == {"clipped"}


def test_text_that_reaches_over_the_cut_is_cut_off() -> None:
    page = replace(PAGE, name="art-cover")  # where text may stand anywhere
    assert "clipped" in codes(line(x=-1), page=page)
    assert "clipped" in codes(line(x=501), page=page)
    assert "clipped" in codes(line(y=-15), page=page)
    assert "clipped" in codes(line(y=798), page=page)
    assert "clipped" not in codes(line(x=0), page=page) | codes(line(x=500), page=page) | codes(line(y=-14), page=page)


@pytest.mark.parametrize(
    ("x", "y", "outside"),
    [(200, 200, ""), (300.5, 200, ""), (301, 200, "1 pt"), (99.5, 200, ""), (97, 200, "3 pt"), (200, 550.5, ""),
     (200, 554, "4 pt")],
)  # fmt: skip
def test_a_picture_stays_inside_the_text_area(x: float, y: float, outside: str) -> None:
    picture = Component("chart", "img", x, y, 200, 150, SRC)
    problems = found(replace(PAGE, lines=(TEXT,), components=(picture,)))
    assert [(each.code, each.where.component, each.where.line) for each in problems] == [
        ("overflow", "chart", 9)
    ] * bool(outside)
    assert all(outside in each.what for each in problems)
    box, cover = replace(picture, tag="div"), replace(PAGE, name="art-cover", lines=(TEXT,), components=(picture,))
    assert found(replace(PAGE, lines=(TEXT,), components=(box,))) == []
    assert found(cover) == []


@pytest.mark.parametrize(
    ("spot", "kept", "missed"),
    [
        ("the outer edge", {"x": 473.5}, {"x": 474}),
        ("the fold", {"x": 26.5}, {"x": 26}),
        ("the head", {"y": 26.5}, {"y": 26}),
        ("the foot", {"y": 759.5}, {"y": 760}),
    ],
)
def test_text_keeps_its_distance_from_the_edges_of_a_recto(
    spot: str, kept: dict[str, Any], missed: dict[str, Any]
) -> None:
    page = replace(PAGE, name="art-cover")
    assert found(replace(page, lines=(line(**kept),))) == []
    (problem,) = found(replace(page, lines=(line(**missed),)))
    assert (problem.code, problem.where.line, problem.where.component) == ("safe-area", 9, "story")
    assert f"26 pt from {spot}" in problem.what


def test_the_fold_of_a_verso_is_at_its_right_and_what_is_beyond_an_edge_is_told_so() -> None:
    def told_of(x: float) -> list[str]:
        page = replace(PAGE, name="art-cover", side="left", lines=(line(x=x),))
        return [problem.what for problem in found(page) if problem.code == "safe-area"]

    assert "20 pt from the fold" in told_of(480)[0]
    assert "0 pt from the outer edge" in told_of(0)[0]
    assert " 4 pt beyond the outer edge" in told_of(-4)[0]


@pytest.mark.parametrize(
    ("second", "collides"),
    [
        ({"x": 200, "y": 204.5}, True),
        ({"x": 200, "y": 205}, False),  # half a letter apart
        ({"x": 298, "y": 200.5}, True),
        ({"x": 298.5, "y": 200.5}, False),  # a point and a half across is the side of a letter
        ({"x": 200, "y": 204.5, "block": 200200}, False),
        ({"x": 200, "y": 204.5, "running": True}, False),
    ],
)
def test_lines_collide_where_the_middles_of_their_letters_meet(second: dict[str, Any], collides: bool) -> None:
    assert codes(line(y=200), line(**second)) == ({"collision"} if collides else set())


def test_every_pair_of_lines_is_compared_once() -> None:
    three = [line(y=200, text="one"), line(y=201, text="two"), line(y=202, text="three")]
    problems = found(replace(PAGE, lines=tuple(three)))
    pairs = [("one", "two"), ("one", "three"), ("two", "three")]
    assert [all(f"“{each}”" in problem.what for each in pair) for problem, pair in zip(problems, pairs, strict=True)]
    assert len(problems) == 3


@pytest.mark.parametrize(
    ("text", "shown"),
    [("x" * 40, f"“{'x' * 40}”"), ("x" * 41, f"“{'x' * 37}…”"), ("two  \n words", "“two words”")],
)
def test_a_long_text_is_quoted_by_its_beginning(text: str, shown: str) -> None:
    (problem,) = found(replace(PAGE, lines=(line(x=450, text=text),)))
    assert shown in problem.what


def test_only_letters_count_for_the_text_that_is_lost() -> None:
    page = replace(PAGE, lines=(line(text="two words"),))
    assert found(page, texts={SRC: "twowords"}) == []
    (problem,) = found(page, texts={SRC: "twowordsmore"})
    assert (problem.code, problem.where.line) == ("lost-text", 9)


def test_a_sheet_without_text_that_runs_on_is_named_by_its_page() -> None:
    pages = [replace(PAGE, number=number, name="art-cover") for number in (1, 2)]
    (problem,) = found(*pages)
    assert (problem.code, problem.where.page, problem.where.line) == ("sheet-overflow", 2, 0)
    assert "its page" in problem.what
    first, *others = [replace(pages[0], lines=(line(text="1"),)), replace(pages[1], lines=(line(src="a.md:7"),))]
    assert [problem.where.source for problem in found(first, *others)] == ["a.md:7"]


def test_a_spread_of_one_page_or_of_three_is_told_with_its_page() -> None:
    left, right, third = (
        replace(PAGE, number=number, name="quote-one", side=side, lines=(TEXT,))
        for number, side in ((2, "left"), (3, "right"), (4, "left"))
    )
    assert found(left, right) == []
    assert [(problem.code, problem.where.page) for problem in found(left)] == [("spread-parity", 2)]
    (more,) = found(left, right, third)
    assert (more.code, more.where.page) == ("sheet-overflow", 4)
    assert "its spread" in more.what
    (turned,) = found(replace(left, side="right"), replace(right, side="left"))
    assert (turned.code, turned.where.page) == ("spread-parity", 2)


def test_a_blank_page_and_a_count_are_placed_after_what_stands_last_in_the_text() -> None:
    first = replace(PAGE, lines=(line(src="a.md:3"), line(y=300, src="a.md:8"), line(y=740, running=True, src="x:1")))
    unplaced = replace(first, lines=(*first.lines, line(y=400, src="", component="")))
    blank, last = replace(PAGE, number=2, blank=True), replace(PAGE, number=3, lines=(line(src="b.md:1"),))
    for page in (first, unplaced):
        (problem,) = found(page, blank, last)
        assert (problem.code, problem.where.page, problem.where.source) == ("blank-page", 2, "a.md:8")
    (count,) = found(first, last, multiple=4)
    assert (count.code, count.where.page, count.where.source) == ("page-count", 2, "b.md:1")
    (alone,) = found(blank)
    assert (alone.where.page, alone.where.source) == (2, "")


def fragment(tag: str = "p", x: float = 100, y: float = 200, height: float = 14, **other: Any) -> Fragment:
    made = Fragment(other.pop("block", int(y * 1000 + x)), tag, other.pop("lines", 3), x, y, height, "story", SRC)
    return replace(made, **other)


@pytest.mark.parametrize(
    ("heading", "following", "stranded"),
    [
        ((100, 680), (320, 100), True),
        ((100, 630.5), (320, 100), True),  # under four of its heights from the foot
        ((100, 630), (320, 100), False),
        ((100, 400), (320, 100), False),
        ((100, 680), (320, 680), False),  # beside it
        ((100, 680), (100, 100), False),  # in the same column
        ((100, 600), (100, 620), False),
    ],
)
def test_a_heading_near_the_foot_of_a_column_is_stranded_if_its_text_starts_in_the_next(
    heading: tuple[float, float], following: tuple[float, float], stranded: bool
) -> None:
    title, text = fragment("h3", *heading), fragment("p", *following)
    problems = found(replace(PAGE, lines=(TEXT,), fragments=(title, text)))
    assert [(each.code, each.where.line) for each in problems] == [("stranded-heading", 9)] * stranded


def test_headings_on_sheets_stand_where_they_stand_and_later_ones_are_looked_at() -> None:
    title, text = fragment("h2", y=680), fragment(y=200)
    cover = replace(PAGE, name="art-cover", lines=(TEXT,), fragments=(title,))
    pages = [
        replace(PAGE, number=number, lines=(TEXT,), fragments=each) for number, each in ((2, (title,)), (3, (text,)))
    ]
    assert [(each.code, each.where.page) for each in found(cover, *pages)] == [("stranded-heading", 2)]
    assert found(cover, pages[1]) == []


def test_the_line_that_stands_alone_is_told_apart_and_placed() -> None:
    def split(before: int, after: int) -> list[Problem]:
        parts = [(1, fragment(y=680, block=1, lines=before)), (2, fragment(y=100, block=1, lines=after))]
        return found(*(replace(PAGE, number=number, lines=(TEXT,), fragments=(each,)) for number, each in parts))

    (first,), (last,) = split(1, 3), split(3, 1)
    assert (" first " in first.what, first.where.page, first.where.line) == (True, 1, 9)
    assert (" last " in last.what, last.where.page, last.where.line) == (True, 2, 9)
    assert split(2, 2) == []


def test_a_missing_face_and_missing_letters_are_named_where_they_stand() -> None:
    (face,) = found(replace(PAGE, lines=(line(family="Comic Neue"),)))
    assert (face.code, face.where.line) == ("font-missing", 9)
    assert f"Comic Neue {FACE.weight} {FACE.style}" in face.what
    (letter,) = found(replace(PAGE, lines=(line(text="\N{SNOWMAN}\N{SOFT HYPHEN}\N{COMET}"),)))
    assert (letter.code, letter.where.line) == ("glyph-missing", 9)
    assert "\N{SNOWMAN} (U+2603), \N{COMET} (U+2604)" in letter.what

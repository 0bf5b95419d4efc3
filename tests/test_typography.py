"""Lines broken by measure and by sense."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path

import pytest

from report import typography
from report.formats import NBSP
from report.typography import balanced, no_lonely_word, text_width

SANS = Path(__file__).parents[1] / "styles" / "fonts" / "SourceSans3-Regular.ttf"
TITLES = [
    "Champion Individual and Collective Care and Wellbeing",
    "Strengthen Community with Children at the Center",
    "Model Organizational Excellence and Innovation",
    "A Message from the Superintendent",
    "Financial Overview",
]


def test_a_width_grows_with_the_size_and_with_each_letter() -> None:
    assert text_width("", SANS, 10) == 0
    assert text_width("ab", SANS, 10) == pytest.approx(text_width("a", SANS, 10) + text_width("b", SANS, 10))
    assert text_width("Report", SANS, 20) == pytest.approx(2 * text_width("Report", SANS, 10))
    assert text_width("W", SANS, 10) > text_width("i", SANS, 10)


def test_a_font_file_is_closed_after_reading() -> None:
    typography._advances.cache_clear()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        text_width("Report", SANS, 10)
        gc.collect()
    assert [str(warning.message) for warning in seen if "SourceSans3" in str(warning.message)] == []


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("width", [120.0, 200.0, 300.0])
def test_lines_hold_every_word_in_order_and_keep_to_the_measure(title: str, width: float) -> None:
    lines = balanced(title, SANS, 20, width)
    assert " ".join(lines) == title
    assert all(text_width(line, SANS, 20) <= width or " " not in line for line in lines)


@pytest.mark.parametrize("title", TITLES)
def test_there_are_as_few_lines_as_fit(title: str) -> None:
    width, greedy, line = 200.0, 1, ""
    for word in title.split():
        if text_width(f"{line} {word}".strip(), SANS, 20) > width:
            greedy, line = greedy + 1, ""
        line = f"{line} {word}".strip()
    assert len(balanced(title, SANS, 20, width)) == greedy


def test_lines_are_even_and_none_ends_on_a_small_word_or_leaves_one_alone() -> None:
    title = "Strengthen Community with Children at the Center"
    lines = balanced(title, SANS, 20, text_width(title, SANS, 20) * 0.75)
    assert lines == ["Strengthen Community", "with Children at the Center"]


def test_a_word_wider_than_the_measure_stands_on_its_own() -> None:
    assert balanced("Our Superintendents lead", SANS, 40, 100) == ["Our", "Superintendents", "lead"]


@pytest.mark.parametrize("text", ["", "One"])
def test_the_shortest_texts_are_one_line(text: str) -> None:
    assert balanced(text, SANS, 20, 100) == [text]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("of the year", f"of the{NBSP}year"),
        ("of the <em>year</em>", "of the <em>year</em>"),
        ("<em>of the year</em>", f"<em>of the{NBSP}year</em>"),
        ("<p>of the year.</p>\n", f"<p>of the{NBSP}year.</p>\n"),
        ("of representatives-elect", "of representatives-elect"),
        ("word", "word"),
        ("", ""),
    ],
)
def test_the_last_word_keeps_the_one_before_it_company_unless_it_is_long(text: str, kept: str) -> None:
    assert no_lonely_word(text) == kept

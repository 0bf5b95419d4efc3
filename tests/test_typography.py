"""Lines broken by measure and by sense."""

from __future__ import annotations

import gc
import re
import warnings
from pathlib import Path

import pytest

from report.design import typography
from report.design.typography import (
    balance_html,
    balance_lines,
    en_dashes,
    hyphenated_words,
    no_lonely_word,
    quote_setting,
    text_width,
)
from report.edition.formats import NBSP

SANS = Path(__file__).parents[1] / "styles" / "fonts" / "SourceSans3-Regular.ttf"
YEAR, SCHOOLS = "A Year of Growing with our Children and Families", "Schools and The People in our County"
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
    lines = balance_lines(title, SANS, 20, width)
    assert " ".join(lines) == title
    assert all(text_width(line, SANS, 20) <= width or " " not in line for line in lines)


@pytest.mark.parametrize("title", TITLES)
def test_there_are_as_few_lines_as_fit(title: str) -> None:
    width, greedy, line = 200.0, 1, ""
    for word in title.split():
        if text_width(f"{line} {word}".strip(), SANS, 20) > width:
            greedy, line = greedy + 1, ""
        line = f"{line} {word}".strip()
    assert len(balance_lines(title, SANS, 20, width)) == greedy


def test_lines_are_even_and_none_ends_on_a_small_word_or_leaves_one_alone() -> None:
    title = "Strengthen Community with Children at the Center"
    lines = balance_lines(title, SANS, 20, text_width(title, SANS, 20) * 0.75)
    assert lines == ["Strengthen Community", "with Children at the Center"]


@pytest.mark.parametrize(
    ("title", "measure", "lines"),
    [
        # even lines, none of which ends on a small word, whatever its first letter
        (YEAR, 0.5, ["A Year of Growing", "with our Children", "and Families"]),
        (YEAR, 0.6, ["A Year of Growing with our", "Children and Families"]),
        (SCHOOLS, 0.7, ["Schools and The People", "in our County"]),
        (SCHOOLS, 0.8, ["Schools and The People", "in our County"]),
        # two words on the last line, or a long one, are no fault
        ("A Message from the Superintendent of Schools", 0.8, ["A Message from the Superintendent", "of Schools"]),
        # a short word alone on the last line is worse than a small word at the end of another
        ("Learning for life in a changing world", 0.5, ["Learning", "for life in a", "changing world"]),
    ],
)  # fmt: skip
def test_even_lines_give_way_to_the_sense_of_the_words(title: str, measure: float, lines: list[str]) -> None:
    assert balance_lines(title, SANS, 20, text_width(title, SANS, 20) * measure) == lines


def test_a_letter_that_the_font_has_not_counts_as_wide_as_most() -> None:
    assert text_width("\N{SNOWMAN}", SANS, 10) == pytest.approx(6)
    assert text_width("a\N{SNOWMAN}", SANS, 10) == pytest.approx(6 + text_width("a", SANS, 10))


def test_a_word_wider_than_the_measure_has_its_own_line() -> None:
    assert balance_lines("Our Superintendents lead", SANS, 40, 100) == ["Our", "Superintendents", "lead"]


@pytest.mark.parametrize("text", ["", "One"])
def test_the_shortest_texts_are_one_line(text: str) -> None:
    assert balance_lines(text, SANS, 20, 100) == [text]


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
def test_the_last_two_words_stay_together_unless_the_last_is_long(text: str, kept: str) -> None:
    assert no_lonely_word(text) == kept


def test_html_is_broken_like_its_text_and_no_element_is_broken() -> None:
    html = 'Over <span data-fact="a.b">2,000 square&#160;miles</span> &amp; many <em>more</em> places to see'
    lines = balance_html(html, SANS, 20, 200)
    assert " ".join(lines) == html
    assert len(lines) == len(
        balance_lines("Over 2,000~square~miles & many more places to see".replace("~", NBSP), SANS, 20, 200)
    )
    assert all(line.count("<span") == line.count("</span>") for line in lines)


def test_each_line_of_html_has_the_words_of_that_line_and_an_element_counts_as_one_word() -> None:
    html = "Growing <em>up well</em> in our <b>own county</b> and state"
    text = html.replace("up well", f"up{NBSP}well").replace("own county", f"own{NBSP}county")
    text = text.replace("<em>", "").replace("</em>", "").replace("<b>", "").replace("</b>", "")
    width = text_width(text, SANS, 20) * 0.4
    lines = balance_html(html, SANS, 20, width)
    assert len(lines) == 4
    assert [re.sub("<[^>]*>", "", line).split() for line in lines] == [
        line.split() for line in balance_lines(text, SANS, 20, width)
    ]


@pytest.mark.parametrize("html", ["<em>one <strong>two</strong></em> three", "one < two"])
def test_html_with_nested_elements_is_unchanged(html: str) -> None:
    assert balance_html(html, SANS, 20, 10) == [html]


def test_no_html_is_no_lines() -> None:
    assert balance_html("", SANS, 20, 100) == []


def test_a_listed_name_keeps_its_hyphen_and_a_listed_range_gets_a_dash() -> None:
    html = en_dashes("<p>Raum 2-3 &amp; Saal 4-5, 6-12</p>", ["Raum 2-3", "Saal 4-5", "6-12"])
    assert html == '<p>Raum 2-3 &amp; Saal 4-5, <span class="range">6–12</span></p>'


@pytest.mark.parametrize(
    ("text", "dashed"),
    [
        ("<p>in 2023-24.</p>", '<p>in <span class="range">2023–24</span>.</p>'),
        (
            "<p>grades K-5 and 6-12</p>",
            '<p>grades <span class="range">K–5</span> and <span class="range">6–12</span></p>',
        ),
        ('<a href="#y-2023-24" title="2023-24">www.a.org/2023-24</a>',) * 2,
        ("<p>1999-00</p>", '<p><span class="range">1999–00</span></p>'),
        ("<p>DIN EN 805-1, DIN EN 13-15, ISO 9-12, 0731 987-65, 0731 12-34, 12-8, 07-12, 0731-12, 2023-12</p>",) * 2,
        ("<p>COVID-19, 90242-2890, R-TAC, a 20-year-old, -5</p>",) * 2,
    ],
)
def test_ranges_have_en_dashes_and_names_and_addresses_keep_their_hyphens(text: str, dashed: str) -> None:
    assert en_dashes(text) == dashed


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["An investment", "pays"], "monument"),
        (["An investment", "in knowledge pays", "the best interest."], "grand"),
        (["Intellectual growth"] * 4, "short"),
        (["that we can shape our future"], "medium"),
        (["a line that is longer than all the others here"], "long"),
    ],
)
def test_shorter_quotations_are_set_larger(lines: list[str], name: str) -> None:
    assert quote_setting(lines).name == name


def test_words_with_soft_hyphens_are_set_without_ligatures() -> None:
    html = '<p title="a\xadb">Auf\xadfahrt und Schiff\xadfahrt.</p>'
    soft = '<span class="hyphenated">{}</span>'.format
    first, second = soft("Auf\xadfahrt"), soft("Schiff\xadfahrt")
    expected = f'<p title="a\xadb">{first} und {second}.</p>'
    assert hyphenated_words(html) == expected
    assert hyphenated_words("<p>Office</p>") == "<p>Office</p>"

"""What an author says for those who listen: what abbreviations mean, what drawings show, when a margin is read."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from pages import ROOT, laid_out, raw
from tagtree import Element, read_tags

from figures import FIGURES
from report.compose.resources import BLANK
from report.compose.run import compose
from report.compose.viewer import Viewer
from report.design.tokens import Tokens
from report.design.typography import expand_abbreviations
from report.drawing.charts import chart_arts
from report.drawing.sheets import sheets
from report.edition.edition import Edition
from report.searchpath import SearchPath

Load = Callable[..., Edition]
MPO = "Metropolitan Planning Organization"
NAMES = {
    "MPO": MPO,
    "MPO-X": "An extended one",
    "MPO Board": "Its board",
    "R&amp;D": "Research and “Development”",
    "K-12": "All grades",
}


def abbr(short: str, meaning: str) -> str:
    return f'<abbr title="{meaning}">{short}</abbr>'


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<p>The MPO and the MPO.</p>", f"<p>The {abbr('MPO', MPO)} and the MPO.</p>"),
        ("<p>one</p><p>MPO</p><h2>MPO</h2>", f"<p>one</p><p>{abbr('MPO', MPO)}</p><h2>MPO</h2>"),
        ("<p>an MPO-X, an MPO</p>", f"<p>an {abbr('MPO-X', 'An extended one')}, an {abbr('MPO', MPO)}</p>"),
        ("<p>the MPO Board of MPO</p>", f"<p>the {abbr('MPO Board', 'Its board')} of {abbr('MPO', MPO)}</p>"),
        ('<img alt="MPO"><a title="MPO" href="#MPO">x</a>', '<img alt="MPO"><a title="MPO" href="#MPO">x</a>'),
        ("<p>MPOs, AMPO, pre-MPO, MPO_1</p>", "<p>MPOs, AMPO, pre-MPO, MPO_1</p>"),
        ("<p>(MPO)</p>", f"<p>({abbr('MPO', MPO)})</p>"),
        ("<p>R&amp;D</p>", f"<p>{abbr('R&amp;D', 'Research and “Development”')}</p>"),
        ("<p>K-12</p>", f"<p>{abbr('K-12', 'All grades')}</p>"),
        ("<p>mpo</p>", "<p>mpo</p>"),
        ("", ""),
    ],
)
def test_an_abbreviation_says_what_it_means_where_it_comes_first_and_nowhere_else(html: str, told: str) -> None:
    assert expand_abbreviations(html, NAMES) == told


def test_without_abbreviations_nothing_changes_and_meanings_are_escaped() -> None:
    assert expand_abbreviations("<p>MPO</p>", {}) == "<p>MPO</p>"
    assert (
        expand_abbreviations("<p>A</p>", {"A": 'x" onload="<b>'})
        == '<p><abbr title="x&quot; onload=&quot;&lt;b&gt;">A</abbr></p>'
    )


def tree(edition: Edition, tokens: Tokens, start: str, holding: str) -> Element:
    """Return the tags of that element of the composed edition which starts so and holds this."""
    charts, laid_under = chart_arts(edition, tokens, FIGURES), sheets(edition, tokens)
    view = Viewer(edition, charts, laid_under, tokens.dark).report()
    html = compose(view, laid_under, tokens, SearchPath.of(ROOT)).html
    tag = start[1:].split()[0]
    (found,) = (each for each in re.findall(rf"{start}.*?</{tag}>", html, re.S) if holding in each)
    layout = laid_out(f"<div>{found}</div>", served={"blank": BLANK.encode(), "chart/ease": BLANK.encode()})
    tags = read_tags(raw(layout, "screen")[0])  # the engine misses what the rest of the page holds
    assert tags.faults == []
    return tags.root


def test_a_quotation_without_a_word_on_its_drawing_is_read_alone(load_edition: Load, tokens: Tokens) -> None:
    quote = tree(load_edition(), tokens, '<section class="quote', "champion")
    assert quote.of("Figure") == []
    assert "deserves a champion" in quote.of("BlockQuote")[0].text


def test_a_drawing_that_its_author_describes_is_a_figure_as_large_as_its_page(
    load_edition: Load, tokens: Tokens
) -> None:
    described = ("artwork: beacon", "artwork: beacon\n    artwork_alt: A beacon over a dark sea")
    quote = tree(load_edition(quotes=described), tokens, '<section class="quote', "champion")
    (figure,) = quote.of("Figure")
    assert figure.attributes["Alt"] == "A beacon over a dark sea"
    assert figure.attributes["BBox"] == [0, 0, 612, 792]
    kinds = [each.tag for each in quote.all()]
    assert kinds.index("Figure") < kinds.index("BlockQuote")


@pytest.mark.parametrize("when", ["", "margin_read: before\n"], ids=["as usual", "before"])
def test_a_margin_is_read_after_the_text_or_before_it_as_its_author_says(
    load_edition: Load, tokens: Tokens, when: str
) -> None:
    edition = load_edition(story=("callouts: [advocacy.rank]\n", f"callouts: [advocacy.rank]\n{when}"))
    read = tree(edition, tokens, '<article class="story"', "<h3").text
    title, margin = read.index("How many were covered"), read.index("177,000")
    assert (margin < title) is bool(when)

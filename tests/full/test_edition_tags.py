"""The tag trees of the editions for reading: they tell the whole report, in its order, and hang together."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import pytest
from htmltext import html_body, html_words, shown_elements, tree_words
from tagtree import Element, TagTree, read_tags

from full.conftest import Sample


class Trees:
    """The trees of the sample, each read once."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample

    @cached_property
    def screen(self) -> TagTree:
        return read_tags(self.sample.pdfs["screen"].data)

    @cached_property
    def archive(self) -> TagTree:
        return read_tags(self.sample.pdfs["archive"].data)


@pytest.fixture(scope="module")
def trees(sample: Sample) -> Trees:
    return Trees(sample)


def test_the_tree_says_what_the_source_says_in_its_order(sample: Sample, trees: Trees) -> None:
    said, wanted = tree_words(trees.screen.root), html_words(sample.html)
    assert len(wanted) > 6000
    assert said == wanted


def test_nothing_is_stray_doubled_or_led_astray(trees: Trees) -> None:
    assert trees.screen.faults == []


def test_the_archive_tells_the_same_as_the_screen(trees: Trees) -> None:
    assert trees.archive.faults == []
    assert str(trees.archive) == str(trees.screen)


def test_every_element_of_the_source_has_one_element_in_the_tree(sample: Sample) -> None:
    named = [node.element for node in sample.tree.nodes() if node.element is not None]
    wanted = [each.tag for each in shown_elements(html_body(sample.html))]
    assert len(named) == len(set(named)) == len(wanted)
    assert sorted(each.tag for each in named) == sorted(wanted)


def test_headings_go_down_one_level_at_a_time(trees: Trees) -> None:
    levels = [int(each.tag[1]) for each in trees.screen.root.all() if each.tag in {"H1", "H2", "H3", "H4", "H5", "H6"}]
    assert levels[0] == 1
    assert len(levels) > 40
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_every_chart_is_a_figure_with_alternative_text_frame_caption_and_a_link_to_its_data(
    sample: Sample, trees: Trees
) -> None:
    figures = trees.screen.root.of("Figure")
    assert len(figures) == len(sample.edition.charts)
    holders = [each for each in trees.screen.root.of("Div") if any(is_figure(kid) for kid in each.kids)]
    assert len(holders) == len(figures)
    for holder in holders:
        (figure,) = (kid for kid in holder.kids if is_figure(kid))
        assert isinstance(figure, Element)
        assert len(figure.attributes["Alt"]) > 40
        left, bottom, right, top = figure.attributes["BBox"]
        assert 0 <= left < right <= 612
        assert 0 <= bottom < top <= 792
        assert any(kid.tag == "Caption" for kid in holder.kids if isinstance(kid, Element))
        assert any("table" in link.lower() for each in holder.of("Link") for link in each.links)


def is_figure(kid: Element | str) -> bool:
    return isinstance(kid, Element) and kid.tag == "Figure"


def test_every_data_table_has_a_caption_one_head_and_scoped_heads_and_leads_back(trees: Trees) -> None:
    tables = trees.screen.root.of("Table")
    assert len(tables) == len(trees.screen.root.of("Figure"))
    for table in tables:
        assert [len(table.of(tag)) for tag in ("Caption", "THead", "TBody")] == [1, 1, 1]
        assert {cell.attributes["Scope"] for cell in table.of("THead")[0].of("TH")} == {"Column"}
        assert {cell.attributes["Scope"] for cell in table.of("TBody")[0].of("TH")} == {"Row"}
        rows = [len([kid for kid in row.kids if isinstance(kid, Element)]) for row in table.of("TR")]
        assert len(set(rows)) == 1
        assert table.of("Caption")[0].of("Link")


def test_every_quotation_is_read_once_with_its_attribution(sample: Sample, trees: Trees) -> None:
    quotes = trees.screen.root.of("BlockQuote")
    assert len(quotes) == len(sample.edition.quotes) == 7
    for element in quotes:
        said = " ".join(element.text.split())
        assert any(quote.text in said and quote.attribution in said for quote in sample.edition.quotes.values()), said


def test_running_feet_are_artifacts_and_never_read(sample: Sample, trees: Trees) -> None:
    foot = sample.edition.config.tagline + "\xa0\xa0|\xa0\xa0"
    plain = foot.replace("\xa0", " ")
    assert trees.screen.artifacts.replace("\xa0", " ").count(plain) > 10
    assert plain not in trees.screen.root.text.replace("\xa0", " ")


def test_every_link_says_its_text(trees: Trees) -> None:
    links = trees.screen.root.of("Link")
    assert len(links) > 60
    for link in links:
        assert link.links, link.text
        assert all(said and not said.startswith(("http", "#")) for said in link.links), link.links


def test_abbreviations_are_expanded_where_they_come_first(sample: Sample, trees: Trees) -> None:
    told = {each.text: each.attributes["E"] for each in trees.screen.root.of("Span") if "E" in each.attributes}
    assert told
    assert told.items() <= sample.edition.config.abbreviations.items()

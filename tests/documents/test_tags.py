"""The tag tree of small documents: the text of the source, once, in order, with the right structure types."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from htmltext import html_body, html_words, shown_elements, tree_words
from pages import SVG, document, laid_out, opened, written
from tagtree import Element, TagTree, read_tags

REFERENCE = Path(__file__).parents[1] / "references" / "tags.txt"
DRAWING = SVG.format(200, 60, '<rect width="200" height="60" fill="#14294B"/>').encode()
SENTENCES = " ".join(f"Sentence number {n} tells of difficult waffles and offices." for n in range(40))
ROWS = "".join(f'<tr><th scope="row">Row {n}</th><td>{n * 7}</td></tr>' for n in range(40))
CSS = """
@page { size: 300pt 420pt; margin: 30pt; @top-center { content: "Running head " counter(page) } }
html { hyphens: manual }
nav a::before { content: target-counter(attr(href), page) " " }
.float { float: right; width: 80pt }
.columns { columns: 2 }
section { break-before: page }
"""
BODY = f"""
<h1>Annual&#160;report <span>2024</span></h1>
<nav><ol><li><a href="#one">One: the first chapter</a></li><li><a href="#two">Two</a></li></ol></nav>
<section id="one"><h2><span class="line">First</span> <span class="line">chapter</span></h2>
<p>{SENTENCES}</p>
<p>With <strong>strong</strong> <em>emphasis</em>, an <abbr title="Metropolitan Planning Organization">MPO</abbr>,
<span lang="es">una frase en español</span>, extra&shy;ordi&shy;nari&shy;ly long
com&shy;pre&shy;hen&shy;si&shy;bil&shy;i&shy;ty and a note<span class="footnote">The note says <em>this</em>,
officially.</span> before
<a href="https://example.org/a">a link that is long enough to be wrapped over two lines of this narrow page</a>.</p>
<aside class="float" data-reading-order="1"><p>An aside that floats and is read last.</p></aside>
<ul><li>First item<ul><li>Nested one</li></ul></li><li><p>Second item</p><p>in two paragraphs</p></li></ul>
<dl><dt>Term</dt><dd>Definition</dd></dl>
<figure><figcaption><p>Caption text</p></figcaption><img src="press:chart/a" alt="Bars: a rises"></figure>
<p><a href="#two"><img style="width: 40pt" src="press:chart/a" alt="Go to two"></a> and
<img src="press:chart/a" alt="" style="width: 10pt"> decoration</p>
<blockquote><p>“To be quoted.”</p><footer>Someone<span>, somewhere</span></footer></blockquote>
<div style="opacity: 0.5"><p>Half opaque text</p></div>
<div aria-hidden="true"><p>Hidden words</p></div>
</section>
<section id="two"><h2>Second</h2>
<table><caption>Numbers</caption><thead><tr><th>Year</th><th>Value</th></tr></thead><tbody>{ROWS}</tbody></table>
<div class="columns"><p>{SENTENCES}</p></div>
</section>
"""


@cache
def tagged() -> TagTree:
    return read_tags(written(laid_out(BODY, CSS, {"chart/a": DRAWING}), "screen"))


def tree(body: str, css: str = "") -> Element:
    tags = read_tags(opened(f"<section>{body}</section>", "screen", css).data)
    assert tags.faults == []
    return tags.root


def test_all_paint_is_marked_and_every_mark_and_element_refer_to_each_other() -> None:
    assert tagged().faults == []


def test_the_text_of_the_tree_is_the_text_of_the_source_in_order() -> None:
    assert tree_words(tagged().root) == html_words(document(BODY).html)


def test_each_element_of_the_source_is_in_the_tree_once() -> None:
    layout = laid_out(BODY, CSS, {"chart/a": DRAWING})
    named = [node.element for node in layout.tree.nodes() if node.element is not None]
    assert len(named) == len(set(named))
    assert len(named) == len(shown_elements(html_body(document(BODY).html)))


def test_the_tree_equals_the_stored_reference() -> None:
    text = str(tagged()) + "\n"
    if not REFERENCE.exists():
        REFERENCE.parent.mkdir(exist_ok=True)
        REFERENCE.write_text(text, "utf-8")
        pytest.fail("The reference was missing and has been written. Read it, and commit it if it is right.")
    assert text == REFERENCE.read_text("utf-8")


def test_text_broken_over_pages_and_columns_is_one_element() -> None:
    long = [each for each in tagged().root.of("P") if each.text.startswith("Sentence number 0")]
    assert [len(each.text.split()) for each in long] == [len(SENTENCES.split())] * 2
    assert len(tagged().root.of("Table")) == len(tagged().root.of("THead")) == 1


def test_running_heads_repeated_table_heads_and_hidden_text_are_artifacts() -> None:
    assert tagged().artifacts.count("Running head ") >= 6
    assert tagged().artifacts.count("Year") >= 1
    assert "Running head" not in tagged().root.text
    assert "Hidden" not in tagged().root.text


def test_header_cells_have_a_scope() -> None:
    scopes = [cell.attributes["Scope"] for cell in tagged().root.of("TH")]
    assert scopes == ["Column"] * 2 + ["Row"] * 40


def test_a_figure_has_alternative_text_a_frame_and_a_caption_beside_it() -> None:
    holder = next(each for each in tagged().root.of("Div") if any(k.tag == "Figure" for k in each.of("Figure")))
    assert [kid.tag for kid in holder.kids if isinstance(kid, Element)] == ["Caption", "Figure"]
    figure = holder.of("Figure")[0]
    assert figure.attributes["Alt"] == "Bars: a rises"
    left, bottom, right, top = figure.attributes["BBox"]
    assert (right - left, top - bottom) == pytest.approx((150, 45), abs=1)


def test_a_note_is_read_at_its_call_and_they_link_to_each_other() -> None:
    paragraph = next(each for each in tagged().root.of("P") if each.of("Note"))
    reference, note = paragraph.of("Reference")[0], paragraph.of("Note")[0]
    assert reference.of("Link")[0].links == ["Note 1"]
    assert note.of("Lbl")[0].of("Link")[0].links == ["Back to note 1"]
    assert note.attributes["ID"]


def test_a_wrapped_link_is_one_link_described_by_its_text() -> None:
    link = next(each for each in tagged().root.of("Link") if each.text.startswith("a link that"))
    assert set(link.links) == {"a link that is long enough to be wrapped over two lines of this narrow page"}


def test_a_linked_image_is_described_by_its_alternative_text() -> None:
    link = next(each for each in tagged().root.of("Link") if each.of("Figure"))
    assert set(link.links) == {"Go to two"}


def test_languages_and_expansions_are_tagged() -> None:
    spans = tagged().root.of("Span")
    assert [each.text for each in spans if each.attributes.get("Lang") == "es"] == ["una frase en español"]
    assert [each.attributes["E"] for each in spans if each.text == "MPO"] == ["Metropolitan Planning Organization"]


def test_a_hyphen_at_a_lines_end_does_not_split_the_word() -> None:
    paragraph = next(each for each in tagged().root.of("P") if "extra" in each.text)
    joined = paragraph.text.replace("\N{SOFT HYPHEN}", "")
    assert "extraordinarily long comprehensibility and a note" in " ".join(joined.split())
    assert "\N{HYPHEN}" not in paragraph.text


def test_the_author_can_set_the_reading_order_of_siblings() -> None:
    plain = tree("<div><p>one</p><p>two</p></div>")
    turned = tree('<div><p data-reading-order="1">one</p><p>two</p></div>')
    assert ([each.text for each in plain.of("P")], [each.text for each in turned.of("P")]) == (
        ["one", "two"],
        ["two", "one"],
    )


def test_a_table_of_contents_has_references_and_generated_page_numbers() -> None:
    entries = tagged().root.of("TOC")[0].of("TOCI")
    assert [entry.of("Reference")[0].of("Link")[0].links for entry in entries] == [["One: the first chapter"], ["Two"]]
    assert [entry.of("Generated")[0].text.strip() for entry in entries] == ["2", "6"]


def test_a_gap_between_headings_is_a_problem_at_its_source() -> None:
    body = '<h1>a</h1><section data-src="a.md:7" data-component="story"><h3 data-src="a.md:7">deep</h3></section>'
    (problem,) = laid_out(body).problems
    assert (problem.code, str(problem.where)) == ("heading-gap", "a.md:7")


@pytest.mark.parametrize("way", ["lost", "doubled", "swapped"])
def test_the_comparison_detects_lost_doubled_and_swapped_words(way: str) -> None:
    words = html_words(document(BODY).html)
    wrong = {
        "lost": words[:90] + words[91:],
        "doubled": words[:90] + words[89:],
        "swapped": [*words[1::-1], *words[2:]],
    }[way]
    assert tree_words(tagged().root) != wrong


def test_each_variant_for_reading_has_the_same_tree() -> None:
    layout = laid_out(BODY, CSS, {"chart/a": DRAWING})
    assert str(read_tags(written(layout, "archive"))) == str(tagged())

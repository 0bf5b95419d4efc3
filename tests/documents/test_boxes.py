"""The engine's private box tree, read into plain records in points."""

from __future__ import annotations

import pytest
from pages import SVG, block, laid_out, tokens

from report.engine.boxes import PageRecord

PICTURE = SVG.format(10, 10, '<rect width="10" height="10"/>').encode()


def page(body: str, css: str = "") -> PageRecord:
    (record,) = laid_out(body, css, {"chart/one": PICTURE}).pages
    return record


def text_of(record: PageRecord) -> list[str]:
    return [line.text.strip() for line in record.lines if not line.running]


def test_a_page_has_the_size_of_the_tokens_and_its_margins() -> None:
    size, record = tokens().page, page(block("text"))
    assert (record.width, record.height) == pytest.approx((float(size.width), float(size.height)))
    left, top, width, height = record.content.frame
    assert (left, top) == pytest.approx((float(size.inside), float(size.top)))
    assert width == pytest.approx(float(size.width - size.inside - size.outside))
    assert height == pytest.approx(float(size.height - size.top - size.bottom))


def test_the_first_page_is_a_recto_and_the_second_a_verso() -> None:
    pages = laid_out(block("one") + block("two")).pages
    assert [(each.number, each.side, each.blank) for each in pages] == [(1, "right", False), (2, "left", False)]
    assert pages[1].content[0] == pytest.approx(float(tokens().page.outside))


def test_a_page_forced_by_a_break_is_blank_and_others_keep_their_name() -> None:
    body = f'{block("one")}{block("two")}<div style="break-before: left; page: wide">{block("three")}</div>'
    assert [(each.name, each.blank) for each in laid_out(body).pages][2:] == [("", True), ("wide", False)]


def test_a_line_has_its_text_position_and_font_face() -> None:
    (line,) = (each for each in page(block("Some words")).lines if not each.running)
    assert (line.text, line.family, line.weight, line.style) == ("Some words", "Source Sans 3", 400, "normal")
    assert line.size == pytest.approx(float(tokens().values.type["text"]))
    assert (line.x, line.y) == pytest.approx((float(tokens().page.inside), float(tokens().page.top)))
    assert line.right == pytest.approx(line.x + line.width)
    assert line.bottom == pytest.approx(line.y + line.height)
    assert 40 < line.width < 60


def test_a_line_has_its_component_and_the_nearest_source() -> None:
    inner = '<p data-src="b.md:7">one <strong>two</strong></p><div data-component="callout"><p>three</p></div>'
    lines = page(f'<section data-component="story" data-src="a.md:3">{inner}</section>').lines
    records = [(line.text.strip(), line.component, line.src, line.weight) for line in lines if not line.running]
    assert records == [
        ("one", "story", "b.md:7", 400),
        ("two", "story", "b.md:7", 600),
        ("three", "callout", "a.md:3", 400),
    ]


def test_running_feet_are_marked_as_running() -> None:
    running = [line for line in page(block("x")).lines if line.running]
    assert [line.component for line in running] == ["running foot"]
    assert "1" in running[0].text


def test_absolutely_positioned_generated_and_footnote_text_is_recorded() -> None:
    css = "p::before { content: 'before ' }"
    body = block('body<span class="footnote">note</span>') + ""
    assert {"before", "body", "note"} <= set(text_of(page(body, css)))
    placed = '<div style="position: relative"><p style="position: absolute; left: 50pt">placed</p></div>'
    (line,) = (each for each in page(placed).lines if not each.running)
    assert line.text == "placed"
    assert line.x == pytest.approx(float(tokens().page.inside) + 50)


def test_a_paragraph_over_two_columns_is_two_fragments_of_one_block() -> None:
    lines = "line<br>" * 5 + "line"
    record = page(f'<div style="columns: 2; column-fill: auto; height: 56pt">{block(lines)}</div>')
    first, second = (each for each in record.fragments if each.tag == "p")
    assert (first.lines, second.lines) == (4, 2)
    assert first.block == second.block
    assert second.x > first.x


def test_a_paragraph_over_two_pages_is_two_fragments_of_one_block() -> None:
    pages = laid_out(block("line<br>" * 59 + "line")).pages
    parts = [fragment for each in pages for fragment in each.fragments]
    assert [part.block for part in parts] == [parts[0].block] * 2
    assert sum(part.lines for part in parts) == 60


def test_a_heading_set_in_lines_of_its_own_is_still_a_heading() -> None:
    balanced = '<section><h3><span class="line">One line</span> <span class="line">and two</span></h3></section>'
    assert "h3" in {fragment.tag for fragment in page(balanced).fragments}


def test_components_and_images_have_boxes() -> None:
    style = "display: block; width: 100pt; height: 50pt"
    inner = f'<img alt="x" src="press:chart/one" style="{style}">'
    record = page(f'<figure data-component="chart" data-chart="one" data-src="c.yaml:4">{inner}</figure>')
    chart, image = record.components
    assert (chart.name, chart.tag, chart.chart, chart.src) == ("chart", "figure", "one", "c.yaml:4")
    assert (image.name, image.tag, image.src) == ("image", "img", "c.yaml:4")
    assert (image.width, image.height) == pytest.approx((100, 50))
    assert chart.width == pytest.approx(record.content.width)


def test_facts_are_listed_once_for_each_page_that_shows_them() -> None:
    fact = '<span data-fact="{}">9</span>'
    body = block(f"{fact.format('a.b')} and {fact.format('a.b')} and {fact.format('c.d')}") + block(fact.format("e.f"))
    assert [record.facts for record in laid_out(body).pages] == [("a.b", "c.d"), ("e.f",)]


def test_text_in_a_clipping_box_records_the_clip_rectangle() -> None:
    clipping = block("<span>text</span>", "overflow: hidden; height: 28pt; width: 90pt")
    (line,) = (each for each in page(clipping).lines if not each.running)
    left, top = float(tokens().page.inside), float(tokens().page.top)
    assert line.clip == pytest.approx((left, top, left + 90, top + 28))
    assert [each.clip for each in page(block("free")).lines if not each.running] == [None]

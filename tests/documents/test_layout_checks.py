"""Layout checks: each one finds its fault on a small page and passes sound pages."""

from __future__ import annotations

import pytest
from pages import SVG, block, document, laid_out, sheet, tokens
from sentences import told

from report.compose.texts import SectionOutline, section_outlines, texts_by_source
from report.layout.checks import CHECKS, check_layout
from report.layout.subject import LayoutSubject
from report.layout.text_checks import TEXT_CHECKS
from report.problems import Problem, Severity

WORDS = "word and more words of a sentence that goes on "
COVER, SPREAD = sheet("art-cover"), sheet("quote-one", spread=True)
SHEETS = {each.page: each for each in (COVER, SPREAD)}
SQUARE = SVG.format(10, 10, '<rect width="10" height="10"/>').encode()
SERVED = {"chart/one": SQUARE, "art/art-cover": SQUARE, "art/quote-one": SQUARE}


def check(body: str, multiple: int = 1, rules: str = "") -> list[Problem]:
    """Lay out pages and check them. Sheets are available; any page count is allowed unless `multiple` is set."""
    css = "\n".join([*(each.css for each in SHEETS.values()), rules])
    layout = laid_out(body, css, SERVED)
    assert not layout.messages, layout.messages
    texts = texts_by_source(document(body).html)
    subject = LayoutSubject(layout.pages, SHEETS, tuple(tokens().faces.values()), 27.0, texts, multiple)
    return [told(problem) for problem in check_layout(subject)]


def codes(body: str, multiple: int = 1) -> list[str]:
    return sorted({problem.code for problem in check(body, multiple)})


def section(inner: str, style: str = "", component: str = "story", src: str = "data/x/sections/a.md:9") -> str:
    return f'<section data-component="{component}" data-src="{src}" style="{style}">{inner}</section>'


def gap(points: float) -> str:
    return f'<div style="height:{points}pt"></div>'


def spread(verso: str, recto: str) -> str:
    inner = f'<div class="sheet verso">{verso}</div><div class="sheet recto">{recto}</div>'
    return section(inner, "page: quote-one", "quote")


def depth() -> float:
    page = tokens().page
    return float(page.height - page.top - page.bottom)


def test_a_plain_page_has_no_problems() -> None:
    assert check(section(f"<h2>A title</h2><p>{WORDS * 20}</p>")) == []


def test_every_check_is_listed_once_with_a_docstring() -> None:
    rows = (*CHECKS, *TEXT_CHECKS)
    assert len(rows) == len({each.__name__ for each in rows}) >= 13
    assert all(each.__doc__ for each in rows)


def test_a_problem_names_page_component_file_and_line() -> None:
    (problem,) = [each for each in check(section("<p>snow ☃</p>")) if each.code == "glyph-missing"]
    assert (problem.where.page, problem.where.component) == (1, "story")
    assert (problem.where.file, problem.where.line) == ("data/x/sections/a.md", 9)
    assert problem.severity is Severity.ERROR
    assert problem.hint


def test_a_word_wider_than_the_text_area_overflows() -> None:
    assert "overflow" in codes(block("unbreakable" * 12))
    assert "overflow" not in codes(block("breakable " * 12))


def test_text_below_the_text_area_overflows() -> None:
    low = '<p style="position: absolute; top: {}pt">low</p><p>text</p>'
    assert codes(section(low.format(depth() + 14))) == ["overflow"]
    assert codes(section(low.format(depth() - 28))) == []


def test_a_chart_wider_than_the_text_area_overflows() -> None:
    image = '<img alt="x" src="press:chart/one" style="display: block; width: {}pt">'
    (problem,) = check(section(image.format(700), component="chart"))
    assert (problem.code, problem.where.page, problem.where.line) == ("overflow", 1, 9)
    assert codes(section(image.format(400), component="chart")) == []


def test_text_clipped_by_its_box_is_found() -> None:
    style = "height: {}pt; overflow: hidden"
    assert codes(section(f'<div style="{style.format(28)}"><p>{WORDS * 10}</p></div>')) == ["clipped"]
    assert codes(section(f'<div style="{style.format(280)}"><p>{WORDS * 10}</p></div>')) == []


def test_text_that_overflows_its_box_onto_other_text_is_found() -> None:
    grown = f'<div style="height: 14pt"><p>{WORDS * 10}</p></div><p>after</p>'
    assert codes(section(grown)) == ["collision"]


def test_a_sheet_with_too_much_text_is_found() -> None:
    def cover(lines: int) -> str:
        return section(f'<div class="sheet verso">{"<p>word</p>" * lines}</div>', "page: art-cover", "cover")

    (problem,) = [each for each in check(cover(70)) if each.code == "sheet-overflow"]
    assert (problem.where.page, problem.where.component, problem.where.line) == (2, "cover", 9)
    assert codes(cover(20)) == []


def test_a_spread_with_too_much_text_is_found() -> None:
    body = block("before") + spread("<p>word</p>" * 20, "<p>word</p>" * 70)
    assert "sheet-overflow" in codes(body)


def test_a_spread_that_starts_on_a_recto_is_found() -> None:
    assert codes(spread("<p>one</p>", "<p>two</p>")) == ["spread-parity"]
    assert codes(block("a page before") + spread("<p>one</p>", "<p>two</p>")) == []


def test_a_spread_that_lacks_its_second_page_is_found() -> None:
    half = section('<div class="sheet verso"><p>one</p></div>', "page: quote-one", "quote")
    assert codes(block("a page before") + half) != []


@pytest.mark.parametrize("edge", ["left", "right", "top", "bottom"])
def test_text_near_the_cut_is_outside_the_safe_area(edge: str) -> None:
    def cover(distance: int) -> str:
        text = f'<p style="position: absolute; {edge}: {distance}pt">near</p>'
        return section(f'<div class="sheet" style="height: 792pt">{text}<p>far</p></div>', "page: art-cover", "cover")

    style = {"left": "padding-top: 100pt; padding-left: 100pt"}.get(edge, "padding: 100pt")
    near = cover(20).replace("height: 792pt", f"height: 792pt; {style}")
    far = cover(30).replace("height: 792pt", f"height: 792pt; {style}")
    assert codes(near) == ["safe-area"]
    assert codes(far) == []


def test_text_near_the_fold_is_outside_the_safe_area_on_both_pages_of_a_spread() -> None:
    near = '<p style="position: absolute; {}: 15pt; top: 300pt">near</p>'
    body = block("a page before") + spread(near.format("right"), near.format("left"))
    problems = [problem for problem in check(body) if problem.code == "safe-area"]
    assert [problem.where.page for problem in problems] == [2, 3]
    assert all("the fold" in problem.what for problem in problems)


def test_text_on_other_text_collides() -> None:
    assert codes(section('<p>one two three</p><p style="margin-top: -10pt">four five six</p>')) == ["collision"]
    assert codes(section("<p>one two three</p><p>four five six</p>")) == []
    assert codes(section('<p>one <strong>two</strong> three</p><p style="margin-left: 200pt">four</p>')) == []


def test_text_missing_from_the_pages_is_found_with_its_source() -> None:
    (problem,) = check(section('<p>shown</p><p data-src="data/x/sections/a.md:12" style="display: none">lost</p>'))
    assert (problem.code, problem.severity) == ("lost-text", Severity.ERROR)
    assert (problem.where.file, problem.where.line) == ("data/x/sections/a.md", 12)
    assert "4 letters" in problem.what
    assert "“lost”" in problem.what


def test_text_in_every_kind_of_box_is_recorded() -> None:
    note = 'with a note<span class="footnote" data-component="note" data-src="a.md:20">the note</span> and more'
    inner = f"<p>{note}</p><ul><li>item</li></ul><table><tr><th>a</th><td>b</td></tr></table>"
    placed = '<div style="position: absolute; top: 400pt">placed <em>and</em> leaning</div>'
    assert codes(section(f"<h3>Title</h3>{inner}{placed}{WORDS * 20}")) == []


def test_a_page_with_nothing_on_it_is_blank() -> None:
    empty = block("x") + '<section><div style="height: 10pt"></div></section>' + block("y")
    (problem,) = check(empty)
    assert (problem.code, problem.where.page) == ("blank-page", 2)
    assert (problem.where.component, problem.where.file, problem.where.line) == ("story", "a.md", 3)


def test_a_page_that_only_fills_before_a_verso_is_blank() -> None:
    forced = block("x") + block("y") + f'<div style="break-before: left">{spread("<p>1</p>", "<p>2</p>")}</div>'
    (problem,) = check(forced)
    assert (problem.code, problem.where.page) == ("blank-page", 3)


HEADINGS = {
    "plain": "A heading",
    "set in balanced lines": '<span class="line">A heading</span> <span class="line">in two lines</span>',
}


@pytest.mark.parametrize("heading", HEADINGS.values(), ids=HEADINGS)
def test_a_heading_alone_at_the_foot_of_a_page_is_found(heading: str) -> None:
    title = f'<h3 style="break-after: auto">{heading}</h3>'
    stranded = section(f'{gap(depth() - 70)}{title}<p style="break-before: page">text</p>')
    (problem,) = check(stranded)
    assert (problem.code, problem.where.page) == ("stranded-heading", 1)
    assert codes(section(f"{gap(depth() - 84)}<h3>{heading}</h3><p>text</p>")) == []


def test_a_heading_alone_at_the_foot_of_a_column_is_found() -> None:
    columns = f'<div style="columns: 2; column-fill: auto; height: {depth()}pt">{{}}</div>'
    filled, title = gap(depth() - 40), '<h3 style="break-after: auto">A heading</h3>'
    stranded = columns.format(f'{filled}{title}<p style="break-before: column">text</p>')
    assert codes(section(stranded)) == ["stranded-heading"]
    assert codes(section(columns.format(f"<p>text</p>{title}<p>text</p>"))) == []


def lines(count: int, tag: str = "p") -> str:
    return f'<{tag} style="orphans: 1; widows: 1">{"line<br>" * (count - 1)}line</{tag}>'


@pytest.mark.parametrize(("room", "page"), [(1, 1), (4, 2)], ids=["the first line", "the last line"])
@pytest.mark.parametrize("tag", ["p", "li"])
def test_a_paragraphs_line_alone_on_a_page_is_found(room: int, page: int, tag: str) -> None:
    (problem,) = check(section(gap(depth() - 14 * room) + lines(5, tag)))
    assert (problem.code, problem.where.page) == ("lonely-line", page)


def test_a_paragraphs_last_line_alone_in_a_column_is_found() -> None:
    columns = '<div style="columns: 2; column-fill: auto; height: 42pt">{}</div>'
    assert codes(section(columns.format(lines(4)))) == ["lonely-line"]
    assert codes(section(columns.format(lines(5)))) == []


def test_two_lines_on_each_side_of_a_break_are_allowed() -> None:
    assert codes(section(gap(depth() - 28) + lines(4))) == []


def test_a_chart_that_falls_on_a_page_of_another_section_is_found() -> None:
    at = 'data-src="charts.yaml:3" style="break-before: page"'
    chart = f'<figure data-component="chart" data-chart="ease" {at}>x</figure>'
    first, second = (
        f'<section data-component="{name}" data-src="{name}.md:3" style="break-before: page">'
        '<p data-src="a:1">x</p>{}'
        "</section><!-- end of section -->"
        for name in ("story", "notes")
    )
    own, strayed = first.format(chart) + second.format(""), first.format("") + second.format(chart)
    assert strays(own, section_outlines(own)) == []
    (problem,) = strays(strayed, section_outlines(own))
    assert (problem.where.file, problem.where.line, problem.where.page) == ("charts.yaml", 3, 3)
    assert problem.what == "The chart `ease` falls on a page of another section."


def strays(html: str, sections: tuple[SectionOutline, ...]) -> list[Problem]:
    """Return the problems of charts on pages of another section, as if the document had these sections."""
    subject = LayoutSubject(laid_out(html).pages, {}, (), 27.0, {}, 1, sections)
    return [problem for problem in check_layout(subject) if problem.code == "strayed-chart"]


def test_a_page_count_that_is_not_a_multiple_of_four_is_found() -> None:
    (problem,) = check(block("one"), multiple=4)
    assert (problem.code, problem.severity) == ("page-count", Severity.WARNING)
    assert str(problem.where) == "page 1, story (a.md:3)"
    assert "Add 3" in problem.hint
    assert codes(block("x") * 4, multiple=4) == []


def test_a_character_without_a_glyph_is_found() -> None:
    (problem,) = check(block("snow ☃ man"))
    assert problem.code == "glyph-missing"
    assert "U+2603" in problem.what
    assert codes(block("Ñandú – “quoted”, 5×5, naïve")) == []


def test_generated_content_is_checked_for_glyphs_too() -> None:
    (problem,) = check(block("x"), rules='p::before { content: "☃" }')
    assert (problem.code, problem.where.component) == ("glyph-missing", "story")


@pytest.mark.parametrize("style", ["font-family: 'Comic Neue'", "font-weight: 900", "font-family: serif"])
def test_an_undeclared_font_face_is_found(style: str) -> None:
    assert codes(block("text", style)) == ["font-missing"]

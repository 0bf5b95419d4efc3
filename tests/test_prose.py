"""The supported subset of Markdown, and the problems for everything outside it, with their places."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from pages import laid_out

from report.edition.formats import NBSP
from report.edition.prose import Prose, parse, plain, render
from report.edition.references import Reference
from report.problems import Place, Problem

ORIGIN = Place("a.md", 8, 1)
Find = Callable[..., Problem]
FindAll = Callable[..., list[Problem]]


def parse_valid(body: str) -> Prose:
    prose, problems = parse(body, ORIGIN)
    assert problems == []
    return prose


def refused(body: str) -> list[Problem]:
    return parse(body, ORIGIN)[1]


def resolve(reference: Reference) -> str:
    return f"[{reference.fact}]"


def html(body: str) -> str:
    prose = parse_valid(body)
    notes = {label: (render(tokens, resolve, {}, ORIGIN), f"line {place.line}") for label, place, tokens in prose.notes}
    return "".join(render(block.tokens, resolve, notes, ORIGIN) for block in prose.blocks()).strip()


def test_each_second_level_heading_starts_a_part_with_its_place() -> None:
    prose = parse_valid("Before.\n\n## First {{ ease.rate }}\n\nText.\n\n## Second\n")
    assert [plain(part.heading, resolve) for part in prose.parts] == ["", "First [ease.rate]", "Second"]
    assert [part.place.line for part in prose.parts] == [8, 10, 14]


@pytest.mark.parametrize(
    ("source", "kind", "ids"),
    [
        ("[[chart: ease]]", "chart", ("ease",)),
        ("[[chart:a,b]]", "chart", ("a", "b")),
        ("[[ facts: ease.rate, ease.served ]]", "facts", ("ease.rate", "ease.served")),
        ("[[image: class]]", "image", ("class",)),
        ("[[page]]", "page", ()),
    ],
)
def test_a_directive_alone_on_a_line_is_a_block(source: str, kind: str, ids: tuple[str, ...]) -> None:
    first, block, last = parse_valid(f"Before.\n\n{source}\n\nAfter.\n").blocks()
    assert (first.kind, last.kind) == ("text", "text")
    assert (block.kind, block.ids, block.place) == (kind, ids, Place("a.md", 10, 1))


@pytest.mark.parametrize(
    "source",
    ["[[chart]]", "[[chart: ]]", "[[page: 3]]", "[[chrat: ease]]", "[[chart ease]]", "[[include: /etc/passwd]]",
     "[[chart: ease]] and more", "[[chart: a]]\n[[chart: b]]", "[[chart: ease"],
)  # fmt: skip
def test_an_invalid_directive_is_named_with_its_place(source: str) -> None:
    (problem,) = refused(f"Before.\n\n{source}\n")
    assert (problem.code, problem.where) == ("bad-directive", Place("a.md", 10, 1))
    assert "[[chart: id]]" in problem.hint


def test_an_invalid_directive_is_quoted_up_to_sixty_characters_and_printed_nowhere() -> None:
    prose, (problem,) = parse(f"[[chart: {'x' * 80}", ORIGIN)
    assert problem.what == f"Invalid directive `[[chart: {'x' * 51}`."
    assert problem.hint.startswith("Write one of these on a line of its own: [[chart: id]]")
    assert [(block.kind, block.place, block.tokens) for block in prose.blocks()] == [("text", ORIGIN, ())]


def test_empty_places_in_the_list_of_a_directive_do_not_count() -> None:
    (block,) = parse_valid("[[facts: a.b, , c.d,]]").blocks()
    assert block.ids == ("a.b", "c.d")


def test_the_blocks_of_a_part_are_those_up_to_the_next_heading() -> None:
    prose = parse_valid("[[page]]\n\n## One\n\nText.\n\n[[renew]]\n\n## Two\n\n[[image: a]]\n")
    assert [[(block.kind, block.place.line) for block in part.blocks] for part in prose.parts] == [
        [("page", 8)], [("text", 12), ("renew", 14)], [("image", 18)]
    ]  # fmt: skip
    assert [bool(part.heading) for part in prose.parts] == [False, True, True]
    assert parse_valid("").parts == ()


@pytest.mark.parametrize("source", ["See [[chart: ease]] here.", "- [[chart: ease]]", "## [[page]]"])
def test_a_directive_that_is_not_alone_on_its_line_is_a_problem_and_not_printed(source: str) -> None:
    assert [(problem.code, problem.where.line) for problem in refused(source)] == [("bad-directive", 8)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("*one* and **two**", "<em>one</em> and <strong>two</strong>"),
        ("- a\n- b", ">b</li>"),
        ("[site](https://www.example.org)", '<a href="https://www.example.org">site</a>'),
        ("[mail](mailto:a@example.org)", '<a href="mailto:a@example.org">'),
        ("[story](#story)", '<a href="#story">'),
        ("[hola]{lang=es}", '<span lang="es">hola</span>'),
        ("[sitio](https://www.example.org){lang=es-MX}", '<a href="https://www.example.org" lang="es-MX">'),
        ('"Quoted" -- it\'s so', "“Quoted” – it’s"),
        ("of {{ ease.rate }} in all", "of [ease.rate] in"),
        ("*of {{ ease.rate | change }}*", "<em>of [ease.rate]</em>"),
    ],
)
def test_emphasis_lists_links_languages_quotes_and_facts_are_rendered(source: str, expected: str) -> None:
    assert expected in html(source)


def test_the_text_of_prose_has_its_facts_and_a_space_for_each_line_break() -> None:
    (block,) = parse_valid("*One* {{ ease.rate }}\nline, and  \nanother.").blocks()
    assert plain(block.tokens, resolve) == "One [ease.rate] line, and another."


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[x](https://www.example.org/?a=1&b=2)", 'href="https://www.example.org/?a=1&amp;b=2"'),
        ("[{{ ease.rate }}](#story)", '<a href="#story">[ease.rate]</a>'),
        ("{{ ease.rate }} {{ bad", "[ease.rate] {{"),
        ("1 + 1... (c)", "1 + 1… (c)"),
    ],
)
def test_addresses_are_escaped_and_facts_stand_in_links(source: str, expected: str) -> None:
    prose, _ = parse(source, ORIGIN)
    text = "".join(render(block.tokens, resolve, {}, ORIGIN) for block in prose.blocks())
    assert expected in text.replace(NBSP, " ")


def test_internal_links_have_their_target_and_their_place() -> None:
    prose = parse_valid(
        "See [a](#one) [b](#one) and\n[c](#two).\n\n- Then [d](#three), [e](https://www.example.org).\n"
    )
    assert [(target, place.line, place.column) for target, place in prose.links] == [
        ("one", 8, 9), ("one", 8, 19), ("two", 9, 5), ("three", 11, 12)
    ]  # fmt: skip


def test_an_internal_link_that_is_written_otherwise_has_the_place_of_its_paragraph() -> None:
    assert parse_valid("One.\n\nText [a](&#35;one)").links == (("one", Place("a.md", 10, 1)),)


def test_paragraphs_carry_the_line_of_their_source() -> None:
    assert 'data-src="a.md:8"' in html("One paragraph.\n\nAnother one.")
    assert 'data-src="a.md:10"' in html("One paragraph.\n\nAnother one.")


def test_the_last_two_words_of_a_paragraph_stay_together() -> None:
    assert f"of the{NBSP}year</p>" in html("It was the best of the year")
    assert f"two{NBSP}wonderful</p>" in html("One two wonderful")
    assert "two wonderfull</p>" in html("One two wonderfull")
    assert f"two{NBSP}three</li>" in html("- one two three")


def test_a_footnote_is_inserted_at_its_call_with_its_facts_and_its_line() -> None:
    text = html("Grew.[^a] More.\n\n[^a]: It was {{ da.attendance }} *before*.\n")
    assert '<span class="footnote" data-component="note" data-src="line 10">It was [da.attendance]' in text
    assert text.count("It was") == 1


def test_each_footnote_has_the_line_of_its_text() -> None:
    prose = parse_valid("Grew.[^a] More.[^b]\n\n[^a]: One.\n\n[^b]: Three.\n")
    assert [(label, place) for label, place, _ in prose.notes] == [
        ("a", Place("a.md", 10, 1)),
        ("b", Place("a.md", 12, 1)),
    ]
    assert [plain(tokens, resolve) for _, _, tokens in prose.notes] == ["One.", "Three."]


def test_the_source_of_a_footnote_is_escaped_and_one_without_content_stays_empty() -> None:
    (block,) = parse_valid("Grew.[^a]\n\n[^a]: One.\n").blocks()
    text = render(block.tokens, resolve, {"a": ("<i>x</i>", 'a"b.md:3')}, ORIGIN)
    assert 'data-src="a&quot;b.md:3"><i>x</i></span>' in text
    assert 'data-src=""></span>' in render(block.tokens, resolve, {}, ORIGIN)


def test_a_footnote_without_text_is_a_problem() -> None:
    assert [(problem.code, problem.where.line) for problem in refused("Grew.[^a]\n")] == [("unknown-note", 8)]


def test_a_footnote_without_a_call_is_a_problem() -> None:
    assert [problem.where.line for problem in refused("Grew.\n\n[^a]: It was more before.\n")] == [10]


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<div onclick='x'>text</div>",
        "a <b>bold</b> word",
        "<!-- comment -->",
        "<?php echo 1 ?>",
        "<![CDATA[x]]>",
        "<img src='file:///etc/passwd'>",
        "```\ncode\n```",
        "    indented code",
        "some `code` here",
        "![alt](/etc/passwd)",
        "![alt][ref]\n\n[ref]: file:///etc/passwd",
        "***",
        "# A title",
        "### A lesser heading",
        "###### The least of headings",
        "> A block quotation",
        "[x]{.cls #id}",
        '[x]{onclick="alert(1)"}',
        "[x]{lang=spanish}",
        "A title\n=======",
        "| a | b |\n|---|---|\n| c | d |",
        "- item with <b>html</b>",
        "> quoted <i>html</i>",
        "note[^a]\n\n[^a]: with <b>html</b>",
    ],
)
def test_raw_html_code_images_rules_and_tables_are_refused(source: str) -> None:
    problems = refused(source)
    assert problems
    assert {(problem.code, str(problem.severity)) for problem in problems} == {("refused-markup", "error")}
    assert all(problem.hint for problem in problems)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        (f"a <b {'x' * 50}>", f"Raw HTML is not allowed in prose: `<b {'x' * 37}`.", "Write Markdown."),
        ("some `code` here", "Code is not allowed in prose: `code`.", "Remove the backticks."),
        ("# Title", "A heading of level 1 is not allowed in prose.", "Start stories with ##."),
        ("### Title", "A heading of level 3 is not allowed in prose.", "Start stories with ##."),
        ("[x]{.cls #id}", "`class, id` is not allowed here.", "Use braces only for the language of a passage"),
        ("[x]{lang=spanish}", "`spanish` is not a language tag.", "Use braces only for the language of a passage"),
        ("[x](ftp://a)", "The link `ftp://a` is not allowed.", "Start the address with https://, mailto: or #"),
        ("Grew.[^a]", "This footnote has no text.", "Add a line `[^label]: text of the note`"),
        ("One.\n\n[^a]: x", "The footnote `a` is never called.", "Write [^a] where the footnote belongs"),
        ("One.\n\n[Note]: x", "No link uses the definition `Note`", "Remove the brackets, or write a link"),
        ("- a\n  - b\n    1. c\n       - d", "The list has more than 3 levels.", "Remove a level, or use paragraphs."),
        (
            f"See [[page]] {'y' * 80}",
            f"The directive in `See [[page]] {'y' * 47}` is not on a line of its own.",
            "Put it on a line of its own",
        ),
    ],
)
def test_each_refusal_says_what_is_wrong_and_what_to_do(source: str, what: str, hint: str) -> None:
    (problem,) = refused(source)
    assert problem.what.startswith(what)
    assert problem.hint.startswith(hint)


def test_every_refused_element_of_a_text_is_named() -> None:
    body = "# One\n\n***\n\nx `y`\n\n> z\n\nsee [[page]] *and* [^a] and [b](ftp://c) and [d]{.e}\n\n"
    body += "[^f]: g\n\n[^h]: i\n\n[J]: k"
    assert [(problem.code, problem.where.line, problem.where.column) for problem in refused(body)] == [
        ("refused-markup", 8, 1), ("refused-markup", 10, 1), ("refused-markup", 12, 3), ("refused-markup", 14, 1),
        ("bad-directive", 16, 5), ("unknown-note", 16, 20), ("bad-link", 16, 29), ("refused-markup", 16, 49),
        ("unused-note", 18, 1), ("unused-note", 20, 1), ("unused-link", 22, 1),
    ]  # fmt: skip


def test_what_looks_like_a_note_or_a_definition_in_code_is_neither() -> None:
    (problem,) = refused("```\n[^a]: x\n[Note]: y\n```")
    assert problem.what == "A code block is not allowed in prose: `[^a]: x\n[Note]: y`."


def test_lists_side_by_side_are_no_deeper_than_one() -> None:
    assert refused("- a\n  - b\n    - c\n\ntext\n\n" * 5 + "1. x\n   - y\n     - z\n") == []


@pytest.mark.parametrize("name", ["Note", "note two"])
def test_a_definition_that_a_link_uses_is_not_lost_however_it_is_written(name: str) -> None:
    assert refused(f"See [{name.upper()}].\n\n[{name}]: #story\n") == []


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)", "data:text/html,x", "vbscript:x",
     "file:///etc/passwd", "/etc/passwd", "../secret.html", "//example.org", "http://example.org", "ftp://example.org"],
)  # fmt: skip
def test_only_https_mailto_and_internal_links_are_allowed(address: str) -> None:
    for source in (f"[text]({address})", f"[text][ref]\n\n[ref]: {address}\n"):
        assert [(problem.code, problem.where.line) for problem in refused(source)] == [("bad-link", 8)]


def test_an_address_in_angle_brackets_is_checked_like_any_link() -> None:
    assert refused("<https://www.example.org>") == []
    assert [problem.code for problem in refused("<javascript:alert(1)>")] == ["bad-link"]


def test_a_reference_in_an_address_is_a_problem() -> None:
    assert refused("[text](https://www.example.org/{{ease.rate}})")


@pytest.mark.parametrize(
    "source", ['[x]{onclick="alert(1)"}', "[x]{style=color:red}", "[x]{.big}", '[x]{lang="a\\"><b>"}']
)
def test_a_span_takes_a_language_and_no_other_attribute(source: str) -> None:
    prose, _ = parse(source, ORIGIN)
    text = "".join(render(block.tokens, resolve, {}, ORIGIN) for block in prose.blocks())
    assert not any(word in text for word in (' onclick="', ' style="', ' class="', "<b>"))


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("some `code` here", 8, 6),
        ("First *line*,\nsecond with <b>html</b>", 9, 13),
        ("<b>one</b>", 8, 1),
        ("First line,\n<b>one</b>", 9, 1),
        ("First <b\ntitle='x'>one</b>", 8, 7),
        ("see [one](#a)\n\nthen [two](ftp://x)", 10, 6),
        ("\n\n  # Title", 10, 3),
        ("a picture ![alt](x.png)", 8, 11),
        ("see [one](#a) and\nthen [two](javascript:x)", 9, 6),
        ("see [one](#a) and <javascript:x>", 8, 19),
        ("Grew.[^a]", 8, 6),
        ("  > quoted", 8, 3),
        ("Before.\n\n- item\n- item with [x]{.cls}", 11, 16),
    ],
)
def test_refused_markup_is_reported_at_its_column(source: str, line: int, column: int) -> None:
    assert refused(source)[0].where == Place("a.md", line, column)


def test_a_list_of_many_levels_is_a_problem_and_no_item_is_lost() -> None:
    source = "".join(f"{'  ' * level}- level {level}\n" for level in range(30))
    prose, problems = parse(source, ORIGIN)
    assert (problems[0].code, problems[0].where.line, problems[0].where.column) == ("deep-list", 11, 7)
    text = "".join(render(block.tokens, resolve, {}, ORIGIN) for block in prose.blocks())
    assert all(f"level{NBSP}{level}<" in text or f"level {level}\n" in text for level in range(30))
    assert refused("- one\n  - two\n    - three\n") == []


def test_a_line_that_only_looks_like_a_footnote_is_not_lost_silently() -> None:
    assert [(problem.code, problem.where.line) for problem in refused("Text.\n\n[Note]: x\n")] == [("unused-link", 10)]
    assert refused("See [note].\n\n[Note]: #story\n") == []


def test_refused_markup_is_reported_on_its_own_line_of_a_paragraph(problems_of: FindAll) -> None:
    body = "First line of a paragraph,\nsecond with <b>html</b>,\nthird with [a link](javascript:x).\n"
    assert sorted({problem.where.line for problem in refused(body)}) == [9, 10]


def test_a_control_character_is_a_problem_and_not_silently_replaced(problems_of: FindAll) -> None:
    for letter in ("\x00", "\x07", "\x1b"):
        problems = problems_of(story=("*one* year", f"one{letter} year"))
        assert [problem.where.file for problem in problems] == ["data/tiny/sections/story.md"]


@pytest.mark.parametrize("text", ["[", "*", "`", "_", "<", "> ", "- ", "[[", "](", "[^", "[a](", "**a *", "{{ x", "{"])
def test_two_thousand_characters_of_markup_are_parsed_quickly(text: str) -> None:
    start = time.process_time()
    assert parse(text * (2_000 // len(text)), ORIGIN)
    assert time.process_time() - start < 5


def test_a_list_starts_at_the_number_that_is_written() -> None:
    prose, problems = parse("5. five\n6. six\n\nand\n\n1. one\n", Place("a.md", 1, 1))
    assert problems == []
    html = "".join(render(block.tokens, str, {}, Place("a.md", 1, 1)) for block in prose.blocks())
    assert html.count("counter-reset: list-item 4") == 1
    lines = laid_out(f"<section>{html}</section>").pages[0].lines
    assert [line.text.strip() for line in lines if not line.running] == [
        "5.", "five", "6.", "six", "and", "1.", "one",
    ]  # fmt: skip


@pytest.mark.parametrize(("tag", "known"), [("es", True), ("zh-Hant", True), ("hy", True), ("zz", False), ("e", False)])
def test_a_passage_is_in_a_language_that_exists(tag: str, known: bool) -> None:
    _, problems = parse(f"one [passage]{{lang={tag}}} here\n", Place("a.md", 1, 1))
    assert [problem.code for problem in problems] == ([] if known else ["refused-markup"])


def test_a_footnote_in_a_heading_is_refused_where_it_is_called() -> None:
    (found,) = refused("Text.\n\n## A heading[^a]\n\n[^a]: A note.\n")
    assert (found.code, found.where.line, found.where.column) == ("note-in-heading", ORIGIN.line + 2, 13)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("CO~2~, m^3^ and 10^-3^", "CO<sub>2</sub>, m<sup>3</sup> and 10<sup>-3</sup>"),
        ("§ 4 (c), (r), (tm), +-5, ,,Wort'' and ?????", "§ 4 (c), (r), (tm), +-5, ,,Wort’’ and ?????"),
        ("one--two --- three... four....", "one–two — three… four...."),
        ("<https://www.example.org/a--b...>", ">https://www.example.org/a--b...</a>"),
        ("a\N{SOFT HYPHEN}b \N{WORD JOINER}c", "a\N{SOFT HYPHEN}b \N{WORD JOINER}c"),
    ],
)
def test_marks_are_set_and_nothing_else_is_changed(source: str, expected: str) -> None:
    assert expected in html(f"{source} and some words follow")


@pytest.mark.parametrize(
    ("note", "code", "line"),
    [
        ("[^a]: ", "empty-note", 2),
        ("[^a]: One.\n\n    Two.", "long-note", 2),
        ("[^a]: See\n    - one\n    - two", "long-note", 2),
        ("[^a]: One.\n\n[^a]: Two.", "duplicate-note", 4),
        ("[^a]: One.[^b]", "unknown-note", 2),
    ],
)
def test_a_footnote_that_would_lose_something_is_an_error_at_its_line(note: str, code: str, line: int) -> None:
    (problem,) = refused(f"A word.[^a]\n\n{note}\n")
    assert (problem.code, problem.where.line) == (code, ORIGIN.line + line)


def test_two_calls_without_their_texts_are_no_superscript() -> None:
    assert {problem.code for problem in refused("Here [^x][^y] and there")} == {"unknown-note"}


@pytest.mark.parametrize(
    ("text", "before"),
    [("Really?[^a]", "Really?\N{WORD JOINER}"), ("year [^a]", "year\N{NO-BREAK SPACE}"), ("it.[^a]", "it.")],
)
def test_the_number_of_a_footnote_stays_on_the_line_of_the_word_before(text: str, before: str) -> None:
    assert f'{before}<span class="footnote"' in html(f"So {text} and more words follow.\n\n[^a]: A note.\n")

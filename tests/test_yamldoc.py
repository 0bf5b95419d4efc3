"""Parsing YAML: values, their places, and what is refused."""

from __future__ import annotations

import os
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from report.edition.yamldoc import MAX_BYTES, MAX_DEPTH, EntrySpan, parse, read_text, spans
from report.problems import Place, Problem, ReportError


def refused(text: str) -> Problem:
    with pytest.raises(ReportError) as failure:
        parse(text, "facts.yaml")
    (problem,) = failure.value.problems
    return problem


def unreadable(path: Path) -> Problem:
    with pytest.raises(ReportError) as failure:
        read_text(path, "facts.yaml")
    (problem,) = failure.value.problems
    return problem


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("177000", 177000),
        ("-3", -3),
        ("6.3", Decimal("6.3")),
        ("6.30", Decimal("6.30")),
        ("2024-06-30", date(2024, 6, 30)),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_plain_scalars_become_numbers_dates_and_booleans(text: str, value: object) -> None:
    assert parse(f"a: {text}", "x.yaml").values == {"a": value}


@pytest.mark.parametrize(
    "text", ["no", "yes", "on", "012", "0x1F", "1_000", "177,000", "1e5", ".inf", "12:30:45", "2024-13-01"]
)
def test_words_that_other_yaml_readers_turn_into_numbers_stay_text(text: str) -> None:
    assert parse(f"a: {text}", "x.yaml").values == {"a": text}


@pytest.mark.parametrize("text", ['"177000"', "'177000'", "|-\n  177000", ">-\n  177000"])
def test_a_number_in_quotes_or_in_a_block_is_text(text: str) -> None:
    assert parse(f"a: {text}", "x.yaml").values == {"a": "177000"}


def test_an_absurdly_long_number_is_left_as_text() -> None:
    assert parse(f"a: {'9' * 5000}", "x.yaml").values == {"a": "9" * 5000}


def test_a_number_of_up_to_forty_digits_is_a_number() -> None:
    assert parse(f"a: {'9' * 40}\nb: {'9' * 41}\n", "x.yaml").values == {"a": int("9" * 40), "b": "9" * 41}


@pytest.mark.parametrize("text", ["", "# only a comment\n"])
def test_an_empty_file_has_no_keys_and_its_first_line_as_its_place(text: str) -> None:
    document = parse(text, "x.yaml")
    assert not document.values
    assert document.place(("facts", "ease.covered")) == Place("x.yaml", 1, 1)
    assert document.key_place(("facts",)) == Place("x.yaml", 1, 1)


def test_a_scalar_is_also_kept_as_it_is_written() -> None:
    document = parse("a: \"x \\u00e9\"\nb: [1, 'two']\nc: >-\n  folded\n  text\n", "x.yaml")
    assert document.raw[("a",)] == '"x \\u00e9"'
    assert document.raw[("b", 1)] == "'two'"
    assert document.raw[("c",)].startswith(">-\n  folded\n  text")


def test_every_key_and_value_knows_its_line_and_column() -> None:
    document = parse("facts:\n  ease.covered:\n    value: 177000\nlist: [a, b]\n", "facts.yaml")
    path = ("facts", "ease.covered", "value")
    assert document.key_place(path) == Place("facts.yaml", 3, 5)
    assert document.place(path) == Place("facts.yaml", 3, 12)
    assert document.place(("list", 1)) == document.key_place(("list", 1)) == Place("facts.yaml", 4, 11)


def test_a_missing_value_has_the_place_of_the_enclosing_one() -> None:
    document = parse("facts:\n  ease.covered: {value: 1}\n", "facts.yaml")
    assert document.place(("facts", "ease.covered", "label")) == Place("facts.yaml", 2, 17)


def test_front_matter_counts_its_lines_from_where_it_starts_in_the_file() -> None:
    assert parse("page: cover\ntitle: x", "a.md", first_line=2).place(("title",)) == Place("a.md", 3, 8)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("page: cover\na: [1\nb: 2\n", 12, 2),
        ("page: cover\na: &x 1\n", 11, 4),
        ("page: cover\na: !x 1\n", 11, 4),
        ("page: cover\npage: cover\n", 11, 1),
        ("page: cover\na: b\x07\n", 10, 0),
    ],
)
def test_a_problem_of_front_matter_is_at_its_line_of_the_file(text: str, line: int, column: int) -> None:
    with pytest.raises(ReportError) as failure:
        parse(text, "a.md", first_line=10)
    assert [problem.where for problem in failure.value.problems] == [Place("a.md", line, column)]


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("a: [1\nb: 2\n", "Invalid YAML: did not find expected ',' or ']'.", "Check the indentation and the quotes"),
        ("a:\n\tb: 1\n", "Invalid YAML: found character that cannot start any token.", "The line contains a tab."),
        ("a: b\x07\n", "The file contains a character that YAML does not allow: ", "Delete the character."),
        ("a: !x 1\n", "YAML tags are not allowed.", "Remove the tag"),
        ("a: &x 1\n", "Anchors and aliases (& and *) are not allowed", "Write the value out in each place."),
        ("[" * 21, "The data has more than 20 nested levels.", "Flatten it."),
        ("? [a]\n: b\n", "A key must be text.", "Put it in quotes."),
        ("a: 1\na: 2\n", "Duplicate key `a`; it is first used on line 1.", "Keep one of the two."),
        ('a: "\\e"\n', "The text contains an escape sequence for an invisible", "Remove the escape sequence."),
    ],
)
def test_each_refusal_says_what_is_wrong_and_what_to_do(text: str, what: str, hint: str) -> None:
    problem = refused(text)
    assert problem.what.startswith(what)
    assert problem.hint.startswith(hint)


def test_a_syntax_error_has_line_column_and_a_hint() -> None:
    problem = refused("facts:\n  a: [1, 2\n  b: 3\n")
    assert (problem.code, problem.where.line, problem.where.column) == ("yaml-syntax", 3, 4)
    assert "quotes" in problem.hint


def test_a_colon_in_unquoted_text_is_a_syntax_error_with_the_hint_to_quote_it() -> None:
    problem = refused("title: Reading: a start\n")
    assert (problem.code, problem.where) == ("yaml-syntax", Place("facts.yaml", 1, 15))
    assert 'put text that contains ": "' in problem.hint


def test_indentation_with_tabs_is_refused_with_a_hint() -> None:
    problem = refused("facts:\n\ta.b: 1\n")
    assert (problem.code, problem.where.line) == ("yaml-syntax", 2)
    assert "tab" in problem.hint


def test_a_tab_after_a_value_is_accepted() -> None:
    assert parse("a:\t1\t\nb: 2\n", "x.yaml").values == {"a": 1, "b": 2}


def test_a_key_used_twice_is_refused_at_the_second_and_names_the_line_of_the_first() -> None:
    problem = refused("facts:\n  a.b: 1\n  c.d: 2\n  a.b: 3\n")
    assert (problem.code, problem.where) == ("duplicate-key", Place("facts.yaml", 4, 3))
    assert "`a.b`" in problem.what
    assert "line 2" in problem.what


def test_the_same_key_in_two_mappings_is_not_a_duplicate() -> None:
    assert parse("a: {x: 1}\nb: {x: 2}\n", "x.yaml").values == {"a": {"x": 1}, "b": {"x": 2}}


def test_all_duplicates_of_a_file_are_named() -> None:
    with pytest.raises(ReportError) as failure:
        parse("a: 1\na: 2\nb: {c: 1, c: 2}\n", "x.yaml")
    assert [problem.where for problem in failure.value.problems] == [Place("x.yaml", 2, 1), Place("x.yaml", 3, 11)]


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['touch hacked']",
        "!!python/name:os.system",
        "!include /etc/passwd",
        "!!binary aGFja2Vk",
        "!!set {x}",
        "!local x",
    ],
)
def test_a_tag_that_could_run_code_or_read_a_file_is_refused(text: str) -> None:
    problem = refused(f"a: {text}\n")
    assert (problem.code, problem.where) == ("yaml-tag", Place("facts.yaml", 1, 4))


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    problem = refused("\n".join(lines))
    assert (problem.code, problem.where) == ("yaml-alias", Place("facts.yaml", 1, 5))


def test_a_merge_key_is_an_ordinary_key() -> None:
    assert parse("a: {<<: {b: 1}}", "x.yaml").values == {"a": {"<<": {"b": 1}}}


@pytest.mark.parametrize("opening", ["[", "{a: ", "[\n", "- "])
def test_a_hundred_thousand_levels_are_refused_at_once(opening: str) -> None:
    start = time.process_time()
    problem = refused("a:\n  " + opening * 100_000)
    assert problem.code == "yaml-depth"
    assert str(MAX_DEPTH) in problem.what
    assert time.process_time() - start < 5


def test_twenty_nested_levels_are_the_most_however_many_neighbours_they_have() -> None:
    assert MAX_DEPTH == 20
    deepest = "[" * 19 + "]" * 19
    assert parse(f"a: {deepest}\n" + "".join(f"b{n}: [[x], {{y: z}}]\n" for n in range(50)), "x.yaml").values
    problem = refused(f"a: [{deepest}]\n")
    assert (problem.code, problem.where) == ("yaml-depth", Place("facts.yaml", 1, 23))
    assert refused(f"a: [[x], [x], {deepest}]\n").where == Place("facts.yaml", 1, 33)


def test_the_problems_after_a_key_that_is_not_text_are_named_too() -> None:
    with pytest.raises(ReportError) as failure:
        parse("? [a]\n: b\nc: 1\nc: 2\n", "x.yaml")
    assert [problem.code for problem in failure.value.problems] == ["yaml-key", "duplicate-key"]


def test_a_key_that_is_not_text_is_refused() -> None:
    assert (refused("? [a, b]\n: c\n").code, refused("? [a]\n: b\n").where.column) == ("yaml-key", 3)


def test_a_second_document_in_a_file_is_refused() -> None:
    assert (refused("a: 1\n---\nb: 2\n").code, refused("a: 1\n---\nb: 2\n").where.line) == ("yaml-syntax", 2)


@pytest.mark.parametrize("text", ["a: b\x00c\n", "a: b\x07c\n"])
def test_a_control_character_is_refused(text: str) -> None:
    problem = refused(text)
    assert problem.code == "yaml-syntax"
    assert "control characters" in problem.what


@pytest.mark.parametrize("text", ['a: "b\\0c"\n', 'a: "b\\x07c"\n', 'a: "b\\ec"\n'])
def test_a_control_character_written_as_an_escape_is_refused_too(text: str) -> None:
    problem = refused(text)
    assert (problem.code, problem.where) == ("control-character", Place("facts.yaml", 1, 4))


def test_an_invisible_control_character_of_a_file_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_bytes(b"a: 1\n\nb: x\x7fy\x00\n")
    problem = unreadable(path)
    assert (problem.code, problem.where) == ("control-character", Place("facts.yaml", 3, 5))
    assert (problem.what, problem.hint) == ("Invisible control character (U+007F).", "Delete it.")
    path.write_bytes(b"\x01a: 1\n")
    assert unreadable(path).where == Place("facts.yaml", 1, 1)


def test_tabs_and_next_line_characters_are_no_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text("a:\t1\x85\n", "utf-8")
    assert read_text(path, "facts.yaml") == "a:\t1\x85\n"


def test_the_place_of_an_entry_spans_its_key_and_its_value_and_no_comment() -> None:
    text = "a: 1  # one\nb:\n  - x\n  - {c: 2, d: [3, 4]}\n\n# end\n"
    found = spans(text)
    assert {path: text[span.key : span.end] for path, span in found.items()} == {
        ("a",): "a: 1",
        ("b",): "b:\n  - x\n  - {c: 2, d: [3, 4]}",
        ("b", 0): "x",
        ("b", 1): "{c: 2, d: [3, 4]}",
        ("b", 1, "c"): "c: 2",
        ("b", 1, "d"): "d: [3, 4]",
        ("b", 1, "d", 0): "3",
        ("b", 1, "d", 1): "4",
    }
    assert text[found[("b", 1, "d")].start :].startswith("[3, 4]")
    assert [path for path, span in found.items() if span.flow] == [
        ("b", 1, "c"), ("b", 1, "d", 0), ("b", 1, "d", 1), ("b", 1, "d")
    ]  # fmt: skip
    assert found[("a",)] == EntrySpan(0, 3, 4, flow=False)
    assert spans("") == {}


def test_a_byte_order_mark_and_windows_and_old_mac_line_ends_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3\n")
    text = read_text(path, "facts.yaml")
    assert text == "a: 1\nb: 2\nc: 3\n"
    assert parse(text, "facts.yaml").place(("b",)) == Place("facts.yaml", 2, 4)


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"a: 1\nb: \xff\n", 2, 4),
        (b"a: caf\xe9\n", 1, 7),
        (b"a: 1\nb: 2\nc: \xff\n", 3, 4),
        ("é: ".encode() + b"\xe9\n", 1, 4),
        (b"\xef\xbb\xbfa: \xff\n", 1, 4),
        (b"\xef\xbb\xbfa:\n\xff\n", 2, 1),
        ("a: 1\n".encode("utf-16"), 1, 1),
    ],
    ids=["second line", "latin-1", "third line", "after an accent", "after a BOM", "line after a BOM", "utf-16"],
)
def test_invalid_utf8_is_refused_at_the_character(tmp_path: Path, data: bytes, line: int, column: int) -> None:
    path = tmp_path / "facts.yaml"
    path.write_bytes(data)
    problem = unreadable(path)
    assert problem.code == "encoding"
    assert problem.what == "This character is not valid UTF-8."
    assert "Save the file as UTF-8" in problem.hint
    assert problem.where == Place("facts.yaml", line, column)


def test_an_absurdly_large_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES * 1000)  # sparse, so the gigabyte takes no space on disk
    problem = unreadable(path)
    assert (problem.code, problem.where) == ("file-size", Place("facts.yaml"))
    assert problem.what == "The file is too large: 1,000,000,000 bytes."
    assert problem.hint.startswith("Text files of an edition may have up to 1,000,000 bytes.")


def test_a_file_of_a_million_bytes_is_not_too_large(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_bytes(b"#" * 1_000_000)
    assert len(read_text(path, "facts.yaml")) == MAX_BYTES
    path.write_bytes(b"#" * 1_000_001)
    assert unreadable(path).code == "file-size"


def test_a_file_that_may_not_be_read_names_the_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "facts.yaml"
    path.write_text("a: 1")
    monkeypatch.setattr(Path, "read_bytes", denied)  # root reads everything
    problem = unreadable(path)
    assert problem.what == "The file could not be read: Permission denied."
    assert problem.hint == "Give yourself permission to read it."


@pytest.mark.parametrize("kind", ["nothing", "a folder", "a pipe"])
def test_an_unreadable_file_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "facts.yaml"
    if kind == "a folder":
        path.mkdir()
    if kind == "a pipe":
        os.mkfifo(path)  # without a writer, so reading it would block
    code = {"nothing": "file-missing", "a folder": "file-kind", "a pipe": "file-kind"}[kind]
    problem = unreadable(path)
    assert (problem.code, problem.where) == (code, Place("facts.yaml"))
    what, hint = {
        "file-missing": ("The file could not be read: No such file", "Create the file, or correct its name."),
        "file-kind": ("This is not a regular file.", "Replace it with a regular file."),
    }[code]
    assert problem.what.startswith(what)
    assert problem.hint == hint

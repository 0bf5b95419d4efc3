"""Validation against the model: each problem has its place, a plain message and a hint."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from report.edition.model import FILES, Config, FactsFile
from report.edition.validate import validate
from report.edition.yamldoc import parse
from report.problems import Problem, ReportError

Find = Callable[..., Problem]
FindAll = Callable[..., list[Problem]]
Pointed = Callable[[Problem], str]
BARE = "Write the bare number: a point for decimals, a hyphen before a negative; no quotes, commas, units."


def test_a_misspelt_key_is_named_with_its_line_and_the_key_that_was_meant(problem_of: Find) -> None:
    problem = problem_of("unknown-key", facts=("label: in advocacy", "label: in advocacy\n    lable: x"))
    assert (problem.where.file, problem.where.line, problem.where.column) == ("data/tiny/facts.yaml", 10, 5)
    assert "`lable`" in problem.what
    assert problem.hint.startswith("Did you mean `label`")


@pytest.mark.parametrize(
    ("name", "old", "new", "meant"),
    [
        ("edition", "tagline:", "taglin:", "tagline"),
        ("edition", "short: OST", "shrt: OST", "short"),
        ("edition", "publisher:", "publsher:", "publisher"),
        ("facts", "prior: {value: 8318, period:", "prior: {value: 8318, perod:", "period"),
        ("charts", "emphasis: true", "emphesis: true", "emphasis"),
        ("quotes", "attribution:", "atribution:", "attribution"),
        ("checks", "decimals:", "decimal:", "decimals"),
        ("story", "callouts:", "callout:", "callouts"),
        ("story", "{label: Mission", "{lable: Mission", "label"),
    ],
)
def test_did_you_mean_is_offered_at_every_depth_of_every_file(
    problem_of: Find, pointed: Pointed, name: str, old: str, new: str, meant: str
) -> None:
    problem = problem_of("unknown-key", **{name: (old, new)})
    assert problem.hint.startswith(f"Did you mean `{meant}`")
    wrong = problem.what.split("`")[1]
    assert pointed(problem).startswith(f"{wrong}:")


def test_did_you_mean_is_offered_in_a_chart_whose_id_is_also_the_name_of_a_key(problem_of: Find) -> None:
    problem = problem_of("unknown-key", charts=("  ease:\n", "  title:\n    titel: x\n"))
    assert problem.hint == "Did you mean `title`?"


@pytest.mark.parametrize(
    "typed", ["177,000", '"177000"', "$177000", "177000 people", "1.77e5", "1_000", "many", "true", "", "[1]", "{a: 1}"]
)
def test_a_value_that_is_not_a_bare_number_is_refused(problem_of: Find, pointed: Pointed, typed: str) -> None:
    problem = problem_of(
        "wrong-type", facts=("value: 177000,", f"value: {typed if ',' not in typed else repr(typed)},")
    )
    assert problem.what.startswith("`value` must be a number")
    assert problem.hint == BARE
    assert problem.where.line == 3
    assert pointed(problem)[:1] == (typed.replace("177,000", "'177,000'") or ",")[:1]


@pytest.mark.parametrize(
    ("name", "old", "new", "wanted"),
    [
        ("edition", "published: 2024-12-03", "published: 2024-13-03", "a date such as 2024-06-30"),
        ("edition", "published: 2024-12-03", "published: December", "a date such as 2024-06-30"),
        ("edition", "title: Tiny Report", "title: 2024", "text"),
        ("edition", "title: Tiny Report", "title:", "text"),
        ("edition", "names_with_figures: [K-8]", "names_with_figures: K-8", "a list"),
        ("edition", "year: 2024", 'year: "2024"', "a whole number"),
        ("charts", "width: 6", "width: six", "a whole number"),
        ("charts", "emphasis: true", "emphasis: yes", "true or false"),
        ("charts", "{fact: ease.served, label: Served, emphasis: true}", "ease.served", "a set of keys and values"),
        ("facts", 'period: "2022-23"', "period: 2022", "text"),
        ("quotes", "lines: [Every child, deserves a champion]", "lines: Every child", "a list"),
    ],
)
def test_a_wrong_type_names_the_key_and_what_it_must_be(
    problem_of: Find, name: str, old: str, new: str, wanted: str
) -> None:
    problem = problem_of("wrong-type", **{name: (old, new)})
    assert f"must be {wanted}, but is " in problem.what


def test_a_wrong_option_of_a_chart_is_one_problem_that_names_the_option(problem_of: Find) -> None:
    problem = problem_of("wrong-type", charts=("marks: 1000", "marks: [1, 2]"))
    assert "`marks`" in problem.what
    assert (problem.where.line, problem.where.column) == (14, 22)


@pytest.mark.parametrize(
    ("name", "old", "new", "hint"),
    [
        ("facts", "unit: ordinal", "unit: ordinl", "Did you mean `ordinal`?"),
        (
            "facts",
            "unit: usd",
            "unit: dollars",
            "Known: change, count, ordinal, percent, score, square-mile, usd, year.",
        ),
        ("quotes", "status: verified", "status: verfied", "Did you mean `verified`?"),
        ("quotes", "ground: ink", "ground: ink\n    side: right", "Known: recto, verso."),
        ("checks", "kind: share", "kind: shared", "Did you mean `share` or `shares`?"),
    ],
)
def test_an_unknown_value_is_answered_with_the_known_ones(
    problem_of: Find, pointed: Pointed, name: str, old: str, new: str, hint: str
) -> None:
    problem = problem_of("unknown-value", **{name: (old, new)})
    assert problem.hint == hint
    assert pointed(problem).startswith(new.split()[-1])


@pytest.mark.parametrize(
    ("old", "new"),
    [("value: 7\n", "value: -7\n"), ("value: 7\n", "value: 0\n"), ("value: 7\n", "value: 7.5\n")],
    ids=["a rank below zero", "rank nought", "half a rank"],
)
def test_a_value_impossible_for_its_unit_is_refused_at_the_value(
    problems_of: FindAll, pointed: Pointed, old: str, new: str
) -> None:
    problems = problems_of(facts=(old, new))
    assert [pointed(problem) for problem in problems if problem.where.line == 7] == [new.split()[1]]


@pytest.mark.parametrize(("line", "value"), [(3, "value: 177000"), (5, "value: 6.3"), (18, "value: 627000000")])
def test_a_number_of_forty_digits_is_refused_at_its_place(
    problems_of: FindAll, pointed: Pointed, line: int, value: str
) -> None:
    problems = problems_of(facts=(value, "value: " + "1" * 40))
    assert [problem.where.line for problem in problems] == [line]
    assert pointed(problems[0]).startswith("1111")


@pytest.mark.parametrize(
    ("name", "removed", "part", "of"),
    [
        ("facts", "    unit: ordinal\n", "unit", "advocacy.rank"),
        ("facts", "    label: in advocacy\n", "label", "advocacy.rank"),
        ("facts", 'period: "2022-23"', "period", "prior"),
        ("charts", "    source: report\n", "source", "ease"),
        ("quotes", "    attribution: Rita Pierson\n", "attribution", "child"),
        ("edition", "slug: tiny-report\n", "slug", ""),
        ("edition", "start: 2023-07-01, ", "start", "period"),
        ("story", "title: A Story\n", "title", ""),
    ],
)
def test_a_missing_key_is_named_with_its_parent(problem_of: Find, name: str, removed: str, part: str, of: str) -> None:
    problem = problem_of("missing-key", **{name: (removed, "")})
    assert problem.what == (f"`{part}` of `{of}` is missing." if of else f"`{part}` is missing.")
    assert problem.hint == f"Add a line `{part}: ...`."


def test_a_missing_key_has_the_place_of_its_parent(problem_of: Find, pointed: Pointed) -> None:
    assert pointed(problem_of("missing-key", quotes=("    attribution: Rita Pierson\n", ""))) == "child:"


def test_a_quotation_without_attribution_is_an_error(problem_of: Find) -> None:
    problem = problem_of("missing-key", quotes=("attribution: Rita Pierson", "note: none"))
    assert str(problem.severity) == "error"
    assert "`attribution` of `child`" in problem.what


def test_a_chart_without_series_is_an_error(problem_of: Find) -> None:
    row = "    series:\n      - {fact: ease.served, label: Served, emphasis: true}\n"
    assert "`series` of `ease` is missing" in problem_of("missing-key", charts=(row, "")).what
    empty = problem_of("bad-value", charts=(row, "    series: []\n"))
    assert "`series`" in empty.what
    assert (empty.where.line, empty.where.column) == (12, 13)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("facts", "ease.covered:", "Ease.Covered:"),
        ("facts", "ease.covered:", "covered:"),
        ("charts", "  ease:", "  the_ease:"),
        ("quotes", "  child:", "  a child:"),
        ("edition", "  report: {", "  the report: {"),
    ],
)
def test_an_id_with_invalid_characters_is_refused_at_the_id(
    problem_of: Find, pointed: Pointed, name: str, old: str, new: str
) -> None:
    problem = problem_of("bad-id", **{name: (old, new)})
    assert pointed(problem).startswith(new.strip().rstrip("{ "))
    assert "topic.thing" in problem.hint


@pytest.mark.parametrize(
    ("name", "old", "new", "excerpt"),
    [
        ("charts", "width: 6", "width: 13", "`width` cannot be 13"),
        ("charts", "lines: 10", "lines: 1", "`lines` cannot be 1"),
        ("charts", "fact: ease.served", "fact: served", "separated by dots"),
        ("facts", "label: in advocacy", "label: " + "long " * 20, "`label` cannot be"),
        ("facts", "label: in advocacy", 'label: " "', "`label` cannot be"),
        ("edition", "language: en-US", "language: English", "`language` cannot be"),
        ("edition", "slug: tiny-report", "slug: ../../tiny", "`slug` cannot be"),
    ],
)
def test_a_value_out_of_bounds_is_refused(problem_of: Find, name: str, old: str, new: str, excerpt: str) -> None:
    assert excerpt in problem_of("bad-value", **{name: (old, new)}).what


def judged(file: str, text: str) -> list[Problem]:
    """Return the problems of the text of a data file."""
    with pytest.raises(ReportError) as failure:
        validate(FILES[file], parse(text, f"{file}.yaml"))
    return list(failure.value.problems)


FACT = "facts:\n  a.b: {{unit: count, label: x, source: report, value: {0}}}\n"


@pytest.mark.parametrize(
    ("value", "described"),
    [
        (f"'{'x' * 40}'", f'the text "{"x" * 40}"'),
        (f"'{'x' * 41}'", f'the text "{"x" * 37}..."'),
        ("''", "empty"),
        ("~", "empty"),
        ("[]", "an empty list"),
        ("[1, 2]", "a list"),
        ("{a: 1}", "a set of keys and values"),
        ("2024-06-30", "2024-06-30"),
    ],
)
def test_a_wrong_value_is_described_in_a_few_words(value: str, described: str) -> None:
    (problem,) = judged("facts", FACT.format(value))
    assert problem.what == f"`value` must be a number, but is {described}."
    assert (problem.where.line, problem.where.column) == (2, 55)


IMAGE = "images:\n  a: {{file: a.jpg, alt: x, credit: y, focal: {0}}}\n"


@pytest.mark.parametrize(
    ("file", "text", "code", "column", "what", "hint"),
    [
        (
            "facts",
            FACT.format("1.23456"),
            "bad-value",
            55,
            "it may have up to 4 digits after the point.",
            "Correct the",
        ),
        ("facts", FACT.format("1" * 19), "bad-value", 55, "it may have up to 18 digits.", "Correct the value."),
        ("facts", FACT.format("1" * 15), "bad-value", 55, "up to 14 digits before the point.", "Correct the value."),
        (
            "images",
            IMAGE.format("[1]"),
            "missing-key",
            39,
            "`focal` has too few values: value 2 is missing.",
            "Add it at",
        ),
        (
            "images",
            IMAGE.format("[1, 0, 1]"),
            "bad-value",
            46,
            "`focal` cannot be a list: it may have at most 2.",
            "Corr",
        ),
        ("images", IMAGE.format("[1, x]"), "wrong-type", 50, '`focal` must be a number, but is the text "x".', "Write"),
        (
            "checks",
            "checks:\n  - {id: a, kind: sum, prts: []}",
            "unknown-key",
            24,
            "Unknown key `prts`.",
            "Did you mean",
        ),
        (
            "checks",
            "checks:\n  - {id: a, kind: z}",
            "unknown-value",
            19,
            '`kind` has an unknown value: the text "z"',
            "Known:",
        ),
        ("facts", "facts:\n  X: {}", "bad-id", 3, "`X` is not a valid id.", "Use lower-case letters, digits"),
    ],
)
def test_a_problem_says_what_is_wrong_where_and_what_to_do(
    file: str, text: str, code: str, column: int, what: str, hint: str
) -> None:
    problem = judged(file, text)[0]
    assert (problem.code, problem.where.line, problem.where.column) == (code, 2, column)
    assert what in problem.what
    assert problem.hint.startswith(hint)


@pytest.mark.parametrize(
    ("file", "text", "hint"),
    [
        ("checks", "checks: 5", "Correct the value."),
        ("facts", FACT.format("1").replace("label: x", "label: 5"), "If it is text, put it in quotes."),
        (
            "facts",
            FACT.format("many"),
            BARE,
        ),
    ],
)
def test_the_hint_for_a_wrong_type_suits_the_type(file: str, text: str, hint: str) -> None:
    (problem,) = judged(file, text)
    assert (problem.code, problem.hint) == ("wrong-type", hint)


def test_a_whole_number_is_written_bare_too(problem_of: Find) -> None:
    problem = problem_of("wrong-type", charts=("width: 6", "width: six"))
    assert problem.hint == BARE


def test_keys_are_suggested_from_the_very_mapping_in_which_one_is_unknown() -> None:
    text = FACT.format("1").replace("value: 1", "value: 1, prior: {value: 1, period: a, x: 2}")
    (problem,) = judged("facts", text)
    assert problem.hint == "Known: period, value."
    (missing, unknown) = judged("facts", "factz: {}\n")
    assert (missing.what, unknown.hint) == ("`facts` is missing.", "Did you mean `facts`?")


def test_the_option_of_a_chart_takes_a_single_value_and_is_one_problem(problem_of: Find) -> None:
    problem = problem_of("wrong-type", charts=("marks: 1000", "marks: {a: 1}"))
    assert problem.what == "`marks` must be text, a number, or true or false."
    assert problem.hint == "Write a single value."


@pytest.mark.parametrize("text", ["just words", "- a\n- b", "42"])
def test_a_file_without_keys_is_one_problem(text: str) -> None:
    with pytest.raises(ReportError) as failure:
        validate(FactsFile, parse(text, "facts.yaml"))
    (problem,) = failure.value.problems
    assert (problem.code, problem.where.line) == ("wrong-type", 1)
    assert "`the file` must be a set of keys and values" in problem.what


def test_all_problems_of_a_file_are_listed_at_once() -> None:
    with pytest.raises(ReportError) as failure:
        validate(Config, parse("titel: x\nedition: 5\npublished: never\n", "edition.yaml"))
    codes = {(problem.code, problem.where.line) for problem in failure.value.problems}
    assert {("unknown-key", 1), ("wrong-type", 2), ("wrong-type", 3), ("missing-key", 1)} <= codes


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("charts", "series:\n      - {fact: ease.served, label: Served, emphasis: true}", "series: []",
         "`series` cannot be an empty list: it needs at least 1."),
        ("quotes", "lines: [Every child, deserves a champion]", "lines: []",
         "`lines` cannot be an empty list: it needs at least 1."),
        ("facts", "label: in advocacy", "label: ''", "`label` cannot be empty: it needs some text."),
        ("facts", "label: in advocacy", "label: " + "long " * 20, "it may have up to 70 characters."),
        ("charts", "width: 6", "width: 13", "`width` cannot be 13: it must be at most 12."),
        ("facts", "value: 177000", f"value: 0.{'1' * 5000}", f"`value` cannot be 0.{'1' * 35}...: it may have up to"),
        ("edition", "language: en-US", "language: English", "a language is written as en, es or en-US."),
        ("edition", "slug: tiny-report", "slug: Tiny", "lower-case letters and digits, separated by hyphens"),
        ("charts", "figure: share_field", "figure: share-field", "separated by underscores."),
    ],
)  # fmt: skip
def test_messages_contain_no_programming_terms(problems_of: FindAll, name: str, old: str, new: str, what: str) -> None:
    problem = next(problem for problem in problems_of(**{name: (old, new)}) if problem.code == "bad-value")
    assert what in problem.what
    assert not {"tuple", "string", "decimal", "input", "validation"} & set(problem.what.lower().split())


def test_a_decimal_comma_in_a_short_map_is_named_as_such(problem_of: Find) -> None:
    problem = problem_of("unknown-key", facts=("value: 6.3,", "value: 6,3,"))
    assert problem.what == "Unknown key `3`."
    assert problem.hint == "Write decimals with a point: 6.3."
    other = problem_of("unknown-key", facts=("value: 6.3,", "value: 6.3, vlaue: 3,"))
    assert "Did you mean `value`" in other.hint

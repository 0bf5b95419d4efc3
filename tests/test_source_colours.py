"""Raw colours, addresses and variables in the text of a stylesheet, a template and a drawing."""

from __future__ import annotations

import pytest

from report.checks.rawcolours import python_problems, template_problems
from report.checks.stylecheck import stylesheet_problems, variables_in
from report.problems import Place, Problem

VARIABLES = {"--ink", "--text"}


def css(text: str) -> list[Problem]:
    return stylesheet_problems(text, "a.css", VARIABLES)


def columns(problems: list[Problem]) -> list[tuple[str, int, int]]:
    return [(problem.code, problem.where.line, problem.where.column) for problem in problems]


@pytest.mark.parametrize(
    ("text", "place", "what", "hint"),
    [
        ("p { color: red }", (1, 12), "Raw colour `red`.", "Use a token of styles/tokens.yaml instead"),
        ("p { fill: #14294B }", (1, 11), "Raw colour `#14294B`.", "Use a token of styles/tokens.yaml instead"),
        ("p { color: LAB(1 2 3) }", (1, 12), "Raw colour `lab(`.", "Use a token of styles/tokens.yaml instead"),
        ("@import 'x';", (1, 1), "The stylesheet imports another one.", "Put the file into styles/"),
        ("@media print { @import 'x'; }", (1, 16), "The stylesheet imports another one.", "Put the file into styles/"),
        (
            f"p {{ mask: url(x/{'y' * 100}) }}",
            (1, 11),
            f"The address `x/{'y' * 78}` is not allowed.",
            "Use a drawing, font or photograph of the edition",
        ),
        ("p { } q {} }", (1, 12), "Invalid CSS: ", "Correct it. The engine would ignore it."),
        ("p { margin: var(--txt) }", (1, 13), "The variable `--txt` is never set.", "Did you mean `--text`?"),
        ("p { margin: 0 var(--z) }", (1, 15), "The variable `--z` is never set.", "Known: --ink, --text."),
    ],
)
def test_a_problem_of_a_stylesheet_says_what_is_wrong_where_and_what_to_do(
    text: str, place: tuple[int, int], what: str, hint: str
) -> None:
    (problem,) = css(text)
    assert problem.where == Place("a.css", *place)
    assert problem.what.startswith(what)
    assert problem.hint.startswith(hint)
    codes = {"Raw": "raw-colour", "Invalid": "stylesheet"} | dict.fromkeys(("The s", "The a"), "outside-address")
    assert problem.code == next((code for start, code in codes.items() if what.startswith(start)), "unknown-variable")


@pytest.mark.parametrize(
    "value",
    ["url(press:art/a)", "url('press:art/a')", "url(#a)", "image-set('press:a' 1x)", "image-set(var(--ink))", "src()"],
)
def test_addresses_of_the_edition_are_accepted(value: str) -> None:
    assert css(f"p {{ /* url(x) */ mask: {value} /* #fff */ }}") == []


def test_a_variable_that_resembles_none_of_many_may_be_set() -> None:
    many = {f"--grid-{number}" for number in range(20)}
    (problem,) = stylesheet_problems("p { margin: var(--zzz) }", "a.css", many)
    assert problem.hint == "Use a token of styles/tokens.yaml, or set the variable."


@pytest.mark.parametrize(
    "value",
    [
        "url(x)",
        "url('x')",
        "src('x')",
        "image('x')",
        "image-set('x' 1x)",
        "image-set('press:a' 1x, 'x' 2x)",
        "-webkit-image-set('x' 1x)",
        "IMAGE-SET('x' 1x)",
    ],
)
def test_every_function_that_loads_a_file_is_checked_for_its_address(value: str) -> None:
    problems = css(f"@page {{ @top-left {{ content: {value} }} }}\nq:is({value}) {{ }}")
    assert {problem.what for problem in problems} == {"The address `x` is not allowed."}
    assert columns(problems) == [
        ("outside-address", 1, 30), ("outside-address", 2, 6)
    ]  # fmt: skip


def test_an_address_within_an_image_function_is_found_behind_an_allowed_one() -> None:
    assert columns(css("a { background: image-set('press:a' 1x, url(x) 2x) }")) == [("outside-address", 1, 41)]


def test_all_problems_of_a_stylesheet_are_found_in_order() -> None:
    text = "p { color: red;\n margin: var(--a) url(x) var(--ink); --y: {navy} }\n"
    text += "@supports (color: red) { q { stroke: rgb(var(--b)) } }"
    assert columns(css(text)) == [
        ("raw-colour", 1, 12), ("unknown-variable", 2, 10), ("outside-address", 2, 19), ("raw-colour", 2, 44),
        ("raw-colour", 3, 38), ("unknown-variable", 3, 42),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "p { font-family: red; grid-area: tan }",
        "p[title=red], #cafe { color: inherit }",
        "p { margin: var(--); padding: var() }",
        "@supports (color: red) { }",
        "@charset 'x'; @namespace svg url(#x);",
    ],
)
def test_names_that_paint_nothing_are_no_colours(text: str) -> None:
    assert css(text) == []


@pytest.mark.parametrize(
    "name",
    ["color", "background", "border-top", "outline", "fill", "stroke", "box-shadow", "text-decoration", "column-rule",
     "list-style-image", "--hue"],
)  # fmt: skip
def test_a_colour_name_is_refused_in_every_declaration_that_paints(name: str) -> None:
    assert [problem.code for problem in css(f"p {{ {name}: 1pt Navy }}")] == ["raw-colour"]


def test_where_the_variables_are_not_known_none_is_called_unset() -> None:
    assert stylesheet_problems("p { margin: var(--x) }", "a.css") == []


def test_the_variables_of_a_file_are_those_that_it_sets() -> None:
    text = "p { --one: 1pt; margin: var(--two) } q { --three-x : 2pt }\n<p style='--four:0'> .a--five:hover { }"
    assert variables_in(text) == {"--one", "--three-x", "--four"}


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('<p style="color: red">{{ "#123456" }}', [("red", 1, 18), ("#123456", 1, 27)]),
        ("<style media='x'>p{color:red}</style>\n<STYLE>q{color:navy}</STYLE>", [("red", 1, 26), ("navy", 2, 16)]),
        ("<p STYLE = 'margin:0;color:red'>{# '#fff' #}", [("red", 1, 28), ("#fff", 1, 37)]),
        ('{{ "#1234567890" }}{{ x["#abc"] }}\n{%\n set x = "#abcd" %}', [("#abc", 1, 26), ("#abcd", 3, 11)]),
        ("<path fill='var(--x)' stroke=CurrentColor color='#fff'>", [("#fff", 1, 50)]),
        (f"<path fill=' {'x' * 50}'>", [("x" * 40, 1, 14)]),
        ("<a data-color='red' xfill='red' fill='transparent' stroke='inherit' color='none'>", []),
        ('<p style="color: {{ hue }}; fill: var(--ink)">', []),
        ('{% set fill="red" %}{# stroke=tan #}', []),
    ],
)
def test_the_raw_colours_of_a_template_are_found_where_they_stand(
    template: str, found: list[tuple[str, int, int]]
) -> None:
    problems = list(template_problems(template, "a.j2", VARIABLES))
    assert {problem.code for problem in problems} <= {"raw-colour"}
    assert all(problem.hint.startswith("Use a token of styles/tokens.yaml instead") for problem in problems)
    assert [(problem.what, problem.where) for problem in problems] == [
        (f"Raw colour `{colour}`.", Place("a.j2", line, column)) for colour, line, column in found
    ]


def test_a_style_in_a_template_is_checked_like_a_stylesheet() -> None:
    problems = list(
        template_problems("{# a\n#}<p style='margin: var(--txt)'>\n<style>p { x: url(y) }</style>", "a.j2", VARIABLES)
    )
    assert columns(problems) == [("unknown-variable", 2, 21), ("outside-address", 3, 15)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("line(color='0.25')", [("'0.25'", 12)]),
        ("line(edgecolor='.5', paint='1', stroke='0')", [("'.5'", 16), ("'1'", 28), ("'0'", 40)]),
        ("line(cmap='r', fill_with=(1, 1, 1), Colour='K')", [("'r'", 11), ("(1, 1, 1)", 26)]),
        ("line(color=(0.1, 0.2, 0.3, 1))", [("(0.1, 0.2, 0.3, 1)", 12)]),
        ("line(color=[1, 2, 3])", [("[1, 2, 3]", 12)]),
        ("x = ['#abc', '#12345678', 'xkcd:sky', 'C1', 'TAB:blue']",
         [("#abc", 6), ("#12345678", 14), ("xkcd:sky", 27), ("C1", 39), ("TAB:blue", 45)]),
        ("x = '#ab' + '#123456789' + 'C12' + 'a red one'", []),
        ("line(color='2', width='k', fill='kk')", []),
        ("line(color=(1, 2), fill=(1, 2, 3, 4, 5), paint=(1, 2, 'x'), stroke=[x, y, z])", []),
    ],
)  # fmt: skip
def test_the_raw_colours_of_a_drawing_are_found_where_they_stand(source: str, found: list[tuple[str, int]]) -> None:
    problems = list(python_problems(f"\n{source}\n", "a.py", {"ink"}))
    assert sorted((problem.what, problem.where) for problem in problems) == sorted(
        (f"Raw colour `{colour}`.", Place("a.py", 2, column)) for colour, column in found
    )


def test_a_token_with_the_name_of_a_colour_is_no_raw_colour() -> None:
    assert [problem.what for problem in python_problems("f('tan', 'red', 'Red')", "a.py", {"tan", "red"})] == [
        "Raw colour `Red`."
    ]

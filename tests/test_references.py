"""References to facts: the grammar, its problems, and figures typed in place of a reference."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from report.edition.edition import Edition
from report.edition.formats import Form
from report.edition.references import MAX_STRAY, place_at, problems_in, references
from report.problems import Place, Problem, Severity

Load = Callable[..., Edition]
Find = Callable[..., Problem]
FindAll = Callable[..., list[Problem]]
Pointed = Callable[[Problem], str]

HOSTILE = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ease.rate.__class__ }}",
    "{{ config }}",
    "{{ self }}",
    "{{ lipsum.__globals__ }}",
    "{{ open('/etc/passwd').read() }}",
    "{{ ease.rate() }}",
    "{{ ease.rate | attr('x') }}",
    "{{ ease.rate | map }}",
    "{{ 7 * 7 }}",
    "{{ }}",
    "{{ | words }}",
    "{{ ease.rate || words }}",
    "{{ ease.rate | of }}",
    "{{ ease.rate | words ease.rate }}",
    "{% for x in y %}",
    "{% include '/etc/passwd' %}",
    "{# comment #}",
    "{{ ease.rate",
    "ease.rate }}",
    "{{{{ ease.rate }}}}",
]


def check_references(edition: Edition, text: str) -> list[Problem]:
    return list(problems_in(text, Place("a.md", 10, 1), edition.facts, edition.formats, edition.facts))


def test_a_reference_names_a_fact_and_its_forms() -> None:
    (reference,) = references("About {{ ease.served | of ease.covered | cap }} of all.")
    assert (reference.fact, reference.forms) == ("ease.served", (Form("of", "ease.covered"), Form("cap")))
    assert reference.names == ("ease.served", "ease.covered")
    assert (reference.start, reference.end) == (6, 47)
    assert list(references("Of {{ }} and {{ | words }} none.")) == []


@pytest.mark.parametrize("text", ["{{ease.rate}}", "{{  ease.rate  }}", "{{\nease.rate\n}}", "{{ ease.rate|bare }}"])
def test_space_between_the_braces_does_not_matter(load_edition: Load, text: str) -> None:
    assert [reference.fact for reference in references(text)] == ["ease.rate"]
    assert check_references(load_edition(), text) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_an_invalid_reference_is_refused_and_never_run(load_edition: Load, text: str) -> None:
    problems = check_references(load_edition(), f"Text {text} text.")
    assert problems
    assert {str(problem.severity) for problem in problems} == {"error"}
    assert {problem.code for problem in problems} <= {"bad-reference", "unknown-fact", "unknown-form"}
    assert problems[0].where == Place("a.md", 10, 6) or "}}" in problems[0].what


def test_every_invalid_reference_of_a_text_is_quoted_with_its_place_and_what_to_write(load_edition: Load) -> None:
    edition, long = load_edition(), "{{ ease.rate | " + "z" * 60 + "! }}"
    text = f"{{{{ | words }}}} then\n{long} and {{{{ ease.rat }}}} and {{% x"
    first, second, third, last = check_references(edition, text)
    assert (first.where, second.where) == (Place("a.md", 10, 1), Place("a.md", 11, 1))
    assert first.what == "`{{ | words }}` is not a reference to a fact."
    assert second.what == f"`{long[:60]}` is not a reference to a fact."
    assert first.hint.startswith("Write {{ topic.thing }} or {{ topic.thing | form }}.")
    assert (third.code, third.what) == ("unknown-fact", "There is no fact `ease.rat`.")
    assert (last.where, last.what) == (Place("a.md", 11, 104), "`{%` is not part of a reference.")
    assert last.hint == "Write references to facts as {{ topic.thing }}."


def test_braces_without_a_partner_are_reported_ten_times_at_most(load_edition: Load) -> None:
    assert MAX_STRAY == 10
    assert len(check_references(load_edition(), "{{ " * 11)) == 10


def test_a_fact_that_resembles_none_of_many_may_be_added(load_edition: Load) -> None:
    edition, ids = load_edition(), [f"fact.number-{number}" for number in range(20)]
    (problem,) = problems_in("{{ zebra }}", Place("a.md"), edition.facts, edition.formats, ids)
    assert problem.hint == "Add it to facts.yaml."


def test_where_the_facts_cannot_be_listed_none_is_called_unknown(load_edition: Load) -> None:
    edition = load_edition()
    assert list(problems_in("{{ zebra.stripes }}", Place("a.md"), edition.facts, edition.formats, None)) == []


@pytest.mark.parametrize("text", ["{{ ''.__class__ }}", "{% set x = y %}", "{{ ease.rate | attr('x') }}"])
@pytest.mark.parametrize(
    ("name", "old"), [("charts", "of employees"), ("story", "and what it is for."), ("story", "*one*")]
)
def test_templates_in_charts_front_matter_and_prose_are_refused(
    problems_of: FindAll, name: str, old: str, text: str
) -> None:
    problems = problems_of(**{name: (f" {old}", f" {text}")})
    assert problems
    assert {problem.code for problem in problems} <= {"bad-reference", "unknown-fact"}


def test_an_unknown_fact_is_named_with_its_place_and_a_suggestion(problem_of: Find, pointed: Pointed) -> None:
    problem = problem_of("unknown-fact", story=("da.attendance | change", "da.attendence | change"))
    assert (problem.where.file, problem.where.line) == ("data/tiny/sections/story.md", 9)
    assert pointed(problem).startswith("{{ da.attendence")
    assert problem.hint == "Did you mean `da.attendance`?"


def test_an_unknown_form_is_answered_with_a_suggestion(problem_of: Find) -> None:
    problem = problem_of("unknown-form", story=("| change", "| chnge"))
    assert "`chnge`" in problem.what
    assert "`change`" in problem.hint


def test_a_form_that_does_not_fit_its_fact_gives_the_reason(problem_of: Find, pointed: Pointed) -> None:
    problem = problem_of("bad-form", story=("{{ budget.total }}", "{{ budget.total | change }}"))
    assert "`budget.total` cannot be written in this form: the fact has no prior value." in problem.what
    assert pointed(problem).startswith("{{ budget.total | change }}")
    assert problem.hint == "Use another form, or complete the fact in facts.yaml."


def test_a_share_of_a_fact_with_another_unit_is_refused_and_names_both_units(load_edition: Load) -> None:
    (problem,) = check_references(load_edition(), "{{ ease.served | of ease.rate }}")
    assert (problem.code, problem.where) == ("bad-form", Place("a.md", 10, 1))
    assert "not count and percent" in problem.what
    assert check_references(load_edition(), "{{ ease.served | of ease.covered }}") == []


def test_a_share_of_an_unknown_fact_is_an_unknown_fact(load_edition: Load) -> None:
    (problem,) = check_references(load_edition(), "{{ ease.served | of ease.coverd }}")
    assert (problem.code, problem.hint) == ("unknown-fact", "Did you mean `ease.covered` or `ease.served`?")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("charts", 'title: "Counseling served {{ ease.rate }} of employees"', 'title: "Served {{ ease.rat }}"'),
        ("charts", "subject: Employees served, of all covered", "subject: Served by {{ ease.rat }}"),
        ("charts", "subject: Employees served, of all covered", "subject: >-\n      Employees\n      {{ ease.rat }}"),
        ("story", "About {{ budget.total }} and what it is for.", ">-\n  Two lines,\n  with {{ ease.rat }}."),
        ("story", "text: Service and leadership", "text: 'Serves {{ ease.rat }}'"),
        ("edition", "subject: A year of work in a few figures.", "subject: About {{ ease.rat }}"),
    ],
    ids=[
        "in quotes",
        "without quotes",
        "folded in a chart",
        "folded in front matter",
        "in a statement",
        "in a subject",
    ],
)
def test_an_unknown_fact_in_yaml_is_reported_at_its_place(
    problem_of: Find, pointed: Pointed, name: str, old: str, new: str
) -> None:
    problem = problem_of("unknown-fact", **{name: (old, new)})
    assert pointed(problem).startswith("{{ ease.rat }}")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("story", "title: A Story", 'title: "{{ ease.rate }} of all"'),
        ("facts", "label: in advocacy", 'label: "in {{ ease.rate }}"'),
        ("charts", "label: Served", 'label: "{{ ease.rate }}"'),
        ("quotes", "[Every child,", '["{{ ease.rate }}",'),
        ("edition", "tagline: A small one", 'tagline: "About {{ ease.rate }}"'),
    ],
)
def test_a_reference_where_none_is_resolved_is_an_error(problems_of: FindAll, name: str, old: str, new: str) -> None:
    problems = problems_of(**{name: (old, new)})
    assert [
        str(problem.severity) for problem in problems if problem.where.file.endswith((f"{name}.yaml", f"{name}.md"))
    ]


def test_a_place_in_a_text_counts_lines_and_columns_from_its_origin() -> None:
    origin = Place("a.md", 10, 5)
    assert place_at("one\ntwo", 0, origin) == Place("a.md", 10, 5)
    assert place_at("one\ntwo", 2, origin) == Place("a.md", 10, 7)
    assert place_at("one\ntwo", 5, origin) == Place("a.md", 11, 2)
    assert place_at("\ntwo", 1, origin) == Place("a.md", 11, 1)
    assert place_at("\ntwo", 3, origin) == Place("a.md", 11, 3)


@pytest.mark.parametrize("text", ["{", "{{", "{{ ", "{{ a.b | ", "{%", "}}"])
def test_twenty_thousand_characters_of_braces_are_checked_quickly(load_edition: Load, text: str) -> None:
    edition, bomb = load_edition(), text * (20_000 // len(text))
    start = time.process_time()
    assert check_references(edition, bomb)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("typed", "fact"),
    [
        ("177,000", "ease.covered"),
        ("177000", "ease.covered"),
        ("6.3%", "ease.rate"),
        ("6.3 percent", "ease.rate"),
        ("7th", "advocacy.rank"),
        ("$627 million", "budget.total"),
        ("$627,000,000", "budget.total"),
    ],
)
def test_a_figure_typed_into_prose_that_is_a_fact_is_an_error_however_it_is_written(
    problem_of: Find, pointed: Pointed, typed: str, fact: str
) -> None:
    problem = problem_of("typed-figure", story=("*one* year", f"*one* year, {typed} in all"))
    assert problem.severity is Severity.ERROR
    assert f"`{fact}`" in problem.what
    assert f"{{{{ {fact} }}}}" in problem.hint
    assert pointed(problem).startswith(typed)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("story", "and what it is for.", "and 177,000 people."),
        ("story", "text: Service and leadership", 'text: "Service to 177,000"'),
        ("story", "[^a]: It was", "[^a]: Of 177,000 it was"),
        ("story", "## How many", "## How 177,000"),
        ("charts", "subject: Employees served", "subject: Employees served of 177,000"),
        ("edition", "in a few figures.", "about 177,000 people."),
        ("story", "title: A Story", "title: The 177,000 Story"),
        ("story", "title: A Story", "title: A Story\nkicker: Of 177,000"),
        ("story", "title: A Story", "title: A Story\nbyline: {name: A. Person, role: 'One of 177,000'}"),
        ("story", "label: Mission", "label: 'Mission 177,000'"),
        ("edition", "tagline: A small one", "tagline: One for 177,000"),
        ("edition", "name: Care and Wellbeing", "name: 'Care for 177,000'"),
        ("facts", "label: in advocacy", "label: in advocacy of 177000"),
        ("facts", "qualifier: nearly", "qualifier: practically 177000"),
        ("charts", "label: Served", "label: 'Served of 177,000'"),
        ("charts", "label: Served", "label: Served, group: 'Of 177,000'"),
        ("quotes", "status: verified", "status: verified\n    note: Said to 177,000 people"),
    ],
)
def test_a_typed_figure_is_found_in_every_text(problem_of: Find, name: str, old: str, new: str) -> None:
    assert "`ease.covered`" in problem_of("typed-figure", **{name: (old, new)}).what


def test_any_other_bare_figure_is_a_warning_with_its_place(problem_of: Find, pointed: Pointed) -> None:
    problem = problem_of("bare-figure", story=("*one* year", "*one* year, 4,321 in all"))
    assert (problem.severity, problem.where.line) == (Severity.WARNING, 9)
    assert pointed(problem).startswith("4,321")
    assert "names_with_figures" in problem.hint


def test_a_figure_that_may_be_one_of_several_facts_names_them_all(problem_of: Find) -> None:
    twin = (
        "  ease.served:",
        "  twin.count: {value: 177000, unit: count, label: twins, source: report}\n  ease.served:",
    )
    story = ("*one* year", "*one* year, 177,000 in all [[facts: twin.count]]")
    problem = problem_of("typed-figure", facts=twin, story=story)
    assert "it may be the fact `ease.covered` or `twin.count`" in problem.what
    assert problem.hint.startswith("Write a reference to the right one")


def test_a_small_count_is_only_a_warning_that_names_the_possible_fact(problem_of: Find) -> None:
    few = ("  ease.served:", "  few.count: {value: 12, unit: count, label: episodes, source: report}\n  ease.served:")
    problem = problem_of("bare-figure", facts=few, story=("*one* year", "*one* year {{ few.count }}, in 12 of them"))
    assert problem.severity is Severity.WARNING
    assert problem.hint.startswith("If it is the fact `few.count`: write {{ few.count }}")


@pytest.mark.parametrize("scale", ["million", "billion", "percent", "thousand"])
def test_a_number_with_a_scale_word_is_not_the_fact_of_its_digits(problems_of: FindAll, scale: str) -> None:
    problems = problems_of(story=("*one* year", f"*one* year, 80 {scale} in all"))
    assert [(problem.code, "`" in problem.hint) for problem in problems] == [("bare-figure", False)]


def test_money_without_its_sign_is_still_the_fact(problem_of: Find) -> None:
    problem = problem_of("typed-figure", story=("*one* year", "*one* year, 627 million dollars"))
    assert "`budget.total`" in problem.what


def test_the_hint_suggests_no_reference_where_none_is_resolved(problem_of: Find) -> None:
    problem = problem_of("typed-figure", story=("title: A Story", "title: The 177,000 Story"))
    assert problem.hint.startswith("References do not work in the title of the section story. Reword it without")
    assert "{{" not in problem.hint


@pytest.mark.parametrize(
    "text",
    ["in 2024", "in 2023-24", "in 2023–24", "K-8", "K–8", "[site](https://example.org/99)",
     "<https://example.org/99>", "B12", "one hundred",
     "\n\n1. First\n2. Second\n\nand"],
)  # fmt: skip
def test_years_listed_names_addresses_and_list_numbers_are_accepted(problems_of: FindAll, text: str) -> None:
    assert problems_of(story=("*one* year", f"*one* year {text}")) == []

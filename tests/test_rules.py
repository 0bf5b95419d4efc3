"""What each rule on an edition says, where, and what it proposes; and the last value that it accepts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from report.checks.pagetypes import page_type_problems
from report.checks.safety import check_sources
from report.checks.values import period_problems, value_problems
from report.design.tokens import Tokens
from report.edition.edition import Edition
from report.problems import Place, Problem
from report.searchpath import SearchPath

Find = Callable[..., Problem]
FindAll = Callable[..., list[Problem]]
Load = Callable[..., Edition]
Pointed = Callable[[Problem], str]
IMAGE = "images:\n  class: {file: class.jpg, alt: Children paint, credit: A. Person}\n"
EXTRA = "---\npage: message\ntitle: Extra\n---\n"
TWICE = ("- section: story", "- section: story\n  - section: story")
TWO_CHECKS = "checks:\n" + "  - {id: a, kind: change, fact: da.attendance, expect: 27.5, decimals: 1}\n" * 2


@pytest.mark.parametrize(
    ("code", "changes", "what", "hint", "at"),
    [
        (
            "edition-name",
            {"edition": ("edition: tiny", "edition: other")},
            "The edition is named `other`, but its folder is named `tiny`.",
            "Give both the same name. If the folder is a copy, move it out of data/.",
            "other",
        ),
        (
            "bad-order",
            {"edition": ("  - section: notes", "  - {}\n  - section: notes")},
            "Each entry of `sections` must name one section or one quote.",
            "Write `- section: id` or `- quote: id`.",
            "{}",
        ),
        (
            "unknown-section",
            {"edition": ("- section: story", "- section: story\n  - section: x")},
            "There is no section `x`.",
            "Create data/tiny/sections/x.md.",
            "section: x",
        ),
        (
            "unknown-quote",
            {"edition": ("- quote: child", "- quote: child\n  - quote: zzz")},
            "There is no quote `zzz`.",
            "Create an entry in quotes.yaml.",
            "quote: zzz",
        ),
        (
            "duplicate-id",
            {"edition": TWICE},
            "The section `story` is listed twice in `sections`, first on line 18.",
            "Remove one of the two.",
            "section: story",
        ),
        (
            "unused-section",
            {"extra": EXTRA},
            "The section `extra` is not listed in `sections`, so it is not printed.",
            "Add `- section: extra` to `sections` in edition.yaml, or remove the file.",
            "",
        ),
        (
            "unused-quote",
            {"edition": ("  - quote: child\n", "")},
            "The quotation `child` is not listed in `sections`, so it is not printed.",
            "Add `- quote: child` to `sections` in edition.yaml, or remove the quotation.",
            "child:",
        ),
        (
            "missing-section",
            {"story": ("page: feature", "page: cover")},
            "The report needs exactly one section of the page type cover, but has 2.",
            "Write `page: cover` in the front matter of exactly one section.",
            "",
        ),
        (
            "unknown-image",
            {"story": ("[[chart: ease]]", "[[chart: ease]]\n\n[[image: class]]")},
            "There is no image `class`.",
            "Add it, or correct the name.",
            "[[image: class]]",
        ),
        (
            "duplicate-id",
            {"checks": TWO_CHECKS},
            "The check id `a` is used twice, first on line 2.",
            "Give each check a unique id.",
            "id: a",
        ),
        (
            "duplicate-id",
            {"edition": ("  - {id: wellbeing,", "  - {id: wellbeing, name: A}\n  - {id: wellbeing,")},
            "The pillar id `wellbeing` is used twice.",
            "Rename one of them.",
            "{id: wellbeing, name: C",
        ),
        (
            "quote-status",
            {"quotes": ("status: verified", "status: disputed")},
            "The quotation `child`, credited to Rita Pierson, is disputed, not verified.",
            "Find its source, or keep the status.",
            "status: disputed",
        ),
        (
            "quote-source",
            {"quotes": ("    source: TED talk\n", "")},
            "The verified quotation `child` has no source.",
            "Add a line `source: ...`.",
            "child:",
        ),
        (
            "reference-here",
            {"story": ("title: A Story", 'title: "All {{ ease.rate }}"')},
            "References are not allowed in `title`.",
            "References work in section texts, ledes, statements, and the titles and subjects of charts.",
            "{{ ease.rate }}",
        ),
        (
            "unused-fact",
            {"story": ("callouts: [advocacy.rank]\n", "")},
            "The fact `advocacy.rank` is never used.",
            "Use it in prose, a call-out or a chart, or remove it.",
            "advocacy.rank:",
        ),
        (
            "unused-chart",
            {"story": ("[[chart: ease]]\n", "")},
            "The chart `ease` is never used.",
            "Add [[chart: ease]].",
            "ease:",
        ),
        (
            "unused-image",
            {"images": IMAGE},
            "The image `class` is never used.",
            "Add [[image: class]].",
            "class:",
        ),
        (
            "unknown-anchor",
            {"story": ("*one* year", "*one* year, [see here](#zzz)")},
            "The report has no anchor `#zzz`.",
            "Known: back, chart-ease, contents, cover, data-ease, notes, quote-child, story, ",
            "#zzz",
        ),
        (
            "duplicate-chart",
            {"story": ("[[chart: ease]]", "[[chart: ease]]\n\n[[chart: ease]]")},
            "The chart `ease` is used twice; the first use is at data/tiny/sections/story.md:15:1.",
            "Remove one of the two, or link to the chart: [see the chart](#chart-ease).",
            "[[chart: ease]]",
        ),
        (
            "bad-period",
            {"edition": ("end: 2024-06-30", "end: 2022-06-30")},
            "The period ends on 2022-06-30, before it starts on 2023-07-01.",
            "Correct one of the two dates.",
            "2022-06-30",
        ),
    ],
)
def test_a_rule_says_what_is_wrong_where_and_what_to_do(
    problem_of: Find, pointed: Pointed, code: str, changes: dict[str, object], what: str, hint: str, at: str
) -> None:
    problem = problem_of(code, **changes)
    assert problem.what == what
    assert problem.hint.startswith(hint)
    assert bool(problem.where.line) == bool(at)
    assert not at or pointed(problem).startswith(at)


def test_every_entry_after_a_wrong_one_in_the_order_is_checked_too(problems_of: FindAll) -> None:
    order = "- {}\n  - section: story\n  - section: story\n  - section: stry\n  - quote: chld"
    problems = problems_of(edition=("- section: story", order))
    assert [problem.code for problem in problems] == ["bad-order", "duplicate-id", "unknown-section", "unknown-quote"]
    assert [problem.where.line for problem in problems] == [18, 20, 21, 22]


def test_a_section_and_a_quotation_may_have_the_same_name(problems_of: FindAll) -> None:
    story = {"edition": ("- quote: child", "- quote: story"), "quotes": ("  child:", "  story:")}
    assert problems_of(**story) == []


def test_a_suggestion_for_the_order_still_says_what_to_create(problem_of: Find) -> None:
    problem = problem_of("unknown-section", edition=("- section: story", "- section: stry"))
    assert problem.hint == "Did you mean `story`? Or create data/tiny/sections/stry.md."


@pytest.mark.parametrize(
    ("unit", "least", "most"),
    [("count", "0", "99999999999999"), ("score", "0", None), ("square-mile", "0", None), ("year", "1000", "9999"),
     ("percent", "0", "100"), ("usd", None, None), ("change", None, None)],
)  # fmt: skip
def test_a_value_lies_within_the_bounds_of_its_unit(
    load_edition: Load, pointed: Pointed, unit: str, least: str | None, most: str | None
) -> None:
    def found(value: str) -> list[Problem]:
        change = ("value: 2000000, unit: count", f"value: {value}, unit: {unit}")
        return list(value_problems(load_edition(facts=change)))

    assert found(least or "-5000") == []
    assert found(most or "5000000") == []
    if least is not None:
        (problem,) = found(str(int(least) - 1))
        assert problem.what.endswith(f"({unit}), which is less than {int(least):,}.")
        assert problem.hint
        assert pointed(problem).startswith(f"{int(least) - 1}, unit")
    if most in {"100", "9999"}:
        assert f"which is more than {int(most):,}." in found(str(int(most) + 1))[0].what


@pytest.mark.parametrize(
    ("change", "message", "at"),
    [
        (
            ("value: 2000000,", "value: 0.5,"),
            "`county.students` cannot be written: a count must be a whole number.",
            "0.5,",
        ),
        (("outof: 105", "outof: 6"), "`advocacy.rank` is 7, which exceeds its `outof`, 6.", "6"),
        (("value: 8318", "value: 8318.5"), "`da.attendance` cannot be written: a count must be a whole", "8318.5"),
        (("value: 7\n", "value: 0\n"), "`advocacy.rank` cannot be written: a rank must be", "0"),
    ],
)
def test_an_impossible_value_is_refused_where_it_stands(
    load_edition: Load, pointed: Pointed, change: tuple[str, str], message: str, at: str
) -> None:
    (problem,) = value_problems(load_edition(facts=change))
    assert problem.what.startswith(message)
    assert problem.hint in {"Correct the value or its unit.", "Correct one of the two."}
    assert pointed(problem).startswith(at)


def test_a_period_may_be_a_single_day_and_the_last_rank_is_a_rank(load_edition: Load) -> None:
    edition = load_edition(edition=("end: 2024-06-30", "end: 2023-07-01"), facts=("outof: 105", "outof: 7"))
    assert [*period_problems(edition), *value_problems(edition)] == []


@pytest.fixture
def page_types(tmp_path: Path, load_edition: Load) -> Callable[..., list[Problem]]:
    """Return a function that gives the problems of a story whose page type has this template."""

    def judge(template: str, **changes: object) -> list[Problem]:
        edition, templates = load_edition(**changes), {}
        for name in ("cover", "contents", "notes", "back", "feature", "quote"):
            path = tmp_path / f"{name}.html.j2"
            path.write_text(template if name == "feature" else "")
            templates[f"layouts/pages/{path.name}"] = path
        return list(page_type_problems(templates, edition))

    return judge


def test_a_section_that_has_what_its_template_needs_has_no_problem(page_types: Callable[..., list[Problem]]) -> None:
    assert page_types("") == []
    assert page_types("{#- needs: lede,callouts, stories -#}") == []


@pytest.mark.parametrize(
    ("need", "what", "hint"),
    [
        (
            "byline",
            "A section of the page type feature needs `byline`.",
            "Add a line `byline: ...` to the front matter.",
        ),
        (
            "pillar",
            "A section of the page type feature needs `pillar`.",
            "Add a line `pillar: ...` with one of: wellbeing.",
        ),
    ],
)
def test_what_a_template_needs_is_named_at_the_page_type(
    page_types: Callable[..., list[Problem]], pointed: Pointed, need: str, what: str, hint: str
) -> None:
    (problem,) = page_types(f"{{# needs: lede, {need}, stories #}}")
    assert (problem.code, problem.what, problem.hint) == ("missing-key", what, hint)
    assert pointed(problem).startswith("feature")


def test_every_need_that_is_not_met_is_named(page_types: Callable[..., list[Problem]]) -> None:
    template = "{# needs: stories, byline, lede, pillar #}"
    problems = page_types(template, story=("## How many were covered\n", ""))
    assert [problem.what.partition(" needs ")[2] for problem in problems] == [
        "at least one story.", "`byline`.", "`pillar`."
    ]  # fmt: skip
    assert problems[0].hint == "Start a story with a heading: ## Its title."


def test_a_page_type_without_a_template_is_named_and_the_others_are_still_checked(
    page_types: Callable[..., list[Problem]], pointed: Pointed
) -> None:
    back = "---\npage: quote\ntitle: Back\nlede: A lede\n---\n"
    unknown, missing = page_types("{# needs: pillar #}", back=back)
    assert (unknown.code, unknown.what) == ("unknown-page", "There is no page type `quote`.")
    assert unknown.hint.startswith("Did you mean `notes`")
    assert pointed(unknown).startswith("quote")
    assert missing.what == "A section of the page type feature needs `pillar`."


def test_an_unknown_colour_is_named_where_it_stands(
    tmp_path: Path, load_edition: Load, tokens: Tokens, pointed: Pointed
) -> None:
    edition = load_edition(
        quotes=("ground: ink", "ground: inkk"),
        edition=("{id: wellbeing", "{id: welbeing"),
        story=("page: feature\n", "page: feature\nground: mistt\n"),
    )
    found = [each for each in check_sources(SearchPath.of(tmp_path), edition, tokens) if each.code == "unknown-token"]
    assert [problem.what for problem in found] == [
        f"There is no colour token `{name}`." for name in ("inkk", "mistt", "welbeing", "welbeing-mid", "welbeing-tint")
    ]
    assert [pointed(problem).split()[0] for problem in found] == ["ground:", "mistt", "id:", "id:", "id:"]
    assert found[0].hint.startswith("Did you mean `ink`")
    assert found[1].hint.startswith("Did you mean `mist`")
    assert {problem.hint for problem in found[2:]} == {
        "Each pillar needs three colours in styles/tokens.yaml: its id, id-mid and id-tint."
    }


def test_the_sources_of_a_project_are_checked_even_if_its_tokens_are_not_known(
    tmp_path: Path, load_edition: Load
) -> None:
    for name, text in (
        ("styles/a.css", "p { color: red; margin: var(--x) }"),
        ("layouts/pages/x.html.j2", "<p style='color: red; margin: var(--x)'>"),
        ("figures/x.py", "line('red')"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    problems = check_sources(SearchPath.of(tmp_path), load_edition(images=IMAGE), None)
    assert [(problem.code, problem.where.file) for problem in problems[:3]] == [
        ("raw-colour", "styles/a.css"), ("raw-colour", "layouts/pages/x.html.j2"), ("raw-colour", "figures/x.py")
    ]  # fmt: skip
    assert {problem.code for problem in problems[3:]} == {"unknown-page"}


def test_all_sources_of_a_project_are_judged_with_its_tokens(
    tmp_path: Path, load_edition: Load, tokens: Tokens
) -> None:
    for name, text in (
        ("styles/a.css", "p { color: var(--txt); margin: var(--own) var(--other) }"),
        ("layouts/x.j2", "<p style='--own: 1pt; color: var(--txt)'>{# needs: nothing #}"),
        ("layouts/pages/y.html.j2", "<style>p { --other: 1pt }</style>"),
        ("figures/x.py", "line('ink', 'red')"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    problems = check_sources(SearchPath.of(tmp_path), load_edition(images=IMAGE), tokens)
    found = [(problem.code, str(problem.where)) for problem in problems if problem.code != "unknown-page"]
    assert found == [
        ("unknown-variable", "styles/a.css:1:12"), ("unknown-variable", "layouts/x.j2:1:30"),
        ("raw-colour", "figures/x.py:1:13"), ("image-missing", "data/tiny/images.yaml:2:11"),
    ]  # fmt: skip
    assert problems[0].where == Place("styles/a.css", 1, 12)


def test_a_count_written_with_a_point_for_thousands_is_told_how_to_write_it(load_edition: Load) -> None:
    (problem,) = value_problems(load_edition(facts=("value: 11102,", "value: 11.102,")))
    assert problem.hint == "If the point separates thousands, write 11102."
    (other,) = value_problems(load_edition(facts=("value: 11102,", "value: 11.5,")))
    assert other.hint == "Correct the value or its unit."


def test_a_photograph_does_not_place_a_chart_of_the_same_name(problems_of: Callable[..., list[Problem]]) -> None:
    images = "images:\n  ease: {file: a.png, alt: x, credit: y}\n"
    codes = {problem.code for problem in problems_of(images=images, story=("[[chart: ease]]", "[[image: ease]]"))}
    assert "unused-chart" in codes
    assert "unused-image" not in codes

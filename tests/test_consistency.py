"""An edition is consistent: broken references, unused entries, duplicate ids, impossible values, missing pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from figures import FIGURES
from figures.artworks import ARTWORKS
from report.checks.run import check
from report.checks.uses import Use, used_facts
from report.edition.edition import Edition
from report.problems import Place, Problem, ReportError, Severity, has_errors, in_order
from report.project import Project

ROOT = Path(__file__).parents[1]
Find = Callable[..., Problem]
FindAll = Callable[..., list[Problem]]
Load = Callable[..., Edition]
Pointed = Callable[[Problem], str]
IMAGE = "images:\n  class: {file: class.jpg, alt: Children paint, credit: A. Person}\n"


def test_the_sample_edition_has_no_error_and_no_warning_but_those_on_doubtful_quotations() -> None:
    _, _, problems = check(Project(ROOT, FIGURES, ARTWORKS), "2023-24")
    assert not has_errors(problems)
    assert {problem.code for problem in problems} <= {"quote-status"}


def test_the_readme_counts_the_sample_as_it_is() -> None:
    edition, _, _ = check(Project(ROOT, FIGURES, ARTWORKS), "2023-24")
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert f"{len(edition.facts)} facts, {len(edition.charts)} charts," in readme


@pytest.mark.parametrize(
    ("code", "name", "old", "new", "hint"),
    [
        ("unknown-fact", "charts", "fact: ease.served", "fact: ease.servd", "Did you mean `ease.served`"),
        ("unknown-fact", "charts", "whole: ease.covered", "whole: ease.coverd", "Did you mean `ease.covered`"),
        ("unknown-fact", "story", "[advocacy.rank]", "[advocacy.rnk]", "Did you mean `advocacy.rank`?"),
        ("unknown-fact", "story", "[[facts: ease.covered,", "[[facts: ease.coverd,", "Did you mean `ease.covered`"),
        ("unknown-chart", "story", "[[chart: ease]]", "[[chart: eas]]", "Did you mean `ease`?"),
        ("unknown-image", "story", "[[chart: ease]]", "[[chart: ease]]\n\n[[image: class]]", "Add it, or correct"),
        ("unknown-figure", "charts", "share_field", "share_fild", "Did you mean `share_field`?"),
        ("unknown-artwork", "quotes", "artwork: beacon", "artwork: becon", "Did you mean `beacon`?"),
        ("unknown-artwork", "cover", "artwork: cover", "artwork: covr", "Did you mean `cover`?"),
        ("unknown-pillar", "charts", "pillar: wellbeing", "pillar: welbeing", "Did you mean `wellbeing`?"),
        ("unknown-pillar", "story", "title: A Story", "title: A Story\npillar: care", "Known: wellbeing."),
        ("unknown-source", "charts", "source: report", "source: reports", "Did you mean `report`?"),
        ("unknown-source", "facts", "in the budget, source: report", "in the budget, source: reprt", "Did you mean"),
        ("unknown-section", "edition", "- section: story", "- section: stry", "Did you mean `story`?"),
        (
            "unknown-section",
            "edition",
            "- section: story",
            "- section: story\n  - section: x",
            "Create data/tiny/sections/x.md.",
        ),
        ("unknown-quote", "edition", "- quote: child", "- quote: chld", "Did you mean `child`?"),
    ],
)
def test_a_broken_reference_is_an_error_with_its_place_and_a_suggestion(
    problem_of: Find, pointed: Pointed, code: str, name: str, old: str, new: str, hint: str
) -> None:
    problem = problem_of(code, **{name: (old, new)})
    assert problem.severity is Severity.ERROR
    assert problem.hint.startswith(hint)
    missing = problem.what.split("`")[1]
    assert missing in pointed(problem)


def test_a_chart_that_names_no_figure_function_is_an_error(problem_of: Find) -> None:
    assert "`figure` of `ease`" in problem_of("missing-key", charts=("    figure: share_field\n", "")).what


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("edition", "- section: story", "- section: story\n  - section: story", "The section `story` is listed twice"),
        ("edition", "- quote: child", "- quote: child\n  - quote: child", "The quote `child` is listed twice"),
        (
            "edition",
            "  - {id: wellbeing,",
            "  - {id: wellbeing, name: A}\n  - {id: wellbeing,",
            "The pillar id `wellbeing`",
        ),
        (
            "checks",
            "checks:\n",
            "checks:\n  - {id: ease-rate, kind: change, fact: da.attendance, expect: 27}\n",
            "The check id",
        ),
    ],
)
def test_an_id_used_twice_is_an_error_at_the_second(problem_of: Find, name: str, old: str, new: str, what: str) -> None:
    problem = problem_of("duplicate-id", **{name: (old, new)})
    assert problem.what.startswith(what)
    assert problem.where.file == f"data/tiny/{name}.yaml"
    assert problem.severity is Severity.ERROR


@pytest.mark.parametrize(("name", "entry"), [("facts", "ease.rate"), ("charts", "ease"), ("quotes", "child")])
def test_a_fact_chart_or_quotation_that_is_defined_twice_is_a_duplicate_key(
    problems_of: FindAll, load_edition: Load, name: str, entry: str
) -> None:
    document = load_edition().documents[name]
    text = f"{name}:\n  {entry}: {{}}\n  {entry}: {{}}\n"
    assert document.key_place((name, entry)).column == 3
    (problem,) = [problem for problem in problems_of(**{name: text}) if problem.code == "duplicate-key"]
    assert (problem.where, "line 2" in problem.what) == (Place(f"data/tiny/{name}.yaml", 3, 3), True)


@pytest.mark.parametrize("page", ["cover", "contents", "notes", "back"])
def test_a_report_without_one_of_the_pages_it_needs_is_refused(problems_of: FindAll, page: str) -> None:
    problems = problems_of(**{page: None, "edition": (f"  - section: {page}\n", "")})
    (problem,) = [problem for problem in problems if problem.code != "unused-fact"]  # the cover's drawing counts one
    assert (problem.code, problem.where.file) == ("missing-section", "data/tiny/sections")
    assert f"needs exactly one section of the page type {page}, but has 0" in problem.what


def test_a_report_with_two_covers_is_refused(problem_of: Find) -> None:
    problem = problem_of("missing-section", story=("page: feature", "page: cover"))
    assert "needs exactly one section of the page type cover, but has 2" in problem.what


def test_a_section_already_in_the_order_is_not_suggested(problem_of: Find) -> None:
    problem = problem_of("unknown-section", edition=("- section: story", "- section: story\n  - section: stories"))
    assert problem.hint == "Create data/tiny/sections/stories.md."


def test_an_internal_link_without_a_target_is_an_error_at_its_place(problem_of: Find, pointed: Pointed) -> None:
    problem = problem_of("unknown-anchor", story=("*one* year", "*one* year, [see here](#storry)"))
    assert problem.hint.startswith("Did you mean `story`")
    assert pointed(problem).startswith("#storry")


@pytest.mark.parametrize(
    "anchor", ["story", "story-how-many-were-covered", "story-text", "quote-child", "chart-ease", "data-ease"]
)
def test_a_link_may_lead_to_a_section_a_story_a_quotation_a_chart_or_its_data(
    problems_of: FindAll, anchor: str
) -> None:
    assert problems_of(story=("*one* year", f"*one* year, [see here](#{anchor})")) == []


def test_a_chart_used_twice_is_an_error_at_the_second_use(problem_of: Find) -> None:
    problem = problem_of("duplicate-chart", story=("[[chart: ease]]", "[[chart: ease]]\n\n[[chart: ease]]"))
    assert problem.where.line == 17
    assert "the first use is at data/tiny/sections/story.md:15:1" in problem.what


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("value: 177000", "value: -177000", "`ease.covered` is -177,000 (count), which is less than 0."),
        ("value: 6.3", "value: 630", "`ease.rate` is 630 (percent), which is more than 100."),
        ("value: 7\n", "value: 0\n", "`advocacy.rank` cannot be written: a rank must be a whole number of at least 1."),
        (
            "value: 627000000",
            "value: 627000000.125",
            "`budget.total` cannot be written: an amount of money has at most two decimals.",
        ),
        ("outof: 105", "outof: 5", "`advocacy.rank` is 7, which exceeds its `outof`, 5."),
        ("prior: {value: 8318", "prior: {value: -8318", "`da.attendance` is -8,318 (count), which is less than 0."),
    ],
)
def test_a_value_impossible_for_its_unit_is_an_error(problems_of: FindAll, old: str, new: str, what: str) -> None:
    problems = [problem for problem in problems_of(facts=(old, new)) if problem.code == "bad-fact"]
    assert problems[0].what == what
    assert problems[0].where.file == "data/tiny/facts.yaml"


def test_growth_may_exceed_100_percent_or_be_negative(problems_of: FindAll) -> None:
    for value in (117.2, -30):
        problems = problems_of(
            facts=("value: 6.3, unit: percent", f"value: {value}, unit: change"), checks="checks: []"
        )
        assert {problem.code for problem in problems} <= {"unused-fact"}


def test_a_period_that_ends_before_it_starts_is_an_error_at_its_end(problem_of: Find) -> None:
    problem = problem_of("bad-period", edition=("end: 2024-06-30", "end: 2022-06-30"))
    assert (problem.where.line, problem.where.column) == (7, 34)


@pytest.mark.parametrize("focal", ["[500, 3]", "[50, -3]"])
def test_the_focal_point_must_be_inside_the_image(problem_of: Find, focal: str) -> None:
    problem = problem_of("bad-value", images=IMAGE.replace("A. Person}", f"A. Person, focal: {focal}}}"))
    assert "at least 0" in problem.what or "at most 100" in problem.what


@pytest.mark.parametrize("step", ["{}", "{section: story, quote: child}"])
def test_an_entry_of_the_order_names_one_section_or_one_quotation(problem_of: Find, step: str) -> None:
    problem = problem_of("bad-order", edition=("  - section: notes", f"  - {step}\n  - section: notes"))
    assert problem.hint == "Write `- section: id` or `- quote: id`."


@pytest.mark.parametrize(
    ("code", "changes", "place"),
    [
        ("unused-fact", {"story": ("callouts: [advocacy.rank]\n", "")}, ("facts.yaml", 6)),
        ("unused-section", {"extra": "---\npage: message\ntitle: Extra\n---\n"}, ("sections/extra.md", 0)),
        ("unused-quote", {"edition": ("  - quote: child\n", "")}, ("quotes.yaml", 3)),
        ("unused-chart", {"story": ("[[chart: ease]]\n", "")}, ("charts.yaml", 3)),
        ("unused-image", {"images": IMAGE}, ("images.yaml", 2)),
    ],
)
def test_an_unused_entry_is_a_warning_where_it_is_defined(
    problem_of: Find, code: str, changes: dict[str, object], place: tuple[str, int]
) -> None:
    problem = problem_of(code, **changes)
    assert problem.severity is Severity.WARNING
    assert (problem.where.file, problem.where.line) == (f"data/tiny/{place[0]}", place[1])


def test_every_use_of_a_fact_is_known_with_its_place(load_edition: Load) -> None:
    used = used_facts(load_edition())
    story, charts = "data/tiny/sections/story.md", "data/tiny/charts.yaml"
    text = "the text of the section story"
    assert used["da.attendance"] == [Use(Place(story, 9, 20), text), Use(Place(story, 17, 14), text)]
    assert [(use.place.file, use.place.line, use.what) for use in used["ease.served"]] == [
        (story, 13, "key numbers in the section story"),
        (charts, 13, "row 1 of the chart ease"),
    ]
    assert [use.what for use in used["ease.rate"]] == ["the title of the chart ease"]
    assert [use.what for use in used["budget.total"]] == ["the lede of the section story"]
    assert [use.what for use in used["advocacy.rank"]] == ["key numbers of the section story"]
    assert [(use.place.line, use.what) for use in used["county.districts"]] == [
        (9, "the drawing beacon of the quotation child")
    ]


def test_a_verified_quotation_needs_a_source(problem_of: Find) -> None:
    problem = problem_of("quote-source", quotes=("    source: TED talk\n", ""))
    assert (problem.severity, problem.where.line) == (Severity.ERROR, 3)


@pytest.mark.parametrize("status", ["attributed", "disputed"])
def test_a_quotation_of_doubtful_origin_is_a_warning_that_says_so(problem_of: Find, status: str) -> None:
    problem = problem_of("quote-status", quotes=("status: verified", f"status: {status}\n    note: Who said it?"))
    assert (problem.severity, problem.hint) == (Severity.WARNING, "Who said it?")
    assert f"is {status}, not verified" in problem.what


def test_unknown_colours_and_page_types_are_errors(tmp_path: Path, write_edition: Callable[..., Path]) -> None:
    write_edition(
        quotes=("ground: ink", "ground: inkk"),
        edition=("{id: wellbeing", "{id: welbeing"),
        charts=("wellbeing", "welbeing"),
        story=("page: feature", "page: featur"),
    )
    for name in ("styles", "layouts"):
        (tmp_path / name).symlink_to(ROOT / name)
    _, _, problems = check(Project(tmp_path, FIGURES, ARTWORKS), "tiny")
    places = {(problem.code, problem.where.file, problem.where.line) for problem in problems}
    assert ("unknown-token", "data/tiny/quotes.yaml", 10) in places
    assert ("unknown-token", "data/tiny/edition.yaml", 12) in places
    assert ("unknown-page", "data/tiny/sections/story.md", 2) in places


@pytest.mark.parametrize(
    ("page", "what", "hint"),
    [
        ("pillar", "A section of the page type pillar needs `pillar`.", "Add a line `pillar: ...` with one of: well"),
        ("future", "A section of the page type future needs at least one story.", "Start a story with a heading"),
        ("plan", "A section of the page type plan needs `artwork`.", "Add a line `artwork: ...` with the name of a dr"),
    ],
)
def test_a_key_required_by_the_page_type_is_an_error_in_the_front_matter(
    tmp_path: Path, write_edition: Callable[..., Path], page: str, what: str, hint: str
) -> None:
    write_edition(
        story=("page: feature", f"page: {page}"), notes="---\npage: notes\ntitle: Notes\n---\n[[chart: ease]]\n"
    )
    story = tmp_path / "data" / "tiny" / "sections" / "story.md"
    story.write_text(story.read_text().replace("## How many were covered\n", "").replace("[[chart: ease]]", ""))
    for name in ("styles", "layouts"):
        (tmp_path / name).symlink_to(ROOT / name)
    _, _, problems = check(Project(tmp_path, FIGURES, ARTWORKS), "tiny")
    found = [problem for problem in problems if problem.code == "missing-key"]
    problem = next(problem for problem in found if problem.what == what)
    assert problem.hint.startswith(hint)
    assert (problem.where.file, problem.where.line) == ("data/tiny/sections/story.md", 2)


@pytest.mark.parametrize("language", ["xx-XX", "en-UX", "xyz"])
def test_an_unknown_language_is_a_problem_at_its_place(problems_of: FindAll, language: str) -> None:
    (problem,) = problems_of(edition=("language: en-US", f"language: {language}"))
    assert (problem.where.file, problem.where.line) == ("data/tiny/edition.yaml", 9)


def test_a_language_without_words_for_ranks_is_a_problem_and_no_crash(problems_of: FindAll) -> None:
    assert all(
        problem.severity is Severity.ERROR for problem in problems_of(edition=("language: en-US", "language: el"))
    )


def test_errors_come_before_warnings_and_each_problem_once(problems_of: FindAll) -> None:
    problems = problems_of(
        story=("callouts: [advocacy.rank]", "callouts: [advocacy.rnk]"),
        quotes=("status: verified", "status: disputed"),
        charts=("share_field", "share_fild"),
        edition=("- section: story", "- section: stry"),
    )
    severities = [problem.severity for problem in problems]
    assert severities == sorted(severities)
    assert set(severities) == {Severity.ERROR, Severity.WARNING}
    assert len({problem.where.file for problem in problems}) >= 5
    assert in_order([*problems, *problems]) == problems


def test_a_missing_edition_is_named_with_the_existing_ones(tmp_path: Path, write_edition: Callable[..., Path]) -> None:
    write_edition()
    project = Project(tmp_path, {}, {})
    assert (project.edition(None), project.editions) == ("tiny", ["tiny"])
    for wrong in ("tinny", "../../etc", "/etc"):
        with pytest.raises(ReportError, match="There is no edition"):
            project.edition(wrong)


def test_a_copied_edition_does_not_pass_for_another(problem_of: Find) -> None:
    problem = problem_of("edition-name", edition=("edition: tiny", 'edition: "2023-24"'))
    assert "`2023-24`" in problem.what
    assert "`tiny`" in problem.what

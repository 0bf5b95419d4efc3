"""Every text of the edition is in the document, or a problem says which is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import TINY
from pages import ROOT

from figures import FIGURES
from report.compose.printed import unprinted
from report.compose.run import compose, compose_edition
from report.compose.texts import END_OF_SECTION
from report.compose.viewer import Viewer
from report.design.tokens import Tokens
from report.drawing.charts import chart_arts
from report.drawing.sheets import sheets
from report.edition.edition import Edition
from report.problems import Problem, Severity
from report.searchpath import SearchPath

Load = Callable[..., Edition]
Find = Callable[..., list[Problem]]
STORY = "{{ ui.story(part, section.margin_read) }}"


@pytest.fixture
def find(load_edition: Load, tokens: Tokens, tmp_path: Path) -> Find:
    """Return the problems of the tiny edition with changes, and with one text of a template replaced."""
    search = SearchPath.of(tmp_path / "project", ROOT)

    def found(template: str = "", old: str = "", new: str = "", **changes: object) -> list[Problem]:
        if template:
            path = search.project / "layouts" / template
            path.parent.mkdir(parents=True, exist_ok=True)
            text = (ROOT / "layouts" / template).read_text("utf-8")
            assert old in text
            path.write_text(text.replace(old, new), "utf-8")
        edition = load_edition(**changes)
        charts = chart_arts(edition, tokens, FIGURES)
        return compose_edition(edition, charts, sheets(edition, tokens), tokens, search)[2]

    return found


def test_an_edition_whose_templates_print_everything_has_no_problem(find: Find) -> None:
    assert find() == []


@pytest.mark.parametrize("page", ["cover", "contents", "back", "quote"])
def test_the_body_of_a_section_is_on_its_pages_or_an_error(find: Find, page: str) -> None:
    """A cover and a table of contents print no body; a back page does."""
    changes = {} if page == "quote" else {page: TINY[page] + "\nA line that *nobody* else has.\n"}
    found = find(**changes)
    if page in {"back", "quote"}:
        assert found == []
        return
    (problem,) = found
    assert (problem.code, problem.severity) == ("unprinted", Severity.ERROR)
    assert problem.what == f"The page type {page} does not print this text: “A line that nobody else has.”."
    assert problem.hint.endswith(f"print it in layouts/pages/{page}.html.j2.")
    assert problem.where.source == f"data/tiny/sections/{page}.md:8"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("{% if section.lede %}", "{% if false %}", "the `lede`: “About $627\N{NO-BREAK SPACE}million and"),
        ("{% if section.callouts %}", "{% if false %}", "the fact `advocacy.rank`: “7th”"),
        ("<strong>{{ label }}</strong>", "", "a statement: “Mission”"),
        ("</strong> {{ text }}", "</strong>", "a statement: “Service and leadership”"),
        (STORY, "{{ ui.blocks(part.below()) }}", "the heading of a story: “How many"),
        (STORY, "<h3>{{ part.title }}</h3>", "the chart `ease`: “Counseling"),
    ],
)  # fmt: skip
def test_a_text_that_the_template_leaves_out_is_an_error_at_its_place(
    find: Find, old: str, new: str, what: str
) -> None:
    found = find("pages/feature.html.j2", old, new)
    assert any(f"The page type feature does not print {what.replace(chr(160), ' ')}" in each.what for each in found)
    assert {(each.code, each.severity) for each in found} == {("unprinted", Severity.ERROR)}
    assert all(each.where.line for each in found)


def test_a_text_that_stands_there_once_is_not_taken_for_two(find: Find) -> None:
    twice = ("- {label: Mission, text: Service and leadership}", "- {label: Mission, text: Mission}")
    assert find(story=twice) == []
    (problem,) = find("pages/feature.html.j2", "</strong> {{ text }}", "</strong>", story=twice)
    assert problem.what.endswith("a statement: “Mission”.")


def test_alternative_texts_count_as_printed_and_comments_do_not(find: Find) -> None:
    (problem,) = find("components.html.j2", 'alt="{{ view.alt }}"', 'alt="" data-said="{{ view.alt }}"')
    assert problem.what.startswith("The page type feature does not print the chart `ease`")
    commented = find("pages/feature.html.j2", '<p class="statement">', "<!-- <p>")
    assert len(commented) > 1


def test_a_note_that_no_page_prints_is_a_warning(find: Find, pointed: Callable[..., str]) -> None:
    note = ("status: verified", "status: verified\n    note: She said so herself.")
    (problem,) = find(quotes=note)
    assert (problem.severity, problem.what) == (
        Severity.WARNING, "No page prints the `note`: “She said so herself.”."
    )  # fmt: skip
    assert pointed(problem).startswith("note: She said so")


def test_without_the_marks_between_sections_the_whole_document_is_searched(find: Find) -> None:
    assert find("report.html.j2", END_OF_SECTION, "") == []


def test_a_heading_keeps_its_emphasis_its_figures_and_its_languages(load_edition: Load, tokens: Tokens) -> None:
    heading = "## The *Argo* and {{ ease.served }} [gatos]{lang=es}"
    edition = load_edition(story=("## How many were covered", heading))
    charts, laid = chart_arts(edition, tokens, FIGURES), sheets(edition, tokens)
    view = Viewer(edition, charts, laid, tokens.dark).report()
    html = compose(view, laid, tokens, SearchPath.of(ROOT)).html
    assert "<em>Argo</em>" in html
    assert '<span data-fact="ease.served">11,102</span>' in html.partition("<h3")[2].partition("</h3>")[0]
    assert '<span lang="es">gatos</span>' in html
    assert unprinted(edition, view, html) == []

"""Edition to HTML and CSS: text stays text, templates fail with their file and line, the cascade has an order."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from markupsafe import escape
from pages import ROOT

from figures import FIGURES
from report.compose.run import Composition, compose, stylesheets
from report.compose.texts import texts_by_source
from report.compose.viewer import Viewer
from report.compose.views import ReportView
from report.design.tokens import Tokens
from report.drawing.charts import chart_arts
from report.drawing.sheets import sheets
from report.edition.edition import Edition
from report.problems import Problem, ReportError
from report.searchpath import SearchPath

Load = Callable[..., Edition]


def view_of(edition: Edition, tokens: Tokens) -> ReportView:
    charts = chart_arts(edition, tokens, FIGURES)
    return Viewer(edition, charts, sheets(edition, tokens), tokens.dark).report()


def composed(edition: Edition, tokens: Tokens, root: Path = ROOT) -> Composition:
    return compose(view_of(edition, tokens), sheets(edition, tokens), tokens, SearchPath.of(root))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the real styles, whose templates a test may write itself."""
    root = tmp_path / "project"
    (root / "layouts" / "pages").mkdir(parents=True)
    (root / "styles").symlink_to(ROOT / "styles")
    return root


def problem(edition: Edition, tokens: Tokens, root: Path, template: str, page: str = "") -> Problem:
    (root / "layouts" / "report.html.j2").write_text(template)
    (root / "layouts" / "pages" / "cover.html.j2").write_text(page)
    with pytest.raises(ReportError) as failure:
        composed(edition, tokens, root)
    (found,) = failure.value.problems
    return found


def test_every_section_and_quotation_is_in_the_document_in_the_order_of_the_edition(
    load_edition: Load, tokens: Tokens
) -> None:
    html = composed(load_edition(), tokens).html
    places = [html.index(f'id="{name}"') for name in ("cover", "contents", "story", "quote-child", "notes", "back")]
    assert places == sorted(places)


def test_facts_stand_in_the_document_as_they_are_formatted(load_edition: Load, tokens: Tokens) -> None:
    html = composed(load_edition(), tokens).html
    assert '<span data-fact="da.attendance">27.5%</span>' in html
    assert '<span data-fact="budget.total">$627\N{NO-BREAK SPACE}million</span>' in html


def test_every_text_of_the_document_has_its_source(load_edition: Load, tokens: Tokens) -> None:
    texts = texts_by_source(composed(load_edition(), tokens).html)
    assert "" not in texts
    assert all(source.rpartition(":")[2].isdigit() for source in texts)
    assert any(source.startswith("data/tiny/sections/story.md:") for source in texts)


@pytest.mark.parametrize(
    ("change", "written"),
    [
        ({"edition": ("tagline: A small one", "tagline: '<script>alert(1)</script>'")}, "<script>"),
        ({"edition": ("tagline: A small one", "tagline: '\"><b>x'")}, '"><b>x'),
        ({"story": ("title: A Story", "title: '<img src=x>'")}, "<img src=x>"),
        ({"story": ("page: feature\ntitle: A Story\nlede:", "page: feature\ntitle: x\nlede: <i>x</i>")}, "<i>x</i>"),
        ({"facts": ("label: employees covered", "label: <s>x</s>")}, "<s>x</s>"),
        ({"facts": ("qualifier: nearly", "qualifier: <s>q</s>")}, "<s>q</s>"),
        ({"charts": ("subject: Employees served", "subject: <u>y</u>")}, "<u>y</u>"),
        ({"quotes": ("attribution: Rita Pierson", "attribution: <s>z</s>")}, "<s>z</s>"),
        ({"quotes": ("[Every child,", "['<b>Every</b>',")}, "<b>Every</b>"),
    ],
)
def test_no_text_of_the_data_becomes_markup(
    load_edition: Load, tokens: Tokens, change: dict[str, tuple[str, str]], written: str
) -> None:
    html = composed(load_edition(**change), tokens).html
    assert written not in html
    assert str(escape(written)) in html


def test_no_text_of_the_data_is_run_as_a_template(load_edition: Load, tokens: Tokens) -> None:
    html = composed(
        load_edition(edition=("tagline: A small one", "tagline: '{{ 7 * 7 }}{% set x = 1 %}'")), tokens
    ).html
    assert "{{ 7 * 7 }}{% set x = 1 %}" in html


def test_stylesheets_come_in_the_order_of_the_cascade(load_edition: Load, tokens: Tokens) -> None:
    names = [name for name, _ in composed(load_edition(), tokens).styles]
    assert names[:2] == ["tokens", "sheets"]
    general = [name for name in names if name.startswith("styles/") and name.count("/") == 1]
    assert general == sorted(general)
    assert names[2 : 2 + len(general)] == general
    assert list(stylesheets(SearchPath.of(ROOT))) == names[2:]


def test_small_text_and_hairlines_of_the_pages_are_black_only() -> None:
    black = {"text", "text-soft", "paper"}
    for path in stylesheets(SearchPath.of(ROOT)).values():
        for rule in re.findall(r"\{([^{}]*)\}", path.read_text("utf-8")):
            colours = set(re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", rule))
            assert colours <= black or not re.search(r"--size-(note|small|text)\b", rule), (path.name, rule)
            hairlines = re.findall(r"border[\w-]*: 0\.\d+pt solid var\(--([\w-]+)\)", rule)
            assert set(hairlines) <= black, (path.name, rule)


def test_the_same_edition_gives_the_same_document(load_edition: Load, tokens: Tokens) -> None:
    edition = load_edition()
    assert composed(edition, tokens) == composed(edition, tokens)


def test_the_document_names_no_path_of_this_machine(load_edition: Load, tokens: Tokens, tmp_path: Path) -> None:
    made = composed(load_edition(), tokens)
    for text in (made.html, *(css for _, css in made.styles)):
        assert str(tmp_path) not in text
        assert str(ROOT) not in text


def test_a_template_with_a_syntax_error_is_reported_with_its_line(
    load_edition: Load, tokens: Tokens, project: Path
) -> None:
    found = problem(load_edition(), tokens, project, "one\n{% for x %}\n")
    assert (found.code, found.where.file, found.where.line) == ("template", "layouts/report.html.j2", 2)
    assert found.hint


def test_an_unknown_name_in_a_template_is_reported_with_its_line(
    load_edition: Load, tokens: Tokens, project: Path
) -> None:
    found = problem(load_edition(), tokens, project, "{% include 'pages/cover.html.j2' %}", "\n\n{{ report.titel }}")
    assert (found.code, found.where.file, found.where.line) == ("template", "layouts/pages/cover.html.j2", 3)
    assert "titel" in found.what


@pytest.mark.parametrize("fault", ["{{ 1 / 0 }}", "{{ report.sections + 1 }}", "{{ none.x.y }}"])
def test_any_other_error_in_a_template_is_reported_with_its_line(
    load_edition: Load, tokens: Tokens, project: Path, fault: str
) -> None:
    found = problem(load_edition(), tokens, project, f"one\ntwo\n{fault}")
    assert (found.code, found.where.file, found.where.line) == ("template", "layouts/report.html.j2", 3)


def test_a_template_that_includes_a_missing_one_is_a_problem(load_edition: Load, tokens: Tokens, project: Path) -> None:
    found = problem(load_edition(), tokens, project, "one\n{% include 'pages/none.html.j2' %}")
    assert found.code == "template"
    assert "none.html.j2" in str(found)

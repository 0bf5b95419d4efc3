"""`check` reads every template and stylesheet, the project's and the program's: file and line, before any build."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pages import ROOT

import build
from report.cache.store import Cache
from report.engine import pdf
from report.engine.stylesheets import ignored_styles
from report.problems import ReportError, Severity

Check = Callable[..., str]


@pytest.fixture
def check(write_edition: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Return what `check` tells of a project with one file of its own, which it passes or refuses as said."""

    def told(file: str, text: str, status: int = 1) -> str:
        write_edition()
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        assert build.main(["--project", str(tmp_path), "check", "-q"]) == status
        return capsys.readouterr().err

    return told


@pytest.mark.parametrize(
    ("css", "at", "what"),
    [
        (".x {\n  margin: 0;\n.y { margin: 0 }\n", "1:4", "This block is never closed."),
        (".y { margin: 0 }\n.x { margin: calc(1pt", "2:4", "This block is never closed."),
        (".y { margin: 0 }\n/* no end", "2:1", "This comment or string is never closed."),
        (".y { margin: 0 } }\n.z { margin: 0 }", "1:18", "Invalid CSS: Unmatched }."),
        (".x { content: 'a\n; }", "1:15", "Invalid CSS: Bad string token."),
        (".y { margin: 0 }\n\n.x { margin: calc(1pt + ); }", "3:1", "WeasyPrint cannot read this rule"),
    ],
)
def test_broken_syntax_in_a_stylesheet_is_an_error_at_its_line(check: Check, css: str, at: str, what: str) -> None:
    assert f"styles/own.css:{at}: error: {what}" in check("styles/own.css", css)


@pytest.mark.parametrize(
    ("css", "at", "what"),
    [
        (".x { margin: 0;\n colr: var(--ink) }", "2:2", "Ignored `colr: var(--ink)`, unknown property."),
        (".x { margin: 3 px }", "1:6", "Ignored `margin: 3 px`, invalid value."),
        ("\n.y::foo { margin: 0 }", "2:1", "Invalid or unsupported selector"),
        ("\n\n@page :frst { margin: 0 }", "3:1", "Unsupported @page selector"),
    ],
)
def test_what_the_engine_would_ignore_is_a_warning_at_its_line(check: Check, css: str, at: str, what: str) -> None:
    assert f"styles/own.css:{at}: warning: {what}" in check("styles/own.css", css, status=0)


@pytest.mark.parametrize(
    ("file", "text", "line", "what"),
    [
        ("pages/plan.html.j2", "<p>\n{% if x %}", 2, "could not be parsed: Unexpected end of template"),
        ("email/message.txt.j2", "{{ x }", 1, "could not be parsed: unexpected '}'."),
        ("pages/feature.html.j2", "\n{{ section.titel }}", 2, "rendered: a SectionView has no value `titel`."),
        ("pages/feature.html.j2", "\n\n{{ 1 | blanced }}", 3, "could not be parsed: No filter named 'blanced'."),
        ("pages/feature.html.j2", '{% import "x.j2" as y %}', 1, "rendered: there is no `x.j2` in layouts/."),
    ],
)
def test_a_mistake_in_a_template_is_an_error_at_its_line(
    check: Check, tmp_path: Path, file: str, text: str, line: int, what: str
) -> None:
    told = check(f"layouts/{file}", text)
    assert f"layouts/{file}:{line}: error: The template" in told
    assert what in told
    assert str(tmp_path) not in told
    assert str(ROOT) not in told


def test_all_templates_with_mistakes_are_named_at_once(check: Check, tmp_path: Path) -> None:
    check("layouts/pages/plan.html.j2", "{% if")
    told = check("layouts/email/message.txt.j2", "{{ x }")
    assert "layouts/pages/plan.html.j2:1: error" in told
    assert "layouts/email/message.txt.j2:1: error" in told


def test_unchanged_stylesheets_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    styles, cache = (("styles/own.css", ".x { colr: 1 }"),), Cache(tmp_path)
    first = ignored_styles(styles, cache)
    assert [(problem.where.source, problem.severity) for problem in first] == [("styles/own.css:1", Severity.WARNING)]

    def read(_: object) -> list[object]:
        raise AssertionError("read again")

    monkeypatch.setattr(pdf, "stylesheet_problems", read)
    assert ignored_styles(styles, cache) == first
    with pytest.raises(AssertionError):
        ignored_styles((("styles/own.css", ".x { colr: 2 }"),), cache)


def test_a_stylesheet_that_the_engine_cannot_read_is_not_kept(tmp_path: Path) -> None:
    styles, cache = (("styles/own.css", ".x { margin: calc(1pt + ) }"),), Cache(tmp_path)
    for _ in range(2):
        with pytest.raises(ReportError):
            ignored_styles(styles, cache)

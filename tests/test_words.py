"""An edition in another language is told which English words the program would print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pages import ROOT

from report.checks.words import template_words, untranslated_words
from report.edition.edition import Edition
from report.problems import Severity
from report.searchpath import SearchPath

Load = Callable[..., Edition]


@pytest.mark.parametrize("language", ["en-US", "en-GB", "en"])
def test_english_editions_have_no_word_missing(load_edition: Load, language: str) -> None:
    edition = load_edition(edition=("language: en-US", f"language: {language}"))
    assert list(untranslated_words(SearchPath.of(ROOT), edition)) == []


def test_the_words_are_named_at_the_language(load_edition: Load, pointed: Callable[..., str]) -> None:
    edition = load_edition(edition=("language: en-US", "language: de-DE"))
    (problem,) = untranslated_words(SearchPath.of(ROOT), edition)
    assert (problem.code, problem.severity) == ("untranslated", Severity.WARNING)
    assert problem.what.startswith(
        "This edition is in de-DE, but the program's own words are English: Source, Data, table"
    )
    for word in ("“”", "Item", "Value", "Back to note", "the alternative texts of charts without `alt` (ease)"):
        assert word in problem.what
    assert "In numbers" not in problem.what, "its page type is not used"
    assert pointed(problem).startswith("language: de-DE")


def test_templates_of_the_project_are_in_its_language(load_edition: Load, tmp_path: Path) -> None:
    edition = load_edition(edition=("language: en-US", "language: de-DE"))
    (tmp_path / "layouts" / "pages").mkdir(parents=True)
    (tmp_path / "layouts" / "pages" / "notes.html.j2").write_text("Posten", "utf-8")
    (problem,) = untranslated_words(SearchPath.of(tmp_path, ROOT), edition)
    assert "Item" not in problem.what
    assert "Posten" not in problem.what


def test_the_words_of_a_template_are_its_own_text_and_no_code() -> None:
    assert template_words('<p class="a b">Source: {{ x.title }}. <b>{{ y or "Item" }}</b></p>{# no #}') == [
        "Source",
        "Item",
    ]
    assert template_words('{% macro m() %}id="{{ x }}" data-renew="front"{% endmacro %}') == []
    assert template_words("“{{ x }}”") == ["“”"]

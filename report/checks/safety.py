"""Checks the project's source files: colours only as tokens, no external addresses, valid images.

In: the project's folder and an edition. Out: problems with file, line and column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from report.checks.pagetypes import page_type_problems
from report.checks.pictures import image_problems
from report.checks.rawcolours import python_problems, template_problems
from report.checks.stylecheck import stylesheet_problems, variables_in
from report.design.tokens import Tokens
from report.edition.edition import Edition
from report.edition.yamldoc import read_text
from report.problems import Problem, ReportError, did_you_mean, error
from report.searchpath import SearchPath


def check_sources(search: SearchPath, edition: Edition, tokens: Tokens | None) -> list[Problem]:
    """Return raw colours and external addresses in stylesheets, templates and figures, and the problems of images.

    If `tokens` is None because their file is invalid, the checks that need tokens are skipped.
    """
    problems: list[Problem] = []
    styles, templates, drawings = (
        dict(_readable(search.files(folder, pattern), problems))
        for folder, pattern in (("styles", "*.css"), ("layouts", "*.j2"), ("figures", "*.py"))
    )
    sources = (*styles.values(), *templates.values())
    variables = set[str]().union(*map(variables_in, (tokens.css(), *sources))) if tokens else None
    for file, text in styles.items():
        problems += stylesheet_problems(text, file, variables)
    for file, text in templates.items():
        problems += template_problems(text, file, variables)
    for file, text in drawings.items():
        problems += python_problems(text, file, tokens.hexes if tokens else ())
    problems += page_type_problems(dict(search.files("layouts/pages", "*.html.j2")), edition)
    if tokens is None:
        return problems
    for name in edition.images:
        problems += image_problems(edition, name)
    return [*problems, *_colour_names(edition, tokens)]


def _readable(files: Iterable[tuple[str, Path]], problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file. One that cannot be read is a problem, and hides no other."""
    for file, path in files:
        try:
            yield file, read_text(path, file)
        except ReportError as failure:
            problems += failure.problems


def _colour_names(edition: Edition, tokens: Tokens) -> Iterator[Problem]:
    """The backgrounds of quotations and sections, and the colours of pillars, must be colour tokens."""
    colours = tokens.hexes
    for name, quote in edition.quotes.items():
        if quote.ground not in colours:
            place, hint = edition.place("quotes", ("quotes", name, "ground")), did_you_mean(quote.ground, colours)
            yield error("unknown-token", place, f"There is no colour token `{quote.ground}`.", hint)
    for section in edition.sections.values():
        if (ground := section.front.ground) and ground not in colours:
            place, hint = section.document.place(("ground",)), did_you_mean(ground, colours)
            yield error("unknown-token", place, f"There is no colour token `{ground}`.", hint)
    for index, pillar in enumerate(edition.config.pillars):
        for token in (pillar.id, f"{pillar.id}-mid", f"{pillar.id}-tint"):
            if token not in colours:
                place = edition.place("edition", ("pillars", index, "id"))
                hint = "Each pillar needs three colours in styles/tokens.yaml: its id, id-mid and id-tint."
                yield error("unknown-token", place, f"There is no colour token `{token}`.", hint)

"""Nothing raw and nothing from outside: colours only as tokens, addresses only of the project, sound images.

In: the project's folder and an edition. Out: problems with file, line and column.
"""

from __future__ import annotations

from collections.abc import Iterator

from report.checks.pagetypes import page_type_problems
from report.checks.pictures import image_problems
from report.checks.rawcolours import python_problems, template_problems
from report.checks.stylecheck import stylesheet_problems, variables_in
from report.design.tokens import Tokens
from report.edition.edition import Edition
from report.edition.yamldoc import read_text
from report.problems import Problem, did_you_mean, error
from report.searchpath import SearchPath


def check_sources(search: SearchPath, edition: Edition, tokens: Tokens | None) -> list[Problem]:
    """Return raw colours and outside addresses in stylesheets, templates and figures, and faulty images.

    Without tokens, because their own file is faulty, what depends on them is left out.
    """
    problems: list[Problem] = []
    styles, templates, drawings = (
        {shown: read_text(path, shown) for shown, path in search.files(folder, pattern)}
        for folder, pattern in (("styles", "*.css"), ("layouts", "*.j2"), ("figures", "*.py"))
    )
    sources = (*styles.values(), *templates.values())
    variables = set[str]().union(*map(variables_in, (tokens.css(), *sources))) if tokens else None
    for shown, text in styles.items():
        problems += stylesheet_problems(text, shown, variables)
    for shown, text in templates.items():
        problems += template_problems(text, shown, variables)
    for shown, text in drawings.items():
        problems += python_problems(text, shown, tokens.hexes if tokens else ())
    problems += page_type_problems(dict(search.files("layouts/pages", "*.html.j2")), edition)
    if tokens is None:
        return problems
    for name in edition.images:
        problems += image_problems(edition, name, tokens)
    return [*problems, *_colour_names(edition, tokens)]


def _colour_names(edition: Edition, tokens: Tokens) -> Iterator[Problem]:
    """Grounds of quotations and the colours of pillars are tokens."""
    known = tokens.hexes
    for name, quote in edition.quotes.items():
        if quote.ground not in known:
            place = edition.place("quotes", ("quotes", name, "ground"))
            yield error(
                "unknown-token", place, f"There is no colour `{quote.ground}`.", did_you_mean(quote.ground, known)
            )
    for section in edition.sections.values():
        if (ground := section.front.ground) and ground not in known:
            place = section.document.place(("ground",))
            yield error("unknown-token", place, f"There is no colour `{ground}`.", did_you_mean(ground, known))
    for index, pillar in enumerate(edition.config.pillars):
        for token in (pillar.id, f"{pillar.id}-mid", f"{pillar.id}-tint"):
            if token not in known:
                place = edition.place("edition", ("pillars", index, "id"))
                hint = "Each pillar owns three colours in styles/tokens.yaml: its id, id-mid and id-tint."
                yield error("unknown-token", place, f"There is no colour `{token}`.", hint)

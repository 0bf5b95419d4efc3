"""Nothing raw and nothing from outside: colours only as tokens, addresses only of the project, sound images.

In: the project's folder and an edition. Out: problems with file, line and column.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from report.compose import stylesheets
from report.edition import Edition, Section
from report.pictures import image_problems
from report.problems import Problem, did_you_mean, error, warning
from report.rawcolours import python_problems, template_problems
from report.stylecheck import stylesheet_problems
from report.tokens import Tokens
from report.yamldoc import read_text


def check_sources(root: Path, edition: Edition, tokens: Tokens | None) -> list[Problem]:
    """Return raw colours and outside addresses in stylesheets, templates and figures, and faulty images.

    Without tokens, because their own file is faulty, what depends on them is left out.
    """
    problems: list[Problem] = []
    for path in stylesheets(root):
        problems += stylesheet_problems(read_text(path, _shown(path, root)), _shown(path, root))
    for path in sorted((root / "layouts").rglob("*.j2")):
        problems += template_problems(read_text(path, _shown(path, root)), _shown(path, root))
    for path in sorted((root / "figures").rglob("*.py")):
        problems += python_problems(
            read_text(path, _shown(path, root)), _shown(path, root), tokens.hexes if tokens else ()
        )
    problems += _page_types(root, edition)
    if tokens is None:
        return problems
    for name in edition.images:
        problems += image_problems(edition, name, tokens)
    return [*problems, *_colour_names(edition, tokens)]


def _page_types(root: Path, edition: Edition) -> Iterator[Problem]:
    """Every section names a page type, and a page type is a template."""
    known = {path.name.removesuffix(".html.j2") for path in (root / "layouts" / "pages").glob("*.html.j2")} - {"quote"}
    for section in edition.sections.values():
        if section.front.page not in known:
            hint = did_you_mean(section.front.page, known) or "Add a template of that name to layouts/pages/."
            what = f"There is no page type `{section.front.page}`."
            yield error("unknown-page", section.document.place(("page",)), what, hint)
            continue
        yield from _dropped(section, (root / "layouts" / "pages" / f"{section.front.page}.html.j2").read_text("utf-8"))


def _dropped(section: Section, template: str) -> Iterator[Problem]:
    """A text that the section's template does not print would vanish without a word."""
    hint = f"Move it to the text, or let layouts/pages/{section.front.page}.html.j2 print it."
    for key in ("lede", "byline", "callouts", "statements"):
        if getattr(section.front, key) and f"section.{key}" not in template:
            what = f"The page type {section.front.page} does not print `{key}`."
            yield warning("unprinted", section.document.key_place((key,)), what, hint)
    headed = [part for part in section.prose.parts if part.heading]
    if headed and "part.title" not in template and "ui.story" not in template:
        what = f"The page type {section.front.page} does not print headings of stories."
        yield warning("unprinted", headed[0].place, what, hint)


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


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()

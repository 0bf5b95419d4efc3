"""Checks that each section has a template, has everything the template needs, and has no text it would not print.

In: the templates of layouts/pages/ and an edition. Out: problems in the section's front matter. A template declares
its required keys in a comment: {# needs: pillar, stories #}.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from report.edition.edition import Edition, Section
from report.problems import Problem, did_you_mean, error, warning

_NEEDS = re.compile(r"\{#-?\s*needs:\s*([\w, ]+?)\s*-?#\}")


def page_type_problems(templates: Mapping[str, Path], edition: Edition) -> Iterator[Problem]:
    """Yield the mismatches between the sections and the templates of their page types."""
    by_type = {path.name.removesuffix(".html.j2"): path for path in templates.values()}
    page_types = set(by_type) - {"quote"}
    for section in edition.sections.values():
        page = section.front.page
        if page not in page_types:
            hint = did_you_mean(page, page_types) or "Add a template with this name to layouts/pages/."
            yield error("unknown-page", section.document.place(("page",)), f"There is no page type `{page}`.", hint)
            continue
        template = by_type[page].read_text("utf-8")
        yield from _missing(edition, section, template)
        yield from _unprinted(section, template)


def _missing(edition: Edition, section: Section, template: str) -> Iterator[Problem]:
    """The section must have everything that its template declares as required."""
    needs = _NEEDS.search(template)
    for need in re.split(r",\s*", needs[1]) if needs else ():
        has_stories = any(part.heading for part in section.prose.parts)
        if has_stories if need == "stories" else getattr(section.front, need, None):
            continue
        what = f"A section of the page type {section.front.page} needs `{need}`."
        hint = f"Add a line `{need}: ...` to the front matter."
        if need == "stories":
            what = f"A section of the page type {section.front.page} needs at least one story."
            hint = "Start a story with a heading: ## Its title."
        elif need == "pillar":
            pillars = ", ".join(pillar.id for pillar in edition.config.pillars)
            hint = f"Add a line `pillar: ...` with one of: {pillars}."
        yield error("missing-key", section.document.place(("page",)), what, hint)


def _unprinted(section: Section, template: str) -> Iterator[Problem]:
    """A text that the section's template does not print would be lost silently."""
    hint = f"Move it to the body of the section, or print it in layouts/pages/{section.front.page}.html.j2."
    for key in ("lede", "byline", "callouts", "statements", "artwork_note"):
        if getattr(section.front, key) and f"section.{key}" not in template:
            what = f"The page type {section.front.page} does not print `{key}`."
            yield warning("unprinted", section.document.key_place((key,)), what, hint)
    stories = [part for part in section.prose.parts if part.heading]
    if stories and "part.title" not in template and "ui.story" not in template:
        what = f"The page type {section.front.page} does not print story headings."
        yield warning("unprinted", stories[0].place, what, hint)

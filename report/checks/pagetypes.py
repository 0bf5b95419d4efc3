"""Checks that each section has a template, and everything that the template needs.

In: the templates of layouts/pages/ and an edition. Out: problems in the section's front matter. A template declares
its required keys in a comment: {# needs: pillar, stories #}.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from report.edition.edition import Edition, Section
from report.problems import Problem, did_you_mean, error

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
        elif need == "artwork":
            hint = "Add a line `artwork: ...` with the name of a drawing: its text is set on the drawing's ground."
        elif need == "pillar":
            pillars = ", ".join(pillar.id for pillar in edition.config.pillars)
            hint = f"Add a line `pillar: ...` with one of: {pillars}."
        yield error("missing-key", section.document.place(("page",)), what, hint)

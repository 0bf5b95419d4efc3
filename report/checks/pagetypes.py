"""Page types: is there a template, does the section have what it needs, and does it print what the section has?

In: the templates of layouts/pages/ and an edition. Out: problems at the section's front matter. A template says what it
can't do without in a comment: {# needs: pillar, stories #}.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from report.edition.edition import Edition, Section
from report.problems import Problem, did_you_mean, error, warning

_NEEDS = re.compile(r"\{#-?\s*needs:\s*([\w, ]+?)\s*-?#\}")


def page_type_problems(templates: Mapping[str, Path], edition: Edition) -> Iterator[Problem]:
    """Yield what does not fit between the sections and the templates of their page types."""
    by_type = {path.name.removesuffix(".html.j2"): path for path in templates.values()}
    known = set(by_type) - {"quote"}
    for section in edition.sections.values():
        page = section.front.page
        if page not in known:
            hint = did_you_mean(page, known) or "Add a template of that name to layouts/pages/."
            yield error("unknown-page", section.document.place(("page",)), f"There is no page type `{page}`.", hint)
            continue
        template = by_type[page].read_text("utf-8")
        yield from _lacking(edition, section, template)
        yield from _dropped(section, template)


def _lacking(edition: Edition, section: Section, template: str) -> Iterator[Problem]:
    """Without what it needs, the template could not be filled."""
    needs = _NEEDS.search(template)
    for need in re.split(r",\s*", needs[1]) if needs else ():
        stories = any(part.heading for part in section.prose.parts)
        if stories if need == "stories" else getattr(section.front, need, None):
            continue
        what = f"A section of the page type {section.front.page} needs `{need}`."
        hint = f"Add a line `{need}: ...` to the front matter."
        if need == "stories":
            what = f"A section of the page type {section.front.page} needs at least one story."
            hint = "Start a story with a heading: ## Its title."
        elif need == "pillar":
            hint = f"Add a line `pillar: ...`: {', '.join(pillar.id for pillar in edition.config.pillars)}."
        yield error("missing-key", section.document.place(("page",)), what, hint)


def _dropped(section: Section, template: str) -> Iterator[Problem]:
    """A text that the section's template does not print would vanish without a word."""
    hint = f"Move it to the text, or let layouts/pages/{section.front.page}.html.j2 print it."
    for key in ("lede", "byline", "callouts", "statements", "artwork_note"):
        if getattr(section.front, key) and f"section.{key}" not in template:
            what = f"The page type {section.front.page} does not print `{key}`."
            yield warning("unprinted", section.document.key_place((key,)), what, hint)
    headed = [part for part in section.prose.parts if part.heading]
    if headed and "part.title" not in template and "ui.story" not in template:
        what = f"The page type {section.front.page} does not print headings of stories."
        yield warning("unprinted", headed[0].place, what, hint)

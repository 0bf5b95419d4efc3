"""The source of everything on a page: a component's template, a page type's stylesheet, a drawing's function.

In: a project. Out: `SourceIndex`, which returns places as file:line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report.project import Project

_COMPONENT = re.compile(r'data-component="([\w-]+)"')
_SECTION = "section_attributes("
SHARED = "layouts/components.html.j2"
SHARED_STYLE, FOOT_STYLE = "styles/3-components.css", "styles/1-page.css"


@dataclass(frozen=True, slots=True)
class SourceIndex:
    """The templates by component, the page types, the drawing functions by name, and the project's own files."""

    templates: Mapping[str, tuple[str, ...]]
    page_types: Mapping[str, str]
    styles: frozenset[str]
    drawings: Mapping[str, str]
    own: tuple[str, ...]

    def template(self, component: str, page_type: str) -> str:
        """Return the place of a component's markup: in the page type's own template if it is there."""
        if component in self.page_types:
            return self.page_types[component]
        places = self.templates.get(component, ())
        own = [place for place in places if place.startswith(f"layouts/pages/{page_type}.")]
        shared = [place for place in places if place.startswith(SHARED)]
        return next(iter((*own, *shared, *places)), self.page_types.get(page_type, ""))

    def style(self, component: str, page_type: str) -> str:
        """Return the stylesheet of a page type, or the shared one of all components."""
        own = f"styles/pages/{page_type}.css"
        return own if own in self.styles and component in {page_type, ""} else SHARED_STYLE


def sources_of(project: Project) -> SourceIndex:
    """Build the index from the templates, the stylesheets and the drawing functions."""
    templates: dict[str, list[str]] = {}
    page_types: dict[str, str] = {}
    for shown, path in project.search.files("layouts", "*.html.j2"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            for name in _COMPONENT.findall(line):
                templates.setdefault(name, []).append(f"{shown}:{number}")
            if _SECTION in line and "macro" not in line and path.parent.name == "pages":
                page_types.setdefault(path.name.partition(".")[0], f"{shown}:{number}")
    styles = frozenset(name for name, _ in project.search.files("styles", "*.css"))
    drawings = {name: function_place(form.function) for name, form in project.figures.items()}
    drawings |= {name: function_place(artwork.function) for name, artwork in project.artworks.items()}
    own = tuple(
        name
        for folder, pattern in (("layouts", "*.j2"), ("styles", "*"), ("figures", "*.py"), ("printers", "*.yaml"))
        for name, path in project.search.files(folder, pattern)
        if path.is_relative_to(project.root)
    )
    return SourceIndex({name: tuple(places) for name, places in templates.items()}, page_types, styles, drawings, own)


def function_place(function: Any) -> str:
    """Return the file:line of a drawing function in figures/; an empty string if it is elsewhere."""
    code = getattr(function, "__code__", None)
    parts = Path(code.co_filename).parts if code else ()
    if code is None or "figures" not in parts:
        return ""
    start = len(parts) - 1 - parts[::-1].index("figures")
    return f"{'/'.join(parts[start:])}:{code.co_firstlineno}"

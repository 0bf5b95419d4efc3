"""The edition as HTML and CSS, from the templates of layouts/ and the stylesheets of styles/.

In: a `ReportView`, sheets and tokens. Out: `Composition`, the document of every variant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import TemplateSyntaxError
from markupsafe import Markup, escape

from report.compose.printed import unprinted
from report.compose.templates import syntax_problems, template_environment, template_problem
from report.compose.viewer import Viewer
from report.compose.views import ReportView
from report.design.tokens import Tokens
from report.design.typography import balance_html, en_dashes, expand_abbreviations, hyphenated_words, no_lonely_word
from report.drawing.charts import ChartArt
from report.drawing.sheets import ArtworkSheet
from report.edition.edition import Edition
from report.problems import Problem, ReportError
from report.searchpath import SearchPath, is_leftover

PAGE_STYLES = "pages"
_PARAGRAPH = re.compile(r"(<p\b[^>]*>)(.*?)(</p>)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Composition:
    """The document: HTML, and named stylesheets in cascade order."""

    html: str
    styles: tuple[tuple[str, str], ...]


def compose_edition(
    edition: Edition,
    charts: Mapping[str, ChartArt],
    artworks: Mapping[str, ArtworkSheet],
    tokens: Tokens,
    search: SearchPath,
    draft: bool = False,
) -> tuple[ReportView, Composition, list[Problem]]:
    """Return the view of an edition, its document, and its texts that the document does not have."""
    view = Viewer(edition, charts, artworks, tokens.dark, draft).report()
    document = compose(view, artworks, tokens, search)
    return view, document, unprinted(edition, view, document.html)


def compose(view: ReportView, sheets: Mapping[str, ArtworkSheet], tokens: Tokens, search: SearchPath) -> Composition:
    """Fill the templates of layouts/. Raises ReportError with the template's file and line."""
    environment = template_environment(search)
    environment.filters["balanced"] = _balance_filter(tokens)
    environment.filters["no_lonely_word"] = lambda text: Markup(no_lonely_word(str(escape(text))))
    try:
        html = environment.get_template("report.html.j2").render(report=view)
    except TemplateSyntaxError as failure:
        raise ReportError(list(syntax_problems(search)) or [template_problem(failure)]) from None
    except Exception as failure:  # a template's expressions can fail in any way
        raise ReportError([template_problem(failure)]) from None
    styles = [
        ("tokens", tokens.css()),
        ("sheets", "\n".join(sheet.css for sheet in sheets.values())),
        *((name, path.read_text("utf-8")) for name, path in stylesheets(search).items()),
    ]
    head, body, rest = html.partition("<body")
    rest = expand_abbreviations(en_dashes(rest, view.config.names_with_figures), view.config.abbreviations)
    rest = hyphenated_words(rest)
    return Composition(head + body + rest, tuple(styles))


def _balance_filter(tokens: Tokens) -> Callable[[str, str, str, int], Markup]:
    """Return a filter that balances the lines of a text or of HTML paragraphs: `text | balanced(face, size, 9)`."""

    def balance(text: str, face: str, size: str, columns: int) -> Markup:
        def lines(html: str) -> str:
            width = tokens.page.measure(columns)
            broken = balance_html(html, tokens.faces[face].path, float(tokens.values.type[size]), width)
            return html if len(broken) == 1 else " ".join(f'<span class="line">{line}</span>' for line in broken)

        html = str(escape(text)).strip()
        if html.startswith("<p"):
            return Markup(_PARAGRAPH.sub(lambda part: part[1] + lines(part[2]) + part[3], html))
        return Markup(lines(html))

    return balance


def stylesheets(search: SearchPath) -> dict[str, Path]:
    """Return the stylesheets by name (styles/pages/cover.css) in cascade order.

    General ones come first, by number, then those of page types, then the project's own. A stylesheet of the project
    replaces the program's of the same name.
    """
    ordered: dict[str, Path] = {}
    for home in reversed(search.folders):
        for folder in (home / "styles", home / "styles" / PAGE_STYLES):
            ordered |= {
                path.relative_to(home).as_posix(): path
                for path in sorted(folder.glob("*.css"))
                if not is_leftover(path)
            }
    return ordered

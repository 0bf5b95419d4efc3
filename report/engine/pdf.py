"""Layout and writing with WeasyPrint: HTML and CSS to laid-out pages and PDF bytes.

In: a `Composition`, a variant and the resources. Out: a `Layout` (the document with plain records of its pages) and
PDF bytes. Every message of the engine is returned; none is only logged. Only the resources passed in can be loaded.
The system's fonts are hidden, so that a missing glyph is missing on every machine.
"""

from __future__ import annotations

import io
import os
import platform
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from multiprocessing.util import Finalize
from pathlib import Path
from shutil import rmtree
from typing import Any
from urllib.parse import unquote

from tinycss2 import parse_stylesheet

from report.compose.run import Composition
from report.engine.boxes import PageRecord, page_records
from report.engine.messages import captured_messages, style_problems
from report.engine.tags import adapter
from report.engine.tags.marking import ContentMarker
from report.engine.tags.pieces import PieceNumbers, gather
from report.engine.tags.plan import TagTreeBuilder, heading_gaps
from report.engine.tags.records import TagNode
from report.problems import Place, Problem, ReportError, error
from report.variants import Variant

FONT_SETTINGS = Path(__file__).with_name("fonts.conf")


@contextmanager
def _system_fonts_hidden() -> Iterator[None]:
    """Hide the system's fonts from fontconfig, which reads its configuration when the engine sets up its fonts."""
    name, before = "FONTCONFIG_FILE", os.environ.get("FONTCONFIG_FILE")
    os.environ[name] = str(FONT_SETTINGS)
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


with _system_fonts_hidden(), warnings.catch_warnings():
    warnings.filterwarnings("ignore", "No fonts configured", UserWarning)
    from weasyprint import CSS, HTML
    from weasyprint.text.ffi import harfbuzz, pango
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    from report.engine.painting import fast_painting

SCHEME = "press:"
_TYPES = {"blank": "image/svg+xml", "font": "font/ttf", "chart": "image/svg+xml", "art": "image/svg+xml"}
_IMAGE_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".svg": "image/svg+xml"}

Resources = Mapping[str, Callable[[], bytes]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Laid-out pages: the engine's document, records of its pages, its tag tree, and the messages and problems."""

    document: Any
    pages: tuple[PageRecord, ...]
    messages: tuple[str, ...]
    tree: TagNode
    problems: tuple[Problem, ...]


class _Fetcher(URLFetcher):  # type: ignore[misc]
    """Serves `press:` URLs from memory and refuses all others: no network, no files outside the project."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(allowed_protocols=())
        self.resources = resources

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        name = unquote(url.removeprefix(SCHEME))
        if not url.startswith(SCHEME) or name not in self.resources:
            raise ValueError(f"only the edition's own drawings, fonts and images can be loaded, not {url[:120]}")
        kind = name.partition("/")[0]
        suffix = name[name.rfind(".") :].lower()
        media_type = _TYPES.get(kind) or _IMAGE_TYPES.get(suffix, "application/octet-stream")
        return URLFetcherResponse(url, self.resources[name](), {"Content-Type": media_type})


def lay_out(composition: Composition, resources: Resources) -> Layout:
    """Lay the document out, bleed included. Every variant is written from this layout."""
    fetcher = _Fetcher(resources)
    with _system_fonts_hidden():
        fonts = FontConfiguration()
    with _font_folder_removed_at_exit(fonts):
        parsed = [_parse_stylesheet(name, text, fetcher, fonts) for name, text in composition.styles]
        with captured_messages() as messages:
            html = HTML(string=composition.html, url_fetcher=fetcher, base_url=SCHEME)
            numbers = PieceNumbers()
            with adapter.before_layout(lambda _, root: numbers.assign(root)):
                document = html.render(stylesheets=[sheet for sheet, _ in parsed], font_config=fonts)
    tree = _tree(html, document, numbers)
    ignored = [problem for _, problems in parsed for problem in problems]
    return Layout(document, tuple(page_records(document)), tuple(messages), tree, (*ignored, *heading_gaps(tree)))


@contextmanager
def _font_folder_removed_at_exit(fonts: Any) -> Iterator[None]:
    """Remove the temporary folder of a document's fonts when this process exits, even after an interruption."""
    try:
        yield
    finally:
        if fonts._folder:
            Finalize(None, rmtree, (fonts._folder,), {"ignore_errors": True}, exitpriority=1)


def _tree(html: Any, document: Any, numbers: PieceNumbers) -> TagNode:
    body = next(child for child in html.etree_element if child.tag == "body")
    words = (body.get("data-note", "Note"), body.get("data-back", "Back to note"))
    return TagTreeBuilder(gather(document.pages), numbers.first, document.pages, words).tree(body)


def stylesheet_problems(styles: Iterable[tuple[str, str]]) -> list[Problem]:
    """Return what the engine would ignore in stylesheets, given by name and text. Raises ReportError as `lay_out`."""
    fetcher = _Fetcher({})
    return [problem for name, text in styles for problem in _parse_stylesheet(name, text, fetcher, None)[1]]


def _parse_stylesheet(name: str, text: str, fetcher: _Fetcher, fonts: Any) -> tuple[Any, list[Problem]]:
    """Parse a stylesheet. Raises ReportError for one on which the engine fails."""
    base = f"{SCHEME}style/{name}"
    with captured_messages() as messages:
        try:
            sheet = CSS(string=text, url_fetcher=fetcher, font_config=fonts, base_url=base)
        except Exception as failure:  # the engine has assertions that a wrong value can break
            what = f"WeasyPrint cannot read this rule: {str(failure) or type(failure).__name__}."
            hint = "Look for a value that is not complete, such as calc(1pt + )."
            raise ReportError([error("stylesheet", _failing_rule(name, text), what, hint)]) from failure
    return sheet, list(style_problems(name, text, messages))


def _failing_rule(name: str, text: str) -> Place:
    """Return the place of the first rule that the engine cannot read by itself."""
    for rule in parse_stylesheet(text):
        try:
            CSS(string=rule.serialize(), url_fetcher=_Fetcher({}), base_url=SCHEME)
        except Exception:
            return Place(name, rule.source_line, rule.source_column)
    return Place(name)


def write(layout: Layout, variant: Variant) -> tuple[bytes, list[str]]:
    """Write a layout as PDF and return its bytes and the engine's messages. Writing changes the layout: use it once."""
    document, out = layout.document, io.BytesIO()
    if not variant.bleed:
        for page in document.pages:
            page.bleed = dict.fromkeys(page.bleed, 0)
    with captured_messages() as messages, adapter.while_writing(ContentMarker(layout.tree)), fast_painting():
        document.write_pdf(out, uncompressed_pdf=True, **variant.options)
    return out.getvalue(), messages


def rgb_profile() -> bytes:
    """Return the ICC profile of the engine's colours, sRGB."""
    return (files("weasyprint") / "pdf" / "sRGB2014.icc").read_bytes()


def machine_versions() -> dict[str, str]:
    """Return the versions of Pango, HarfBuzz and Python, on which the bytes of a PDF depend."""
    number = pango.pango_version()  # 15012 is 1.50.12
    parts: list[int] = []
    for _ in range(3):  # the engine only declares a comparison: at least this version?
        part = 0
        while harfbuzz.hb_version_atleast(*[*parts, part + 1, 0, 0][:3]):
            part += 1
        parts.append(part)
    return {
        "pango": f"{number // 10000}.{number // 100 % 100}.{number % 100}",
        "harfbuzz": ".".join(map(str, parts)),
        "python": platform.python_version(),
    }

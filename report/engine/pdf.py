"""The engine room: HTML and CSS to laid-out pages and PDF bytes. The only module that imports WeasyPrint.

In: a `Composition`, a variant and the drawings. Out: a `Layout` (plain records of what stands where) and PDF bytes.
Every message of the engine is kept; none is only logged. Nothing is fetched but the drawings, fonts and images handed
in, and the machine's own fonts are out of sight: the same letter is missing everywhere or nowhere.
"""

from __future__ import annotations

import io
import logging
import os
import platform
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from multiprocessing.util import Finalize
from pathlib import Path
from shutil import rmtree
from typing import Any
from urllib.parse import unquote

from report.compose.run import Composition
from report.engine.boxes import PageRecord, page_records
from report.engine.tags import adapter
from report.engine.tags.marking import ContentMarker
from report.engine.tags.pieces import PieceNumbers, gather
from report.engine.tags.plan import TagTreeBuilder, heading_gaps
from report.engine.tags.records import TagNode
from report.problems import Problem
from report.variants import Variant

FONT_SETTINGS = Path(__file__).with_name("fonts.conf")


@contextmanager
def _without_fonts_of_the_machine() -> Iterator[None]:
    """Hide the system's fonts from fontconfig, which reads its settings when the engine sets up its fonts."""
    name, before = "FONTCONFIG_FILE", os.environ.get("FONTCONFIG_FILE")
    os.environ[name] = str(FONT_SETTINGS)
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


with _without_fonts_of_the_machine(), warnings.catch_warnings():
    warnings.filterwarnings("ignore", "No fonts configured", UserWarning)
    from weasyprint import CSS, HTML
    from weasyprint.text.ffi import harfbuzz, pango
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    from report.engine.painting import painted_quickly

SCHEME = "press:"
_TYPES = {"blank": "image/svg+xml", "font": "font/ttf", "chart": "image/svg+xml", "art": "image/svg+xml"}
_IMAGE_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".svg": "image/svg+xml"}

Resources = Mapping[str, Callable[[], bytes]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Laid-out pages: the engine's document, plain records of it, its tag tree, and what was found on the way."""

    document: Any
    pages: tuple[PageRecord, ...]
    messages: tuple[str, ...]
    tree: TagNode
    problems: tuple[Problem, ...]


class _Fetcher(URLFetcher):  # type: ignore[misc]
    """Serves `press:` addresses from memory and refuses every other one: no network, no outside files."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(allowed_protocols=())
        self.resources = resources

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        name = unquote(url.removeprefix(SCHEME))
        if not url.startswith(SCHEME) or name not in self.resources:
            raise ValueError(f"only the edition's own drawings, fonts and images are read, not {url[:120]}")
        kind = name.partition("/")[0]
        suffix = name[name.rfind(".") :].lower()
        media_type = _TYPES.get(kind) or _IMAGE_TYPES.get(suffix, "application/octet-stream")
        return URLFetcherResponse(url, self.resources[name](), {"Content-Type": media_type})


def lay_out(composition: Composition, resources: Resources) -> Layout:
    """Lay the document out, bleed included: the one layout that every variant is written from."""
    fetcher = _Fetcher(resources)
    with _without_fonts_of_the_machine():
        fonts = FontConfiguration()
    with _messages() as messages, _removed_at_exit(fonts):
        styles = [
            CSS(string=text, url_fetcher=fetcher, font_config=fonts, base_url=f"{SCHEME}style/{name}")
            for name, text in composition.styles
        ]
        html = HTML(string=composition.html, url_fetcher=fetcher, base_url=SCHEME)
        numbers = PieceNumbers()
        with adapter.before_layout(lambda _, root: numbers.give(root)):
            document = html.render(stylesheets=styles, font_config=fonts)
    tree = _tree(html, document, numbers)
    return Layout(document, tuple(page_records(document)), tuple(messages), tree, tuple(heading_gaps(tree)))


@contextmanager
def _removed_at_exit(fonts: Any) -> Iterator[None]:
    """See to it that the folder of a document's fonts goes with this process, even when that is stopped."""
    try:
        yield
    finally:
        if fonts._folder:
            Finalize(None, rmtree, (fonts._folder,), {"ignore_errors": True}, exitpriority=1)


def _tree(html: Any, document: Any, numbers: PieceNumbers) -> TagNode:
    body = next(child for child in html.etree_element if child.tag == "body")
    words = (body.get("data-note", "Note"), body.get("data-back", "Back to note"))
    return TagTreeBuilder(gather(document.pages), numbers.first, document.pages, words).tree(body)


def write(layout: Layout, variant: Variant) -> tuple[bytes, list[str]]:
    """Write a layout as PDF. Use a layout for one variant only: writing changes it. Returns bytes and messages."""
    document, out = layout.document, io.BytesIO()
    if not variant.bleed:
        for page in document.pages:
            page.bleed = dict.fromkeys(page.bleed, 0)
    with _messages() as messages, adapter.while_writing(ContentMarker(layout.tree)), painted_quickly():
        document.write_pdf(out, uncompressed_pdf=True, **variant.options)
    return out.getvalue(), messages


def rgb_profile() -> bytes:
    """Return the profile of the colours that the engine writes: sRGB."""
    return (files("weasyprint") / "pdf" / "sRGB2014.icc").read_bytes()


@contextmanager
def _messages() -> Iterator[list[str]]:
    """Collect what the engine and its font tools say at warning level or above."""
    kept: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record.getMessage())

    handler, loggers = Keeper(logging.WARNING), [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield kept
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


def machine_versions() -> dict[str, str]:
    """Return the versions of what shapes, breaks and subsets text and is no Python package: they make other bytes."""
    number = pango.pango_version()  # 15012 is 1.50.12
    found: list[int] = []
    for _ in range(3):  # the engine declares a question only: is it at least this version?
        part = 0
        while harfbuzz.hb_version_atleast(*[*found, part + 1, 0, 0][:3]):
            part += 1
        found.append(part)
    return {
        "pango": f"{number // 10000}.{number // 100 % 100}.{number % 100}",
        "harfbuzz": ".".join(map(str, found)),
        "python": platform.python_version(),
    }

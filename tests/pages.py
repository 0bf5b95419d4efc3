"""Small pages for tests: HTML set with the project's own tokens, fonts and stylesheets, in about 5 ms each."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from report.compose.run import Composition, stylesheets
from report.design.look import Scene
from report.design.tokens import Tokens, load_tokens
from report.drawing.sheets import ArtworkSheet
from report.engine import pdf
from report.engine.messages import captured_messages
from report.finishing.attachments import SourceFile
from report.finishing.metadata import About
from report.finishing.run import FinishingJob, finish
from report.inspection.inspect import Pdf
from report.inspection.webpage import WebDesign
from report.press.printers import DEFAULT, Printer, PrinterMarks, load_printer
from report.press.sheet import Slug
from report.problems import Problem
from report.searchpath import SearchPath
from report.variants import VARIANTS, Variant

Change = Callable[[pikepdf.Pdf], object]

ROOT = Path(__file__).resolve().parents[1]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}">{2}</svg>'


@cache
def tokens() -> Tokens:
    return load_tokens(ROOT / "styles" / "tokens.yaml", "styles/tokens.yaml")


@cache
def _styles() -> tuple[tuple[str, str], ...]:
    """The tokens and the general stylesheets; those of single page types are not needed here."""
    general = [path for path in stylesheets(SearchPath.of(ROOT)).values() if path.parent.name == "styles"]
    return (("tokens", tokens().css()), *((path.name, path.read_text("utf-8")) for path in general))


@cache
def web_design() -> WebDesign:
    """Return the program's own design of web pages and mails."""
    return WebDesign(tokens().hexes, SearchPath.of(ROOT))


def document(body: str, css: str = "") -> Composition:
    """Return a page of HTML with the project's stylesheets and some rules of the test's own."""
    head = '<meta charset="utf-8"><title>A small page</title>'
    html = f'<!doctype html><html lang="en-US"><head>{head}</head><body data-tagline="t">{body}</body></html>'
    return Composition(html, (*_styles(), ("test", css)))


def laid_out(body: str, css: str = "", served: Mapping[str, bytes] | None = None, alone: bool = False) -> pdf.Layout:
    """Lay out a small document. `served` holds drawings and images by their `press:` names.

    Small documents share parsed fonts and stylesheets to save time. A document with `alone`, or with its own fonts, is
    laid out like an edition.
    """
    fonts = {f"font/{face.path.name}": face.path.read_bytes for face in tokens().faces.values()}
    extra = {name: (lambda data=data: data) for name, data in (served or {}).items()}
    with pytest.MonkeyPatch.context() as patch:
        if not alone and "@font-face" not in body + css and not set(fonts) & set(extra):
            patch.setattr(pdf, "FontConfiguration", _fonts)
            patch.setattr(pdf, "CSS", _stylesheet)
        return pdf.lay_out(document(body, css), {**fonts, **extra})


_CSS: Any = vars(pdf)["CSS"]
_READ: dict[str, Any] = {}


@cache
def _fonts(make: Callable[[], Any] = vars(pdf)["FontConfiguration"]) -> Any:  # noqa: B008 (before it is replaced)
    """Return the font configuration that all small documents share."""
    return make()


def _stylesheet(string: str, base_url: str, **given: Any) -> Any:
    """Return a stylesheet for the engine. The rules of a test are parsed every time.

    The project's stylesheets are parsed once, or every time if the engine has messages about them, so that each layout
    gets these messages.
    """
    if (base_url.rpartition("/")[2], string) not in _styles():
        return _CSS(string=string, base_url=base_url, **given)
    if base_url not in _READ:
        with captured_messages() as messages:
            read = _CSS(string=string, base_url=base_url, **given)
        if messages:
            return read
        _READ[base_url] = read
    return _READ[base_url]


def messages_of(layout: pdf.Layout) -> list[str]:
    """Return what the engine said of a document and of its stylesheets."""
    return [*layout.messages, *(problem.what for problem in layout.problems)]


def raw(layout: pdf.Layout, variant: Variant | str) -> tuple[bytes, list[str]]:
    """Write a layout, and return the bytes before finishing and the engine's messages."""
    return pdf.write(layout, _variant(variant))


def written(layout: pdf.Layout, variant: Variant | str, sources: tuple[SourceFile, ...] = ()) -> bytes:
    """Write and finish a layout. The engine must have no messages."""
    chosen = _variant(variant)
    data, messages = raw(layout, variant)
    assert not messages, messages
    return finish(data, chosen.finishing, replace(job(), standards=chosen.standards, sources=sources), chosen.linearize)


@cache
def job() -> FinishingJob:
    """The finishing job of small files."""
    about = About("A small page", "Office of Small Things", "A test", ("small",), "en-US", date(2024, 12, 3), "0" * 32)
    slug = Slug("A small page", tokens().faces["sans"])
    return FinishingJob(tokens().builds, about, printer(), slug, (100, 82, 30, 35), rgb=pdf.rgb_profile())


@cache
def printer(name: str = DEFAULT) -> Printer:
    """Load a built-in printer; "unmarked" is the default one without marks."""
    if name == "unmarked":
        usual = printer()
        return replace(usual, values=usual.values.model_copy(update={"marks": PrinterMarks()}))
    return load_printer(name, float(tokens().page.bleed))


def _variant(variant: Variant | str) -> Variant:
    return VARIANTS[variant] if isinstance(variant, str) else variant


def opened(body: str, variant: Variant | str = "screen", css: str = "") -> Pdf:
    """Return a small document as the finished file of a variant."""
    return Pdf(written(laid_out(body, css), variant))


def block(text: str, style: str = "", tag: str = "p", component: str = "story", src: str = "a.md:3") -> str:
    """Return a component with one element of text."""
    inner = f'<{tag} style="{style}">{text}</{tag}>'
    return f'<section data-component="{component}" data-src="{src}">{inner}</section>'


def sheet(name: str, spread: bool = False) -> ArtworkSheet:
    """Return a full-bleed sheet for pages of that name."""
    width, gutter = (1242.0, 621.0) if spread else (630.0, None)
    scene = Scene(width, 810.0, 9.0, gutter, (), tokens().hexes, "ink", "ink", "haze", "mist")
    return ArtworkSheet(name, "rings", scene)


def codes(problems: Sequence[Problem]) -> list[str]:
    """Return the codes of problems, each once, in order."""
    return sorted({problem.code for problem in problems})


def changed(data: bytes, change: Change) -> bytes:
    """Return a file with one thing changed in it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def tiny_pdf(text: str = "", pages: int = 1) -> bytes:
    """Return a complete PDF made without the engine: empty pages and a title."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(612, 792))
        made.docinfo["/Title"] = pikepdf.String(text)
        made.save(out, deterministic_id=True)
    return out.getvalue()


def link_project(folder: Path) -> None:
    """Make a folder with data/ a project: links to the real code and design, and a copy of the command line."""
    for name in ("report", "figures", "layouts", "styles"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("build.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)

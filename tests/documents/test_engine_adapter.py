"""The internals of the engine that the tag tree depends on: a new version that changes them fails here first."""

from __future__ import annotations

from importlib.metadata import version
from inspect import signature
from typing import Any

import weasyprint.document
import weasyprint.draw
import weasyprint.pdf
from pages import block, laid_out
from weasyprint.pdf.stream import Stream

from report.engine.internals import VERSION
from report.engine.tags import adapter


def parameters(function: Any) -> list[str]:
    return list(signature(function).parameters)


def test_the_installed_engine_is_the_supported_version() -> None:
    assert version("weasyprint") == VERSION


def test_the_replaced_functions_exist_with_the_parameters_we_pass_on() -> None:
    assert parameters(weasyprint.document.layout_document)[:3] == ["html", "root_box", "context"]
    assert parameters(Stream.marked) == ["self", "box", "tag"]
    assert parameters(weasyprint.draw.draw_text)[:2] == ["stream", "textbox"]
    assert parameters(weasyprint.pdf.build_fonts_dictionary)[:2] == ["pdf", "fonts"]
    assert parameters(weasyprint.pdf.add_tags) == ["pdf", "document", "pdf_version", "page_streams"]


def test_replaced_functions_are_restored() -> None:
    before = (weasyprint.document.layout_document, Stream.marked, weasyprint.draw.draw_text, weasyprint.pdf.add_tags)
    with adapter.before_layout(lambda html, root: None):
        assert weasyprint.document.layout_document is not before[0]
    after = (weasyprint.document.layout_document, Stream.marked, weasyprint.draw.draw_text, weasyprint.pdf.add_tags)
    assert before == after


def test_a_number_assigned_before_layout_survives_line_and_page_breaks() -> None:
    layout = laid_out(block("word " * 3000))
    pieces = [piece for piece in layout.tree.pieces() if piece.text.startswith("word")]
    assert len({piece.page for piece in pieces}) > 1
    assert len({piece.number for piece in pieces}) == 1
    assert "".join(piece.spoken for piece in pieces).split() == ["word"] * 3000


def test_kinds_of_boxes_are_distinguished() -> None:
    layout = laid_out("<section><p>text</p><table><thead><tr><th>h</th></tr></thead></table></section>")
    kinds: dict[str, int] = {}

    def walk(box: Any) -> None:
        for name in ("is_text", "is_image", "is_margin", "repeats"):
            kinds[name] = kinds.get(name, 0) + int(getattr(adapter, name)(box))
        for child in box.children:
            walk(adapter.unwrapped(child))

    walk(layout.document.pages[0]._page_box)
    assert kinds["is_text"] >= 2
    assert kinds["is_margin"] >= 1
    assert kinds["repeats"] == 1
    assert kinds["is_image"] == 0

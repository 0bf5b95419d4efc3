"""The internals of WeasyPrint that the tag tree depends on, behind functions.

In: boxes, streams and documents of the engine. Out: plain answers about them for the other modules of this package, and
two hooks, `before_layout` and `while_writing`. Each internal has a row in `report.engine.internals`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Protocol

import pydyf
import weasyprint.document
import weasyprint.draw
import weasyprint.pdf
from weasyprint.draw.text import draw_first_line
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.matrix import Matrix
from weasyprint.pdf.stream import Stream
from weasyprint.text.line_break import Layout

from report.engine.internals import replaced
from report.geometry import Rect

PX = 0.75  # CSS pixels to points


class WritingListener(Protocol):
    """Callbacks while a document is written."""

    def marked(self, stream: Any, box: Any, tag: str) -> AbstractContextManager[None]:
        """Wrap the drawing of a piece of text or an image."""

    def spaces(self, box: Any) -> tuple[bool, bool, bool]:
        """Return whether to draw a space before a text, a space after it, and the text itself."""

    def plain_text(self, text: str) -> str:
        """Return the plain form of a glyph's text."""

    def finish(self, pdf: Any, document: Any, page_streams: list[Any]) -> None:
        """Write the tag tree."""


# boxes


def is_text(box: Any) -> bool:
    """Return whether a box is a text box."""
    return isinstance(box, boxes.TextBox)


def is_image(box: Any) -> bool:
    """Return whether a box is an image."""
    return isinstance(box, boxes.ReplacedBox)


def is_margin(box: Any) -> bool:
    """Return whether a box is a running header or footer."""
    return isinstance(box, boxes.MarginBox)


def repeats(box: Any) -> bool:
    """Return whether a box may be repeated on several pages: the head or foot of a table."""
    return isinstance(box, boxes.TableRowGroupBox) and bool(box.is_header or box.is_footer)


def unwrapped(box: Any) -> Any:
    """Return the box that a placeholder stands for."""
    return box._box if isinstance(box, AbsolutePlaceholder) else box


def pseudo(box: Any) -> str:
    """Return the name of a box's pseudo-element (before, marker, footnote-call), or an empty string."""
    return str(box.element_tag).partition("::")[2]


def content_frame(box: Any) -> Rect:
    """Return the content box in pixels, from the top left of the page."""
    return Rect.of_size(box.content_box_x(), box.content_box_y(), box.width, box.height)


def page_frame(page: Any) -> Rect:
    """Return a page's trim in pixels."""
    return Rect(0.0, 0.0, float(page.width), float(page.height))


def link_to(box: Any, target: str) -> None:
    """Make a box a link to an anchor of the document."""
    box.link = ("url", ("internal", target))


def set_anchor(box: Any, name: str) -> None:
    """Make a box the target of a link."""
    box.style = box.style.copy()
    box.style["anchor"] = name


# drawing


def draw_space(stream: Any, box: Any, x: float) -> None:
    """Draw a space in the font of a text box, so that text extraction finds it."""
    if box.style["visibility"] != "visible":
        return
    space = box.copy()
    space.text = "x"  # the engine skips a box that contains only spaces
    space.pango_layout = Layout(box.style)
    space.pango_layout.set_text(" ")
    stream.set_color(box.style["color"])
    stream.begin_text()
    draw_first_line(stream, space, "clip", "none", Matrix(d=-1, e=x, f=box.position_y + box.baseline))
    stream.end_text()


def keeps_space(box: Any) -> bool:
    """Return whether a text box is drawn with its trailing space."""
    return str(box.pango_layout.text).endswith(" ")


_FONT, _GLYPHS = re.compile(rb"/(\S+) \S+ Tf"), re.compile(rb"<([0-9a-f]+)>")


def extracted_text(stream: Any, start: int) -> str:
    """Return the text that a reader extracts from the operators since index `start`."""
    fonts = {font.hash: font for font in stream._fonts.values()}
    text, font = "", None
    for operator in stream.stream[start:]:
        if not isinstance(operator, bytes):
            continue
        if match := _FONT.fullmatch(operator):
            font = fonts[match[1].decode()]
        elif operator.endswith(b"TJ") and font is not None:
            step = 2 if font.bitmap else 4
            for run in _GLYPHS.findall(operator):
                text += "".join(font.to_unicode[int(run[i : i + step], 16)] for i in range(0, len(run), step))
    return text


def page_references(pdf: Any) -> list[str]:
    """Return the references of the page objects, in order."""
    return list(pdf.page_references)


def page_objects(pdf: Any) -> list[Any]:
    """Return the page dictionaries, in order."""
    return [pdf.objects[number] for number in pdf.pages["Kids"][::3]]


def links(document: Any) -> Iterator[tuple[int, Any, Any, Any]]:
    """Yield the page index, area, box and annotation of every link in the file."""
    for number, page in enumerate(document.pages):
        for _, _, area, box in page.links:
            if box.link_annotation is not None:
                yield number, area, box, box.link_annotation


def page_height(document: Any, page: int) -> float:
    """Return a page's height in pixels."""
    return float(document.pages[page].height)


def begin_marked_content(stream: Any, tag: str, properties: Any) -> None:
    """Begin marked content."""
    pydyf.Stream.begin_marked_content(stream, tag, properties)


def end_marked_content(stream: Any) -> None:
    """End marked content."""
    pydyf.Stream.end_marked_content(stream)


# hooks


@contextmanager
def before_layout(hook: Callable[[Any, Any], None]) -> Iterator[None]:
    """Call a hook with the HTML and its box tree before layout starts."""
    real = weasyprint.document.layout_document

    def layout_document(html: Any, root_box: Any, context: Any, *rest: Any, **named: Any) -> Any:
        hook(html, root_box)
        return real(html, root_box, context, *rest, **named)

    with replaced(weasyprint.document, "layout_document", layout_document):
        yield


@contextmanager
def while_writing(listener: WritingListener) -> Iterator[None]:
    """Call a listener while a document is written with tags."""
    draw_text, build_fonts = weasyprint.draw.draw_text, weasyprint.pdf.build_fonts_dictionary

    @contextmanager
    def marked(stream: Any, box: Any, tag: str) -> Iterator[None]:
        if stream._tags is None:
            yield
            return
        with listener.marked(stream, box, tag):
            yield

    def spaced_text(stream: Any, box: Any, *rest: Any) -> None:
        before, after, visible = listener.spaces(box) if stream._tags is not None else (False, False, True)
        if before:
            draw_space(stream, box, box.position_x)
        if visible:
            draw_text(stream, box, *rest)
        if after:
            draw_space(stream, box, box.position_x + box.width)

    def plain_fonts(pdf: Any, fonts: Any, *rest: Any) -> Any:
        for font in fonts.values():
            for glyph, text in font.to_unicode.items():
                font.to_unicode[glyph] = listener.plain_text(text)
        return build_fonts(pdf, fonts, *rest)

    def add_tags(pdf: Any, document: Any, pdf_version: Any, page_streams: list[Any]) -> None:
        listener.finish(pdf, document, page_streams)

    with ExitStack() as stack:
        for owner, name, replacement in (
            (Stream, "marked", marked),
            (weasyprint.draw, "draw_text", spaced_text),
            (weasyprint.pdf, "build_fonts_dictionary", plain_fonts),
            (weasyprint.pdf, "add_tags", add_tags),
        ):
            stack.enter_context(replaced(owner, name, replacement))
        yield

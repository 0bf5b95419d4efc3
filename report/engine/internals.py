"""Everything of WeasyPrint and pydyf that this program replaces or reads although it is not promised to stay.

In: nothing. Out: `INTERNALS`, a row for each with the reason and the test that fails when it changes; and `replaced`,
the one way to replace something. `tests/test_engine_internals.py` holds the table against the code; `make canary` tries
the newest WeasyPrint.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

VERSION = "70.0"  # the one that the rows were written for


class Internal(NamedTuple):
    """One thing: its full name, what is done with it, why, and the test that fails when it changes."""

    name: str
    use: Literal["replaced", "called", "read", "set"]
    reason: str
    test: str


_ADAPTER, _BOXES, _PAINTING, _PDF, _TAGS = (
    f"test_{name}.py::test_" for name in ("engine_adapter", "boxes", "painting", "pdf", "tags")
)
_SIGNATURES = f"{_ADAPTER}the_functions_that_are_replaced_are_there_and_take_what_we_pass_on"
_TREE = f"{_TAGS}the_tree_is_the_reference_that_lies_here"
_STRAY = f"{_TAGS}no_paint_is_stray_and_every_mark_leads_to_its_element_and_back"
_KINDS = f"{_ADAPTER}boxes_are_told_apart"
_LINE = f"{_BOXES}a_line_tells_its_text_place_and_face"
_ONCE = f"{_PAINTING}a_drawing_under_two_pages_is_in_the_file_once_and_looks_the_same"
_NUMBERED = f"{_ADAPTER}a_number_given_before_layout_is_carried_over_lines_and_pages"

INTERNALS: tuple[Internal, ...] = (
    # replaced while a document is laid out or written
    Internal(
        "weasyprint.document.layout_document", "replaced", "every text gets a number before lines break", _SIGNATURES
    ),
    Internal("weasyprint.pdf.stream.Stream.marked", "replaced", "marked content follows the tag tree", _SIGNATURES),
    Internal("weasyprint.draw.draw_text", "replaced", "spaces that line breaks took away are drawn", _SIGNATURES),
    Internal(
        "weasyprint.pdf.build_fonts_dictionary", "replaced", "shared glyphs are read as plain letters", _SIGNATURES
    ),
    Internal("weasyprint.pdf.add_tags", "replaced", "the tag tree is written from the HTML", _SIGNATURES),
    Internal(
        "weasyprint.draw.draw_background_image", "replaced", "a drawing under two pages is in the file once", _ONCE
    ),
    Internal(
        "weasyprint.svg.TAGS",
        "replaced",
        "a plain path is written in one go",
        f"{_PAINTING}a_drawing_has_the_operators_of_the_engine",
    ),
    # called
    Internal("weasyprint.draw.text.draw_first_line", "called", "draws the spaces", _STRAY),
    Internal("weasyprint.text.line_break.Layout", "called", "lays the spaces out", _STRAY),
    Internal("weasyprint.matrix.Matrix", "called", "places the spaces", _STRAY),
    Internal("weasyprint.images.SVGImage", "called", "is a drawing that lies under a page", _ONCE),
    Internal(
        "weasyprint.text.ffi.pango",
        "called",
        "tells the version of Pango",
        f"{_PDF}the_machine_s_libraries_tell_their_versions",
    ),
    Internal(
        "weasyprint.text.ffi.harfbuzz",
        "called",
        "tells the version of HarfBuzz",
        f"{_PDF}the_machine_s_libraries_tell_their_versions",
    ),
    Internal("pydyf.Stream", "called", "begins and ends marked content", _STRAY),
    Internal("pydyf.Dictionary", "called", "objects of the tag tree", _TREE),
    Internal("pydyf.Array", "called", "objects of the tag tree", _TREE),
    Internal("pydyf.String", "called", "objects of the tag tree", _TREE),
    # read
    Internal(
        "weasyprint.document.Page._page_box",
        "read",
        "the box tree: what stands where",
        f"{_BOXES}a_page_has_the_size_of_the_tokens_and_its_margins",
    ),
    Internal(
        "weasyprint.document.Page.links",
        "read",
        "annotations of links and their boxes",
        f"{_TAGS}a_wrapped_link_is_one_link_that_says_its_text",
    ),
    Internal(
        "weasyprint.document.Page.bleed",
        "set",
        "variants without bleed are cropped",
        f"{_PDF}only_what_is_for_press_keeps_the_bleed_which_is_drawn_on_all_edges",
    ),
    Internal(
        "weasyprint.formatting_structure.boxes", "read", "kinds of boxes, their places, elements and footnotes", _KINDS
    ),
    Internal(
        "weasyprint.formatting_structure.boxes.TextBox.pango_layout",
        "read",
        "whether a text ends with its space",
        _STRAY,
    ),
    Internal(
        "weasyprint.formatting_structure.boxes.Box.page_type",
        "read",
        "side, name and blankness of a page",
        f"{_BOXES}a_page_forced_by_a_break_is_blank_and_others_keep_their_name",
    ),
    Internal("weasyprint.formatting_structure.boxes.Box.style", "read", "font, size and overflow of a box", _LINE),
    Internal(
        "weasyprint.formatting_structure.boxes.Box.link",
        "set",
        "notes link both ways",
        f"{_TAGS}a_note_is_read_where_it_is_called_and_links_lead_there_and_back",
    ),
    Internal(
        "weasyprint.formatting_structure.boxes.Box.number",
        "set",
        "copies of a box carry the number of its text",
        _NUMBERED,
    ),
    Internal(
        "weasyprint.layout.absolute.AbsolutePlaceholder",
        "read",
        "the box that it stands for",
        f"{_BOXES}absolutely_placed_generated_and_footnote_text_is_seen",
    ),
    Internal("weasyprint.pdf.stream.Stream._tags", "read", "whether a file is tagged", _STRAY),
    Internal(
        "weasyprint.pdf.stream.Stream._fonts",
        "read",
        "what glyphs stand for",
        f"{_TAGS}a_hyphen_at_a_lines_end_does_not_split_the_word",
    ),
    Internal(
        "weasyprint.text.fonts.FontConfiguration._folder",
        "read",
        "its temporary folder is removed",
        f"{_PDF}the_fonts_of_a_document_leave_no_folder_behind",
    ),
    Internal("pydyf.PDF.objects", "read", "page dictionaries, catalogue and references", _TREE),
)


@contextmanager
def replaced(owner: Any, name: str, replacement: Any) -> Iterator[None]:
    """Put something in the place of an attribute (of a mapping: of an item), and the original back at the end."""
    if isinstance(owner, dict):
        original, owner[name] = owner[name], replacement
        try:
            yield
        finally:
            owner[name] = original
        return
    original = getattr(owner, name)
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        setattr(owner, name, original)

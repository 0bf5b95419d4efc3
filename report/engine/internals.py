"""The private parts of WeasyPrint and pydyf that this program replaces, calls, reads or sets.

In: nothing. Out: `INTERNALS`, one row for each, with the reason and the test that fails when it changes; and
`replaced`, the only way to patch something. `tests/test_engine_internals.py` compares the table with the code;
`make canary` runs the engine tests with the newest WeasyPrint.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

VERSION = "70.0"  # the version the rows were written for


class Internal(NamedTuple):
    """One private name: how it is used, why, and the test that fails when it changes."""

    name: str
    use: Literal["replaced", "called", "read", "set"]
    reason: str
    test: str


_ADAPTER, _BOXES, _PAINTING, _PDF, _TAGS = (
    f"documents/test_{name}.py::test_" for name in ("engine_adapter", "boxes", "painting", "pdf", "tags")
)
_SIGNATURES = f"{_ADAPTER}the_replaced_functions_exist_with_the_parameters_we_pass_on"
_TREE = f"{_TAGS}the_tree_equals_the_stored_reference"
_STRAY = f"{_TAGS}all_paint_is_marked_and_every_mark_and_element_refer_to_each_other"
_KINDS = f"{_ADAPTER}kinds_of_boxes_are_distinguished"
_LINE = f"{_BOXES}a_line_has_its_text_position_and_font_face"
_ONCE = f"{_PAINTING}a_drawing_under_two_pages_is_stored_once_and_looks_the_same"
_NUMBERED = f"{_ADAPTER}a_number_assigned_before_layout_survives_line_and_page_breaks"

INTERNALS: tuple[Internal, ...] = (
    # replaced during layout or writing
    Internal(
        "weasyprint.document.layout_document", "replaced", "text boxes are numbered before line breaking", _SIGNATURES
    ),
    Internal("weasyprint.pdf.stream.Stream.marked", "replaced", "marked content follows the tag tree", _SIGNATURES),
    Internal("weasyprint.draw.draw_text", "replaced", "spaces dropped at line breaks are drawn", _SIGNATURES),
    Internal(
        "weasyprint.pdf.build_fonts_dictionary",
        "replaced",
        "glyphs shared by several characters map to the plain one",
        _SIGNATURES,
    ),
    Internal("weasyprint.pdf.add_tags", "replaced", "the tag tree is built from the HTML", _SIGNATURES),
    Internal("weasyprint.draw.draw_background_image", "replaced", "a drawing under two pages is stored once", _ONCE),
    Internal(
        "weasyprint.svg.TAGS",
        "replaced",
        "a simple path is converted in one step",
        f"{_PAINTING}a_drawing_has_the_same_operators_as_from_the_engine",
    ),
    # called
    Internal("weasyprint.draw.text.draw_first_line", "called", "draws the spaces", _STRAY),
    Internal("weasyprint.text.line_break.Layout", "called", "shapes the spaces", _STRAY),
    Internal("weasyprint.matrix.Matrix", "called", "positions the spaces", _STRAY),
    Internal("weasyprint.images.SVGImage", "called", "recognises a drawing used as a page background", _ONCE),
    Internal(
        "weasyprint.text.ffi.pango",
        "called",
        "returns the version of Pango",
        f"{_PDF}the_versions_of_the_system_libraries_are_reported",
    ),
    Internal(
        "weasyprint.text.ffi.harfbuzz",
        "called",
        "returns the version of HarfBuzz",
        f"{_PDF}the_versions_of_the_system_libraries_are_reported",
    ),
    Internal("pydyf.Stream", "called", "begins and ends marked content", _STRAY),
    Internal("pydyf.Dictionary", "called", "builds objects of the tag tree", _TREE),
    Internal("pydyf.Array", "called", "builds objects of the tag tree", _TREE),
    Internal("pydyf.String", "called", "builds objects of the tag tree", _TREE),
    # read
    Internal(
        "weasyprint.document.Page._page_box",
        "read",
        "the box tree with all positions",
        f"{_BOXES}a_page_has_the_size_of_the_tokens_and_its_margins",
    ),
    Internal(
        "weasyprint.document.Page.links",
        "read",
        "link annotations and their boxes",
        f"{_TAGS}a_wrapped_link_is_one_link_described_by_its_text",
    ),
    Internal(
        "weasyprint.document.Page.bleed",
        "set",
        "variants without bleed are cropped",
        f"{_PDF}only_the_print_variant_keeps_the_bleed_which_is_painted_on_all_edges",
    ),
    Internal(
        "weasyprint.formatting_structure.boxes",
        "read",
        "types of boxes, their positions, elements and footnotes",
        _KINDS,
    ),
    Internal(
        "weasyprint.formatting_structure.boxes.TextBox.pango_layout",
        "read",
        "whether a text box is drawn with its trailing space",
        _STRAY,
    ),
    Internal(
        "weasyprint.formatting_structure.boxes.Box.page_type",
        "read",
        "side and name of a page, and whether it is blank",
        f"{_BOXES}a_page_forced_by_a_break_is_blank_and_others_keep_their_name",
    ),
    Internal("weasyprint.formatting_structure.boxes.Box.style", "read", "font, size and overflow of a box", _LINE),
    Internal(
        "weasyprint.formatting_structure.boxes.Box.link",
        "set",
        "notes and their calls link to each other",
        f"{_TAGS}a_note_is_read_at_its_call_and_they_link_to_each_other",
    ),
    Internal(
        "weasyprint.formatting_structure.boxes.Box.number",
        "set",
        "copies of a box keep the number of its text",
        _NUMBERED,
    ),
    Internal(
        "weasyprint.layout.absolute.AbsolutePlaceholder",
        "read",
        "the box it is a placeholder for",
        f"{_BOXES}absolutely_positioned_generated_and_footnote_text_is_recorded",
    ),
    Internal("weasyprint.pdf.stream.Stream._tags", "read", "whether a file is tagged", _STRAY),
    Internal(
        "weasyprint.pdf.stream.Stream._fonts",
        "read",
        "the text of each glyph",
        f"{_TAGS}a_hyphen_at_a_lines_end_does_not_split_the_word",
    ),
    Internal(
        "weasyprint.text.fonts.FontConfiguration._folder",
        "read",
        "its temporary folder is removed",
        "full/test_engine_endings.py::test_the_fonts_of_a_document_leave_no_temporary_folder",
    ),
    Internal("pydyf.PDF.objects", "read", "page dictionaries, catalogue and references", _TREE),
)


@contextmanager
def replaced(owner: Any, name: str, replacement: Any) -> Iterator[None]:
    """Replace an attribute of an object, or an item of a dict, and restore the original at the end."""
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

"""A PDF as plain records: pages, text runs, fonts, boxes, outline, links, labels, attachments.

In: PDF bytes. Out: frozen records in points, origin at the page's top left corner, for the checks and the tests.
"""

from __future__ import annotations

import ctypes
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from pypdf import PdfReader
from pypdf.generic import ArrayObject, Destination, DictionaryObject

from report.geometry import Rect

MAX_ELEMENTS = 100_000  # structure elements that are read of a file of any origin


@dataclass(frozen=True, slots=True)
class TextRun:
    """One text object: its place, its font and size in points, its colour as red, green, blue (0 to 255).

    `alpha` is its opacity: 1 is opaque, 0 is invisible (for example a text layer that is only there for searching).
    """

    page: int
    text: str
    x: float
    y: float
    width: float
    height: float
    font: str
    size: float
    colour: tuple[int, int, int]
    alpha: float = 1.0


@dataclass(frozen=True, slots=True)
class PageBoxes:
    """A page's number, label and boxes in points."""

    number: int
    label: str
    media: Rect
    trim: Rect
    bleed: Rect


@dataclass(frozen=True, slots=True)
class Font:
    """A font of the file. `family` is its name without the subset prefix."""

    name: str
    family: str
    embedded: bool
    subset: bool


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline: level (from 1), title, page."""

    level: int
    title: str
    page: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link: the page it is on, and its target, which is a page number or an address."""

    page: int
    target: int | str


@dataclass(frozen=True, slots=True)
class Attachment:
    """An embedded file."""

    name: str
    size: int
    relationship: str
    description: str
    digest: str = ""  # of its content, SHA-256


class TagElement(NamedTuple):
    """A structure element: its type and its alternative text."""

    type: str
    alternative: str


class Pdf:
    """An open PDF. Each property reads one kind of record."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reader = PdfReader(io.BytesIO(data))
        self.root: Any = self.reader.trailer["/Root"]

    @property
    def pages(self) -> list[PageBoxes]:
        """The boxes and labels of all pages."""
        labels = self.reader.page_labels
        return [
            PageBoxes(number, labels[number - 1], _box(page.mediabox), _box(page.trimbox), _box(page.bleedbox))
            for number, page in enumerate(self.reader.pages, 1)
        ]

    @property
    def title(self) -> str:
        """The title in the metadata."""
        return str(self.reader.metadata.title or "") if self.reader.metadata else ""

    @property
    def shows_title(self) -> bool:
        """Whether viewers show the title instead of the file name."""
        return bool(_get(self.root, "/ViewerPreferences", "/DisplayDocTitle"))

    @property
    def language(self) -> str:
        """The document's language."""
        return str(self.root.get("/Lang", ""))

    @property
    def tagged(self) -> bool:
        """Whether the file claims to be tagged and has a tag tree."""
        return bool(_get(self.root, "/MarkInfo", "/Marked")) and "/StructTreeRoot" in self.root

    @property
    def xmp(self) -> str:
        """The XMP metadata as text."""
        metadata = self.root.get("/Metadata")
        return metadata.get_object().get_data().decode("utf-8") if metadata is not None else ""

    @property
    def fonts(self) -> list[Font]:
        """Every font of the file, once, by name."""
        fonts = {}
        for reference in self.reader.xref_objStm.keys() | {key for keys in self.reader.xref.values() for key in keys}:
            item = self.reader.get_object(reference)
            if not isinstance(item, DictionaryObject):
                continue
            if item.get("/Type") == "/Font" and item.get("/Subtype") != "/Type0" and "/FontDescriptor" not in item:
                name = str(item.get("/BaseFont", "/unnamed")).removeprefix("/")  # a standard font that is only named
                fonts[name] = Font(name, name, embedded=False, subset=False)
            if item.get("/Type") == "/FontDescriptor":
                name = str(item["/FontName"]).removeprefix("/")
                embedded = any(key in item for key in ("/FontFile", "/FontFile2", "/FontFile3"))
                prefix, plus, rest = name.partition("+")
                fonts[name] = Font(name, rest if plus else name, embedded, bool(plus) and len(prefix) == 6)
        return [fonts[name] for name in sorted(fonts)]

    @property
    def outline(self) -> list[Bookmark]:
        """The bookmarks in order."""
        return list(self._outline(self.reader.outline, 1))

    def _outline(self, items: list[Any], level: int) -> Iterator[Bookmark]:
        for item in items:
            if isinstance(item, list):
                yield from self._outline(item, level + 1)
            elif isinstance(item, Destination):
                page = self.reader.get_destination_page_number(item)
                yield Bookmark(level, str(item.title), (page or 0) + 1)

    @property
    def links(self) -> list[Link]:
        """Every link of every page."""
        named = self.reader.named_destinations
        numbers = {page.indirect_reference: number for number, page in enumerate(self.reader.pages, 1)}
        links: list[Link] = []
        for number, page in enumerate(self.reader.pages, 1):
            for annotation in page.get("/Annots") or []:
                item = annotation.get_object()
                if item.get("/Subtype") != "/Link":
                    continue
                address = _get(item, "/A", "/URI")
                destination = _get(item, "/Dest") or _get(item, "/A", "/D") or ""
                target = str(destination)
                if address:
                    links.append(Link(number, str(address)))
                elif isinstance(destination, ArrayObject) and (first := next(iter(destination), None)) in numbers:
                    links.append(Link(number, numbers[first]))
                elif target in named:
                    page_number = self.reader.get_destination_page_number(named[target])
                    links.append(Link(number, (page_number or 0) + 1))
                else:
                    links.append(Link(number, f"missing: {target}"))
        return links

    @property
    def attachments(self) -> list[Attachment]:
        """The embedded files."""
        return [
            Attachment(
                name=str(item.alternative_name or item.name),
                size=item.size or len(item.content),
                digest=sha256(item.content).hexdigest(),
                relationship=str(item.associated_file_relationship).removeprefix("/"),
                description=str(item.description or ""),
            )
            for item in self.reader.attachment_list
        ]

    @property
    def elements(self) -> list[TagElement]:
        """The structure elements in reading order, at most 100,000."""
        found, seen = list[TagElement](), dict[int, Any]()
        waiting: list[Any] = [_get(self.root, "/StructTreeRoot")]
        while waiting and len(found) < MAX_ELEMENTS:
            item = waiting.pop()
            if isinstance(item, ArrayObject):
                waiting += [kid.get_object() for kid in reversed(item)]
            elif isinstance(item, DictionaryObject) and id(item) not in seen:
                seen[id(item)] = item
                if "/S" in item:
                    found.append(TagElement(str(item["/S"]).removeprefix("/"), str(item.get("/Alt", ""))))
                waiting.append(_get(item, "/K"))
        return found

    def text_runs(self) -> Iterator[TextRun]:
        """Yield the text runs of all pages in drawing order."""
        yield from text_runs(self.data)

    def page_texts(self) -> list[str]:
        """Return the text of each page, as copied from a viewer."""
        document = pdfium.PdfDocument(self.data)
        try:
            return [document[index].get_textpage().get_text_range() for index in range(len(document))]
        finally:
            document.close()


def text_runs(data: bytes) -> Iterator[TextRun]:
    """Yield the text runs of all pages of a file in drawing order."""
    document = pdfium.PdfDocument(data)
    try:
        for index in range(len(document)):
            yield from _text_runs(document[index], index + 1)
    finally:
        document.close()


def _box(box: Any) -> Rect:
    return Rect(float(box.left), float(box.bottom), float(box.right), float(box.top))


def _get(item: Any, *keys: str) -> Any:
    for key in keys:
        if item is None:
            return None
        item = item.get(key)
        item = item.get_object() if item is not None and hasattr(item, "get_object") else item
    return item


def _placement(item: Any) -> Any:
    """Return the matrix from an object's coordinates to the page's. Objects may lie in nested forms."""
    matrix = pdfium.PdfMatrix()
    while (item := item.container) is not None:
        matrix = matrix.multiply(item.get_matrix())
    return matrix


def _text_runs(page: Any, number: int) -> Iterator[TextRun]:
    left, _, _, top = page.get_mediabox()
    textpage = page.get_textpage()
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], textpage=textpage):
        text = item.extract()
        if not text.strip():
            continue
        to_page = _placement(item)
        x0, y0, x1, y1 = to_page.on_rect(*item.get_bounds())
        *colour, alpha = _fill(item)
        yield TextRun(
            page=number,
            text=text,
            x=x0 - left,
            y=top - y1,
            width=x1 - x0,
            height=y1 - y0,
            font=item.get_font().get_base_name(),
            size=item.get_font_size() * _scale(item.get_matrix().multiply(to_page)),
            colour=(colour[0], colour[1], colour[2]),
            alpha=0.0
            if raw.FPDFTextObj_GetTextRenderMode(item) in _INVISIBLE
            else alpha / 255 * _container_alpha(item),
        )


_INVISIBLE = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)


def _fill(item: Any) -> tuple[int, int, int, int]:
    """Return the fill colour of an object as red, green, blue and alpha."""
    values = [ctypes.c_uint(value) for value in (0, 0, 0, 255)]  # the defaults, if it sets none
    raw.FPDFPageObj_GetFillColor(item, *values)
    red, green, blue, alpha = (value.value for value in values)
    return red, green, blue, alpha


def _container_alpha(item: Any) -> float:
    """Return the combined opacity of the forms that contain an object."""
    alpha = 1.0
    while (item := item.container) is not None:
        alpha *= _fill(item)[3] / 255
    return alpha


def _scale(matrix: Any) -> float:
    """Return the factor by which a matrix scales the height of text, whatever its rotation."""
    return math.hypot(matrix.c, matrix.d)

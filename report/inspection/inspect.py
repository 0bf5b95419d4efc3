"""A PDF as plain records: pages, text runs, fonts, boxes, outline, links, labels, attachments.

In: PDF bytes. Out: frozen records in points, origin at the page's top left corner. What the checks and the tests look
at.
"""

from __future__ import annotations

import ctypes
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from pypdf import PdfReader
from pypdf.generic import ArrayObject, Destination, DictionaryObject

from report.geometry import Rect


@dataclass(frozen=True, slots=True)
class TextRun:
    """Text drawn in one go: where it starts, its font and its size in points, its colour as red, green, blue.

    `alpha` is how much of it covers what is behind it: 1 all, 0 nothing, as of text that is only there to be found.
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
    """A page's boxes as (left, bottom, right, top) in points, and its label."""

    number: int
    label: str
    media: Rect
    trim: Rect
    bleed: Rect


@dataclass(frozen=True, slots=True)
class Font:
    """A font of the file; `family` is its name without the subset's prefix."""

    name: str
    family: str
    embedded: bool
    subset: bool


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline: level from one, title, page."""

    level: int
    title: str
    page: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link: the page it stands on, and a page number or an address."""

    page: int
    target: int | str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the file."""

    name: str
    size: int
    relationship: str
    description: str


class Pdf:
    """An opened PDF. Each property reads one kind of record."""

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
        """Whether a viewer shows the title instead of the file's name."""
        return bool(_get(self.root, "/ViewerPreferences", "/DisplayDocTitle"))

    @property
    def page_layout(self) -> str:
        """How a viewer lays the pages out, such as TwoPageRight."""
        return str(self.root.get("/PageLayout", "")).removeprefix("/")

    @property
    def language(self) -> str:
        """The document's language."""
        return str(self.root.get("/Lang", ""))

    @property
    def tagged(self) -> bool:
        """Whether the file says that it is tagged and has a tag tree."""
        return bool(_get(self.root, "/MarkInfo", "/Marked")) and "/StructTreeRoot" in self.root

    @property
    def xmp(self) -> str:
        """The XMP metadata as text."""
        metadata = self.root.get("/Metadata")
        return metadata.get_object().get_data().decode("utf-8") if metadata is not None else ""

    @property
    def fonts(self) -> list[Font]:
        """Every font of the file, once."""
        found = {}
        for reference in self.reader.xref_objStm.keys() | {key for keys in self.reader.xref.values() for key in keys}:
            item = self.reader.get_object(reference)
            if not isinstance(item, DictionaryObject):
                continue
            if item.get("/Type") == "/Font" and item.get("/Subtype") != "/Type0" and "/FontDescriptor" not in item:
                name = str(item.get("/BaseFont", "/unnamed")).removeprefix("/")  # a standard font, only named
                found[name] = Font(name, name, embedded=False, subset=False)
            if item.get("/Type") == "/FontDescriptor":
                name = str(item["/FontName"]).removeprefix("/")
                embedded = any(key in item for key in ("/FontFile", "/FontFile2", "/FontFile3"))
                prefix, plus, rest = name.partition("+")
                found[name] = Font(name, rest if plus else name, embedded, bool(plus) and len(prefix) == 6)
        return [found[name] for name in sorted(found)]

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
        """Every link of every page, with the page or the address it leads to."""
        named = self.reader.named_destinations
        numbers = {page.indirect_reference: number for number, page in enumerate(self.reader.pages, 1)}
        found: list[Link] = []
        for number, page in enumerate(self.reader.pages, 1):
            for annotation in page.get("/Annots") or []:
                item = annotation.get_object()
                if item.get("/Subtype") != "/Link":
                    continue
                address = _get(item, "/A", "/URI")
                destination = _get(item, "/Dest") or _get(item, "/A", "/D") or ""
                target = str(destination)
                if address:
                    found.append(Link(number, str(address)))
                elif isinstance(destination, ArrayObject) and (first := next(iter(destination), None)) in numbers:
                    found.append(Link(number, numbers[first]))
                elif target in named:
                    page_number = self.reader.get_destination_page_number(named[target])
                    found.append(Link(number, (page_number or 0) + 1))
                else:
                    found.append(Link(number, f"missing: {target}"))
        return found

    @property
    def attachments(self) -> list[Attachment]:
        """The files inside the file."""
        return [
            Attachment(
                name=str(item.alternative_name or item.name),
                size=item.size or len(item.content),
                relationship=str(item.associated_file_relationship).removeprefix("/"),
                description=str(item.description or ""),
            )
            for item in self.reader.attachment_list
        ]

    def text_runs(self) -> Iterator[TextRun]:
        """Yield the text runs of all pages in drawing order."""
        yield from text_runs(self.data)

    def page_texts(self) -> list[str]:
        """Return each page's text as a reader would copy it."""
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
    """Return the matrix that takes an object of a form, or of a form in a form, to the page."""
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
        placed = _placement(item)
        x0, y0, x1, y1 = placed.on_rect(*item.get_bounds())
        *colour, alpha = _fill(item)
        yield TextRun(
            page=number,
            text=text,
            x=x0 - left,
            y=top - y1,
            width=x1 - x0,
            height=y1 - y0,
            font=item.get_font().get_base_name(),
            size=item.get_font_size() * _scale(item.get_matrix().multiply(placed)),
            colour=(colour[0], colour[1], colour[2]),
            alpha=0.0 if raw.FPDFTextObj_GetTextRenderMode(item) in _UNSEEN else alpha / 255 * _covering(item),
        )


_UNSEEN = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)


def _fill(item: Any) -> tuple[int, int, int, int]:
    """Return red, green, blue and alpha of what an object is filled with."""
    values = [ctypes.c_uint(value) for value in (0, 0, 0, 255)]  # these, if it has none of its own
    raw.FPDFPageObj_GetFillColor(item, *values)
    red, green, blue, alpha = (value.value for value in values)
    return red, green, blue, alpha


def _covering(item: Any) -> float:
    """Return how much the forms that an object is in cover of what is behind them."""
    share = 1.0
    while (item := item.container) is not None:
        share *= _fill(item)[3] / 255
    return share


def _scale(matrix: Any) -> float:
    """Return how much higher a matrix makes a letter, turned or not."""
    return math.hypot(matrix.c, matrix.d)

"""What a PDF offers those who can't see it, as plain records: tags, languages, titles, links, fonts, marks.

In: an opened PDF of any origin. Out: `Reading`. What is broken is told as missing; nothing here raises for bad tags.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

DEEPEST = 200
_PAINTS = " ".join(("f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "Tj", "TJ", "'", '"'))
_MARKS = "BMC BDC EMC"


@dataclass(frozen=True, slots=True)
class Tag:
    """A structure element: its standard type, its own type, level in the tree, page (0: none), and what it says."""

    kind: str
    own: str
    depth: int
    page: int
    parent: str
    alt: bool
    actual: bool
    scope: bool
    identifier: str
    kids: int
    empty: bool


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """A link: the page it is on, whether it says where it leads, and whether a Link element holds it."""

    page: int
    described: bool
    tagged: bool


@dataclass(frozen=True, slots=True)
class PageMarks:
    """A page: how much is painted in all and outside marked content, whether it has text or only an image."""

    number: int
    painted: int
    stray: int
    has_text: bool
    has_image: bool
    tabs: str
    annotations: int


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read of a file."""

    marked: bool
    suspects: bool
    title: str
    shows_title: bool
    language: str
    claims: bool
    can_extract: bool
    bookmarks: int
    labels: bool
    tags: tuple[Tag, ...]
    unmapped: tuple[str, ...]
    links: tuple[LinkFacts, ...]
    pages: tuple[PageMarks, ...]
    fonts: tuple[tuple[str, bool, bool], ...]  # name, embedded, letters known


def read(pdf: pikepdf.Pdf) -> Reading:
    """Read a file."""
    root = pdf.Root
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
    tree = root.get("/StructTreeRoot")
    roles = _dig(tree, "/RoleMap")
    tags = _Tags(numbers, roles)
    if isinstance(tree, Dictionary):
        tags.walk(tree.get("/K"), 0, "")
    xmp = root.Metadata.read_bytes().decode("utf-8", "replace") if isinstance(root.get("/Metadata"), Stream) else ""
    held = tags.held
    return Reading(
        marked=bool(_dig(root, "/MarkInfo", "/Marked")) and isinstance(tree, Dictionary),
        suspects=bool(_dig(root, "/MarkInfo", "/Suspects")),
        title=str(pdf.docinfo.get("/Title", "")).strip() or ("dc:title" in xmp and "title in XMP") or "",
        shows_title=bool(_dig(root, "/ViewerPreferences", "/DisplayDocTitle")),
        language=str(root.get("/Lang", "")),
        claims="pdfuaid:part" in xmp,
        can_extract=not pdf.is_encrypted or pdf.allow.accessibility,
        bookmarks=_count_bookmarks(_dig(root, "/Outlines")),
        labels="/PageLabels" in root,
        tags=tuple(tags.found),
        unmapped=tuple(sorted(tags.unmapped)),
        links=tuple(_links(pdf, held)),
        pages=tuple(_page_marks(page, number) for number, page in enumerate(pdf.pages, 1)),
        fonts=tuple(sorted(set(_fonts(pdf)))),
    )


class _Tags:
    """Walks the structure tree."""

    def __init__(self, pages: dict[Any, int], roles: Any) -> None:
        self.pages, self.roles = pages, roles
        self.found: list[Tag] = []
        self.unmapped: set[str] = set()
        self.held: set[Any] = set()  # annotations that a Link element holds

    def walk(self, kids: Any, depth: int, parent: str, page: int = 0) -> None:
        for kid in kids if isinstance(kids, Array) else [kids]:
            if not isinstance(kid, Dictionary) or depth > DEEPEST:
                continue
            if kid.get("/Type") == Name.OBJR:
                if parent in {"Link", "Annot", "Form"} and isinstance(kid.get("/Obj"), Dictionary):
                    self.held.add(kid.Obj.objgen)
            elif "/S" in kid:
                self._element(kid, depth, parent, page)

    def _element(self, item: Any, depth: int, parent: str, page: int) -> None:
        own = str(item.get("/S"))[1:]
        kind = self._standard(own)
        page = self.pages.get(item.Pg.objgen, page) if isinstance(item.get("/Pg"), Dictionary) else page
        kids = item.get("/K")
        count = len(kids) if isinstance(kids, Array) else int(kids is not None)
        self.found.append(
            Tag(
                kind, own, depth, page, parent, bool(str(item.get("/Alt", "")).strip()), "/ActualText" in item,
                _has_scope(item), str(item.get("/ID", "")), count, count == 0,
            )
        )  # fmt: skip
        self.walk(kids, depth + 1, kind, page)

    def _standard(self, own: str) -> str:
        seen: list[str] = []
        while own not in STANDARD_TYPES and own not in seen:
            seen.append(own)
            mapped = _dig(self.roles, f"/{own}")
            if mapped is None:
                self.unmapped.add(own)
                return own
            own = str(mapped)[1:]
        return own


def _has_scope(item: Any) -> bool:
    attributes = item.get("/A")
    for each in attributes if isinstance(attributes, Array) else [attributes]:
        if isinstance(each, Dictionary) and ("/Scope" in each or "/Headers" in each):
            return True
    return False


def _links(pdf: pikepdf.Pdf, held: set[Any]) -> Iterator[LinkFacts]:
    for number, page in enumerate(pdf.pages, 1):
        for annotation in page.obj.get("/Annots", Array()):
            if isinstance(annotation, Dictionary) and annotation.get("/Subtype") == Name.Link:
                said = str(annotation.get("/Contents", "")).strip()
                yield LinkFacts(number, bool(said) and not said.startswith(("http", "#")), annotation.objgen in held)


def _page_marks(page: pikepdf.Page, number: int) -> PageMarks:
    painted = stray = depth = 0
    text = image = False
    try:
        instructions: Any = pikepdf.parse_content_stream(page.obj, f"{_PAINTS} {_MARKS} BI ID EI")
    except (pikepdf.PdfError, TypeError, ValueError):
        instructions = []
    for instruction in instructions:
        operator = str(instruction.operator)
        if operator in {"BMC", "BDC"}:
            depth += 1
        elif operator == "EMC":
            depth -= 1
        else:
            painted += 1
            stray += depth <= 0
            text = text or operator in {"Tj", "TJ", "'", '"'}
            image = image or operator == "INLINE IMAGE"
    objects = _dig(page.obj, "/Resources", "/XObject")
    kinds = {str(each.get("/Subtype")) for each in objects.values()} if isinstance(objects, Dictionary) else set()
    annotations = page.obj.get("/Annots", Array())
    return PageMarks(
        number=number,
        painted=painted,
        stray=stray,
        has_text=text or "/Form" in kinds,
        has_image=image or "/Image" in kinds,
        tabs=str(page.obj.get("/Tabs", ""))[1:],
        annotations=len(annotations) if isinstance(annotations, Array) else 0,
    )


def _fonts(pdf: pikepdf.Pdf) -> Iterator[tuple[str, bool, bool]]:
    for item in pdf.objects:
        if not isinstance(item, Dictionary) or item.get("/Type") != Name.Font:
            continue
        if str(item.get("/Subtype", "")).startswith("/CIDFont"):
            continue
        inner = item.get("/DescendantFonts", Array([item]))[0]
        descriptor = inner.get("/FontDescriptor", Dictionary())
        embedded = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        known = "/ToUnicode" in item or str(item.get("/Encoding", "")) in {"/WinAnsiEncoding", "/MacRomanEncoding"}
        yield str(item.get("/BaseFont", "/unnamed"))[1:].rpartition("+")[2], embedded, known


def _count_bookmarks(outline: Any) -> int:
    """Count the entries of the outline, not for ever where it is a circle."""
    seen: set[Any] = set()
    waiting = [_dig(outline, "/First")]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Dictionary) and item.objgen not in seen:
            seen.add(item.objgen)
            waiting += [item.get("/Next"), item.get("/First")]
    return len(seen)


def _dig(holder: Any, *keys: str) -> Any:
    for key in keys:
        holder = holder.get(key) if isinstance(holder, Dictionary | Stream) else None
    return holder


# ISO 32000-1, 14.8.4
_TYPES = """
Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private H H1 H2 H3 H4 H5 H6 P L LI Lbl LBody
Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP
Figure Formula Form
"""
STANDARD_TYPES = frozenset(_TYPES.split())

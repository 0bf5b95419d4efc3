"""Read what is relevant to accessibility from a PDF: tags, language, title, links, fonts, marked content.

In: an open PDF of any origin. Out: `AccessInfo`. Malformed entries are treated as missing; bad tags never raise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pikepdf
from fontTools import agl
from pikepdf import Array, Dictionary, Name, Stream

from report.access.marks import PageMarks, page_marks

MAX_DEPTH = 200  # of the tag tree


@dataclass(frozen=True, slots=True)
class Tag:
    """A structure element: its standard type, its own type, depth in the tree, page (0: none), and attributes."""

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
class LinkInfo:
    """A link: its page, whether its target is described, and whether it is inside a Link element."""

    page: int
    described: bool
    tagged: bool


@dataclass(frozen=True, slots=True)
class AccessInfo:
    """Everything read from a file."""

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
    links: tuple[LinkInfo, ...]
    pages: tuple[PageMarks, ...]
    fonts: tuple[tuple[str, bool, bool], ...]  # name, embedded, has a Unicode mapping


def read(pdf: pikepdf.Pdf) -> AccessInfo:
    """Read a file."""
    root = pdf.Root
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
    tree = root.get("/StructTreeRoot")
    roles = _lookup(tree, "/RoleMap")
    tags = _Tags(numbers, roles)
    if isinstance(tree, Dictionary):
        tags.walk(tree.get("/K"), 0, "")
    xmp = root.Metadata.read_bytes().decode("utf-8", "replace") if isinstance(root.get("/Metadata"), Stream) else ""
    return AccessInfo(
        marked=bool(_lookup(root, "/MarkInfo", "/Marked")) and isinstance(tree, Dictionary),
        suspects=bool(_lookup(root, "/MarkInfo", "/Suspects")),
        title=str(pdf.docinfo.get("/Title", "")).strip() or ("dc:title" in xmp and "title in XMP") or "",
        shows_title=bool(_lookup(root, "/ViewerPreferences", "/DisplayDocTitle")),
        language=str(root.get("/Lang", "")),
        claims="pdfuaid:part" in xmp,
        can_extract=not pdf.is_encrypted or pdf.allow.accessibility,
        bookmarks=_count_bookmarks(_lookup(root, "/Outlines")),
        labels="/PageLabels" in root,
        tags=tuple(tags.tags),
        unmapped=tuple(sorted(tags.unmapped)),
        links=tuple(_links(pdf, tags.linked)),
        pages=tuple(page_marks(page, number) for number, page in enumerate(pdf.pages, 1)),
        fonts=tuple(sorted(set(_fonts(pdf)))),
    )


class _Tags:
    """Walks the structure tree."""

    def __init__(self, pages: dict[Any, int], roles: Any) -> None:
        self.pages, self.roles = pages, roles
        self.tags: list[Tag] = []
        self.unmapped: set[str] = set()
        self.linked: set[Any] = set()  # annotations inside a Link element
        self.seen: set[Any] = set()  # elements, so that a cycle is walked once

    def walk(self, kids: Any, depth: int, parent: str, page: int = 0) -> None:
        for kid in kids if isinstance(kids, Array) else [kids]:
            if not isinstance(kid, Dictionary) or depth > MAX_DEPTH:
                continue
            if kid.get("/Type") == Name.OBJR:
                if parent in {"Link", "Annot", "Form"} and isinstance(kid.get("/Obj"), Dictionary):
                    self.linked.add(kid.Obj.objgen)
            elif "/S" in kid and (not kid.is_indirect or kid.objgen not in self.seen):
                self.seen.add(kid.objgen)
                self._element(kid, depth, parent, page)

    def _element(self, item: Any, depth: int, parent: str, page: int) -> None:
        own = str(item.get("/S"))[1:]
        kind = self._standard(own)
        kids, index = item.get("/K"), len(self.tags)
        pages = map(self._page, [item, *(kids if isinstance(kids, Array) else [kids])])
        page = next(filter(None, pages), page)
        count = len(kids) if isinstance(kids, Array) else int(kids is not None)
        self.tags.append(
            Tag(
                kind, own, depth, page, parent, bool(str(item.get("/Alt", "")).strip()), "/ActualText" in item,
                _has_scope(item), str(item.get("/ID", "")), count, count == 0,
            )
        )  # fmt: skip
        self.walk(kids, depth + 1, kind, page)
        if not page:  # it begins where its content begins
            page = next((each.page for each in self.tags[index:] if each.page), 0)
            self.tags[index] = replace(self.tags[index], page=page)

    def _page(self, item: Any) -> int:
        return self.pages.get(item.Pg.objgen, 0) if isinstance(_lookup(item, "/Pg"), Dictionary) else 0

    def _standard(self, own: str) -> str:
        seen: list[str] = []
        while own not in STANDARD_TYPES and own not in seen:
            seen.append(own)
            mapped = _lookup(self.roles, f"/{own}")
            if mapped is None:
                self.unmapped.add(own)
                return own
            own = str(mapped)[1:]
        if own not in STANDARD_TYPES:  # mapped in a cycle
            self.unmapped.add(own)
        return own


def _has_scope(item: Any) -> bool:
    attributes = item.get("/A")
    for each in attributes if isinstance(attributes, Array) else [attributes]:
        if isinstance(each, Dictionary) and ("/Scope" in each or "/Headers" in each):
            return True
    return False


def _links(pdf: pikepdf.Pdf, linked: set[Any]) -> Iterator[LinkInfo]:
    for number, page in enumerate(pdf.pages, 1):
        for annotation in page.obj.get("/Annots", Array()):
            if isinstance(annotation, Dictionary) and annotation.get("/Subtype") == Name.Link:
                text = str(annotation.get("/Contents", "")).strip()
                described = bool(text) and not text.startswith("#")  # the name of an anchor describes nothing
                yield LinkInfo(number, described, annotation.objgen in linked)


def _fonts(pdf: pikepdf.Pdf) -> Iterator[tuple[str, bool, bool]]:
    for item in pdf.objects:
        if not isinstance(item, Dictionary) or item.get("/Type") != Name.Font:
            continue
        if str(item.get("/Subtype", "")).startswith("/CIDFont"):
            continue
        inner = next(iter(item.get("/DescendantFonts", Array([item]))), item)
        descriptor = inner.get("/FontDescriptor", Dictionary())
        is_type3 = item.get("/Subtype") == Name.Type3  # its glyphs are content streams in the file
        embedded = is_type3 or any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        has_unicode = "/ToUnicode" in item or _has_standard_names(item.get("/Encoding"))
        yield str(item.get("/BaseFont", "/unnamed"))[1:].rpartition("+")[2], embedded, has_unicode


def _has_standard_names(encoding: Any) -> bool:
    """Return whether an encoding uses only glyph names that map to Unicode (ISO 14289-1, 7.21.7)."""
    if isinstance(encoding, Dictionary):
        names = [str(each)[1:] for each in encoding.get("/Differences", Array()) if isinstance(each, Name)]
        return all(name == ".notdef" or agl.toUnicode(name) for name in names)
    return encoding in (Name.WinAnsiEncoding, Name.MacRomanEncoding, Name.MacExpertEncoding)


def _count_bookmarks(outline: Any) -> int:
    """Count the entries of the outline. A cycle is followed once."""
    seen: set[Any] = set()
    queue = [_lookup(outline, "/First")]
    while queue:
        item = queue.pop()
        if isinstance(item, Dictionary) and item.objgen not in seen:
            seen.add(item.objgen)
            queue += [item.get("/Next"), item.get("/First")]
    return len(seen)


def _lookup(holder: Any, *keys: str) -> Any:
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

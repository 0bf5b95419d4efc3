"""What a PDF offers those who can't see it, as plain records: tags, languages, titles, links, fonts, marks.

In: an opened PDF of any origin. Out: `AccessInfo`. What is broken is told as missing; nothing here raises for bad tags.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pikepdf
from fontTools import agl
from pikepdf import Array, Dictionary, Name, Stream

from report.access.marks import PageMarks, page_marks

DEEPEST = 200


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
class LinkInfo:
    """A link: the page it is on, whether it says where it leads, and whether a Link element holds it."""

    page: int
    described: bool
    tagged: bool


@dataclass(frozen=True, slots=True)
class AccessInfo:
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
    links: tuple[LinkInfo, ...]
    pages: tuple[PageMarks, ...]
    fonts: tuple[tuple[str, bool, bool], ...]  # name, embedded, letters known


def read(pdf: pikepdf.Pdf) -> AccessInfo:
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
    return AccessInfo(
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
        pages=tuple(page_marks(page, number) for number, page in enumerate(pdf.pages, 1)),
        fonts=tuple(sorted(set(_fonts(pdf)))),
    )


class _Tags:
    """Walks the structure tree."""

    def __init__(self, pages: dict[Any, int], roles: Any) -> None:
        self.pages, self.roles = pages, roles
        self.found: list[Tag] = []
        self.unmapped: set[str] = set()
        self.held: set[Any] = set()  # annotations that a Link element holds
        self.seen: set[Any] = set()  # elements, so that a circle is walked once

    def walk(self, kids: Any, depth: int, parent: str, page: int = 0) -> None:
        for kid in kids if isinstance(kids, Array) else [kids]:
            if not isinstance(kid, Dictionary) or depth > DEEPEST:
                continue
            if kid.get("/Type") == Name.OBJR:
                if parent in {"Link", "Annot", "Form"} and isinstance(kid.get("/Obj"), Dictionary):
                    self.held.add(kid.Obj.objgen)
            elif "/S" in kid and (not kid.is_indirect or kid.objgen not in self.seen):
                self.seen.add(kid.objgen)
                self._element(kid, depth, parent, page)

    def _element(self, item: Any, depth: int, parent: str, page: int) -> None:
        own = str(item.get("/S"))[1:]
        kind = self._standard(own)
        kids, place = item.get("/K"), len(self.found)
        places = map(self._page, [item, *(kids if isinstance(kids, Array) else [kids])])
        page = next(filter(None, places), page)
        count = len(kids) if isinstance(kids, Array) else int(kids is not None)
        self.found.append(
            Tag(
                kind, own, depth, page, parent, bool(str(item.get("/Alt", "")).strip()), "/ActualText" in item,
                _has_scope(item), str(item.get("/ID", "")), count, count == 0,
            )
        )  # fmt: skip
        self.walk(kids, depth + 1, kind, page)
        if not page:  # it is where what is in it begins
            page = next((each.page for each in self.found[place:] if each.page), 0)
            self.found[place] = replace(self.found[place], page=page)

    def _page(self, item: Any) -> int:
        return self.pages.get(item.Pg.objgen, 0) if isinstance(_dig(item, "/Pg"), Dictionary) else 0

    def _standard(self, own: str) -> str:
        seen: list[str] = []
        while own not in STANDARD_TYPES and own not in seen:
            seen.append(own)
            mapped = _dig(self.roles, f"/{own}")
            if mapped is None:
                self.unmapped.add(own)
                return own
            own = str(mapped)[1:]
        if own not in STANDARD_TYPES:  # mapped in a circle
            self.unmapped.add(own)
        return own


def _has_scope(item: Any) -> bool:
    attributes = item.get("/A")
    for each in attributes if isinstance(attributes, Array) else [attributes]:
        if isinstance(each, Dictionary) and ("/Scope" in each or "/Headers" in each):
            return True
    return False


def _links(pdf: pikepdf.Pdf, held: set[Any]) -> Iterator[LinkInfo]:
    for number, page in enumerate(pdf.pages, 1):
        for annotation in page.obj.get("/Annots", Array()):
            if isinstance(annotation, Dictionary) and annotation.get("/Subtype") == Name.Link:
                said = str(annotation.get("/Contents", "")).strip()
                yield LinkInfo(number, bool(said) and not said.startswith(("http", "#")), annotation.objgen in held)


def _fonts(pdf: pikepdf.Pdf) -> Iterator[tuple[str, bool, bool]]:
    for item in pdf.objects:
        if not isinstance(item, Dictionary) or item.get("/Type") != Name.Font:
            continue
        if str(item.get("/Subtype", "")).startswith("/CIDFont"):
            continue
        inner = next(iter(item.get("/DescendantFonts", Array([item]))), item)
        descriptor = inner.get("/FontDescriptor", Dictionary())
        drawn = item.get("/Subtype") == Name.Type3  # its letters are drawings in the file
        embedded = drawn or any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        known = "/ToUnicode" in item or _names_letters(item.get("/Encoding"))
        yield str(item.get("/BaseFont", "/unnamed"))[1:].rpartition("+")[2], embedded, known


def _names_letters(encoding: Any) -> bool:
    """Tell whether an encoding names its letters in a way that every reader knows (ISO 14289-1, 7.21.7)."""
    if isinstance(encoding, Dictionary):
        names = [str(each)[1:] for each in encoding.get("/Differences", Array()) if isinstance(each, Name)]
        return all(name == ".notdef" or agl.toUnicode(name) for name in names)
    return encoding in (Name.WinAnsiEncoding, Name.MacRomanEncoding, Name.MacExpertEncoding)


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

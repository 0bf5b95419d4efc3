"""The checks of access as a table, by PDF/UA-1 (ISO 14289-1) and WCAG 2.1.

In: a `AccessSubject`. Out: findings. A new check is a function and a row in `CHECKS`. What no machine can judge stands
in `checklist`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from report.access.contrast import LowContrastText
from report.access.reading import AccessInfo, Tag
from report.access.weight import Weight
from report.geometry import Rect
from report.inspection import judging
from report.problems import Severity

LONG = 20  # pages from which a document needs bookmarks
_HEADING = re.compile(r"H([1-6])")
_CELLS = frozenset({"TH", "TD"})


@dataclass(frozen=True, slots=True)
class AccessSubject:
    """Everything that the checks look at. `heights` are the heights of the pages, for places on them."""

    reading: AccessInfo
    pale: tuple[LowContrastText, ...]
    weight: Weight
    heights: tuple[float, ...]
    budget: int | None = None


AccessCheck = judging.Check[AccessSubject]
Finding = judging.Finding


def _tags(looked: AccessSubject, *kinds: str) -> list[Tag]:
    return [tag for tag in looked.reading.tags if tag.kind in kinds]


def _tagged(looked: AccessSubject) -> Iterator[Finding]:
    if not looked.reading.marked or not looked.reading.tags:
        yield Finding("The file has no tags: a screen reader finds only loose text.")
    if looked.reading.suspects:
        yield Finding("The file itself says that its tags are suspect.")


def _claim(looked: AccessSubject) -> Iterator[Finding]:
    if not looked.reading.claims:
        yield Finding("The file does not state PDF/UA.")


def _title(looked: AccessSubject) -> Iterator[Finding]:
    if not looked.reading.title:
        yield Finding("The file has no title.")
    elif not looked.reading.shows_title:
        yield Finding("The window shows the name of the file instead of the title.")


def _language(looked: AccessSubject) -> Iterator[Finding]:
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", looked.reading.language):
        yield Finding("The file does not say which language it is in.")


def _extraction(looked: AccessSubject) -> Iterator[Finding]:
    if not looked.reading.can_extract:
        yield Finding("The file's protection shuts out screen readers.")


def _headings(looked: AccessSubject) -> Iterator[Finding]:
    last, found = 0, False
    for tag in looked.reading.tags:
        match = _HEADING.fullmatch(tag.kind)
        found = (
            found or match is not None or tag.kind == "H"
        )  # H: its level is that of its section (ISO 32000-1, 14.8.4.3.2)
        if not match:
            continue
        level = int(match[1])
        if level > last + 1:
            yield Finding(f"A heading of level {level} follows one of level {last}.", tag.page)
        last = level
    if looked.reading.tags and not found and len(looked.reading.pages) > 2:
        yield Finding("The file has no headings.")


def _figures(looked: AccessSubject) -> Iterator[Finding]:
    for tag in _tags(looked, "Figure", "Formula"):
        if not tag.alt and not tag.actual:
            yield Finding("A figure has no alternative text.", tag.page)


def _tables(looked: AccessSubject) -> Iterator[Finding]:
    for tag in _tags(looked, "TH"):
        if not tag.scope:
            yield Finding("A head cell does not say whether it heads a row or a column.", tag.page)
    for tag in _tags(looked, "TR"):
        if tag.parent not in {"Table", "THead", "TBody", "TFoot"}:
            yield Finding("A row stands outside a table.", tag.page)
    for tag in _tags(looked, *_CELLS):
        if tag.parent != "TR":
            yield Finding("A cell stands outside a row.", tag.page)
    tables = _tags(looked, "Table")
    if tables and not _tags(looked, "TH"):
        yield Finding("No table has head cells.", tables[0].page)


def _lists(looked: AccessSubject) -> Iterator[Finding]:
    for tag in _tags(looked, "LI"):
        if tag.parent != "L":
            yield Finding("An item stands outside a list.", tag.page)
    for tag in _tags(looked, "Lbl", "LBody"):
        if tag.parent not in {"LI", "Note", "TOCI", "Caption", "Figure", "P", "Reference"}:
            yield Finding("A label or body stands outside an item.", tag.page)


def _notes(looked: AccessSubject) -> Iterator[Finding]:
    identifiers = Counter(tag.identifier for tag in _tags(looked, "Note"))
    if identifiers.pop("", 0):
        yield Finding("A note has no identifier.")
    for identifier, count in identifiers.items():
        if count > 1:
            yield Finding(f"{count} notes have the identifier {identifier}.")


def _types(looked: AccessSubject) -> Iterator[Finding]:
    for name in looked.reading.unmapped:
        yield Finding(f"Nothing tells what a `{name}` is.")


def _empty(looked: AccessSubject) -> Iterator[Finding]:
    for tag in looked.reading.tags:
        if tag.empty and tag.kind in {"P", "H1", "H2", "H3", "H4", "H5", "H6", "LI", "Link", "Span"}:
            yield Finding(f"An element ({tag.kind}) has nothing in it.", tag.page)


def _links(looked: AccessSubject) -> Iterator[Finding]:
    for link in looked.reading.links:
        if not link.tagged:
            yield Finding("A link is in no Link element.", link.page)
        if not link.described:
            yield Finding("A link does not say where it leads.", link.page)


def _tab_order(looked: AccessSubject) -> Iterator[Finding]:
    for page in looked.reading.pages:
        if page.annotations and page.tabs != "S":
            yield Finding("The tabulator does not follow the structure.", page.number)


def _stray(looked: AccessSubject) -> Iterator[Finding]:
    for page in looked.reading.pages:
        if looked.reading.tags and page.stray:
            yield Finding(f"{page.stray} things on the page are neither content nor artifact.", page.number)


def _scans(looked: AccessSubject) -> Iterator[Finding]:
    for page in looked.reading.pages:
        if page.has_image and not page.has_text:
            yield Finding("The page is a picture without text.", page.number)


def _fonts(looked: AccessSubject) -> Iterator[Finding]:
    for name, embedded, known in looked.reading.fonts:
        if not embedded:
            yield Finding(f"The font {name} is not in the file.")
        if not known:
            yield Finding(f"Nothing tells which letters the font {name} draws.")


def _bookmarks(looked: AccessSubject) -> Iterator[Finding]:
    if len(looked.reading.pages) > LONG and not looked.reading.bookmarks:
        yield Finding(f"The file has {len(looked.reading.pages)} pages and no bookmarks.")


def _labels(looked: AccessSubject) -> Iterator[Finding]:
    if len(looked.reading.pages) > LONG and not looked.reading.labels:
        yield Finding("Pages have no labels: what is printed on them may differ from what a reader shows.")


def _contrast(looked: AccessSubject) -> Iterator[Finding]:
    for pale in looked.pale:
        run, height = pale.run, looked.heights[pale.run.page - 1]
        text = " ".join(run.text.split())[:40]
        box = Rect.of_size(run.x, run.y, run.width, run.height).flipped(height)
        what = f"“{text}” has a contrast of {pale.contrast:.1f}:1; {pale.needed:g}:1 is needed."
        yield Finding(what, run.page, box)


def _size(looked: AccessSubject) -> Iterator[Finding]:
    if looked.budget and looked.weight.total > 0.8 * looked.budget:
        most = ", ".join(f"{kind} {size:,}" for kind, size in looked.weight.kinds[:3])
        yield Finding(f"The file has {looked.weight.total:,} of {looked.budget:,} bytes ({most}).")


UA, WCAG = "ISO 14289-1", "WCAG 2.1"
E, W = Severity.ERROR, Severity.WARNING

CHECKS: tuple[AccessCheck, ...] = (
    AccessCheck("tagged", "Tags", E, f"{UA}, 7.1; {WCAG}, 1.3.1", "Export it with tags.", _tagged),
    AccessCheck("ua-claim", "States PDF/UA", W, f"{UA}, 5", "State it, once it is true.", _claim),
    AccessCheck("title", "Title", E, f"{UA}, 7.1; {WCAG}, 2.4.2", "Give it a title, and let windows show it.", _title),
    AccessCheck("language", "Language", E, f"{UA}, 7.2; {WCAG}, 3.1.1", "Set the document's language.", _language),
    AccessCheck("extraction", "Open to screen readers", E, f"{UA}, 7.16", "Remove the protection.", _extraction),
    AccessCheck("headings", "Headings", E, f"{UA}, 7.4.2; {WCAG}, 1.3.1", "Go down one level at a time.", _headings),
    AccessCheck(
        "figures",
        "Alternative texts",
        E,
        f"{UA}, 7.3; {WCAG}, 1.1.1",
        "Say what it shows.",
        _figures,
    ),
    AccessCheck("tables", "Tables", E, f"{UA}, 7.5; {WCAG}, 1.3.1", "Tag head cells with their scope.", _tables),
    AccessCheck(
        "lists", "Lists", E, f"{UA}, 7.6; {WCAG}, 1.3.1", "Put items into lists, and labels into items.", _lists
    ),
    AccessCheck("notes", "Notes", E, f"{UA}, 7.9", "Give each note an identifier of its own.", _notes),
    AccessCheck("types", "Known types", E, f"{UA}, 7.1", "Map it to a standard type.", _types),
    AccessCheck("empty", "No empty elements", W, "good practice", "Remove it, or put its content in.", _empty),
    AccessCheck("links", "Links", E, f"{UA}, 7.18.5; {WCAG}, 2.4.4", "Tag it, and describe it in words.", _links),
    AccessCheck(
        "tab-order", "Order of the tabulator", E, f"{UA}, 7.18.3; {WCAG}, 2.4.3", "Set it to structure.", _tab_order
    ),
    AccessCheck("stray", "Nothing stray", E, f"{UA}, 7.1", "Tag it, or make it an artifact.", _stray),
    AccessCheck("scans", "Real text", E, f"{WCAG}, 1.1.1 and 1.4.5", "Use text instead of pictures of text.", _scans),
    AccessCheck("fonts", "Fonts", E, f"{UA}, 7.21", "Embed fonts with their Unicode values.", _fonts),
    AccessCheck("bookmarks", "Bookmarks", E, f"{WCAG}, 2.4.5", "Make bookmarks of the headings.", _bookmarks),
    AccessCheck("labels", "Page labels", W, f"{WCAG}, technique PDF17", "Label pages as they are printed.", _labels),
    AccessCheck("contrast", "Contrast of text", E, f"{WCAG}, 1.4.3", "Change the text or its ground.", _contrast),
    AccessCheck("size", "Size", W, "mail", "Scale images down; see what takes the bytes.", _size),
)

"""The table of accessibility checks, by PDF/UA-1 (ISO 14289-1) and WCAG 2.1.

In: an `AccessSubject`. Out: findings. To add a check, write a function and add a row to `CHECKS`. Questions that only a
person can judge are in `checklist`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from report.access.contrast import MeasuredText, too_low
from report.access.reading import AccessInfo, Tag
from report.access.weight import Weight
from report.geometry import Rect
from report.inspection import judging
from report.problems import Severity

LONG = 20  # pages; a longer document needs bookmarks and page labels
_HEADING = re.compile(r"H([1-6])")
_CELLS = frozenset({"TH", "TD"})


@dataclass(frozen=True, slots=True)
class AccessSubject:
    """Everything that the checks examine. `heights` are the page heights in points, to convert coordinates."""

    reading: AccessInfo
    low_contrast: tuple[MeasuredText, ...]
    weight: Weight
    heights: tuple[float, ...]
    budget: int | None = None


AccessCheck = judging.Check[AccessSubject]
Finding = judging.Finding


def _tags(subject: AccessSubject, *kinds: str) -> list[Tag]:
    return [tag for tag in subject.reading.tags if tag.kind in kinds]


def _tagged(subject: AccessSubject) -> Iterator[Finding]:
    if not subject.reading.marked or not subject.reading.tags:
        yield Finding("The file has no tags, so a screen reader gets only unstructured text.")
    if subject.reading.suspects:
        yield Finding("The file declares its own tags as suspect.")


def _claim(subject: AccessSubject) -> Iterator[Finding]:
    if not subject.reading.claims:
        yield Finding("The file does not identify itself as PDF/UA.")


def _title(subject: AccessSubject) -> Iterator[Finding]:
    if not subject.reading.title:
        yield Finding("The file has no title.")
    elif not subject.reading.shows_title:
        yield Finding("The window title shows the file name instead of the document title.")


def _language(subject: AccessSubject) -> Iterator[Finding]:
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", subject.reading.language):
        yield Finding("The document language is not set to a valid language tag.")


def _extraction(subject: AccessSubject) -> Iterator[Finding]:
    if not subject.reading.can_extract:
        yield Finding("The security settings block screen readers.")


def _headings(subject: AccessSubject) -> Iterator[Finding]:
    last, has_headings = 0, False
    for tag in subject.reading.tags:
        match = _HEADING.fullmatch(tag.kind)
        # an H takes its level from its section (ISO 32000-1, 14.8.4.3.2)
        has_headings = has_headings or match is not None or tag.kind == "H"
        if not match:
            continue
        level = int(match[1])
        if level > last + 1:
            skipped = f"follows a heading of level {last}" if last else "is the first heading"
            yield Finding(f"A heading of level {level} {skipped}.", tag.page)
        last = level
    if subject.reading.tags and not has_headings and len(subject.reading.pages) > 2:
        yield Finding("The file has no headings.")


def _figures(subject: AccessSubject) -> Iterator[Finding]:
    for tag in _tags(subject, "Figure", "Formula"):
        if not tag.alt and not tag.actual:
            yield Finding("A figure has no alternative text.", tag.page)


def _tables(subject: AccessSubject) -> Iterator[Finding]:
    for tag in _tags(subject, "TH"):
        if not tag.scope:
            yield Finding("A header cell has no scope (row or column).", tag.page)
    for tag in _tags(subject, "TR"):
        if tag.parent not in {"Table", "THead", "TBody", "TFoot"}:
            yield Finding("A table row is outside a table.", tag.page)
    for tag in _tags(subject, *_CELLS):
        if tag.parent != "TR":
            yield Finding("A table cell is outside a row.", tag.page)
    tables = _tags(subject, "Table")
    if tables and not _tags(subject, "TH"):
        yield Finding("No table has header cells.", tables[0].page)


def _lists(subject: AccessSubject) -> Iterator[Finding]:
    for tag in _tags(subject, "LI"):
        if tag.parent != "L":
            yield Finding("A list item is outside a list.", tag.page)
    for tag in _tags(subject, "Lbl", "LBody"):
        if tag.parent not in {"LI", "Note", "TOCI", "Caption", "Figure", "P", "Reference"}:
            yield Finding("A label or list body is outside a list item.", tag.page)


def _notes(subject: AccessSubject) -> Iterator[Finding]:
    identifiers = Counter(tag.identifier for tag in _tags(subject, "Note"))
    if identifiers.pop("", 0):
        yield Finding("A note has no ID.")
    for identifier, count in identifiers.items():
        if count > 1:
            yield Finding(f"{count} notes share the ID {identifier}.")


def _types(subject: AccessSubject) -> Iterator[Finding]:
    for name in subject.reading.unmapped:
        yield Finding(f"The structure type `{name}` is not mapped to a standard type.")


def _empty(subject: AccessSubject) -> Iterator[Finding]:
    for tag in subject.reading.tags:
        if tag.empty and tag.kind in {"P", "H1", "H2", "H3", "H4", "H5", "H6", "LI", "Link", "Span"}:
            yield Finding(f"A structure element ({tag.kind}) is empty.", tag.page)


def _links(subject: AccessSubject) -> Iterator[Finding]:
    for link in subject.reading.links:
        if not link.tagged:
            yield Finding("A link is not inside a Link element.", link.page)
        if not link.described:
            yield Finding("A link has no description of its target.", link.page)


def _tab_order(subject: AccessSubject) -> Iterator[Finding]:
    for page in subject.reading.pages:
        if page.annotations and page.tabs != "S":
            yield Finding("The tab order does not follow the document structure.", page.number)


def _stray(subject: AccessSubject) -> Iterator[Finding]:
    for page in subject.reading.pages:
        if subject.reading.tags and page.stray:
            objects = "1 object is" if page.stray == 1 else f"{page.stray} objects are"
            yield Finding(f"{objects} neither tagged content nor artifact.", page.number)


def _scans(subject: AccessSubject) -> Iterator[Finding]:
    for page in subject.reading.pages:
        if page.has_image and not page.has_text:
            yield Finding("The page is an image without text.", page.number)


def _fonts(subject: AccessSubject) -> Iterator[Finding]:
    for name, embedded, has_unicode in subject.reading.fonts:
        if not embedded:
            yield Finding(f"Font {name} is not embedded.")
        if not has_unicode:
            yield Finding(f"Font {name} has no complete Unicode mapping.")


def _bookmarks(subject: AccessSubject) -> Iterator[Finding]:
    if len(subject.reading.pages) > LONG and not subject.reading.bookmarks:
        yield Finding(f"The file has {len(subject.reading.pages)} pages but no bookmarks.")


def _labels(subject: AccessSubject) -> Iterator[Finding]:
    if len(subject.reading.pages) > LONG and not subject.reading.labels:
        yield Finding("The file has no page labels, so a viewer may show other page numbers than the printed ones.")


def _contrast(subject: AccessSubject) -> Iterator[Finding]:
    for measured in subject.low_contrast:
        run, height = measured.run, subject.heights[measured.run.page - 1]
        text = " ".join(run.text.split())[:40]
        box = Rect.of_size(run.x, run.y, run.width, run.height).flipped(height)
        what = f"“{text}” {too_low(measured.contrast, measured.required)}."
        yield Finding(what, run.page, box)


def _size(subject: AccessSubject) -> Iterator[Finding]:
    if subject.budget and subject.weight.total > 0.8 * subject.budget:
        most = ", ".join(f"{kind} {size:,}" for kind, size in subject.weight.kinds[:3])
        yield Finding(f"The file takes {subject.weight.total:,} of {subject.budget:,} bytes ({most}).")


UA, WCAG = "ISO 14289-1", "WCAG 2.1"
E, W = Severity.ERROR, Severity.WARNING

CHECKS: tuple[AccessCheck, ...] = (
    AccessCheck("tagged", "Tags", E, f"{UA}, 7.1; {WCAG}, 1.3.1", "Export the file with tags.", _tagged),
    AccessCheck("ua-claim", "PDF/UA identifier", W, f"{UA}, 5", "Add the identifier once the file conforms.", _claim),
    AccessCheck("title", "Title", E, f"{UA}, 7.1; {WCAG}, 2.4.2", "Set a title and have viewers display it.", _title),
    AccessCheck("language", "Language", E, f"{UA}, 7.2; {WCAG}, 3.1.1", "Set the document language.", _language),
    AccessCheck("extraction", "Screen readers allowed", E, f"{UA}, 7.16", "Remove the protection.", _extraction),
    AccessCheck("headings", "Headings", E, f"{UA}, 7.4.2; {WCAG}, 1.3.1", "Do not skip heading levels.", _headings),
    AccessCheck(
        "figures",
        "Alternative text",
        E,
        f"{UA}, 7.3; {WCAG}, 1.1.1",
        "Describe what the figure shows.",
        _figures,
    ),
    AccessCheck("tables", "Tables", E, f"{UA}, 7.5; {WCAG}, 1.3.1", "Tag header cells with their scope.", _tables),
    AccessCheck("lists", "Lists", E, f"{UA}, 7.6; {WCAG}, 1.3.1", "Put items in lists, and labels in items.", _lists),
    AccessCheck("notes", "Notes", E, f"{UA}, 7.9", "Give each note a unique ID.", _notes),
    AccessCheck("types", "Structure types", E, f"{UA}, 7.1", "Map it to a standard type.", _types),
    AccessCheck("empty", "No empty elements", W, "good practice", "Remove it, or move its content into it.", _empty),
    AccessCheck("links", "Links", E, f"{UA}, 7.18.5; {WCAG}, 2.4.4", "Tag it and describe its target.", _links),
    AccessCheck(
        "tab-order",
        "Tab order",
        E,
        f"{UA}, 7.18.3; {WCAG}, 2.4.3",
        "Set it to follow the structure.",
        _tab_order,
    ),
    AccessCheck("stray", "All content tagged", E, f"{UA}, 7.1", "Tag it, or mark it as an artifact.", _stray),
    AccessCheck("scans", "Real text", E, f"{WCAG}, 1.1.1 and 1.4.5", "Use text instead of images of text.", _scans),
    AccessCheck("fonts", "Fonts", E, f"{UA}, 7.21", "Embed fonts with Unicode mappings.", _fonts),
    AccessCheck("bookmarks", "Bookmarks", E, f"{WCAG}, 2.4.5", "Create bookmarks from the headings.", _bookmarks),
    AccessCheck("labels", "Page labels", W, f"{WCAG}, technique PDF17", "Match them to the printed numbers.", _labels),
    AccessCheck("contrast", "Text contrast", E, f"{WCAG}, 1.4.3", "Change the text or background colour.", _contrast),
    AccessCheck("size", "File size", W, "email limits", "Downsample images; see the sizes by kind.", _size),
)

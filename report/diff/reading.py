"""Read a PDF of any origin for a comparison.

In: bytes. Out: `records.ReadFile`. An unreadable page is marked as such; an unreadable file raises `ReportError`. Runs
in child processes with limits (`report.processes.jobs.guarded_jobs`), because a file may be foreign or hostile.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pypdfium2 as pdfium
from PIL import Image

from report.diff.colours import colours_of
from report.diff.extraction import MAX_WORDS, font_name, words_of
from report.diff.records import ReadFile, ReadPage, Word, is_folio
from report.diff.sheet import VisiblePage
from report.geometry import Insets
from report.inspection.inspect import Pdf
from report.problems import Place, ReportError, error

FULL_SCALE, QUICK_SCALE = 1.0, 0.5  # pixels per point of the pictures whose digests are compared
THUMBNAIL = (24, 32)  # pixels
MAX_PAGES, MAX_BYTES = 5_000, 1_000_000_000
_MAX_COLOURS = 4_000
_GRID, _PADDING = 8.0, 0.25  # points, and grid steps: the patch painted over a page's folio


def read(data: bytes, name: str, full: bool = True) -> ReadFile:
    """Read a file. `full`: render pages at full scale and read styles and properties; without it, twice as fast.

    Raises ReportError if the file cannot be opened, is password-protected, has no pages or is too large.
    """
    if len(data) > MAX_BYTES:
        what = f"The file has {len(data):,} bytes; the limit is {MAX_BYTES:,}."
        raise ReportError([error("too-large", Place(name), what, "Split it.")])
    document = _open(data, name)
    try:
        count = _page_count(document, name)
        colours: Counter[str] = Counter()
        pages = tuple(_page(document, index, FULL_SCALE if full else QUICK_SCALE, colours if full else None)
                      for index in range(count))  # fmt: skip
    finally:
        document.close()
    declared = _declared_properties(data) if full else ()
    language = dict(declared).get("language", ("",))
    return ReadFile(
        name=name,
        digest=hashlib.sha256(data).hexdigest(),
        size=len(data),
        language=language[0] if language else "",
        pages=pages,
        fonts=_fonts(data, pages) if full else (),
        colours=tuple(sorted(colours))[:_MAX_COLOURS],
        properties=(*_page_properties(pages), *declared),
    )


def page_count(data: bytes, name: str) -> int:
    """Return the number of pages of a file. Raises ReportError as `read` does."""
    document = _open(data, name)
    try:
        return _page_count(document, name)
    finally:
        document.close()


def _page_count(document: Any, name: str) -> int:
    count = len(document)
    if not 0 < count <= MAX_PAGES:
        what = f"The file has {count:,} pages; only files of 1 to {MAX_PAGES:,} pages can be compared."
        raise ReportError([error("no-pages", Place(name), what, "Export it again, or split it.")])
    return count


def _open(data: bytes, name: str) -> Any:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as failure:
        if "password" in str(failure).lower():
            what, hint = "The file is protected with a password.", "Save it without a password."
            raise ReportError([error("encrypted", Place(name), what, hint)]) from None
        what = "The file could not be read as a PDF."
        raise ReportError([error("damaged", Place(name), what, "Export it again.")]) from None


def _page(document: Any, index: int, scale: float, colours: Counter[str] | None) -> ReadPage:
    """Read a page, with styles and colours if `colours` is given. A page on which the library fails is unreadable."""
    try:
        page = document[index]
        sheet = VisiblePage.of(page)
        words = words_of(page, sheet, styled=colours is not None)
        label = _escaped(document.get_page_label(index) or "")
        picture = _without_folio(sheet, words, (label, str(index + 1)), sheet.picture(page, scale))
        if colours is not None:
            colours.update(colours_of(page))
    except (pdfium.PdfiumError, ValueError, ArithmeticError, OSError, AttributeError, TypeError):
        return ReadPage(index + 1, "", 0.0, 0.0, Insets(), (), "", "", bytes(THUMBNAIL[0] * THUMBNAIL[1]), False)
    trimmed = _cropped_to_trim(picture, sheet)
    return ReadPage(
        number=index + 1,
        label=label,
        width=round(sheet.trim[2] - sheet.trim[0], 1),
        height=round(sheet.trim[3] - sheet.trim[1], 1),
        bleed=sheet.margins,
        words=words[:MAX_WORDS],
        trim_digest=_digest(trimmed),
        bleed_digest=_digest(picture),
        thumbnail=trimmed.convert("L").resize(THUMBNAIL, Image.Resampling.BOX).tobytes(),
        truncated=len(words) > MAX_WORDS,
    )


def _without_folio(
    sheet: VisiblePage, words: Sequence[Word], names: tuple[str, str], picture: Image.Image
) -> Image.Image:
    """Return the picture with the folio painted over in the colour beside it.

    The patch is aligned to a coarse grid, so that it is the same for slightly wider numbers.
    """
    height = sheet.trim[3] - sheet.trim[1]
    across = picture.width / (sheet.bleed[2] - sheet.bleed[0])
    for word in words:
        if is_folio(word, names, height):
            edges = [(edge + sheet.margins[side % 2]) / _GRID for side, edge in enumerate(word.box)]
            steps = [
                *(math.floor(edge - _PADDING) for edge in edges[:2]),
                *(math.ceil(edge + _PADDING) for edge in edges[2:]),
            ]
            left, top, right, bottom = (round(step * _GRID * across) for step in steps)
            patch = (left, top, max(right, left + 1), max(bottom, top + 1))
            corner = (min(max(left, 0), picture.width - 1), min(max(top, 0), picture.height - 1))
            background = picture.crop((*corner, corner[0] + 1, corner[1] + 1))  # one pixel
            picture.paste(background.resize((patch[2] - patch[0], patch[3] - patch[1])), patch)
    return picture


def _cropped_to_trim(picture: Image.Image, sheet: VisiblePage) -> Image.Image:
    across = picture.width / (sheet.bleed[2] - sheet.bleed[0])
    left, top = round(sheet.margins[0] * across), round(sheet.margins[1] * across)
    right, bottom = round(sheet.margins[2] * across), round(sheet.margins[3] * across)
    return picture.crop((left, top, max(left + 1, picture.width - right), max(top + 1, picture.height - bottom)))


def _digest(picture: Image.Image) -> str:
    return hashlib.sha256(repr(picture.size).encode() + picture.tobytes()).hexdigest()


def _fonts(data: bytes, pages: tuple[ReadPage, ...]) -> tuple[str, ...]:
    """Return the fonts that the file lists, and those of its words, which may be listed nowhere."""
    used = {word.style.font for page in pages for word in page.words}
    missing = set(_safely(lambda: [font_name(font.family) for font in Pdf(data).fonts if not font.embedded]))
    listed = set(_safely(lambda: [font_name(font.family) for font in Pdf(data).fonts]))
    return tuple(sorted(f"{name} (not embedded)" if name in missing else name for name in used | listed))


def _page_properties(pages: tuple[ReadPage, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    sizes = Counter(page.size for page in pages if page.readable)
    unreadable = tuple(str(page.number) for page in pages if not page.readable)
    return (("page count", (str(len(pages)),)), ("page size", tuple(sorted(sizes))), ("unreadable pages", unreadable))


def _declared_properties(data: bytes) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the properties that the file declares. Broken ones are left out: they are common in foreign files."""
    try:
        pdf = Pdf(data)
    except Exception:
        return ()
    rows: tuple[tuple[str, Callable[[], Iterable[object]]], ...] = (
        ("title", lambda: [pdf.title]),
        ("language", lambda: [pdf.language]),
        ("tagged", lambda: ["yes" if pdf.tagged else "no"]),
        ("bookmarks", lambda: [mark.title for mark in pdf.outline]),
        ("web links", lambda: _counted(str(link.target) for link in pdf.links if isinstance(link.target, str))),
        (
            "internal links",
            lambda: _counted(
                f"page {link.page} to page {link.target}" for link in pdf.links if isinstance(link.target, int)
            ),
        ),
        ("alternative texts", lambda: _counted(each.alternative for each in pdf.elements if each.alternative)),
        ("tags", lambda: _counted(each.type for each in pdf.elements)),
        (
            "attachments",
            lambda: [f"{each.name} ({each.size:,} bytes, SHA-256 {each.digest[:12]}…)" for each in pdf.attachments],
        ),
    )
    return tuple((name, _safely(values)) for name, values in rows)


def _counted(values: Iterable[str]) -> list[str]:
    """Return the distinct values in order, with how often each occurs if more than once."""
    return [f"{value} (×{count})" if count > 1 else value for value, count in Counter(values).items()]


def _safely(values: Callable[[], Iterable[object]]) -> tuple[str, ...]:
    try:
        return tuple(_escaped(str(value)) for value in values() if str(value))
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception:  # readers raise anything on broken parts; the pages are compared all the same
        return ()


def _escaped(text: str) -> str:
    """Escape unprintable characters, so that no name in a file can control a terminal."""
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text[:500])

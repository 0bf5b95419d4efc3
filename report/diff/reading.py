"""A PDF of any origin read for a comparison.

In: bytes. Out: `records.Reading`. A page that can't be read is told as such; a file that can't is a `ReportError`.
Runs behind the walls of `report.processes.jobs.guarded_jobs`, since a file may be foreign or hostile.
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
from report.diff.lettering import MOST_WORDS, font_name, words_of
from report.diff.records import ReadFile, ReadPage, Word, is_folio
from report.diff.sheet import VisiblePage
from report.geometry import Insets
from report.inspection.inspect import Pdf
from report.problems import Place, ReportError, error

SHARP, QUICK = 1.0, 0.5  # pixels to a point of the pictures whose digests are compared
THUMBNAIL = (24, 32)  # pixels
MOST_PAGES, LARGEST = 5_000, 1_000_000_000  # pages, bytes
_MOST_COLOURS = 4_000
_GRID, _AIR = 8.0, 0.25  # points, and steps of the grid: where a page's number is painted over


def read(data: bytes, name: str, sharp: bool = True) -> ReadFile:
    """Read a file. `sharp` draws the pages finely, so that the smallest difference shows; else it is twice as quick.

    Raises ReportError if the file can't be opened, is locked, has no pages or is beyond all measure.
    """
    if len(data) > LARGEST:
        what = f"The file has {len(data):,} bytes; up to {LARGEST:,} are compared."
        raise ReportError([error("too-large", Place(name), what, "Split it.")])
    document = _opened(data, name)
    try:
        count = _count(document, name)
        seen: Counter[str] = Counter()
        pages = tuple(_page(document, index, SHARP if sharp else QUICK, seen if sharp else None)
                      for index in range(count))  # fmt: skip
    finally:
        document.close()
    told = _told(data) if sharp else ()
    language = dict(told).get("language", ("",))
    return ReadFile(
        name=name,
        digest=hashlib.sha256(data).hexdigest(),
        size=len(data),
        language=language[0] if language else "",
        pages=pages,
        fonts=_fonts(data, pages) if sharp else (),
        colours=tuple(sorted(seen))[:_MOST_COLOURS],
        properties=(*_measures(pages), *told),
    )


def page_count(data: bytes, name: str) -> int:
    """Return how many pages a file has. Raises ReportError as `read` does."""
    document = _opened(data, name)
    try:
        return _count(document, name)
    finally:
        document.close()


def _count(document: Any, name: str) -> int:
    count = len(document)
    if not 0 < count <= MOST_PAGES:
        what = f"The file has {count:,} pages; 1 to {MOST_PAGES:,} are compared."
        raise ReportError([error("no-pages", Place(name), what, "Export it again, or split it.")])
    return count


def _opened(data: bytes, name: str) -> Any:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as failure:
        if "password" in str(failure).lower():
            what, hint = "The file is locked with a password.", "Save it without a password."
            raise ReportError([error("encrypted", Place(name), what, hint)]) from None
        what = "The file can't be read as a PDF."
        raise ReportError([error("damaged", Place(name), what, "Export it again.")]) from None


def _page(document: Any, index: int, scale: float, seen: Counter[str] | None) -> ReadPage:
    """Read a page; what the library makes of a page that is half broken is told as a page that can't be read."""
    try:
        page = document[index]
        sheet = VisiblePage.of(page)
        words = words_of(page, sheet, styled=seen is not None)
        label = _visible(document.get_page_label(index) or "")
        picture = _unnumbered(sheet, words, (label, str(index + 1)), sheet.picture(page, scale))
        if seen is not None:
            seen.update(colours_of(page))
    except (pdfium.PdfiumError, ValueError, ArithmeticError, OSError, AttributeError, TypeError):
        return ReadPage(index + 1, "", 0.0, 0.0, Insets(), (), "", "", bytes(THUMBNAIL[0] * THUMBNAIL[1]), False)
    trimmed = _trimmed(picture, sheet)
    return ReadPage(
        number=index + 1,
        label=label,
        width=round(sheet.trim[2] - sheet.trim[0], 1),
        height=round(sheet.trim[3] - sheet.trim[1], 1),
        bleed=sheet.margins,
        words=words[:MOST_WORDS],
        trimmed=_digest(trimmed),
        bled=_digest(picture),
        thumbnail=trimmed.convert("L").resize(THUMBNAIL, Image.Resampling.BOX).tobytes(),
        cut=len(words) > MOST_WORDS,
    )


def _unnumbered(sheet: VisiblePage, words: Sequence[Word], names: tuple[str, str], picture: Image.Image) -> Image.Image:
    """Return a picture with the page's number painted over in the colour beside it.

    The patch lies on a coarse grid: it is the same for numbers that are a little wider.
    """
    height = sheet.trim[3] - sheet.trim[1]
    across = picture.width / (sheet.bleed[2] - sheet.bleed[0])
    for word in words:
        if is_folio(word, names, height):
            moved = [(edge + sheet.margins[side % 2]) / _GRID for side, edge in enumerate(word.box)]
            steps = [math.floor(edge - _AIR) for edge in moved[:2]] + [math.ceil(edge + _AIR) for edge in moved[2:]]
            left, top, right, bottom = (round(step * _GRID * across) for step in steps)
            patch = (left, top, max(right, left + 1), max(bottom, top + 1))
            corner = (min(max(left, 0), picture.width - 1), min(max(top, 0), picture.height - 1))
            ground = picture.crop((*corner, corner[0] + 1, corner[1] + 1))  # one pixel of what it stands on
            picture.paste(ground.resize((patch[2] - patch[0], patch[3] - patch[1])), patch)
    return picture


def _trimmed(picture: Image.Image, sheet: VisiblePage) -> Image.Image:
    across = picture.width / (sheet.bleed[2] - sheet.bleed[0])
    left, top = round(sheet.margins[0] * across), round(sheet.margins[1] * across)
    right, bottom = round(sheet.margins[2] * across), round(sheet.margins[3] * across)
    return picture.crop((left, top, max(left + 1, picture.width - right), max(top + 1, picture.height - bottom)))


def _digest(picture: Image.Image) -> str:
    return hashlib.sha256(repr(picture.size).encode() + picture.tobytes()).hexdigest()


def _fonts(data: bytes, pages: tuple[ReadPage, ...]) -> tuple[str, ...]:
    """Return the fonts that the file lists, and those of its words, wherever it keeps them."""
    used = {word.style.font for page in pages for word in page.words}
    bare = set(_safely(lambda: [font_name(font.family) for font in Pdf(data).fonts if not font.embedded]))
    listed = set(_safely(lambda: [font_name(font.family) for font in Pdf(data).fonts]))
    return tuple(sorted(f"{name} (not embedded)" if name in bare else name for name in used | listed))


def _measures(pages: tuple[ReadPage, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    sizes = Counter(page.size for page in pages if page.readable)
    unreadable = tuple(f"page {page.number}" for page in pages if not page.readable)
    return (("page count", (str(len(pages)),)), ("page size", tuple(sorted(sizes))), ("can't be read", unreadable))


def _told(data: bytes) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what the file says of itself. What of it can't be read is left out: half of all foreign files lie here."""
    try:
        pdf = Pdf(data)
    except Exception:
        return ()
    rows: tuple[tuple[str, Callable[[], Iterable[object]]], ...] = (
        ("title", lambda: [pdf.title]),
        ("language", lambda: [pdf.language]),
        ("tagged", lambda: ["yes" if pdf.tagged else "no"]),
        ("bookmarks", lambda: [mark.title for mark in pdf.outline]),
        ("web links", lambda: sorted({str(link.target) for link in pdf.links if isinstance(link.target, str)})),
        ("attachments", lambda: [f"{each.name} ({each.size:,} bytes)" for each in pdf.attachments]),
    )
    return tuple((name, _safely(values)) for name, values in rows)


def _safely(values: Callable[[], Iterable[object]]) -> tuple[str, ...]:
    try:
        return tuple(_visible(str(value)) for value in values() if str(value))
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception:  # whatever a reader makes of a part that is broken: the pages are compared all the same
        return ()


def _visible(text: str) -> str:
    """Show what is no letter as an escape, so that no name in a file can steer a terminal."""
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text[:500])

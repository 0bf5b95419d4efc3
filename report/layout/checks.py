"""Layout checks, as a proofreader would make them: overflow, safe area, bad breaks, pagination, missing glyphs.

In: `PageRecord`s, the sheets and the tokens. Out: problems with page, component and source line. A new check is a
function and a row in `CHECKS`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path

from fontTools.ttLib import TTFont

from report.design.look import FontFace
from report.drawing.sheets import ArtworkSheet
from report.engine.boxes import Fragment, PageRecord, TextLine
from report.problems import Place, Problem, error, warning

TOLERANCE = 0.75  # points: rounding errors of the engine, invisible in print
_HEADINGS = frozenset({"h2", "h3", "h4"})
_PARAGRAPHS = frozenset({"p", "li"})
# Characters that show nothing, for which a font needs no glyph: breaks, joiners, marks of direction.
_INVISIBLE = frozenset("\n\t\N{SOFT HYPHEN}\N{COMBINING GRAPHEME JOINER}") | {
    chr(code)
    for start, end in ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x2069))
    for code in range(start, end + 1)
}


@dataclass(frozen=True, slots=True)
class LayoutSubject:
    """The input of the checks: pages, sheets, font faces, safe area in points, source texts, and page multiple."""

    pages: Sequence[PageRecord]
    sheets: Mapping[str, ArtworkSheet]
    font_faces: Sequence[FontFace]
    safe: float
    texts: Mapping[str, str]
    multiple: int = 4  # of a saddle stitch; printers state theirs


def check_layout(subject: LayoutSubject) -> list[Problem]:
    """Return the problems of laid-out pages."""
    return [problem for check in CHECKS for problem in check(subject)]


def _place(page: PageRecord, record: TextLine | Fragment | None = None) -> Place:
    if record is None:
        return Place(page=page.number)
    return Place.of_source(record.src, page.number, record.component)


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= 40 else text[:37] + '…'}”"


def _overflow(subject: LayoutSubject) -> Iterator[Problem]:
    """Text outside the area inside the margins."""
    for page in subject.pages:
        left, top, width, height = page.content.frame
        for line in page.lines:
            if line.running or page.name in subject.sheets:
                continue
            over = max(line.right - (left + width), line.bottom - (top + height) - line.size, left - line.x - line.size)
            if over > TOLERANCE:
                what = f"{_quoted(line.text)} extends {over:.0f} pt outside the text area."
                yield error("overflow", _place(page, line), what, "Shorten the text, or give its box more room.")


def _clipped(subject: LayoutSubject) -> Iterator[Problem]:
    """Text clipped by its box or cut off at the trim."""
    for page in subject.pages:
        for line in page.lines:
            left, top, right, bottom = line.clip or (0.0, 0.0, page.width, page.height)
            over = max(left - line.x, line.right - right, line.y + line.height / 4 - bottom, top - line.bottom)
            if over > TOLERANCE:
                yield error("clipped", _place(page, line), f"{_quoted(line.text)} is cut off.", "Shorten the text.")


def _wide_boxes(subject: LayoutSubject) -> Iterator[Problem]:
    """Charts and photographs that extend outside the text area."""
    for page in subject.pages:
        left, top, width, height = page.content.frame
        for box in page.components:
            if box.tag != "img" or page.name in subject.sheets:
                continue
            over = max(box.x + box.width - left - width, box.y + box.height - top - height, left - box.x)
            if over > TOLERANCE:
                where = Place.of_source(box.src, page.number, box.name)
                hint = "Give it fewer columns or lines, or move it to another page."
                yield error("overflow", where, f"The image extends {over:.0f} pt outside the text area.", hint)


def _sheet_pages(subject: LayoutSubject) -> Iterator[Problem]:
    """Full-bleed sheets that do not fill exactly one page or one spread."""
    for name, group in groupby(subject.pages, key=lambda page: page.name):
        pages = list(group)
        if (sheet := subject.sheets.get(name)) is None:
            continue
        expected = 1 if sheet.scene.gutter is None else 2
        if len(pages) > expected:
            page = pages[expected]
            where = _place(page, page.lines[0]) if page.lines else _place(page)
            what = f"The text of {name} does not fit on its {'page' if expected == 1 else 'spread'}."
            yield error("sheet-overflow", where, what, "Shorten the text.")
        if len(pages) < expected:
            what = f"The spread {name} has only one page."
            yield error("spread-parity", _place(pages[0]), what, "Let its template make both a verso and a recto.")
        if expected == 2 and pages[0].side != "left":
            what = f"The spread {name} starts on a recto, so its two pages do not face each other."
            hint = "Add or remove a page before it, so that it starts on a verso."
            yield error("spread-parity", _place(pages[0]), what, hint)


def _safe_area(subject: LayoutSubject) -> Iterator[Problem]:
    """Text too close to the trim or to the fold."""
    for page in subject.pages:
        for line in page.lines:
            inside, outside = (
                (page.width - line.right, line.x) if page.side == "left" else (line.x, page.width - line.right)
            )
            distances = {
                "the outer edge": outside,
                "the fold": inside,
                "the head": line.y,
                "the foot": page.height - line.bottom,
            }
            for name, distance in distances.items():
                if distance < subject.safe - TOLERANCE:
                    where = f"{distance:.0f} pt from {name}" if distance >= 0 else f"{-distance:.0f} pt beyond {name}"
                    what = f"{_quoted(line.text)} is {where}; the safe area is {subject.safe:.0f} pt."
                    yield error("safe-area", _place(page, line), what, "Move it inwards, or shorten the text.")


def _collisions(subject: LayoutSubject) -> Iterator[Problem]:
    """Text that overlaps other text."""
    for page in subject.pages:
        lines = sorted((line for line in page.lines if not line.running), key=lambda line: line.y)
        for index, first in enumerate(lines):
            for second in lines[index + 1 :]:
                if second.y > first.bottom:
                    break
                if first.block != second.block and _collide(first, second):
                    what = f"{_quoted(first.text)} and {_quoted(second.text)} overlap."
                    yield error("collision", _place(page, first), what, "Shorten one of them, or give them more room.")


def _collide(first: TextLine, second: TextLine) -> bool:
    """Return whether two lines overlap, judged by the middle of the letters: line boxes may overlap harmlessly."""
    overlap = min(first.right, second.right) - max(first.x, second.x)
    first_middle, second_middle = first.y + first.height / 2, second.y + second.height / 2
    return overlap > 1.5 and abs(first_middle - second_middle) < 0.25 * (first.size + second.size)


def _lost_text(subject: LayoutSubject) -> Iterator[Problem]:
    """Text of the document that is on no page: the engine can lose a footnote for lack of room."""
    shown: dict[str, Counter[str]] = {}
    for page in subject.pages:
        for line in page.lines:
            shown.setdefault(line.src, Counter()).update(_visible(line.text))
    for src, text in subject.texts.items():
        if lost := Counter(_visible(text)) - shown.get(src, Counter()):
            letters = "1 letter of this text is" if lost.total() == 1 else f"{lost.total()} letters of this text are"
            what = f"{letters} missing from the pages: {_quoted(text)}."
            yield error(
                "lost-text",
                Place.of_source(src),
                what,
                "Make room: shorten the surrounding text, or move a page break.",
            )


def _visible(text: str) -> str:
    """Return the letters of a text that can be seen."""
    return "".join(letter for letter in text if not letter.isspace() and letter not in _INVISIBLE)


def _blank_pages(subject: LayoutSubject) -> Iterator[Problem]:
    """Blank pages. The problem is placed at the last line before them."""
    for index, page in enumerate(subject.pages):
        empty = not any(not line.running for line in page.lines) and not page.components
        if page.blank or (empty and page.name not in subject.sheets):
            hint = "Add or remove a page before it. A spread that must start on a verso can force a blank page."
            where = replace(_last_before(subject.pages, index), page=page.number)
            yield warning("blank-page", where, "The page is blank.", hint)


def _last_before(pages: Sequence[PageRecord], end: int) -> Place:
    """Return the place of the last line on the pages before index `end`."""
    lines = [(page, line) for page in pages[:end] for line in page.lines if not line.running and line.src]
    return _place(*lines[-1]) if lines else Place()


def _stranded_headings(subject: LayoutSubject) -> Iterator[Problem]:
    """Headings at the foot of a page or column whose text is on the next."""
    numbered = [(page, fragment) for page in subject.pages for fragment in page.fragments]
    for (page, heading), (next_page, following) in pairwise(numbered):
        if heading.tag not in _HEADINGS or page.name in subject.sheets:
            continue
        foot = page.content.y1 - heading.y - heading.height
        separated = next_page is not page or (
            following.y < heading.y and following.x > heading.x and foot < 4 * heading.height
        )
        if separated:
            hint = "Shorten the text before it, or move the heading down."
            what = "A heading stands alone at the foot of a page or column."
            yield warning("stranded-heading", _place(page, heading), what, hint)


def _single_lines(subject: LayoutSubject) -> Iterator[Problem]:
    """First or last lines of a paragraph alone in a column or on a page: orphans and widows."""
    parts: dict[int, list[tuple[PageRecord, Fragment]]] = {}
    for page in subject.pages:
        for fragment in page.fragments:
            if fragment.tag in _PARAGRAPHS:
                parts.setdefault(fragment.block, []).append((page, fragment))
    for pieces in parts.values():
        for (page, piece), name in ((pieces[0], "first"), (pieces[-1], "last")):
            if len(pieces) > 1 and piece.lines == 1:
                hint = "Lengthen or shorten the paragraph by a line."
                yield warning("lonely-line", _place(page, piece), f"The {name} line of a paragraph stands alone.", hint)


def _page_count(subject: LayoutSubject) -> Iterator[Problem]:
    """A page count that cannot be bound: not a multiple of what the printer binds."""
    if excess := len(subject.pages) % subject.multiple:
        count = len(subject.pages)
        hint = f"Add {subject.multiple - excess} or remove {excess}."
        where = replace(_last_before(subject.pages, count), page=count)
        yield warning("page-count", where, f"The page count {count} is not a multiple of {subject.multiple}.", hint)


def _glyphs(subject: LayoutSubject) -> Iterator[Problem]:
    """Characters without a glyph in their font face, and faces that no token declares."""
    faces = {(face.family, face.weight, face.style): face for face in subject.font_faces}
    for page in subject.pages:
        for line in page.lines:
            face = faces.get((line.family, line.weight, line.style))
            if face is None:
                name = f"{line.family} {line.weight} {line.style}"
                what = f"{_quoted(line.text)} is set in {name}, which is not a declared font face."
                hint = "Use a face from styles/tokens.yaml, or add this one there."
                yield error("font-missing", _place(page, line), what, hint)
            elif missing := sorted(set(line.text) - _INVISIBLE - supported_characters(face.path)):
                names = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing)
                what = f"{face.path.name} has no glyph for {names}, in {_quoted(line.text)}."
                yield error("glyph-missing", _place(page, line), what, "Use another character, or another font face.")


@lru_cache(maxsize=32)
def supported_characters(path: Path) -> frozenset[str]:
    """Return the characters for which a font file has a glyph."""
    with TTFont(path, lazy=True) as font:
        return frozenset(chr(code) for code in font.getBestCmap())


CHECKS: tuple[Callable[[LayoutSubject], Iterator[Problem]], ...] = (
    _overflow,
    _clipped,
    _wide_boxes,
    _sheet_pages,
    _safe_area,
    _collisions,
    _lost_text,
    _blank_pages,
    _stranded_headings,
    _single_lines,
    _page_count,
    _glyphs,
)

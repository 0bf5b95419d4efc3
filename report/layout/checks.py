"""What a person would mark on the proofs: overflow, live matter in the wrong place, bad breaks, wrong pagination.

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

TOLERANCE = 0.75  # points: rounding of the engine, invisible in print
_HEADINGS = frozenset({"h2", "h3", "h4"})
_PARAGRAPHS = frozenset({"p", "li"})
_INVISIBLE = frozenset("\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\n\t")


@dataclass(frozen=True, slots=True)
class LayoutSubject:
    """What the checks look at."""

    pages: Sequence[PageRecord]
    sheets: Mapping[str, ArtworkSheet]
    faces: Sequence[FontFace]
    safe: float
    texts: Mapping[str, str]
    multiple: int = 4


def check_layout(proofs: LayoutSubject) -> list[Problem]:
    """Return what is wrong with the laid-out pages."""
    return [problem for check in CHECKS for problem in check(proofs)]


def _place(page: PageRecord, thing: TextLine | Fragment | None = None) -> Place:
    if thing is None:
        return Place(page=page.number)
    return Place.of_source(thing.src, page.number, thing.component)


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= 40 else text[:37] + '…'}”"


def _overflow(proofs: LayoutSubject) -> Iterator[Problem]:
    """Text that leaves the area inside the margins, or is cut off at the trim."""
    for page in proofs.pages:
        left, top, width, height = page.content.frame
        for line in page.lines:
            if line.running or page.name in proofs.sheets:
                continue
            over = max(line.right - (left + width), line.bottom - (top + height) - line.size, left - line.x - line.size)
            if over > TOLERANCE:
                what = f"{_quoted(line.text)} stands {over:.0f} pt outside the text area."
                yield error("overflow", _place(page, line), what, "Shorten the text, or give its box more room.")


def _clipped(proofs: LayoutSubject) -> Iterator[Problem]:
    """Text that a box cuts off, or that reaches over the trim."""
    for page in proofs.pages:
        for line in page.lines:
            left, top, right, bottom = line.clip or (0.0, 0.0, page.width, page.height)
            over = max(left - line.x, line.right - right, line.y + line.height / 4 - bottom, top - line.bottom)
            if over > TOLERANCE:
                yield error("clipped", _place(page, line), f"{_quoted(line.text)} is cut off.", "Shorten the text.")


def _wide_boxes(proofs: LayoutSubject) -> Iterator[Problem]:
    """Charts and photographs that stand over the edge of the text area."""
    for page in proofs.pages:
        left, top, width, height = page.content.frame
        for box in page.components:
            if box.tag != "img" or page.name in proofs.sheets:
                continue
            over = max(box.x + box.width - left - width, box.y + box.height - top - height, left - box.x)
            if over > TOLERANCE:
                where = Place.of_source(box.src, page.number, box.name)
                hint = "Give it fewer columns or lines, or move it to another page."
                yield error("overflow", where, f"It stands {over:.0f} pt outside the text area.", hint)


def _sheet_pages(proofs: LayoutSubject) -> Iterator[Problem]:
    """A full-bleed sheet fills exactly its one or two pages; more means that its text overflowed."""
    for name, group in groupby(proofs.pages, key=lambda page: page.name):
        pages = list(group)
        if (sheet := proofs.sheets.get(name)) is None:
            continue
        wanted = 1 if sheet.scene.gutter is None else 2
        if len(pages) > wanted:
            page = pages[wanted]
            where = _place(page, page.lines[0]) if page.lines else _place(page)
            what = f"The text of {name} does not fit on its {'page' if wanted == 1 else 'spread'} and runs on."
            yield error("sheet-overflow", where, what, "Shorten the text.")
        if len(pages) < wanted:
            what = f"The spread {name} has only one page."
            yield error("spread-parity", _place(pages[0]), what, "Its template makes a verso and a recto.")
        if wanted == 2 and pages[0].side != "left":
            what = f"The spread {name} starts on a recto, so that its two pages do not face each other."
            hint = "Add or remove a page before it, so that it starts on a verso."
            yield error("spread-parity", _place(pages[0]), what, hint)


def _safe_area(proofs: LayoutSubject) -> Iterator[Problem]:
    """Live matter keeps its distance from the cut and from the fold."""
    for page in proofs.pages:
        for line in page.lines:
            inside, outside = (
                (page.width - line.right, line.x) if page.side == "left" else (line.x, page.width - line.right)
            )
            near = {
                "the outer edge": outside,
                "the fold": inside,
                "the head": line.y,
                "the foot": page.height - line.bottom,
            }
            for name, distance in near.items():
                if distance < proofs.safe - TOLERANCE:
                    where = f"{distance:.0f} pt from {name}" if distance >= 0 else f"{-distance:.0f} pt beyond {name}"
                    what = f"{_quoted(line.text)} is {where}; the safe area is {proofs.safe:.0f} pt."
                    yield error("safe-area", _place(page, line), what, "Move it inwards, or shorten the text.")


def _collisions(proofs: LayoutSubject) -> Iterator[Problem]:
    """Text that stands on other text."""
    for page in proofs.pages:
        lines = sorted((line for line in page.lines if not line.running), key=lambda line: line.y)
        for index, first in enumerate(lines):
            for second in lines[index + 1 :]:
                if second.y > first.bottom:
                    break
                if first.block != second.block and _collide(first, second):
                    what = f"{_quoted(first.text)} and {_quoted(second.text)} overlap."
                    yield error("collision", _place(page, first), what, "Shorten one of them, or give them more room.")


def _collide(first: TextLine, second: TextLine) -> bool:
    """Compare the middle halves of the letters, since line boxes may overlap without harm."""
    across = min(first.right, second.right) - max(first.x, second.x)
    middle_one, middle_two = first.y + first.height / 2, second.y + second.height / 2
    return across > 1.5 and abs(middle_one - middle_two) < 0.25 * (first.size + second.size)


def _lost_text(proofs: LayoutSubject) -> Iterator[Problem]:
    """Text of the document that stands on no page: the engine can lose a note that finds no room."""
    shown: dict[str, Counter[str]] = {}
    for page in proofs.pages:
        for line in page.lines:
            shown.setdefault(line.src, Counter()).update("".join(line.text.split()))
    for src, text in proofs.texts.items():
        if lost := Counter(text) - shown.get(src, Counter()):
            what = f"{lost.total()} letters of the text from here are on no page: {_quoted(text)}."
            yield error(
                "lost-text",
                Place.of_source(src),
                what,
                "Give it room: shorten the text around it, or move a page break.",
            )


def _blank(proofs: LayoutSubject) -> Iterator[Problem]:
    """Pages with nothing on them. Their place is what stands last before them."""
    for index, page in enumerate(proofs.pages):
        empty = not any(not line.running for line in page.lines) and not page.components
        if page.blank or (empty and page.name not in proofs.sheets):
            hint = "Add or remove a page before it; a spread after it forces it."
            where = replace(_last_before(proofs.pages, index), page=page.number)
            yield warning("blank-page", where, "The page is blank.", hint)


def _last_before(pages: Sequence[PageRecord], end: int) -> Place:
    """Return the place of the last thing that stands on the pages before one."""
    lines = [(page, line) for page in pages[:end] for line in page.lines if not line.running and line.src]
    return _place(*lines[-1]) if lines else Place()


def _stranded_headings(proofs: LayoutSubject) -> Iterator[Problem]:
    """A heading at the foot of a page or column, with its text on the next."""
    numbered = [(page, fragment) for page in proofs.pages for fragment in page.fragments]
    for (page, heading), (next_page, following) in pairwise(numbered):
        if heading.tag not in _HEADINGS or page.name in proofs.sheets:
            continue
        foot = page.content.y1 - heading.y - heading.height
        turned = next_page is not page or (
            following.y < heading.y and following.x > heading.x and foot < 4 * heading.height
        )
        if turned:
            hint = "Shorten the text before it, or move something down."
            yield warning("stranded-heading", _place(page, heading), "A heading stands alone at the foot.", hint)


def _lonely_lines(proofs: LayoutSubject) -> Iterator[Problem]:
    """A paragraph's first or last line alone in a column or on a page."""
    parts: dict[int, list[tuple[PageRecord, Fragment]]] = {}
    for page in proofs.pages:
        for fragment in page.fragments:
            if fragment.tag in _PARAGRAPHS:
                parts.setdefault(fragment.block, []).append((page, fragment))
    for pieces in parts.values():
        for (page, piece), name in ((pieces[0], "first"), (pieces[-1], "last")):
            if len(pieces) > 1 and piece.lines == 1:
                hint = "Lengthen or shorten the paragraph by a line."
                yield warning("lonely-line", _place(page, piece), f"A paragraph's {name} line stands alone.", hint)


def _multiple(proofs: LayoutSubject) -> Iterator[Problem]:
    """A bound report has pages in fours."""
    if excess := len(proofs.pages) % proofs.multiple:
        count = len(proofs.pages)
        hint = f"Add {proofs.multiple - excess} or remove {excess}."
        where = replace(_last_before(proofs.pages, count), page=count)
        yield warning("page-count", where, f"{count} pages are not a multiple of {proofs.multiple}.", hint)


def _glyphs(proofs: LayoutSubject) -> Iterator[Problem]:
    """Every letter exists in the font that was asked for; no other font stands in."""
    faces = {(face.family, face.weight, face.style): face for face in proofs.faces}
    for page in proofs.pages:
        for line in page.lines:
            face = faces.get((line.family, line.weight, line.style))
            if face is None:
                asked = f"{line.family} {line.weight} {line.style}"
                what = f"{_quoted(line.text)} asks for {asked}, which is not among the fonts."
                yield error(
                    "font-missing", _place(page, line), what, "Use a face of styles/tokens.yaml, or add it there."
                )
            elif missing := sorted({letter for letter in line.text if letter not in _INVISIBLE} - letters(face.path)):
                names = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing)
                what = f"{face.path.name} has no {names}, in {_quoted(line.text)}."
                yield error("glyph-missing", _place(page, line), what, "Use another letter, or another face.")


@lru_cache(maxsize=32)
def letters(path: Path) -> frozenset[str]:
    """Return the letters a font file can draw."""
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
    _blank,
    _stranded_headings,
    _lonely_lines,
    _multiple,
    _glyphs,
)

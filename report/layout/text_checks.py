"""Layout checks of the text: what is missing, what stands alone, what has no glyph.

In: a `LayoutSubject`. Out: problems with page, component and source line. A new check is a function and a row in
`TEXT_CHECKS`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from fontTools.ttLib import TTFont

from report.engine.boxes import Fragment, PageRecord
from report.layout.subject import LayoutSubject, place_of
from report.problems import Place, Problem, error, quoted, warning

_HEADINGS = frozenset({"h2", "h3", "h4"})
_PARAGRAPHS = frozenset({"p", "li"})
# Characters that show nothing, for which a font needs no glyph: breaks, joiners, marks of direction.
_INVISIBLE = frozenset("\n\t\N{SOFT HYPHEN}\N{COMBINING GRAPHEME JOINER}") | {
    chr(code)
    for start, end in ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x2069))
    for code in range(start, end + 1)
}


def _lost_text(subject: LayoutSubject) -> Iterator[Problem]:
    """Text of the document that is on no page: the engine can lose a footnote for lack of room."""
    shown: dict[str, Counter[str]] = {}
    for page in subject.pages:
        for line in page.lines:
            shown.setdefault(line.src, Counter()).update(_visible(line.text))
    for src, text in subject.texts.items():
        if lost := Counter(_visible(text)) - shown.get(src, Counter()):
            letters = "1 letter of this text is" if lost.total() == 1 else f"{lost.total()} letters of this text are"
            what = f"{letters} missing from the pages: {quoted(text)}."
            yield error(
                "lost-text",
                Place.of_source(src),
                what,
                "Make room: shorten the surrounding text, or move a page break.",
            )


def _visible(text: str) -> str:
    """Return the letters of a text that can be seen."""
    return "".join(letter for letter in text if not letter.isspace() and letter not in _INVISIBLE)


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
            yield warning("stranded-heading", place_of(page, heading), what, hint)


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
                yield warning(
                    "lonely-line", place_of(page, piece), f"The {name} line of a paragraph stands alone.", hint
                )


def _glyphs(subject: LayoutSubject) -> Iterator[Problem]:
    """Characters without a glyph in their font face, and faces that no token declares."""
    faces = {(face.family, face.weight, face.style): face for face in subject.font_faces}
    for page in subject.pages:
        for line in page.lines:
            face = faces.get((line.family, line.weight, line.style))
            if face is None:
                name = f"{line.family} {line.weight} {line.style}"
                what = f"{quoted(line.text)} is set in {name}, which is not a declared font face."
                hint = "Use a face from styles/tokens.yaml, or add this one there."
                yield error("font-missing", place_of(page, line), what, hint)
            elif missing := sorted(set(line.text) - _INVISIBLE - supported_characters(face.path)):
                names = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing)
                what = f"{face.path.name} has no glyph for {names}, in {quoted(line.text)}."
                yield error("glyph-missing", place_of(page, line), what, "Use another character, or another font face.")


@lru_cache(maxsize=32)
def supported_characters(path: Path) -> frozenset[str]:
    """Return the characters for which a font file has a glyph."""
    with TTFont(path, lazy=True) as font:
        return frozenset(chr(code) for code in font.getBestCmap())


TEXT_CHECKS: tuple[Callable[[LayoutSubject], Iterator[Problem]], ...] = (
    _lost_text,
    _stranded_headings,
    _single_lines,
    _glyphs,
)

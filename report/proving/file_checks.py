"""Checks of a finished file against its variant: fonts, boxes, pages, links, size and attachments.

In: a `Pdf`, its variant and its inputs. Out: problems. A new check is a function and a row in `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from report.design.look import FontFace
from report.design.tokens import PageGeometry
from report.geometry import Insets
from report.inspection.inspect import Pdf
from report.press.printers import Printer
from report.problems import Place, Problem, error, warning
from report.variants import Variant

NEAR = 0.01  # points
WARN_AT = 0.8  # of a budget


@dataclass(frozen=True, slots=True)
class FileSubject:
    """A finished file and the inputs to check it against."""

    name: str
    pdf: Pdf
    variant: Variant
    page: PageGeometry
    font_faces: Sequence[FontFace]
    pages: int
    sources: int
    printer: Printer


def check_file(subject: FileSubject) -> list[Problem]:
    """Return the problems of a finished file."""
    return [problem for check in CHECKS for problem in check(subject)]


def _fonts(subject: FileSubject) -> Iterator[Problem]:
    families = tuple(face.family.replace(" ", "-") for face in subject.font_faces)
    for font in subject.pdf.fonts:
        if not font.embedded:
            what = f"The font {font.family} is not embedded."
            yield error("font-embedded", Place(subject.name), what, "Use only fonts from styles/fonts/.")
        if not font.family.startswith(families):
            what = f"The fallback font {font.family} is in the file: a character is missing from the declared fonts."
            yield error("font-fallback", Place(subject.name), what, "Replace the character, or add a font that has it.")


def _boxes(subject: FileSubject) -> Iterator[Problem]:
    page = subject.page
    if subject.variant.part == "cover":  # has a size of its own, which preflight checks
        return
    for boxes in subject.pdf.pages:
        left, bottom, right, top = boxes.trim
        if abs(right - left - float(page.width)) > NEAR or abs(top - bottom - float(page.height)) > NEAR:
            what = f"The trim is {right - left:g} × {top - bottom:g} pt, not {page.width} × {page.height} pt."
            hint = "Every page must have the size in styles/tokens.yaml."
            yield error("trim", Place(subject.name, page=boxes.number), what, hint)
        widths = boxes.bleed.over(boxes.trim)
        bleed = subject.printer.bleed(boxes.number) if subject.variant.bleed else Insets()
        names = ("outer edge", "fold") if boxes.number % 2 == 0 else ("fold", "outer edge")
        edges = (names[0], "head", names[1], "foot")
        for edge, width, expected in zip(edges, widths, bleed, strict=True):
            if abs(width - expected) > NEAR:
                what = f"The bleed at the {edge} is {width:g} pt, not {expected:g} pt."
                yield error("bleed", Place(subject.name, page=boxes.number), what, "Correct the printer's file.")


def _page_count(subject: FileSubject) -> Iterator[Problem]:
    if (count := len(subject.pdf.pages)) != (expected := subject.variant.pages(subject.pages)):
        what = f"The file has {count} pages, not {expected}."
        yield error("pages", Place(subject.name), what, "This is an internal error: please report it.")


def _links(subject: FileSubject) -> Iterator[Problem]:
    links = subject.pdf.links
    if not subject.variant.links and links:
        yield error("annotations", Place(subject.name), f"The print file contains {len(links)} links.", "Remove them.")
    for link in links:
        if str(link.target).startswith("missing"):
            where = Place(subject.name, page=link.page)
            yield error("dead-link", where, f"A link has no target ({link.target}).", "Correct its #id.")


def _size(subject: FileSubject) -> Iterator[Problem]:
    budget, size = subject.variant.budget, len(subject.pdf.data)
    if budget and size > budget:
        what = f"The file has {size:,} bytes; its budget is {budget:,}."
        yield error("file-budget", Place(subject.name), what, "Reduce its images.")
    elif budget and size > WARN_AT * budget:
        what = f"The file has {size:,} bytes, more than {WARN_AT:.0%} of its budget of {budget:,}."
        yield warning("file-budget", Place(subject.name), what, "Reduce its images before it grows further.")


def _attachments(subject: FileSubject) -> Iterator[Problem]:
    expected = subject.sources if subject.variant.attach_sources else 0
    if (count := len(subject.pdf.attachments)) != expected:
        what = f"The file has {count} attachments, not {expected}."
        yield error("attachments", Place(subject.name), what, "This is an internal error: please report it.")


CHECKS: tuple[Callable[[FileSubject], Iterator[Problem]], ...] = (
    _fonts,
    _boxes,
    _page_count,
    _links,
    _size,
    _attachments,
)

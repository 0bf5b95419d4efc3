"""The finished bytes, looked at again: does each file keep what its variant promises?

In: a `Pdf`, its variant, and what it was made from. Out: problems. A new check is a function and a row in `CHECKS`.
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
    """A finished file and what it was made from."""

    name: str
    pdf: Pdf
    variant: Variant
    page: PageGeometry
    faces: Sequence[FontFace]
    pages: int
    sources: int
    printer: Printer


def check_file(made: FileSubject) -> list[Problem]:
    """Return what is wrong with a finished file."""
    return [problem for check in CHECKS for problem in check(made)]


def _fonts(made: FileSubject) -> Iterator[Problem]:
    families = tuple(face.family.replace(" ", "-") for face in made.faces)
    for font in made.pdf.fonts:
        if not font.embedded:
            what = f"The font {font.family} is not embedded."
            yield error("font-embedded", Place(made.name), what, "Use only fonts of styles/fonts/.")
        if not font.family.startswith(families):
            what = f"The font {font.family} is in the file, though no token names it: a letter was missing."
            yield error("font-fallback", Place(made.name), what, "Find the letter, or add a font that has it.")


def _boxes(made: FileSubject) -> Iterator[Problem]:
    page = made.page
    if made.variant.part == "cover":  # has a size of its own, which preflight looks at
        return
    for boxes in made.pdf.pages:
        left, bottom, right, top = boxes.trim
        if abs(right - left - float(page.width)) > NEAR or abs(top - bottom - float(page.height)) > NEAR:
            what = f"The trim is {right - left:g} × {top - bottom:g} pt, not {page.width} × {page.height} pt."
            yield error(
                "trim", Place(made.name, page=boxes.number), what, "Every page has the size of styles/tokens.yaml."
            )
        found = boxes.bleed.over(boxes.trim)
        bleed = made.printer.bleed(boxes.number) if made.variant.bleed else Insets()
        names = ("outer edge", "fold") if boxes.number % 2 == 0 else ("fold", "outer edge")
        edges = (names[0], "head", names[1], "foot")
        for edge, width, wanted in zip(edges, found, bleed, strict=True):
            if abs(width - wanted) > NEAR:
                what = f"The bleed at the {edge} is {width:g} pt, not {wanted:g} pt."
                yield error("bleed", Place(made.name, page=boxes.number), what, "See the file of the printer.")


def _page_count(made: FileSubject) -> Iterator[Problem]:
    if (count := len(made.pdf.pages)) != (wanted := made.variant.pages(made.pages)):
        what = f"The file has {count} pages, not {wanted}."
        yield error("pages", Place(made.name), what, "This is an internal error: please report it.")


def _links(made: FileSubject) -> Iterator[Problem]:
    links = made.pdf.links
    if not made.variant.links and links:
        yield error("annotations", Place(made.name), f"{len(links)} links are in a file for press.", "Remove them.")
    for link in links:
        if str(link.target).startswith("missing"):
            where = Place(made.name, page=link.page)
            yield error("dead-link", where, f"A link leads nowhere ({link.target}).", "Correct its #id.")


def _size(made: FileSubject) -> Iterator[Problem]:
    budget, size = made.variant.budget, len(made.pdf.data)
    if budget and size > budget:
        what = f"The file has {size:,} bytes; its budget is {budget:,}."
        yield error("file-budget", Place(made.name), what, "Reduce its images.")
    elif budget and size > WARN_AT * budget:
        what = f"The file has {size:,} bytes, more than {WARN_AT:.0%} of its budget of {budget:,}."
        yield warning("file-budget", Place(made.name), what, "Reduce its images before it grows further.")


def _attachments(made: FileSubject) -> Iterator[Problem]:
    wanted = made.sources if made.variant.attach_sources else 0
    if (count := len(made.pdf.attachments)) != wanted:
        what = f"The file carries {count} attachments, not {wanted}."
        yield error("attachments", Place(made.name), what, "This is an internal error: please report it.")


CHECKS: tuple[Callable[[FileSubject], Iterator[Problem]], ...] = (
    _fonts,
    _boxes,
    _page_count,
    _links,
    _size,
    _attachments,
)

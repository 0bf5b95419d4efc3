"""The preflight report as a web page: verdicts, plates, and each page with its faults and ink coverage.

In: a preflight, the file's bytes and the design. Out: one self-contained HTML file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from report.geometry import Frame, Rect
from report.inspection.judging import Verdict
from report.inspection.webpage import WebDesign, data_uri
from report.preflight.ink import PageInk
from report.preflight.run import Preflight

THUMBNAIL = 0.36  # pixels per point
_PROCESS = ("Cyan", "Magenta", "Yellow", "Black")


@dataclass(frozen=True, slots=True)
class FaultMark:
    """A fault on a page, with its places in percent of the page from the left and the top."""

    verdict: Verdict
    what: str
    count: int
    places: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class PreflightPage:
    """One page of the report."""

    number: int
    picture: str
    ink: str
    coverage: str
    marks: tuple[FaultMark, ...]


@dataclass(frozen=True, slots=True)
class PlateSummary:
    """One plate of the file: its maximum in percent, and the number of pages it is used on."""

    name: str
    most: str
    pages: str


def report_page(done: Preflight, data: bytes, design: WebDesign) -> str:
    """Return the report as HTML."""
    outcome = done.outcome
    values = {"outcome": outcome, "leaves": tuple(_leaves(done, data)), "plates": tuple(_plates(done)),
              "limit": done.subject.printer.values.ink.limit}  # fmt: skip
    return design.page("preflight.html.j2", title=f"Preflight of {outcome.file}", **values)


def _leaves(done: Preflight, data: bytes) -> Iterator[PreflightPage]:
    inks = {page.page: page for page in done.subject.ink}
    document = pdfium.PdfDocument(data)
    try:
        for facts in done.subject.facts.pages:
            number = facts.number
            thumbnail = document[number - 1].render(scale=THUMBNAIL).to_pil().convert("RGB")
            ink = inks.get(number)
            yield PreflightPage(
                number, data_uri(thumbnail), _heat_map(ink, done.subject.printer.values.ink.limit) if ink else "",
                f"{ink.coverage:.0f}" if ink else "", tuple(_marks(done, number, facts.media)),
            )  # fmt: skip
    finally:
        document.close()


def _marks(done: Preflight, number: int, media: Rect) -> Iterator[FaultMark]:
    for verdict in done.outcome.verdicts:
        for fault in verdict.faults:
            if fault.page == number:
                places = tuple(_percent(box, media) for box in fault.boxes)
                yield FaultMark(verdict, fault.what, fault.count, places)


def _percent(box: Rect, media: Rect) -> Frame:
    """Return a box in percent of the page, enlarged where it would be too small to see."""
    width, height = media[2] - media[0] or 1, media[3] - media[1] or 1
    left, top = (box[0] - media[0]) / width * 100, (media[3] - box[3]) / height * 100
    return Frame(
        round(left, 2), round(top, 2),
        round(max(1.2, (box[2] - box[0]) / width * 100), 2), round(max(1.0, (box[3] - box[1]) / height * 100), 2),
    )  # fmt: skip


def _heat_map(ink: PageInk, limit: int) -> str:
    """Return a map of the ink coverage: white for none, darker grey for more, black above the limit."""
    coverage = ink.map.astype(float) * 4 / 2.55
    grey = np.clip(255 - coverage / limit * 150, 60, 255).astype(np.uint8)
    grey[coverage > limit + 1] = 0
    return data_uri(Image.fromarray(grey, "L"), "PNG") if grey.size else ""


def _plates(done: Preflight) -> Iterator[PlateSummary]:
    for index, name in enumerate(_PROCESS):
        most = [(page.inks[index], page.page) for page in done.subject.ink if page.inks[index] > 1]
        yield PlateSummary(name, f"{max(most)[0]:.0f} %" if most else "none", _page_count(len(most)))
    items = done.subject.facts.coloured
    for name in sorted({ink for item in items for ink in item.space.inks} - {*_PROCESS, "None"}):
        pages = {item.page for item in items if name in item.space.inks}
        yield PlateSummary(
            "all plates (marks)" if name == "All" else name, "spot" if name != "All" else "", _page_count(len(pages))
        )


def _page_count(count: int) -> str:
    return f"{count} page{'' if count == 1 else 's'}"

"""What the desk shows, as plain records: pages with hotspots, facts with their uses, problems with marks.

In: nothing; `builder` creates them. Out: frozen types, sent to the browser as JSON. Boxes are left, top, width and
height in points from the top left corner of the page's trim; sources are written file:line.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from report.geometry import Frame, Insets


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A clickable area of a page: a component, a chart, a text, a figure in a text, or a running footer.

    `src` is the source of its words in the data, `template` that of its markup, `style` and `drawing` of its look.
    """

    kind: str
    component: str
    box: Frame
    text: str = ""
    src: str = ""
    template: str = ""
    style: str = ""
    drawing: str = ""
    fact: str = ""
    chart: str = ""


@dataclass(frozen=True, slots=True)
class TagOutline:
    """A structure element on a page: its type and its box."""

    tag: str
    box: Frame


@dataclass(frozen=True, slots=True)
class PagePreview:
    """One page. `sheet` and `bleed` say how far the picture and the bleed extend beyond each edge of the trim."""

    number: int
    side: str
    section: str
    width: float
    height: float
    sheet: Insets
    bleed: Insets
    spots: tuple[Hotspot, ...]
    order: tuple[TagOutline, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """An entry of the jump list: a section and its first page."""

    title: str
    page: int
    kind: str
    src: str


@dataclass(frozen=True, slots=True)
class FactRecord:
    """A fact: its value, where it is defined, and where it is used in the data and on the pages."""

    value: str
    label: str
    src: str
    source: str
    uses: tuple[tuple[str, str], ...]
    pages: tuple[int, ...]
    charts: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class ChartRecord:
    """A chart: where it is specified, the function that draws it, and the facts it shows."""

    src: str
    drawing: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Geometry:
    """The page grid in points. `baseline` is the first baseline, measured from the top of the page."""

    top: float
    bottom: float
    inside: float
    outside: float
    leading: float
    columns: int
    column: float
    gutter: float
    baseline: float
    safe: float


@dataclass(frozen=True, slots=True)
class Preview:
    """An edition in one variant. `id` is a digest of everything that is shown, `own` the project's files of design."""

    id: str
    variant: str
    edition: str
    title: str
    language: str
    printer: str
    ink_limit: int
    geometry: Geometry
    pages: tuple[PagePreview, ...]
    chapters: tuple[Chapter, ...]
    facts: dict[str, FactRecord]
    charts: dict[str, ChartRecord]
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedProblem:
    """A problem with its boxes on the page. `pending`: from the previous build, not yet checked again."""

    severity: str
    code: str
    file: str
    line: int
    column: int
    page: int
    component: str
    what: str
    hint: str
    boxes: tuple[Frame, ...] = ()
    pending: bool = False


@dataclass(frozen=True, slots=True)
class TextContrast:
    """The contrast of a text with its background, and the contrast it needs."""

    box: Frame
    text: str
    ratio: float
    needed: float


# The parts of a build, in the order in which they arrive.


@dataclass(frozen=True, slots=True)
class Pages:
    """The finished pages. `problems` are those of the data and of the layout."""

    preview: Preview
    problems: tuple[MarkedProblem, ...]


@dataclass(frozen=True, slots=True)
class FileFindings:
    """The problems found in the finished file."""

    problems: tuple[MarkedProblem, ...]


@dataclass(frozen=True, slots=True)
class Contrasts:
    """The contrast of all text, by page."""

    pages: dict[int, tuple[TextContrast, ...]]


@dataclass(frozen=True, slots=True)
class Inks:
    """The ink coverage of each page as a greyscale PNG of the whole sheet: 0 is no ink, 255 is 400 percent."""

    pages: dict[int, bytes]


@dataclass(frozen=True, slots=True)
class QuickPreview:
    """Pages that changed, before the full layout: for each, a stored file's name and the page in it (from 1)."""

    pages: dict[int, tuple[str, int]]


PreviewPart = Pages | FileFindings | Contrasts | Inks | QuickPreview


def as_json(record: Any) -> bytes:
    """Return a record as JSON, with lengths rounded to hundredths of a point."""
    return json.dumps(_rounded(asdict(record)), ensure_ascii=False, separators=(",", ":")).encode()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value

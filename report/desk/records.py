"""What the desk shows, as plain records: pages with all that can be clicked, facts with uses, problems with marks.

In: nothing; `builder` makes them. Out: frozen types, sent to the browser as JSON. Boxes are frames in points
from the top left corner of the page's trim; places are written file:line.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from report.geometry import Frame, Insets


@dataclass(frozen=True, slots=True)
class Hotspot:
    """Something on a page that can be clicked: a component, a chart, a text, a figure in it, a running foot.

    `src` is where its words stand in the data, `template` where its markup, `style` and `drawing` where its look.
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
    """An element of the tag tree on a page: its type and its place, in the order in which it is read aloud."""

    tag: str
    box: Frame


@dataclass(frozen=True, slots=True)
class PagePreview:
    """One page. `sheet` and `bleed` tell how far the picture and the ink reach over each edge of the trim."""

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
    """An entry of the list to jump by: a section and its first page."""

    title: str
    page: int
    kind: str
    src: str


@dataclass(frozen=True, slots=True)
class FactRecord:
    """A fact: what it says, where it is defined, and where else it is used, in the data and on the pages."""

    value: str
    label: str
    src: str
    source: str
    uses: tuple[tuple[str, str], ...]
    pages: tuple[int, ...]
    charts: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class ChartRecord:
    """A chart: where it is specified, the function that draws it, and the facts that it shows."""

    src: str
    drawing: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Geometry:
    """The page grid in points. `baseline` is the first line's, below the top of the page."""

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
    """An edition in one variant. `id` follows from everything that is shown."""

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


@dataclass(frozen=True, slots=True)
class MarkedProblem:
    """A problem with the places on its page where it can be seen. `pending`: it is being looked at again."""

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
    """A text's contrast with what is behind it, and what it needs."""

    box: Frame
    text: str
    ratio: float
    needed: float


# What a build tells, one after the other.


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages are there. `problems` are those of the data and of the layout."""

    preview: Preview
    problems: tuple[MarkedProblem, ...]


@dataclass(frozen=True, slots=True)
class FileFindings:
    """What was found in the finished file."""

    problems: tuple[MarkedProblem, ...]


@dataclass(frozen=True, slots=True)
class Contrasts:
    """The contrast of every text, by page."""

    pages: dict[int, tuple[TextContrast, ...]]


@dataclass(frozen=True, slots=True)
class Inks:
    """For each page a picture of its ink: grey from 0 for none to 255 for 400 percent. Covers the whole sheet."""

    pages: dict[int, bytes]


@dataclass(frozen=True, slots=True)
class QuickPreview:
    """Pages that are about to change: for each the name of a kept file and the page of it to show (from 1)."""

    pages: dict[int, tuple[str, int]]


PreviewPart = Pages | FileFindings | Contrasts | Inks | QuickPreview


def as_json(record: Any) -> bytes:
    """Return a record as JSON; hundredths of a point are enough."""
    return json.dumps(_rounded(asdict(record)), ensure_ascii=False, separators=(",", ":")).encode()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value

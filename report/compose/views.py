"""The records for the templates: the report in order, with every text resolved.

In: nothing; `viewer` makes the records. Out: frozen types. Templates decide about structure and appearance only; they
compute nothing and look nothing up.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

from report.edition.model import Config, Image, Quote, Source

EMPTY = Markup("")


@dataclass(frozen=True, slots=True)
class Callout:
    """A key number: qualifier, figure, scale word (such as million) and label."""

    id: str
    qualifier: str
    figure: str
    scale: str
    label: str
    src: str
    renew: bool = False


@dataclass(frozen=True, slots=True)
class ChartView:
    """A chart with its texts and the rows of its data table."""

    id: str
    number: int
    title: Markup
    subject: str
    source: Source
    alt: str
    width: int
    pillar: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    facts: tuple[str, ...]
    src: str
    renew: bool = False


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block of a story: text as HTML, charts, callouts, or images."""

    kind: str
    html: Markup = EMPTY
    charts: tuple[ChartView, ...] = ()
    callouts: tuple[Callout, ...] = ()
    images: tuple[Image, ...] = ()

    @property
    def narrow(self) -> bool:
        """Tell whether the block fits the margin: key numbers, or a single chart of up to four columns."""
        return self.kind == "facts" or (self.kind == "chart" and len(self.charts) == 1 and self.charts[0].width <= 4)


@dataclass(frozen=True, slots=True)
class PartView:
    """A story of a section: heading and blocks. `id` is its anchor."""

    id: str
    title: Markup
    blocks: tuple[BlockView, ...]
    src: str

    def beside(self) -> list[BlockView]:
        """Return the blocks of the margin."""
        return [block for block in self.blocks if block.narrow]

    def below(self) -> list[BlockView]:
        """Return the blocks of the text column."""
        return [block for block in self.blocks if not block.narrow]

    def of(self, *kinds: str) -> list[BlockView]:
        """Return the blocks of these kinds."""
        return [block for block in self.blocks if block.kind in kinds]


@dataclass(frozen=True, slots=True)
class PillarView:
    """A pillar with its number (from 1) and its section."""

    id: str
    number: int
    name: str
    section: str | None
    lede: Markup


@dataclass(frozen=True, slots=True)
class SectionView:
    """One entry of the report: a section, or a quotation (page type "quote")."""

    id: str
    page: str
    title: str
    src: str
    kicker: str = ""
    sheet: str | None = None
    artwork_alt: str = ""
    artwork_note: str = ""
    margin_read: str = "after"
    pillar: PillarView | None = None
    lede: Markup = EMPTY
    byline: object = None
    statements: tuple[tuple[str, Markup], ...] = ()
    callouts: tuple[Callout, ...] = ()
    parts: tuple[PartView, ...] = ()
    quote: Quote | None = None
    size: str = ""
    ground_is_dark: bool = False
    renew: bool = False


@dataclass(frozen=True, slots=True)
class ReportView:
    """The whole report for the templates."""

    config: Config
    period: tuple[str, str]
    sections: tuple[SectionView, ...]
    pillars: tuple[PillarView, ...]
    charts: tuple[ChartView, ...] = ()
    tables: tuple[tuple[ChartView, ...], ...] = ()
    quotes: tuple[Quote, ...] = field(default=())
    description: str = ""

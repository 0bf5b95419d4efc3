"""The edition prepared for the templates: references resolved, charts numbered, figures formatted, anchors assigned.

In: an `Edition`, its charts and sheets. Out: a `ReportView`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import combinations_with_replacement, pairwise

from markupsafe import Markup

from report.compose.views import BlockView, Callout, ChartView, PartView, PillarView, ReportView, SectionView
from report.design.typography import quote_setting
from report.drawing.charts import ChartArt, resolve_references
from report.edition.anchors import story_anchors
from report.edition.edition import Edition, Section
from report.edition.formats import NBSP
from report.edition.model import Fact, Statement
from report.edition.prose import Block, plain, render
from report.edition.references import Reference, references
from report.problems import Place

_TOP_LEVEL = re.compile(r"<(p|ul|ol)(?= data-src=)")  # the paragraphs and lists of a story
_COLUMNS = (("after", "Value"), ("before", "Before"))  # option of the chart, default heading


class Viewer:
    """Builds the view of one edition."""

    def __init__(self, edition: Edition, charts: Mapping[str, ChartArt], sheets: Mapping[str, object],
                 dark: frozenset[str], draft: bool = False) -> None:  # fmt: skip
        self.edition, self.charts, self.sheets, self.dark = edition, charts, sheets, dark
        self.draft = draft
        self.numbers = {name: number for number, name in enumerate(self._charts_in_order(), 1)}

    def report(self) -> ReportView:
        """Return the whole report."""
        config, formats = self.edition.config, self.edition.formats
        sections = tuple(
            self.section(self.edition.sections[entry.section]) if entry.section else self.quote(entry.quote or "")
            for entry in config.sections
        )
        period = (formats.day(config.period.start), formats.day(config.period.end))
        charts = tuple(self.chart(name) for name in self.numbers)
        quotes = tuple(section.quote for section in sections if section.quote)
        description = resolve_references(config.subject, self.edition)
        tables = balance_columns(charts, 3)
        return ReportView(config, period, sections, self.pillars(), charts, tables, quotes, description)

    def _charts_in_order(self) -> list[str]:
        ordered = [self.edition.sections[entry.section] for entry in self.edition.config.sections if entry.section]
        shown = [name for section in ordered for block in section.prose.blocks() if block.kind == "chart"
                 for name in block.ids]  # fmt: skip
        return list(dict.fromkeys(shown))

    def pillars(self) -> tuple[PillarView, ...]:
        """Return the pillars in order."""
        return tuple(self.pillar(pillar.id) for pillar in self.edition.config.pillars)

    def pillar(self, name: str) -> PillarView:
        """Return a pillar by id."""
        number, pillar = next((n, p) for n, p in enumerate(self.edition.config.pillars, 1) if p.id == name)
        sections = (s for s in self.edition.sections.values() if s.front.pillar == name and s.front.page == "pillar")
        section = next(sections, None)
        lede = self.inline(section.front.lede or "") if section else Markup("")
        return PillarView(name, number, pillar.name, section.id if section else None, lede)

    def section(self, section: Section) -> SectionView:
        """Return a section with its texts resolved."""
        front, sheet = section.front, f"art-{section.id}"
        return SectionView(
            id=section.id,
            page=front.page,
            title=front.title,
            src=section.document.place(("title",)).source,
            kicker=front.kicker or "",
            sheet=sheet if sheet in self.sheets else None,
            renew=self.draft and front.renew,
            artwork_alt=front.artwork_alt or "",
            artwork_note=front.artwork_note or "",
            margin_read=front.margin_read,
            pillar=self.pillar(front.pillar) if front.pillar else None,
            lede=self.inline(front.lede or ""),
            byline=front.byline,
            statements=tuple((statement.label, self.statement(statement)) for statement in front.statements),
            callouts=tuple(self.callout(fact) for fact in front.callouts),
            parts=self.parts(section),
        )

    def statement(self, statement: Statement) -> Markup:
        """Return the text of a statement, followed by its emphasised words if it has any."""
        text = self.inline(statement.text)
        return text + Markup(" <em>{}</em>").format(self.inline(statement.stress)) if statement.stress else text

    def quote(self, name: str) -> SectionView:
        """Return the spread of a quotation."""
        quote, place = self.edition.quotes[name], self.edition.place("quotes", ("quotes", name))
        return SectionView(
            id=f"quote-{name}",
            page="quote",
            title=quote.attribution,
            src=place.source,
            sheet=f"quote-{name}",
            renew=self.draft and quote.renew,
            artwork_alt=quote.artwork_alt or "",
            quote=quote,
            size=quote_setting(quote.lines).name,
            ground_is_dark=quote.ground in self.dark,
        )

    def parts(self, section: Section) -> tuple[PartView, ...]:
        """Return the stories of a section."""
        titles = [plain(part.heading, self.edition.figure) for part in section.prose.parts]
        headings = [
            Markup(render(part.heading[1:2], self._reference_html, {}, Place())) for part in section.prose.parts
        ]
        notes = {label: (self._notes_html(tokens), place.source) for label, place, tokens in section.prose.notes}
        return tuple(
            PartView(
                anchor,
                heading,
                tuple(self._blocks(part.blocks, notes, section.origin)),
                part.place.source,
            )
            for part, heading, anchor in zip(
                section.prose.parts, headings, story_anchors(section.id, titles), strict=True
            )
        )

    def _blocks(
        self, blocks: Sequence[Block], notes: Mapping[str, tuple[str, str]], origin: Place
    ) -> Iterator[BlockView]:
        """Yield the blocks of a story. In a draft, the blocks after [[renew]] are marked as to be renewed."""
        renew = False
        for block in blocks:
            if block.kind == "renew":
                renew = self.draft
                continue
            view = self.block(block, notes, origin)
            html = _TOP_LEVEL.sub(r'<\1 class="to-renew"', str(view.html))
            yield replace(view, html=Markup(html)) if renew else view

    def block(self, block: Block, notes: Mapping[str, tuple[str, str]], origin: Place) -> BlockView:
        """Return a block."""
        if block.kind == "chart":
            return BlockView("chart", charts=tuple(self.chart(name) for name in block.ids))
        if block.kind == "facts":
            return BlockView("facts", callouts=tuple(self.callout(fact) for fact in block.ids))
        if block.kind == "page":
            return BlockView("page")
        if block.kind == "image":
            return BlockView("image", images=tuple(self.edition.images[name] for name in block.ids))
        return BlockView("text", html=Markup(render(block.tokens, self._reference_html, notes, origin)))

    def callout(self, name: str) -> Callout:
        """Return a fact as a key number."""
        fact = self.edition.facts[name]
        figure, _, scale = self.edition.formats.number(fact.value, fact.unit).partition(NBSP)
        place = self.edition.fact_place(name)
        return Callout(name, fact.qualifier or "", figure, scale, fact.label, place.source, self._renew(fact))

    def chart(self, name: str) -> ChartView:
        """Return a chart with its data table."""
        chart, art = self.edition.charts[name], self.charts[name]
        place = self.edition.place("charts", ("charts", name))
        rows = [
            self._table_row(self.edition.facts[row.id], row.label, row.share_text, row.group, art.compares)
            for row in art.data.rows
        ]
        if art.data.whole:
            whole = art.data.whole
            rows.append(self._table_row(self.edition.facts[whole.id], whole.label, None, "", art.compares))
        columns = ("", *(str(chart.options.get(key, name)) for key, name in _COLUMNS), "Share", "Out of")
        filled = [index for index in range(len(columns)) if any(row[index] for row in rows)]
        return ChartView(
            id=name,
            number=self.numbers[name],
            title=self.inline(chart.title),
            subject=resolve_references(chart.subject, self.edition),
            source=self.edition.config.sources[chart.source],
            alt=art.alt,
            width=chart.width,
            pillar=chart.pillar or "",
            columns=tuple(columns[index] for index in filled),
            rows=tuple(tuple(row[index] for index in filled) for row in rows),
            facts=tuple(row.id for row in (*art.data.rows, *([art.data.whole] if art.data.whole else []))),
            src=place.source,
            renew=self.draft and chart.renew,
        )

    def _renew(self, fact: Fact) -> bool:
        return self.draft and fact.renew

    def _table_row(self, fact: Fact, label: str, share: str | None, group: str, compares: bool) -> tuple[str, ...]:
        formats = self.edition.formats
        before = formats.number(fact.prior.value, fact.unit) if fact.prior and compares else ""
        outof = "" if fact.outof is None else formats.number(fact.outof, "count")
        return (f"{group}, {label}" if group else label, formats.fact(fact), before, share or "", outof)

    def inline(self, text: str) -> Markup:
        """Return a text of the edition as HTML, with its references resolved and everything else escaped."""
        pieces, end = [], 0
        for reference in references(text):
            pieces += [escape(text[end : reference.start], quote=False), self._reference_html(reference)]
            end = reference.end
        return Markup("".join([*pieces, escape(text[end:], quote=False)]))

    def _reference_html(self, reference: Reference) -> str:
        name, text = escape(reference.fact), escape(self.edition.figure(reference), quote=False)
        renewed = ' class="to-renew"' if self._renew(self.edition.facts[reference.fact]) else ""
        return f'<span data-fact="{name}"{renewed}>{text}</span>'

    def _notes_html(self, tokens: tuple[object, ...]) -> str:
        html = render(tokens, self._reference_html, {}, Place())  # type: ignore[arg-type]
        return html.replace("\n", " ")  # the engine would keep these line breaks in a footnote


def balance_columns(charts: Sequence[ChartView], columns: int) -> tuple[tuple[ChartView, ...], ...]:
    """Split the data tables into columns, in order, so that the tallest column is as short as possible."""
    heights = [len(chart.rows) + len(chart.subject) / 36 + 3 for chart in charts]
    cuts = min(
        combinations_with_replacement(range(len(charts) + 1), columns - 1),
        key=lambda cuts: max(sum(heights[a:b]) for a, b in pairwise((0, *cuts, len(charts)))),
    )
    return tuple(tuple(charts[a:b]) for a, b in pairwise((0, *cuts, len(charts))))

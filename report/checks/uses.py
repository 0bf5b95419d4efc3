"""Finds where facts are used: in texts, key numbers, charts and drawings.

In: an `Edition`. Out: the uses of each fact, each with its place and a description.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from report.checks.drawable import drawings
from report.edition.edition import Edition
from report.edition.references import place_at, references
from report.problems import Place


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """One use of a fact. `what` describes where it is used, such as "the lede of the section plan"."""

    place: Place
    what: str

    def __str__(self) -> str:
        return f"{self.place}  {self.what}"


def used_facts(edition: Edition) -> dict[str, list[Use]]:
    """Return the uses of each used fact by its id, those in texts first, then charts, then drawings."""
    uses: dict[str, list[Use]] = {}
    for fact, use in (*_in_texts(edition), *_in_charts(edition), *_in_drawings(edition)):
        uses.setdefault(fact, []).append(use)
    return uses


def _in_texts(edition: Edition) -> Iterator[tuple[str, Use]]:
    for text in edition.texts():
        if text.resolved:
            for reference in references(text.written):
                place = place_at(text.written, reference.start, text.place)
                yield from ((name, Use(place, text.what)) for name in reference.names)
    for section in edition.sections.values():
        for index, fact in enumerate(section.front.callouts):
            yield fact, Use(section.document.place(("callouts", index)), f"key numbers of the section {section.id}")
        for block in section.prose.blocks():
            if block.kind == "facts":
                yield from ((fact, Use(block.place, f"key numbers in the section {section.id}")) for fact in block.ids)


def _in_charts(edition: Edition) -> Iterator[tuple[str, Use]]:
    for name, chart in edition.charts.items():
        if chart.whole:
            place = edition.place("charts", ("charts", name, "whole"))
            yield chart.whole, Use(place, f"the whole of the chart {name}")
        for index, row in enumerate(chart.series):
            place = edition.place("charts", ("charts", name, "series", index, "fact"))
            yield row.fact, Use(place, f"row {index + 1} of the chart {name}")


def _in_drawings(edition: Edition) -> Iterator[tuple[str, Use]]:
    for drawing in drawings(edition):
        what = f"the drawing {drawing.name} of the {drawing.owner}"
        yield from ((count.fact, Use(place, what)) for count, place in drawing.counts)

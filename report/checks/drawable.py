"""Checks that charts and artwork can be drawn from the data, by what their functions declare. Nothing is drawn.

In: an `Edition`, and the chart forms and artworks by name. Out: problems at the row, option or name concerned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from report.checks.chart_needs import chart_problems
from report.design.look import Artwork, ChartForm
from report.edition.edition import Edition
from report.edition.model import Count
from report.problems import Place, Problem, did_you_mean, error, warning


def drawing_problems(
    edition: Edition, figures: Mapping[str, ChartForm], artworks: Mapping[str, Artwork]
) -> Iterator[Problem]:
    """Yield the problems that prevent charts and drawings from being drawn."""
    for name, chart in edition.charts.items():
        if chart.figure in figures:
            yield from chart_problems(edition, name, figures[chart.figure])
        else:
            place = edition.place("charts", ("charts", name, "figure"))
            yield _unknown("figure", chart.figure, list(figures), place)
    for drawing in drawings(edition):
        if drawing.name in artworks:
            yield from _counts(edition, drawing, artworks[drawing.name])
        else:
            yield _unknown("artwork", drawing.name, list(artworks), drawing.place)


@dataclass(frozen=True, slots=True)
class ArtworkUse:
    """A drawing used by the edition: its name, owner and place, and the facts its marks count, with places."""

    name: str
    owner: str
    place: Place
    counts: tuple[tuple[Count, Place], ...]


def drawings(edition: Edition) -> Iterator[ArtworkUse]:
    """Yield every drawing that the edition uses."""
    for name, quote in edition.quotes.items():
        path = ("quotes", name)
        counts = [
            (each, edition.place("quotes", (*path, "counts", index, "fact"))) for index, each in enumerate(quote.counts)
        ]
        place = edition.place("quotes", (*path, "artwork"))
        yield ArtworkUse(quote.artwork, f"quotation {name}", place, tuple(counts))
    for section in edition.sections.values():
        if section.front.artwork:
            document = section.document
            counts = [
                (each, document.key_place(("counts", index, "fact"))) for index, each in enumerate(section.front.counts)
            ]
            owner = f"section {section.id}"
            yield ArtworkUse(section.front.artwork, owner, document.place(("artwork",)), tuple(counts))


def _unknown(kind: str, name: str, choices: list[str], place: Place) -> Problem:
    hint = did_you_mean(name, choices) or f"See docs/data-format.md for a list of {kind}s."
    return error(f"unknown-{kind}", place, f"There is no {kind} `{name}`.", hint)


def _counts(edition: Edition, drawing: ArtworkUse, artwork: Artwork) -> Iterator[Problem]:
    """A drawing needs a fact for each kind of mark that it counts, and each number must be within the drawing's range.

    Outside the range, it would draw a number of marks that does not match the fact.
    """
    if not edition.is_valid("facts"):
        return
    marks = artwork.counts.items()
    if len(drawing.counts) != len(marks):
        ranges = ", then ".join(f"{name} ({low:,} to {high:,})" for name, (low, high) in marks) or "nothing"
        facts = f"{len(drawing.counts)} fact{'' if len(drawing.counts) == 1 else 's'}"
        what = f"The drawing `{drawing.name}` of the {drawing.owner} counts {ranges}, but `counts` lists {facts}."
        hint = "Write `counts: [{fact: topic.thing}]`, with one fact for each." if marks else "Remove `counts`."
        yield error("artwork-counts", drawing.place, what, hint)
        return
    for (count, place), (name, (low, high)) in zip(drawing.counts, marks, strict=True):
        if count.fact not in edition.facts:
            hint = did_you_mean(count.fact, edition.facts) or "Add the fact to facts.yaml, or choose another drawing."
            what = f"The drawing `{drawing.name}` of the {drawing.owner} counts `{count.fact}`, which is not a fact."
            yield error("unknown-fact", place, what, hint)
        elif not low <= (number := edition.facts[count.fact].value // count.each) <= high:
            what = f"The drawing `{drawing.name}` can show {low:,} to {high:,} {name}, not {number:,}."
            hint = "Its marks will not match the fact. Change `each`, the amount per mark, or choose another drawing."
            yield warning("artwork-range", place, what, hint)

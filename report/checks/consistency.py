"""Does the edition hold together? References, ids, figures in prose, and the sums its author promised.

In: an `Edition` and what the drawing functions declare. Out: problems, all of them, each with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from report.checks.drawable import drawing_problems
from report.checks.sums import check_problems
from report.checks.typed import typed_figures
from report.checks.uses import used_facts
from report.checks.values import period_problems, value_problems
from report.design.look import Artwork, ChartForm
from report.edition.anchors import anchors
from report.edition.edition import Edition
from report.edition.formats import FormatError
from report.edition.references import place_at, problems_in
from report.edition.renewal import renewal_problems
from report.problems import Place, Problem, did_you_mean, error, warning

ONCE = ("cover", "contents", "notes", "back")


def consistency(edition: Edition, figures: Mapping[str, ChartForm], artworks: Mapping[str, Artwork]) -> list[Problem]:
    """Return everything in the edition that refers to nothing, is never used, does not add up, or can't be drawn."""
    problems: list[Problem] = [*edition.problems]
    for rule, files in _RULES.items():
        problems += rule(edition) if edition.sound(*files) else ()
    if edition.sound("charts", "quotes", "sections"):
        problems += _unused(edition)
    return [*problems, *drawing_problems(edition, figures, artworks)]


def _name(edition: Edition) -> Iterator[Problem]:
    """A folder copied from another edition would be taken for a newer one."""
    if edition.config.edition != edition.root.name:
        what = f"This says that it is the edition `{edition.config.edition}`, but its folder is `{edition.root.name}`."
        place = edition.documents["edition"].place(("edition",))
        yield error("edition-name", place, what, "Give both the same name, or move a copy out of data/.")


def _order(edition: Edition) -> Iterator[Problem]:
    """Every section and quotation stands in the order of the report exactly once."""
    seen: dict[tuple[str, str], Place] = {}
    entries = edition.config.sections
    ordered = {"section": {entry.section for entry in entries}, "quote": {entry.quote for entry in entries}}
    for index, entry in enumerate(entries):
        place = edition.place("edition", ("sections", index))
        if (entry.section is None) == (entry.quote is None):
            hint = "Write `- section: id` or `- quote: id`."
            yield error("bad-order", place, "Each step of the order names one section or one quote.", hint)
            continue
        kind, name = ("section", entry.section) if entry.section else ("quote", entry.quote or "")
        known = edition.ids(f"{kind}s")
        if known is not None and name not in known:
            where = f"{edition.shown}/sections/{name}.md" if kind == "section" else "an entry of quotes.yaml"
            meant = did_you_mean(name, set(known) - ordered[kind])  # what stands in the order already is not meant
            hint = f"{meant} Or create {where}." if meant else f"Create {where}."
            yield error(f"unknown-{kind}", place, f"There is no {kind} `{name}`.", hint)
        if first := seen.get((kind, name)):
            what = f"The {kind} `{name}` stands in the order twice; first on line {first.line}."
            yield error("duplicate-id", place, what, "Remove one of the two.")
        seen.setdefault((kind, name), place)
    for name, section in edition.sections.items():
        if ("section", name) not in seen:
            hint = f"Add `- section: {name}` to `sections` in edition.yaml, or remove the file."
            yield warning(
                "unused-section",
                Place(section.document.file),
                f"The section `{name}` is not in the order of the report.",
                hint,
            )
    for name in edition.quotes:
        if ("quote", name) not in seen:
            place = edition.place("quotes", ("quotes", name))
            hint = f"Add `- quote: {name}` to `sections` in edition.yaml, or remove the quotation."
            yield warning("unused-quote", place, f"The quotation `{name}` is not in the order of the report.", hint)


def _once(edition: Edition) -> Iterator[Problem]:
    """Some pages are there once in every report."""
    pages = [section.front.page for section in edition.sections.values()]
    for page in ONCE:
        if pages.count(page) != 1:
            hint = f"Exactly one section has `page: {page}` in its front matter."
            place = Place(f"{edition.shown}/sections")
            yield error("missing-section", place, f"The report needs one {page}, but has {pages.count(page)}.", hint)


def _references(edition: Edition) -> Iterator[Problem]:
    """Every fact, chart, image, pillar and source that is named exists."""
    facts = edition.ids("facts")
    for text in edition.texts():
        if text.resolved:
            yield from problems_in(text.written, text.place, edition.facts, edition.formats, facts)
    for section in edition.sections.values():
        for index, fact in enumerate(section.front.callouts):
            yield from _unknown(edition, "fact", fact, section.document.place(("callouts", index)))
        yield from _unknown(edition, "pillar", section.front.pillar, section.document.place(("pillar",)))
        for block in section.prose.blocks():
            for name in block.ids:
                yield from _unknown(edition, block.kind.removesuffix("s"), name, block.place)
    for name, chart in edition.charts.items():
        at = ("charts", name)
        yield from _unknown(edition, "fact", chart.whole, edition.place("charts", (*at, "whole")))
        yield from _unknown(edition, "pillar", chart.pillar, edition.place("charts", (*at, "pillar")))
        yield from _unknown(edition, "source", chart.source, edition.place("charts", (*at, "source")))
        for index, row in enumerate(chart.series):
            yield from _unknown(edition, "fact", row.fact, edition.place("charts", (*at, "series", index, "fact")))
    for name, stated in edition.facts.items():
        yield from _unknown(edition, "source", stated.source, edition.place("facts", ("facts", name, "source")))


def _unknown(edition: Edition, kind: str, name: str | None, place: Place) -> Iterator[Problem]:
    known = edition.ids(f"{kind}s")
    if name is not None and known is not None and name not in known:
        hint = did_you_mean(name, known) or "Add it, or correct the name."
        yield error(f"unknown-{kind}", place, f"There is no {kind} `{name}`.", hint)


def _ids(edition: Edition) -> Iterator[Problem]:
    """Checks have ids of their own; a fact is no other fact's twin."""
    seen: dict[str, Place] = {}
    for index, check in enumerate(edition.checks):
        place = edition.place("checks", ("checks", index, "id"))
        if check.id in seen:
            what = f"The check id `{check.id}` is used twice; first on line {seen[check.id].line}."
            yield error("duplicate-id", place, what, "Give each check an id of its own.")
        seen.setdefault(check.id, place)
    pillars: dict[str, int] = {}
    for index, pillar in enumerate(edition.config.pillars):
        if pillar.id in pillars:
            place = edition.place("edition", ("pillars", index))
            yield error("duplicate-id", place, f"The pillar id `{pillar.id}` is used twice.", "Rename one of them.")
        pillars[pillar.id] = index


def _quotes(edition: Edition) -> Iterator[Problem]:
    """A quotation without a known source is printed, but a person should know."""
    for name, quote in edition.quotes.items():
        if quote.status != "verified":
            place = edition.place("quotes", ("quotes", name, "status"))
            what = f"The quotation `{name}` is {quote.status}, not verified, as a saying of {quote.attribution}."
            yield warning("quote-status", place, what, quote.note or "Find its source, or keep the status.")
        elif not quote.source:
            place = edition.place("quotes", ("quotes", name))
            yield error("quote-source", place, f"The quotation `{name}` is verified but names no source.", "Add it.")


def _loose_references(edition: Edition) -> Iterator[Problem]:
    """A reference where none is resolved would be printed as it is."""
    resolved = {text.place for text in edition.texts() if text.resolved}
    documents = [document for name, document in edition.documents.items() if edition.sound(name)]
    documents += [section.document for section in edition.sections.values()]
    for document in documents:
        for path, raw in document.raw.items():
            if "{{" in raw and document.place(path) not in resolved:
                hint = "References work in section texts, ledes, statements, and titles and subjects of charts."
                what = f"A reference can't stand in `{path[-1] if path else ''}`."
                yield error("reference-here", place_at(raw, raw.index("{{"), document.place(path)), what, hint)


def _unused(edition: Edition) -> Iterator[Problem]:
    """Facts that no text, call-out, chart or drawing shows."""
    used = used_facts(edition)
    for name in edition.facts:
        if name not in used:
            hint = "Use it in prose, a call-out or a chart, or remove it."
            yield warning("unused-fact", edition.fact_place(name), f"The fact `{name}` is never used.", hint)


def _unshown(edition: Edition) -> Iterator[Problem]:
    """Charts and images that stand on no page."""
    shown = {name for section in edition.sections.values() for block in section.prose.blocks() for name in block.ids}
    for kind, known in (("chart", edition.charts), ("image", edition.images)):
        for name in known:
            if name not in shown:
                place = edition.place(f"{kind}s", (f"{kind}s", name))
                yield warning(
                    f"unused-{kind}", place, f"The {kind} `{name}` is never shown.", f"Add [[{kind}: {name}]]."
                )


def _links(edition: Edition) -> Iterator[Problem]:
    """A link into the report leads somewhere."""
    try:
        known = anchors(edition)
    except (FormatError, KeyError):  # a heading refers to what is no fact: told there
        return
    for section in edition.sections.values():
        for anchor, place in section.prose.links:
            if anchor not in known:
                hint = did_you_mean(anchor, known) or "Link to the id of a section, such as #notes, or to a chart."
                yield error("unknown-anchor", place, f"There is no `#{anchor}` in the report.", hint)


def _shown_once(edition: Edition) -> Iterator[Problem]:
    """A chart that stands twice has two numbers and two anchors."""
    seen: dict[str, Place] = {}
    for section in edition.sections.values():
        for block in section.prose.blocks():
            for name in block.ids if block.kind == "chart" else ():
                if name in seen:
                    what = f"The chart `{name}` is shown a second time; the first is at {seen[name]}."
                    hint = "Remove one of the two, or link to it: [see the chart](#chart-" + name + ")."
                    yield error("duplicate-chart", block.place, what, hint)
                seen.setdefault(name, block.place)


# Each rule with the files that it needs whole: without them it would find what only follows from their own problems.
_RULES: Mapping[Callable[[Edition], Iterator[Problem]], tuple[str, ...]] = {
    _name: ("edition",),
    _order: ("edition",),
    _once: ("sections",),
    _references: (),
    _loose_references: (),
    _links: ("sections", "quotes", "charts"),
    _shown_once: (),
    period_problems: ("edition",),
    value_problems: (),
    _ids: (),
    _quotes: (),
    typed_figures: ("edition", "facts"),
    _unshown: ("sections",),
    check_problems: ("facts",),
    renewal_problems: (),
}

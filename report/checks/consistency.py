"""Checks that an edition is consistent: references, ids, figures in prose, and the sums of checks.yaml.

In: an `Edition` and the declarations of the drawing functions. Out: all problems, each with its place.
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

REQUIRED_PAGES = ("cover", "contents", "notes", "back")


def consistency(edition: Edition, figures: Mapping[str, ChartForm], artworks: Mapping[str, Artwork]) -> list[Problem]:
    """Return the problems of an edition: broken references, unused entries, wrong sums, and undrawable charts."""
    problems: list[Problem] = [*edition.problems]
    for rule, files in _RULES.items():
        problems += rule(edition) if edition.is_valid(*files) else ()
    if edition.is_valid("charts", "quotes", "sections"):
        problems += _unused(edition)
    return [*problems, *drawing_problems(edition, figures, artworks)]


def _name(edition: Edition) -> Iterator[Problem]:
    """The edition must have the name of its folder; otherwise a copied folder would pass for a newer edition."""
    if edition.config.edition != edition.root.name:
        what = f"The edition is named `{edition.config.edition}`, but its folder is named `{edition.root.name}`."
        hint = "Give both the same name. If the folder is a copy, move it out of data/."
        yield error("edition-name", edition.documents["edition"].place(("edition",)), what, hint)


def _order(edition: Edition) -> Iterator[Problem]:
    """The order of the report must list every section and quotation exactly once."""
    seen: dict[tuple[str, str], Place] = {}
    entries = edition.config.sections
    ordered = {"section": {entry.section for entry in entries}, "quote": {entry.quote for entry in entries}}
    for index, entry in enumerate(entries):
        place = edition.place("edition", ("sections", index))
        if (entry.section is None) == (entry.quote is None):
            hint = "Write `- section: id` or `- quote: id`."
            yield error("bad-order", place, "Each entry of `sections` must name one section or one quote.", hint)
            continue
        kind, name = ("section", entry.section) if entry.section else ("quote", entry.quote or "")
        ids = edition.ids(f"{kind}s")
        if ids is not None and name not in ids:
            target = f"{edition.display_name}/sections/{name}.md" if kind == "section" else "an entry in quotes.yaml"
            suggestion = did_you_mean(name, set(ids) - ordered[kind])  # entries of the order are not suggested again
            hint = f"{suggestion} Or create {target}." if suggestion else f"Create {target}."
            yield error(f"unknown-{kind}", place, f"There is no {kind} `{name}`.", hint)
        if first := seen.get((kind, name)):
            what = f"The {kind} `{name}` is listed twice in `sections`, first on line {first.line}."
            yield error("duplicate-id", place, what, "Remove one of the two.")
        seen.setdefault((kind, name), place)
    for name, section in edition.sections.items():
        if ("section", name) not in seen:
            what = f"The section `{name}` is not listed in `sections`, so it is not printed."
            hint = f"Add `- section: {name}` to `sections` in edition.yaml, or remove the file."
            yield warning("unused-section", Place(section.document.file), what, hint)
    for name in edition.quotes:
        if ("quote", name) not in seen:
            place = edition.place("quotes", ("quotes", name))
            what = f"The quotation `{name}` is not listed in `sections`, so it is not printed."
            hint = f"Add `- quote: {name}` to `sections` in edition.yaml, or remove the quotation."
            yield warning("unused-quote", place, what, hint)


def _required_pages(edition: Edition) -> Iterator[Problem]:
    """Every report must have exactly one section of certain page types."""
    pages = [section.front.page for section in edition.sections.values()]
    for page in REQUIRED_PAGES:
        if pages.count(page) != 1:
            what = f"The report needs exactly one section of the page type {page}, but has {pages.count(page)}."
            hint = f"Write `page: {page}` in the front matter of exactly one section."
            yield error("missing-section", Place(f"{edition.display_name}/sections"), what, hint)


def _references(edition: Edition) -> Iterator[Problem]:
    """Every fact, chart, image, pillar and source that is referred to must exist."""
    fact_ids = edition.ids("facts")
    for text in edition.texts():
        if text.resolved:
            yield from problems_in(text.written, text.place, edition.facts, edition.formats, fact_ids)
    for section in edition.sections.values():
        for index, fact_id in enumerate(section.front.callouts):
            yield from _unknown(edition, "fact", fact_id, section.document.place(("callouts", index)))
        yield from _unknown(edition, "pillar", section.front.pillar, section.document.place(("pillar",)))
        for block in section.prose.blocks():
            for name in block.ids:
                yield from _unknown(edition, block.kind.removesuffix("s"), name, block.place)
    for name, chart in edition.charts.items():
        path = ("charts", name)
        yield from _unknown(edition, "fact", chart.whole, edition.place("charts", (*path, "whole")))
        yield from _unknown(edition, "pillar", chart.pillar, edition.place("charts", (*path, "pillar")))
        yield from _unknown(edition, "source", chart.source, edition.place("charts", (*path, "source")))
        for index, row in enumerate(chart.series):
            yield from _unknown(edition, "fact", row.fact, edition.place("charts", (*path, "series", index, "fact")))
    for name, fact in edition.facts.items():
        yield from _unknown(edition, "source", fact.source, edition.place("facts", ("facts", name, "source")))


def _unknown(edition: Edition, kind: str, name: str | None, place: Place) -> Iterator[Problem]:
    ids = edition.ids(f"{kind}s")
    if name is not None and ids is not None and name not in ids:
        hint = did_you_mean(name, ids) or "Add it, or correct the name."
        yield error(f"unknown-{kind}", place, f"There is no {kind} `{name}`.", hint)


def _ids(edition: Edition) -> Iterator[Problem]:
    """The ids of checks and pillars must be unique. (The other ids are keys, which `yamldoc` checks.)"""
    seen: dict[str, Place] = {}
    for index, check in enumerate(edition.checks):
        place = edition.place("checks", ("checks", index, "id"))
        if check.id in seen:
            what = f"The check id `{check.id}` is used twice, first on line {seen[check.id].line}."
            yield error("duplicate-id", place, what, "Give each check a unique id.")
        seen.setdefault(check.id, place)
    pillars: dict[str, int] = {}
    for index, pillar in enumerate(edition.config.pillars):
        if pillar.id in pillars:
            place = edition.place("edition", ("pillars", index))
            yield error("duplicate-id", place, f"The pillar id `{pillar.id}` is used twice.", "Rename one of them.")
        pillars[pillar.id] = index


def _quotes(edition: Edition) -> Iterator[Problem]:
    """A quotation that is not verified may be printed, but gives a warning. A verified one must have a source."""
    for name, quote in edition.quotes.items():
        if quote.status != "verified":
            place = edition.place("quotes", ("quotes", name, "status"))
            what = f"The quotation `{name}`, credited to {quote.attribution}, is {quote.status}, not verified."
            yield warning("quote-status", place, what, quote.note or "Find its source, or keep the status.")
        elif not quote.source:
            place, what = edition.place("quotes", ("quotes", name)), f"The verified quotation `{name}` has no source."
            yield error("quote-source", place, what, "Add a line `source: ...`.")


def _loose_references(edition: Edition) -> Iterator[Problem]:
    """A reference in a text where references are not resolved would be printed literally."""
    resolved = {text.place for text in edition.texts() if text.resolved}
    documents = [document for name, document in edition.documents.items() if edition.is_valid(name)]
    documents += [section.document for section in edition.sections.values()]
    for document in documents:
        for path, raw in document.raw.items():
            if "{{" in raw and document.place(path) not in resolved:
                hint = "References work in section texts, ledes, statements, and the titles and subjects of charts."
                what = f"References are not allowed in `{path[-1] if path else ''}`."
                yield error("reference-here", place_at(raw, raw.index("{{"), document.place(path)), what, hint)


def _unused(edition: Edition) -> Iterator[Problem]:
    """Every fact should be used in a text, a call-out, a chart or a drawing."""
    used = used_facts(edition)
    for name in edition.facts:
        if name not in used:
            hint = "Use it in prose, a call-out or a chart, or remove it."
            yield warning("unused-fact", edition.fact_place(name), f"The fact `{name}` is never used.", hint)


def _unplaced(edition: Edition) -> Iterator[Problem]:
    """Every chart and image should be placed on a page."""
    blocks = [block for section in edition.sections.values() for block in section.prose.blocks()]
    placed = {(block.kind, name) for block in blocks for name in block.ids}
    for kind, entries in (("chart", edition.charts), ("image", edition.images)):
        for name in entries:
            if (kind, name) not in placed:
                place, hint = edition.place(f"{kind}s", (f"{kind}s", name)), f"Add [[{kind}: {name}]]."
                yield warning(f"unused-{kind}", place, f"The {kind} `{name}` is never used.", hint)


def _links(edition: Edition) -> Iterator[Problem]:
    """Every internal link must have a target."""
    try:
        targets = anchors(edition)
    except (FormatError, KeyError):  # an invalid reference in a heading, which `_references` reports
        return
    for section in edition.sections.values():
        for anchor, place in section.prose.links:
            if anchor not in targets:
                hint = did_you_mean(anchor, targets) or "Link to the id of a section, such as #notes, or to a chart."
                yield error("unknown-anchor", place, f"The report has no anchor `#{anchor}`.", hint)


def _placed_once(edition: Edition) -> Iterator[Problem]:
    """A chart placed twice would have two numbers and two anchors."""
    seen: dict[str, Place] = {}
    for section in edition.sections.values():
        for block in section.prose.blocks():
            for name in block.ids if block.kind == "chart" else ():
                if name in seen:
                    what = f"The chart `{name}` is used twice; the first use is at {seen[name]}."
                    hint = "Remove one of the two, or link to the chart: [see the chart](#chart-" + name + ")."
                    yield error("duplicate-chart", block.place, what, hint)
                seen.setdefault(name, block.place)


# Each rule with the files that must be valid; if one is not, the rule would only report consequences of its problems.
_RULES: Mapping[Callable[[Edition], Iterator[Problem]], tuple[str, ...]] = {
    _name: ("edition",),
    _order: ("edition",),
    _required_pages: ("sections",),
    _references: (),
    _loose_references: (),
    _links: ("sections", "quotes", "charts"),
    _placed_once: (),
    period_problems: ("edition",),
    value_problems: (),
    _ids: (),
    _quotes: (),
    typed_figures: ("edition", "facts"),
    _unplaced: ("sections",),
    check_problems: ("facts",),
    renewal_problems: (),
}

"""Checks that the document has every text of the edition: a template that leaves one out would lose it silently.

In: an edition, its view, and the composed HTML. Out: a problem for each text that is missing, at its place in the data.
Texts are compared by their letters and digits alone, each with an occurrence of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import NamedTuple

from markupsafe import Markup

from report.compose.texts import END_OF_SECTION
from report.compose.views import BlockView, Callout, ReportView, SectionView
from report.edition.edition import Edition
from report.problems import Place, Problem, error, quoted, warning

_ALTERNATIVE = re.compile(r'\balt="([^"]*)"')
_SOURCE = re.compile(r'data-src="([^"]*)"')
_FOUND = "\0"  # in place of a text that was found, so that no other text is found there


class ExpectedText(NamedTuple):
    """A text that must be in the document, what it is in messages, and its place in the data."""

    text: str
    what: str
    place: Place


def unprinted(edition: Edition, view: ReportView, html: str) -> list[Problem]:
    """Return the texts of the edition that the document does not have."""
    body = html.partition("<body")[2]
    *parts, _ = body.split(END_OF_SECTION)
    if len(parts) != len(view.sections):  # a project's own report.html.j2 has no mark between sections
        parts = [body] * len(view.sections)
    missing = [
        problem
        for section, part in zip(view.sections, parts, strict=True)
        for problem in _missing(section, part, section_texts(edition, section))
    ]
    everything = _shown(body)
    unused = [text for text in edition_texts(edition) if _letters(text.text) not in everything]
    return [*missing, *map(_unused, unused)]


def _missing(section: SectionView, html: str, texts: Iterable[ExpectedText]) -> Iterator[Problem]:
    shown = _shown(html)
    for text in sorted(texts, key=lambda text: -len(text.text)):
        if (letters := _letters(text.text)) in shown:
            shown = shown.replace(letters, _FOUND, 1) if letters else shown
            continue
        what = f"The page type {section.page} does not print {text.what}: {quoted(text.text)}."
        hint = f"Move it to a section of another page type, or print it in layouts/pages/{section.page}.html.j2."
        yield error("unprinted", text.place, what, hint)


def _unused(text: ExpectedText) -> Problem:
    hint = "Add a section that prints it, such as one of the page type colophon for notes, or remove it."
    return warning("unprinted", text.place, f"No page prints {text.what}: {quoted(text.text)}.", hint)


def edition_texts(edition: Edition) -> Iterator[ExpectedText]:
    """Yield the texts that any section may print: titles, and notes on sources and quotations."""
    for section in edition.sections.values():
        yield ExpectedText(section.front.title, "the title", section.document.place(("title",)))
    for name, source in edition.config.sources.items():
        if source.note:
            yield ExpectedText(source.note, "the `note`", edition.place("edition", ("sources", name, "note")))
    for name, quote in edition.quotes.items():
        if quote.note:
            yield ExpectedText(quote.note, "the `note`", edition.place("quotes", ("quotes", name, "note")))


def section_texts(edition: Edition, section: SectionView) -> Iterator[ExpectedText]:
    """Yield the texts that only this section can print."""
    if section.quote:
        place = edition.place("quotes", ("quotes", section.id.removeprefix("quote-")))
        texts = (section.quote.text, section.quote.attribution, section.quote.source)
        yield from (ExpectedText(text, "the quotation", place) for text in texts if text)
        return
    document = edition.sections[section.id].document
    for key in ("kicker", "lede", "artwork_note", "artwork_alt"):
        if text := _plain(getattr(section, key)):
            yield ExpectedText(text, f"the `{key}`", document.key_place((key,)))
    if byline := edition.sections[section.id].front.byline:
        place = document.key_place(("byline",))
        yield from (ExpectedText(text, "the `byline`", place) for text in (byline.name, byline.role))
    for index, (label, statement) in enumerate(section.statements):
        place = document.place(("statements", index))
        yield from (ExpectedText(text, "a statement", place) for text in (label, statement.striptags()))
    for index, callout in enumerate(section.callouts):
        yield from _callout(callout, document.place(("callouts", index)))
    for part in section.parts:
        place = Place.of_source(part.src)
        yield ExpectedText(_plain(part.title), "the heading of a story", place)
        for block in part.blocks:
            yield from _block(block, place)


def _block(block: BlockView, part: Place) -> Iterator[ExpectedText]:
    if block.html:
        source = _SOURCE.search(block.html)
        place = Place.of_source(unescape(source[1])) if source else part
        yield ExpectedText(block.html.striptags(), "this text", place)
    for chart in block.charts:
        place = Place.of_source(chart.src)
        yield from (
            ExpectedText(text, f"the chart `{chart.id}`", place) for text in (chart.title.striptags(), chart.alt)
        )
    for callout in block.callouts:
        yield from _callout(callout, part)
    for image in block.images:
        for text in (image.alt, image.caption, image.credit):
            yield ExpectedText(text or "", f"the photograph {image.file}", part)


def _callout(callout: Callout, place: Place) -> Iterator[ExpectedText]:
    for text in (callout.qualifier, f"{callout.figure}{callout.scale}", callout.label):
        yield ExpectedText(text, f"the fact `{callout.id}`", place)


def _shown(html: str) -> str:
    """Return the letters and digits of HTML: its text, then its alternative texts."""
    alternatives = (_letters(unescape(text)) for text in _ALTERNATIVE.findall(html))
    return _FOUND.join([_letters(Markup(html).striptags()), *alternatives])


def _plain(text: str) -> str:
    return text.striptags() if isinstance(text, Markup) else text


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))

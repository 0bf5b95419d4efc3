"""The content of the message: the edition's key facts in the wording of layouts/email/, as plain text and as HTML.

In: an `Edition`, the PDF to send and the settings. Out: a `Letter`, and its plain-text and HTML versions for one
recipient. Every figure must appear in the PDF on a page that the manifest gives for it, so that the message and the
report agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from report.drawing.charts import resolve_references
from report.edition.edition import Edition
from report.edition.formats import NBSP
from report.edition.model import Organisation
from report.inspection.inspect import Pdf
from report.inspection.webpage import WebDesign
from report.mail.screen import ScreenEdition
from report.mail.settings import Settings
from report.problems import Problem, ReportError, did_you_mean, error


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A key fact: its formatted value and its label."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that the templates show except the greeting. `link` is empty if the settings give none."""

    subject: str
    title: str
    organisation: Organisation
    period: tuple[str, str]
    description: str
    figures: tuple[KeyFigure, ...]
    pages: int
    size: str
    attached: bool
    link: str
    signature: tuple[str, ...]
    greeting: str
    cover_alt: str
    language: str

    def linked(self) -> Letter:
        """Return the letter for a message that links to the report instead of attaching it."""
        return replace(self, attached=False)


def compose_letter(edition: Edition, screen: ScreenEdition, settings: Settings) -> Letter:
    """Return the letter. Raises ReportError if a fact is unknown or differs from the PDF."""
    config, formats, values = edition.config, edition.formats, settings.values
    facts = _fact_ids(edition, settings)
    if problems := list(_stale_problems(edition, facts, screen)):
        raise ReportError(problems)
    cover = next((section.front for section in edition.sections.values() if section.front.page == "cover"), None)
    artwork = f" {cover.artwork_alt}" if cover and cover.artwork_alt else ""
    return Letter(
        subject=values.subject or " ".join(f"{config.title}, {config.organisation.name}".split()),
        title=config.title,
        organisation=config.organisation,
        period=(formats.day(config.period.start), formats.day(config.period.end)),
        description=resolve_references(config.subject, edition),
        figures=tuple(KeyFigure(formats.fact(edition.facts[name]), edition.facts[name].label) for name in facts),
        pages=screen.pages,
        size=f"{formats.number(_megabytes(screen.data), 'count')}{NBSP}MB",
        attached=True,
        link=values.link or "",
        signature=values.signature,
        greeting=values.greeting,
        cover_alt=f"The cover: {config.title}. {config.tagline}.{artwork}",
        language=config.language,
    )


def render_texts(letter: Letter, greeting: str, cover: str, design: WebDesign) -> tuple[str, str]:
    """Return the message as plain text and as HTML. `cover` is the URL of the cover image."""
    values = {"letter": letter, "greeting": greeting, "cover": cover, "colours": design.colours}
    return (
        design.text("email", "message.txt.j2", **values).strip() + "\n",
        design.text("email", "message.html.j2", **values).strip() + "\n",
    )


def _megabytes(data: bytes) -> Decimal:
    return max(Decimal("0.1"), Decimal(len(data)).scaleb(-6).quantize(Decimal("0.1")))


def _fact_ids(edition: Edition, settings: Settings) -> Sequence[str]:
    """Return the ids of the key facts: those in the settings, or the call-outs of the first section with call-outs."""
    chosen = settings.values.facts
    unknown = [(index, name) for index, name in enumerate(chosen) if name not in edition.facts]
    if unknown:
        raise ReportError(
            error("unknown-fact", settings.place("facts", index), f"Unknown fact `{name}`.",
                  did_you_mean(name, edition.facts))
            for index, name in unknown
        )  # fmt: skip
    order = [edition.sections[entry.section] for entry in edition.config.sections if entry.section]
    facts = chosen or next((section.front.callouts for section in order if section.front.callouts), ())
    if not facts:
        hint = "List some under `facts` in the settings, or add call-outs to a section."
        raise ReportError([error("no-key-facts", settings.place("facts"), "The message has no figures to show.", hint)])
    return facts


def _stale_problems(edition: Edition, facts: Sequence[str], screen: ScreenEdition) -> Iterator[Problem]:
    """Yield a problem for each figure or title changed since the build: the message would contradict the report."""
    fact_pages = {name: [page for page in screen.facts.get(name, ()) if 0 < page <= screen.pages] for name in facts}
    page_texts = Pdf(screen.data).page_texts() if facts else []
    texts = {
        number: page_texts[number - 1]
        for numbers in fact_pages.values()
        for number in numbers
        if number <= len(page_texts)
    }
    hint = "Build the edition again, so that the message and the report agree."
    for name in facts:
        fact, place = edition.facts[name], edition.fact_place(name)
        figure = edition.formats.number(fact.value, fact.unit)
        if not any(_shown(figure).search(texts.get(page, "")) for page in fact_pages[name]):
            what = f"The message would give {figure} for `{name}`, but the PDF does not show that figure."
            yield error("stale-fact", place, what, hint)
    if screen.title != edition.config.title:
        what = f"The title is now `{edition.config.title}`, but the PDF was built with `{screen.title}`."
        yield error("stale-title", edition.place("edition", ("title",)), what, hint)


def _shown(figure: str) -> re.Pattern[str]:
    """Return a pattern for a figure on a page, over line breaks too. 500 is not shown by 12,500."""
    written = r"\s*".join(map(re.escape, figure.split()))
    return re.compile(rf"(?<!\d)(?<!\d[.,]){written}(?![.,]?\d)")


def greeting_line(name: str, greeting: str, letter: Letter) -> str:
    """Return the greeting of a message, without the final comma."""
    return greeting.rstrip(", ") or (f"Dear {name}" if name else letter.greeting.rstrip(", "))

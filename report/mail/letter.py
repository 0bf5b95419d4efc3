"""What the message says: the edition's key facts in the words of layouts/email/, as text and as HTML.

In: an `Edition`, the PDF that goes out, the settings. Out: a `Letter`, and its two texts for one reader. Figures that
the PDF does not show on the pages it should are refused: message and report must say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from report.drawing.charts import resolve_references
from report.edition.edition import Edition
from report.edition.formats import NBSP
from report.edition.model import Organisation
from report.inspection.inspect import Pdf
from report.inspection.webpage import render_template
from report.mail.screen import ScreenEdition
from report.mail.settings import Settings
from report.problems import Problem, ReportError, did_you_mean, error

LetterColours = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A key fact: what is counted, and how much of it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that the templates show, but for whom they greet. `link` is empty without one."""

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
        """Return the letter that points to the report instead of carrying it."""
        return replace(self, attached=False)


def letter(edition: Edition, screen: ScreenEdition, settings: Settings) -> Letter:
    """Return what the message says. Raises ReportError for facts that are unknown, or not what the PDF shows."""
    config, formats, values = edition.config, edition.formats, settings.values
    facts = _facts(edition, settings)
    if problems := list(_stale(edition, facts, screen)):
        raise ReportError(problems)
    cover = next((section.front for section in edition.sections.values() if section.front.page == "cover"), None)
    drawn = f" {cover.artwork_alt}" if cover and cover.artwork_alt else ""
    return Letter(
        subject=values.subject or f"{config.title}, {config.organisation.name}",
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
        cover_alt=f"The cover: {config.title}. {config.tagline}.{drawn}",
        language=config.language,
    )


def texts(letter: Letter, greeting: str, cover: str, colours: LetterColours) -> tuple[str, str]:
    """Return the message as text and as HTML. `cover` is the address of the picture."""
    values = {"letter": letter, "greeting": greeting, "cover": cover, "colours": colours}
    return (
        render_template("email", "message.txt.j2", **values).strip() + "\n",
        render_template("email", "message.html.j2", **values).strip() + "\n",
    )


def _megabytes(data: bytes) -> Decimal:
    return max(Decimal("0.1"), Decimal(len(data)).scaleb(-6).quantize(Decimal("0.1")))


def _facts(edition: Edition, settings: Settings) -> Sequence[str]:
    """Return the ids of the key facts: those chosen, or the call-outs of the first section that has some."""
    chosen = settings.values.facts
    unknown = [(index, name) for index, name in enumerate(chosen) if name not in edition.facts]
    if unknown:
        raise ReportError(
            error("unknown-fact", settings.place("facts", index), f"There is no fact `{name}`.",
                  did_you_mean(name, edition.facts))
            for index, name in unknown
        )  # fmt: skip
    order = [edition.sections[entry.section] for entry in edition.config.sections if entry.section]
    facts = chosen or next((section.front.callouts for section in order if section.front.callouts), ())
    if not facts:
        hint = "Name some as `facts` in the settings, or give a section call-outs."
        raise ReportError([error("no-key-facts", settings.place("facts"), "The message would show no figures.", hint)])
    return facts


def _stale(edition: Edition, facts: Sequence[str], screen: ScreenEdition) -> Iterator[Problem]:
    """A figure that was changed after the build would be one thing in the message and another in the report."""
    shown = {name: [page for page in screen.facts.get(name, ()) if 0 < page <= screen.pages] for name in facts}
    pages = Pdf(screen.data).page_texts() if facts else []
    squeezed = {
        number: _squeezed(pages[number - 1]) for each in shown.values() for number in each if number <= len(pages)
    }
    hint = "Build it again, so that the message and the report say the same."
    for name in facts:
        fact, place = edition.facts[name], edition.fact_place(name)
        figure = edition.formats.number(fact.value, fact.unit)
        if not any(_squeezed(figure) in squeezed.get(page, "") for page in shown[name]):
            what = f"The message would say {figure} for `{name}`, which the PDF does not show."
            yield error("stale-fact", place, what, hint)
    if screen.title != edition.config.title:
        what = f"The title is `{edition.config.title}`, but the PDF was built as `{screen.title}`."
        yield error("stale-title", edition.place("edition", ("title",)), what, hint)


def _squeezed(text: str) -> str:
    """Return a text without spaces: how words are set apart on a page is the business of the layout."""
    return "".join(text.split())


def greeting_of(name: str, greeting: str, letter: Letter) -> str:
    """Return how a message to someone starts, without the comma at its end."""
    return greeting.rstrip(", ") or (f"Dear {name}" if name else letter.greeting.rstrip(", "))

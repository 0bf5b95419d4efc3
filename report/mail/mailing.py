"""One edition made ready for the mail: what is said and enclosed, within the budget, as messages or as files.

In: an edition, its PDF, settings, recipients. Out: a `Mailing`, which makes the message to each, and the draft's files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from report.edition.edition import Edition
from report.inspection.firstpage import first_page
from report.mail.addresses import Address
from report.mail.letter import Letter, LetterColours, greeting_of, letter, texts
from report.mail.message import Headers, Message, MessageBody, NamedAddress, built, cover_id
from report.mail.recipients import Recipient
from report.mail.screen import ScreenEdition
from report.mail.settings import MIB, Settings
from report.problems import Problem, ReportError, error, warning

COVER_WIDTH = 560  # pixels; shown at half of that, so that it is sharp on every screen
NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mailing:
    """One edition, `name` in data/, ready to go out. `problems` are warnings, such as of a message nearly too big."""

    name: str
    edition: Edition
    screen: ScreenEdition
    settings: Settings
    letter: Letter
    cover: bytes
    colours: LetterColours
    problems: tuple[Problem, ...] = ()

    def message(self, recipient: Recipient, date: datetime) -> Message:
        """Return the message to one recipient."""
        greeting = greeting_of(recipient.name, recipient.greeting, self.letter)
        return built(self._head(date, to=NamedAddress(recipient.address, recipient.name)), self._body(greeting))

    def draft(self, recipients: Sequence[Recipient]) -> Message:
        """Return the message to open unsent: to those named, who don't see one another. It is dated as the edition."""
        date = datetime.combine(self.edition.config.published, NOON)
        head = self._head(date, draft=True, bcc=tuple(each.address for each in recipients))
        return built(head, self._body(greeting_of("", "", self.letter)))

    def _head(
        self, date: datetime, to: NamedAddress | None = None, bcc: tuple[Address, ...] = (), draft: bool = False
    ) -> Headers:
        values = self.settings.values
        sender = NamedAddress(self.settings.sender, _name(values.sender)) if self.settings.sender else None
        reply_to = NamedAddress(self.settings.reply_to, _name(values.reply_to)) if self.settings.reply_to else None
        return Headers(self.letter.subject, date, self.letter.language, sender, reply_to, to, bcc, draft)

    def _body(self, greeting: str) -> MessageBody:
        text, html = texts(self.letter, greeting, f"cid:{cover_id(self.cover)}", self.colours)
        attached = (self.screen.name, self.screen.data) if self.letter.attached else None
        return MessageBody(text, html, self.cover, attached)


def _name(mailbox: object) -> str:
    return getattr(mailbox, "name", None) or ""


def mailing(
    name: str,
    edition: Edition,
    screen: ScreenEdition,
    settings: Settings,
    recipients: Sequence[Recipient],
    colours: LetterColours,
) -> Mailing:
    """Return the mailing within its budget: with the PDF, or with a link to it. Raises ReportError if neither fits."""
    said = letter(edition, screen, settings)
    full = Mailing(name, edition, screen, settings, said, first_page(screen.data, COVER_WIDTH), colours)
    warn, refuse = settings.budget
    size = _size(full, recipients)
    if size <= warn:
        return full
    place, limit = settings.place("budget"), f"{refuse / MIB:g}"
    what = f"With the PDF attached, the message has {size / MIB:.1f} MiB"
    hint = "Make the PDF smaller (build.py access tells what takes its bytes)"
    if size <= refuse:
        problem = warning("message-big", place, f"{what}, and up to {limit} are allowed.", f"{hint}.")
        return replace(full, problems=(problem,))
    if not said.link:
        hint += ", or put it on the web and name its address as `link` in the settings."
        raise ReportError([error("message-too-big", place, f"{what}; up to {limit} are allowed.", hint)])
    linked = replace(full, letter=said.linked())
    if (size := _size(linked, recipients)) > refuse:
        what = f"Even without the PDF, the message has {size / MIB:.1f} MiB; up to {limit} are allowed."
        raise ReportError([error("message-too-big", place, what, "Raise the budget.")])
    hint = f"See that the PDF can be read at {said.link} before the message goes out."
    what += f"; up to {limit} are allowed. It carries a link instead."
    return replace(linked, problems=(warning("linked", place, what, hint),))


def _size(mail: Mailing, recipients: Sequence[Recipient]) -> int:
    """Return the size in bytes of the largest encoded message: the draft, or the one with the most words of its own."""
    day = datetime.combine(mail.edition.config.published, NOON)
    most = max(recipients, key=lambda each: len(f"{each.name}{each.greeting}{each.address.envelope}"), default=None)
    sizes = [len(mail.draft(recipients).data)]
    return max([*sizes, len(mail.message(most, day).data)] if most else sizes)


def draft_files(mail: Mailing, recipients: Sequence[Recipient]) -> dict[str, bytes]:
    """Return the draft and, beside it, the same as separate files, by name."""
    text, html = texts(mail.letter, greeting_of("", "", mail.letter), "cover.png", mail.colours)
    return {
        "message.eml": mail.draft(recipients).data,
        mail.screen.name: mail.screen.data,
        "message.txt": text.encode(),
        "message.html": html.encode(),
        "cover.png": mail.cover,
    }

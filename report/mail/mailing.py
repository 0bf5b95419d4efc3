"""One edition prepared for email: its letter and attachment, within the size budget, as messages or as files.

In: an edition, its PDF, settings and recipients. Out: a `Mailing`, which builds the message to each recipient, and the
files of the draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from report.edition.edition import Edition
from report.inspection.firstpage import first_page
from report.inspection.webpage import WebDesign
from report.mail.addresses import Address
from report.mail.letter import Letter, compose_letter, greeting_line, render_texts
from report.mail.message import Headers, Message, MessageBody, NamedAddress, build_message, cover_id
from report.mail.recipients import Recipient
from report.mail.screen import ScreenEdition
from report.mail.settings import MIB, Settings
from report.problems import Problem, ReportError, error, warning

COVER_WIDTH = 560  # pixels; shown at half that size, so that it is sharp on high-density screens
NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mailing:
    """An edition (`name` in data/) ready to send. `problems` holds warnings, such as a nearly oversized message."""

    name: str
    edition: Edition
    screen: ScreenEdition
    settings: Settings
    letter: Letter
    cover: bytes
    design: WebDesign
    problems: tuple[Problem, ...] = ()

    def message(self, recipient: Recipient, date: datetime) -> Message:
        """Return the message to one recipient."""
        greeting = greeting_line(recipient.name, recipient.greeting, self.letter)
        headers = self._headers(date, to=NamedAddress(recipient.address, recipient.name))
        return build_message(headers, self._body(greeting))

    def draft(self, recipients: Sequence[Recipient]) -> Message:
        """Return an unsent draft with all recipients in Bcc, dated with the edition's publication date."""
        date = datetime.combine(self.edition.config.published, NOON)
        headers = self._headers(date, draft=True, bcc=tuple(each.address for each in recipients))
        return build_message(headers, self._body(greeting_line("", "", self.letter)))

    def _headers(
        self, date: datetime, to: NamedAddress | None = None, bcc: tuple[Address, ...] = (), draft: bool = False
    ) -> Headers:
        values = self.settings.values
        sender = NamedAddress(self.settings.sender, _name(values.sender)) if self.settings.sender else None
        reply_to = NamedAddress(self.settings.reply_to, _name(values.reply_to)) if self.settings.reply_to else None
        return Headers(self.letter.subject, date, self.letter.language, sender, reply_to, to, bcc, draft)

    def _body(self, greeting: str) -> MessageBody:
        text, html = render_texts(self.letter, greeting, f"cid:{cover_id(self.cover)}", self.design)
        attached = (self.screen.name, self.screen.data) if self.letter.attached else None
        return MessageBody(text, html, self.cover, attached)


def _name(mailbox: object) -> str:
    return getattr(mailbox, "name", None) or ""


def prepare_mailing(
    name: str,
    edition: Edition,
    screen: ScreenEdition,
    settings: Settings,
    recipients: Sequence[Recipient],
    design: WebDesign,
) -> Mailing:
    """Return a mailing within the budget, with the PDF or a link to it. Raises ReportError if neither fits."""
    letter = compose_letter(edition, screen, settings)
    full = Mailing(name, edition, screen, settings, letter, first_page(screen.data, COVER_WIDTH), design)
    warn, refuse = settings.budget
    size = _largest_size(full, recipients)
    if size <= warn:
        return full
    place, limit = settings.place("budget"), f"{refuse / MIB:g}"
    what = f"With the PDF attached, the message is {size / MIB:.1f} MiB"
    hint = "Make the PDF smaller (build.py access shows what takes up space)"
    if size <= refuse:
        problem = warning("message-big", place, f"{what}; the limit is {limit} MiB.", f"{hint}.")
        return replace(full, problems=(problem,))
    if not letter.link:
        hint += ", or publish it on the web and give its address as `link` in the settings."
        raise ReportError([error("message-too-big", place, f"{what}; the limit is {limit} MiB.", hint)])
    linked = replace(full, letter=letter.linked())
    if (size := _largest_size(linked, recipients)) > refuse:
        what = f"Even without the PDF, the message is {size / MIB:.1f} MiB; the limit is {limit} MiB."
        raise ReportError([error("message-too-big", place, what, "Raise the budget.")])
    hint = f"Check that the PDF is available at {letter.link} before sending."
    what += f"; the limit is {limit} MiB. The message links to the PDF instead."
    return replace(linked, problems=(warning("linked", place, what, hint),))


def _largest_size(mail: Mailing, recipients: Sequence[Recipient]) -> int:
    """Return the size in bytes of the largest encoded message: the draft, or the one with the longest personal text."""
    day = datetime.combine(mail.edition.config.published, NOON)
    longest = max(recipients, key=lambda each: len(f"{each.name}{each.greeting}{each.address.envelope}"), default=None)
    sizes = [len(mail.draft(recipients).data)]
    return max([*sizes, len(mail.message(longest, day).data)] if longest else sizes)


def draft_files(mail: Mailing, recipients: Sequence[Recipient]) -> dict[str, bytes]:
    """Return the files of the draft by name: the message, and its parts as separate files."""
    text, html = render_texts(mail.letter, greeting_line("", "", mail.letter), "cover.png", mail.design)
    return {
        "message.eml": mail.draft(recipients).data,
        mail.screen.name: mail.screen.data,
        "message.txt": text.encode(),
        "message.html": html.encode(),
        "cover.png": mail.cover,
    }

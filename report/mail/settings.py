"""mail.yaml: who sends, what the message says beside the edition's facts, how big it may be, and through which server.

In: the path of a file kept outside git (docs/mail.example.yaml shows one). Out: `Settings`. A password never stands in
it: see `report.mail.login`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field

from report.edition.model import FactId, FrozenModel, Number, Text
from report.edition.validate import validate
from report.edition.yamldoc import Document, KeyPath, parse, read_text
from report.mail.addresses import Address, AddressError, parse_address, sound_text
from report.problems import Place, Problem, ReportError, error

MIB = 1024 * 1024
PORTS = {"starttls": 587, "tls": 465, "none": 25}
_SECRETS = re.compile(r"pass(word|wd|phrase)?|secret|token|credentials?", re.IGNORECASE)
_LINK = re.compile(r"https://[^\s<>\"'\\]+")
_HOST = re.compile(r"[A-Za-z0-9.:-]+")
_LOCAL = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")


class Mailbox(FrozenModel):
    """A name and an address."""

    name: Text | None = None
    address: Text


class Budget(FrozenModel):
    """How big the encoded message may be, in MiB (1,048,576 bytes)."""

    warn: Number = Field(Decimal(15), description="Above this, a warning.", gt=0)
    refuse: Number = Field(Decimal(18), description="Above this, a link instead of the attachment.", gt=0)


class SmtpServer(FrozenModel):
    """The SMTP server that takes the messages. The password comes from the environment or the system keyring."""

    host: Text
    port: int | None = Field(None, ge=1, le=65535, description="Absent: 587 for starttls, 465 for tls, 25 for none.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the connection is encrypted. none: only to a server on this machine, without login.",
    )
    user: Text | None = Field(None, description="The login name, if the server asks for one.")
    ca: Text | None = Field(None, description="A PEM file of the authorities to trust instead of the system's.")
    timeout: Number = Field(Decimal(60), gt=0, description="Seconds to wait for a reply.")
    last_timeout: Number = Field(
        Decimal(600),
        gt=0,
        description="Seconds to wait for the reply after the message: RFC 5321 asks for ten minutes.",
    )
    pauses: tuple[int, ...] = Field(
        (15, 60, 300, 900), description="Seconds to wait before each further attempt after a temporary refusal."
    )


class SettingsFile(FrozenModel):
    """mail.yaml: how an edition goes to the board."""

    sender: Mailbox | None = Field(
        None, description="Who the message is from. A draft may leave it to the mail program."
    )
    reply_to: Mailbox | None = None
    subject: Text | None = Field(None, description="Absent: the title and the organisation.")
    greeting: Text = Field("Dear members of the board", description="For recipients without a greeting of their own.")
    signature: tuple[Text, ...] = Field((), description="Lines above the organisation's name and address.")
    facts: tuple[FactId, ...] = Field(
        (), description="The figures to show. Absent: the call-outs of the first section."
    )
    link: Text | None = Field(None, description="The https address of the report, for when it is too big to attach.")
    budget: Budget = Budget()
    smtp: SmtpServer | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings with the addresses in them understood, and where each stands."""

    values: SettingsFile
    document: Document
    path: Path
    sender: Address | None
    reply_to: Address | None

    @property
    def budget(self) -> tuple[int, int]:
        """The sizes in bytes above which to warn and to refuse."""
        return int(self.values.budget.warn * MIB), int(self.values.budget.refuse * MIB)

    def server(self) -> SmtpServer:
        """Return the server, its file of authorities found beside the settings. Raises ValueError without a server."""
        if self.values.smtp is None:
            raise ValueError("the settings name no server")
        ca = self.values.smtp.ca
        return self.values.smtp.model_copy(update={"ca": str(self.path.parent / ca) if ca else None})

    def place(self, *path: str | int) -> Place:
        """Return where a setting stands, or the file where it is left out."""
        return self.document.place(path) if path in self.document.items else Place(self.document.file)


def load_settings(path: Path | None) -> Settings:
    """Read the settings; without a file, those that a draft needs. Raises ReportError with every problem."""
    if path is None:
        return Settings(SettingsFile(), Document("mail.yaml", {}, {}, {}), Path("mail.yaml"), None, None)
    document = parse(read_text(path, str(path)), str(path))
    if secrets := list(_secrets(document)):
        raise ReportError(secrets)
    values = validate(SettingsFile, document)
    problems = list(_problems(values, document))
    sender = _address(values.sender, ("sender",), document, problems)
    reply_to = _address(values.reply_to, ("reply_to",), document, problems)
    if problems:
        raise ReportError(problems)
    return Settings(values, document, path, sender, reply_to)


def _secrets(document: Document) -> Iterator[Problem]:
    """A password in a file is found before anything is said about the key, and is never repeated."""
    for path, place in document.keys.items():
        if isinstance(path[-1], str) and _SECRETS.fullmatch(path[-1]):
            what = f"`{path[-1]}`: a password does not belong in a file."
            hint = "Delete it here, change it if others could read it, and see docs/email.md for where it goes."
            yield error("password-in-file", place, what, hint)


def _problems(values: SettingsFile, document: Document) -> Iterator[Problem]:
    texts = (("subject", values.subject), ("greeting", values.greeting))
    lines = [((key,), text) for key, text in texts if text]
    lines += [(("signature", index), text) for index, text in enumerate(values.signature)]  # type: ignore[misc]
    for path, text in lines:
        yield from _line(text, path, document)
    if values.budget.warn > values.budget.refuse:
        what = f"The warning at {values.budget.warn} MiB would come after the refusal at {values.budget.refuse} MiB."
        yield error("bad-value", document.place(("budget", "warn")), what, "Warn at less than what is refused.")
    if values.link and not _LINK.fullmatch(values.link):
        hint = "Write the whole address, starting with https://."
        yield error("bad-value", document.place(("link",)), "This is no https address.", hint)
    if values.smtp:
        yield from _server(values.smtp, document)


def _server(server: SmtpServer, document: Document) -> Iterator[Problem]:
    if not _HOST.fullmatch(server.host):
        yield error("bad-value", document.place(("smtp", "host")), "This is no host name.", "Write the name alone.")
    if any(pause < 0 for pause in server.pauses) or list(server.pauses) != sorted(server.pauses):
        what = "Pauses must grow: a server that is not ready is not asked more and more often."
        yield error("bad-value", document.place(("smtp", "pauses")), what, "Write them in rising order.")
    if server.security == "none" and (server.user or not _LOCAL.fullmatch(server.host)):
        what = "Without encryption, the report and the password could be read and changed on their way."
        hint = "Use starttls or tls; none is only for a server on this machine, without login."
        yield error("unencrypted", document.place(("smtp", "security")), what, hint)


def _address(mailbox: Mailbox | None, path: KeyPath, document: Document, problems: list[Problem]) -> Address | None:
    if mailbox is None:
        return None
    problems += _line(mailbox.name or "", (*path, "name"), document)
    try:
        return parse_address(mailbox.address)
    except AddressError as failure:
        hint = "Write the bare address, such as board@example.org."
        problems.append(error("bad-address", document.place((*path, "address")), str(failure), hint))
        return None


def _line(text: str, path: KeyPath, document: Document) -> Iterator[Problem]:
    try:
        sound_text(text)
    except AddressError as failure:
        yield error("bad-text", document.place(path), str(failure), "Write it in one line.")

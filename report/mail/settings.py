"""mail.yaml: the sender, the wording, the size budget and the SMTP server.

In: the path of a file kept outside git (see docs/mail.example.yaml). Out: `Settings`. Passwords are not allowed in the
file: see `report.mail.login`.
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
from report.mail.addresses import Address, AddressError, parse_address, single_line
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
    """The size limits of the encoded message, in MiB (1,048,576 bytes)."""

    warn: Number = Field(Decimal(15), description="Above this size, a warning.", gt=0)
    refuse: Number = Field(Decimal(18), description="Above this size, a link replaces the attachment.", gt=0)


class SmtpServer(FrozenModel):
    """The outgoing SMTP server. The password comes from the environment or the system keyring."""

    host: Text
    port: int | None = Field(None, ge=1, le=65535, description="Default: 587 for starttls, 465 for tls, 25 for none.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="The encryption of the connection. none: only for a server on this machine, without login.",
    )
    user: Text | None = Field(None, description="The login name, if the server requires one.")
    ca: Text | None = Field(None, description="A PEM file of CA certificates to trust instead of the system's.")
    timeout: Number = Field(Decimal(60), gt=0, description="Seconds to wait for a reply.")
    last_timeout: Number = Field(
        Decimal(600),
        gt=0,
        description="Seconds to wait for the reply after the message. RFC 5321 recommends ten minutes.",
    )
    pauses: tuple[int, ...] = Field(
        (15, 60, 300, 900), description="Seconds to wait before each retry after a temporary refusal."
    )


class SettingsFile(FrozenModel):
    """mail.yaml: how an edition is sent to the board."""

    sender: Mailbox | None = Field(
        None, description="The sender of the message. In a draft, the mail program may fill it in."
    )
    reply_to: Mailbox | None = None
    subject: Text | None = Field(None, description="Default: the title and the organisation.")
    greeting: Text = Field(
        "Dear members of the board", description="For drafts and for recipients without a name or greeting."
    )
    signature: tuple[Text, ...] = Field((), description="Lines above the organisation's name and address.")
    facts: tuple[FactId, ...] = Field(
        (), description="The figures to show. Default: the call-outs of the first section with call-outs."
    )
    link: Text | None = Field(None, description="The https URL of the report, used if it is too large to attach.")
    budget: Budget = Budget()
    smtp: SmtpServer | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings with parsed addresses, and the place of each setting."""

    values: SettingsFile
    document: Document
    path: Path
    sender: Address | None
    reply_to: Address | None

    @property
    def budget(self) -> tuple[int, int]:
        """The sizes in bytes above which to warn and to refuse the attachment."""
        return int(self.values.budget.warn * MIB), int(self.values.budget.refuse * MIB)

    def server(self) -> SmtpServer:
        """Return the server, with its CA file relative to the settings file. Raises ValueError without a server."""
        if self.values.smtp is None:
            raise ValueError("the settings have no server")
        ca = self.values.smtp.ca
        return self.values.smtp.model_copy(update={"ca": str(self.path.parent / ca) if ca else None})

    def place(self, *path: str | int) -> Place:
        """Return the place of a setting, or the whole file if the setting is absent."""
        return self.document.place(path) if path in self.document.items else Place(self.document.file)


def load_settings(path: Path | None) -> Settings:
    """Read the settings. Without a file, return defaults that suffice for a draft.

    Raises ReportError with every problem.
    """
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
    """Yield a problem for each key that looks like a password. This check runs first, so that no message quotes one."""
    for path, place in document.keys.items():
        if isinstance(path[-1], str) and _SECRETS.fullmatch(path[-1]):
            what = f"The key `{path[-1]}` looks like a password, which does not belong in a file."
            hint = (
                "Delete it, change the password if others could have read it, and see docs/email.md for alternatives."
            )
            yield error("password-in-file", place, what, hint)


def _problems(values: SettingsFile, document: Document) -> Iterator[Problem]:
    texts = (("subject", values.subject), ("greeting", values.greeting))
    lines = [((key,), text) for key, text in texts if text]
    lines += [(("signature", index), text) for index, text in enumerate(values.signature)]  # type: ignore[misc]
    for path, text in lines:
        yield from _text_problems(text, path, document)
    if values.budget.warn > values.budget.refuse:
        what = f"The warning size ({values.budget.warn} MiB) is above the refusal size ({values.budget.refuse} MiB)."
        yield error("bad-value", document.place(("budget", "warn")), what, "Set `warn` to at most `refuse`.")
    if values.link and not _LINK.fullmatch(values.link):
        hint = "Write the full URL, starting with https://."
        yield error("bad-value", document.place(("link",)), "This is not a valid https URL.", hint)
    if values.smtp:
        yield from _server_problems(values.smtp, document)


def _server_problems(server: SmtpServer, document: Document) -> Iterator[Problem]:
    if not _HOST.fullmatch(server.host):
        what, hint = "This is not a valid host name.", "Write the host name alone."
        yield error("bad-value", document.place(("smtp", "host")), what, hint)
    if any(pause < 0 for pause in server.pauses) or list(server.pauses) != sorted(server.pauses):
        what = "The pauses must not be negative or get shorter, so that a busy server is not retried more often."
        yield error("bad-value", document.place(("smtp", "pauses")), what, "List them in increasing order.")
    if server.security == "none" and (server.user or not _LOCAL.fullmatch(server.host)):
        what = "Without encryption, the report and the password can be read and changed in transit."
        hint = "Use starttls or tls. Use none only for a server on this machine, without login."
        yield error("unencrypted", document.place(("smtp", "security")), what, hint)


def _address(mailbox: Mailbox | None, path: KeyPath, document: Document, problems: list[Problem]) -> Address | None:
    if mailbox is None:
        return None
    problems += _text_problems(mailbox.name or "", (*path, "name"), document)
    try:
        return parse_address(mailbox.address)
    except AddressError as failure:
        hint = "Write the address alone, such as board@example.org."
        problems.append(error("bad-address", document.place((*path, "address")), str(failure), hint))
        return None


def _text_problems(text: str, path: KeyPath, document: Document) -> Iterator[Problem]:
    try:
        single_line(text)
    except AddressError as failure:
        yield error("bad-text", document.place(path), str(failure), "Use a short text on a single line.")

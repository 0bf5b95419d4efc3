"""A message as bytes: plain text, HTML with the cover image inline, and the report attached.

In: `Headers` and a `MessageBody`. Out: an RFC 5322 MIME message with CRLF line endings. The same input gives the same
bytes: boundaries and Message-ID are derived from the content. No value can break out of its header line. The finished
message is parsed again: if a header differs from its value, or is one too many, the message is not sent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header, decode_header, make_header
from email.message import EmailMessage
from email.parser import HeaderParser
from email.utils import format_datetime, getaddresses

from report.mail.addresses import Address

NO_DOMAIN = "draft.invalid"  # for a draft whose sender the mail program fills in (RFC 2606)
# ASCII that needs no encoding: no quotes, no backslash, no "=?", no space at either end.
_PLAIN = re.compile(r"(?!.*=\?)[!#-\[\]-~]([ !#-\[\]-~]*[!#-\[\]-~])?")
_ONE_HEADER = re.compile(r"[^\r\n]+(\r\n [^\r\n]+)*")


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """An address with a display name."""

    address: Address
    name: str = ""


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of a message. A draft opens unsent, with its recipients in `bcc`, hidden from one another."""

    subject: str
    date: datetime
    language: str
    sender: NamedAddress | None = None
    reply_to: NamedAddress | None = None
    to: NamedAddress | None = None
    bcc: tuple[Address, ...] = ()
    draft: bool = False

    @property
    def utf8(self) -> bool:
        """Whether any address needs UTF-8 headers (RFC 6532)."""
        named = [each.address for each in (self.sender, self.reply_to, self.to) if each]
        return any(address.utf8 for address in (*named, *self.bcc))


@dataclass(frozen=True, slots=True)
class MessageBody:
    """The message as text and HTML, the cover image, and the attached report (file name and bytes), if any."""

    text: str
    html: str
    cover: bytes
    attached: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A finished message."""

    id: str
    data: bytes
    utf8: bool


class MisreadError(Exception):
    """A message does not parse back to the headers it was built from."""


def cover_id(cover: bytes) -> str:
    """Return the Content-ID by which the HTML refers to the inline cover (cid:...)."""
    return f"cover-{_digest([cover])}@report"


def build_message(headers: Headers, body: MessageBody) -> Message:
    """Return the message. Raises MisreadError if it does not parse back to the same headers."""
    digest = _digest(_content_parts(headers, body))
    message_id = f"<{digest}@{headers.sender.address.domain if headers.sender else NO_DOMAIN}>"
    content = EmailMessage(policy=policy.SMTP)
    content.set_content(body.text, cte="quoted-printable")
    content.add_alternative(body.html, subtype="html", cte="quoted-printable")
    html = list(content.iter_parts())[1]
    html.add_related(
        body.cover, "image", "png", cid=f"<{cover_id(body.cover)}>", filename="cover.png", disposition="inline"
    )
    if body.attached:
        name, data = body.attached
        content.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    for number, part in enumerate(part for part in content.walk() if part.is_multipart()):
        part.set_boundary(f"=_{digest}_{number}")  # neither quoted-printable nor base64 can contain "=_"
    header = b"".join(_header_line(name, value) for name, value in _header_fields(headers, message_id))
    data = header + content.as_bytes()
    _read_back(data, headers, message_id)
    return Message(message_id, data, headers.utf8)


def _header_fields(headers: Headers, message_id: str) -> Iterator[tuple[str, str]]:
    """Yield the header names and encoded values in order."""
    if headers.draft:
        yield "X-Unsent", "1"
    for name, mailbox in _mailboxes(headers):
        envelope = mailbox.address.envelope
        yield name, f"{_phrase(name, mailbox.name)} <{envelope}>" if mailbox.name else envelope
    if headers.bcc:
        yield "Bcc", ",\r\n ".join(address.envelope for address in headers.bcc)
    yield "Subject", _encoded_text("Subject", headers.subject)
    yield "Date", format_datetime(headers.date)
    yield "Message-ID", message_id
    yield "Content-Language", headers.language


def _mailboxes(headers: Headers) -> list[tuple[str, NamedAddress]]:
    fields = (("From", headers.sender), ("Reply-To", headers.reply_to), ("To", headers.to))
    return [(name, mailbox) for name, mailbox in fields if mailbox]


def _header_line(name: str, value: str) -> bytes:
    """Return a header line. Raises MisreadError if the value contains a line break that is not a fold."""
    if not _ONE_HEADER.fullmatch(value):
        raise MisreadError(f"The value for {name} contains a line break.")
    return f"{name}: {value}\r\n".encode()


def _phrase(header: str, name: str) -> str:
    """Return a display name as an RFC 5322 phrase (3.2.5): quoted if it is plain, otherwise as encoded words."""
    return f'"{name}"' if _PLAIN.fullmatch(name) else _encoded_text(header, name)


def _encoded_text(header: str, text: str) -> str:
    """Return text for a header: unchanged if it is plain, otherwise as encoded words (RFC 2047).

    The older `Header` class is used because the policies of the email package insert spaces into long names without
    spaces and lose spaces from others.
    """
    return text if _PLAIN.fullmatch(text) else Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def _content_parts(headers: Headers, body: MessageBody) -> Sequence[bytes]:
    """Return everything that identifies the message. The date is left out: a message sent again keeps its ID."""
    people = [f"{header} {mailbox.name} <{mailbox.address.envelope}>" for header, mailbox in _mailboxes(headers)]
    people += [address.envelope for address in headers.bcc]
    texts = (headers.subject, headers.language, str(headers.draft), *people, body.text, body.html)
    name, data = body.attached or ("", b"")
    return (*(text.encode() for text in texts), body.cover, name.encode(), data)


def _digest(parts: Sequence[bytes]) -> str:
    """Return a digest of the parts that also depends on where one part ends and the next begins."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:32]


def _read_back(data: bytes, headers: Headers, message_id: str) -> None:
    """Check that the message parses to the intended headers and no others. Raises MisreadError."""
    header = data[: data.index(b"\r\n\r\n") + 4].decode()
    parsed = HeaderParser(policy=policy.compat32).parsestr(header)
    intended = [name for name, _ in _header_fields(headers, message_id)] + ["MIME-Version", "Content-Type"]
    if sorted(parsed.keys()) != sorted(intended):
        raise MisreadError(f"Expected the headers {', '.join(intended)}; the message has {', '.join(parsed.keys())}.")
    expected = {name: [(mailbox.name, mailbox.address.envelope)] for name, mailbox in _mailboxes(headers)}
    if headers.bcc:
        expected["Bcc"] = [("", address.envelope) for address in headers.bcc]
    for name, people in expected.items():
        addresses = getaddresses([" ".join(parsed[name].split("\r\n "))])
        if [(_decode(each), address) for each, address in addresses] != people:
            raise MisreadError(f"{name} reads back as {parsed[name]}.")
    if _decode(parsed["Subject"]) != headers.subject:
        raise MisreadError(f"The subject reads back as {parsed['Subject']}.")


def _decode(text: str) -> str:
    return str(make_header(decode_header(text)))

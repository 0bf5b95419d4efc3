"""A message as bytes: text, HTML with the cover's picture inside, and the report attached.

In: a `Headers` and a `MessageBody`. Out: RFC 5322 and MIME, line ends CRLF. The same input gives the same bytes:
boundaries and Message-ID follow from the content. No value can end the line of its header. What was made is read back:
a header that does not say what it was told, or one more than was meant, is a fault, and never sent.
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

NO_DOMAIN = "draft.invalid"  # of a draft whose sender the mail program fills in (RFC 2606)
# ASCII that is read as it stands: no quotes, no backslash, no "=?", no space at an end.
_PLAIN = re.compile(r"(?!.*=\?)[!#-\[\]-~]([ !#-\[\]-~]*[!#-\[\]-~])?")
_ONE_HEADER = re.compile(r"[^\r\n]+(\r\n [^\r\n]+)*")


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """An address with the name beside it."""

    address: Address
    name: str = ""


@dataclass(frozen=True, slots=True)
class Headers:
    """Who writes to whom, about what, when. A draft is opened unsent; its readers don't see one another (`bcc`)."""

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
        """Whether an address needs headers in UTF-8 (RFC 6532)."""
        named = [each.address for each in (self.sender, self.reply_to, self.to) if each]
        return any(address.utf8 for address in (*named, *self.bcc))


@dataclass(frozen=True, slots=True)
class MessageBody:
    """The message twice, its picture, and the report by its file name, if it is attached."""

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
    """A message reads back as something else than was written."""


def cover_id(cover: bytes) -> str:
    """Return the name by which the HTML calls the picture inside the message: cid:..."""
    return f"cover-{_digest([cover])}@report"


def built(head: Headers, body: MessageBody) -> Message:
    """Return the message. Raises MisreadError, before anything goes out, where a header does not say what it should."""
    digest = _digest(_content(head, body))
    identity = f"<{digest}@{head.sender.address.domain if head.sender else NO_DOMAIN}>"
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
        part.set_boundary(f"=_{digest}_{number}")  # neither quoted-printable nor base64 can hold "=_"
    headers = b"".join(_line(name, value) for name, value in _headers(head, identity))
    written = headers + content.as_bytes()
    _read_back(written, head, identity)
    return Message(identity, written, head.utf8)


def _headers(head: Headers, identity: str) -> Iterator[tuple[str, str]]:
    """Yield the headers in their order."""
    if head.draft:
        yield "X-Unsent", "1"
    for name, who in _people(head):
        yield name, f"{_phrase(name, who.name)} <{who.address.envelope}>" if who.name else who.address.envelope
    if head.bcc:
        yield "Bcc", ",\r\n ".join(address.envelope for address in head.bcc)
    yield "Subject", _words("Subject", head.subject)
    yield "Date", format_datetime(head.date)
    yield "Message-ID", identity
    yield "Content-Language", head.language


def _people(head: Headers) -> list[tuple[str, NamedAddress]]:
    return [(name, who) for name, who in (("From", head.sender), ("Reply-To", head.reply_to), ("To", head.to)) if who]


def _line(name: str, value: str) -> bytes:
    """Return a header. Raises MisreadError if anything but a fold would end its line."""
    if not _ONE_HEADER.fullmatch(value):
        raise MisreadError(f"What is meant for {name} would end its line.")
    return f"{name}: {value}\r\n".encode()


def _phrase(header: str, name: str) -> str:
    """Return a name as it stands before an address (RFC 5322, 3.2.5): quoted if it is plain, else in encoded words."""
    return f'"{name}"' if _PLAIN.fullmatch(name) else _words(header, name)


def _words(header: str, text: str) -> str:
    """Return text as it stands in a header: as it is if plain, else in encoded words (RFC 2047).

    The library's policies would put spaces into long names without any, and lose some of others: the older `Header`
    does not.
    """
    return text if _PLAIN.fullmatch(text) else Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def _content(head: Headers, body: MessageBody) -> Sequence[bytes]:
    """Return what the message says to whom; not when."""
    people = [f"{header} {who.name} <{who.address.envelope}>" for header, who in _people(head)]
    people += [address.envelope for address in head.bcc]
    texts = (head.subject, head.language, str(head.draft), *people, body.text, body.html)
    name, data = body.attached or ("", b"")
    return (*(text.encode() for text in texts), body.cover, name.encode(), data)


def _digest(parts: Sequence[bytes]) -> str:
    """Return a digest in which no two lists of parts look alike."""
    summed = hashlib.sha256()
    for part in parts:
        summed.update(hashlib.sha256(part).digest())
    return summed.hexdigest()[:32]


def _read_back(written: bytes, head: Headers, identity: str) -> None:
    """Make sure that a reader finds the headers that were meant, and no more. Raises MisreadError."""
    start = written[: written.index(b"\r\n\r\n") + 4].decode()
    found = HeaderParser(policy=policy.compat32).parsestr(start)
    meant = [name for name, _ in _headers(head, identity)] + ["MIME-Version", "Content-Type"]
    if sorted(found.keys()) != sorted(meant):
        raise MisreadError(f"These headers were meant: {', '.join(meant)}. These came out: {', '.join(found.keys())}.")
    expected = {name: [(who.name, who.address.envelope)] for name, who in _people(head)}
    if head.bcc:
        expected["Bcc"] = [("", address.envelope) for address in head.bcc]
    for name, people in expected.items():
        addresses = getaddresses([" ".join(found[name].split("\r\n "))])
        if [(_decoded(each), address) for each, address in addresses] != people:
            raise MisreadError(f"{name} reads back as {found[name]}.")
    if _decoded(found["Subject"]) != head.subject:
        raise MisreadError(f"The subject reads back as {found['Subject']}.")


def _decoded(text: str) -> str:
    return str(make_header(decode_header(text)))

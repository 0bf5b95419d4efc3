"""Messages handed over to an SMTP server, one at a time, with an honest answer to what became of each.

In: a server, a login, and messages as bytes. Out: an `SendResult` for each; `Unreachable` if the server can't be spoken
to now, `ServerRefusal` if it never will be. RFC 5321 with STARTTLS (RFC 3207), AUTH (RFC 4954), SIZE and SMTPUTF8 (RFC
6531).
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from report.mail.login import Login
from report.mail.settings import PORTS, SmtpServer

LONGEST_REPLY = 200
_NAME = "[127.0.0.1]"  # what we are called in EHLO: an address literal tells nobody about the machine
_LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)


class Unreachable(Exception):
    """The server can't be spoken to now; later it may."""


class ServerRefusal(Exception):
    """The server will not take any message, however often it is asked."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of one message, at which step, and with what reply."""

    state: Literal["sent", "refused", "deferred", "uncertain"]
    step: str
    code: int = 0
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it goes over the line: CRLF at line ends, addresses as the envelope has them."""

    sender: str
    recipient: str
    data: bytes
    utf8: bool


class SmtpConnection:
    """A connection to the server: opened when needed, closed after anything but a success."""

    def __init__(self, server: SmtpServer, login: Login | None) -> None:
        self.server, self.login = server, login
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> SmtpConnection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up(politely=kind is None)

    def hand_over(self, parcel: Envelope, handing: Callable[[], object]) -> SendResult:
        """Hand a message over. `handing` is called when nothing is missing but the final dot.

        Raises Unreachable or Impossible if that has to do with the server and not with this message.
        """
        kept_open = self._smtp is not None
        outcome = self._attempt(parcel, handing)
        if kept_open and (outcome.state, outcome.step) == ("deferred", "MAIL"):
            outcome = self._attempt(parcel, handing)  # some servers end a connection after each message, or soon
        return outcome

    def _attempt(self, parcel: Envelope, handing: Callable[[], object]) -> SendResult:
        smtp = self._smtp = self._smtp or connect(self.server, self.login)
        try:
            outcome = self._spoken(smtp, parcel, handing)
        except BaseException:
            self._hang_up(politely=False)  # without the dot, the server drops what it has
            raise
        if outcome.state != "sent":
            self._hang_up(politely=outcome.state != "uncertain")
        return outcome

    def _spoken(self, smtp: smtplib.SMTP, parcel: Envelope, handing: Callable[[], object]) -> SendResult:
        step = "MAIL"
        try:
            if outcome := _mail(smtp, parcel):
                return outcome
            step = "RCPT"
            if outcome := _judged(step, *smtp.rcpt(parcel.recipient)):
                return outcome
            step = "DATA"
            if outcome := _judged(step, *smtp.docmd("DATA"), wanted=3):
                return outcome
            step = "message"
            smtp.send(_LINE_START_DOT.sub(b"..", parcel.data))
        except OSError as failure:  # smtplib's own exceptions are of this kind too
            return SendResult("deferred", step, reply=_shown(failure))
        handing()
        return self._last_word(smtp)

    def _last_word(self, smtp: smtplib.SMTP) -> SendResult:
        """Send the dot and hear what the server says. Anything but a plain answer leaves open who has the message."""
        step = "final dot"
        try:
            if smtp.sock:
                smtp.sock.settimeout(float(self.server.last_timeout))
            smtp.send(b".\r\n")
            step = "reply"
            code, reply = smtp.getreply()
            if smtp.sock:
                smtp.sock.settimeout(float(self.server.timeout))
        except OSError as failure:
            return SendResult("uncertain", step, reply=_shown(failure))
        states: dict[int, Literal["sent", "deferred", "refused"]] = {2: "sent", 4: "deferred", 5: "refused"}
        return SendResult(states.get(code // 100, "uncertain"), step, code, _shown(reply))

    def _hang_up(self, politely: bool) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        if politely:
            with suppress(OSError):  # whatever happens now, the messages are where they are
                smtp.quit()
        smtp.close()


def connect(server: SmtpServer, login: Login | None) -> smtplib.SMTP:
    """Open a connection: encrypted, the certificate verified, logged in. Raises Unreachable or Impossible."""
    try:
        smtp = _dialled(server)
        try:
            # The dot goes out at once, instead of waiting until the server has said that it got what is before it.
            if smtp.sock:
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _greet(smtp)
            if server.security == "starttls":
                smtp.starttls(context=_trust(server))
                _greet(smtp)
            if login:
                _log_in(smtp, login)
        except BaseException:
            smtp.close()
            raise
    except UnicodeError:
        raise ServerRefusal(f"`{server.host}` can't be the name of a host.") from None
    except OSError as failure:
        kind = Unreachable if _may_pass(failure) else ServerRefusal
        raise kind(_told(failure, server)) from None
    return smtp


def _greet(smtp: smtplib.SMTP) -> None:
    """Say hello; in the old way only to a server that does not know the new one, not to one that is busy."""
    code, reply = smtp.ehlo()
    if code // 100 == 5:
        code, reply = smtp.helo()
    if code // 100 != 2:
        raise smtplib.SMTPHeloError(code, reply)


def _log_in(smtp: smtplib.SMTP, login: Login) -> None:
    try:
        smtp.login(login.user, login.password)
    except UnicodeError:
        what = "The user name or the password has letters beyond ASCII, which logins at SMTP servers can't carry."
        raise ServerRefusal(what) from None


def _dialled(server: SmtpServer) -> smtplib.SMTP:
    port, timeout = server.port or PORTS[server.security], float(server.timeout)
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, port, _NAME, timeout=timeout, context=_trust(server))
    return smtplib.SMTP(server.host, port, _NAME, timeout=timeout)


def _trust(server: SmtpServer) -> ssl.SSLContext:
    """Return what makes sure that the server is the one named: its certificate, host name included (RFC 8314, 5.1)."""
    return ssl.create_default_context(cafile=server.ca)


def _may_pass(failure: OSError) -> bool:
    """Tell whether a failure to connect may be gone later."""
    if isinstance(failure, smtplib.SMTPResponseException):
        return failure.smtp_code // 100 != 5
    if isinstance(failure, smtplib.SMTPException):
        return isinstance(failure, smtplib.SMTPServerDisconnected)
    if isinstance(failure, ssl.SSLError):
        return isinstance(failure, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    if isinstance(failure, socket.gaierror):
        return failure.errno == socket.EAI_AGAIN
    return not isinstance(failure, FileNotFoundError)  # the file of authorities


def _told(failure: OSError, server: SmtpServer) -> str:
    where = f"{server.host}:{server.port or PORTS[server.security]}"
    if isinstance(failure, ssl.SSLCertVerificationError):
        return f"The certificate of {where} is not to be trusted: {failure.verify_message}."
    if isinstance(failure, smtplib.SMTPAuthenticationError):
        return f"{where} does not accept the login: {_replied(failure)}."
    if isinstance(failure, smtplib.SMTPNotSupportedError):
        asked = "STARTTLS" if "STARTTLS" in str(failure) else "a login"
        return f"{where} does not offer {asked}."
    if isinstance(failure, smtplib.SMTPResponseException):
        return f"{where} does not take messages: {_replied(failure)}."
    if isinstance(failure, FileNotFoundError):
        return f"The file of authorities `{server.ca}` is not there."
    return f"{where} can't be reached: {_shown(failure)}."


def _replied(failure: smtplib.SMTPResponseException) -> str:
    return f"{failure.smtp_code} {_shown(failure.smtp_error)}".rstrip(".")


def _mail(smtp: smtplib.SMTP, parcel: Envelope) -> SendResult | None:
    """Say who sends. A lasting refusal of that is one of every message, but for what the recipient's address needs."""
    if parcel.utf8 and not smtp.has_extn("smtputf8"):
        return SendResult("refused", "MAIL", reply="This server can't carry addresses in other scripts than ASCII.")
    options = [f"SIZE={len(parcel.data)}"] if smtp.has_extn("size") else []
    options += ["BODY=8BITMIME", "SMTPUTF8"] if parcel.utf8 else []
    outcome = _judged("MAIL", *smtp.mail(parcel.sender, options))
    if outcome and outcome.state == "refused" and not parcel.utf8:
        raise ServerRefusal(f"The server does not take messages from {parcel.sender}: {outcome.code} {outcome.reply}")
    return outcome


def _judged(step: str, code: int, reply: bytes, wanted: int = 2) -> SendResult | None:
    """Return what a reply means for the message, or None to go on. What is no reply by the protocol is one for now."""
    if code // 100 == wanted:
        return None
    return SendResult("refused" if code // 100 == 5 else "deferred", step, code, _shown(reply))


def _shown(reply: object) -> str:
    """Return a server's words, or an error's, in one short printable line."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text[:LONGEST_REPLY]

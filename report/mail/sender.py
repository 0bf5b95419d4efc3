"""Sending messages through an SMTP server, one at a time, with the exact outcome of each.

In: a server, a login, and messages as bytes. Out: a `SendResult` for each message; `Unreachable` if the server cannot
be used now, `ServerRefusal` if it will not accept any message. RFC 5321 with STARTTLS (RFC 3207), AUTH (RFC 4954), SIZE
and SMTPUTF8 (RFC 6531).
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
_EHLO_NAME = "[127.0.0.1]"  # an address literal, so that the name of this machine is not disclosed
_LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)


class Unreachable(Exception):
    """The server cannot be used now; a later attempt may succeed."""


class ServerRefusal(Exception):
    """The server will not accept any message; retrying does not help."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """The outcome of one message, the SMTP step that decided it, and the server's reply code and text."""

    state: Literal["sent", "refused", "deferred", "uncertain"]
    step: str
    code: int = 0
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message ready for transmission, with CRLF line endings and envelope addresses."""

    sender: str
    recipient: str
    data: bytes
    utf8: bool


class SmtpConnection:
    """A connection to the server, opened when needed and closed after every outcome other than success."""

    def __init__(self, server: SmtpServer, login: Login | None) -> None:
        self.server, self.login = server, login
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> SmtpConnection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._disconnect(with_quit=kind is None)

    def deliver(self, envelope: Envelope, before_final_dot: Callable[[], object]) -> SendResult:
        """Send a message. `before_final_dot` is called when everything but the final dot is transmitted.

        Raises Unreachable or ServerRefusal if the failure concerns the server and not this message.
        """
        reused = self._smtp is not None
        outcome = self._attempt(envelope, before_final_dot)
        if reused and (outcome.state, outcome.step) == ("deferred", "MAIL"):
            # Some servers close a connection after each message or after a short while.
            outcome = self._attempt(envelope, before_final_dot)
        return outcome

    def _attempt(self, envelope: Envelope, before_final_dot: Callable[[], object]) -> SendResult:
        smtp = self._smtp = self._smtp or connect(self.server, self.login)
        try:
            outcome = self._transmit(smtp, envelope, before_final_dot)
        except BaseException:
            self._disconnect(with_quit=False)  # without the final dot, the server discards the message
            raise
        if outcome.state != "sent":
            self._disconnect(with_quit=outcome.state != "uncertain")
        return outcome

    def _transmit(self, smtp: smtplib.SMTP, envelope: Envelope, before_final_dot: Callable[[], object]) -> SendResult:
        step = "MAIL"
        try:
            if outcome := _mail_from(smtp, envelope):
                return outcome
            step = "RCPT"
            if outcome := _refusal(step, *smtp.rcpt(envelope.recipient)):
                return outcome
            step = "DATA"
            if outcome := _refusal(step, *smtp.docmd("DATA"), expected=3):
                return outcome
            step = "message"
            smtp.send(_LINE_START_DOT.sub(b"..", envelope.data))
        except OSError as failure:  # the base class of smtplib's exceptions, too
            return SendResult("deferred", step, reply=_printable(failure))
        before_final_dot()
        return self._end_data(smtp)

    def _end_data(self, smtp: smtplib.SMTP) -> SendResult:
        """Send the final dot and read the reply. Without a valid reply, the outcome is uncertain."""
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
            return SendResult("uncertain", step, reply=_printable(failure))
        states: dict[int, Literal["sent", "deferred", "refused"]] = {2: "sent", 4: "deferred", 5: "refused"}
        return SendResult(states.get(code // 100, "uncertain"), step, code, _printable(reply))

    def _disconnect(self, with_quit: bool) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        if with_quit:
            with suppress(OSError):  # a failing QUIT does not change the outcome of any message
                smtp.quit()
        smtp.close()


def connect(server: SmtpServer, login: Login | None) -> smtplib.SMTP:
    """Open an encrypted connection with a verified certificate, and log in. Raises Unreachable or ServerRefusal."""
    try:
        smtp = _open_connection(server)
        try:
            # Send the final dot at once: by default it waits until the data before it is acknowledged.
            if smtp.sock:
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _greet(smtp)
            if server.security == "starttls":
                smtp.starttls(context=_tls_context(server))
                _greet(smtp)
            if login:
                _log_in(smtp, login)
        except BaseException:
            smtp.close()
            raise
    except UnicodeError:
        raise ServerRefusal(f"`{server.host}` is not a valid host name.") from None
    except OSError as failure:
        kind = Unreachable if _is_temporary(failure) else ServerRefusal
        raise kind(_describe_failure(failure, server)) from None
    return smtp


def _greet(smtp: smtplib.SMTP) -> None:
    """Send EHLO. Fall back to HELO only if the server does not know EHLO, not if it is busy."""
    code, reply = smtp.ehlo()
    if code // 100 == 5:
        code, reply = smtp.helo()
    if code // 100 != 2:
        raise smtplib.SMTPHeloError(code, reply)


def _log_in(smtp: smtplib.SMTP, login: Login) -> None:
    try:
        smtp.login(login.user, login.password)
    except UnicodeError:
        what = "The user name or password contains non-ASCII characters, which SMTP logins do not support."
        raise ServerRefusal(what) from None


def _open_connection(server: SmtpServer) -> smtplib.SMTP:
    port, timeout = server.port or PORTS[server.security], float(server.timeout)
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, port, _EHLO_NAME, timeout=timeout, context=_tls_context(server))
    return smtplib.SMTP(server.host, port, _EHLO_NAME, timeout=timeout)


def _tls_context(server: SmtpServer) -> ssl.SSLContext:
    """Return a context that verifies the server's certificate, including its host name (RFC 8314, 5.1)."""
    return ssl.create_default_context(cafile=server.ca)


def _is_temporary(failure: OSError) -> bool:
    """Return whether a failure to connect may be temporary."""
    if isinstance(failure, smtplib.SMTPResponseException):
        return failure.smtp_code // 100 != 5
    if isinstance(failure, smtplib.SMTPException):
        return isinstance(failure, smtplib.SMTPServerDisconnected)
    if isinstance(failure, ssl.SSLError):
        return isinstance(failure, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    if isinstance(failure, socket.gaierror):
        return failure.errno == socket.EAI_AGAIN
    return not isinstance(failure, FileNotFoundError)  # the CA file


def _describe_failure(failure: OSError, server: SmtpServer) -> str:
    where = f"{server.host}:{server.port or PORTS[server.security]}"
    if isinstance(failure, ssl.SSLCertVerificationError):
        return f"The certificate of {where} is not trusted: {failure.verify_message}."
    if isinstance(failure, smtplib.SMTPAuthenticationError):
        return f"{where} rejects the login: {_response(failure)}."
    if isinstance(failure, smtplib.SMTPNotSupportedError):
        feature = "STARTTLS" if "STARTTLS" in str(failure) else "login"
        return f"{where} does not support {feature}."
    if isinstance(failure, smtplib.SMTPResponseException):
        return f"{where} does not accept messages: {_response(failure)}."
    if isinstance(failure, FileNotFoundError):
        return f"The CA file `{server.ca}` does not exist."
    reason = _printable(failure).rstrip(".")
    connected = isinstance(failure, smtplib.SMTPException) and not isinstance(failure, smtplib.SMTPServerDisconnected)
    return f"{where} {'cannot be used' if connected else 'could not be reached'}: {reason}."


def _response(failure: smtplib.SMTPResponseException) -> str:
    return f"{failure.smtp_code} {_printable(failure.smtp_error)}".rstrip(".")


def _mail_from(smtp: smtplib.SMTP, envelope: Envelope) -> SendResult | None:
    """Send MAIL FROM. Return the refusal, or None to continue.

    A permanent refusal concerns the sender and hence every message, unless this message uses SMTPUTF8.
    """
    if envelope.utf8 and not smtp.has_extn("smtputf8"):
        return SendResult("refused", "MAIL", reply="This server does not support non-ASCII addresses.")
    options = [f"SIZE={len(envelope.data)}"] if smtp.has_extn("size") else []
    options += ["BODY=8BITMIME", "SMTPUTF8"] if envelope.utf8 else []
    outcome = _refusal("MAIL", *smtp.mail(envelope.sender, options))
    if outcome and outcome.state == "refused" and not envelope.utf8:
        reply = f"{outcome.code} {outcome.reply}"
        raise ServerRefusal(f"The server does not accept messages from {envelope.sender}: {reply}")
    return outcome


def _refusal(step: str, code: int, reply: bytes, expected: int = 2) -> SendResult | None:
    """Return the refusal that a reply means, or None to continue. A malformed reply counts as temporary."""
    if code // 100 == expected:
        return None
    return SendResult("refused" if code // 100 == 5 else "deferred", step, code, _printable(reply))


def _printable(reply: object) -> str:
    """Return a server's reply, or an error, as one short printable line."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text[:LONGEST_REPLY]

"""What is said to a server, step by step, and what each of its replies and failures means for a message."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from mailings import login, server
from mailserver import USER, MailServer

from report.mail.login import Login
from report.mail.sender import Envelope, SendResult, ServerRefusal, SmtpConnection, Unreachable
from report.mail.settings import SmtpServer

LETTER = Envelope("office@example.org", "ana@example.org", b".a dot\r\na.b\r\n..two\r\nend\r\n", False)
HOST = SmtpServer(host="mail.example.org", timeout=Decimal(7), last_timeout=Decimal(9))
PLAIN = HOST.model_copy(update={"security": "none"})  # faster: it reads no certificates


class FakeServer:
    """Takes the place of smtplib.SMTP and its socket; replies 250, or as it is told, and notes what is said to it."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.replies: dict[str, Any] = {"DATA": (354, b"go on")}
        self.extensions = {"smtputf8", "size"}
        self.sock = self

    def opened(self, kind: str) -> Any:
        def open_connection(host: str, port: int, name: str, timeout: float, context: Any = None) -> FakeServer:
            self.note("open", kind, host, port, name, timeout, *([context.check_hostname] if context else []))
            return self

        return open_connection

    def note(self, step: str, *rest: Any) -> Any:
        self.said.append(" ".join(str(each) for each in (step, *rest)))
        reply = self.replies.get(step, (250, b"fine"))
        reply = reply.pop(0) if isinstance(reply, list) else reply
        if isinstance(reply, BaseException):
            raise reply
        return reply

    def ehlo(self) -> Any:
        return self.note("EHLO")

    def helo(self) -> Any:
        return self.note("HELO")

    def starttls(self, context: ssl.SSLContext) -> Any:
        return self.note("STARTTLS", context.verify_mode.name)

    def login(self, user: str, password: str) -> Any:
        return self.note("AUTH", user, password)

    def has_extn(self, name: str) -> bool:
        return name in self.extensions

    def mail(self, sender: str, options: list[str]) -> Any:
        return self.note("MAIL", sender, *options)

    def rcpt(self, recipient: str) -> Any:
        return self.note("RCPT", recipient)

    def docmd(self, command: str) -> Any:
        return self.note(command)

    def send(self, data: bytes) -> Any:
        return self.note("dot" if data == b".\r\n" else "message", data)

    def getreply(self) -> Any:
        return self.note("reply")

    def settimeout(self, seconds: float) -> None:
        self.note("wait", seconds)

    def setsockopt(self, *option: int) -> None:
        assert option == (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def quit(self) -> Any:
        return self.note("QUIT")

    def close(self) -> None:
        self.note("close")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    fake = FakeServer()
    monkeypatch.setattr(smtplib, "SMTP", fake.opened("SMTP"))
    monkeypatch.setattr(smtplib, "SMTP_SSL", fake.opened("SMTP_SSL"))
    return fake


def deliver(settings: SmtpServer = PLAIN, letter: Envelope = LETTER, who: Login | None = None) -> SendResult:
    with SmtpConnection(settings, who) as connection:
        return connection.deliver(letter, lambda: None)


def failure(settings: SmtpServer = PLAIN, who: Login | None = None) -> str:
    with pytest.raises((Unreachable, ServerRefusal)) as caught:
        deliver(settings, who=who)
    return f"{caught.type.__name__}: {caught.value}"


def test_a_message_is_sent_step_by_step_with_the_longest_wait_after_its_end(fake: FakeServer) -> None:
    with SmtpConnection(HOST, Login("ana", "horse")) as connection:
        assert connection.deliver(LETTER, lambda: fake.note("recorded")) == SendResult("sent", "reply", 250, "fine")
    assert fake.said == [
        "open SMTP mail.example.org 587 [127.0.0.1] 7.0",
        "EHLO",
        "STARTTLS CERT_REQUIRED",
        "EHLO",
        "AUTH ana horse",
        f"MAIL office@example.org SIZE={len(LETTER.data)}",
        "RCPT ana@example.org",
        "DATA",
        "message b'..a dot\\r\\na.b\\r\\n...two\\r\\nend\\r\\n'",
        "recorded",
        "wait 9.0",
        "dot b'.\\r\\n'",
        "reply",
        "wait 7.0",
        "QUIT",
        "close",
    ]


@pytest.mark.parametrize(
    ("security", "port", "opened"),
    [
        ("starttls", None, "open SMTP mail.example.org 587 [127.0.0.1] 7.0"),
        ("tls", None, "open SMTP_SSL mail.example.org 465 [127.0.0.1] 7.0 True"),
        ("none", None, "open SMTP mail.example.org 25 [127.0.0.1] 7.0"),
        ("tls", 2465, "open SMTP_SSL mail.example.org 2465 [127.0.0.1] 7.0 True"),
    ],
)
def test_each_kind_of_security_has_its_port_and_only_starttls_asks_for_encryption(
    security: str, port: int | None, opened: str, fake: FakeServer
) -> None:
    deliver(HOST.model_copy(update={"security": security, "port": port}))
    assert fake.said[0] == opened
    assert ("STARTTLS CERT_REQUIRED" in fake.said) == (security == "starttls")


def test_an_address_in_another_script_is_announced_and_needs_a_server_that_knows_it(fake: FakeServer) -> None:
    fake.extensions = {"smtputf8"}
    assert deliver(letter=replace(LETTER, utf8=True)).state == "sent"
    assert "MAIL office@example.org BODY=8BITMIME SMTPUTF8" in fake.said
    fake.extensions, fake.said = set(), []
    refused = deliver(letter=replace(LETTER, utf8=True))
    assert refused == SendResult("refused", "MAIL", 0, "This server does not support non-ASCII addresses.")
    assert not [each for each in fake.said if each.startswith("MAIL")]
    assert deliver().state == "sent"


@pytest.mark.parametrize(
    ("step", "reply", "expected"),
    [
        ("MAIL", (450, b"later"), SendResult("deferred", "MAIL", 450, "later")),
        ("RCPT", (550, b"nobody"), SendResult("refused", "RCPT", 550, "nobody")),
        ("RCPT", (500, b"what"), SendResult("refused", "RCPT", 500, "what")),
        ("RCPT", (421, b"closing"), SendResult("deferred", "RCPT", 421, "closing")),
        ("RCPT", (354, b"what"), SendResult("deferred", "RCPT", 354, "what")),
        ("DATA", (554, b"no"), SendResult("refused", "DATA", 554, "no")),
        ("DATA", (250, b"what"), SendResult("deferred", "DATA", 250, "what")),
        ("DATA", OSError("gone"), SendResult("deferred", "DATA", 0, "gone")),
        ("RCPT", OSError("gone"), SendResult("deferred", "RCPT", 0, "gone")),
        ("MAIL", OSError("gone"), SendResult("deferred", "MAIL", 0, "gone")),
        ("message", OSError("gone"), SendResult("deferred", "message", 0, "gone")),
        ("dot", OSError("gone"), SendResult("uncertain", "final dot", 0, "gone")),
        ("reply", OSError("gone"), SendResult("uncertain", "reply", 0, "gone")),
        ("reply", (200, b"taken"), SendResult("sent", "reply", 200, "taken")),
        ("reply", (400, b"later"), SendResult("deferred", "reply", 400, "later")),
        ("reply", (500, b"what"), SendResult("refused", "reply", 500, "what")),
        ("reply", (251, b"taken"), SendResult("sent", "reply", 251, "taken")),
        ("reply", (451, b"later"), SendResult("deferred", "reply", 451, "later")),
        ("reply", (552, b"big"), SendResult("refused", "reply", 552, "big")),
        ("reply", (354, b"what"), SendResult("uncertain", "reply", 354, "what")),
        ("reply", (-1, b""), SendResult("uncertain", "reply", -1, "")),
    ],
)
def test_each_reply_has_its_meaning_and_ends_the_connection_unless_the_message_was_taken(
    step: str, reply: Any, expected: SendResult, fake: FakeServer
) -> None:
    fake.replies[step] = reply
    due: list[str] = []
    with SmtpConnection(PLAIN, None) as connection:
        assert connection.deliver(LETTER, lambda: due.append("dot")) == expected
        before = list(fake.said)
    assert due == (["dot"] if expected.step in ("final dot", "reply") else [])
    assert ("close" in before) == (expected.state != "sent")
    assert ("QUIT" in before) == (expected.state in ("deferred", "refused"))
    assert (fake.said.count("close"), fake.said.count("QUIT")) == (1, expected.state != "uncertain")


def test_a_sender_that_is_refused_for_good_is_one_of_every_message(fake: FakeServer) -> None:
    fake.replies["MAIL"] = (550, b"not you")
    refusal = "ServerRefusal: The server does not accept messages from office@example.org: 550 not you"
    assert failure() == refusal
    assert (fake.said[-1], "QUIT" in fake.said) == ("close", False)
    assert deliver(letter=replace(LETTER, utf8=True)) == SendResult("refused", "MAIL", 550, "not you")


def test_a_connection_is_used_again_and_opened_again_when_the_server_has_closed_it(fake: FakeServer) -> None:
    fine, closed = (250, b"fine"), smtplib.SMTPServerDisconnected("closed")
    fake.replies["MAIL"] = [fine, closed, fine, fine]
    with SmtpConnection(PLAIN, None) as connection:
        assert [connection.deliver(LETTER, lambda: None).state for _ in range(3)] == ["sent"] * 3
    assert len([each for each in fake.said if each.startswith("open")]) == 2


def test_only_a_connection_used_before_is_tried_twice_and_only_at_the_first_step(fake: FakeServer) -> None:
    fake.replies["MAIL"] = [(421, b"closing"), (250, b"fine"), (250, b"fine")]
    fake.replies["RCPT"] = [(250, b"fine"), (450, b"later")]
    with SmtpConnection(PLAIN, None) as connection:
        outcomes = [connection.deliver(LETTER, lambda: None) for _ in range(3)]
    assert [(each.state, each.step) for each in outcomes] == [
        ("deferred", "MAIL"),
        ("sent", "reply"),
        ("deferred", "RCPT"),
    ]


def test_a_message_that_could_not_be_recorded_is_not_ended(fake: FakeServer) -> None:
    def full() -> None:
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"), SmtpConnection(PLAIN, None) as connection:
        connection.deliver(LETTER, full)
    assert [each for each in fake.said if each.startswith(("dot", "QUIT"))] == []
    assert fake.said.count("close") == 1


def test_a_run_that_stops_with_an_error_takes_no_leave_of_the_server(fake: FakeServer) -> None:
    with pytest.raises(KeyError), SmtpConnection(PLAIN, None) as connection:
        connection.deliver(LETTER, lambda: None)
        raise KeyError
    assert (fake.said[-1], "QUIT" in fake.said) == ("close", False)


def test_a_server_that_fails_to_take_leave_changes_nothing(fake: FakeServer) -> None:
    fake.replies["QUIT"] = OSError("gone")
    assert deliver().state == "sent"
    assert fake.said[-1] == "close"


def test_only_a_server_that_does_not_know_ehlo_is_greeted_the_old_way(fake: FakeServer) -> None:
    fake.replies["EHLO"] = (502, b"what")
    assert deliver().state == "sent"
    assert "HELO" in fake.said
    fake.replies["EHLO"], fake.replies["RCPT"] = (200, b"hello"), (200, b"yes")
    assert deliver().state == "sent"
    fake.replies["EHLO"], fake.said = (421, b"busy"), []
    assert failure() == "Unreachable: mail.example.org:25 does not accept messages: 421 busy."
    assert fake.said[1:] == ["EHLO", "close"]


@pytest.mark.parametrize(
    ("step", "problem", "expected"),
    [
        ("open", ConnectionRefusedError(111, "Refused"), "Unreachable: mail.example.org:587 could not be reached: "),
        ("open", TimeoutError("timed out"), "Unreachable: mail.example.org:587 could not be reached: timed out."),
        ("open", socket.gaierror(socket.EAI_AGAIN, "later"), "Unreachable: "),
        ("open", socket.gaierror(socket.EAI_NONAME, "unknown"), "ServerRefusal: "),
        ("open", UnicodeError("label"), "ServerRefusal: `mail.example.org` is not a valid host name."),
        ("open", FileNotFoundError(2, "No such file"), "ServerRefusal: The CA file `None` does not exist."),
        ("open", smtplib.SMTPConnectError(421, b"busy."), "Unreachable: mail.example.org:587 does not accept messages: "
         "421 busy."),
        ("open", smtplib.SMTPConnectError(500, b"no"), "ServerRefusal: "),
        ("open", smtplib.SMTPConnectError(554, b"no"), "ServerRefusal: mail.example.org:587 does not accept messages: "
         "554 no."),
        ("EHLO", smtplib.SMTPServerDisconnected("gone"),
         "Unreachable: mail.example.org:587 could not be reached: gone."),
        ("STARTTLS", smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."),
         "ServerRefusal: mail.example.org:587 does not support STARTTLS."),
        ("STARTTLS", ssl.SSLEOFError(8, "EOF"), "Unreachable: "),
        ("STARTTLS", ssl.SSLZeroReturnError(6, "closed"), "Unreachable: "),
        ("STARTTLS", ssl.SSLError(1, "wrong version"), "ServerRefusal: mail.example.org:587 could not be reached: "),
        ("AUTH", smtplib.SMTPNotSupportedError("SMTP AUTH extension not supported by server."),
         "ServerRefusal: mail.example.org:587 does not support login."),
        ("AUTH", smtplib.SMTPAuthenticationError(535, b"wrong."),
         "ServerRefusal: mail.example.org:587 rejects the login: 535 wrong."),
        ("AUTH", smtplib.SMTPAuthenticationError(454, b"not now"),
         "Unreachable: mail.example.org:587 rejects the login: 454 not now."),
        ("AUTH", smtplib.SMTPException("No suitable authentication method found."),
         "ServerRefusal: mail.example.org:587 cannot be used: No suitable authentication method found."),
        ("AUTH", UnicodeEncodeError("ascii", "horse", 0, 1, "no"), "ServerRefusal: The user name or password contains "
         "non-ASCII characters, which SMTP logins do not support."),
    ],
)  # fmt: skip
def test_a_failure_to_connect_is_for_now_or_for_good(
    step: str, problem: Exception, expected: str, fake: FakeServer
) -> None:
    fake.replies[step] = problem
    told = failure(HOST, Login("ana", "horse"))
    assert told == expected if expected.endswith(".") else told.startswith(expected)
    assert "horse" not in told
    assert ("close" in fake.said) == (step != "open")


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (b"5.1.1 \x1b[2Jno\r\n\tbody\x07", "5.1.1 [2Jno body"),
        (b"\xff\xc3\xa4", "\N{REPLACEMENT CHARACTER}ä"),
        (b"x" * 201, "x" * 200),
        (b"x" * 200, "x" * 200),
    ],
)
def test_a_reply_is_shown_as_one_short_printable_line(reply: bytes, shown: str, fake: FakeServer) -> None:
    fake.replies["RCPT"] = (550, reply)
    assert deliver().reply == shown


@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_real_server_takes_the_message_as_it_is(security: str, mailserver: MailServer) -> None:
    mailserver.plan(f"as-it-is-{security}")
    assert deliver(server(mailserver, security), who=login(security)).state == "sent"
    assert mailserver.taken(f"as-it-is-{security}") == [("ana@example.org", LETTER.data)]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"ca": None}, "ServerRefusal: The certificate of localhost:"),
        ({"host": "127.0.0.1"}, "is not trusted: IP address mismatch"),
        ({"ca": "/nowhere/ca.pem"}, "ServerRefusal: The CA file `/nowhere/ca.pem` does not exist."),
    ],
)
def test_a_certificate_that_is_not_to_be_trusted_ends_it(
    changes: dict[str, Any], what: str, mailserver: MailServer
) -> None:
    mailserver.plan("untrusted")
    assert what in failure(server(mailserver, "tls", **changes), login("tls"))
    assert mailserver.taken("untrusted") == []


def test_a_wrong_password_is_told_with_the_reply_of_the_server(mailserver: MailServer) -> None:
    mailserver.plan("wrong")
    told = failure(server(mailserver, "tls"), Login(USER, "wrong horse"))
    assert "rejects the login: 535" in told
    assert "wrong horse" not in told

"""Messages handed over to a real server that fails at each step of the protocol, in the clear and encrypted."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from mailings import login, server
from mailserver import PASSWORD, USER, MailServer, running

from report.mail.login import Login
from report.mail.sender import Envelope, SendResult, ServerRefusal, SmtpConnection, Unreachable
from report.mail.settings import SmtpServer

pytestmark = pytest.mark.xdist_group("mail")  # these need no edition: the other worker may run them
WAYS = ("none", "starttls", "tls")
STEPS = {
    "none": ("connect", "EHLO"),
    "starttls": ("connect", "EHLO", "STARTTLS", "AUTH"),
    "tls": ("connect", "EHLO", "AUTH"),
}  # of getting to speak to the server
PARCEL = Envelope("office@example.org", "ana@example.org", b"Subject: x\r\n\r\n.a dot\r\n..two\r\nend\r\n", False)
Try = Callable[..., tuple[SendResult | str, int, int]]


@pytest.fixture
def attempt(mailserver: MailServer, request: pytest.FixtureRequest) -> Try:
    """Hand a message over under a plan. Returns what became of it, how often the dot was due, how many were taken."""

    def tried(
        way: str, *faults: tuple[str, int, str], parcel: Envelope = PARCEL, **changes: Any
    ) -> tuple[SendResult | str, int, int]:
        name = request.node.name.replace("/", "_")
        mailserver.plan(name, faults)
        due: list[None] = []
        result: SendResult | str
        who = changes.pop("login", login(way))
        try:
            with SmtpConnection(server(mailserver, way, **changes), who) as line:
                result = line.deliver(parcel, lambda: due.append(None))
        except (Unreachable, ServerRefusal) as failure:
            result = f"{type(failure).__name__}: {failure}"
        return result, len(due), len(mailserver.taken(name))

    return tried


@pytest.mark.parametrize("way", WAYS)
def test_a_message_arrives_as_it_was_sent(way: str, attempt: Try, mailserver: MailServer) -> None:
    assert attempt(way) == (SendResult("sent", "reply", 250, "2.0.0 Taken"), 1, 1)
    name = f"test_a_message_arrives_as_it_was_sent[{way}]"
    assert mailserver.taken(name) == [("ana@example.org", PARCEL.data)]


@pytest.mark.parametrize("do", ["drop", "reset", "450", "421", "junk"])
@pytest.mark.parametrize(("way", "step"), [(way, step) for way, steps in STEPS.items() for step in steps])
def test_a_server_that_can_not_be_spoken_to_now_may_be_later(step: str, do: str, way: str, attempt: Try) -> None:
    result, due, taken = attempt(way, (step, 0, do))
    assert (str(result).partition(":")[0], due, taken) == ("Unreachable", 0, 0)


@pytest.mark.parametrize(("step", "do"), [("connect", "554"), ("EHLO", "500"), ("STARTTLS", "554"), ("AUTH", "535")])
def test_a_server_that_never_will_is_told_so(step: str, do: str, attempt: Try) -> None:
    result, due, taken = attempt("starttls", (step, 0, do))
    assert (str(result).partition(":")[0], due, taken) == ("ServerRefusal", 0, 0)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("do", ["drop", "reset", "450", "421", "junk", "long"])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_what_fails_before_the_message_is_sent_later(step: str, do: str, way: str, attempt: Try) -> None:
    result, due, taken = attempt(way, (step, 1, do))
    assert isinstance(result, SendResult)
    assert (result.state, result.step, due, taken) == ("deferred", step, 0, 0)


@pytest.mark.parametrize("step", ["RCPT", "DATA", "dot"])
def test_a_lasting_refusal_is_one_of_this_recipient(step: str, attempt: Try) -> None:
    result, _, taken = attempt("none", (step, 1, "554"))
    assert isinstance(result, SendResult)
    assert (result.state, result.code, result.reply, taken) == ("refused", 554, "5.7.1 Not wanted", 0)


def test_a_lasting_refusal_of_the_sender_is_one_of_every_message(attempt: Try) -> None:
    result, due, taken = attempt("none", ("MAIL", 1, "550"))
    assert (
        result == "ServerRefusal: The server does not accept messages from office@example.org: 550 5.1.1 No such person"
    )
    assert (due, taken) == (0, 0)


@pytest.mark.parametrize("do", ["450", "421", "451"])
def test_a_message_not_taken_for_now_is_sent_later(do: str, attempt: Try) -> None:
    result, due, taken = attempt("tls", ("dot", 1, do))
    assert isinstance(result, SendResult)
    assert (result.state, result.code, due, taken) == ("deferred", int(do), 1, 0)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("do", ["drop", "reset", "junk", "long"])
@pytest.mark.parametrize(("step", "taken"), [("dot", 0), ("taken", 1)])
def test_without_a_plain_reply_to_the_message_nobody_knows(
    step: str, taken: int, do: str, way: str, attempt: Try
) -> None:
    result, due, found = attempt(way, (step, 1, do))
    assert isinstance(result, SendResult)
    assert (result.state, due, found) == ("uncertain", 1, taken)


def test_a_reply_that_comes_too_late_is_none(attempt: Try) -> None:
    result, _, _ = attempt("none", ("taken", 1, "delay"))
    assert isinstance(result, SendResult)
    assert (result.state, result.step) == ("uncertain", "reply")
    assert "timed out" in result.reply


@pytest.mark.parametrize("step", ["connect", "RCPT"])
def test_a_server_that_says_nothing_is_not_waited_for_without_end(step: str, attempt: Try) -> None:
    result, due, taken = attempt("none", (step, 1, "delay"))
    assert "timed out" in str(result)
    assert (due, taken) == (0, 0)


@pytest.mark.parametrize("do", ["421", "drop", "reset", "junk"])
def test_what_happens_after_the_reply_changes_nothing(do: str, attempt: Try) -> None:
    result, _, taken = attempt("starttls", ("QUIT", 1, do))
    assert isinstance(result, SendResult)
    assert (result.state, taken) == ("sent", 1)


def test_a_ledger_that_fails_before_the_dot_keeps_the_message_back(mailserver: MailServer) -> None:
    mailserver.plan("no-ledger")

    def full() -> None:
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"), SmtpConnection(server(mailserver), None) as line:
        line.deliver(PARCEL, full)
    with SmtpConnection(server(mailserver), None) as line:
        line.deliver(replace(PARCEL, recipient="bo@example.org"), lambda: None)
    assert [to for to, _ in mailserver.taken("no-ledger")] == ["bo@example.org"]


# Encryption and login


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_a_certificate_of_an_unknown_authority_is_refused(way: str, attempt: Try) -> None:
    result, due, taken = attempt(way, ca=None)
    assert str(result).startswith("ServerRefusal: The certificate of localhost:")
    assert (due, taken) == (0, 0)


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_a_certificate_for_another_host_is_refused(way: str, attempt: Try) -> None:
    result, due, taken = attempt(way, host="127.0.0.1")
    assert "is not trusted: IP address mismatch" in str(result)
    assert (due, taken) == (0, 0)


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_a_certificate_that_has_expired_is_refused(way: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    with running(tmp_path, authority, not_after=datetime(2020, 1, 1, tzinfo=UTC)) as old:
        old.plan("expired")
        with (
            pytest.raises(ServerRefusal, match="certificate has expired"),
            SmtpConnection(server(old, way), login(way)) as line,
        ):
            line.deliver(PARCEL, lambda: None)
        assert old.taken("expired") == []


@pytest.mark.parametrize(("way", "port"), [("starttls", "none"), ("tls", "none")])
def test_a_server_without_encryption_gets_nothing(way: str, port: str, attempt: Try, mailserver: MailServer) -> None:
    result, due, taken = attempt(way, port=mailserver.ports[port])
    assert str(result).startswith("ServerRefusal: ")
    assert (due, taken) == (0, 0)


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_a_wrong_password_ends_it_and_stays_secret(way: str, attempt: Try) -> None:
    result, _, taken = attempt(way, login=Login(USER, "wrong horse"))
    assert str(result).startswith("ServerRefusal: localhost:")
    assert "rejects the login: 535" in str(result)
    assert "wrong horse" not in str(result)
    assert taken == 0


def test_a_password_that_smtp_can_not_carry_is_told_without_showing_it(attempt: Try) -> None:
    result, _, _ = attempt("tls", login=Login(USER, "pferdestärke"))
    assert "non-ASCII characters" in str(result)
    assert "pferde" not in str(result)


def test_the_right_password_never_goes_over_a_line_that_is_not_encrypted(attempt: Try, mailserver: MailServer) -> None:
    result, _, _ = attempt("starttls", ("STARTTLS", 1, "454"))
    assert str(result).startswith("Unreachable: ")
    assert PASSWORD not in str(result)
    assert mailserver.taken("nothing") == []


# Addresses, sizes, and hosts


def test_an_address_in_another_script_is_carried_where_the_server_can(attempt: Try, mailserver: MailServer) -> None:
    parcel = replace(PARCEL, recipient="用户@xn--r8jz45g.jp", utf8=True)
    result, _, _ = attempt("none", parcel=parcel)
    assert isinstance(result, SendResult)
    assert result.state == "sent"
    taken = mailserver.taken("test_an_address_in_another_script_is_carried_where_the_server_can")
    assert [to for to, _ in taken] == ["用户@xn--r8jz45g.jp"]


def test_an_address_in_another_script_is_refused_where_the_server_can_not(
    attempt: Try, monkeypatch: pytest.MonkeyPatch
) -> None:
    has = smtplib.SMTP.has_extn
    monkeypatch.setattr(smtplib.SMTP, "has_extn", lambda smtp, name: name != "smtputf8" and has(smtp, name))
    result, due, taken = attempt("none", parcel=replace(PARCEL, recipient="用户@xn--r8jz45g.jp", utf8=True))
    assert isinstance(result, SendResult)
    assert (result.state, due, taken) == ("refused", 0, 0)


def test_a_port_where_nobody_listens_may_be_one_for_now() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        pytest.raises(Unreachable, match="refused"),
        SmtpConnection(SmtpServer(host="127.0.0.1", port=port, security="none"), None) as line,
    ):
        line.deliver(PARCEL, lambda: None)


def test_a_file_of_authorities_that_is_not_there_is_told(attempt: Try) -> None:
    assert attempt("tls", ca="/nowhere/ca.pem")[0] == "ServerRefusal: The CA file `/nowhere/ca.pem` does not exist."


@pytest.mark.parametrize("do", ["drop", "421"])
def test_a_server_that_ends_each_connection_after_a_message_is_called_again(do: str, mailserver: MailServer) -> None:
    mailserver.plan(f"one-each-{do}", [("MAIL", at, do) for at in (2, 4, 6)])
    with SmtpConnection(server(mailserver, "tls"), login("tls")) as line:
        states = [line.deliver(PARCEL, lambda: None).state for _ in range(4)]
    assert states == ["sent"] * 4
    assert len(mailserver.taken(f"one-each-{do}")) == 4


def test_many_messages_go_over_one_connection(mailserver: MailServer) -> None:
    mailserver.plan("many", [("connect", 2, "554")])
    with SmtpConnection(server(mailserver, "starttls"), login("starttls")) as line:
        states = [line.deliver(PARCEL, lambda: None).state for _ in range(5)]
    assert states == ["sent"] * 5
    assert len(mailserver.taken("many")) == 5

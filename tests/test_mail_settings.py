"""The settings, and the login, which never comes from a file or the command line and never appears in a message."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from report.mail.login import PASSWORD, USER, Login, find_login, system_keyring
from report.mail.settings import MIB, PORTS, Settings, SmtpServer, load_settings
from report.problems import Place, ReportError

ROOT = Path(__file__).parents[1]
SECRET = "hunter2 and more"
Load = Callable[[str], Settings]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.chdir(tmp_path)

    def from_text(text: str) -> Settings:
        Path("mail.yaml").write_text(text, "utf-8")
        return load_settings(Path("mail.yaml"))

    return from_text


def problems(load: Load, text: str) -> list[tuple[str, str]]:
    with pytest.raises(ReportError) as caught:
        load(text)
    return [(str(problem.where), problem.code) for problem in caught.value.problems]


def test_the_defaults_suffice_for_a_draft() -> None:
    settings = load_settings(None)
    assert settings.sender is None
    assert settings.budget == (15 * MIB, 18 * MIB)


def test_the_example_in_docs_is_valid_and_can_send() -> None:
    settings = load_settings(ROOT / "docs" / "mail.example.yaml")
    assert settings.sender is not None
    assert settings.server().security == "starttls"
    assert settings.budget == (15 * MIB, 18 * MIB)


@pytest.mark.parametrize("key", ["password", "Password", "passwd", "pass", "secret", "token"])
@pytest.mark.parametrize("inside", ["", "smtp: {host: mail.example.org, "])
def test_a_password_in_the_file_is_refused_and_not_repeated(load: Load, key: str, inside: str) -> None:
    text = f"{inside}{key}: {SECRET}" + ("}\n" if inside else "\n")
    with pytest.raises(ReportError) as caught:
        load(text)
    assert [problem.code for problem in caught.value.problems] == ["password-in-file"]
    assert caught.value.problems[0].where.line == 1
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("sender: {address: nobody}\n", "mail.yaml:1:19", "bad-address"),
        ('sender: {name: "A\\nBcc: x", address: a@example.org}\n', "mail.yaml:1:16", "bad-text"),
        ('subject: "A\\nBcc: x@example.org"\n', "mail.yaml:1:10", "bad-text"),
        ('signature: [Ana, "B\\nC"]\n', "mail.yaml:1:18", "bad-text"),
        ("link: http://example.org/report.pdf\n", "mail.yaml:1:7", "bad-value"),
        ("link: javascript:alert(1)\n", "mail.yaml:1:7", "bad-value"),
        ("budget: {warn: 19}\n", "mail.yaml:1:16", "bad-value"),
        ("budget: {refuse: 0}\n", "mail.yaml:1:18", "bad-value"),
        ("smtp: {host: mail.example.org, security: none}\n", "mail.yaml:1:42", "unencrypted"),
        ("smtp: {host: localhost, security: none, user: ana}\n", "mail.yaml:1:35", "unencrypted"),
        ("smtp: {host: mail.example.org, security: ssl}\n", "mail.yaml:1:42", "unknown-value"),
        ("smtp: {host: 'a b'}\n", "mail.yaml:1:14", "bad-value"),
        ("smtp: {host: mail.example.org, port: 70000}\n", "mail.yaml:1:38", "bad-value"),
        ("smtp: {host: mail.example.org, pauses: [60, 15]}\n", "mail.yaml:1:40", "bad-value"),
        ("smtp: {hosts: mail.example.org}\n", "mail.yaml:1:8", "unknown-key"),
    ],
)
def test_every_problem_has_line_and_column(load: Load, text: str, place: str, code: str) -> None:
    assert (place, code) in problems(load, text)


def test_the_ca_file_is_relative_to_the_settings(load: Load, tmp_path: Path) -> None:
    settings = load("smtp: {host: mail.example.org, ca: own.pem}\n")
    assert settings.server().ca == "own.pem"
    assert load_settings(tmp_path / "mail.yaml").server().ca == str(tmp_path / "own.pem")


HOST = SmtpServer(host="mail.example.org", user="board")


def must_not_ask(service: str, user: str) -> str | None:
    raise AssertionError("the keyring must not be asked")


def test_the_login_comes_from_the_environment_first() -> None:
    found = find_login(HOST, Place(), {USER: "ana", PASSWORD: SECRET}, must_not_ask)
    assert found == Login("ana", SECRET)
    assert SECRET not in repr(found) + str(found)


def test_the_login_falls_back_to_the_keyring() -> None:
    asked: list[tuple[str, str]] = []

    def ask(service: str, user: str) -> str:
        asked.append((service, user))
        return SECRET

    assert find_login(HOST, Place(), {}, ask) == Login("board", SECRET)
    assert asked == [("annual-report-press:mail.example.org", "board")]


def test_a_missing_password_is_reported_with_where_to_set_it() -> None:
    with pytest.raises(ReportError) as caught:
        find_login(HOST, Place("mail.yaml", 3, 1), {}, lambda service, user: None)
    assert [(str(each.where), each.code) for each in caught.value.problems] == [("mail.yaml:3:1", "no-password")]
    assert PASSWORD in caught.value.problems[0].hint


def test_no_login_is_used_unless_the_server_needs_one() -> None:
    assert find_login(SmtpServer(host="mail.example.org"), Place(), {PASSWORD: SECRET}, must_not_ask) is None
    assert (
        find_login(SmtpServer(host="localhost", security="none"), Place(), {USER: "a", PASSWORD: SECRET}, must_not_ask)
        is None
    )


class FakeKeyring(KeyringBackend):
    """A keyring that holds one password, or is locked."""

    priority = 1
    locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringError("locked")
        return SECRET if (service, username) == ("annual-report-press:mail.example.org", "board") else None

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


def test_the_system_keyring_is_used_and_may_be_locked_or_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    fake, before = FakeKeyring(), keyring.get_keyring()  # type: ignore[no-untyped-call]
    try:
        keyring.set_keyring(fake)
        assert system_keyring("annual-report-press:mail.example.org", "board") == SECRET
        fake.locked = True
        assert system_keyring("annual-report-press:mail.example.org", "board") is None
    finally:
        keyring.set_keyring(before)
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert system_keyring("annual-report-press:mail.example.org", "board") is None


def test_a_server_has_careful_defaults(load: Load) -> None:
    smtp = load("smtp: {host: mail.example.org}\n").server()
    assert (smtp.security, smtp.port, smtp.user, smtp.ca) == ("starttls", None, None, None)
    assert (int(smtp.timeout), int(smtp.last_timeout), smtp.pauses) == (60, 600, (15, 60, 300, 900))
    assert PORTS == {"starttls": 587, "tls": 465, "none": 25}
    with pytest.raises(ValueError, match="the settings have no server"):
        load_settings(None).server()


def test_each_setting_has_its_place_and_the_file_stands_for_one_that_is_absent(load: Load) -> None:
    settings = load("sender: {name: Ana, address: Ana@bücher.example.org}\nreply_to: {address: bo@example.org}\n")
    assert settings.sender is not None
    assert settings.reply_to is not None
    assert (settings.sender.envelope, settings.reply_to.envelope) == (
        "Ana@xn--bcher-kva.example.org",
        "bo@example.org",
    )
    assert [str(settings.place(*path)) for path in (("reply_to", "address"), ("smtp",))] == [
        "mail.yaml:2:21",
        "mail.yaml",
    ]
    assert str(load_settings(None).place("facts")) == "mail.yaml"


@pytest.mark.parametrize(
    "text",
    [
        "budget: {warn: 18}\n",
        "budget: {warn: 0.5, refuse: 0.5}\n",
        "smtp: {host: mail.example.org, pauses: []}\n",
        "smtp: {host: mail.example.org, pauses: [0, 15, 15]}\n",
        "smtp: {host: localhost, security: none}\n",
        "smtp: {host: 127.0.0.9, security: none}\n",
        "smtp: {host: '::1', security: none}\n",
        "smtp: {host: mail.example.org, security: tls, user: ana, port: 65535}\n",
        "link: https://example.org/report.pdf?a=b#page=2\n",
        "greeting: Dear passengers\nsubject: A secret token\n",
    ],
)
def test_settings_at_the_edge_of_what_is_allowed_are_read(load: Load, text: str) -> None:
    load(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("smtp: {host: mail.example.org, passphrase: x}\n", "`passphrase` looks like a password"),
        ("credentials: x\n", "change the password if others could have read it, and see docs/email.md"),
        (
            "budget: {warn: 3, refuse: 2.5}\n",
            "warning size (3 MiB) is above the refusal size (2.5 MiB). Set `warn`",
        ),
        (
            "link: https://example.org/a b\n",
            "This is not a valid https URL. Write the full URL, starting with https://",
        ),
        ("smtp: {host: 'user@host'}\n", "This is not a valid host name. Write the host name alone."),
        ("smtp: {host: mail.example.org, pauses: [-1, 2]}\n", "must not be negative or get shorter"),
        ("smtp: {host: mail.example.org, pauses: [2, 1]}\n", "List them in increasing order."),
        ("smtp: {host: localhost.example.org, security: none}\n", "can be read and changed in transit. Use starttls"),
        ("smtp: {host: 10.127.0.1, security: none}\n", "Use none only for a server on this machine, without login."),
        ("sender: {address: Ana <ana@example.org>}\n", "Write the address alone, such as board@example.org."),
        ('reply_to: {name: "A\\nB", address: bo@example.org}\n', "U+000A"),
        ("reply_to: {address: bo}\n", "@-sign"),
        ('greeting: "Dear\\nall"\n', "Use a short text on a single line."),
        ('signature: ["A\\nB"]\n', "U+000A"),
        (f"subject: {'x' * 201}\n", "at most 200"),
    ],
)
def test_each_problem_says_what_is_wrong_and_what_to_do(load: Load, text: str, told: str) -> None:
    with pytest.raises(ReportError) as caught:
        load(text)
    [problem] = caught.value.problems
    assert told in f"{problem.what} {problem.hint}"


def test_every_problem_of_the_settings_is_told_at_once(load: Load) -> None:
    text = "sender: {address: a}\nreply_to: {address: b}\nlink: x\nsmtp: {host: 'a b', security: none, pauses: [-1]}\n"
    assert sorted(problems(load, text)) == [
        ("mail.yaml:1:19", "bad-address"),
        ("mail.yaml:2:21", "bad-address"),
        ("mail.yaml:3:7", "bad-value"),
        ("mail.yaml:4:14", "bad-value"),
        ("mail.yaml:4:31", "unencrypted"),
        ("mail.yaml:4:45", "bad-value"),
    ]

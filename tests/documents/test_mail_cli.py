"""`build.py email`: arguments and output, and that nothing leaves the machine without --send."""

from __future__ import annotations

import json
import re
import smtplib
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from archives import inputs
from commands import Run, Said, command_line
from conftest import write_tiny
from mailings import SENDER, small_pdf, small_set
from mailserver import PASSWORD, USER, MailServer
from pages import link_project

import build
from report.mail.screen import load_screen
from report.problems import ReportError
from report.searchpath import SearchPath
from report.sets.freshness import gather

FILES = {"message.eml", "message.txt", "message.html", "cover.png", "tiny-report-screen.pdf"}
TO = "recipients:\n  - {name: Ana, address: ana@example.org}\n  - {name: Bo, address: bo@example.org}\n"


@pytest.fixture
def run(write_edition: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> Run:  # fmt: skip
    """Run the command on a tiny project with a set, recipients and settings. The password must never be printed."""
    write_edition()
    link_project(tmp_path)
    small_set(tmp_path / "dist")
    (tmp_path / "to.yaml").write_text(TO, "utf-8")
    (tmp_path / "mail.yaml").write_text(SENDER, "utf-8")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORT_SMTP_PASSWORD", PASSWORD)
    monkeypatch.delenv("REPORT_SMTP_USER", raising=False)

    run = command_line(monkeypatch, capsys, "email")

    def main(*arguments: str) -> Said:
        said = run(*arguments)
        assert PASSWORD not in said.out + said.err
        return said

    return main


def use_server(mailserver: MailServer, security: str = "starttls") -> None:
    """Write settings that use the test server."""
    port = mailserver.ports[security]
    smtp = f"host: localhost, port: {port}, security: {security}, ca: {mailserver.ca}, user: {USER}"
    Path("mail.yaml").write_text(f"{SENDER}smtp: {{{smtp}, timeout: 5, pauses: [0]}}\n", "utf-8")


def test_the_draft_is_written_beside_the_set_with_all_its_files(run: Run) -> None:
    said = run("tiny", "--to", "to.yaml")
    assert said.status == 0
    assert {path.name for path in Path("dist/tiny-email").iterdir()} == FILES
    assert {Path(line).name for line in said.out.splitlines()} == FILES
    assert (Path("dist/tiny-email") / "tiny-report-screen.pdf").read_bytes() == small_pdf()
    draft = (Path("dist/tiny-email") / "message.eml").read_bytes()
    assert draft.startswith(b"X-Unsent: 1\r\n")
    assert b"Bcc: ana@example.org,\r\n bo@example.org\r\n" in draft
    assert not Path("ledger").exists()


def test_drafting_twice_gives_the_same_bytes(run: Run) -> None:
    run()
    first = {path.name: path.read_bytes() for path in Path("dist/tiny-email").iterdir()}
    run()
    assert {path.name: path.read_bytes() for path in Path("dist/tiny-email").iterdir()} == first


def test_the_draft_is_addressed_to_the_chosen_recipients(run: Run) -> None:
    run("--to", "to.yaml", "--only", "BO@example.org")
    assert b"Bcc: bo@example.org\r\n" in Path("dist/tiny-email/message.eml").read_bytes()
    run("--to", "to.yaml", "--limit", "1")
    assert b"Bcc: ana@example.org\r\n" in Path("dist/tiny-email/message.eml").read_bytes()


def test_without_send_nothing_leaves_the_machine(
    run: Run, mailserver: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_server(mailserver)

    def never(*arguments: Any, **options: Any) -> None:
        raise AssertionError("the network was used")

    for name in ("create_connection", "getaddrinfo", "socket"):
        monkeypatch.setattr(socket, name, never)
    monkeypatch.setattr(smtplib, "SMTP", never)
    assert run("tiny", "--to", "to.yaml").status == 0


def test_a_failed_draft_keeps_the_previous_one(run: Run) -> None:
    run()
    before = (Path("dist/tiny-email") / "message.eml").read_bytes()
    small_set(Path("dist"), problems=[{"severity": "error", "what": "Text runs off the page."}])
    said = run()
    assert said.status == 1
    assert "The checks did not pass: Text runs off the page." in said.err
    assert (Path("dist/tiny-email") / "message.eml").read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"data": b"%PDF-1.7 another"}, "The file has changed since manifest.json was written"),
        ({"entry": {"sha256": "0" * 64}}, "The file has changed since manifest.json was written"),
        ({"entry": {"current": False}}, "from an earlier build"),
        ({"entry": {"current": "yes"}}, "from an earlier build"),
        ({"entry": {"variant": "print"}}, "tiny has no screen PDF."),
        ({"entry": {"extra": 1}}, "tiny has no screen PDF."),
        ({"files": []}, "tiny has no screen PDF."),
        ({"problems": [{"severity": "error", "what": "Ink."}]}, "The checks did not pass: Ink."),
        ({"problems": ["?"]}, "The checks did not pass: ?"),
        ({"problems": None}, "The manifest does not record that checks passed."),
    ],
)
def test_a_pdf_that_failed_its_checks_or_was_replaced_is_refused(
    tmp_path: Path, changes: dict[str, Any], what: str
) -> None:
    small_set(tmp_path, **changes)
    with pytest.raises(ReportError, match=re.escape(what)):
        load_screen(tmp_path, "tiny")


@pytest.mark.parametrize("send", [[], ["--send"]])
def test_a_pdf_older_than_its_data_is_sent_only_when_asked(run: Run, mailserver: MailServer, send: list[str]) -> None:
    use_server(mailserver)
    mailserver.plan("stale-pdf")
    built_from = inputs(gather(SearchPath.of(Path()), "tiny").files)
    small_set(Path("dist"), inputs=built_from)
    assert run("tiny").status == 0
    facts = Path("data/tiny/facts.yaml")
    facts.write_text(facts.read_text("utf-8") + "# later\n", "utf-8")
    said = run("tiny", "--to", "to.yaml", *send)
    assert said.status == 1
    assert "The PDF is older than its data: data/tiny/facts.yaml has changed." in said.err
    assert "--stale" in said.err
    assert mailserver.taken("stale-pdf") == []
    assert run("tiny", "--to", "to.yaml", "--stale", *send).status == 0


@pytest.mark.parametrize("send", [[], ["--send"]])
def test_a_refused_pdf_is_neither_drafted_nor_sent(run: Run, mailserver: MailServer, send: list[str]) -> None:
    use_server(mailserver)
    mailserver.plan("refused-pdf")
    small_set(Path("dist"), data=b"%PDF-1.7 another", problems=[{"severity": "error", "what": "Ink."}])
    said = run("tiny", "--to", "to.yaml", *send)
    assert said.status == 1
    assert "The file has changed since manifest.json was written" in said.err
    assert "The checks did not pass: Ink." in said.err
    assert mailserver.taken("refused-pdf") == []
    assert not Path("dist/tiny-email").exists()
    assert not Path("ledger").exists()


def test_a_missing_set_is_reported(run: Run) -> None:
    said = run("tiny", "--out", "elsewhere")
    assert said.status == 1
    assert "Build it first: build.py tiny" in said.err


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_each_recipient_is_sent_one_message_and_recorded(run: Run, mailserver: MailServer, security: str) -> None:
    use_server(mailserver, security)
    mailserver.plan(f"cli-{security}")
    said = run("tiny", "--to", "to.yaml", "--send")
    assert (said.status, said.out) == (0, "2 sent now.\n")
    assert "1 of 2  sent      ana@example.org" in said.err
    assert run("tiny", "--to", "to.yaml", "--send").out == "0 sent now, 2 sent before.\n"
    assert [to for to, _ in mailserver.taken(f"cli-{security}")] == ["ana@example.org", "bo@example.org"]
    ledger = Path("ledger/tiny.jsonl").read_text("utf-8")
    assert [json.loads(line)["state"] for line in ledger.splitlines()] == ["intended", "handed", "sent"] * 2
    assert PASSWORD not in ledger
    assert not Path("dist/tiny-email").exists()


def test_an_uncertain_message_is_an_error_until_it_is_resolved(run: Run, mailserver: MailServer) -> None:
    use_server(mailserver)
    mailserver.plan("cli-uncertain", [("taken", 1, "drop")])
    said = run("tiny", "--to", "to.yaml", "--send")
    assert (said.status, said.out) == (1, "1 sent now, 1 uncertain.\n")
    assert "to.yaml:2:" in said.err
    assert "--resolve ana@example.org=sent" in said.err
    decided = run("tiny", "--resolve", "Ana@Example.org=sent")
    assert (decided.status, decided.out) == (0, "ana@example.org: sent\n")
    assert run("tiny", "--to", "to.yaml", "--send").out == "0 sent now, 2 sent before.\n"
    assert run("tiny", "--resolve", "ana@example.org=again").status == 1


def test_quiet_prints_only_problems(run: Run, mailserver: MailServer) -> None:
    use_server(mailserver)
    mailserver.plan("cli-quiet")
    assert run("tiny", "--to", "to.yaml", "--send", "--quiet") == Said(0, "", "")


@pytest.mark.parametrize(
    ("arguments", "text", "hint"),
    [
        (["--send"], SENDER, "Name the recipients file with --to."),
        (["--send", "--to", "to.yaml"], SENDER, "To send, the settings need smtp."),
        (["--send", "--to", "to.yaml"], "smtp: {host: mail.example.org}\n", "To send, the settings need sender."),
        (
            ["--send", "--to", "to.yaml"],
            f"{SENDER}smtp: {{host: h.example.org, password: x}}\n",
            "does not belong in a file",
        ),
        (["--to", "none.yaml"], SENDER, "No such file"),
        (["--settings", "none.yaml"], SENDER, "No such file"),
        (["--only", "ana@example.org"], SENDER, "Name the recipients file with --to."),
        (["--to", "to.yaml", "--only", "anna@example.org"], SENDER, "Did you mean `ana@example.org`"),
        (["--resolve", "ana"], SENDER, "Write ADDRESS=sent or ADDRESS=again."),
        (["--resolve", "ana@example.org=sent"], SENDER, "tiny has nothing to resolve for ana@example.org"),
        (["tinny"], SENDER, "Did you mean `tiny`?"),
    ],
)
def test_missing_inputs_are_reported_with_a_hint(run: Run, arguments: list[str], text: str, hint: str) -> None:
    Path("mail.yaml").write_text(text, "utf-8")
    said = run(*arguments)
    assert (said.status, said.out) == (1, "")
    assert hint in said.err


def test_without_a_password_nothing_is_sent(run: Run, mailserver: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    use_server(mailserver)
    monkeypatch.setenv("REPORT_SMTP_PASSWORD", "")
    monkeypatch.setitem(sys.modules, "keyring", None)
    said = run("tiny", "--to", "to.yaml", "--send")
    assert said.status == 1
    assert "REPORT_SMTP_PASSWORD" in said.err


def test_last_years_values_are_filled_in_as_in_a_build(
    run: Run, write_edition: Callable[..., Path], tmp_path: Path
) -> None:
    """A trend in the subject needs a prior value, which stands in the edition before."""
    (tmp_path / "mail.yaml").write_text(SENDER)
    write_tiny(tmp_path / "data" / "sooner", edition=("edition: tiny", "edition: sooner"))
    subject = "subject: Students {{ county.students | trend }}."
    write_edition(edition=("subject: A year of work in a few figures.", subject))
    said = run("--stale")
    assert said.status == 0, said.err
    assert "Students unchanged at 2,000,000." in (tmp_path / "dist" / "tiny-email" / "message.txt").read_text("utf-8")


def test_resolving_where_nothing_was_sent_leaves_no_ledger(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mail.yaml").write_text(SENDER)
    assert run("--resolve", "ana@example.org=sent").status == 1
    assert not (tmp_path / "ledger").exists()


def test_there_is_no_option_for_a_password(run: Run) -> None:
    said = run("--help")
    assert said.status == 0
    assert "password" not in said.out.lower()
    assert run("--password", "x").status == 2


def test_git_ignores_the_recipients_the_settings_and_the_ledger() -> None:
    root = Path(__file__).parents[2]
    private = ["mail.yaml", "recipients.yaml", "recipients.csv", "ledger/2023-24.jsonl"]
    done = subprocess.run(["git", "check-ignore", *private], cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout.split() == private

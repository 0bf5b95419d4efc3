"""The sample edition in the mail: a draft of the real set, and the command line as a process, stopped and killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from mailings import SENDER, small_set
from mailserver import PASSWORD, USER, MailServer
from pages import link_project

import build
from report.mail.run import MailOptions, run
from report.progress import Progress
from report.sets.outputs import sha256

from .conftest import OpenedPdf, Sample

PEOPLE = [f"person{number}@example.org" for number in range(6)]


@pytest.fixture(scope="module")
def draft(sample: Sample) -> dict[str, bytes]:
    """Make the draft of the sample, beside its set, and read it."""
    asked = MailOptions(sample.edition.config.edition, sample.folder.parent)
    done = run(build.whole_project(), asked, Progress(quiet=True))
    assert done.problems == ()
    return {path.name: path.read_bytes() for path in done.files}


def test_the_draft_carries_the_screen_edition_and_its_cover(draft: dict[str, bytes], sample: Sample) -> None:
    entry = next(each for each in sample.manifest["files"] if each["variant"] == "screen")
    message = message_from_bytes(draft["message.eml"], policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
    assert sha256(parts["application/pdf"]) == sha256(draft[entry["name"]]) == entry["sha256"]
    assert parts["image/png"] == draft["cover.png"]
    assert len(draft["message.eml"]) < 4_000_000


def test_the_message_says_the_key_facts_as_the_report_does(
    draft: dict[str, bytes], sample: Sample, screen: OpenedPdf
) -> None:
    glance = sample.edition.sections["glance"]
    for name in glance.front.callouts:
        fact = sample.edition.facts[name]
        said = sample.edition.formats.fact(fact)
        assert f" - {said} {fact.label}" in draft["message.txt"].decode()
        figure = "".join(sample.edition.formats.number(fact.value, fact.unit).split())
        assert any(figure in "".join(screen.texts[page].split()) for page in sample.pages_of("glance"))


@pytest.fixture
def project(write_edition: Callable[..., Path], tmp_path: Path, mailserver: MailServer) -> Path:
    """A tiny project with a set, recipients, and the test's server in its settings."""
    write_edition()
    link_project(tmp_path)
    small_set(tmp_path / "dist")
    entries = "".join(f"  - address: {address}\n" for address in PEOPLE)
    (tmp_path / "to.yaml").write_text(f"recipients:\n{entries}", "utf-8")
    smtp = f"host: localhost, port: {mailserver.ports['tls']}, security: tls, ca: {mailserver.ca}, user: {USER}"
    (tmp_path / "mail.yaml").write_text(f"{SENDER}smtp: {{{smtp}, timeout: 5, pauses: [0]}}\n", "utf-8")
    return tmp_path


@contextmanager
def sending(project: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "REPORT_SMTP_PASSWORD": PASSWORD}
    command = [sys.executable, "build.py", "email", "tiny", "--to", "to.yaml", "--send"]
    process = subprocess.Popen(
        command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_killed_at_random_moments_the_command_goes_on_where_it_was(project: Path, mailserver: MailServer) -> None:
    chance = random.Random(11)
    mailserver.plan("process", [(step, at, "450") for step, at in (("RCPT", 2), ("MAIL", 4), ("DATA", 3))])
    for _ in range(3):
        with sending(project) as process:
            assert process.stderr
            process.stderr.readline()  # the message is made, and sending starts
            time.sleep(chance.uniform(0, 0.02))
    with sending(project) as process:
        said, told = process.communicate()
    taken = Counter(to for to, _ in mailserver.taken("process"))
    assert all(count == 1 for count in taken.values())
    assert all(taken[address] == 1 or f"--resolve {address}=sent" in told for address in PEOPLE), (taken, told)
    assert "Traceback" not in said + told
    assert PASSWORD not in said + told + (project / "ledger" / "tiny.jsonl").read_text("utf-8")


def test_an_interrupted_run_says_so_and_the_next_goes_on(project: Path, mailserver: MailServer) -> None:
    mailserver.plan("interrupted", [("RCPT", 2, "delay")])
    with sending(project) as process:
        assert process.stderr
        for line in process.stderr:
            if "1 of 6  sent" in line:
                break
        process.send_signal(signal.SIGINT)
        said, told = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in said + told
    with sending(project) as process:
        said, _ = process.communicate()
    assert (process.returncode, said) == (0, "5 sent now, 1 sent before.\n")
    assert Counter(to for to, _ in mailserver.taken("interrupted")) == dict.fromkeys(PEOPLE, 1)

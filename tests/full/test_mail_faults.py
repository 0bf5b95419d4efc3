"""A hundred seeded misfortunes on the way to the board: the server fails, the sender is killed, and all ends well.

Whatever happens, a run that goes on brings the message to everyone once, or says for whom it can't know.
"""

from __future__ import annotations

import os
import random
import signal
import smtplib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mailings import people, send_all, server, settings_with, states, tiny_mailing
from mailserver import MailServer
from sets import in_child

from report.mail.deliver import resolve
from report.mail.ledger import open_ledger
from report.mail.mailing import Mailing
from report.problems import ReportError

pytestmark = pytest.mark.xdist_group("mail")  # these need no edition: the other worker may run them
SCENARIOS = 40
# What may go wrong where, on a server that tells the truth: it never answers "no" to what it has taken.
BEFORE = ("450", "421", "drop", "reset", "junk", "long", "delay")
MISFORTUNES = {
    "connect": (*BEFORE, "554"),
    "EHLO": (*BEFORE, "500"),
    "STARTTLS": ("454", "drop", "reset", "junk"),
    "AUTH": ("454", "drop", "reset"),
    "MAIL": (*BEFORE, "550"),
    "RCPT": (*BEFORE, "550"),
    "DATA": (*BEFORE, "554"),
    "message": ("drop",),
    "dot": ("450", "421", "451", "552", "554", "drop", "reset", "junk"),
    "taken": ("drop", "reset", "junk", "long", "delay"),
    "QUIT": ("421", "drop", "reset", "junk"),
}


@dataclass(frozen=True)
class Scenario:
    """What goes wrong: on the server, and when the runs are killed (after so many steps, or so many seconds)."""

    name: str
    security: str
    addresses: tuple[str, ...]
    faults: tuple[tuple[str, int, str], ...]
    kills: tuple[int | float, ...]


def scenario(seed: int) -> Scenario:
    chance = random.Random(seed)
    count = chance.randint(2, 6)
    steps = chance.choices(list(MISFORTUNES), k=chance.randint(0, 4))
    faults = tuple((step, chance.randint(1, count), chance.choice(MISFORTUNES[step])) for step in steps)
    kills = [chance.choice((chance.randint(1, 70), chance.uniform(0.001, 0.08))) for _ in range(chance.randint(0, 4))]
    names = tuple(f"person{seed}-{number}@example.org" for number in range(count))
    return Scenario(f"misfortune-{seed}", chance.choice(("none", "starttls", "tls")), names, faults, tuple(kills))


def killed_at(step: int, job: Callable[[], object]) -> None:
    """Run a job that is killed before a step: of writing to the ledger, syncing it, sending, or hearing a reply."""
    steps = 0

    def counting(function: Any) -> Any:
        def counted(*arguments: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments)

        return counted

    def halved(function: Any) -> Any:
        def written(handle: int, line: bytes) -> Any:
            nonlocal steps
            steps += 1
            if steps == step:
                function(handle, line[: len(line) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return function(handle, line)

        return written

    def run() -> None:
        os.fsync, os.write = counting(os.fsync), halved(os.write)
        smtplib.SMTP.send = counting(smtplib.SMTP.send)  # type: ignore[method-assign]
        smtplib.SMTP.getreply = counting(smtplib.SMTP.getreply)  # type: ignore[method-assign]
        job()

    in_child(run)


def killed_after(seconds: float, job: Callable[[], object]) -> None:
    """Run a job in a child that is killed after a time."""
    child = os.fork()
    if child == 0:
        try:
            job()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


@pytest.fixture
def mail(write_edition: Callable[..., Path], tmp_path: Path) -> Mailing:
    return tiny_mailing(write_edition(), settings_with(tmp_path))


@pytest.mark.parametrize("group", range(5))
def test_whatever_happens_everyone_has_the_message_once_or_is_named_as_uncertain(
    group: int, mail: Mailing, mailserver: MailServer, tmp_path: Path
) -> None:
    seen = Counter[str]()
    for seed in range(group, SCENARIOS, 5):
        seen.update(outcome(scenario(seed), mail, mailserver, tmp_path / f"{seed}.jsonl"))
    assert seen["uncertain"] + seen["refused"] + seen["deferred"] > 0, "nothing went wrong: the scenarios are too kind"


def outcome(what: Scenario, mail: Mailing, mailserver: MailServer, ledger: Path) -> list[str]:
    """Live through a scenario to its good end. Return the states in which people were on the way, but for "sent"."""
    to, line = people(*what.addresses), server(mailserver, what.security)
    mailserver.plan(what.name, what.faults)

    def run() -> None:
        try:
            send_all(mail, to, ledger, line, what.security)
        except ReportError as failure:
            assert {problem.code for problem in failure.problems} == {"server"}, (what, failure)

    for moment in what.kills:
        if isinstance(moment, int):
            killed_at(moment, run)
        else:
            killed_after(moment, run)
        assert_nobody_twice(what, mailserver)
    found: list[str] = []
    for _ in range(6):  # each time, a person starts it again, and decides what is left open
        run()
        now = states(ledger, to)
        taken = assert_nobody_twice(what, mailserver)
        for address, state in zip(what.addresses, now, strict=True):
            assert taken[address] == 1 or state != "sent", (what, address)
            assert taken[address] == 0 or state in {"sent", "uncertain"}, (what, address)
        found += [state for state in now if state != "sent"]
        decide(ledger, dict(zip(what.addresses, now, strict=True)), taken)
    assert states(ledger, to) == ["sent"] * len(to), what
    assert assert_nobody_twice(what, mailserver) == dict.fromkeys(what.addresses, 1), what
    return found


def assert_nobody_twice(what: Scenario, mailserver: MailServer) -> Counter[str]:
    messages = mailserver.taken(what.name)
    taken = Counter(to for to, _ in messages)
    assert set(taken) <= set(what.addresses)
    assert all(count == 1 for count in taken.values()), (what, taken)
    assert all(data.endswith(b"--\r\n") for _, data in messages), "a message was cut short"
    return taken


def decide(ledger: Path, found: dict[str, str], taken: Counter[str]) -> None:
    """Do what a person does who asks those of whom nobody knows, and has the server mended for those it refused."""
    with open_ledger(ledger) as delivery_ledger:
        for address, state in found.items():
            if state in {"uncertain", "refused"}:
                resolve(delivery_ledger, "tiny", address, "sent" if taken[address] else "again")


def test_the_scenarios_hold_every_misfortune_and_many_messages() -> None:
    drawn = [scenario(seed) for seed in range(SCENARIOS)]
    assert {step for each in drawn for step, _, _ in each.faults} == set(MISFORTUNES)
    assert {each.security for each in drawn} == {"none", "starttls", "tls"}
    assert sum(len(each.kills) for each in drawn) > 40
    assert sum(len(each.addresses) for each in drawn) > 120


def test_killed_before_every_single_step_nobody_gets_it_twice(
    mail: Mailing, mailserver: MailServer, tmp_path: Path
) -> None:
    """Two recipients, one run killed at step n, then a run that goes on: for every n until a run comes to its end."""
    found = []
    for step in range(1, 200):
        what = Scenario(f"step-{step}", "none", ("ana@example.org", "bo@example.org"), (), ())
        to, ledger = people(*what.addresses), tmp_path / f"step-{step}.jsonl"
        mailserver.plan(what.name)
        killed_at(step, lambda to=to, ledger=ledger: send_all(mail, to, ledger, server(mailserver)))  # type: ignore[misc]
        ended = ledger.exists() and states(ledger, to) == ["sent", "sent"]
        if ended:
            break
        found += outcome(what, mail, mailserver, ledger)
    assert ended
    assert 30 < step < 199
    # Only between the final dot and the entry of the reply can nobody know: four steps of seventeen.
    assert 0 < found.count("uncertain") <= 10

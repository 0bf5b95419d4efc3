"""To everyone once: retries, refusals, runs that were stopped, decisions of a person, another PDF of the same year."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from mailings import entry, people, screen, sent, server, settings_with, small_pdf, states, tiny_mailing
from mailserver import MailServer

from report.mail.deliver import Tally, resolve
from report.mail.ledger import opened
from report.mail.mailing import Mailing
from report.problems import ReportError

ANA, BO, CY = "ana@example.org", "bo@example.org", "cy@example.org"
TO = people(ANA, BO, CY)
PDF = screen().sha256


@dataclass
class Post:
    """Sends through the server, and remembers what was told and waited for."""

    mail: Mailing
    server: MailServer
    ledger: Path
    name: str
    told: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def plan(self, *faults: tuple[str, int, str]) -> None:
        self.server.plan(self.name, faults)

    def send(self, **how: Any) -> Tally:
        changes = how.pop("changes", {})
        mail, to = how.pop("mail", self.mail), how.pop("to", TO)
        line = server(self.server, **changes)
        return sent(mail, to, self.ledger, line, told=self.told.append, sleep=self.waited.append, **how)

    @property
    def taken(self) -> list[str]:
        return [to for to, _ in self.server.taken(self.name)]

    @property
    def states(self) -> list[str]:
        return states(self.ledger, TO)


@pytest.fixture
def post(
    write_edition: Callable[..., Path], tmp_path: Path, mailserver: MailServer, request: pytest.FixtureRequest
) -> Post:
    made = Post(
        tiny_mailing(write_edition(), settings_with(tmp_path)), mailserver, tmp_path / "ledger.jsonl", request.node.name
    )
    made.plan()
    return made


def problems(tally: Tally) -> list[tuple[str, str]]:
    return [(str(problem.where), problem.code) for problem in tally.problems]


def test_everyone_gets_a_message_of_their_own_and_a_second_run_writes_to_nobody(post: Post) -> None:
    tally = post.send()
    assert (tally.summary(), tally.problems) == ("3 sent now.", [])
    assert post.taken == [ANA, BO, CY]
    assert [line.split() for line in post.told] == [
        ["1", "of", "3", "sent", ANA],
        ["2", "of", "3", "sent", BO],
        ["3", "of", "3", "sent", CY],
    ]
    again = post.send()
    assert (again.summary(), len(post.taken)) == ("0 sent now, 3 sent before.", 3)


def test_what_arrives_is_the_message_with_the_report(post: Post) -> None:
    post.send(to=TO[:1])
    [(_, data)] = post.server.taken(post.name)
    message = message_from_bytes(data, policy=policy.SMTP)
    assert (str(message["To"]), str(message["From"])) == (
        f"Name 1 <{ANA}>",
        "Office of Small Things <office@example.org>",
    )
    assert str(message["Date"]) == "Fri, 15 Jan 2027 08:00:00 +0000"
    assert [part.get_content() for part in message.walk() if part.get_content_type() == "application/pdf"] == [
        small_pdf()
    ]


def test_a_temporary_refusal_is_tried_again_after_growing_pauses(post: Post) -> None:
    post.plan(("RCPT", 2, "450"), ("RCPT", 4, "421"))
    tally = post.send()
    assert tally.summary() == "3 sent now."
    assert post.taken == [ANA, CY, BO]
    assert post.waited == [1, 2]
    assert "1 of 3  deferred  bo@example.org (RCPT: 450 4.2.1 Try later)" in post.told
    assert "1 to be tried again; waiting 1 s" in post.told


def test_after_the_last_pause_a_run_stops_and_the_next_goes_on(post: Post) -> None:
    post.plan(*(("RCPT", at, "450") for at in (1, 4, 5)))
    tally = post.send()
    assert tally.summary() == "2 sent now, 1 not sent yet."
    assert problems(tally) == [("to.yaml:2:3", "not-sent-yet")]
    assert post.states == ["deferred", "sent", "sent"]
    assert post.send().summary() == "1 sent now, 2 sent before."
    assert post.taken == [BO, CY, ANA]


def test_a_server_that_is_not_there_is_asked_once_in_a_round_and_nobody_is_missed(post: Post) -> None:
    post.plan(("connect", 0, "421"))
    tally = post.send()
    assert tally.summary() == "0 sent now, 3 not sent yet."
    assert len([line for line in post.told if "does not take messages: 421" in line]) == 3
    assert post.waited == [1, 2]
    post.plan()
    post.server.plan(post.name + "-later")
    assert post.send().summary() == "3 sent now."


def test_a_lasting_refusal_is_told_and_not_repeated(post: Post) -> None:
    post.plan(("RCPT", 2, "550"))
    tally = post.send()
    assert (tally.summary(), problems(tally)) == ("2 sent now, 1 refused.", [("to.yaml:3:3", "refused")])
    assert "550 5.1.1 No such person" in tally.problems[0].what
    again = post.send()
    assert (again.summary(), problems(again)) == ("0 sent now, 1 refused, 2 sent before.", [("to.yaml:3:3", "refused")])
    assert post.taken == [ANA, CY]


@pytest.mark.parametrize(("step", "has"), [("dot", False), ("taken", True)])
@pytest.mark.parametrize("choice", ["sent", "again"])
def test_what_is_uncertain_is_left_to_a_person(step: str, has: bool, choice: str, post: Post) -> None:
    post.plan((step, 1, "drop"))
    tally = post.send()
    assert (tally.summary(), problems(tally)) == ("2 sent now, 1 uncertain.", [("to.yaml:2:3", "uncertain")])
    assert f"--resolve {ANA}=sent" in tally.problems[0].hint
    assert post.send().summary() == "0 sent now, 1 uncertain, 2 sent before."
    with opened(post.ledger) as ledger:
        assert resolve(ledger, "tiny", ANA, choice) == choice
    expected = "0 sent now, 3 sent before." if choice == "sent" else "1 sent now, 2 sent before."
    assert post.send().summary() == expected
    assert post.taken.count(ANA) == has + (choice == "again")


@pytest.mark.parametrize(
    ("left", "state", "summary"),
    [
        ("intended", "sent", "1 sent now."),
        ("deferred", "sent", "1 sent now."),
        ("again", "sent", "1 sent now."),
        ("handed", "uncertain", "0 sent now, 1 uncertain."),
        ("uncertain", "uncertain", "0 sent now, 1 uncertain."),
        ("refused", "refused", "0 sent now, 1 refused."),
        ("sent", "sent", "0 sent now, 1 sent before."),
    ],
)
def test_a_run_goes_on_where_the_last_one_stopped(left: str, state: str, summary: str, post: Post) -> None:
    with opened(post.ledger) as ledger:
        ledger.write(entry(ANA, left, PDF))
    assert post.send(to=TO[:1]).summary() == summary
    assert post.states[0] == state
    assert post.taken == ([ANA] if summary.startswith("1") else [])


@pytest.mark.parametrize("decision", [(BO, "sent"), (CY, "again"), (ANA, "maybe")])
def test_only_what_is_open_is_to_be_decided(decision: tuple[str, str], post: Post) -> None:
    with opened(post.ledger) as ledger:
        ledger.write(entry(ANA, "uncertain", PDF))
        ledger.write(entry(CY, "sent", PDF))
        with pytest.raises(ReportError):
            resolve(ledger, "tiny", *decision)
    assert post.states == ["uncertain", "", "sent"]


def test_a_limit_leaves_the_others_for_another_run(post: Post) -> None:
    assert post.send(limit=2).summary() == "2 sent now, 1 left for another run."
    assert post.send(limit=2).summary() == "1 sent now, 2 sent before."
    assert post.taken == [ANA, BO, CY]


def test_a_server_that_takes_no_message_stops_the_run_and_a_later_one_goes_on(post: Post) -> None:
    post.plan(("MAIL", 2, "550"))
    with pytest.raises(ReportError) as caught:
        post.send()
    assert [problem.code for problem in caught.value.problems] == ["server"]
    assert post.states == ["sent", "intended", ""]
    assert post.send().summary() == "2 sent now, 1 sent before."
    assert post.taken == [ANA, BO, CY]


def test_another_pdf_of_the_edition_goes_to_nobody_twice_unless_it_is_a_correction(post: Post) -> None:
    post.send(to=TO[:2])
    other = replace(post.mail, screen=replace(post.mail.screen, sha256="e" * 64))
    with pytest.raises(ReportError) as caught:
        post.send(mail=other)
    assert [(str(each.where), each.code) for each in caught.value.problems] == [
        ("to.yaml:2:3", "sent-another"),
        ("to.yaml:3:3", "sent-another"),
    ]
    assert post.taken == [ANA, BO]
    assert post.send(mail=other, to=TO[2:]).summary() == "1 sent now."
    assert post.send(mail=other, corrected=True).summary() == "2 sent now, 1 sent before."
    assert post.taken == [ANA, BO, CY, ANA, BO]


def test_another_edition_is_another_message(post: Post) -> None:
    post.send(to=TO[:1])
    assert post.send(mail=replace(post.mail, name="next"), to=TO[:1]).summary() == "1 sent now."


def test_a_disk_that_fills_up_stops_the_run_before_the_next_message(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, count = os.write, 0

    def full(handle: int, line: bytes) -> int:
        nonlocal count
        count += 1
        if count == 5:  # the second one's "handed"
            raise OSError(28, "No space left on device")
        return write(handle, line)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(ReportError, match="No space left"):
        post.send()
    assert post.taken == [ANA]
    assert post.states == ["sent", "intended", ""]
    assert post.send().summary() == "2 sent now, 1 sent before."
    assert post.taken == [ANA, BO, CY]


def test_a_server_may_say_what_it_likes_without_steering_the_terminal(post: Post) -> None:
    post.plan(("RCPT", 1, "escape"))
    tally = post.send(to=TO[:1])
    assert "\x1b" not in "".join([*post.told, *(str(problem) for problem in tally.problems)])
    assert "\x1b" not in post.ledger.read_text("utf-8")
    assert tally.summary() == "0 sent now, 1 refused."

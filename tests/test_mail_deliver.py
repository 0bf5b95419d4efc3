"""Delivery exactly once: retries, refusals, interrupted runs, resolved messages, another PDF of the same edition."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from mailings import entry, people, screen, send_all, server, settings_with, small_pdf, states, tiny_mailing
from mailserver import MailServer

from report.mail.deliver import Tally, resolve
from report.mail.ledger import open_ledger
from report.mail.mailing import Mailing
from report.problems import ReportError

ANA, BO, CY = "ana@example.org", "bo@example.org", "cy@example.org"
TO = people(ANA, BO, CY)
PDF = screen().sha256


@dataclass
class Post:
    """Sends through the server, and records its notifications and pauses."""

    mail: Mailing
    server: MailServer
    ledger: Path
    name: str
    notified: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def plan(self, *faults: tuple[str, int, str]) -> None:
        self.server.plan(self.name, faults)

    def send(self, **options: Any) -> Tally:
        changes = options.pop("changes", {})
        mail, to = options.pop("mail", self.mail), options.pop("to", TO)
        smtp = server(self.server, **changes)
        return send_all(mail, to, self.ledger, smtp, notify=self.notified.append, sleep=self.pauses.append, **options)

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
    post = Post(
        tiny_mailing(write_edition(), settings_with(tmp_path)), mailserver, tmp_path / "ledger.jsonl", request.node.name
    )
    post.plan()
    return post


def problems(tally: Tally) -> list[tuple[str, str]]:
    return [(str(problem.where), problem.code) for problem in tally.problems]


def test_each_recipient_gets_one_message_and_a_second_run_sends_none(post: Post) -> None:
    tally = post.send()
    assert (tally.summary(), tally.problems) == ("3 sent now.", [])
    assert post.taken == [ANA, BO, CY]
    assert [line.split() for line in post.notified] == [
        ["1", "of", "3", "sent", ANA],
        ["2", "of", "3", "sent", BO],
        ["3", "of", "3", "sent", CY],
    ]
    again = post.send()
    assert (again.summary(), len(post.taken)) == ("0 sent now, 3 sent before.", 3)


def test_the_message_arrives_with_the_report_attached(post: Post) -> None:
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


def test_a_temporary_refusal_is_retried_after_growing_pauses(post: Post) -> None:
    post.plan(("RCPT", 2, "450"), ("RCPT", 4, "421"))
    tally = post.send()
    assert tally.summary() == "3 sent now."
    assert post.taken == [ANA, CY, BO]
    assert post.pauses == [1, 2]
    assert "1 of 3  deferred  bo@example.org (RCPT: 450 4.2.1 Try later)" in post.notified
    assert "1 to retry; waiting 1 s" in post.notified


def test_a_run_stops_after_the_last_pause_and_the_next_run_resumes(post: Post) -> None:
    post.plan(*(("RCPT", at, "450") for at in (1, 4, 5)))
    tally = post.send()
    assert tally.summary() == "2 sent now, 1 not sent yet."
    assert problems(tally) == [("to.yaml:2:3", "not-sent-yet")]
    assert post.states == ["deferred", "sent", "sent"]
    assert post.send().summary() == "1 sent now, 2 sent before."
    assert post.taken == [BO, CY, ANA]


def test_an_unreachable_server_is_tried_once_per_round_and_nobody_is_skipped(post: Post) -> None:
    post.plan(("connect", 0, "421"))
    tally = post.send()
    assert tally.summary() == "0 sent now, 3 not sent yet."
    assert len([line for line in post.notified if "does not accept messages: 421" in line]) == 3
    assert post.pauses == [1, 2]
    post.plan()
    post.server.plan(post.name + "-later")
    assert post.send().summary() == "3 sent now."


def test_a_permanent_refusal_is_reported_and_not_retried(post: Post) -> None:
    post.plan(("RCPT", 2, "550"))
    tally = post.send()
    assert (tally.summary(), problems(tally)) == ("2 sent now, 1 refused.", [("to.yaml:3:3", "refused")])
    assert "550 5.1.1 No such person" in tally.problems[0].what
    again = post.send()
    assert (again.summary(), problems(again)) == ("0 sent now, 1 refused, 2 sent before.", [("to.yaml:3:3", "refused")])
    assert post.taken == [ANA, CY]


@pytest.mark.parametrize(("step", "has"), [("dot", False), ("taken", True)])
@pytest.mark.parametrize("choice", ["sent", "again"])
def test_an_uncertain_message_is_left_for_a_person_to_resolve(step: str, has: bool, choice: str, post: Post) -> None:
    post.plan((step, 1, "drop"))
    tally = post.send()
    assert (tally.summary(), problems(tally)) == ("2 sent now, 1 uncertain.", [("to.yaml:2:3", "uncertain")])
    assert f"--resolve {ANA}=sent" in tally.problems[0].hint
    assert post.send().summary() == "0 sent now, 1 uncertain, 2 sent before."
    with open_ledger(post.ledger) as ledger:
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
def test_a_run_resumes_where_the_last_one_stopped(left: str, state: str, summary: str, post: Post) -> None:
    with open_ledger(post.ledger) as ledger:
        ledger.write(entry(ANA, left, PDF))
    assert post.send(to=TO[:1]).summary() == summary
    assert post.states[0] == state
    assert post.taken == ([ANA] if summary.startswith("1") else [])


@pytest.mark.parametrize(
    ("decision", "what"),
    [
        ((BO, "sent"), f"tiny has nothing to resolve for {BO}."),
        ((CY, "again"), f"tiny has nothing to resolve for {CY}."),
        ((ANA, "maybe"), "Unknown decision `maybe`."),
    ],
)
def test_only_unresolved_messages_can_be_resolved(decision: tuple[str, str], what: str, post: Post) -> None:
    with open_ledger(post.ledger) as ledger:
        ledger.write(entry(ANA, "uncertain", PDF))
        ledger.write(entry(CY, "sent", PDF))
        with pytest.raises(ReportError) as caught:
            resolve(ledger, "tiny", *decision)
    [problem] = caught.value.problems
    assert (problem.code, problem.where.file, problem.what) == ("nothing-open", str(post.ledger), what)
    assert "ADDRESS=sent or ADDRESS=again" in problem.hint
    assert post.states == ["uncertain", "", "sent"]


def test_a_decision_holds_for_every_pdf_and_keeps_which_message_it_was_about(post: Post) -> None:
    with open_ledger(post.ledger) as ledger:
        ledger.write(replace(entry(ANA, "uncertain", PDF), message_id="<1@example.org>"))
        ledger.write(replace(entry(ANA, "refused", "e" * 64), message_id="<2@example.org>"))
        resolve(ledger, "tiny", ANA, "again")
        decided = ledger.for_address("tiny", ANA)
    assert [(each.pdf, each.state, each.message_id, each.step) for each in decided] == [
        (PDF, "again", "<1@example.org>", "decided by a person"),
        ("e" * 64, "again", "<2@example.org>", "decided by a person"),
    ]


def test_a_limit_leaves_the_rest_for_another_run(post: Post) -> None:
    assert post.send(limit=2).summary() == "2 sent now, 1 left for another run."
    assert post.send(limit=2).summary() == "1 sent now, 2 sent before."
    assert post.taken == [ANA, BO, CY]


def test_a_server_that_refuses_every_message_stops_the_run_and_a_later_run_resumes(post: Post) -> None:
    post.plan(("MAIL", 2, "550"))
    with pytest.raises(ReportError) as caught:
        post.send()
    [problem] = caught.value.problems
    assert (problem.code, problem.where.file) == ("server", str(post.ledger.parent / "mail.yaml"))
    assert "does not accept messages from office@example.org: 550 5.1.1 No such person" in problem.what
    assert "run again: sending resumes here" in problem.hint
    assert post.states == ["sent", "intended", ""]
    assert post.send().summary() == "2 sent now, 1 sent before."
    assert post.taken == [ANA, BO, CY]


def test_another_pdf_of_the_edition_is_not_sent_twice_unless_it_is_a_correction(post: Post) -> None:
    post.send(to=TO[:2])
    other = replace(post.mail, screen=replace(post.mail.screen, sha256="e" * 64))
    with pytest.raises(ReportError) as caught:
        post.send(mail=other)
    assert [(str(each.where), each.code) for each in caught.value.problems] == [
        ("to.yaml:2:3", "sent-another"),
        ("to.yaml:3:3", "sent-another"),
    ]
    assert caught.value.problems[0].what.startswith(f"{ANA} was already sent a different PDF of tiny")
    assert "--corrected" in caught.value.problems[0].hint
    assert post.taken == [ANA, BO]
    assert post.send(mail=other, to=TO[2:]).summary() == "1 sent now."
    assert post.send(mail=other, corrected=True).summary() == "2 sent now, 1 sent before."
    assert post.taken == [ANA, BO, CY, ANA, BO]


def test_another_edition_is_sent_separately(post: Post) -> None:
    post.send(to=TO[:1])
    assert post.send(mail=replace(post.mail, name="next"), to=TO[:1]).summary() == "1 sent now."


def test_a_full_disk_stops_the_run_before_the_next_message(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    write, count = os.write, 0

    def full(handle: int, line: bytes) -> int:
        nonlocal count
        count += 1
        if count == 5:  # the "handed" entry of the second recipient
            raise OSError(28, "No space left on device")
        return write(handle, line)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(ReportError, match="No space left"):
        post.send()
    assert post.taken == [ANA]
    assert post.states == ["sent", "intended", ""]
    assert post.send().summary() == "2 sent now, 1 sent before."
    assert post.taken == [ANA, BO, CY]


def test_control_characters_in_server_replies_never_reach_the_terminal(post: Post) -> None:
    post.plan(("RCPT", 1, "escape"))
    tally = post.send(to=TO[:1])
    assert "\x1b" not in "".join([*post.notified, *(str(problem) for problem in tally.problems)])
    assert "\x1b" not in post.ledger.read_text("utf-8")
    assert tally.summary() == "0 sent now, 1 refused."


@pytest.mark.parametrize(
    ("state", "blocks"),
    [
        ("handed", True),
        ("uncertain", True),
        ("sent", True),
        ("intended", False),
        ("deferred", False),
        ("refused", False),
        ("again", False),
    ],
)
def test_only_a_pdf_that_may_have_arrived_keeps_another_from_being_sent(state: str, blocks: bool, post: Post) -> None:
    with open_ledger(post.ledger) as ledger:
        ledger.write(entry(ANA, state, "e" * 64))
    if blocks:
        with pytest.raises(ReportError, match="already sent a different PDF"):
            post.send(to=TO[:1])
    else:
        post.send(to=TO[:1])
    assert post.taken == ([] if blocks else [ANA])


def recorded(post: Post) -> list[tuple[str, str, str, int, str]]:
    lines = [json.loads(line) for line in post.ledger.read_text("utf-8").splitlines()]
    return [(each["address"], each["state"], each["step"], each["code"], each["reply"]) for each in lines]


def test_the_ledger_records_each_step_of_a_message_and_the_reply_of_the_server(post: Post) -> None:
    post.plan(("RCPT", 2, "550"))
    post.send(to=TO[:2])
    assert recorded(post) == [
        (ANA, "intended", "", 0, ""),
        (ANA, "handed", "", 0, ""),
        (ANA, "sent", "reply", 250, "2.0.0 Taken"),
        (BO, "intended", "", 0, ""),
        (BO, "refused", "RCPT", 550, "5.1.1 No such person"),
    ]
    ids = [json.loads(line)["message_id"] for line in post.ledger.read_text("utf-8").splitlines()]
    [(_, data)] = post.server.taken(post.name)
    sent = str(message_from_bytes(data, policy=policy.SMTP)["Message-ID"])
    assert (ids[:3], ids[3] == ids[4], sent in ids[3:]) == ([sent] * 3, True, False)


def test_failures_to_deliver_return_to_the_address_of_the_sender(post: Post) -> None:
    post.send(to=TO[:1])
    [line] = (post.server.folder / f"{post.name}.taken").read_text("utf-8").splitlines()
    assert json.loads(line)["from"] == "office@example.org"


def test_a_connection_that_fails_records_why_and_names_everybody_still_to_be_sent_to(post: Post) -> None:
    post.plan(("connect", 0, "421"))
    tally = post.send(changes={"pauses": ()})
    assert [(address, state, step) for address, state, step, _, _ in recorded(post)] == [
        (ANA, "intended", ""),
        (ANA, "deferred", "connect"),
    ]
    assert "does not accept messages: 421 4.3.2 Closing" in recorded(post)[1][4]
    assert [problem.code for problem in tally.problems] == ["not-sent-yet"] * 3
    assert "(connect: 127.0.0.1:" in tally.problems[0].what
    assert tally.problems[1].what == f"The message to {BO} has not been sent yet (the server could not be reached)."
    assert all("Run again later" in problem.hint for problem in tally.problems)


def test_after_a_lost_connection_those_refused_for_now_are_retried_first(post: Post) -> None:
    post.plan(("RCPT", 1, "450"), ("connect", 2, "421"))
    assert post.send().summary() == "3 sent now."
    assert post.taken == [ANA, BO, CY]
    assert (post.pauses, "3 to retry; waiting 1 s" in post.notified) == ([1], True)


def test_a_run_does_not_wait_before_its_first_round_or_with_nobody_left(post: Post) -> None:
    post.send(changes={"pauses": (7, 8)})
    assert post.pauses == []
    assert not [line for line in post.notified if "waiting" in line]


def test_each_open_message_says_what_happened_and_what_to_run(post: Post) -> None:
    post.plan(("RCPT", 1, "550"), ("RCPT", 3, "450"))
    with open_ledger(post.ledger) as ledger:
        ledger.write(entry(BO, "handed", PDF))
    tally = post.send(changes={"pauses": ()}, to=people(ANA, BO, CY, "dee@example.org"))
    assert tally.summary() == "1 sent now, 1 refused, 1 uncertain, 1 not sent yet."
    refused, uncertain, deferred = tally.problems
    assert refused.what == f"The server refuses messages for {ANA} (RCPT: 550 5.1.1 No such person)."
    assert f"--resolve {ANA}=again" in refused.hint
    assert (uncertain.code, uncertain.where.line) == ("uncertain", 3)
    assert uncertain.what.endswith("the server did not confirm it (run stopped).")
    assert f"--resolve {BO}=sent or {BO}=again" in uncertain.hint
    assert deferred.what == "The message to dee@example.org has not been sent yet (RCPT: 450 4.2.1 Try later)."


def test_a_limit_counts_only_those_still_to_be_sent_to(post: Post) -> None:
    post.send(to=TO[:1])
    post.notified.clear()
    assert post.send(limit=1).summary() == "1 sent now, 1 sent before, 1 left for another run."
    assert [line.split() for line in post.notified] == [["1", "of", "1", "sent", BO]]
    assert post.send(limit=0).summary() == "0 sent now, 2 sent before, 1 left for another run."


def test_a_refusal_is_notified_with_its_reply(post: Post) -> None:
    post.plan(("RCPT", 1, "550"), ("dot", 1, "drop"))
    post.send()
    assert post.notified[0] == f"1 of 3  refused   {ANA} (RCPT: 550 5.1.1 No such person)"
    assert post.notified[1].startswith(f"2 of 3  uncertain {BO} (reply: ")
    assert post.notified[2] == f"3 of 3  sent      {CY}"


def test_the_progress_of_a_run_leaves_out_those_refused_before(post: Post) -> None:
    post.plan(("RCPT", 1, "550"))
    post.send(limit=1)
    post.notified.clear()
    post.send()
    assert [line.split() for line in post.notified] == [["1", "of", "2", "sent", BO], ["2", "of", "2", "sent", CY]]


def test_a_recipient_whose_address_is_in_another_script_gets_the_message(post: Post) -> None:
    assert post.send(to=people("用户@例え.jp")).summary() == "1 sent now."
    assert post.taken == ["用户@xn--r8jz45g.jp"]

"""The edition on its way to the board: one message to each recipient, through a server.

In: a `Mailing`, recipients, and how to send. Out: a `Tally`. Each message is entered in the ledger before and after, so
that a run that stops at any moment goes on where it was: nobody twice, nobody missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from report.mail.ledger import MAY_HAVE_IT, OPEN, TO_DO, DeliveryEntry, DeliveryLedger, DeliveryState
from report.mail.mailing import Mailing
from report.mail.recipients import Recipient
from report.mail.sender import Envelope, SendResult, ServerRefusal, SmtpConnection, Unreachable
from report.problems import Place, Problem, ReportError, error

Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DeliverySetup:
    """How messages go out: through what line, kept in which ledger, told to whom. `sleep` waits for some seconds.

    `limit` is the most recipients to write to in this run. `corrected`: those who have an earlier PDF of the same
    edition get this one too.
    """

    line: SmtpConnection
    ledger: DeliveryLedger
    tell: Notify
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    limit: int | None = None
    corrected: bool = False


@dataclass(slots=True)
class Tally:
    """What became of whom: recipients by their last state."""

    by_state: dict[DeliveryState, list[tuple[Recipient, DeliveryEntry]]] = field(default_factory=dict)
    before: int = 0
    later: int = 0

    def count(self, state: DeliveryState) -> int:
        """Return how many are in a state."""
        return len(self.by_state.get(state, ()))

    @property
    def problems(self) -> list[Problem]:
        """What a person has to see to."""
        return [_open_problem(recipient, entry) for state in ("refused", "uncertain", "deferred")
                for recipient, entry in self.by_state.get(state, ())]  # fmt: skip

    def summary(self) -> str:
        """Return the outcome in a line."""
        named = (("sent", "sent now"), ("refused", "refused"), ("uncertain", "uncertain"), ("deferred", "not sent yet"))
        told = [f"{self.count(state)} {word}" for state, word in named if state == "sent" or self.count(state)]  # type: ignore[arg-type]
        told += [f"{self.before} sent before"] if self.before else []
        told += [f"{self.later} left for another run"] if self.later else []
        return ", ".join(told) + "."


def send(mail: Mailing, recipients: Sequence[Recipient], how: DeliverySetup) -> Tally:
    """Write to everyone who has not got the message. Raises ReportError if the server will take none.

    Temporary refusals are tried again, all of them after each pause. What is uncertain or was refused is left to a
    person.
    """
    job = _DeliveryRun(mail, how, Tally())
    if not how.corrected and (problems := list(_has_another(mail, recipients, how.ledger))):
        raise ReportError(problems)
    pending = job.settle(recipients)
    if how.limit is not None:
        pending, job.tally.later = pending[: how.limit], len(pending[how.limit :])
    total = len(pending)
    smtp = mail.settings.values.smtp
    for pause in (0, *(smtp.pauses if smtp else ())):
        if pending and pause:
            how.tell(f"{len(pending)} to be tried again; waiting {pause} s")
            how.sleep(pause)
        pending = job.round(pending, total)
    return job.finished(pending)


@dataclass(frozen=True, slots=True)
class _DeliveryRun:
    """One run of `send`."""

    mail: Mailing
    how: DeliverySetup
    tally: Tally

    def settle(self, recipients: Sequence[Recipient]) -> list[Recipient]:
        """Return those to write to; what an earlier run left between dot and reply is now uncertain."""
        pending = []
        for recipient in recipients:
            last = self._last(recipient)
            if last and last.state == "handed":
                last = self._enter(recipient, "uncertain", last.message_id, SendResult("uncertain", "run stopped"))
            if last is None or last.state in TO_DO:
                pending.append(recipient)
            elif last.state == "sent":
                self.tally.before += 1
            else:
                self._count(recipient, last)
        return pending

    def round(self, pending: Sequence[Recipient], total: int) -> list[Recipient]:
        """Try each once. Return those who are to be tried again."""
        again: list[Recipient] = []
        for index, recipient in enumerate(pending):
            try:
                outcome = self._try(recipient)
            except Unreachable as failure:
                self.how.tell(str(failure))
                return [*again, *pending[index:]]
            except ServerRefusal as failure:
                hint = "Nobody was written to since. Correct the settings, then run again: it goes on where it was."
                raise ReportError([error("server", self.mail.settings.place("smtp"), str(failure), hint)]) from None
            if outcome.state == "deferred":
                again.append(recipient)
            done = self.tally.count("sent") + self.tally.count("refused") + self.tally.count("uncertain")
            said = "" if outcome.state == "sent" else f" ({_said(outcome.step, outcome.code, outcome.reply)})"
            self.how.tell(f"{min(done, total)} of {total}  {outcome.state:<9} {recipient.address.shown}{said}")
        return again

    def finished(self, pending: Sequence[Recipient]) -> Tally:
        """Return the tally, with those who could not be written to now."""
        for recipient in pending:
            last = self._last(recipient)
            if last is None or last.state != "deferred":
                last = self._entry(recipient, "deferred", "", SendResult("deferred", "the server could not be reached"))
            self._count(recipient, last)
        return self.tally

    def _try(self, recipient: Recipient) -> SendResult:
        date = datetime.fromtimestamp(int(self.how.clock()), UTC)
        message = self.mail.message(recipient, date)
        sender = self.mail.settings.sender
        parcel = Envelope(sender.envelope if sender else "", recipient.address.envelope, message.data, message.utf8)
        self._enter(recipient, "intended", message.id)
        try:
            outcome = self.how.line.hand_over(parcel, lambda: self._enter(recipient, "handed", message.id))
        except Unreachable as failure:
            self._enter(recipient, "deferred", message.id, SendResult("deferred", "connect", reply=str(failure)))
            raise
        entry = self._enter(recipient, outcome.state, message.id, outcome)
        if outcome.state != "deferred":
            self._count(recipient, entry)
        return outcome

    def _last(self, recipient: Recipient) -> DeliveryEntry | None:
        return self.how.ledger.last(self.mail.name, self.mail.screen.sha256, recipient.address.key)

    def _enter(
        self, recipient: Recipient, state: DeliveryState, message_id: str, outcome: SendResult | None = None
    ) -> DeliveryEntry:
        entry = self._entry(recipient, state, message_id, outcome)
        self.how.ledger.write(entry)
        return entry

    def _entry(
        self, recipient: Recipient, state: DeliveryState, message_id: str, outcome: SendResult | None
    ) -> DeliveryEntry:
        step, code, reply = (outcome.step, outcome.code, outcome.reply) if outcome else ("", 0, "")
        pdf, key = self.mail.screen.sha256, recipient.address.key
        return DeliveryEntry(self.mail.name, pdf, key, state, message_id, step, code, reply)

    def _count(self, recipient: Recipient, entry: DeliveryEntry) -> None:
        self.tally.by_state.setdefault(entry.state, []).append((recipient, entry))


def resolve(ledger: DeliveryLedger, edition: str, address: str, decision: str) -> DeliveryState:
    """Enter what a person found out about an address that was refused or uncertain: "sent", or to be sent "again".

    Returns the state entered. Raises ReportError if nothing is open for the address.
    """
    states: dict[str, DeliveryState] = {"sent": "sent", "again": "again"}
    entries = [entry for entry in ledger.of(edition, address) if entry.state in OPEN]
    if decision not in states or not entries:
        what = f"Nothing is open for {address} in {edition}." if entries == [] else f"`{decision}` is no decision."
        hint = "Only what is refused or uncertain is to be decided: ADDRESS=sent or ADDRESS=again."
        raise ReportError([error("nothing-open", Place(str(ledger.path)), what, hint)])
    for entry in entries:
        ledger.write(
            DeliveryEntry(entry.edition, entry.pdf, address, states[decision], entry.message_id, "decided by a person")
        )
    return states[decision]


def _has_another(mail: Mailing, recipients: Sequence[Recipient], ledger: DeliveryLedger) -> Iterator[Problem]:
    """Someone who has another PDF of the edition would get the report twice."""
    edition, pdf = mail.name, mail.screen.sha256
    for recipient in recipients:
        others = [each for each in ledger.of(edition, recipient.address.key) if each.pdf != pdf]
        if any(each.state in MAY_HAVE_IT for each in others):
            what = f"{recipient.address.shown} has been sent another PDF of {edition}, made by an earlier build."
            hint = "Send with --corrected if everyone is to get this one too; or leave them out with --only."
            yield error("sent-another", recipient.place, what, hint)


def _open_problem(recipient: Recipient, entry: DeliveryEntry) -> Problem:
    shown, said = recipient.address.shown, _said(entry.step, entry.code, entry.reply)
    if entry.state == "uncertain":
        what = f"Whether {shown} has the message is not known: no reply came after it was handed over ({said})."
        hint = f"Ask, then decide: --resolve {recipient.address.key}=sent, or {recipient.address.key}=again."
        return error("uncertain", recipient.place, what, hint)
    if entry.state == "refused":
        hint = f"Correct the address; or, when the cause is gone: --resolve {recipient.address.key}=again."
        return error("refused", recipient.place, f"The server does not take messages for {shown} ({said}).", hint)
    hint = "Run again later: it goes on where it was."
    return error("not-sent-yet", recipient.place, f"The message to {shown} is not sent yet ({said}).", hint)


def _said(step: str, code: int, reply: str) -> str:
    return " ".join(part for part in (f"{step}:", str(code or ""), reply) if part).rstrip(":. ")

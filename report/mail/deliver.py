"""Delivery of an edition to the board: one message per recipient, through an SMTP server.

In: a `Mailing`, recipients and a `DeliverySetup`. Out: a `Tally`. Each message is recorded in the ledger before and
after it is sent, so that a run that stops at any point can resume: no recipient is written to twice or skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from report.mail.ledger import MAY_HAVE_ARRIVED, TO_SEND, UNRESOLVED, DeliveryEntry, DeliveryLedger, DeliveryState
from report.mail.mailing import Mailing
from report.mail.recipients import Recipient
from report.mail.sender import Envelope, SendResult, ServerRefusal, SmtpConnection, Unreachable
from report.problems import Place, Problem, ReportError, error

Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DeliverySetup:
    """How messages are sent: the connection, the ledger, and where progress is reported. `sleep` takes seconds.

    `limit` is the largest number of recipients to write to in this run. `corrected` sends this PDF also to recipients
    of an earlier PDF of the same edition.
    """

    connection: SmtpConnection
    ledger: DeliveryLedger
    notify: Notify
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    limit: int | None = None
    corrected: bool = False


@dataclass(slots=True)
class Tally:
    """The outcome of a run: recipients by their last state, and how many were sent to before or left for later."""

    by_state: dict[DeliveryState, list[tuple[Recipient, DeliveryEntry]]] = field(default_factory=dict)
    sent_before: int = 0
    left_for_later: int = 0

    def count(self, state: DeliveryState) -> int:
        """Return the number of recipients in a state."""
        return len(self.by_state.get(state, ()))

    @property
    def problems(self) -> list[Problem]:
        """A problem for each recipient whose message was refused, is uncertain, or is not sent yet."""
        return [_open_problem(recipient, entry) for state in ("refused", "uncertain", "deferred")
                for recipient, entry in self.by_state.get(state, ())]  # fmt: skip

    def summary(self) -> str:
        """Return the outcome in one line."""
        labels = (
            ("sent", "sent now"),
            ("refused", "refused"),
            ("uncertain", "uncertain"),
            ("deferred", "not sent yet"),
        )
        parts = [f"{self.count(state)} {label}" for state, label in labels if state == "sent" or self.count(state)]  # type: ignore[arg-type]
        parts += [f"{self.sent_before} sent before"] if self.sent_before else []
        parts += [f"{self.left_for_later} left for another run"] if self.left_for_later else []
        return ", ".join(parts) + "."


def send(mail: Mailing, recipients: Sequence[Recipient], setup: DeliverySetup) -> Tally:
    """Send the message to every recipient who does not have it. Raises ReportError if the server rejects every message.

    Temporary refusals are retried together after each pause. Uncertain and refused messages are left for a person to
    resolve.
    """
    job = _DeliveryRun(mail, setup, Tally())
    if not setup.corrected and (problems := list(_other_pdf_problems(mail, recipients, setup.ledger))):
        raise ReportError(problems)
    pending = job.recover(recipients)
    if setup.limit is not None:
        pending, job.tally.left_for_later = pending[: setup.limit], len(pending[setup.limit :])
    total = len(pending)
    smtp = mail.settings.values.smtp
    for pause in (0, *(smtp.pauses if smtp else ())):
        if pending and pause:
            setup.notify(f"{len(pending)} to retry; waiting {pause} s")
            setup.sleep(pause)
        pending = job.attempt_all(pending, total)
    return job.finish(pending)


@dataclass(frozen=True, slots=True)
class _DeliveryRun:
    """One run of `send`."""

    mail: Mailing
    setup: DeliverySetup
    tally: Tally

    def recover(self, recipients: Sequence[Recipient]) -> list[Recipient]:
        """Return the recipients to write to. An entry that an earlier run left at `handed` becomes `uncertain`."""
        pending = []
        for recipient in recipients:
            last = self._last(recipient)
            if last and last.state == "handed":
                last = self._record(recipient, "uncertain", last.message_id, SendResult("uncertain", "run stopped"))
            if last is None or last.state in TO_SEND:
                pending.append(recipient)
            elif last.state == "sent":
                self.tally.sent_before += 1
            else:
                self._count(recipient, last)
        return pending

    def attempt_all(self, pending: Sequence[Recipient], total: int) -> list[Recipient]:
        """Try each recipient once. Return the recipients to retry."""
        retry: list[Recipient] = []
        for index, recipient in enumerate(pending):
            try:
                outcome = self._attempt(recipient)
            except Unreachable as failure:
                self.setup.notify(str(failure))
                return [*retry, *pending[index:]]
            except ServerRefusal as failure:
                hint = "No further messages were sent. Correct the settings and run again: sending resumes here."
                raise ReportError([error("server", self.mail.settings.place("smtp"), str(failure), hint)]) from None
            if outcome.state == "deferred":
                retry.append(recipient)
            done = total - len(pending) + index + 1 - len(retry)
            reply = "" if outcome.state == "sent" else f" ({_reply_text(outcome.step, outcome.code, outcome.reply)})"
            self.setup.notify(f"{done} of {total}  {outcome.state:<9} {recipient.address.shown}{reply}")
        return retry

    def finish(self, pending: Sequence[Recipient]) -> Tally:
        """Return the tally, including the recipients who could not be written to in this run."""
        for recipient in pending:
            last = self._last(recipient)
            if last is None or last.state != "deferred":
                last = self._entry(recipient, "deferred", "", SendResult("deferred", "the server could not be reached"))
            self._count(recipient, last)
        return self.tally

    def _attempt(self, recipient: Recipient) -> SendResult:
        date = datetime.fromtimestamp(int(self.setup.clock()), UTC)
        message = self.mail.message(recipient, date)
        sender = self.mail.settings.sender
        envelope = Envelope(sender.envelope if sender else "", recipient.address.envelope, message.data, message.utf8)
        self._record(recipient, "intended", message.id)
        try:
            outcome = self.setup.connection.deliver(envelope, lambda: self._record(recipient, "handed", message.id))
        except Unreachable as failure:
            self._record(recipient, "deferred", message.id, SendResult("deferred", "connect", reply=str(failure)))
            raise
        entry = self._record(recipient, outcome.state, message.id, outcome)
        if outcome.state != "deferred":
            self._count(recipient, entry)
        return outcome

    def _last(self, recipient: Recipient) -> DeliveryEntry | None:
        return self.setup.ledger.last(self.mail.name, self.mail.screen.sha256, recipient.address.key)

    def _record(
        self, recipient: Recipient, state: DeliveryState, message_id: str, outcome: SendResult | None = None
    ) -> DeliveryEntry:
        entry = self._entry(recipient, state, message_id, outcome)
        self.setup.ledger.write(entry)
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
    """Record a person's decision about a refused or uncertain address: "sent", or "again" to send once more.

    Returns the state recorded. Raises ReportError if the address has nothing to resolve.
    """
    states: dict[str, DeliveryState] = {"sent": "sent", "again": "again"}
    entries = [entry for entry in ledger.for_address(edition, address) if entry.state in UNRESOLVED]
    if decision not in states or not entries:
        what = (
            f"{edition} has nothing to resolve for {address}." if entries == [] else f"Unknown decision `{decision}`."
        )
        hint = "Resolve only refused or uncertain addresses: ADDRESS=sent or ADDRESS=again."
        raise ReportError([error("nothing-open", Place(str(ledger.path)), what, hint)])
    for entry in entries:
        ledger.write(
            DeliveryEntry(entry.edition, entry.pdf, address, states[decision], entry.message_id, "decided by a person")
        )
    return states[decision]


def _other_pdf_problems(mail: Mailing, recipients: Sequence[Recipient], ledger: DeliveryLedger) -> Iterator[Problem]:
    """Yield a problem for each recipient of another PDF of the edition: they would get the report twice."""
    edition, pdf = mail.name, mail.screen.sha256
    for recipient in recipients:
        others = [each for each in ledger.for_address(edition, recipient.address.key) if each.pdf != pdf]
        if any(each.state in MAY_HAVE_ARRIVED for each in others):
            what = f"{recipient.address.shown} was already sent a different PDF of {edition}, from an earlier build."
            hint = "To send this PDF to everyone as well, add --corrected; otherwise name other recipients with --only."
            yield error("sent-another", recipient.place, what, hint)


def _open_problem(recipient: Recipient, entry: DeliveryEntry) -> Problem:
    shown, reply = recipient.address.shown, _reply_text(entry.step, entry.code, entry.reply)
    if entry.state == "uncertain":
        what = f"The message to {shown} may or may not have been delivered: the server did not confirm it ({reply})."
        hint = f"Ask the recipient, then run --resolve {recipient.address.key}=sent or {recipient.address.key}=again."
        return error("uncertain", recipient.place, what, hint)
    if entry.state == "refused":
        hint = f"Correct the address; or, once the cause is fixed, run --resolve {recipient.address.key}=again."
        return error("refused", recipient.place, f"The server refuses messages for {shown} ({reply}).", hint)
    hint = "Run again later: sending resumes where it stopped."
    return error("not-sent-yet", recipient.place, f"The message to {shown} has not been sent yet ({reply}).", hint)


def _reply_text(step: str, code: int, reply: str) -> str:
    return " ".join(part for part in (f"{step}:", str(code or ""), reply) if part).rstrip(":. ")

"""`build.py email` from start to finish: read and check the inputs, then write a draft or send messages.

In: `MailOptions`. Out: `MailResult`. The clock, the waiting and the server connection are supplied here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from report.edition.history import History, with_history
from report.edition.load import load
from report.mail.addresses import AddressError, parse_address
from report.mail.deliver import DeliverySetup, resolve, send
from report.mail.ledger import open_ledger
from report.mail.login import find_login
from report.mail.mailing import Mailing, draft_files, prepare_mailing
from report.mail.recipients import Recipient, load_recipients, select
from report.mail.screen import load_screen
from report.mail.sender import SmtpConnection
from report.mail.settings import Settings, load_settings
from report.problems import Place, Problem, ReportError, error, has_errors
from report.progress import Progress
from report.project import Project
from report.sets.outputs import publish

SETTINGS, LEDGERS = "mail.yaml", "ledger"


@dataclass(frozen=True, slots=True)
class MailOptions:
    """The options of the command. `decisions` resolve addresses: ana@example.org=sent."""

    edition: str
    out: Path
    to: Path | None = None
    settings: Path | None = None
    only: tuple[str, ...] = ()
    limit: int | None = None
    decisions: tuple[str, ...] = ()
    send: bool = False
    corrected: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True)
class MailResult:
    """The files written or a summary of what was sent, and the problems left for a person."""

    files: tuple[Path, ...] = ()
    summary: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether no errors are left."""
        return not has_errors(self.problems)


def run(
    project: Project, options: MailOptions, progress: Progress, sleep: Callable[[float], None] = time.sleep
) -> MailResult:
    """Run the command. Raises ReportError if it fails; everything sent up to then is in the ledger."""
    ledger_path = project.root / LEDGERS / f"{options.edition}.jsonl"
    decisions = tuple(_parse_decision(text) for text in options.decisions)
    if decisions:
        if not ledger_path.exists():
            what = f"{options.edition} has nothing to resolve for {decisions[0][0]}: nothing has been sent."
            raise ReportError([error("no-ledger", Place(str(ledger_path)), what, "Send it first, with --send.")])
        with open_ledger(ledger_path) as ledger:
            resolved = [
                f"{address}: {resolve(ledger, options.edition, address, decision)}" for address, decision in decisions
            ]
        if not options.send:
            return MailResult(summary="\n".join(resolved))
    settings = load_settings(options.settings or _if_present(project.root / SETTINGS))
    recipients = _recipients(options)
    mail = _mailing(project, options, settings, recipients, progress)
    if not options.send:
        return _write_draft(mail, options, recipients)
    return _send(mail, options, recipients, ledger_path, progress, sleep)


def _mailing(
    project: Project, options: MailOptions, settings: Settings, recipients: tuple[Recipient, ...], progress: Progress
) -> Mailing:
    with progress.stage("message") as stage:
        screen = load_screen(options.out, options.edition, None if options.stale else project.search)
        data, name = project.root / "data", options.edition
        history = History(data, project.editions, name)
        edition, _ = with_history(load(data / name, f"data/{name}"), history)
        mail = prepare_mailing(options.edition, edition, screen, settings, recipients, project.web_design())
        stage.count = f"{len(mail.letter.figures)} key facts, {'attached' if mail.letter.attached else 'linked'}"
    return mail


def _write_draft(mail: Mailing, options: MailOptions, recipients: tuple[Recipient, ...]) -> MailResult:
    chosen = recipients[: options.limit]
    files = draft_files(mail, chosen)
    folder = publish(options.out, f"{options.edition}-email", files)
    return MailResult(files=tuple(folder / name for name in files), problems=mail.problems)


def _send(
    mail: Mailing,
    options: MailOptions,
    recipients: tuple[Recipient, ...],
    ledger_path: Path,
    progress: Progress,
    sleep: Callable[[float], None],
) -> MailResult:
    server, file = mail.settings.values.smtp, mail.settings.document.file
    problems = []
    if not options.to:
        problems.append(_missing("--to", "There are no recipients to send to.", "Name the recipients file with --to."))
    if server is None or mail.settings.sender is None:
        needed = " and ".join(
            name for name, value in (("smtp", server), ("sender", mail.settings.sender)) if value is None
        )
        hint = "See docs/mail.example.yaml for an example."
        problems.append(_missing(file, f"To send, the settings need {needed}.", hint))
    if problems or server is None:
        raise ReportError(problems)
    login = find_login(server, mail.settings.place("smtp"))
    with open_ledger(ledger_path) as ledger, SmtpConnection(mail.settings.server(), login) as connection:
        setup = DeliverySetup(
            connection, ledger, progress.print_line, sleep, time.time, options.limit, options.corrected
        )
        tally = send(mail, recipients, setup)
    return MailResult(summary=tally.summary(), problems=(*mail.problems, *tally.problems))


def _recipients(options: MailOptions) -> tuple[Recipient, ...]:
    if options.to is None:
        if options.only:
            what, hint = "There are no recipients to choose from.", "Name the recipients file with --to."
            raise ReportError([_missing("--only", what, hint)])
        return ()
    return select(load_recipients(options.to), options.only, str(options.to))


def _parse_decision(text: str) -> tuple[str, str]:
    address, _, decision = text.rpartition("=")
    try:
        return parse_address(address).key, decision
    except AddressError as failure:
        hint = "Write ADDRESS=sent or ADDRESS=again."
        raise ReportError([error("bad-decision", Place("--resolve"), f"`{text}`: {failure}", hint)]) from None


def _if_present(path: Path) -> Path | None:
    return path if path.is_file() else None


def _missing(where: str, what: str, hint: str) -> Problem:
    return error("missing", Place(where), what, hint)

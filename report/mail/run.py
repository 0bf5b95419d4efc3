"""`build.py email`, top to bottom: what was asked for, read and checked, and then a draft or messages.

In: `MailOptions`. Out: `MailResult`. This is where clock, waiting and the server come in.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from report.edition.load import load
from report.mail.addresses import AddressError, parse_address
from report.mail.deliver import DeliverySetup, resolve, send
from report.mail.ledger import opened
from report.mail.login import find_login
from report.mail.mailing import Mailing, draft_files, mailing
from report.mail.recipients import Recipient, load_recipients, select
from report.mail.screen import checked_screen
from report.mail.sender import SmtpConnection
from report.mail.settings import Settings, load_settings
from report.problems import Place, Problem, ReportError, error, has_errors
from report.progress import Progress
from report.project import Project
from report.sets.outputs import publish

SETTINGS, LEDGERS = "mail.yaml", "ledger"


@dataclass(frozen=True, slots=True)
class MailOptions:
    """What a person asked for. `decided` are decisions on addresses: ana@example.org=sent."""

    edition: str
    out: Path
    to: Path | None = None
    settings: Path | None = None
    only: tuple[str, ...] = ()
    limit: int | None = None
    decided: tuple[str, ...] = ()
    send: bool = False
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class MailResult:
    """What was made or sent, and what a person has to see to."""

    files: tuple[Path, ...] = ()
    summary: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is left open."""
        return not has_errors(self.problems)


def run(
    project: Project, asked: MailOptions, progress: Progress, sleep: Callable[[float], None] = time.sleep
) -> MailResult:
    """Do what was asked. Raises ReportError where that can't be done; then nothing was sent that the ledger lacks."""
    ledger = project.root / LEDGERS / f"{asked.edition}.jsonl"
    decisions = tuple(_decision(text) for text in asked.decided)
    if decisions:
        with opened(ledger) as book:
            entered = [f"{address}: {resolve(book, asked.edition, address, choice)}" for address, choice in decisions]
        if not asked.send:
            return MailResult(summary="\n".join(entered))
    settings = load_settings(asked.settings or _usual(project.root / SETTINGS))
    recipients = _recipients(asked)
    mail = _mailing(project, asked, settings, recipients, progress)
    if not asked.send:
        return _drafted(mail, asked, recipients)
    return _sent(mail, asked, recipients, ledger, progress, sleep)


def _mailing(
    project: Project, asked: MailOptions, settings: Settings, recipients: tuple[Recipient, ...], progress: Progress
) -> Mailing:
    with progress.stage("message") as stage:
        screen = checked_screen(asked.out, asked.edition)
        edition = load(project.root / "data" / asked.edition, f"data/{asked.edition}")
        mail = mailing(asked.edition, edition, screen, settings, recipients, project.tokens().hexes)
        stage.count = f"{len(mail.letter.figures)} key facts, {'attached' if mail.letter.attached else 'linked'}"
    return mail


def _drafted(mail: Mailing, asked: MailOptions, recipients: tuple[Recipient, ...]) -> MailResult:
    chosen = recipients[: asked.limit]
    files = draft_files(mail, chosen)
    folder = publish(asked.out, f"{asked.edition}-email", files)
    return MailResult(files=tuple(folder / name for name in files), problems=mail.problems)


def _sent(
    mail: Mailing,
    asked: MailOptions,
    recipients: tuple[Recipient, ...],
    ledger: Path,
    progress: Progress,
    sleep: Callable[[float], None],
) -> MailResult:
    server, file = mail.settings.values.smtp, mail.settings.document.file
    problems = (
        [] if asked.to else [_missing("--to", "Nobody is named to send to.", "Name the file of recipients: --to.")]
    )
    if server is None or mail.settings.sender is None:
        needed = " and ".join(
            name for name, value in (("smtp", server), ("sender", mail.settings.sender)) if value is None
        )
        problems.append(_missing(file, f"To send, the settings need {needed}.", "docs/mail.example.yaml shows how."))
    if problems or server is None:
        raise ReportError(problems)
    login = find_login(server, mail.settings.place("smtp"))
    with opened(ledger) as book, SmtpConnection(mail.settings.server(), login) as line:
        how = DeliverySetup(line, book, progress.tell, sleep, time.time, asked.limit, asked.corrected)
        tally = send(mail, recipients, how)
    return MailResult(summary=tally.summary(), problems=(*mail.problems, *tally.problems))


def _recipients(asked: MailOptions) -> tuple[Recipient, ...]:
    if asked.to is None:
        if asked.only:
            raise ReportError(
                [_missing("--only", "Nobody is named to choose from.", "Name the file of recipients: --to.")]
            )
        return ()
    return select(load_recipients(asked.to), asked.only, str(asked.to))


def _decision(text: str) -> tuple[str, str]:
    address, _, choice = text.rpartition("=")
    try:
        return parse_address(address).key, choice
    except AddressError as failure:
        hint = "Write ADDRESS=sent or ADDRESS=again."
        raise ReportError([error("bad-decision", Place("--resolve"), f"`{text}`: {failure}", hint)]) from None


def _usual(path: Path) -> Path | None:
    return path if path.is_file() else None


def _missing(where: str, what: str, hint: str) -> Problem:
    return error("missing", Place(where), what, hint)

"""A mailing for tests: a small PDF in its own set, recipients, settings, and a connection to the test server."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from mailserver import PASSWORD, USER, MailServer
from pages import block, laid_out, web_design, written

from report.edition.load import load
from report.mail.addresses import parse_address
from report.mail.deliver import DeliverySetup, Tally, send
from report.mail.ledger import DeliveryEntry, open_ledger
from report.mail.letter import compose_letter
from report.mail.login import Login
from report.mail.mailing import Mailing
from report.mail.recipients import Recipient
from report.mail.screen import ScreenEdition
from report.mail.sender import SmtpConnection
from report.mail.settings import Settings, SmtpServer, load_settings
from report.problems import Place
from report.sets.outputs import publish, sha256

PNG = b"\x89PNG\r\n\x1a\n small"
SENDER = "sender: {name: Office of Small Things, address: office@example.org}\n"


@cache
def small_pdf() -> bytes:
    """Return a screen PDF that shows the key figure of the tiny edition."""
    return written(laid_out(block("In advocacy we came 7th.")), "screen")


def small_set(out: Path, **changes: Any) -> Path:
    """Publish a set with the PDF and its manifest, with changes; return the public folder."""
    data = small_pdf()
    name = "tiny-report-screen.pdf"
    entry: dict[str, Any] = {"name": name, "variant": "screen", "role": "for email", "pages": 1, "bytes": len(data)}
    entry |= {"sha256": sha256(data), "standards": {}, "current": True} | changes.pop("entry", {})
    record = {
        "edition": "tiny",
        "title": "Tiny Report",
        "files": [entry],
        "problems": [],
        "facts": {"advocacy.rank": [1]},
    }
    files: dict[str, bytes] = {name: changes.pop("data", data), "manifest.json": json.dumps(record | changes).encode()}
    return publish(out, "tiny", files)


def settings_with(folder: Path, text: str = "", sender: str = SENDER) -> Settings:
    """Write a settings file with this text and load it."""
    path = folder / "mail.yaml"
    path.write_text(sender + text, "utf-8")
    return load_settings(path)


def screen() -> ScreenEdition:
    data = small_pdf()
    return ScreenEdition("tiny-report-screen.pdf", data, sha256(data), 1, "Tiny Report", {"advocacy.rank": (1,)})


def tiny_mailing(folder: Path, settings: Settings) -> Mailing:
    """Return a mailing of the tiny edition in a folder, with a dummy cover, which is faster."""
    edition = load(folder, "data/tiny")
    letter = compose_letter(edition, screen(), settings)
    return Mailing("tiny", edition, screen(), settings, letter, PNG, web_design())


def people(*addresses: str) -> tuple[Recipient, ...]:
    parsed = (parse_address(address) for address in addresses)
    return tuple(Recipient(each, f"Name {n}", "", Place("to.yaml", n + 1, 3)) for n, each in enumerate(parsed, 1))


def server(mail: MailServer, security: str = "none", **changes: Any) -> SmtpServer:
    """Return settings for the test server, with timeouts of a third of a second instead of ten minutes."""
    host = "127.0.0.1" if security == "none" else "localhost"
    values: dict[str, Any] = {"host": host, "port": mail.ports[security], "security": security, "ca": mail.ca}
    values |= {"timeout": Decimal("0.3"), "last_timeout": Decimal("0.3"), "pauses": (1, 2), "user": None}
    return SmtpServer(**(values | changes))


def login(security: str) -> Login | None:
    return None if security == "none" else Login(USER, PASSWORD)


def send_all(
    mail: Mailing,
    recipients: Sequence[Recipient],
    ledger: Path,
    server: SmtpServer,
    security: str = "none",
    notify: Callable[[str], None] = lambda text: None,
    sleep: Callable[[float], None] = lambda seconds: None,
    **options: Any,
) -> Tally:
    """Send through a server, without waiting between attempts."""
    changed = mail.settings.values.model_copy(update={"smtp": server})
    settings = Settings(changed, mail.settings.document, mail.settings.path, mail.settings.sender, None)
    ready = Mailing(mail.name, mail.edition, mail.screen, settings, mail.letter, mail.cover, mail.design)
    credentials = options.pop("login", login(security))
    with open_ledger(ledger) as delivery_ledger, SmtpConnection(server, credentials) as connection:
        setup = DeliverySetup(connection, delivery_ledger, notify, sleep, lambda: 1.8e9, **options)
        return send(ready, recipients, setup)


def states(ledger: Path, recipients: Sequence[Recipient], pdf: str | None = None) -> list[str]:
    """Return the last state of each recipient in the ledger."""
    with open_ledger(ledger) as delivery_ledger:
        entries = [delivery_ledger.last("tiny", pdf or screen().sha256, each.address.key) for each in recipients]
    return [entry.state if entry else "" for entry in entries]


def entry(address: str, state: Any, pdf: str = "d" * 64, edition: str = "tiny") -> DeliveryEntry:
    return DeliveryEntry(edition, pdf, address, state)

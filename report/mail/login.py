"""The login for the SMTP server, from the environment or the system keyring, never from a file or the command line.

In: the server's settings. Out: `Login`, whose password never appears in messages or records. The `keyring` library is
optional; without it, only the environment is searched.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from report.mail.settings import SmtpServer
from report.problems import Place, ReportError, error

USER, PASSWORD, SERVICE = "REPORT_SMTP_USER", "REPORT_SMTP_PASSWORD", "annual-report-press"
Keyring = Callable[[str, str], str | None]


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a password. The password is left out of the repr."""

    user: str
    password: str = field(repr=False)


def system_keyring(service: str, user: str) -> str | None:
    """Return a password from the system keyring. Returns None if the library, the keyring or the entry is missing."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(service, user)
    except KeyringError:
        return None


def find_login(
    server: SmtpServer, place: Place, environment: Mapping[str, str] = os.environ, lookup: Keyring = system_keyring
) -> Login | None:
    """Return the login, or None if the server needs none. Raises ReportError if a user has no password."""
    user = environment.get(USER) or server.user
    if not user or server.security == "none":
        return None
    password = environment.get(PASSWORD) or lookup(f"{SERVICE}:{server.host}", user)
    if not password:
        what = f"No password was found for {user} at {server.host}."
        hint = f"Set the environment variable {PASSWORD}, or run: keyring set {SERVICE}:{server.host} {user}"
        raise ReportError([error("no-password", place, what, hint)])
    return Login(user, password)

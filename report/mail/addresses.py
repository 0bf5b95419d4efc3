"""Email addresses and names in any script, in the form that mail needs.

In: typed text. Out: `Address`, or `AddressError` with the reason in plain words. No DNS lookups. Syntax as in RFC 5321,
RFC 6531 (local parts in any script) and IDNA 2008 (domains), by email-validator.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

LONGEST_NAME = 200
# Categories that end a line or have no assigned meaning, and characters that override the reading direction of the
# following text. No script needs either inside a name.
_FORBIDDEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_DIRECTION_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class AddressError(ValueError):
    """The text is not a valid address or name; the message says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address in three forms: for people, for headers and SMTP commands, and for comparison.

    `envelope` has the domain in ASCII. If `utf8` is true, the local part is not ASCII and the server must support
    SMTPUTF8 (RFC 6531). Two addresses with the same `key` are the same mailbox: the key ignores case and normalizes
    the domain.
    """

    shown: str
    envelope: str
    key: str
    utf8: bool

    @property
    def domain(self) -> str:
        """The domain in ASCII."""
        return self.envelope.rpartition("@")[2]


def parse_address(text: str) -> Address:
    """Return the parsed address. Raises AddressError."""
    try:
        valid = validate_email(text, check_deliverability=False)
    except EmailNotValidError as failure:
        raise AddressError(str(failure)) from None
    if valid.ascii_domain is None:
        raise AddressError("The part after the @-sign has no ASCII form.")
    envelope = f"{valid.local_part}@{valid.ascii_domain}"
    key = f"{unicodedata.normalize('NFC', valid.local_part.casefold())}@{valid.ascii_domain.lower()}"
    return Address(valid.normalized, envelope, key, not envelope.isascii())


def single_line(text: str, longest: int = LONGEST_NAME) -> str:
    """Return the text unchanged if it fits on one header line, as a name must. Raises AddressError."""
    if len(text) > longest:
        raise AddressError(f"The text has {len(text)} characters; at most {longest} are allowed here.")
    for letter in text:
        if unicodedata.category(letter) in _FORBIDDEN or letter in _DIRECTION_CONTROLS:
            raise AddressError(f"The text contains U+{ord(letter):04X}, which is not allowed in a single line of text.")
    return text

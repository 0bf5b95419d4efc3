"""Addresses and names in any script, as mail can carry them.

In: text that a person typed. Out: `Address`, or `AddressError` with what is wrong in plain words. Nothing is looked up
in the network. Syntax as in RFC 5321, RFC 6531 (local parts in any script) and IDNA 2008 (domains), by email-validator.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

LONGEST_NAME = 200
# What would end a line, or turn the reading direction of what follows: no script needs it inside a name.
_UNFIT = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class AddressError(ValueError):
    """The text is no address, or no name; the message says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as people read it, as it stands in headers and commands, and by what it is compared.

    `envelope` has the domain in ASCII. Where `utf8`, the local part is not ASCII: the server must know SMTPUTF8
    (RFC 6531). Two addresses with the same `key` are the same mailbox: neither case counts nor the way in which a
    domain is written.
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
    """Return an address. Raises AddressError."""
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError as failure:
        raise AddressError(str(failure)) from None
    if found.ascii_domain is None:
        raise AddressError("The part after the @-sign can't be written in ASCII.")
    envelope = f"{found.local_part}@{found.ascii_domain}"
    key = f"{unicodedata.normalize('NFC', found.local_part.casefold())}@{found.ascii_domain.lower()}"
    return Address(found.normalized, envelope, key, not envelope.isascii())


def sound_text(text: str, longest: int = LONGEST_NAME) -> str:
    """Return a text that stands in one line of a header, such as a name. Raises AddressError."""
    if len(text) > longest:
        raise AddressError(f"It has {len(text)} characters; up to {longest} can stand here.")
    for letter in text:
        if unicodedata.category(letter) in _UNFIT or letter in _TURNS:
            raise AddressError(f"It holds U+{ord(letter):04X}, which can't stand in one line of text.")
    return text

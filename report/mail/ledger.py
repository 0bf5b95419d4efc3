"""What was done for whom: a file of JSON lines that only grows, synced before and after each message.

In: the path of the file. Out: `DeliveryLedger`, held by one run at a time. Whoever stands in it as sent is never
written again; whoever may have got the message but may not have is left to a person.

A message passes through these states:

    intended   about to be handed over; until the next line, the server can't have taken it
    handed     everything is said but the final dot; from here on, only the server knows (RFC 5321, 4.1.1.4)
    sent       the server has taken it
    refused    the server will never take it for this recipient
    deferred   the server would not take it now
    uncertain  the connection was lost, or this run killed, between the final dot and the reply
    again      a person has decided that it is to be sent again
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from report.problems import Place, ReportError, error

DeliveryState = Literal["intended", "handed", "sent", "refused", "deferred", "uncertain", "again"]
STATES: tuple[DeliveryState, ...] = get_args(DeliveryState)
TO_DO: frozenset[DeliveryState | None] = frozenset({None, "intended", "deferred", "again"})
OPEN: frozenset[DeliveryState | None] = frozenset({"handed", "uncertain", "refused"})
MAY_HAVE_IT: frozenset[DeliveryState | None] = frozenset({"handed", "uncertain", "sent"})
_AS_TEXT = ("at", "edition", "pdf", "address", "state", "message_id", "step", "reply")


@dataclass(frozen=True, slots=True)
class DeliveryEntry:
    """One line: what happened to one address, by the edition and the digest of its PDF."""

    edition: str
    pdf: str
    address: str
    state: DeliveryState
    message_id: str = ""
    step: str = ""
    code: int = 0
    reply: str = ""
    at: str = ""


@contextmanager
def opened(path: Path, clock: Callable[[], float] = time.time) -> Iterator[DeliveryLedger]:
    """Open a ledger, or start one, and keep every other run out. Raises ReportError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as failure:
        raise _unwritable(path, failure) from None
    try:
        _lock(handle, path)
        _sync_folder(path.parent)
        entries = _read(handle, path)
        yield DeliveryLedger(path, handle, entries, clock)
    finally:
        os.close(handle)


class DeliveryLedger:
    """The last entry for each edition, PDF and address; a new one is on the disk when `write` returns."""

    def __init__(self, path: Path, handle: int, entries: list[DeliveryEntry], clock: Callable[[], float]) -> None:
        self.path, self._handle, self._clock = path, handle, clock
        self._last = {(entry.edition, entry.pdf, entry.address): entry for entry in entries}

    def last(self, edition: str, pdf: str, address: str) -> DeliveryEntry | None:
        """Return the last entry for an address, if there is one."""
        return self._last.get((edition, pdf, address))

    def of(self, edition: str, address: str) -> list[DeliveryEntry]:
        """Return the last entry for an address with each PDF of an edition."""
        return [entry for entry in self._last.values() if (entry.edition, entry.address) == (edition, address)]

    def write(self, entry: DeliveryEntry) -> None:
        """Add an entry. Raises ReportError if it can't be kept: then nothing more may be sent."""
        dated = replace(entry, at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._clock())))
        line = json.dumps(asdict(dated), ensure_ascii=False).encode() + b"\n"
        try:
            if os.write(self._handle, line) != len(line):
                raise OSError("only a part was written")
            os.fsync(self._handle)
        except OSError as failure:
            raise _unwritable(self.path, failure) from None
        self._last[(entry.edition, entry.pdf, entry.address)] = dated


def _lock(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        what = "Another run is sending now."
        raise ReportError([error("ledger-locked", Place(str(path)), what, "Wait until it is done.")]) from None


def _read(handle: int, path: Path) -> list[DeliveryEntry]:
    """Read the entries. A line without its end was never acted upon, because each is synced first: it is cut off."""
    with os.fdopen(os.dup(handle), "rb") as file:
        file.seek(0)
        data = file.read()
    whole = data.rfind(b"\n") + 1
    if whole != len(data):
        os.ftruncate(handle, whole)
        os.fsync(handle)
    return [_entry(line, number, path) for number, line in enumerate(data[:whole].split(b"\n")[:-1], 1)]


def _entry(line: bytes, number: int, path: Path) -> DeliveryEntry:
    try:
        record = json.loads(line)
        if _is_entry(record):
            return DeliveryEntry(**record)
    except (ValueError, TypeError):
        pass
    hint = "Take the file from a backup, or mend the line by hand: without it, somebody could get the message twice."
    raise ReportError([error("ledger-broken", Place(str(path), number, 1), "This line can't be understood.", hint)])


def _is_entry(record: object) -> bool:
    return (
        isinstance(record, Mapping)
        and all(isinstance(record.get(key), str) for key in _AS_TEXT)
        and isinstance(record.get("code"), int)
        and record["state"] in STATES
    )


def _sync_folder(folder: Path) -> None:
    """Let the file's name reach the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, failure: OSError) -> ReportError:
    what = f"The ledger can't be written: {failure.strerror or failure}."
    hint = (
        "Nothing is sent without it. Free some space or check the permissions, then run again: it goes on where it was."
    )
    return ReportError([error("ledger", Place(str(path)), what, hint)])

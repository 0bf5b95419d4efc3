"""The delivery ledger: an append-only file of JSON lines, synced to disk before and after each message.

In: the path of the file. Out: `DeliveryLedger`, locked by one run at a time. A recipient recorded as sent is never
written to again; one who may or may not have the message is left for a person to resolve.

The states of a message:

    intended   about to be sent; until the next entry, the server cannot have accepted it
    handed     all but the final dot is transmitted; from here on, only the server knows (RFC 5321, 4.1.1.4)
    sent       accepted by the server
    refused    permanently refused for this recipient
    deferred   temporarily refused
    uncertain  the connection was lost, or the run killed, between the final dot and the reply
    again      a person decided to send it once more
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
TO_SEND: frozenset[DeliveryState | None] = frozenset({None, "intended", "deferred", "again"})
UNRESOLVED: frozenset[DeliveryState | None] = frozenset({"handed", "uncertain", "refused"})
MAY_HAVE_ARRIVED: frozenset[DeliveryState | None] = frozenset({"handed", "uncertain", "sent"})
_TEXT_KEYS = ("at", "edition", "pdf", "address", "state", "message_id", "step", "reply")


@dataclass(frozen=True, slots=True)
class DeliveryEntry:
    """One line of the ledger: the state of one address for an edition and the SHA-256 digest of its PDF."""

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
def open_ledger(path: Path, clock: Callable[[], float] = time.time) -> Iterator[DeliveryLedger]:
    """Open or create a ledger and lock it against other runs. Raises ReportError."""
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
    """The last entry for each edition, PDF and address. A new entry is on disk when `write` returns."""

    def __init__(self, path: Path, handle: int, entries: list[DeliveryEntry], clock: Callable[[], float]) -> None:
        self.path, self._handle, self._clock = path, handle, clock
        self._last = {(entry.edition, entry.pdf, entry.address): entry for entry in entries}

    def last(self, edition: str, pdf: str, address: str) -> DeliveryEntry | None:
        """Return the last entry for an address, or None."""
        return self._last.get((edition, pdf, address))

    def for_address(self, edition: str, address: str) -> list[DeliveryEntry]:
        """Return the last entry for an address for each PDF of an edition."""
        return [entry for entry in self._last.values() if (entry.edition, entry.address) == (edition, address)]

    def write(self, entry: DeliveryEntry) -> None:
        """Append an entry. Raises ReportError if it cannot be saved; no more messages may be sent then."""
        dated = replace(entry, at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._clock())))
        line = json.dumps(asdict(dated), ensure_ascii=False).encode() + b"\n"
        try:
            if os.write(self._handle, line) != len(line):
                raise OSError("only part of the line was written")
            os.fsync(self._handle)
        except OSError as failure:
            raise _unwritable(self.path, failure) from None
        self._last[(entry.edition, entry.pdf, entry.address)] = dated


def _lock(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        what = "Another run is sending this edition."
        raise ReportError([error("ledger-locked", Place(str(path)), what, "Wait until it has finished.")]) from None


def _read(handle: int, path: Path) -> list[DeliveryEntry]:
    """Read the entries. An unfinished last line is cut off: every line is synced before it takes effect."""
    with os.fdopen(os.dup(handle), "rb") as file:
        file.seek(0)
        data = file.read()
    end = data.rfind(b"\n") + 1
    if end != len(data):
        os.ftruncate(handle, end)
        os.fsync(handle)
    return [_parse_entry(line, number, path) for number, line in enumerate(data[:end].split(b"\n")[:-1], 1)]


def _parse_entry(line: bytes, number: int, path: Path) -> DeliveryEntry:
    try:
        record = json.loads(line)
        if _is_entry(record):
            return DeliveryEntry(**record)
    except (ValueError, TypeError):
        pass
    hint = (
        "Restore the file from a backup or repair the line by hand. Without it, a recipient could be sent two copies."
    )
    what = "This line is not a valid ledger entry."
    raise ReportError([error("ledger-broken", Place(str(path), number, 1), what, hint)])


def _is_entry(record: object) -> bool:
    return (
        isinstance(record, Mapping)
        and all(isinstance(record.get(key), str) for key in _TEXT_KEYS)
        and isinstance(record.get("code"), int)
        and record["state"] in STATES
    )


def _sync_folder(folder: Path) -> None:
    """Sync the folder, so that the file's name reaches the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, failure: OSError) -> ReportError:
    what = f"The ledger could not be written: {failure.strerror or failure}."
    hint = (
        "Nothing is sent without it. Free some space or check the permissions, then run again: sending resumes where "
        "it stopped."
    )
    return ReportError([error("ledger", Place(str(path)), what, hint)])

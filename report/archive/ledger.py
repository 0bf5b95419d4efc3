"""The archive's folders and its ledger: the versions of each edition, and the seal of each bag.

In: the archive's folder. Out: `VersionEntry` and `BagFolder` records. `ledger.json` is kept beside the bags, so that
missing or replaced bags are detected. It is replaced atomically, and the entry of a bag is never dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from report.problems import Place, ReportError, error
from report.sets.outputs import write_file

LEDGER, LOCK = "ledger.json", ".lock"
HIDDEN = (".", "_")  # prefixes of folders that are not editions: temporary folders, the images of the index
_VERSION = re.compile(r"v([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One version of an edition. `seal` is the SHA-512 of its tag manifest; `kept` means the bag was moved into place.

    The field names are the keys of ledger.json.
    """

    edition: str
    version: int
    day: str
    reason: str
    seal: str
    kept: bool


@dataclass(frozen=True, slots=True)
class BagFolder:
    """A folder (or stray file) among the bags. `version` is 0 if its name is not a version."""

    edition: str
    version: int
    path: Path

    @property
    def name(self) -> str:
        """The path in the archive, such as 2023-24/v1."""
        return f"{self.path.parent.name}/{self.path.name}"


def bags(archive: Path) -> list[BagFolder]:
    """Return every folder and file in the edition folders, oldest first. Raises ReportError if one is unreadable."""
    try:
        editions = [each for each in archive.iterdir() if each.is_dir() and not each.name.startswith(HIDDEN)]
        folders = [
            BagFolder(path.parent.name, version_of(path.name), path) for folder in editions for path in folder.iterdir()
        ]
    except FileNotFoundError:
        return []
    except OSError as failure:
        raise unreadable(archive, failure) from None
    return sorted(folders, key=lambda bag: (bag.edition, bag.version, bag.path.name))


def version_of(name: str) -> int:
    """Return the version number in a folder name such as v1; 0 for any other name."""
    match = _VERSION.fullmatch(name)
    return int(match[1]) if match else 0


def entries(archive: Path) -> tuple[VersionEntry, ...] | None:
    """Return the entries of the ledger, or None without a ledger. Raises ReportError if it is unreadable or invalid."""
    path = archive / LEDGER
    try:
        if not path.exists():
            return None
        return tuple(_parse_entry(record) for record in json.loads(path.read_text("utf-8"))["versions"])
    except OSError as failure:
        raise unreadable(path, failure) from None
    except (ValueError, KeyError, TypeError):
        hint = "Restore it from a copy of the archive, then compare it with the bags: build.py archive verify --all"
        raise ReportError([error("ledger", Place(str(path)), "The ledger is damaged.", hint)]) from None


def _parse_entry(record: Any) -> VersionEntry:
    kinds = {"edition": str, "version": int, "day": str, "reason": str, "seal": str, "kept": bool}
    if set(record) != {each.name for each in fields(VersionEntry)}:
        raise ValueError
    if any(type(record[name]) is not kind for name, kind in kinds.items()):
        raise TypeError
    return VersionEntry(**record)


def write_entries(archive: Path, entries: Sequence[VersionEntry]) -> None:
    """Replace the ledger atomically. Raises ReportError if it cannot be written."""
    record = {"versions": [asdict(entry) for entry in entries]}
    write_file(archive / LEDGER, (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode())


def recover_entries(entries: Sequence[VersionEntry], folders: Sequence[BagFolder]) -> list[VersionEntry]:
    """Return the entries corrected after a killed run: a pending entry is kept if its bag exists, otherwise dropped."""
    present = {(bag.edition, bag.version) for bag in folders}
    return [replace(entry, kept=True) for entry in entries if entry.kept or (entry.edition, entry.version) in present]


def next_version(edition: str, entries: Sequence[VersionEntry], folders: Sequence[BagFolder]) -> int:
    """Return the number of the next version, above every version that exists or ever existed."""
    versions = [(entry.edition, entry.version) for entry in entries] + [(bag.edition, bag.version) for bag in folders]
    used = [version for name, version in versions if name == edition]
    return max(used, default=0) + 1


@contextmanager
def locked(archive: Path) -> Iterator[None]:
    """Lock the archive, so that one process at a time writes to it. Raises OSError if it is not writable."""
    import fcntl

    archive.mkdir(parents=True, exist_ok=True)
    with (archive / LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def unreadable(path: Path, failure: OSError) -> ReportError:
    """Return the error for an unreadable file or folder."""
    what = f"The file or folder could not be read: {failure.strerror or failure}."
    return ReportError([error("archive-unreadable", Place(str(path)), what, "Check the medium and the permissions.")])

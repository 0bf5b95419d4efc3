"""The archive's folders and its ledger: which versions of which editions there are, and what each was sealed with.

In: the archive's folder. Out: `VersionEntry` and `BagFolder` records. `ledger.json` stands beside the bags, so that a
bag that is gone, or made again from something else, is noticed. It is replaced as a whole, and no entry of a bag is
ever dropped.
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
HIDDEN = (".", "_")  # how names begin that are no edition's: what is being written, the pictures of the index
_VERSION = re.compile(r"v([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One version of an edition. `seal` is the SHA-512 of its tag manifest; `kept`: the bag came to its place."""

    edition: str
    version: int
    day: str
    reason: str
    seal: str
    kept: bool


@dataclass(frozen=True, slots=True)
class BagFolder:
    """A bag's folder. `version` is 0 where the folder's name is none of a version."""

    edition: str
    version: int
    path: Path

    @property
    def name(self) -> str:
        """The name in the archive, as 2023-24/v1."""
        return f"{self.path.parent.name}/{self.path.name}"


def bags(archive: Path) -> list[BagFolder]:
    """Return every folder and file where only bags may be, oldest first. Raises ReportError if it can't be read."""
    try:
        editions = [each for each in archive.iterdir() if each.is_dir() and not each.name.startswith(HIDDEN)]
        found = [
            BagFolder(path.parent.name, version_of(path.name), path) for folder in editions for path in folder.iterdir()
        ]
    except FileNotFoundError:
        return []
    except OSError as failure:
        raise unreadable(archive, failure) from None
    return sorted(found, key=lambda bag: (bag.edition, bag.version, bag.path.name))


def version_of(name: str) -> int:
    """Return the number of a version from the name of its folder; 0 if it is no such name."""
    match = _VERSION.fullmatch(name)
    return int(match[1]) if match else 0


def entries(archive: Path) -> tuple[VersionEntry, ...] | None:
    """Return what the ledger says, or None where there is none. Raises ReportError if it can't be understood."""
    path = archive / LEDGER
    try:
        if not path.exists():
            return None
        return tuple(_entry(record) for record in json.loads(path.read_text("utf-8"))["versions"])
    except OSError as failure:
        raise unreadable(path, failure) from None
    except (ValueError, KeyError, TypeError):
        hint = (
            "Bring it back from a copy of the archive; `build.py archive verify --all` then compares it with the bags."
        )
        raise ReportError([error("ledger", Place(str(path)), "The ledger is damaged.", hint)]) from None


def _entry(record: Any) -> VersionEntry:
    kinds = {"edition": str, "version": int, "day": str, "reason": str, "seal": str, "kept": bool}
    if set(record) != {each.name for each in fields(VersionEntry)}:
        raise ValueError
    if any(type(record[name]) is not kind for name, kind in kinds.items()):
        raise TypeError
    return VersionEntry(**record)


def write_entries(archive: Path, listed: Sequence[VersionEntry]) -> None:
    """Replace the ledger. Raises ReportError if it can't be written."""
    record = {"versions": [asdict(entry) for entry in listed]}
    write_file(archive / LEDGER, (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode())


def settled(listed: Sequence[VersionEntry], found: Sequence[BagFolder]) -> list[VersionEntry]:
    """Return the ledger after a run was killed: what was about to be added is there, or it never was."""
    here = {(bag.edition, bag.version) for bag in found}
    return [replace(entry, kept=True) for entry in listed if entry.kept or (entry.edition, entry.version) in here]


def next_version(edition: str, listed: Sequence[VersionEntry], found: Sequence[BagFolder]) -> int:
    """Return the number of the next version: above all that there are, and all that there ever were."""
    ever = [(entry.edition, entry.version) for entry in listed] + [(bag.edition, bag.version) for bag in found]
    used = [version for name, version in ever if name == edition]
    return max(used, default=0) + 1


@contextmanager
def locked(archive: Path) -> Iterator[None]:
    """Let one process at a time add to the archive. Raises OSError if nothing can be written there."""
    import fcntl

    archive.mkdir(parents=True, exist_ok=True)
    with (archive / LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def unreadable(path: Path, failure: OSError) -> ReportError:
    """Return the error for what can't be read."""
    what = f"It can't be read: {failure.strerror or failure}."
    return ReportError([error("archive-unreadable", Place(str(path)), what, "Check the medium and the permissions.")])

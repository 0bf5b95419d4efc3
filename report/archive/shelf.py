"""What stands in the archive: the editions and their versions, as the bags tell of themselves.

In: the archive's folder. Out: `StoredVersion` records, oldest first, and a table of them. A bag that is damaged is told
as far as it can be read; whether it is whole is the business of `verify`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from report.archive import ledger
from report.archive.bag import info
from report.problems import Place, ReportError, did_you_mean, error
from report.sets.manifest import FileEntry, read_manifest

_OXUM = re.compile(r"([0-9]{1,15})\.[0-9]+")


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version of an edition: its folder, what it says of itself, its finished files, the bytes of its payload."""

    edition: str
    version: int
    path: Path
    title: str
    organisation: str
    day: str
    reason: str
    size: int
    files: tuple[FileEntry, ...]

    @property
    def name(self) -> str:
        """The name in the archive, as 2023-24/v1."""
        return f"{self.edition}/v{self.version}"


def shelf(archive: Path) -> tuple[StoredVersion, ...]:
    """Return every bag with a version. Raises ReportError if the archive can't be read."""
    return tuple(_kept(bag) for bag in ledger.bags(archive) if bag.version and bag.path.is_dir())


def _kept(bag: ledger.BagFolder) -> StoredVersion:
    said, manifest = info(bag.path), read_manifest(bag.path / "data")
    oxum = _OXUM.fullmatch(said.get("Payload-Oxum", ""))
    records = manifest.get("files", [])
    entries = [FileEntry.read(record) for record in records] if isinstance(records, list) else []
    return StoredVersion(
        edition=bag.edition,
        version=bag.version,
        path=bag.path,
        title=str(manifest.get("title", bag.edition)),
        organisation=said.get("Source-Organization", ""),
        day=said.get("Bagging-Date", ""),
        reason=said.get("Reason", ""),
        size=int(oxum[1]) if oxum else 0,
        files=tuple(entry for entry in entries if entry and Path(entry.name).name == entry.name),
    )


def table(kept: Sequence[StoredVersion]) -> str:
    """Return the bags as a table for a terminal."""
    rows = [("edition", "version", "archived", "MB", "files", "reason")]
    rows += [(each.edition, f"v{each.version}", each.day, f"{each.size / 1e6:,.1f}", str(len(each.files)), each.reason)
             for each in kept]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    left = {0, 1, 2, 5}
    return "\n".join(
        "  ".join(cell.ljust(width) if index in left else cell.rjust(width)
                  for index, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    )  # fmt: skip


def edition_of(archive: Path, asked: str | None) -> str:
    """Return the edition asked for, or the newest in the archive. Raises ReportError if there is none."""
    listed: tuple[ledger.VersionEntry, ...] = ()
    with suppress(ReportError):  # a damaged ledger is told by `verify`; the bags can be named without it
        listed = ledger.entries(archive) or ()
    names = sorted({bag.edition for bag in ledger.bags(archive)} | {entry.edition for entry in listed})
    if asked in names or (asked is None and names):
        return asked or names[-1]
    what = f"There is no bag of {asked} here." if asked else "There is no bag here."
    hint = did_you_mean(asked or "", names) or "Archive an edition first, or name the folder with --archive."
    raise ReportError([error("no-bags", Place(str(archive)), what, hint)])

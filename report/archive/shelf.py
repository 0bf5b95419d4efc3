"""The editions and versions in the archive, as described by their bags.

In: the archive's folder. Out: `StoredVersion` records, oldest first, and a table of them. A damaged bag is listed with
the values that are still readable; checking its integrity is the task of `verify`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from report.archive import ledger
from report.archive.bag import read_info
from report.problems import Place, ReportError, did_you_mean, error
from report.sets.manifest import FileEntry, read_manifest

_OXUM = re.compile(r"([0-9]{1,15})\.[0-9]+")


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version of an edition: its folder, the bag's description, the payload's size in bytes, the finished files."""

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
        """The path in the archive, such as 2023-24/v1."""
        return f"{self.edition}/v{self.version}"


def stored_versions(archive: Path) -> tuple[StoredVersion, ...]:
    """Return every bag whose folder name is a version. Raises ReportError if the archive is unreadable."""
    return tuple(_read_version(bag) for bag in ledger.bags(archive) if bag.version and bag.path.is_dir())


def _read_version(bag: ledger.BagFolder) -> StoredVersion:
    bag_info, manifest = read_info(bag.path), read_manifest(bag.path / "data")
    oxum = _OXUM.fullmatch(bag_info.get("Payload-Oxum", ""))
    records = manifest.get("files", [])
    entries = [FileEntry.read(record) for record in records] if isinstance(records, list) else []
    return StoredVersion(
        edition=bag.edition,
        version=bag.version,
        path=bag.path,
        title=str(manifest.get("title", bag.edition)),
        organisation=bag_info.get("Source-Organization", ""),
        day=bag_info.get("Bagging-Date", ""),
        reason=bag_info.get("Reason", ""),
        size=int(oxum[1]) if oxum else 0,
        files=tuple(entry for entry in entries if entry and Path(entry.name).name == entry.name),
    )


def table(versions: Sequence[StoredVersion]) -> str:
    """Return the versions as a table for a terminal."""
    rows = [("edition", "version", "archived", "MB", "files", "reason")]
    rows += [(each.edition, f"v{each.version}", each.day, f"{each.size / 1e6:,.1f}", str(len(each.files)), each.reason)
             for each in versions]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    left = {0, 1, 2, 5}
    return "\n".join(
        "  ".join(cell.ljust(width) if index in left else cell.rjust(width)
                  for index, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    )  # fmt: skip


def find_edition(archive: Path, requested: str | None) -> str:
    """Return the requested edition, or the newest one. Raises ReportError if the archive does not have it."""
    entries: tuple[ledger.VersionEntry, ...] = ()
    with suppress(ReportError):  # `verify` reports a damaged ledger; the bags can be listed without it
        entries = ledger.entries(archive) or ()
    names = sorted({bag.edition for bag in ledger.bags(archive)} | {entry.edition for entry in entries})
    if requested in names or (requested is None and names):
        return requested or names[-1]
    what = f"The archive has no bag of {requested}." if requested else "The archive has no bags."
    hint = did_you_mean(requested or "", names) or "Archive an edition first, or name the folder with --archive."
    raise ReportError([error("no-bags", Place(str(archive)), what, hint)])

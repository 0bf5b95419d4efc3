"""Verification of the archive: every byte of every bag is compared with the digests recorded when it was archived.

In: the archive's folder. Out: a `Verification`: each bag with its missing, changed, truncated, extra, renamed or
unreadable files, as text and as JSON. Nothing is written, so that an archive on read-only media can be verified. The
checks form a chain: the ledger's seal covers the tag manifest, which covers the payload manifest, which covers the
files.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bagit

from report.archive import ledger
from report.archive.bag import ALGORITHM, PAYLOAD_MANIFEST, TAG_MANIFEST, read_info, silence_bagit
from report.archive.findings import BagCheck, BagFault, LedgerState, Verification
from report.archive.ledger import BagFolder, VersionEntry
from report.problems import Place, ReportError, error
from report.progress import Progress

_LINE = re.compile(rb"([0-9a-f]{128}) {1,2}(\S.*)")
_OXUM = re.compile(r"([0-9]+)\.[0-9]+")  # bytes and files of the payload (RFC 8493, 2.2.2)


def verify(archive: Path, edition: str | None, progress: Progress) -> Verification:
    """Verify the bags of an edition, or of all editions. Raises ReportError if there are none."""
    entries, state = _read_ledger(archive)
    by_version = {(each.edition, each.version): each for each in entries or () if edition in (None, each.edition)}
    bags = [bag for bag in ledger.bags(archive) if edition in (None, bag.edition)]
    present = {(bag.edition, bag.version) for bag in bags}
    missing = [entry for key, entry in by_version.items() if entry.kept and key not in present]
    if not bags and not missing:
        what = f"The archive has no bag of {edition}." if edition else "The archive has no bags."
        hint = "Archive an edition first, or name the folder with --archive."
        raise ReportError([error("no-bags", Place(str(archive)), what, hint)])
    has_ledger = entries is not None
    checks = [_check_bag(bag, by_version.get((bag.edition, bag.version)), has_ledger, progress) for bag in bags]
    checks += [_missing_bag(entry) for entry in missing]
    in_order = tuple(sorted(checks, key=lambda bag: (bag.edition, bag.version, bag.name)))
    passed = state != "damaged" and not any(bag.faults for bag in in_order)
    return Verification(str(archive), state, passed, in_order)


def _read_ledger(archive: Path) -> tuple[tuple[VersionEntry, ...] | None, LedgerState]:
    try:
        entries = ledger.entries(archive)
    except ReportError:
        return None, "damaged"
    return entries, "missing" if entries is None else "sound"


def _check_bag(bag: BagFolder, entry: VersionEntry | None, has_ledger: bool, progress: Progress) -> BagCheck:
    with progress.stage(bag.name) as stage:
        try:
            check = check_bag(bag, entry, has_ledger)
        except OSError as failure:  # the other bags are still checked
            what = f"The bag could not be read: {failure.strerror or failure}."
            check = BagCheck(bag.name, bag.edition, bag.version, 0, 0, (BagFault("unreadable", "", what),))
        stage.count = f"{check.files:,} files, {check.bytes / 1e6:,.1f} MB"
    return check


def _missing_bag(entry: VersionEntry) -> BagCheck:
    name = f"{entry.edition}/v{entry.version}"
    what = f"The ledger lists this bag, archived on {entry.day}, but it is missing."
    return BagCheck(name, entry.edition, entry.version, 0, 0, (BagFault("missing", "", what),))


def check_bag(bag: BagFolder, entry: VersionEntry | None = None, has_ledger: bool = False) -> BagCheck:
    """Compare a bag with its manifests and with its entry in the ledger, if there is a ledger."""
    reader = _BagReader(bag.path)
    if not bag.path.is_dir() or bag.path.is_symlink():
        faults = [BagFault("extra", "", "This is not a folder. Only bags belong here.")]
    elif not (bag.path / "bagit.txt").exists() and not (bag.path / PAYLOAD_MANIFEST).exists():
        faults = [BagFault("no-bag", "", "This folder is not a bag: it has neither bagit.txt nor a manifest.")]
    else:
        faults = [*_identifier_faults(bag), *reader.faults(entry)]
        if has_ledger and entry is None and not any(fault.kind == "renamed" for fault in faults):
            faults.append(BagFault("ledger", "", "The ledger does not list this bag."))
        faults = faults or list(_structure_faults(bag.path))
    return BagCheck(bag.name, bag.edition, bag.version, reader.count, reader.size, tuple(faults))


def _identifier_faults(bag: BagFolder) -> Iterator[BagFault]:
    identifier = read_info(bag.path).get("External-Identifier", "")
    if identifier and identifier != bag.name:
        yield BagFault("renamed", "", f"The bag's identifier is {identifier}, but its folder is {bag.name}.")


def _structure_faults(path: Path) -> Iterator[BagFault]:
    """Validate structure, completeness and tag files against the standard with the bagit library."""
    try:
        with silence_bagit():
            bagit.Bag(str(path)).validate(completeness_only=True)
    except (bagit.BagError, ValueError, OSError) as failure:
        yield BagFault("structure", "", f"This is not a valid bag: {failure}")


@dataclass
class _BagReader:
    """Reads the files of a bag once, and counts the files and bytes read."""

    path: Path
    count: int = 0
    size: int = 0

    def faults(self, entry: VersionEntry | None) -> list[BagFault]:
        """Return every fault of the bag's files."""
        files = dict(_files(self.path, self.path))
        unreadable = [BagFault("unreadable", name, what) for name, what in files.items() if what]
        readable = {name for name, what in files.items() if not what}
        faults = [*unreadable, *self._seal_faults(entry, readable)]
        tags, tag_faults = self._read_manifest(TAG_MANIFEST, readable)
        trusted = not faults and not tag_faults
        tag_files = {name for name in readable if not name.startswith("data/")}
        faults += [*tag_faults, *self._compare(tags, tag_files, TAG_MANIFEST, trusted)]
        damaged = any(fault.file in {PAYLOAD_MANIFEST, TAG_MANIFEST} for fault in faults)
        payload, manifest_faults = self._read_manifest(PAYLOAD_MANIFEST, readable)
        before = self.size
        payload_files = {name for name in readable if name.startswith("data/")}
        payload_faults = [*manifest_faults, *self._compare(payload, payload_files, PAYLOAD_MANIFEST, not damaged)]
        # A file that is unreadable, or in an unreadable folder, is not reported a second time as missing.
        reported = tuple(fault.file for fault in unreadable)
        folders = tuple(f"{name}/" for name in reported)
        faults += [each for each in payload_faults if each.file not in reported and not each.file.startswith(folders)]
        return list(dict.fromkeys(self._refine(faults, self.size - before)))

    def _seal_faults(self, entry: VersionEntry | None, readable: set[str]) -> Iterator[BagFault]:
        digest, fault = self._digest(TAG_MANIFEST) if TAG_MANIFEST in readable else ("", None)
        if fault:
            yield fault
        elif digest and entry and digest != entry.seal:
            yield BagFault("changed", TAG_MANIFEST, "Its digest differs from the seal in the ledger.")

    def _read_manifest(self, name: str, readable: set[str]) -> tuple[dict[str, str], list[BagFault]]:
        """Return the digests in a manifest by file, and its own faults. Only the exact form of our bags is accepted."""
        if name not in readable:
            return {}, [BagFault("missing", name, "The bag does not have this manifest.")]
        try:
            data = (self.path / name).read_bytes()
        except OSError as failure:
            return {}, [_unreadable(name, failure)]
        faults, digests = [], dict[str, str]()
        lines = data.split(b"\n")
        if lines.pop() != b"":
            faults.append(BagFault("truncated", name, "The last line is cut off."))
        for number, line in enumerate(lines, 1):
            if match := _LINE.fullmatch(line):
                digests[_normalize(match[2].decode("utf-8", "replace"))] = match[1].decode("ascii")
            else:
                faults.append(BagFault("changed", name, f"Line {number} is not a digest and a file name."))
        return digests, faults

    def _compare(
        self, digests: Mapping[str, str], present: set[str], manifest: str, trusted: bool
    ) -> Iterator[BagFault]:
        """Compare the files present with the digests in a manifest. If it is not trusted, say so in each fault."""
        doubt = "" if trusted else f" (according to {manifest}, which is damaged itself)"
        actual = {_normalize(name): name for name in present}
        for name in sorted(set(digests) - set(actual)):
            yield BagFault("missing", name, f"The file was archived but is missing{doubt}.")
        for name in sorted(set(actual) - set(digests) - {TAG_MANIFEST}):
            yield BagFault("extra", actual[name], f"The file was not archived{doubt}.")
        for name in sorted(set(digests) & set(actual)):
            digest, fault = self._digest(actual[name])
            if fault:
                yield fault
            elif digest != digests[name]:
                yield BagFault("changed", actual[name], f"The file differs from what was archived{doubt}.")

    def _digest(self, name: str) -> tuple[str, BagFault | None]:
        try:
            with (self.path / name).open("rb") as file:
                digest = hashlib.file_digest(file, ALGORITHM).hexdigest()
                self.size += file.tell()
                self.count += 1
                return digest, None
        except OSError as failure:
            return "", _unreadable(name, failure)

    def _refine(self, faults: Sequence[BagFault], size: int) -> list[BagFault]:
        """Tell a truncated file from a changed one by the payload's recorded size, if it is the only damaged file."""
        changed = [fault for fault in faults if fault.kind == "changed" and fault.file.startswith("data/")]
        others = any(fault.file.startswith("data/") for fault in faults if fault not in changed)
        oxum = _OXUM.fullmatch(read_info(self.path).get("Payload-Oxum", ""))
        if not oxum or not changed or any(fault.file == "bag-info.txt" for fault in faults):
            return list(faults)
        short = int(oxum[1]) - size
        if others or len(changed) > 1:
            return list(faults)
        (only,) = changed
        if short > 0:
            what = f"The file is truncated: {short:,} bytes are missing."
            return [BagFault("truncated", only.file, what) if fault is only else fault for fault in faults]
        more = f"It is {-short:,} bytes longer." if short else "Its length is the same: bits have flipped."
        return [BagFault("changed", only.file, f"{only.what} {more}") if fault is only else fault for fault in faults]


def _files(folder: Path, root: Path) -> Iterator[tuple[str, str]]:
    """Yield each file below a folder, and why it is unreadable, if so. Links are not followed, devices not opened."""
    try:
        with os.scandir(folder) as entries:
            items = sorted(entries, key=lambda item: item.name)
    except OSError as failure:
        what = f"The folder could not be read: {failure.strerror or failure}."
        yield Path(folder).relative_to(root).as_posix(), what
        return
    for item in items:
        path = Path(item.path)
        name = path.relative_to(root).as_posix()
        if item.is_dir(follow_symlinks=False):
            yield from _files(path, root)
        elif not stat.S_ISREG(item.stat(follow_symlinks=False).st_mode):
            yield name, "This is a link or a device, not a regular file."
        else:
            yield name, ""


def _unreadable(name: str, failure: OSError) -> BagFault:
    return BagFault("unreadable", name, f"The file could not be read: {failure.strerror or failure}.")


def _normalize(name: str) -> str:
    """Return the name in NFC: some file systems decompose accented letters."""
    return unicodedata.normalize("NFC", name)

"""Every byte of every bag, compared with what was archived: what is missing, changed, cut short, too much or renamed.

In: the archive's folder. Out: a `Verification`: each bag with its faults, as text and as JSON. Nothing is written, so
that an archive on read-only media can be verified. What is judged rests on what was judged before it: the ledger's seal
vouches for the tag manifest, that for the manifest of the payload, and that for the files.
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
from report.archive.bag import ALGORITHM, PAYLOAD_MANIFEST, TAG_MANIFEST, info, quiet_bagit
from report.archive.findings import BagCheck, BagFault, LedgerState, Verification
from report.archive.ledger import BagFolder, VersionEntry
from report.problems import Place, ReportError, error
from report.progress import Progress

_LINE = re.compile(rb"([0-9a-f]{128}) {1,2}(\S.*)")
_OXUM = re.compile(r"([0-9]+)\.[0-9]+")  # bytes and files of the payload (RFC 8493, 2.2.2)


def verify(archive: Path, edition: str | None, progress: Progress) -> Verification:
    """Verify the bags of an edition, or all. Raises ReportError if there are none."""
    listed, state = _ledger(archive)
    seals = {(each.edition, each.version): each for each in listed or () if edition in (None, each.edition)}
    found = [bag for bag in ledger.bags(archive) if edition in (None, bag.edition)]
    here = {(bag.edition, bag.version) for bag in found}
    gone = [entry for key, entry in seals.items() if entry.kept and key not in here]
    if not found and not gone:
        what = f"There is no bag of {edition} here." if edition else "There is no bag here."
        raise ReportError([error("no-bags", Place(str(archive)), what, "Archive an edition first, or name --archive.")])
    checked = [_progressing(bag, seals.get((bag.edition, bag.version)), listed is not None, progress) for bag in found]
    checked += [_gone(entry) for entry in gone]
    in_order = tuple(sorted(checked, key=lambda bag: (bag.edition, bag.version, bag.name)))
    passed = state != "damaged" and not any(bag.faults for bag in in_order)
    return Verification(str(archive), state, passed, in_order)


def _ledger(archive: Path) -> tuple[tuple[VersionEntry, ...] | None, LedgerState]:
    try:
        listed = ledger.entries(archive)
    except ReportError:
        return None, "damaged"
    return listed, "missing" if listed is None else "sound"


def _progressing(bag: BagFolder, entry: VersionEntry | None, listed: bool, progress: Progress) -> BagCheck:
    with progress.stage(bag.name) as stage:
        checked = check_bag(bag, entry, listed)
        stage.count = f"{checked.files:,} files, {checked.bytes / 1e6:,.1f} MB"
    return checked


def _gone(entry: VersionEntry) -> BagCheck:
    name = f"{entry.edition}/v{entry.version}"
    what = f"The ledger has this bag, archived on {entry.day}; it is not here."
    return BagCheck(name, entry.edition, entry.version, 0, 0, (BagFault("missing", "", what),))


def check_bag(bag: BagFolder, entry: VersionEntry | None = None, listed: bool = False) -> BagCheck:
    """Compare a bag with what was archived. `entry` is its line in the ledger, if there is a ledger (`listed`)."""
    reader = _BagReader(bag.path)
    if not bag.path.is_dir() or bag.path.is_symlink():
        faults = [BagFault("extra", "", "It is no folder; only bags may be here.")]
    elif not (bag.path / "bagit.txt").exists() and not (bag.path / PAYLOAD_MANIFEST).exists():
        faults = [BagFault("no-bag", "", "There is no bag in this folder: neither bagit.txt nor a manifest.")]
    else:
        faults = [*_own_name(bag), *reader.faults(entry)]
        if listed and entry is None and not any(fault.kind == "renamed" for fault in faults):
            faults.append(BagFault("ledger", "", "The ledger does not know this bag."))
        faults = faults or list(_standard(bag.path))
    return BagCheck(bag.name, bag.edition, bag.version, reader.count, reader.size, tuple(faults))


def _own_name(bag: BagFolder) -> Iterator[BagFault]:
    own = info(bag.path).get("External-Identifier", "")
    if own and own != bag.name:
        yield BagFault("renamed", "", f"The bag knows itself as {own}; its folder is {bag.name}.")


def _standard(path: Path) -> Iterator[BagFault]:
    """Ask the library whether the bag keeps the standard: structure, completeness, tags."""
    try:
        with quiet_bagit():
            bagit.Bag(str(path)).validate(completeness_only=True)
    except (bagit.BagError, ValueError, OSError) as failure:
        yield BagFault("structure", "", f"It is no valid bag: {failure}")


@dataclass
class _BagReader:
    """Reads a bag once, and keeps the count and size of what it read."""

    path: Path
    count: int = 0
    size: int = 0

    def faults(self, entry: VersionEntry | None) -> list[BagFault]:
        """Return every fault of the bag's files."""
        files = dict(_files(self.path, self.path))
        odd = [BagFault("unreadable", name, what) for name, what in files.items() if what]
        plain = {name for name, what in files.items() if not what}
        faults = [*odd, *self._sealed(entry, plain)]
        tags, tag_faults = self._lines(TAG_MANIFEST, plain)
        sound = not faults and not tag_faults
        faults += [
            *tag_faults,
            *self._listed(tags, {n for n in plain if not n.startswith("data/")}, TAG_MANIFEST, sound),
        ]
        damaged = any(fault.file in {PAYLOAD_MANIFEST, TAG_MANIFEST} for fault in faults)
        payload, payload_faults = self._lines(PAYLOAD_MANIFEST, plain)
        before = self.size
        inside = {name for name in plain if name.startswith("data/")}
        judged = [*payload_faults, *self._listed(payload, inside, PAYLOAD_MANIFEST, not damaged)]
        told = tuple(fault.file for fault in odd)
        inside_told = tuple(f"{name}/" for name in told)
        faults += [each for each in judged if each.file not in told and not each.file.startswith(inside_told)]
        return list(dict.fromkeys(self._measured(faults, self.size - before)))

    def _sealed(self, entry: VersionEntry | None, plain: set[str]) -> Iterator[BagFault]:
        digest, fault = self._digest(TAG_MANIFEST) if TAG_MANIFEST in plain else ("", None)
        if fault:
            yield fault
        elif digest and entry and digest != entry.seal:
            yield BagFault(
                "changed", TAG_MANIFEST, "It is not the one that the ledger was given when the bag was archived."
            )

    def _lines(self, name: str, plain: set[str]) -> tuple[dict[str, str], list[BagFault]]:
        """Return the digests of a manifest by file, and its own faults. Its form is exactly the one that we write."""
        if name not in plain:
            return {}, [BagFault("missing", name, "The bag has no such manifest.")]
        try:
            data = (self.path / name).read_bytes()
        except OSError as failure:
            return {}, [_unreadable(name, failure)]
        faults, found = [], dict[str, str]()
        lines = data.split(b"\n")
        if lines.pop() != b"":
            faults.append(BagFault("truncated", name, "Its last line is cut off."))
        for number, line in enumerate(lines, 1):
            if match := _LINE.fullmatch(line):
                found[_normal(match[2].decode("utf-8", "replace"))] = match[1].decode("ascii")
            else:
                faults.append(BagFault("changed", name, f"Line {number} is no digest and name."))
        return found, faults

    def _listed(self, listed: Mapping[str, str], here: set[str], manifest: str, sound: bool) -> Iterator[BagFault]:
        """Compare files with the lines of a manifest; where that is damaged itself, say so."""
        doubt = "" if sound else f" (by {manifest}, which is damaged itself)"
        actual = {_normal(name): name for name in here}
        for name in sorted(set(listed) - set(actual)):
            yield BagFault("missing", name, f"It was archived and is not here{doubt}.")
        for name in sorted(set(actual) - set(listed) - {TAG_MANIFEST}):
            yield BagFault("extra", actual[name], f"It was not archived{doubt}.")
        for name in sorted(set(listed) & set(actual)):
            digest, fault = self._digest(actual[name])
            if fault:
                yield fault
            elif digest != listed[name]:
                yield BagFault("changed", actual[name], f"It is not what was archived{doubt}.")

    def _digest(self, name: str) -> tuple[str, BagFault | None]:
        try:
            with (self.path / name).open("rb") as file:
                digest = hashlib.file_digest(file, ALGORITHM).hexdigest()
                self.size += file.tell()
                self.count += 1
                return digest, None
        except OSError as failure:
            return "", _unreadable(name, failure)

    def _measured(self, faults: Sequence[BagFault], size: int) -> list[BagFault]:
        """Tell what is cut short from what is changed: the bag knows how many bytes its payload had."""
        changed = [fault for fault in faults if fault.kind == "changed" and fault.file.startswith("data/")]
        others = any(fault.file.startswith("data/") for fault in faults if fault not in changed)
        oxum = _OXUM.fullmatch(info(self.path).get("Payload-Oxum", ""))
        if not oxum or not changed or any(fault.file == "bag-info.txt" for fault in faults):
            return list(faults)
        short = int(oxum[1]) - size
        if others or len(changed) > 1:
            return list(faults)
        (only,) = changed
        if short > 0:
            what = f"It is cut short: {short:,} of its bytes are gone."
            return [BagFault("truncated", only.file, what) if fault is only else fault for fault in faults]
        more = "Its length is the same: bits have flipped." if not short else f"It is {-short:,} bytes longer."
        return [BagFault("changed", only.file, f"{only.what} {more}") if fault is only else fault for fault in faults]


def _files(folder: Path, root: Path) -> Iterator[tuple[str, str]]:
    """Yield each file below a folder, and why it can't be read; nothing is followed and nothing waited for."""
    try:
        with os.scandir(folder) as listed:
            items = sorted(listed, key=lambda item: item.name)
    except OSError as failure:
        yield Path(folder).relative_to(root).as_posix(), f"The folder can't be read: {failure.strerror or failure}."
        return
    for item in items:
        path = Path(item.path)
        name = path.relative_to(root).as_posix()
        if item.is_dir(follow_symlinks=False):
            yield from _files(path, root)
        elif not stat.S_ISREG(item.stat(follow_symlinks=False).st_mode):
            yield name, "It is a link or a device, no file."
        else:
            yield name, ""


def _unreadable(name: str, failure: OSError) -> BagFault:
    return BagFault("unreadable", name, f"It can't be read: {failure.strerror or failure}.")


def _normal(name: str) -> str:
    """Some systems write letters with marks in another way than they were given."""
    return unicodedata.normalize("NFC", name)

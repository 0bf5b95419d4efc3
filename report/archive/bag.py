"""A BagIt bag (RFC 8493) in the archive: written beside the others, and put in place in one step when it is complete.

In: the files of the payload by name, and what the bag says of itself. Out: `<archive>/<edition>/v<N>/`. Whatever
happens meanwhile, there is no half bag, and nothing that was there before is touched.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import bagit

from report.archive import ledger
from report.archive.ledger import VersionEntry
from report.problems import Place, ReportError, error

ALGORITHM = "sha512"
PAYLOAD_MANIFEST, TAG_MANIFEST = f"manifest-{ALGORITHM}.txt", f"tagmanifest-{ALGORITHM}.txt"
DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"  # RFC 8493, 2.1.1
TEMPORARY = ".adding-"
PROJECT = "Project-Folder"


@dataclass(frozen=True, slots=True)
class Label:
    """What a bag says of itself in bag-info.txt. `day` is an ISO date; `version` is 0 until its place is known.

    `own` is the project's folder in the source, where it is one with the press behind it.
    """

    edition: str
    title: str
    organisation: str
    day: str
    reason: str
    commit: str
    agent: str
    version: int = 0
    own: str = ""

    @property
    def identifier(self) -> str:
        """The name by which the bag knows its place: 2023-24/v1."""
        return f"{self.edition}/v{self.version}"

    def info(self) -> dict[str, str]:
        """Return bag-info.txt: what has a value, each on one line (RFC 8493, 2.2.2; the last three are ours)."""
        described = f"{self.title}: print, screen and archive editions with their source. Read data/README.txt first."
        fields = {
            "Source-Organization": self.organisation,
            "External-Description": described,
            "External-Identifier": self.identifier,
            "Bagging-Date": self.day,
            "Bag-Software-Agent": self.agent,
            "Reason": self.reason,
            "Source-Commit": self.commit,
            PROJECT: self.own,
        }
        return {name: " ".join(value.split()) for name, value in fields.items() if value.strip()}


FIRST = "The edition as it was first published."
PayloadSource = Callable[[Label], Mapping[str, bytes]]


def add_bag(archive: Path, label: Label, contents: PayloadSource) -> Label:
    """Put a bag into the archive as the next version, and return its label with the version.

    `contents` gives the payload, asked for when the version is known. A second version needs a reason. Raises
    ReportError; the archive is then as it was.
    """
    try:
        with ledger.locked(archive):
            return _add(archive, label, contents)
    except (OSError, bagit.BagError) as failure:
        what = f"The bag can't be written: {getattr(failure, 'strerror', None) or failure}."
        hint = "Free some space or choose another place with --archive. Nothing in the archive has changed."
        raise ReportError([error("archive-unwritable", Place(str(archive)), what, hint)]) from None


def _add(archive: Path, label: Label, contents: PayloadSource) -> Label:
    _clear_leftovers(archive)
    found = ledger.bags(archive)
    listed = ledger.settled(ledger.entries(archive) or (), found)
    label = replace(label, version=ledger.next_version(label.edition, listed, found))
    label = _with_reason(label)
    temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=archive))
    try:
        seal = write_bag(temporary, label, contents(label))
        entry = VersionEntry(label.edition, label.version, label.day, label.reason, seal, kept=False)
        ledger.write_entries(archive, [*listed, entry])
        place = archive / label.identifier
        place.parent.mkdir(exist_ok=True)
        temporary.rename(place)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    for folder in (place.parent, archive):
        _sync(folder)
    with suppress(ReportError):  # the bag is there and its seal is known; the next run makes up for it
        ledger.write_entries(archive, [*listed, replace(entry, kept=True)])
    return label


def write_bag(folder: Path, label: Label, files: Mapping[str, bytes]) -> str:
    """Make a bag of an empty folder and let it reach the disk. Returns its seal: the SHA-512 of its tag manifest."""
    for name, data in files.items():
        _must_fit(name)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    folder.chmod(0o755)
    with quiet_bagit(), chdir(Path.cwd()):  # which the library leaves, and forgets where it fails
        bag = bagit.make_bag(str(folder), label.info(), checksums=[ALGORITHM])
        (folder / "bagit.txt").write_text(DECLARATION, encoding="utf-8", newline="\n")
        bag.save()  # the library declares 0.97; the tag manifest follows what we declare
    tags = folder / TAG_MANIFEST
    lines = sorted(tags.read_bytes().splitlines(keepends=True), key=lambda line: line.split()[1])
    tags.write_bytes(b"".join(lines))  # the library's order is that of the disk
    for path in sorted(folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o444)
        _sync(path)
    _sync(folder)
    return hashlib.sha512(tags.read_bytes()).hexdigest()


def info(folder: Path) -> dict[str, str]:
    """Return the fields of a bag's bag-info.txt as far as they can be read."""
    try:
        text = (folder / "bag-info.txt").read_bytes().decode("utf-8", "replace")
    except OSError:
        return {}
    fields = (line.partition(": ") for line in text.split("\n"))
    return {name: value for name, colon, value in fields if colon}


def own_folder(folder: Path) -> str:
    """Return the project's folder in a bag's source, if it has one of its own; never one outside the source."""
    said = info(folder).get(PROJECT, "")
    return "" if said.startswith("/") or ".." in Path(said).parts else said


@contextmanager
def quiet_bagit() -> Iterator[None]:
    """Keep what the library logs from the terminal: what it finds comes as exceptions too."""
    logger = logging.getLogger("bagit")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


def _with_reason(label: Label) -> Label:
    if label.version > 1 and not label.reason.strip():
        what = f"The archive has {label.edition}/v{label.version - 1} already."
        hint = "A correction needs a reason: --reason 'A figure on page 12 was wrong'. Nothing is ever replaced."
        raise ReportError([error("no-reason", Place(label.identifier), what, hint)])
    return replace(label, reason=" ".join(label.reason.split()) or FIRST)


def _must_fit(name: str) -> None:
    """Refuse a name that a manifest can't hold as it is, or other systems write in another way (RFC 8493, 2.1.3)."""
    plain = name.isprintable() and "%" not in name and not name.startswith("~")
    if not plain or unicodedata.normalize("NFC", name) != name:
        what = f"A file's name can't be kept for long: {name!a}."
        raise ReportError(
            [error("name", Place(ascii(name)), what, "Rename it: plain letters, digits, - and _ are safe.")]
        )


def _clear_leftovers(archive: Path) -> None:
    """Remove what killed runs left; the lock makes sure that nobody is writing there."""
    for leftover in archive.glob(f"{TEMPORARY}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for leftover in archive.glob(".*.tmp"):
        leftover.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Let a file's bytes, or the names in a folder, reach the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

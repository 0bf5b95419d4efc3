"""Writing a BagIt bag (RFC 8493): it is completed in a temporary folder and moved into place atomically.

In: the payload files by name, and the bag's label. Out: `<archive>/<edition>/v<N>/`. If the run fails or is killed,
there is no partial bag, and existing bags are untouched.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
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
PROJECT_FIELD = "Project-Folder"


@dataclass(frozen=True, slots=True)
class Label:
    """The description of a bag in bag-info.txt. `day` is an ISO date; `version` is 0 until a number is assigned.

    `project_folder` is the project's folder in the source if it is separate from the program, otherwise empty.
    """

    edition: str
    title: str
    organisation: str
    day: str
    reason: str
    commit: str
    agent: str
    version: int = 0
    project_folder: str = ""

    @property
    def identifier(self) -> str:
        """The bag's identifier and path in the archive, such as 2023-24/v1."""
        return f"{self.edition}/v{self.version}"

    def info(self) -> dict[str, str]:
        """Return the non-empty fields of bag-info.txt, each on one line (RFC 8493, 2.2.2).

        Reason, Source-Commit and Project-Folder are not reserved names of the standard.
        """
        description = f"{self.title}: print, screen and archive editions with their source. Read data/README.txt first."
        fields = {
            "Source-Organization": self.organisation,
            "External-Description": description,
            "External-Identifier": self.identifier,
            "Bagging-Date": self.day,
            "Bag-Software-Agent": self.agent,
            "Reason": self.reason,
            "Source-Commit": self.commit,
            PROJECT_FIELD: self.project_folder,
        }
        return {name: " ".join(value.split()) for name, value in fields.items() if value.strip()}


FIRST_REASON = "The edition as it was first published."
PayloadSource = Callable[[Label], Mapping[str, bytes]]


def add_bag(archive: Path, label: Label, contents: PayloadSource) -> Label:
    """Add a bag to the archive as the next version, and return its label with the version number.

    `contents` returns the payload; it is called once the version is known. A second version needs a reason. Raises
    ReportError; the archive is unchanged then.
    """
    try:
        with ledger.locked(archive):
            return _add(archive, label, contents)
    except (OSError, bagit.BagError) as failure:
        what = f"The bag could not be written: {getattr(failure, 'strerror', None) or failure}."
        hint = "Free some space or choose another folder with --archive. The archive is unchanged."
        raise ReportError([error("archive-unwritable", Place(str(archive)), what, hint)]) from None


def _add(archive: Path, label: Label, contents: PayloadSource) -> Label:
    _clear_leftovers(archive)
    folders = ledger.bags(archive)
    entries = ledger.recover_entries(ledger.entries(archive) or (), folders)
    label = replace(label, version=ledger.next_version(label.edition, entries, folders))
    label = _with_reason(label)
    temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=archive))
    try:
        seal = write_bag(temporary, label, contents(label))
        entry = VersionEntry(label.edition, label.version, label.day, label.reason, seal, kept=False)
        ledger.write_entries(archive, [*entries, entry])
        target = archive / label.identifier
        target.parent.mkdir(exist_ok=True)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    for folder in (target.parent, archive):
        _sync(folder)
    with suppress(ReportError):  # the bag is in place and its seal is recorded; the next run corrects the entry
        ledger.write_entries(archive, [*entries, replace(entry, kept=True)])
    return label


def write_bag(folder: Path, label: Label, files: Mapping[str, bytes]) -> str:
    """Write a bag into an empty folder and sync it to disk. Return its seal: the SHA-512 of its tag manifest."""
    _check_names(files)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    folder.chmod(0o755)
    with silence_bagit(), chdir(Path.cwd()):  # the library changes the working directory, and leaves it so on failure
        bag = bagit.make_bag(str(folder), label.info(), checksums=[ALGORITHM])
        (folder / "bagit.txt").write_text(DECLARATION, encoding="utf-8", newline="\n")
        bag.save()  # the library declares 0.97; saving again updates the tag manifest for the new declaration
    tags = folder / TAG_MANIFEST
    lines = sorted(tags.read_bytes().splitlines(keepends=True), key=lambda line: line.split()[1])
    tags.write_bytes(b"".join(lines))  # the library writes them in the order of the file system
    for path in sorted(folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o444)
        _sync(path)
    _sync(folder)
    return hashlib.sha512(tags.read_bytes()).hexdigest()


def read_info(folder: Path) -> dict[str, str]:
    """Return the readable fields of a bag's bag-info.txt."""
    try:
        text = (folder / "bag-info.txt").read_bytes().decode("utf-8", "replace")
    except OSError:
        return {}
    fields = (line.partition(": ") for line in text.split("\n"))
    return {name: value for name, colon, value in fields if colon}


def project_folder(folder: Path) -> str:
    """Return the project's folder in a bag's source; empty if it has none or if the path would leave the source."""
    recorded = read_info(folder).get(PROJECT_FIELD, "")
    return "" if recorded.startswith("/") or ".." in Path(recorded).parts else recorded


@contextmanager
def silence_bagit() -> Iterator[None]:
    """Suppress the library's log output: its findings are raised as exceptions too."""
    logger = logging.getLogger("bagit")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


def _with_reason(label: Label) -> Label:
    if label.version > 1 and not label.reason.strip():
        what = f"The archive already has {label.edition}/v{label.version - 1}."
        hint = "A correction needs a reason: --reason 'A figure on page 12 was wrong'. Earlier versions are kept."
        raise ReportError([error("no-reason", Place(label.identifier), what, hint)])
    return replace(label, reason=" ".join(label.reason.split()) or FIRST_REASON)


def _check_names(names: Iterable[str]) -> None:
    """Refuse names that need escaping in a manifest or are spelt differently on other systems (RFC 8493, 2.1.3)."""
    hint = "Rename the file: plain letters, digits, - and _ are safe."
    unsuitable = [
        error("name", Place(ascii(name)), f"The file name {name!a} is not suitable for archiving.", hint)
        for name in names
        if not name.isprintable() or "%" in name or name.startswith("~") or unicodedata.normalize("NFC", name) != name
    ]
    if unsuitable:
        raise ReportError(unsuitable)


def _clear_leftovers(archive: Path) -> None:
    """Remove the leftovers of killed runs. The lock ensures that no other process is writing."""
    for leftover in archive.glob(f"{TEMPORARY}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for leftover in archive.glob(".*.tmp"):
        leftover.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Sync a file's contents, or the names in a folder, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Atomic publishing: the finished set on disk is always complete.

In: files by name. Out: `<out>/<edition>/`, a symbolic link that is switched in one step to a complete folder under
`<out>/.sets/`. A build that fails, or is killed at any moment, leaves the last complete set in place.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from report.problems import Place, ReportError, error

SETS = ".sets"


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_file(path: Path) -> bytes:
    """Read a file named on the command line. Raises ReportError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as failure:
        what = f"The file could not be read: {failure.strerror or failure}."
        raise ReportError([error("file-missing", Place(str(path)), what, "Check its name and permissions.")]) from None


def write_file(path: Path, data: bytes) -> None:
    """Write a file atomically. Raises ReportError if it cannot be written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_synced(temporary, data)
        temporary.replace(path)
    except OSError as failure:
        with suppress(OSError):  # its parent may not be a folder
            temporary.unlink(missing_ok=True)
        what = f"The file could not be written: {failure.strerror or failure}."
        raise ReportError(
            [error("output", Place(str(path)), what, "Choose another location, or free some space.")]
        ) from None


def create_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Create a folder with files atomically. Names may include subfolders.

    Raises ReportError if the name is taken or the folder cannot be written.
    """
    if folder.exists() or folder.is_symlink():
        hint = "Move it away, or choose another name."
        raise ReportError([error("output-taken", Place(str(folder)), "Something with this name already exists.", hint)])
    try:
        for leftover in folder.parent.glob(f".new-{folder.name}-*"):  # of a process that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".new-{folder.name}-", dir=folder.parent))
        try:
            temporary.chmod(0o755)
            for name, data in files.items():
                (temporary / name).parent.mkdir(parents=True, exist_ok=True)
                _write_synced(temporary / name, data)
            temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as failure:
        raise _unwritable(folder, failure) from None


def set_name(edition: str, mark: str) -> str:
    """Return the name of a published set. A marked one (draft, faulty) has its own, and replaces no finished set."""
    return f"{edition}-{mark}" if mark else edition


def withdraw(out: Path, edition: str) -> None:
    """Remove a published set, if there is one."""
    link, sets = out / edition, out / SETS / edition
    if link.is_symlink() and link.resolve().parent == sets.resolve():
        with _lock(sets):
            link.unlink(missing_ok=True)
        shutil.rmtree(sets, ignore_errors=True)


def current_set(out: Path, edition: str) -> Path | None:
    """Return the folder of the last complete set, or None."""
    link = out / edition
    return link.resolve() if (link / "manifest.json").is_file() else None


def publish(out: Path, edition: str, files: Mapping[str, bytes] | Callable[[], Mapping[str, bytes]]) -> Path:
    """Write a complete set and publish it in one step. Returns the public path of its folder.

    A function is called when no other build can publish: what it takes over from the last set is then still the last.
    Raises ReportError if the path is taken by something else or cannot be written.
    """
    link, sets = claim(out, edition)
    try:
        with _lock(sets):
            _remove_leftovers(sets)
            folder = _write_folder(sets, files() if callable(files) else files)
            _switch_link(link, folder)
            _remove_old(sets, keep=folder)
    except OSError as failure:
        raise _unwritable(out, failure) from None
    return link


def claim(out: Path, edition: str) -> tuple[Path, Path]:
    """Return the public link and the folder of sets, which is created if missing. Call it before a build starts.

    Raises ReportError if the path is taken by something else or cannot be written.
    """
    link, sets = out / edition, out / SETS / edition
    try:
        ours = link.is_symlink() and link.resolve().parent == sets.resolve()
        if not ours and (link.is_symlink() or link.exists()):
            hint = "Move it away, or build with --out into another folder."
            what = "This path is taken by something not made by a build."
            raise ReportError([error("output-taken", Place(str(link)), what, hint)])
        sets.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise _unwritable(out, failure) from None
    return link, sets


def _unwritable(out: Path, failure: OSError) -> ReportError:
    hint = "Free some space or check the permissions; the last complete set is still in place."
    what = f"The output could not be written: {failure.strerror or failure}."
    return ReportError([error("output", Place(str(out)), what, hint)])


def _write_folder(sets: Path, files: Mapping[str, bytes]) -> Path:
    """Write all files to a temporary folder, then rename it to a digest of the content."""
    digest = sha256("".join(f"{name} {sha256(data)}\n" for name, data in sorted(files.items())).encode())
    folder = sets / digest[:16]
    if folder.is_dir() and not _complete(folder, files):
        shutil.rmtree(folder)
    if not folder.is_dir():
        temporary = Path(tempfile.mkdtemp(prefix="tmp-", dir=sets))
        temporary.chmod(0o755)
        for name, data in files.items():
            _write_synced(temporary / name, data)
        _sync(temporary)
        temporary.rename(folder)
    return folder


def _complete(folder: Path, files: Mapping[str, bytes]) -> bool:
    return all((folder / name).is_file() and (folder / name).read_bytes() == data for name, data in files.items())


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _switch_link(link: Path, folder: Path) -> None:
    """Switch the public link to a folder; replacing it is one atomic file-system operation."""
    temporary = folder.parent / f"tmp-link-{os.getpid()}"
    temporary.symlink_to(folder.relative_to(link.parent), target_is_directory=True)
    _sync(folder.parent)
    temporary.replace(link)
    _sync(link.parent)


def _sync(folder: Path) -> None:
    """Flush the entries of a folder to disk: the names in a set, its own name, and the link to it, in that order."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_leftovers(sets: Path) -> None:
    """Remove temporary files of killed builds. The lock ensures that no other build is writing."""
    for leftover in sets.glob("tmp-*"):
        if leftover.is_symlink():
            leftover.unlink()
        else:
            shutil.rmtree(leftover, ignore_errors=True)


def _remove_old(sets: Path, keep: Path) -> None:
    for folder in sets.iterdir():
        if folder.is_dir() and folder != keep:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _lock(sets: Path) -> Iterator[None]:
    """Allow one build at a time to publish."""
    import fcntl

    with (sets / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

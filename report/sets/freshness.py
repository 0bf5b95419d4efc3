"""The check whether a set is up to date: made from the same files, with the same tools and options.

In: the search path, an edition and the build options. Out: `Inputs`, and the manifest of a set that is up to date.
Files are compared by content, never by date. This module loads nothing heavy.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from report.searchpath import SearchPath, is_leftover
from report.sets.manifest import read_manifest

# Folders and files that a build reads besides the edition.
FOLDERS = ("layouts", "styles", "figures", "printers", "report")
FILES = ("build.py",)
# System libraries that the engine loads. Their file names include the version.
_LIBRARIES = ("libpango-1.0.so", "libpangoft2-1.0.so", "libharfbuzz.so", "libharfbuzz-subset.so", "libfontconfig.so")
_LIBRARY_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib", "/lib")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a set depends on: digests of files by path, a digest of the tools, and the build options."""

    files: Mapping[str, str]
    tools: str
    options: Mapping[str, Any]

    @property
    def record(self) -> dict[str, Any]:
        """The inputs as stored in the manifest."""
        return {"files": dict(self.files), "tools": self.tools, "asked": dict(self.options)}

    def stamp(self, *prefixes: str) -> str:
        """Return a digest of the tools and of the files whose paths start with a prefix."""
        files = [f"{path} {digest}" for path, digest in sorted(self.files.items()) if path.startswith(prefixes)]
        return hashlib.sha256("\n".join([self.tools, *files]).encode()).hexdigest()

    def reasons(self, before: Mapping[str, Any] | None) -> list[str]:
        """Return the reasons why a set made from the inputs `before` is not up to date; empty if it is."""
        if not before:
            return ["there is no set yet"]
        files: Mapping[str, str] = before.get("files", {})
        reasons = [f"{path} is new" for path in sorted(set(self.files) - set(files))]
        reasons += [f"{path} was removed" for path in sorted(set(files) - set(self.files))]
        reasons += [
            f"{path} has changed"
            for path in sorted(self.files)
            if files.get(path, self.files[path]) != self.files[path]
        ]
        if before.get("tools") != self.tools:
            reasons.append("Python, its packages or the system libraries have other versions")
        options = before.get("asked", {})
        reasons += [
            f"{key} is {value}, not {options.get(key)}"
            for key, value in self.options.items()
            if options.get(key) != value
        ]
        return reasons


def gather(search: SearchPath, edition: str, extra_files: Iterable[Path] = (), **options: Any) -> Inputs:
    """Return the present inputs of an edition: files of the project, or of the program where the project has none.

    `extra_files` are files elsewhere, such as a printer's.
    """
    files, root = {}, search.project
    for home in reversed(search.folders):
        for name in (*FOLDERS, *FILES):
            for path in _files(home / name) if (home / name).is_dir() else [home / name]:
                if path.is_file():
                    files[path.relative_to(home).as_posix()] = _digest(path)
    for path in _files(root / "data" / edition):
        files[path.relative_to(root).as_posix()] = _digest(path)
    for path in sorted((root / "data").glob("*/facts.yaml")):  # facts of earlier years
        if path.parent.name < edition:
            files[path.relative_to(root).as_posix()] = _digest(path)
    files |= {path.as_posix(): _digest(path) for path in extra_files}
    return Inputs(files, _tools_digest(), options)


def source_changes(recorded: Mapping[str, Any], search: SearchPath, edition: str) -> list[str]:
    """Return the reasons why the files of a set have changed since it was built, from its recorded inputs."""
    extra_files = [path for name in recorded.get("files", {}) if (path := Path(name)).is_absolute()]
    present = Inputs(gather(search, edition, extra_files).files, str(recorded.get("tools")), {})
    return present.reasons(recorded)


def current_manifest(folder: Path | None, inputs: Inputs, variants: Sequence[str]) -> dict[str, Any] | None:
    """Return the manifest of a set if it is up to date and complete, with all these variants; else None."""
    record = read_manifest(folder)
    if folder is None or not record or inputs.reasons(record.get("inputs")):
        return None
    entries = {entry.get("variant"): entry for entry in record.get("files", [])}
    for variant in variants:
        entry = entries.get(variant)
        if entry is None or not entry.get("current"):
            return None
    complete = all(_has_digest(folder / str(entry.get("name")), str(entry.get("sha256"))) for entry in entries.values())
    return record if complete else None


def _has_digest(path: Path, digest: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except OSError:
        return False


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name == "__pycache__" or path.suffix == ".pyc" or is_leftover(path):
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    except OSError:
        return "unreadable"


def _tools_digest() -> str:
    """Return a digest of the versions of Python, its packages and the system libraries."""
    packages = sorted({f"{each.name} {each.version}" for each in distributions()})  # distributions can be listed twice
    versions = [platform.python_version(), platform.machine(), *packages, *sorted(_system_libraries())]
    return hashlib.sha256("\n".join(versions).encode()).hexdigest()[:32]


def _system_libraries() -> Iterator[str]:
    """Yield the real file names of the system libraries, which end with the version."""
    for folder in map(Path, _LIBRARY_FOLDERS):
        for name in _LIBRARIES:
            for path in (
                *folder.glob(f"{name}*"),
                *folder.glob(f"*-linux-gnu*/{name}*"),
                *folder.glob(f"{name[:-3]}*.dylib"),
            ):
                yield path.resolve().name

"""Whether a set is up to date: made from the same files, with the same tools, as asked for now.

In: the project's folder, an edition and what is asked for. Out: `Inputs`, and the manifest of a set that is up to date.
Files count by their content, never by their dates. Nothing heavy is loaded for this.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from report.searchpath import SearchPath
from report.sets.manifest import read_manifest

# What a build reads besides the edition itself.
FOLDERS = ("layouts", "styles", "figures", "report")
FILES = ("build.py",)
_SKIPPED = frozenset({"__pycache__", ".DS_Store"})
# What the engine loads from the system; the names of the files tell the versions.
_LIBRARIES = ("libpango-1.0.so", "libpangoft2-1.0.so", "libharfbuzz.so", "libharfbuzz-subset.so", "libfontconfig.so")
_LIBRARY_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib", "/lib")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a set depends on: digests of files by path, versions of tools, what was asked for."""

    files: Mapping[str, str]
    tools: str
    asked: Mapping[str, Any]

    @property
    def record(self) -> dict[str, Any]:
        """The inputs as they stand in the manifest."""
        return {"files": dict(self.files), "tools": self.tools, "asked": dict(self.asked)}

    def stamp(self, *beginnings: str) -> str:
        """Return a digest of the tools and of the files whose paths begin so."""
        told = [f"{path} {digest}" for path, digest in sorted(self.files.items()) if path.startswith(beginnings)]
        return hashlib.sha256("\n".join([self.tools, *told]).encode()).hexdigest()

    def reasons(self, before: Mapping[str, Any] | None) -> list[str]:
        """Say why a set made from other inputs is not up to date; nothing if it is."""
        if not before:
            return ["there is no set yet"]
        files: Mapping[str, str] = before.get("files", {})
        said = [f"{path} is new" for path in sorted(set(self.files) - set(files))]
        said += [f"{path} is gone" for path in sorted(set(files) - set(self.files))]
        said += [
            f"{path} has changed"
            for path in sorted(self.files)
            if files.get(path, self.files[path]) != self.files[path]
        ]
        if before.get("tools") != self.tools:
            said.append("other versions of Python, its packages or the system's libraries")
        asked = before.get("asked", {})
        said += [
            f"{key} is {value}, not {asked.get(key)}" for key, value in self.asked.items() if asked.get(key) != value
        ]
        return said


def gather(search: SearchPath, edition: str, also: Iterable[Path] = (), **asked: Any) -> Inputs:
    """Return what a build of an edition depends on now: the project's files, and the program's where it has none.

    `also` are files from elsewhere, such as a printer's.
    """
    files, root = {}, search.project
    for home in reversed(search.folders):
        for name in (*FOLDERS, *FILES):
            for path in _files(home / name) if (home / name).is_dir() else [home / name]:
                if path.is_file():
                    files[path.relative_to(home).as_posix()] = _digest(path)
    for path in _files(root / "data" / edition):
        files[path.relative_to(root).as_posix()] = _digest(path)
    for path in sorted((root / "data").glob("*/facts.yaml")):  # what the facts were in earlier years
        if path.parent.name < edition:
            files[path.relative_to(root).as_posix()] = _digest(path)
    files |= {path.as_posix(): _digest(path) for path in also}
    return Inputs(files, _tools(), asked)


def source_changes(recorded: Mapping[str, Any], search: SearchPath, edition: str) -> list[str]:
    """Say which files changed since a set was built, from the inputs that its manifest records."""
    also = [path for name in recorded.get("files", {}) if (path := Path(name)).is_absolute()]
    present = Inputs(gather(search, edition, also).files, str(recorded.get("tools")), {})
    return present.reasons(recorded)


def fresh(folder: Path | None, inputs: Inputs, variants: Sequence[str]) -> dict[str, Any] | None:
    """Return the manifest of a set if it is up to date and whole, with all the variants asked for; else None."""
    record = read_manifest(folder)
    if folder is None or not record or inputs.reasons(record.get("inputs")):
        return None
    entries = {entry.get("variant"): entry for entry in record.get("files", [])}
    for variant in variants:
        entry = entries.get(variant)
        if entry is None or not entry.get("current"):
            return None
    whole = all(_is_whole(folder / str(entry.get("name")), str(entry.get("sha256"))) for entry in entries.values())
    return record if whole else None


def _is_whole(path: Path, wanted: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == wanted
    except OSError:
        return False


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name in _SKIPPED or path.suffix == ".pyc":
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


def _tools() -> str:
    """Return a digest of the versions of everything that works on the pages."""
    packages = sorted({f"{each.name} {each.version}" for each in distributions()})  # some may be listed twice
    told = [platform.python_version(), platform.machine(), *packages, *sorted(_system_libraries())]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]


def _system_libraries() -> Iterator[str]:
    """Yield the real file names of the system's libraries, which end with their versions."""
    for folder in map(Path, _LIBRARY_FOLDERS):
        for name in _LIBRARIES:
            for path in (
                *folder.glob(f"{name}*"),
                *folder.glob(f"*-linux-gnu*/{name}*"),
                *folder.glob(f"{name[:-3]}*.dylib"),
            ):
                yield path.resolve().name

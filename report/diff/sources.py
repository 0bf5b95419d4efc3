"""The files to compare: two PDFs, or two builds, each a folder with a manifest.

In: paths. Out: the files by variant; a single PDF has the variant "". Raises ReportError if a path is neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from report.problems import Place, ReportError, error
from report.sets.manifest import NAME, read_manifest
from report.sets.outputs import read_file

ORDER = ("screen", "archive", "print")  # the first is reported in full, the others only where they differ from it


@dataclass(frozen=True, slots=True)
class FileToCompare:
    """One file: its variant, its path as shown in messages, its bytes, and whether the last build made it."""

    variant: str
    name: str
    data: bytes
    current: bool = True


def in_order(variants: Iterable[str]) -> list[str]:
    """Return variants in the order in which they are reported."""
    return sorted(variants, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))


def sources(path: Path, label: str = "") -> dict[str, FileToCompare]:
    """Return the files at a path by variant. `label` is the path as shown in messages."""
    label = label or str(path)
    if not path.is_dir():
        return {"": FileToCompare("", label, read_file(path))}
    entries = read_manifest(path).get("files")
    files: dict[str, FileToCompare] = {}
    for entry in entries if isinstance(entries, list) else ():
        name, variant = _name_and_variant(entry)
        file = path / name
        if name and file.is_file() and not file.is_symlink():
            current = entry.get("current") is not False
            files[variant] = FileToCompare(variant, f"{label}/{name}", read_file(file), current)
    if not files:
        what = f"This folder does not contain a build: no {NAME} lists its files."
        raise ReportError([error("no-build", Place(label), what, "Name a PDF, or the folder of a build.")])
    return files


def both_sides(
    old: Path, new: Path, old_label: str = "", new_label: str = ""
) -> tuple[dict[str, FileToCompare], dict[str, FileToCompare]]:
    """Return the files of both sides. Raises ReportError if one is a file and the other a build."""
    first, second = sources(old, old_label), sources(new, new_label)
    if ("" in first) != ("" in second):
        place = Place(old_label or str(old))
        what = "A single file cannot be compared with a whole build."
        raise ReportError([error("unlike", place, what, "Name two PDFs, or the folders of two builds.")])
    return first, second


def _name_and_variant(entry: object) -> tuple[str, str]:
    """Return a manifest entry's name and variant; empty strings if it is malformed or leaves the folder."""
    if not isinstance(entry, Mapping):
        return "", ""
    name, variant = entry.get("name"), entry.get("variant")
    plain = isinstance(name, str) and isinstance(variant, str) and Path(name).name == name and variant
    return (str(name), str(variant)) if plain else ("", "")

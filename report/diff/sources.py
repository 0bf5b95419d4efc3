"""What a person wants compared: two PDFs, or two builds, each a folder with its manifest.

In: paths. Out: the files by variant; a PDF alone has the variant "". Raises ReportError for what is neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from report.problems import Place, ReportError, error
from report.sets.manifest import NAME, read_manifest
from report.sets.outputs import read_file

ORDER = ("screen", "archive", "print")  # the variant that shows most comes first, the others are compared with it


@dataclass(frozen=True, slots=True)
class FileToCompare:
    """One file: its variant, its path for people, its bytes, and whether the last build made it."""

    variant: str
    name: str
    data: bytes
    current: bool = True


def in_order(variants: Iterable[str]) -> list[str]:
    """Return variants in the order in which they are told."""
    return sorted(variants, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))


def sources(path: Path, shown: str = "") -> dict[str, FileToCompare]:
    """Return the files at a path by variant. `shown` is how the path is told to people."""
    shown = shown or str(path)
    if not path.is_dir():
        return {"": FileToCompare("", shown, read_file(path))}
    entries = read_manifest(path).get("files")
    found: dict[str, FileToCompare] = {}
    for entry in entries if isinstance(entries, list) else ():
        name, variant = _named(entry)
        file = path / name
        if name and file.is_file() and not file.is_symlink():
            found[variant] = FileToCompare(
                variant, f"{shown}/{name}", read_file(file), entry.get("current") is not False
            )
    if not found:
        what, hint = (
            f"There is no build here: no {NAME} that names its files.",
            "Name a PDF, or the folder of a build.",
        )
        raise ReportError([error("no-build", Place(shown), what, hint)])
    return found


def both(
    old: Path, new: Path, old_shown: str = "", new_shown: str = ""
) -> tuple[dict[str, FileToCompare], dict[str, FileToCompare]]:
    """Return the files of both sides. Raises ReportError if one is a file and the other a build."""
    first, second = sources(old, old_shown), sources(new, new_shown)
    if ("" in first) != ("" in second):
        place = Place(old_shown or str(old))
        what = "A file can't be compared with a whole build."
        raise ReportError([error("unlike", place, what, "Name two PDFs, or the folders of two builds.")])
    return first, second


def _named(entry: object) -> tuple[str, str]:
    """Return a manifest's entry as name and variant; nothing for one that is not plain, or leads elsewhere."""
    if not isinstance(entry, Mapping):
        return "", ""
    name, variant = entry.get("name"), entry.get("variant")
    plain = isinstance(name, str) and isinstance(variant, str) and Path(name).name == name and variant
    return (str(name), str(variant)) if plain else ("", "")

"""A project that has only what is its own: for everything else, the press's own folder stands behind it.

In: the project's folder and the press's. Out: the folders to look in, and files found in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def homes(root: Path, press: Path | None) -> tuple[Path, ...]:
    """Return the folders in which layouts/, styles/ and figures/ may lie: the press's first, the project's own last."""
    return (root,) if press is None or press.resolve() == root.resolve() else (press, root)


def found(root: Path, press: Path | None, folder: str, pattern: str) -> Iterator[tuple[str, Path]]:
    """Yield the files of a folder by their names in messages; one of the project's own stands for the press's."""
    by_name: dict[str, Path] = {}
    for home in homes(root, press):
        for path in sorted((home / folder).rglob(pattern)):
            by_name[path.relative_to(home).as_posix()] = path
    yield from sorted(by_name.items())


def first(root: Path, press: Path | None, name: str) -> Path:
    """Return the project's own file of that name, or the press's where it has none."""
    candidates = [home / name for home in reversed(homes(root, press))]
    return next((path for path in candidates if path.exists()), candidates[0])

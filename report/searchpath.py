"""The search path: the project's own files first, then those of the program.

In: folders. Out: `SearchPath`, which finds templates, stylesheets, fonts and drawing functions. A file of the project
replaces the program's file of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


def is_leftover(path: Path) -> bool:
    """Return whether a file is what an editor or a system left beside a source file: a lock, a swap file, `._name`."""
    return path.name.startswith((".", "#"))


@dataclass(frozen=True, slots=True)
class SearchPath:
    """The folders that may contain layouts/, styles/, figures/ and printers/, in search order."""

    folders: tuple[Path, ...]

    @classmethod
    def of(cls, project: Path, program: Path | None = None) -> SearchPath:
        """Return the search path of a project: one folder if the project is the program's own, else two."""
        alone = program is None or program.resolve() == project.resolve()
        return cls((project,) if program is None or alone else (project, program))

    @property
    def project(self) -> Path:
        """The project's own folder."""
        return self.folders[0]

    def file(self, name: str) -> Path:
        """Return the first file with this name, or else its path in the project."""
        candidates = [folder / name for folder in self.folders]
        return next((path for path in candidates if path.exists()), candidates[0])

    def folders_of(self, *names: str) -> list[Path]:
        """Return these folders of each home, project first, whether they exist or not."""
        return [folder / name for folder in self.folders for name in names]

    def contains(self, path: Path) -> bool:
        """Return whether a file lies in the project or in the program."""
        return any(path.resolve().is_relative_to(folder.resolve()) for folder in self.folders)

    def files(self, folder: str, pattern: str) -> Iterator[tuple[str, Path]]:
        """Yield name and path of the files below a folder, sorted by name (layouts/pages/cover.html.j2)."""
        by_name: dict[str, Path] = {}
        for home in reversed(self.folders):
            for path in sorted((home / folder).rglob(pattern)):
                if is_leftover(path):
                    continue
                by_name[path.relative_to(home).as_posix()] = path
        yield from sorted(by_name.items())

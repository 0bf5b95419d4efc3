"""The search path: the project's own files first, then those that come with the program.

In: folders. Out: `SearchPath`, which finds templates, stylesheets, fonts and drawing functions in them. A file of the
project stands in the place of the program's file of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SearchPath:
    """The folders in which layouts/, styles/ and figures/ may lie, in the order in which they are searched."""

    folders: tuple[Path, ...]

    @classmethod
    def of(cls, project: Path, program: Path | None = None) -> SearchPath:
        """Return the search path of a project. It is a single folder where the project is the program's own."""
        alone = program is None or program.resolve() == project.resolve()
        return cls((project,) if program is None or alone else (project, program))

    @property
    def project(self) -> Path:
        """The project's own folder."""
        return self.folders[0]

    def file(self, name: str) -> Path:
        """Return the first file of that name; where there is none, its place in the project."""
        candidates = [folder / name for folder in self.folders]
        return next((path for path in candidates if path.exists()), candidates[0])

    def files(self, folder: str, pattern: str) -> Iterator[tuple[str, Path]]:
        """Yield the files below a folder, sorted by the names they have in messages (layouts/pages/cover.html.j2)."""
        by_name: dict[str, Path] = {}
        for home in reversed(self.folders):
            for path in sorted((home / folder).rglob(pattern)):
                by_name[path.relative_to(home).as_posix()] = path
        yield from sorted(by_name.items())

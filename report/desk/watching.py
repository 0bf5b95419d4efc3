"""Watches the files that an edition is made of: one word for one save, however many files and renames it takes.

In: folders. Out: sets of files whose content is another than before. Editors write beside a file and rename, touch it,
leave backups; formatters save ten files at once. All that comes within a moment is one change, and what has the same
bytes as before is none.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import anyio
from watchfiles import awatch

MOMENT = 80  # milliseconds of quiet that end a change
LONGEST = 1000  # milliseconds after which a change that goes on and on is told all the same
_PASSING = re.compile(r"^(\.|#|4913$)|(~|\.tmp|\.sw.|\.pyc|\.part|___jb_\w+___)$|^__pycache__$")


def matters(path: Path, folder: Path) -> bool:
    """Tell whether a file below a folder is one that people made: no backup, swap file or compiled module."""
    return not any(_PASSING.search(part) for part in path.relative_to(folder).parts)


class FileDigests:
    """What is in the watched files, to tell changes from mere events."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folder.resolve() for folder in folders if folder.is_dir())
        self.digests = {path: _digest(path) for folder in self.folders for path in _files(folder)}

    def changed(self, paths: Iterable[Path]) -> frozenset[Path]:
        """Return those of the files named whose content differs from what it was when last asked; also those gone."""
        found = set()
        for path in self._named(paths):
            digest = _digest(path)
            if digest != self.digests.get(path):
                found.add(path)
            if digest is None:
                self.digests.pop(path, None)
            else:
                self.digests[path] = digest
        return frozenset(found)

    def _named(self, paths: Iterable[Path]) -> Iterator[Path]:
        """Yield the files that events are about; a folder that came or went stands for all that is in it."""
        for path in paths:
            folder = next((each for each in self.folders if path.is_relative_to(each)), None)
            if folder is None or not matters(path, folder):
                continue
            if path.is_dir():
                yield from _files(path)
            else:
                yield from (known for known in [*self.digests] if known.is_relative_to(path) and known != path)
                yield path


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and matters(path, folder))


def _digest(path: Path) -> bytes | None:
    """Return a digest of a file, or None if it is not there or can't be read now."""
    try:
        return blake2b(path.read_bytes(), digest_size=16).digest()
    except OSError:
        return None


async def changes(folders: Sequence[Path], stop: anyio.Event) -> AsyncIterator[frozenset[Path]]:
    """Yield the files that changed, once for each change, until stopped. Reading is done beside the event loop."""
    contents = await anyio.to_thread.run_sync(FileDigests, folders)
    watched = awatch(
        *contents.folders, watch_filter=None, debounce=LONGEST, step=MOMENT, stop_event=stop, rust_timeout=1000
    )
    async for events in watched:
        paths = {Path(name) for _, name in events}
        if found := await anyio.to_thread.run_sync(contents.changed, paths):
            yield found

"""Watch the source files of an edition and report one change per save, however many files and renames it involves.

In: folders. Out: sets of files whose content changed. Editors write a temporary file and rename it, touch files, leave
backups; formatters save many files at once. All events within a short time are one change; unchanged content is none.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import anyio
from watchfiles import awatch

QUIET = 80  # milliseconds without events that end a change
MAX_WAIT = 1000  # milliseconds after which a continuing change is reported anyway
_TEMPORARY = re.compile(r"^(\.|#|4913$)|(~|\.tmp|\.sw.|\.pyc|\.part|___jb_\w+___)$|^__pycache__$")


def matters(path: Path, folder: Path) -> bool:
    """Return whether a file in a folder is a source file: not a backup, swap file or compiled module."""
    return not any(_TEMPORARY.search(part) for part in path.relative_to(folder).parts)


class FileDigests:
    """Digests of the watched files, to tell changes of content from mere events."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folder.resolve() for folder in folders if folder.is_dir())
        self.digests = {path: _digest(path) for folder in self.folders for path in _files(folder)}

    def changed(self, paths: Iterable[Path]) -> frozenset[Path]:
        """Return the files whose content changed since the last call, including deleted ones."""
        changed = set()
        for path in self._files_of(paths):
            digest = _digest(path)
            if digest != self.digests.get(path):
                changed.add(path)
            if digest is None:
                self.digests.pop(path, None)
            else:
                self.digests[path] = digest
        return frozenset(changed)

    def _files_of(self, paths: Iterable[Path]) -> Iterator[Path]:
        """Yield the files that events are about. A created or deleted folder stands for all files in it."""
        for path in paths:
            folder = next((each for each in self.folders if path.is_relative_to(each)), None)
            if folder is None or not matters(path, folder):
                continue
            if path.is_dir():
                yield from _files(path)
            else:
                yield from (each for each in [*self.digests] if each.is_relative_to(path) and each != path)
                yield path


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and matters(path, folder))


def _digest(path: Path) -> bytes | None:
    """Return a digest of a file, or None if it is missing or unreadable."""
    try:
        return blake2b(path.read_bytes(), digest_size=16).digest()
    except OSError:
        return None


async def changes(folders: Sequence[Path], stop: anyio.Event) -> AsyncIterator[frozenset[Path]]:
    """Yield the changed files, once per change, until stopped. Files are read outside the event loop."""
    digests = await anyio.to_thread.run_sync(FileDigests, folders)
    watched = awatch(
        *digests.folders, watch_filter=None, debounce=MAX_WAIT, step=QUIET, stop_event=stop, rust_timeout=1000
    )
    async for events in watched:
        paths = {Path(name) for _, name in events}
        if changed := await anyio.to_thread.run_sync(digests.changed, paths):
            yield changed

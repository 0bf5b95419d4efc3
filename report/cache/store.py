"""A cache on disk, keyed by digests of everything an entry depends on, never by date.

In: a kind, a key and a function that makes the entry. Out: its bytes, the same as if it had been made anew. A cache
that is deleted, damaged, shared, full or read-only only costs time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

MAX_ENTRIES = 400  # of a kind; the oldest are removed first


def digest(*parts: object) -> str:
    """Return a SHA-256 digest, in hexadecimal, of bytes and of the `repr` of other values."""
    total = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode()
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


def _always() -> bool:
    return True


@dataclass
class Cache:
    """A cache in a folder; without a folder it stores nothing. `hits` and `misses` are the names of lookups.

    `unchanged` returns whether the inputs are the same as when the keys were computed. It is called at the end of
    `deferred_writes`; if it returns False, nothing made meanwhile is stored.
    """

    folder: Path | None = None
    unchanged: Callable[[], bool] = _always
    hits: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)
    pending: list[tuple[str, str, bytes]] | None = None

    @contextlib.contextmanager
    def deferred_writes(self) -> Iterator[None]:
        """Store entries made inside at the end, and only if the inputs are unchanged."""
        self.pending = []
        try:
            yield
        finally:
            pending, self.pending = self.pending, None
            if pending and self.unchanged():
                for kind, key, data in pending:
                    self._write(kind, key, data)

    def get_or_make(self, kind: str, key: str, make: Callable[[], bytes], name: str = "") -> bytes:
        """Return the entry of a key; make and store it if it is missing. `name` is for `hits` and `misses`."""
        cached = self._read(kind, key)
        if cached is not None:
            self.hits.append(name or key)
            return cached
        self.misses.append(name or key)
        data = make()
        self._write(kind, key, data)
        return data

    def load(self, kind: str, name: str) -> bytes | None:
        """Return the entry last saved under a name, or None."""
        return self._read(kind, digest(name))

    def save(self, kind: str, name: str, data: bytes) -> None:
        """Save an entry under a name, replacing the last one."""
        self._write(kind, digest(name), data)

    def _read(self, kind: str, key: str) -> bytes | None:
        if self.folder is None:
            return None
        try:
            stored = (self.folder / kind / key).read_bytes()
        except OSError:
            return None
        checksum, data = stored[:64], stored[64:]
        return data if checksum == hashlib.sha256(data).hexdigest().encode() else None

    def _write(self, kind: str, key: str, data: bytes) -> None:
        if self.folder is None:
            return
        if self.pending is not None:
            self.pending.append((kind, key, data))
            return
        with contextlib.suppress(OSError):
            folder = self.folder / kind
            folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix="tmp-", dir=folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(data).hexdigest().encode() + data)
                Path(temporary).replace(folder / key)
            except OSError:
                Path(temporary).unlink(missing_ok=True)
                raise
            for old in list(_oldest(folder))[:-MAX_ENTRIES]:
                old.unlink(missing_ok=True)


NO_CACHE = Cache()  # stores nothing


def _oldest(folder: Path) -> Iterator[Path]:
    entries = [entry for entry in os.scandir(folder) if entry.is_file()]
    for entry in sorted(entries, key=lambda each: each.stat().st_mtime):
        yield Path(entry.path)

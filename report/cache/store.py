"""What was made before, kept by what it was made from: looked up by content, never by name or date.

In: a kind, a key (a digest of everything that the thing depends on) and a way to make it. Out: its bytes, the same as
if it had been made anew. Anything wrong with the store (deleted, damaged, shared, full, read-only) only costs time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

KEPT = 400  # entries of a kind; the oldest go first


def digest(*parts: object) -> str:
    """Return a digest of some texts, bytes and plain records."""
    total = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode()
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


def _yes() -> bool:
    return True


@dataclass
class Cache:
    """A store in a folder; without a folder nothing is kept. `hits` and `misses` name what was found or not.

    `still`: whether what things are made from is as it was when their keys were given. It is asked at the end of
    `settled`; if it is not, nothing that was made meanwhile is kept.
    """

    folder: Path | None = None
    still: Callable[[], bool] = _yes
    hits: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)
    held: list[tuple[str, str, bytes]] | None = None

    @contextlib.contextmanager
    def settled(self) -> Iterator[None]:
        """Keep what is made inside only at the end, and only if it was made from what its key says."""
        self.held = []
        try:
            yield
        finally:
            made, self.held = self.held, None
            if made and self.still():
                for kind, key, data in made:
                    self._write(kind, key, data)

    def through(self, kind: str, key: str, make: Callable[[], bytes], name: str = "") -> bytes:
        """Return what is kept under a key, or make and keep it."""
        found = self._read(kind, key)
        if found is not None:
            self.hits.append(name or key)
            return found
        self.misses.append(name or key)
        made = make()
        self._write(kind, key, made)
        return made

    def kept(self, kind: str, name: str) -> bytes | None:
        """Return what was last kept under a name, or None."""
        return self._read(kind, digest(name))

    def keep(self, kind: str, name: str, data: bytes) -> None:
        """Keep something under a name, in place of what was there."""
        self._write(kind, digest(name), data)

    def _read(self, kind: str, key: str) -> bytes | None:
        if self.folder is None:
            return None
        try:
            stored = (self.folder / kind / key).read_bytes()
        except OSError:
            return None
        head, data = stored[:64], stored[64:]
        return data if head == hashlib.sha256(data).hexdigest().encode() else None

    def _write(self, kind: str, key: str, data: bytes) -> None:
        if self.folder is None:
            return
        if self.held is not None:
            self.held.append((kind, key, data))
            return
        with contextlib.suppress(OSError):
            place = self.folder / kind
            place.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix="tmp-", dir=place)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(data).hexdigest().encode() + data)
                Path(temporary).replace(place / key)
            except OSError:
                Path(temporary).unlink(missing_ok=True)
                raise
            for old in list(_oldest(place))[:-KEPT]:
                old.unlink(missing_ok=True)


NO_CACHE = Cache()  # keeps nothing


def _oldest(place: Path) -> Iterator[Path]:
    entries = [entry for entry in os.scandir(place) if entry.is_file()]
    for entry in sorted(entries, key=lambda each: each.stat().st_mtime):
        yield Path(entry.path)

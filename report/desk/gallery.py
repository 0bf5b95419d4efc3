"""Page pictures on demand. Each is rendered once, however many tabs ask for it, and cached up to a size limit.

In: the workshop, and requests for pages. Out: PNG bytes. Thumbnails are rendered in batches and never delay pages.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from report.desk.session import JobRunner
from report.processes.server import Answer

CHUNK = 8  # thumbnails per job
MAX_JOBS = 2
MAX_BYTES = 200_000_000

Key = tuple[str, int, str]  # preview, page, scale


class Gallery:
    """The picture cache of one desk, owned by one event loop."""

    def __init__(self, jobs: JobRunner) -> None:
        self.jobs = jobs
        self.pictures: OrderedDict[Key, bytes] = OrderedDict()
        self.size = 0
        self.pending: dict[Key, asyncio.Future[bytes | None]] = {}
        self.running: dict[int, list[Key]] = {}
        self.queue: list[list[Key]] = []

    async def picture(self, key: Key) -> bytes | None:
        """Return a picture, or None if there is no such page or its preview is no longer stored."""
        if key in self.pictures:
            self.pictures.move_to_end(key)
            return self.pictures[key]
        if key not in self.pending:
            keys = [each for each in _batch(key) if each not in self.pictures and each not in self.pending]
            self.pending |= {each: asyncio.get_running_loop().create_future() for each in keys}
            self.queue.append(keys)
            self._start_next()
        return await asyncio.shield(self.pending[key])

    def _start_next(self) -> None:
        while self.queue and len(self.running) < MAX_JOBS:
            single = next((keys for keys in self.queue if len(keys) == 1), self.queue[0])
            self.queue.remove(single)
            name, _, scale = single[0]
            self.running[self.jobs.start("pictures", name, [page for _, page, _ in single], scale)] = single

    def answered(self, answer: Answer) -> bool:
        """Handle an answer. Returns whether it was for the gallery."""
        if (keys := self.running.get(answer.number)) is None:
            return False
        if answer.kind == "part":
            page, data = answer.value
            self._store((keys[0][0], page, keys[0][2]), data)
        else:
            del self.running[answer.number]
            self._finish(keys)
            self._start_next()
        return True

    def lost(self) -> None:
        """The job server ended, and its stored files with it: answer all pending requests with None."""
        waiting = [*self.running.values(), *self.queue]
        self.running.clear()
        self.queue.clear()
        for keys in waiting:
            self._finish(keys)

    def _finish(self, keys: Sequence[Key]) -> None:
        for key in keys:
            if future := self.pending.pop(key, None):
                future.set_result(None)

    def _store(self, key: Key, data: bytes) -> None:
        self.pictures[key] = data
        self.size += len(data)
        while self.size > MAX_BYTES:
            self.size -= len(self.pictures.popitem(last=False)[1])
        if future := self.pending.pop(key, None):
            future.set_result(data)


def _batch(key: Key) -> list[Key]:
    name, page, scale = key
    if scale != "thumb":
        return [key]
    first = (page - 1) // CHUNK * CHUNK + 1
    return [(name, number, scale) for number in range(first, first + CHUNK)]

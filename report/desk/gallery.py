"""Pictures on demand: each is rendered once, however many tabs ask, and a few hundred megabytes of them are kept.

In: the workshop, and requests for pages. Out: PNG bytes. Thumbnails are made some at a time; they don't hold up pages.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from report.desk.session import JobRunner
from report.processes.server import Answer

CHUNK = 8  # thumbnails in one go
AT_ONCE = 2
MOST_BYTES = 200_000_000

Key = tuple[str, int, str]  # the preview, the page, the scale


class Gallery:
    """The pictures of one desk. One event loop owns it."""

    def __init__(self, jobs: JobRunner) -> None:
        self.jobs = jobs
        self.made: OrderedDict[Key, bytes] = OrderedDict()
        self.size = 0
        self.coming: dict[Key, asyncio.Future[bytes | None]] = {}
        self.running: dict[int, list[Key]] = {}
        self.queue: list[list[Key]] = []

    async def picture(self, key: Key) -> bytes | None:
        """Return a picture, or None if there is no such page or its preview is no longer kept."""
        if key in self.made:
            self.made.move_to_end(key)
            return self.made[key]
        if key not in self.coming:
            keys = [each for each in _group(key) if each not in self.made and each not in self.coming]
            self.coming |= {each: asyncio.get_running_loop().create_future() for each in keys}
            self.queue.append(keys)
            self._next()
        return await asyncio.shield(self.coming[key])

    def _next(self) -> None:
        while self.queue and len(self.running) < AT_ONCE:
            single = next((keys for keys in self.queue if len(keys) == 1), self.queue[0])
            self.queue.remove(single)
            name, _, scale = single[0]
            self.running[self.jobs.start("pictures", name, [page for _, page, _ in single], scale)] = single

    def answered(self, answer: Answer) -> bool:
        """Take a picture; returns whether the answer was for the gallery."""
        if (keys := self.running.get(answer.number)) is None:
            return False
        if answer.kind == "part":
            page, data = answer.value
            self._keep((keys[0][0], page, keys[0][2]), data)
        else:
            del self.running[answer.number]
            self._end(keys)
            self._next()
        return True

    def lost(self) -> None:
        """The workshop is gone, with all that it kept: whoever waits is told so."""
        waiting = [*self.running.values(), *self.queue]
        self.running.clear()
        self.queue.clear()
        for keys in waiting:
            self._end(keys)

    def _end(self, keys: Sequence[Key]) -> None:
        for key in keys:
            if future := self.coming.pop(key, None):
                future.set_result(None)

    def _keep(self, key: Key, data: bytes) -> None:
        self.made[key] = data
        self.size += len(data)
        while self.size > MOST_BYTES:
            self.size -= len(self.made.popitem(last=False)[1])
        if future := self.coming.pop(key, None):
            future.set_result(data)


def _group(key: Key) -> list[Key]:
    name, page, scale = key
    if scale != "thumb":
        return [key]
    first = (page - 1) // CHUNK * CHUNK + 1
    return [(name, number, scale) for number in range(first, first + CHUNK)]

"""Worker processes for the final checks, forked before WeasyPrint is loaded so that they stay small.

In: finished files, each with its context. Out: for each file a function that waits for its proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Self

from report.processes.child import can_have_children
from report.processes.server import JobServer

if TYPE_CHECKING:
    from report.proving.records import Proof, ProofContext, WrittenFile

_NICENESS = 9  # low priority: the checks depend on the stages that run meanwhile


class ProofWorkers:
    """Proves each file in a worker process of its own; the first variant has the highest priority.

    If this process cannot have children, it proves each file itself when the result is requested.
    """

    def __init__(self, variants: Sequence[str]) -> None:
        self.variants = variants
        self.server = JobServer({"prove": _prove}, _load, _NICENESS) if can_have_children() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.server:
            self.server.close()

    def prepare(self) -> None:
        """Let the workers load the checks. Call it when a processor is free."""
        if self.server:
            self.server.warm_up()

    def submit(self, file: WrittenFile, context: ProofContext) -> Callable[[], Proof]:
        """Start proving a file. Returns a function that waits for the proof and raises as `JobServer.result` does."""
        if self.server is None:
            return cache(partial(_proof, file, context))
        number = self.server.start("prove", file, context, niceness=self.variants.index(file.variant.name))
        return partial(self.server.result, number)


def _load() -> None:
    import report.proving.run  # noqa: F401 (in a worker, during layout)


def _prove(stored: object, file: WrittenFile, context: ProofContext) -> Iterator[Any]:
    yield _proof(file, context)


def _proof(file: WrittenFile, context: ProofContext) -> Proof:
    from report.proving.run import prove

    return prove(file, context)

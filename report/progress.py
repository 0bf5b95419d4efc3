"""Progress of a build: stages, counts and times, live on a terminal or as plain lines in a pipe.

In: the start and end of stages. Out: text on standard error, so that standard output carries only results.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO


class Stage(Protocol):
    """A running stage. Set `count` to its result, such as "15 charts"."""

    count: str


class Progress:
    """Reports stages, or nothing if `quiet`."""

    def __init__(self, quiet: bool = False, stream: TextIO | None = None) -> None:
        self.quiet, self.stream = quiet, stream or sys.stderr
        self.live = self.stream.isatty()

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Report a stage and its time when the block ends."""
        running, start = _Running(), time.perf_counter()
        if self.live and not self.quiet:
            print(f"  {name:<18} …", end="\r", file=self.stream, flush=True)
        yield running
        self.done(name, running.count, time.perf_counter() - start)

    def done(self, name: str, count: str, seconds: float) -> None:
        """Report a finished stage, such as one that ran alongside others."""
        if not self.quiet:
            print(f"  {name:<18} {count:<44} {seconds:6.2f} s", file=self.stream, flush=True)

    def print_line(self, text: str) -> None:
        """Report one step of a stage, such as a message sent, on a line of its own."""
        if not self.quiet:
            print(f"  {text}", file=self.stream, flush=True)


class _Running:
    count = ""

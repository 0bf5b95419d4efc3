"""One job in a forked child process, with a pipe for its messages.

In: a job without arguments, and limits. Out: `ChildMessage`s in order. A child has a copy of everything this process
has loaded and laid out. It may crash or be killed, and it ends when this process ends.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Literal

from report.problems import ReportError
from report.processes.faults import problem_in_figures

PROCESSORS = max(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2)
CAN_FORK = hasattr(os, "fork") and "fork" in multiprocessing.get_all_start_methods()
INTERRUPTED = 130
_PR_SET_PDEATHSIG = 1  # see prctl(2)


@dataclass(frozen=True, slots=True)
class Limits:
    """Resource limits of a child: seconds of processor time and bytes of memory."""

    seconds: int
    memory: int

    def set(self) -> None:
        """Apply the limits to the current process: over its time it is killed, over its memory allocation fails."""
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (self.seconds, self.seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (self.memory, self.memory))


@dataclass(frozen=True, slots=True)
class ChildMessage:
    """A message of a child: a part of its result, the result, the problems that ended its job, or a crash."""

    kind: Literal["part", "result", "problems", "crash"]
    value: Any = None


class CrashError(RuntimeError):
    """A child ended without a result: by an unexpected exception or a signal (0: none).

    `out_of_resources`: it ran out of memory or processor time.
    """

    def __init__(self, text: str, by_signal: int = 0) -> None:
        super().__init__(text)
        signals = {getattr(signal, name, -1) for name in ("SIGXCPU", "SIGKILL")}
        self.out_of_resources = by_signal in signals or "MemoryError" in text


def can_have_children() -> bool:
    """Return whether this process may fork: not on Windows, and not in a daemonic child."""
    return CAN_FORK and not multiprocessing.current_process().daemon


class Child:
    """A job in a process of its own, started immediately.

    `others` are pipe ends that the child must close, such as those of its siblings, because their readers would never
    see the end of the file. `may_fork`: the job may have children. `niceness`: see nice(2).
    """

    def __init__(
        self,
        name: str,
        job: Callable[[], Any],
        limits: Limits | None = None,
        others: Iterable[Connection] = (),
        may_fork: bool = False,
        niceness: int = 0,
    ) -> None:
        context = multiprocessing.get_context("fork")
        self.name = name
        self.connection, sender = context.Pipe(duplex=False)
        arguments = (job, sender, [self.connection, *others], limits, niceness)
        self.process = context.Process(target=_work, args=arguments, daemon=not may_fork)
        self.process.start()
        sender.close()

    def receive(self) -> ChildMessage:
        """Wait for the next message. If the child has ended without a result, return a crash message."""
        try:
            message: ChildMessage = self.connection.recv()
        except (EOFError, OSError):  # it ended, perhaps within a message
            self.process.join()
            return ChildMessage("crash", self._crash(self.process.exitcode or 0))
        if message.kind == "crash":
            return ChildMessage("crash", CrashError(f"the process for {self.name} failed: {message.value}"))
        return message

    def result(self) -> Any:
        """Wait for the result. Raises ReportError with the problems of the job, or CrashError if it crashed."""
        message = self.receive()
        if message.kind == "problems":
            raise ReportError(message.value)
        if message.kind == "crash":
            raise message.value
        return message.value

    def end(self) -> None:
        """End the child, whether it is done or not. A process that has already ended is never signalled."""
        self.connection.close()
        self.process.kill()  # checks first whether the process has ended
        self.process.join()

    def _crash(self, status: int) -> CrashError:
        if status >= 0:
            return CrashError(f"the process for {self.name} ended with status {status}")
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = "unknown"
        return CrashError(f"the process for {self.name} was ended by signal {-status} ({name})", -status)


def _end_with_parent() -> None:
    """On Linux, have the kernel kill this process when its parent ends. Elsewhere its next message fails."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _work(
    job: Callable[[], Any], sender: Connection, others: list[Connection], limits: Limits | None, niceness: int
) -> None:
    """Run a job in a child and send its messages."""
    _end_with_parent()
    for each in others:  # so that a write fails, rather than blocks forever, when the parent has ended
        each.close()
    try:
        if niceness:
            os.nice(niceness)
        if limits:
            limits.set()
        result = job()
        if isinstance(result, Iterator):
            for part in result:
                sender.send(ChildMessage("part", part))
            result = None
        sender.send(ChildMessage("result", result))
    except ReportError as failure:
        sender.send(ChildMessage("problems", failure.problems))
    except KeyboardInterrupt:  # the parent receives it too, and reports it
        os._exit(INTERRUPTED)
    except BrokenPipeError:  # the parent has ended
        os._exit(1)
    except BaseException as failure:
        if "REPORT_DEBUG" in os.environ:
            traceback.print_exc()
        problem = problem_in_figures(failure)
        sender.send(
            ChildMessage("problems", (problem,))
            if problem
            else ChildMessage("crash", f"{type(failure).__name__}: {failure}")
        )

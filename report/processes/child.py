"""One job in a child process: a fork of this one, with a pipe for what it has to say.

In: a job without arguments, limits. Out: `Message`s, one after the other. A child owns a copy of all that this process
has loaded and laid out, may crash or be killed, and ends when this process is gone.
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

from report.faults import fault_of_staff
from report.problems import ReportError

PROCESSORS = max(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2)
CAN_FORK = hasattr(os, "fork") and "fork" in multiprocessing.get_all_start_methods()
INTERRUPTED = 130
_PR_SET_PDEATHSIG = 1  # see prctl(2)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: seconds of processor time, and bytes of memory."""

    seconds: int
    memory: int

    def set(self) -> None:
        """Limit the present process; the system ends it when it goes over its time, and refuses it more memory."""
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (self.seconds, self.seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (self.memory, self.memory))


@dataclass(frozen=True, slots=True)
class Message:
    """What a child says: a part of its result, the result, the problems that ended its job, or how it crashed."""

    kind: Literal["part", "result", "problems", "crash"]
    value: Any = None


class CrashError(RuntimeError):
    """A child ended without a result: an exception nobody foresaw, or a signal (0: none).

    `greedy`: it ran out of memory, or of the processor time that it was allowed.
    """

    def __init__(self, text: str, by_signal: int = 0) -> None:
        super().__init__(text)
        out_of_resources = {getattr(signal, name, -1) for name in ("SIGXCPU", "SIGKILL")}
        self.greedy = by_signal in out_of_resources or "MemoryError" in text


def can_have_children() -> bool:
    """Tell whether this process may fork: not on Windows, and not in a child that must not have children."""
    return CAN_FORK and not multiprocessing.current_process().daemon


class Child:
    """A job in a process of its own, started at once.

    `others` are ends of pipes that the child must not hold open, such as those of its siblings: whoever reads them
    would wait for ever. `may_fork`: the job has children itself. `niceness`: see nice(2).
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

    def receive(self) -> Message:
        """Wait for the next message. What a child that is gone has not said is told as its crash."""
        try:
            message: Message = self.connection.recv()
        except EOFError:
            self.process.join()
            return Message("crash", self._ending(self.process.exitcode or 0))
        if message.kind == "crash":
            return Message("crash", CrashError(f"the process for {self.name} failed: {message.value}"))
        return message

    def result(self) -> Any:
        """Wait for the result. Raises ReportError with the problems of the job, CrashError if there is none."""
        message = self.receive()
        if message.kind == "problems":
            raise ReportError(message.value)
        if message.kind == "crash":
            raise message.value
        return message.value

    def end(self) -> None:
        """Let go of the child, whether it is done or not. A process that has ended is never signalled."""
        self.connection.close()
        self.process.kill()  # which asks first whether the process has ended
        self.process.join()

    def _ending(self, status: int) -> CrashError:
        if status >= 0:
            return CrashError(f"the process for {self.name} ended with status {status}")
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = "unknown"
        return CrashError(f"the process for {self.name} was ended by signal {-status} ({name})", -status)


def _end_with_parent() -> None:
    """Let the system end this process when its parent is killed; elsewhere than on Linux its next message fails."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _work(
    job: Callable[[], Any], sender: Connection, others: list[Connection], limits: Limits | None, niceness: int
) -> None:
    """Do a job in a child, and send what comes of it."""
    _end_with_parent()
    for each in others:  # so that a write fails, instead of waiting for ever, when the parent is gone
        each.close()
    try:
        if niceness:
            os.nice(niceness)
        if limits:
            limits.set()
        done = job()
        if isinstance(done, Iterator):
            for part in done:
                sender.send(Message("part", part))
            done = None
        sender.send(Message("result", done))
    except ReportError as failure:
        sender.send(Message("problems", failure.problems))
    except KeyboardInterrupt:  # the parent got it too, and says so
        os._exit(INTERRUPTED)
    except BrokenPipeError:  # the parent is gone
        os._exit(1)
    except BaseException as fault:
        if "REPORT_DEBUG" in os.environ:
            traceback.print_exc()
        problem = fault_of_staff(fault)
        sender.send(
            Message("problems", (problem,)) if problem else Message("crash", f"{type(fault).__name__}: {fault}")
        )

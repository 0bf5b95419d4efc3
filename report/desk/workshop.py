"""A process of its own that does the desk's work: for each job it forks a child, which may crash, leak or be stopped.

In: jobs by name, each a function that yields what it has to tell. Out: `Answer`s, in the order in which they come. The
workshop has a single thread, so that a fork is safe, and has loaded the libraries once, so that each child has them. It
ends when the desk ends, however that happens.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection, wait
from tempfile import TemporaryDirectory
from typing import Any

from report.desk.faults import fault_problem
from report.problems import Place, ReportError, error
from report.processes.parallel import CAN_FORK

MOST_KEPT = 12  # files, for their pictures; and what builds leave for the next

StoredFiles = Mapping[str, bytes]
JobFunction = Callable[..., Iterator[Any]]


@dataclass(frozen=True, slots=True)
class Keep:
    """Something large that a job leaves in the workshop, for other jobs."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the job of that number tells: a part, its end, the problems that ended it, or that its process is gone."""

    number: int
    kind: str
    value: Any = None


class Workshop:
    """The desk's side: starts and stops jobs, and hears from them."""

    def __init__(self, jobs: Mapping[str, JobFunction], warm: Callable[[], object] = lambda: None) -> None:
        if not CAN_FORK:
            raise ReportError([error("no-fork", Place(), "This system can't fork.", "On Windows, use WSL.")])
        context = multiprocessing.get_context("fork")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_Bench(jobs, warm).run, args=(theirs, self.connection))
        self.process.start()
        theirs.close()
        self._numbers = count(1)

    def start(self, job: str, *arguments: Any) -> int:
        """Start a job and return its number. Arguments must be small: the workshop may be busy telling something."""
        number = next(self._numbers)
        self.connection.send(("start", number, job, arguments))
        return number

    def stop(self, number: int) -> None:
        """Stop a job; nothing more is heard of it."""
        self.connection.send(("stop", number, "", ()))

    def receive(self) -> Answer:
        """Return the next answer. Raises EOFError when the workshop is gone."""
        answer: Answer = self.connection.recv()
        return answer

    def close(self) -> None:
        """End the workshop and what runs in it."""
        self.connection.close()
        self.process.join(2)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


@dataclass(slots=True)
class _Child:
    process: Any
    connection: Connection

    def end(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.join()


class _Bench:
    """The workshop's side."""

    def __init__(self, jobs: Mapping[str, JobFunction], warm: Callable[[], object]) -> None:
        self.jobs, self.warm = jobs, warm
        self.kept: OrderedDict[str, bytes] = OrderedDict()
        self.running: dict[int, _Child] = {}

    def run(self, desk: Connection, other_end: Connection) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the desk, which then ends the workshop
        other_end.close()
        with TemporaryDirectory(prefix="annual-report-") as place:
            tempfile.tempdir = place  # so that nothing is left of jobs that are stopped
            self._serve(desk)

    def _serve(self, desk: Connection) -> None:
        try:
            self.warm()
            while True:
                children: dict[Any, int] = {child.connection: number for number, child in self.running.items()}
                for ready in wait([desk, *children]):
                    if ready is desk:
                        self._order(desk, *desk.recv())
                    elif (number := children[ready]) in self.running:
                        self._listen(number, desk)
        except (EOFError, OSError):  # the desk is gone
            pass
        finally:
            for child in self.running.values():
                child.end()

    def _order(self, desk: Connection, order: str, number: int, job: str, arguments: tuple[Any, ...]) -> None:
        if order == "stop":
            if child := self.running.pop(number, None):
                child.end()
            return
        context = multiprocessing.get_context("fork")
        receiver, sender = context.Pipe(duplex=False)
        inherited = [desk, receiver, *(child.connection for child in self.running.values())]
        target = (self.jobs[job], dict(self.kept), arguments, sender, inherited)
        process = context.Process(target=_work, args=target, daemon=True)
        process.start()
        sender.close()
        self.running[number] = _Child(process, receiver)

    def _listen(self, number: int, desk: Connection) -> None:
        child = self.running[number]
        try:
            kind, value = child.connection.recv()
        except EOFError:
            child.process.join()
            kind, value = "gone", child.process.exitcode
        if kind == "part" and isinstance(value, Keep):
            self.kept[value.name] = value.data
            self.kept.move_to_end(value.name)
            while len(self.kept) > MOST_KEPT:
                self.kept.popitem(last=False)
            return
        if kind != "part":
            del self.running[number]
            child.end()
        desk.send(Answer(number, kind, value))


def _work(
    job: JobFunction, kept: StoredFiles, arguments: tuple[Any, ...], desk: Connection, inherited: list[Connection]
) -> None:
    for each in inherited:  # so that the ends are noticed when the workshop or the desk goes
        each.close()
    gc.disable()  # the process ends with its job
    try:
        for part in job(kept, *arguments):
            desk.send(("part", part))
        desk.send(("done", None))
    except ReportError as failure:
        desk.send(("problems", failure.problems))
    except OSError as failure:
        if isinstance(failure, BrokenPipeError):
            os._exit(1)
        desk.send(("problems", (fault_problem(failure),)))
    except BaseException as failure:  # of a drawing function, or of the press
        desk.send(("problems", (fault_problem(failure),)))

"""A job server: a process forked early, while this one is small, that forks a child for each job it is given.

In: jobs by name, each a function that yields its results. Out: `Answer`s, in the order in which they come. The server
has a single thread, so that a fork is safe, and loads the libraries once, so that each child has them. A child may
crash, leak or be stopped. The server and its children end when this process ends, however that happens.
"""

from __future__ import annotations

import gc
import os
import pickle
import shutil
import signal
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from report.problems import Place, ReportError, error
from report.processes.child import CAN_FORK, Child, CrashError

MOST_STORED = 12  # files, for their pictures; and what builds leave for the next
_PATIENCE = 2  # seconds that the server has to end by itself

StoredFiles = Mapping[str, bytes]
JobFunction = Callable[..., Iterator[Any]]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Something large that a job leaves in the server for later jobs."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the job of that number has to say: a part of its result, its end, its problems, or how it crashed."""

    number: int
    kind: Literal["part", "result", "problems", "crash"]
    value: Any = None


class _Order(NamedTuple):
    """What the server is to do: warm up, start a job whose pickled arguments lie in a file, or stop one."""

    what: Literal["warm", "start", "stop"]
    number: int = 0
    job: str = ""
    arguments: str = ""
    niceness: int = 0


class JobServer:
    """This process's side: starts and stops jobs, and hears from them.

    `warm` loads what jobs need, when `warm_up` is called. `niceness`: how far the server and its jobs give way to
    others (see nice(2)). Raises ReportError where the system can't fork.
    """

    def __init__(
        self, jobs: Mapping[str, JobFunction], warm: Callable[[], object] = lambda: None, niceness: int = 0
    ) -> None:
        if not CAN_FORK:
            raise ReportError([error("no-fork", Place(), "This system can't fork.", "On Windows, use WSL.")])
        self.folder = Path(tempfile.mkdtemp(prefix="annual-report-"))  # nothing is left of jobs that are stopped
        context = get_context("fork")
        self.connection, theirs = context.Pipe()
        server = _Server(jobs, warm, niceness, self.folder)
        self.process = context.Process(target=server.run, args=(theirs, self.connection))
        self.process.start()
        theirs.close()
        self._numbers = count(1)
        self._answers: dict[int, list[Answer]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm_up(self) -> None:
        """Let the server load what its jobs need."""
        self.connection.send(_Order("warm"))

    def start(self, job: str, *arguments: Any, niceness: int = 0) -> int:
        """Start a job and return its number. It may give way to the other jobs (see nice(2))."""
        number = next(self._numbers)
        file = self.folder / f"arguments-{number}"  # a large order could wait for a server that waits for this process
        file.write_bytes(pickle.dumps(arguments))
        self.connection.send(_Order("start", number, job, str(file), niceness))
        return number

    def stop(self, number: int) -> None:
        """Stop a job; nothing more is heard of it."""
        self.connection.send(_Order("stop", number))

    def receive(self) -> Answer:
        """Return the next answer. Raises EOFError when the server is gone."""
        answer: Answer = self.connection.recv()
        return answer

    def result(self, number: int) -> Any:
        """Wait for a job that yields one part, and return it. What other jobs say meanwhile is kept for them.

        Raises ReportError with the problems of the job, CrashError if it or the server is gone.
        """
        answers = self._answers.setdefault(number, [])
        while not answers or answers[-1].kind == "part":
            try:
                answer = self.receive()
            except EOFError:
                raise CrashError("the process for the last checks is gone") from None
            self._answers.setdefault(answer.number, []).append(answer)
        last = answers[-1]
        if last.kind == "problems":
            raise ReportError(last.value)
        if last.kind == "crash":
            raise last.value
        return answers[0].value

    def close(self) -> None:
        """End the server and what runs in it."""
        self.connection.close()
        self.process.join(_PATIENCE)
        self.process.kill()  # which asks first whether the process has ended
        self.process.join()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Server:
    """The server's side."""

    def __init__(
        self, jobs: Mapping[str, JobFunction], warm: Callable[[], object], niceness: int, folder: Path
    ) -> None:
        self.jobs, self.warm, self.niceness, self.folder = jobs, warm, niceness, folder
        self.stored: OrderedDict[str, bytes] = OrderedDict()
        self.running: dict[int, Child] = {}

    def run(self, client: Connection, other_end: Connection) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the client, which then ends the server
        other_end.close()
        os.nice(self.niceness)
        tempfile.tempdir = str(self.folder)
        try:
            self._serve(client)
        except (EOFError, OSError):  # the client is gone
            pass
        finally:
            for child in self.running.values():
                child.end()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _serve(self, client: Connection) -> None:
        while True:
            children = {child.connection: number for number, child in self.running.items()}
            for ready in wait([client, *children]):
                if ready is client:
                    self._follow(client.recv(), client)
                elif isinstance(ready, Connection) and (number := children[ready]) in self.running:
                    self._listen(number, client)

    def _follow(self, order: _Order, client: Connection) -> None:
        if order.what == "warm":
            self.warm()
        elif order.what == "stop":
            if child := self.running.pop(order.number, None):
                child.end()
        else:
            job = partial(_run, self.jobs[order.job], dict(self.stored), Path(order.arguments))
            others = [client, *(child.connection for child in self.running.values())]
            self.running[order.number] = Child(order.job, job, others=others, niceness=order.niceness)

    def _listen(self, number: int, client: Connection) -> None:
        message = self.running[number].receive()
        if message.kind == "part" and isinstance(message.value, StoredFile):
            self.stored[message.value.name] = message.value.data
            self.stored.move_to_end(message.value.name)
            while len(self.stored) > MOST_STORED:
                self.stored.popitem(last=False)
            return
        if message.kind != "part":
            self.running.pop(number).end()
        client.send(Answer(number, message.kind, message.value))


def _run(job: JobFunction, stored: StoredFiles, file: Path) -> Iterator[Any]:
    gc.disable()  # the process ends with its job
    arguments = pickle.loads(file.read_bytes())  # written by this program a moment ago, in a folder of its own
    file.unlink()
    return job(stored, *arguments)

"""A job server: a process forked early, while this one is small, that forks a child for each job.

In: jobs by name, each a function that yields its results. Out: `Answer`s in order of arrival. The server has a single
thread, so that forking is safe, and loads the libraries once for all children. A child may crash, leak memory or be
stopped. The server and its children end when this process ends, whatever the cause.
"""

from __future__ import annotations

import gc
import os
import pickle
import shutil
import signal
import stat
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from report.problems import Place, ReportError, error
from report.processes.child import CAN_FORK, Child, CrashError

MAX_STORED = 12  # files that jobs leave for later jobs
_STDERR = 2
_PATIENCE = 2  # seconds to wait for the server to end by itself

StoredFiles = Mapping[str, bytes]
JobFunction = Callable[..., Iterator[Any]]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A large value that a job stores in the server for later jobs."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A message of a job: a part of its result, its end, its problems, or a crash."""

    number: int
    kind: Literal["part", "result", "problems", "crash"]
    value: Any = None


class _Order(NamedTuple):
    """An order to the server: warm up, start a job with pickled arguments in a file, or stop a job."""

    action: Literal["warm", "start", "stop"]
    number: int = 0
    job: str = ""
    arguments: str = ""
    niceness: int = 0


class JobServer:
    """The client: starts and stops jobs, and receives their answers.

    `warm` loads the libraries that jobs need, when `warm_up` is called. `niceness` lowers the priority of the server
    and its jobs (see nice(2)). Raises ReportError if the system cannot fork.
    """

    def __init__(
        self, jobs: Mapping[str, JobFunction], warm: Callable[[], object] = lambda: None, niceness: int = 0
    ) -> None:
        if not CAN_FORK:
            raise ReportError([error("no-fork", Place(), "This system cannot fork processes.", "On Windows, use WSL.")])
        self.folder = Path(tempfile.mkdtemp(prefix="annual-report-"))  # also for the temporary files of stopped jobs
        context = get_context("fork")
        self.connection, server_end = context.Pipe()
        server = _Server(jobs, warm, niceness, self.folder)
        self.process = context.Process(target=server.run, args=(server_end, self.connection))
        self.process.start()
        server_end.close()
        self._numbers = count(1)
        self._answers: dict[int, list[Answer]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm_up(self) -> None:
        """Let the server load the libraries that jobs need."""
        self._send(_Order("warm"))

    def start(self, job: str, *arguments: Any, niceness: int = 0) -> int:
        """Start a job and return its number. `niceness` lowers its priority further (see nice(2))."""
        number = next(self._numbers)
        file = self.folder / f"arguments-{number}"  # a large order through the pipe could deadlock
        file.write_bytes(pickle.dumps(arguments))
        self._send(_Order("start", number, job, str(file), niceness))
        return number

    def stop(self, number: int) -> None:
        """Stop a job. It sends no more answers."""
        self._send(_Order("stop", number))

    def _send(self, order: _Order) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):  # the server has ended, which `receive` reports
            self.connection.send(order)

    def receive(self) -> Answer:
        """Return the next answer. Raises EOFError if the server has ended."""
        answer: Answer = self.connection.recv()
        return answer

    def result(self, number: int) -> Any:
        """Wait for a job that yields one part, and return that part. Answers of other jobs are queued meanwhile.

        Raises ReportError with the problems of the job, or CrashError if the job or the server crashed.
        """
        answers = self._answers.setdefault(number, [])
        while not answers or answers[-1].kind == "part":
            try:
                answer = self.receive()
            except EOFError:
                raise CrashError("the process for the final checks has ended") from None
            self._answers.setdefault(answer.number, []).append(answer)
        last = answers[-1]
        if last.kind == "problems":
            raise ReportError(last.value)
        if last.kind == "crash":
            raise last.value
        return answers[0].value

    def close(self) -> None:
        """End the server and its jobs."""
        self.connection.close()
        self.process.join(_PATIENCE)
        self.process.kill()  # checks first whether the process has ended
        self.process.join()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Server:
    """The server process."""

    def __init__(
        self, jobs: Mapping[str, JobFunction], warm: Callable[[], object], niceness: int, folder: Path
    ) -> None:
        self.jobs, self.warm, self.niceness, self.folder = jobs, warm, niceness, folder
        self.stored: OrderedDict[str, bytes] = OrderedDict()
        self.running: dict[int, Child] = {}

    def run(self, client: Connection, other_end: Connection) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the client handles Ctrl-C and then ends the server
        other_end.close()
        _release_sockets(except_for=client.fileno())
        os.nice(self.niceness)
        tempfile.tempdir = str(self.folder)
        try:
            self._serve(client)
        except (EOFError, OSError):  # the client has ended
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
                    self._execute(client.recv(), client)
                elif isinstance(ready, Connection) and (number := children[ready]) in self.running:
                    self._forward(number, client)

    def _execute(self, order: _Order, client: Connection) -> None:
        if order.action == "warm":
            self.warm()
        elif order.action == "stop":
            if child := self.running.pop(order.number, None):
                child.end()
        else:
            job = partial(_run, self.jobs[order.job], dict(self.stored), Path(order.arguments))
            others = [client, *(child.connection for child in self.running.values())]
            self.running[order.number] = Child(order.job, job, others=others, niceness=order.niceness)

    def _forward(self, number: int, client: Connection) -> None:
        message = self.running[number].receive()
        if message.kind == "part" and isinstance(message.value, StoredFile):
            self.stored[message.value.name] = message.value.data
            self.stored.move_to_end(message.value.name)
            while len(self.stored) > MAX_STORED:
                self.stored.popitem(last=False)
            return
        if message.kind != "part":
            self.running.pop(number).end()
        client.send(Answer(number, message.kind, message.value))


def _release_sockets(except_for: int) -> None:
    """Let go of the sockets of the client, so that a connection it closes is closed for the other side too.

    Their numbers stay in use, because the objects that own them exist here as well and may still close them.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in [int(path.name) for path in Path("/dev/fd").iterdir()]:
        with suppress(OSError):  # the listing had a number of its own
            if number > _STDERR and number != except_for and stat.S_ISSOCK(os.fstat(number).st_mode):
                os.dup2(nothing, number)
    os.close(nothing)


def _run(job: JobFunction, stored: StoredFiles, file: Path) -> Iterator[Any]:
    gc.disable()  # the process ends with its job
    arguments = pickle.loads(file.read_bytes())  # written by the client, in a private folder
    file.unlink()
    return job(stored, *arguments)

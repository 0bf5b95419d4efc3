"""Several jobs from one state: each in a child of this process that owns a copy of everything laid out so far.

In: jobs without arguments. Out: their results by name. Writing a PDF changes the engine's document, so that two
variants can't be written from one in the same process; a forked child has its own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, Self, TypeVar

from report.problems import Place, ReportError, error

Result = TypeVar("Result")
Task = TypeVar("Task")

PROCESSORS = max(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2)
_BEHIND = 9  # by so much assistants give way to those who make what they wait for (see nice(2))
_PATIENCE = 2  # seconds
CAN_FORK = hasattr(os, "fork") and "fork" in multiprocessing.get_all_start_methods()


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


class _Child:
    """A job in a child of this process, and the pipe that its answer comes through."""

    def __init__(
        self,
        name: str,
        job: Callable[[], Any],
        limits: Limits | None = None,
        others: Sequence[_Child] = (),
        may_fork: bool = False,
    ) -> None:
        context = multiprocessing.get_context("fork")
        self.name = name
        self.receiver, sender = context.Pipe(duplex=False)
        inherited = [self.receiver, *(other.receiver for other in others)]
        self.process = context.Process(target=_work, args=(job, sender, inherited, limits), daemon=not may_fork)
        self.process.start()
        sender.close()

    def answer(self) -> tuple[str, Any]:
        """Wait for what the child has to say: its result, its problems, or how it ended without either."""
        kind, value = _answer(self.name, self.receiver)
        if kind == "gone":
            self.process.join()
            return "crash", f"{value} with status {self.process.exitcode}"
        return kind, value

    def close(self) -> None:
        """Let go of a child that is done or was stopped."""
        self.receiver.close()
        self.process.join()


def run_forked(
    jobs: Mapping[str, Callable[[], Result]],
    limits: Limits | None = None,
    at_once: int | None = None,
    done: Callable[[str, Result], None] = lambda name, result: None,
    may_fork: bool = False,
) -> dict[str, Result]:
    """Run the jobs side by side, the first ones first. Raises ReportError with the problems of all that failed.

    `at_once`: how many at a time; all of them by default. `done` is told of each result as it comes. `may_fork`: the
    jobs have children of their own.
    """
    waiting, running = list(jobs.items()), list[_Child]()
    answers: dict[str, tuple[str, Any]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < (at_once or len(jobs)):
                running.append(_Child(*waiting.pop(0), limits, running, may_fork))
            for receiver in wait([child.receiver for child in running]):
                child = next(each for each in running if each.receiver is receiver)
                answers[child.name] = _unless_crashed(child.answer())
                child.close()
                running.remove(child)
                if answers[child.name][0] == "result":
                    done(child.name, answers[child.name][1])
    finally:  # after an interruption above all: nobody waits for the children's work any more
        for child in running:
            child.process.terminate()
            child.close()
    faulty = [name for name in jobs if answers[name][0] == "problems"]
    problems = [problem for name in faulty for problem in answers[name][1]]
    if problems:
        raise ReportError(problems)
    return {name: answers[name][1] for name in jobs}


def _answer(name: str, receiver: Connection) -> tuple[str, Any]:
    try:
        kind, value = receiver.recv()
    except EOFError:
        return "gone", f"the process for {name} ended"
    return kind, f"the process for {name} failed: {value}" if kind == "crash" else value


def _unless_crashed(answer: tuple[str, Any]) -> tuple[str, Any]:
    if answer[0] in {"crash", "gone"}:
        raise RuntimeError(answer[1])
    return answer


def _result(answer: Callable[[], tuple[str, Any]]) -> Any:
    kind, value = _unless_crashed(answer())
    if kind == "problems":
        raise ReportError(value)
    return value


@contextmanager
def alongside(job: Callable[[], Result], name: str, worth: bool = True) -> Iterator[Callable[[], Result]]:
    """Run a job in a child while this process goes on. Yields what waits for its result; raises as `run_forked`.

    Where there can be no child, as in a child of the desk, or where the job is not worth one, it runs here when its
    result is asked for.
    """
    if not worth or not CAN_FORK or multiprocessing.current_process().daemon:
        yield cache(job)
        return
    child = _Child(name, job)
    try:
        yield partial(_result, cache(child.answer))
    finally:
        child.process.terminate()  # which does nothing to one that has answered
        child.close()


class Assistants(Generic[Task, Result]):
    """Those who do the work for each name: children of one child, which is started while this process is still small.

    It prepares itself once, so that all of them are prepared. The first name has right of way. Where there can be no
    child, the work is done here when its result is asked for.
    """

    def __init__(self, names: Sequence[str], prepare: Callable[[], object], work: Callable[[Task], Result]) -> None:
        self.work = work
        self.answers: dict[str, Connection] = {}
        if not CAN_FORK or multiprocessing.current_process().daemon:
            return
        context = multiprocessing.get_context("fork")
        inbox, self.outbox = context.Pipe(duplex=False)
        pipes = {name: context.Pipe(duplex=False) for name in names}
        self.answers = {name: receiver for name, (receiver, _) in pipes.items()}
        senders = {name: sender for name, (_, sender) in pipes.items()}
        unneeded = [self.outbox, *self.answers.values()]
        self.head = context.Process(target=_assist, args=(inbox, senders, unneeded, prepare, work))
        self.head.start()
        with suppress(OSError):  # here too, whoever comes first: it may have to be ended at once
            os.setpgid(self.head.pid or 0, self.head.pid or 0)
        for connection in (inbox, *senders.values()):
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self.answers:
            self.outbox.close()
            if kind is None:  # all is done, and they end by themselves
                self.head.join(_PATIENCE)
            with suppress(ProcessLookupError):
                os.killpg(self.head.pid or 0, signal.SIGKILL)
            self.head.join()
            for connection in self.answers.values():
                connection.close()

    def prepare(self) -> None:
        """Let them load what they need: when this process leaves a processor free."""
        if self.answers:
            self.outbox.send(None)

    def give(self, name: str, task: Task) -> Callable[[], Result]:
        """Give one its task. Returns what waits for the result, and raises as `run_forked`."""
        if not self.answers:
            return cache(partial(self.work, task))
        self.outbox.send((name, task))
        return partial(_result, cache(partial(_answer, name, self.answers[name])))


def _assist(
    inbox: Connection,
    senders: Mapping[str, Connection],
    unneeded: Sequence[Connection],
    prepare: Callable[[], object],
    work: Callable[[Any], Any],
) -> None:
    """Prepare when told to, and have each task done by a child. Ends when nobody can ask any more."""
    with suppress(OSError):
        os.setpgid(0, 0)  # so that all can be ended as one; an interruption comes from those who asked
    os.nice(_BEHIND)
    for connection in unneeded:
        connection.close()
    begun = list[Any]()
    with suppress(EOFError):
        while True:
            if (given := inbox.recv()) is None:
                prepare()
                continue
            name, task = given
            others = [inbox, *(sender for other, sender in senders.items() if other != name)]
            target = (partial(_in_place, list(senders).index(name), work, task), senders[name], others, None)
            begun.append(multiprocessing.get_context("fork").Process(target=_work, args=target))
            begun[-1].start()
            senders[name].close()
    for process in begun:
        process.join()


def _in_place(place: int, work: Callable[[Any], Any], task: Any) -> Any:
    os.nice(place)
    return work(task)


LIMITS = Limits(seconds=120, memory=4_000_000_000)


def guarded_job(job: Callable[[], Result], name: str) -> Result:
    """Run one job on a file that may be damaged or hostile. Raises ReportError; never anything else, never for ever."""
    return guarded_jobs({name: job})[name]


def guarded_jobs(jobs: Mapping[str, Callable[[], Result]]) -> dict[str, Result]:
    """Run such jobs by the names of their files, as many at a time as there are processors. Raises ReportError."""
    if not CAN_FORK:
        return {name: job() for name, job in jobs.items()}
    try:
        return run_forked(jobs, LIMITS, PROCESSORS)
    except RuntimeError as failure:  # the child was killed, ran out of time or memory, or crashed
        name = next(name for name in jobs if f"process for {name} " in str(failure))
        reason = "it takes more time or memory than a file should" if _is_greedy(failure) else failure
        what = f"The file can't be looked through: {reason}."
        raise ReportError([error("unreadable", Place(name), what, "Export it again, or split it.")]) from None


def _is_greedy(failure: RuntimeError) -> bool:
    """Tell whether the system ended the child for its time (SIGXCPU, SIGKILL) or refused it memory."""
    return str(failure).endswith(("status -24", "status -9")) or "MemoryError" in str(failure)


def _work(job: Callable[[], Any], sender: Connection, inherited: Sequence[Connection], limits: Limits | None) -> None:
    for receiver in inherited:  # so that a write fails, instead of waiting for ever, when the parent is gone
        receiver.close()
    try:
        if limits:
            limits.set()
        sender.send(("result", job()))
    except ReportError as failure:
        sender.send(("problems", failure.problems))
    except KeyboardInterrupt:  # the parent got it too, and says so
        os._exit(130)
    except BaseException as fault:
        if "REPORT_DEBUG" in os.environ:
            traceback.print_exc()
        sender.send(("crash", f"{type(fault).__name__}: {fault}"))

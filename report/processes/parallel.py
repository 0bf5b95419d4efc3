"""Several jobs from one state: each in a child of this process that owns a copy of everything laid out so far.

In: jobs without arguments. Out: their results by name. Writing a PDF changes the engine's document, so that two
variants can't be written from one in the same process; a forked child has its own.
"""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from report.problems import Place, ReportError, error

Result = TypeVar("Result")
Task = TypeVar("Task")

PROCESSORS = max(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2)
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
        self.process = context.Process(target=work, args=(job, sender, inherited, limits), daemon=not may_fork)
        self.process.start()
        sender.close()

    def answer(self) -> tuple[str, Any]:
        """Wait for what the child has to say: its result, its problems, or how it ended without either."""
        kind, value = answer_of(self.name, self.receiver)
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


def answer_of(name: str, receiver: Connection) -> tuple[str, Any]:
    """Wait for what a child has to say: its result, its problems, why it crashed, or that it is gone."""
    try:
        kind, value = receiver.recv()
    except EOFError:
        return "gone", f"the process for {name} ended"
    return kind, f"the process for {name} failed: {value}" if kind == "crash" else value


def _unless_crashed(answer: tuple[str, Any]) -> tuple[str, Any]:
    if answer[0] in {"crash", "gone"}:
        raise RuntimeError(answer[1])
    return answer


def result_of(answer: Callable[[], tuple[str, Any]]) -> Any:
    """Return the result that a child gave. Raises ReportError with its problems, RuntimeError if it crashed."""
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
        yield partial(result_of, cache(child.answer))
    finally:
        child.process.terminate()  # which does nothing to one that has answered
        child.close()


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


def work(job: Callable[[], Any], sender: Connection, inherited: Sequence[Connection], limits: Limits | None) -> None:
    """Do a job in a child, and send what comes of it."""
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

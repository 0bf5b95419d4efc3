"""Several jobs from one state: each in a child of this process that owns a copy of everything laid out so far.

In: jobs without arguments. Out: their results by name. Writing a PDF changes the engine's document, so that two
variants can't be written from one in the same process; a forked child has its own.
"""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from report.problems import Place, ReportError, error

Result = TypeVar("Result")

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


def run_forked(jobs: Mapping[str, Callable[[], Result]], limits: Limits | None = None) -> dict[str, Result]:
    """Run the jobs side by side. Raises ReportError with the problems of all that failed."""
    context = multiprocessing.get_context("fork")
    running: list[tuple[str, Any, Connection]] = []
    for name, job in jobs.items():
        receiver, sender = context.Pipe(duplex=False)
        inherited = [receiver, *(each for _, _, each in running)]
        process = context.Process(target=_child, args=(job, sender, inherited, limits), daemon=True)
        process.start()
        sender.close()
        running.append((name, process, receiver))
    try:
        answers = {name: _answer(name, process, receiver) for name, process, receiver in running}
    except BaseException:  # an interruption above all: nobody waits for the children's work any more
        for _, process, _ in running:
            process.terminate()
        raise
    finally:
        for _, process, receiver in running:
            receiver.close()
            process.join()
    problems = [problem for kind, value in answers.values() if kind == "problems" for problem in value]
    if problems:
        raise ReportError(problems)
    return {name: value for name, (_, value) in answers.items()}


LIMITS = Limits(seconds=120, memory=4_000_000_000)


def guarded_job(job: Callable[[], Result], name: str) -> Result:
    """Run one job on a file that may be damaged or hostile. Raises ReportError; never anything else, never for ever."""
    return guarded_jobs({name: job})[name]


def guarded_jobs(jobs: Mapping[str, Callable[[], Result]]) -> dict[str, Result]:
    """Run such jobs by the names of their files, as many at a time as there are processors. Raises ReportError."""
    if not CAN_FORK:
        return {name: job() for name, job in jobs.items()}
    done: dict[str, Result] = {}
    names, at_once = list(jobs), max(2, os.cpu_count() or 2)
    try:
        for start in range(0, len(names), at_once):
            done |= run_forked({name: jobs[name] for name in names[start : start + at_once]}, LIMITS)
    except RuntimeError as failure:  # the child was killed, ran out of time or memory, or crashed
        name = next((name for name in names if f"process for {name} " in str(failure)), names[0])
        reason = "it takes more time or memory than a file should" if _is_greedy(failure) else failure
        what = f"The file can't be looked through: {reason}."
        raise ReportError([error("unreadable", Place(name), what, "Export it again, or split it.")]) from None
    return done


def _is_greedy(failure: RuntimeError) -> bool:
    """Tell whether the system ended the child for its time (SIGXCPU, SIGKILL) or refused it memory."""
    return str(failure).endswith(("status -24", "status -9")) or "MemoryError" in str(failure)


def _child(job: Callable[[], Any], sender: Connection, inherited: Sequence[Connection], limits: Limits | None) -> None:
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


def _answer(name: str, process: Any, receiver: Connection) -> tuple[str, Any]:
    try:
        kind, value = receiver.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"the process for {name} ended with status {process.exitcode}") from None
    if kind == "crash":
        raise RuntimeError(f"the process for {name} failed: {value}")
    return kind, value

"""Jobs in child processes: several in parallel, one alongside this process, or guarded jobs on untrusted files.

In: jobs without arguments, by name. Out: their results. Writing a PDF changes the engine's document, so two variants
cannot be written from one document in the same process: each is written in a child with its own copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from multiprocessing.connection import wait
from typing import NoReturn, TypeVar

from report.problems import Place, Problem, ReportError, error
from report.processes.child import CAN_FORK, PROCESSORS, Child, CrashError, Limits, can_have_children

Result = TypeVar("Result")

LIMITS = Limits(seconds=120, memory=4_000_000_000)


def _raise(name: str, crash: CrashError) -> NoReturn:
    raise crash


def run_forked(
    jobs: Mapping[str, Callable[[], Result]],
    limits: Limits | None = None,
    at_once: int | None = None,
    done: Callable[[str, Result], None] = lambda name, result: None,
    crashed: Callable[[str, CrashError], Result] = _raise,
    may_fork: bool = False,
) -> dict[str, Result]:
    """Run jobs in parallel and return their results in the order of the jobs. A failed job does not stop the others.

    `at_once` is the maximum number of running jobs (default: all). `done` is called with each result as it arrives.
    `crashed` returns a substitute result for a job whose child crashed or was killed, or raises ReportError.
    `may_fork`: the jobs have children of their own. Raises ReportError with the problems of all failed jobs, else the
    first CrashError.
    """
    waiting, running = list(jobs.items()), list[Child]()
    results, problems, crashes = dict[str, Result](), dict[str, tuple[Problem, ...]](), list[CrashError]()

    def finish(child: Child) -> None:
        try:
            results[child.name] = _result(child, crashed)
            done(child.name, results[child.name])
        except ReportError as failure:
            problems[child.name] = failure.problems
        except CrashError as crash:
            crashes.append(crash)

    try:
        while waiting or running:
            while waiting and len(running) < (at_once or len(jobs)):
                others = [child.connection for child in running]
                running.append(Child(*waiting.pop(0), limits, others, may_fork))
            ready = wait([child.connection for child in running])
            for child in [each for each in running if each.connection in ready]:
                finish(child)
                child.end()
                running.remove(child)
    finally:  # after an interruption, the results of running children are not needed
        for child in running:
            child.end()
    if problems:
        raise ReportError(problem for name in jobs for problem in problems.get(name, ()))
    if crashes:
        raise crashes[0]
    return {name: results[name] for name in jobs}


def _result(child: Child, crashed: Callable[[str, CrashError], Result]) -> Result:
    try:
        result: Result = child.result()
    except CrashError as crash:
        return crashed(child.name, crash)
    return result


@contextmanager
def alongside(job: Callable[[], Result], name: str, worth: bool = True) -> Iterator[Callable[[], Result]]:
    """Run a job in a child alongside this process. Yields a function that waits for the result, as `Child.result` does.

    The job runs in this process instead, when its result is requested, if it may not have children or `worth` is
    False because the job is too small for a child.
    """
    if not worth or not can_have_children():
        yield cache(job)
        return
    child = Child(name, job)
    try:
        yield _memoised(child.result)
    finally:
        child.end()


def _memoised(wait_for: Callable[[], Result]) -> Callable[[], Result]:
    """Return a function that waits once, and then returns the same result or raises the same error on every call."""
    outcome: list[Result | Exception] = []

    def result() -> Result:
        if not outcome:
            try:
                outcome.append(wait_for())
            except (ReportError, CrashError) as failure:
                outcome.append(failure)
        if isinstance(outcome[0], ReportError | CrashError):
            raise outcome[0]
        return outcome[0]  # type: ignore[return-value]

    return result


def guarded_job(job: Callable[[], Result], name: str) -> Result:
    """Run one job on a file that may be damaged or hostile. Raises only ReportError, and ends within the limits."""
    return guarded_jobs({name: job})[name]


def guarded_jobs(jobs: Mapping[str, Callable[[], Result]]) -> dict[str, Result]:
    """Run guarded jobs, by file name, as many at a time as there are processors.

    Raises ReportError with the problems of each file that could not be read.
    """
    if not CAN_FORK:
        return {name: job() for name, job in jobs.items()}
    return run_forked(jobs, LIMITS, PROCESSORS, crashed=_unreadable)


def _unreadable(name: str, crash: CrashError) -> NoReturn:
    """Raise ReportError for a child that was killed, ran out of time or memory, or crashed."""
    reason = "it needs more time or memory than is allowed" if crash.out_of_resources else crash
    what = f"The file could not be read: {reason}."
    raise ReportError([error("unreadable", Place(name), what, "Export it again, or split it.")]) from None

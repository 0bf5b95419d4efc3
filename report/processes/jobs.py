"""Several jobs side by side, one beside this process, and jobs on files that nobody vouches for.

In: jobs without arguments, by name. Out: their results. Writing a PDF changes the engine's document, so that two
variants can't be written from one in the same process: each is written in a child that owns a copy.
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
    """Run the jobs side by side, the first ones first; one that fails ends no other.

    `at_once`: how many at a time; all of them by default. `done` is told of each result as it comes. `crashed` gives
    the result of a job whose child crashed or was killed, or raises ReportError with what is to be said of it.
    `may_fork`: the jobs have children of their own. Raises ReportError with the problems of all that failed, or else
    the first CrashError.
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
    finally:  # after an interruption above all: nobody waits for the children's work any more
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
    """Run a job in a child while this process goes on. Yields what waits for its result; raises as `Child.result`.

    Where there can be no child, as in a child of the desk, or where the job is not worth one, it runs here when its
    result is asked for.
    """
    if not worth or not can_have_children():
        yield cache(job)
        return
    child = Child(name, job)
    try:
        yield _remembered(child.result)
    finally:
        child.end()


def _remembered(wait_for: Callable[[], Result]) -> Callable[[], Result]:
    """Return what gives the same result, or raises the same error, however often it is called."""
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
    """Run one job on a file that may be damaged or hostile. Raises ReportError; never anything else, never for ever."""
    return guarded_jobs({name: job})[name]


def guarded_jobs(jobs: Mapping[str, Callable[[], Result]]) -> dict[str, Result]:
    """Run such jobs by the names of their files, as many at a time as there are processors.

    Raises ReportError with the problems of each file that could not be read.
    """
    if not CAN_FORK:
        return {name: job() for name, job in jobs.items()}
    return run_forked(jobs, LIMITS, PROCESSORS, crashed=_unreadable)


def _unreadable(name: str, crash: CrashError) -> NoReturn:
    """The child was killed, ran out of time or memory, or crashed."""
    reason = "it takes more time or memory than a file should" if crash.greedy else crash
    what = f"The file could not be read: {reason}."
    raise ReportError([error("unreadable", Place(name), what, "Export it again, or split it.")]) from None

"""Jobs in child processes: parallel, in order, and every failure in a child is reported."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from report.problems import Place, ReportError, error
from report.processes.child import CAN_FORK, Child, CrashError, Limits
from report.processes.jobs import alongside, guarded_jobs, run_forked

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not CAN_FORK, reason="this system cannot fork")


def test_results_come_back_by_name_in_the_order_of_the_jobs() -> None:
    jobs = {name: name.upper for name in ("print", "screen", "a")}
    assert list(run_forked(jobs).items()) == [("print", "PRINT"), ("screen", "SCREEN"), ("a", "A")]


def test_each_job_has_its_own_copy_of_everything() -> None:
    shared: list[int] = []

    def add() -> tuple[int, int]:
        shared.append(1)
        return len(shared), os.getpid()

    (first, one), (second, two) = run_forked({"a": add, "b": add}).values()
    assert (first, second, shared) == (1, 1, [])
    assert len({one, two, os.getpid()}) == 3


def test_jobs_run_at_the_same_time() -> None:
    barrier = multiprocessing.get_context("fork").Barrier(2)
    jobs = {name: lambda: barrier.wait(10) >= 0 for name in ("a", "b")}
    assert run_forked(jobs) == {"a": True, "b": True}


def test_a_result_larger_than_a_pipe_arrives_whole() -> None:
    sizes = {"a": 3_000_000, "b": 5_000_000}
    jobs = {name: partial(bytes, size) for name, size in sizes.items()}
    assert {name: len(data) for name, data in run_forked(jobs).items()} == sizes


def test_problems_of_all_jobs_are_reported_together() -> None:
    def fail(code: str) -> None:
        raise ReportError([error(code, Place("x"), "wrong")])

    with pytest.raises(ReportError) as failure:
        run_forked({"a": lambda: fail("first"), "b": lambda: None, "c": lambda: fail("second")})
    assert [problem.code for problem in failure.value.problems] == ["first", "second"]


def test_an_exception_in_a_job_names_the_job_and_the_cause() -> None:
    with pytest.raises(RuntimeError, match=r"the process for screen failed:(.|\n)*ZeroDivisionError"):
        run_forked({"print": lambda: 1.0, "screen": lambda: 1 / 0})


def test_a_result_that_cannot_be_sent_is_a_crash_with_a_cause() -> None:
    with pytest.raises(RuntimeError, match="the process for print failed"):
        run_forked({"print": lambda: lambda: 1})


def test_a_killed_job_is_a_crash_with_its_signal() -> None:
    with pytest.raises(RuntimeError, match=r"the process for print was ended by signal 9 \(SIGKILL\)"):
        run_forked({"print": lambda: os.kill(os.getpid(), signal.SIGKILL)})


def test_a_job_runs_alongside_and_its_result_can_be_requested_repeatedly() -> None:
    meeting = multiprocessing.get_context("fork").Barrier(2)
    with alongside(lambda: (meeting.wait(10) >= 0, os.getpid()), "drawings") as result:
        meeting.wait(10)
        assert result() == result()
    assert result()[0] and result()[1] != os.getpid()


def test_a_failure_alongside_is_raised_on_every_request() -> None:
    def fail() -> None:
        raise ReportError([error("chart-data", Place("x"), "wrong")])

    with alongside(fail, "drawings") as failing, alongside(lambda: 1 / 0, "sums") as crashing:
        for _ in range(2):
            with pytest.raises(ReportError):
                failing()
            with pytest.raises(RuntimeError, match="the process for sums failed: ZeroDivisionError"):
                crashing()


def test_an_interruption_does_not_wait_for_a_job_alongside() -> None:
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt), alongside(lambda: time.sleep(60), "drawings"):
        raise KeyboardInterrupt
    assert time.monotonic() - start < 30
    assert multiprocessing.active_children() == []


def test_a_child_without_children_runs_the_job_itself() -> None:
    def child() -> bool:
        with alongside(os.getpid, "drawings") as result:
            return bool(result() == os.getpid())

    assert run_forked({"desk": child}) == {"desk": True}


def test_at_most_some_jobs_run_at_once_and_each_result_is_reported_immediately() -> None:
    reported: list[tuple[str, int]] = []
    started = multiprocessing.get_context("fork").Value("i", 0)

    def job() -> int:
        with started.get_lock():
            started.value += 1
        return int(started.value)

    results = run_forked(
        dict.fromkeys("abc", job), at_once=1, done=lambda name, result: reported.append((name, result))
    )
    assert list(results.items()) == reported == [("a", 1), ("b", 2), ("c", 3)]


def test_no_child_is_left_behind_when_one_fails() -> None:
    with pytest.raises(RuntimeError):
        run_forked({"print": lambda: 1 / 0, "screen": lambda: time.sleep(0.2)})
    assert multiprocessing.active_children() == []


def test_children_end_when_their_parent_is_killed() -> None:
    """A child whose message is larger than the pipe must not wait for a reader that has ended."""
    program = (
        "import os, sys; sys.path.insert(0, sys.argv[1])\n"
        "from report.processes.jobs import run_forked\n"
        "def say():\n    os.write(1, f'{os.getpid()}\\n'.encode())\n"  # a single write, because both share the pipe
        "def job():\n    say(); return b'x' * 50_000_000\n"
        "def last():\n    import time; say(); time.sleep(1); return b'x' * 50_000_000\n"
        "import report.processes.child as c\n"
        "c.Child.receive = lambda *a: __import__('time').sleep(60)\n"
        "run_forked({'a': job, 'b': last})\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(ROOT)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        children = [int(parent.stdout.readline()) for _ in range(2)]
        parent.kill()
        parent.wait()
    for _ in range(600):
        if not any(_is_running(child) for child in children):
            return
        time.sleep(0.1)
    pytest.fail("a child outlived its parent")


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_killed_job_does_not_stop_others_and_can_get_a_substitute_result() -> None:
    jobs = {"a": lambda: os.kill(os.getpid(), signal.SIGKILL), "b": lambda: "done", "c": lambda: "done too"}
    results = run_forked(jobs, at_once=1, crashed=lambda name, crash: f"{name} lost: {crash.out_of_resources}")
    assert results == {"a": "a lost: True", "b": "done", "c": "done too"}


def test_a_crash_is_raised_only_after_the_others_have_ended() -> None:
    reported: list[str] = []
    with pytest.raises(CrashError, match="the process for a failed: ZeroDivisionError"):
        run_forked({"a": lambda: 1 / 0, "b": lambda: 2.0}, at_once=1, done=lambda name, result: reported.append(name))
    assert reported == ["b"]


def test_only_the_files_that_fail_are_reported() -> None:
    jobs = {"good.pdf": lambda: 1, "bad.pdf": lambda: os.kill(os.getpid(), signal.SIGKILL)}
    with pytest.raises(ReportError) as failure:
        guarded_jobs(jobs)
    assert [(str(each.where), each.code) for each in failure.value.problems] == [("bad.pdf", "unreadable")]
    assert "more time or memory" in failure.value.problems[0].what


def test_the_limits_of_a_child_are_enforced() -> None:
    def burn() -> None:
        while True:
            pass

    with pytest.raises(CrashError) as slow:
        run_forked({"slow": burn}, Limits(1, 4_000_000_000))
    with pytest.raises(CrashError, match="MemoryError") as large:
        run_forked({"large": lambda: len(bytes(3_000_000_000))}, Limits(60, 2_000_000_000))
    assert slow.value.out_of_resources and large.value.out_of_resources


def test_a_process_that_has_ended_is_never_signalled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its id may have been reused by then; and 0 would be this process and its whole group."""
    child = Child("a", lambda: 1)
    assert child.result() == 1
    child.process.join()
    signalled: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *to: signalled.append(to))
    child.end()
    child.end()
    assert signalled == []


def test_a_child_killed_within_its_message_is_a_crash_of_that_job_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The length of a message arrives first; a child that is killed after it leaves the rest out (OSError)."""
    child = Child("torn", lambda: time.sleep(60))

    class Torn:
        def recv(self) -> object:
            child.process.kill()
            raise OSError("got end of file during message")

        def close(self) -> None:
            pass

    monkeypatch.setattr(child, "connection", Torn())
    message = child.receive()
    child.end()
    assert (message.kind, type(message.value)) == ("crash", CrashError)

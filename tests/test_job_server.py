"""The job server: jobs answer, fail, crash and are stopped, each in a process of its own; the client lives on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from report.faults import fault_of_staff
from report.problems import Place, ReportError, error
from report.processes.child import CrashError
from report.processes.server import Answer, JobServer, StoredFile, StoredFiles

LOST = error("unknown-fact", Place("data/tiny/facts.yaml", 3), "There is no such fact.")


def job(kept: StoredFiles, what: str) -> Iterator[Any]:
    """Do one of many things."""
    if what != "pid":
        yield what
    if what == "pid":
        yield os.getpid()
        time.sleep(60)
    if what == "refuse":
        raise ReportError([LOST])
    if what == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "sleep":
        time.sleep(60)
    if what == "fault":
        raise LookupError("the cause")
    if what == "keep":
        yield StoredFile("large", b"x" * 300_000)
    if what == "kept":
        yield len(kept.get("large", b""))


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def server() -> Iterator[JobServer]:
    made = JobServer({"job": job})
    yield made
    made.close()
    assert made.process.exitcode is not None


def heard(server: JobServer, number: int) -> list[Answer]:
    """Return what a job tells, to its end."""
    answers: list[Answer] = []
    while not answers or answers[-1].kind == "part":
        assert server.connection.poll(10), "nothing is heard any more"
        answer = server.receive()
        if answer.number == number:
            answers.append(answer)
    return answers


def test_a_job_tells_its_parts_and_its_end(server: JobServer) -> None:
    number = server.start("job", "hello")
    assert [(a.kind, a.value) for a in heard(server, number)] == [("part", "hello"), ("result", None)]


def test_problems_come_as_they_are_and_faults_with_their_cause(server: JobServer) -> None:
    assert heard(server, server.start("job", "refuse"))[-1].value == (LOST,)
    fault = heard(server, server.start("job", "fault"))[-1]
    assert (fault.kind, str(fault.value)) == ("crash", "the process for job failed: LookupError: the cause")


def test_a_crash_is_told_and_the_next_job_runs(server: JobServer) -> None:
    (_, crash) = heard(server, server.start("job", "crash"))
    assert (crash.kind, crash.value.greedy) == ("crash", True)
    assert str(crash.value) == "the process for job was ended by signal 9 (SIGKILL)"
    assert heard(server, server.start("job", "hello"))[-1].kind == "result"


def test_a_job_that_is_stopped_says_nothing_more(server: JobServer) -> None:
    sleeping = server.start("job", "sleep")
    assert server.receive() == Answer(sleeping, "part", "sleep")
    server.stop(sleeping)
    following = server.start("job", "hello")
    assert {answer.number for answer in heard(server, following)} == {following}
    assert not server.connection.poll(0.05)


def test_what_a_job_keeps_stays_in_the_server_for_the_next(server: JobServer) -> None:
    assert [answer.value for answer in heard(server, server.start("job", "keep"))] == ["keep", None]
    assert heard(server, server.start("job", "kept"))[1].value == 300_000


def test_the_server_and_its_children_end_with_the_desk(server: JobServer) -> None:
    server.start("job", "sleep")
    server.receive()
    start = time.perf_counter()
    server.close()
    assert time.perf_counter() - start < 2
    assert server.process.exitcode == 0


def test_ctrl_c_is_for_the_desk_alone(server: JobServer) -> None:
    heard(server, server.start("job", "hello"))
    os.kill(server.process.pid or 0, signal.SIGINT)
    assert heard(server, server.start("job", "hello"))[-1].kind == "result"


def test_a_fault_of_a_drawing_function_has_its_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "figures" / "bars.py"
    path.parent.mkdir()
    (path.parent / "__init__.py").touch()
    try:
        exec(compile("\n\n\n1 / 0", str(path), "exec"))
    except ZeroDivisionError as failure:
        problem = fault_of_staff(failure)
    assert problem
    assert (problem.where, problem.what) == (Place("figures/bars.py", 4), "ZeroDivisionError: division by zero.")
    try:
        compile("\ndef bars(:", str(path), "exec")
    except SyntaxError as failure:
        problem = fault_of_staff(failure)
    assert problem
    assert (problem.where.file, problem.where.line) == ("figures/bars.py", 2)
    assert problem.what.startswith("Python syntax error")


def test_results_are_waited_for_in_any_order_and_each_job_has_its_own_process(server: JobServer) -> None:
    first, second = server.start("job", "one"), server.start("job", "two")
    assert (server.result(second), server.result(first), server.result(first)) == ("two", "one", "one")


def test_what_goes_wrong_is_raised_where_the_result_is_waited_for(server: JobServer) -> None:
    with pytest.raises(ReportError):
        server.result(server.start("job", "refuse"))
    with pytest.raises(CrashError, match="LookupError: the cause"):
        server.result(server.start("job", "fault"))


def test_jobs_find_what_the_server_loaded_before() -> None:
    loaded: list[int] = []

    def count(stored: StoredFiles) -> Iterator[int]:
        yield len(loaded)

    with JobServer({"count": count}, lambda: loaded.append(1)) as server:
        cold = server.result(server.start("count"))
        server.warm_up()
        assert (cold, server.result(server.start("count")), loaded) == (0, 1, [])


def test_large_arguments_never_wait_for_a_server_that_waits(server: JobServer) -> None:
    numbers = [server.start("job", "x" * 3_000_000) for _ in range(4)]
    assert [len(server.result(number)) for number in numbers] == [3_000_000] * 4


def test_nothing_is_left_in_the_temporary_folder(server: JobServer) -> None:
    server.result(server.start("job", "hello"))
    server.start("job", "sleep")
    assert server.folder.is_dir()
    server.close()
    assert not server.folder.exists()


def test_a_client_learns_that_the_server_is_gone(server: JobServer) -> None:
    number = server.start("job", "sleep")
    server.receive()
    os.kill(server.process.pid or 0, signal.SIGKILL)
    with pytest.raises(CrashError, match="gone"):
        server.result(number)


def test_jobs_end_when_the_server_is_killed(server: JobServer) -> None:
    number = server.start("job", "pid")
    pid = server.receive().value
    os.kill(server.process.pid or 0, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (number, is_running(pid)) == (1, False)

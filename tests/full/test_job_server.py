"""The job server: jobs answer, fail, crash and are stopped, each in its own process; the client continues."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from report.problems import Place, ReportError, error
from report.processes.child import CrashError
from report.processes.faults import problem_in_figures
from report.processes.server import Answer, JobServer, StoredFile, StoredFiles

LOST = error("unknown-fact", Place("data/tiny/facts.yaml", 3), "There is no such fact.")


def job(stored: StoredFiles, what: str) -> Iterator[Any]:
    """Do what the argument says."""
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
    if what == "stored":
        yield len(stored.get("large", b""))


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def server() -> Iterator[JobServer]:
    server = JobServer({"job": job})
    yield server
    server.close()
    assert server.process.exitcode is not None


def answers_of(server: JobServer, number: int) -> list[Answer]:
    """Return all answers of a job."""
    answers: list[Answer] = []
    while not answers or answers[-1].kind == "part":
        assert server.connection.poll(10), "the server sends no more answers"
        answer = server.receive()
        if answer.number == number:
            answers.append(answer)
    return answers


def test_a_job_sends_its_parts_and_its_end(server: JobServer) -> None:
    number = server.start("job", "hello")
    assert [(a.kind, a.value) for a in answers_of(server, number)] == [("part", "hello"), ("result", None)]


def test_problems_are_sent_unchanged_and_exceptions_with_their_cause(server: JobServer) -> None:
    assert answers_of(server, server.start("job", "refuse"))[-1].value == (LOST,)
    fault = answers_of(server, server.start("job", "fault"))[-1]
    assert (fault.kind, str(fault.value)) == ("crash", "the process for job failed: LookupError: the cause")


def test_a_crash_is_reported_and_the_next_job_runs(server: JobServer) -> None:
    (_, crash) = answers_of(server, server.start("job", "crash"))
    assert (crash.kind, crash.value.out_of_resources) == ("crash", True)
    assert str(crash.value) == "the process for job was ended by signal 9 (SIGKILL)"
    assert answers_of(server, server.start("job", "hello"))[-1].kind == "result"


def test_a_stopped_job_sends_no_more_answers(server: JobServer) -> None:
    sleeping = server.start("job", "sleep")
    assert server.receive() == Answer(sleeping, "part", "sleep")
    server.stop(sleeping)
    following = server.start("job", "hello")
    assert {answer.number for answer in answers_of(server, following)} == {following}
    assert not server.connection.poll(0.05)


def test_a_stored_value_is_available_to_later_jobs(server: JobServer) -> None:
    assert [answer.value for answer in answers_of(server, server.start("job", "keep"))] == ["keep", None]
    assert answers_of(server, server.start("job", "stored"))[1].value == 300_000


def test_the_server_and_its_children_end_with_the_client(server: JobServer) -> None:
    server.start("job", "sleep")
    server.receive()
    start = time.perf_counter()
    server.close()
    assert time.perf_counter() - start < 2
    assert server.process.exitcode == 0


def test_the_server_ignores_ctrl_c(server: JobServer) -> None:
    answers_of(server, server.start("job", "hello"))
    os.kill(server.process.pid or 0, signal.SIGINT)
    assert answers_of(server, server.start("job", "hello"))[-1].kind == "result"


def test_an_exception_in_a_drawing_function_has_its_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "figures" / "bars.py"
    path.parent.mkdir()
    (path.parent / "__init__.py").touch()
    try:
        exec(compile("\n\n\n1 / 0", str(path), "exec"))
    except ZeroDivisionError as failure:
        problem = problem_in_figures(failure)
    assert problem
    assert (problem.where, problem.what) == (Place("figures/bars.py", 4), "ZeroDivisionError: division by zero.")
    try:
        compile("\ndef bars(:", str(path), "exec")
    except SyntaxError as failure:
        problem = problem_in_figures(failure)
    assert problem
    assert (problem.where.file, problem.where.line) == ("figures/bars.py", 2)
    assert problem.what.startswith("Python syntax error")


def test_results_can_be_requested_in_any_order(server: JobServer) -> None:
    first, second = server.start("job", "one"), server.start("job", "two")
    assert (server.result(second), server.result(first), server.result(first)) == ("two", "one", "one")


def test_a_failure_is_raised_when_the_result_is_requested(server: JobServer) -> None:
    with pytest.raises(ReportError):
        server.result(server.start("job", "refuse"))
    with pytest.raises(CrashError, match="LookupError: the cause"):
        server.result(server.start("job", "fault"))


def test_jobs_have_what_the_server_loaded() -> None:
    loaded: list[int] = []

    def count(stored: StoredFiles) -> Iterator[int]:
        yield len(loaded)

    with JobServer({"count": count}, lambda: loaded.append(1)) as server:
        cold = server.result(server.start("count"))
        server.warm_up()
        assert (cold, server.result(server.start("count")), loaded) == (0, 1, [])


def test_large_arguments_cause_no_deadlock(server: JobServer) -> None:
    numbers = [server.start("job", "x" * 3_000_000) for _ in range(4)]
    assert [len(server.result(number)) for number in numbers] == [3_000_000] * 4


def test_the_temporary_folder_is_removed(server: JobServer) -> None:
    server.result(server.start("job", "hello"))
    server.start("job", "sleep")
    assert server.folder.is_dir()
    server.close()
    assert not server.folder.exists()


def test_the_client_notices_that_the_server_has_ended(server: JobServer) -> None:
    number = server.start("job", "sleep")
    server.receive()
    os.kill(server.process.pid or 0, signal.SIGKILL)
    with pytest.raises(CrashError, match="has ended"):
        server.result(number)


def test_jobs_end_when_the_server_is_killed(server: JobServer) -> None:
    number = server.start("job", "pid")
    pid = server.receive().value
    os.kill(server.process.pid or 0, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (number, is_running(pid)) == (1, False)


def test_a_connection_closed_by_the_client_is_closed_for_the_other_side_while_the_server_runs() -> None:
    here, there = socket.socketpair()
    with JobServer({"job": job}) as server, there:
        assert [answer.kind for answer in answers_of(server, server.start("job", "part"))] == ["part", "result"]
        here.close()
        there.settimeout(5)
        assert there.recv(1) == b""


def test_orders_to_a_server_that_has_ended_are_lost_and_only_receiving_tells(server: JobServer) -> None:
    server.process.kill()
    server.process.join()
    server.warm_up()
    number = server.start("job", "part")
    server.stop(number)
    with pytest.raises(EOFError):
        server.receive()

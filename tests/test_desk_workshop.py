"""The desk's workshop: jobs tell, fail, crash and are stopped, each in a process of its own, and the desk lives on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from report.desk.faults import fault_problem
from report.desk.workshop import Answer, Keep, StoredFiles, Workshop
from report.problems import Place, ReportError, error

LOST = error("unknown-fact", Place("data/tiny/facts.yaml", 3), "There is no such fact.")


def job(kept: StoredFiles, what: str) -> Iterator[Any]:
    """Do one of many things."""
    yield what
    if what == "refuse":
        raise ReportError([LOST])
    if what == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "sleep":
        time.sleep(60)
    if what == "fault":
        raise LookupError("the cause")
    if what == "keep":
        yield Keep("large", b"x" * 300_000)
    if what == "kept":
        yield len(kept.get("large", b""))


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    made = Workshop({"job": job})
    yield made
    made.close()
    assert made.process.exitcode is not None


def heard(workshop: Workshop, number: int) -> list[Answer]:
    """Return what a job tells, to its end."""
    answers: list[Answer] = []
    while not answers or answers[-1].kind == "part":
        assert workshop.connection.poll(10), "nothing is heard any more"
        answer = workshop.receive()
        if answer.number == number:
            answers.append(answer)
    return answers


def test_a_job_tells_its_parts_and_its_end(workshop: Workshop) -> None:
    number = workshop.start("job", "hello")
    assert [(a.kind, a.value) for a in heard(workshop, number)] == [("part", "hello"), ("done", None)]


def test_problems_come_as_they_are_and_faults_as_problems(workshop: Workshop) -> None:
    assert heard(workshop, workshop.start("job", "refuse"))[-1].value == (LOST,)
    (fault,) = heard(workshop, workshop.start("job", "fault"))[-1].value
    assert (fault.code, fault.what) == ("press-fault", "LookupError: the cause.")


def test_a_crash_is_told_and_the_next_job_runs(workshop: Workshop) -> None:
    assert heard(workshop, workshop.start("job", "crash"))[-1] == Answer(1, "gone", -signal.SIGKILL)
    assert heard(workshop, workshop.start("job", "hello"))[-1].kind == "done"


def test_a_job_that_is_stopped_says_nothing_more(workshop: Workshop) -> None:
    sleeping = workshop.start("job", "sleep")
    assert workshop.receive() == Answer(sleeping, "part", "sleep")
    workshop.stop(sleeping)
    following = workshop.start("job", "hello")
    assert {answer.number for answer in heard(workshop, following)} == {following}
    assert not workshop.connection.poll(0.05)


def test_what_a_job_keeps_stays_in_the_workshop_for_the_next(workshop: Workshop) -> None:
    assert [answer.value for answer in heard(workshop, workshop.start("job", "keep"))] == ["keep", None]
    assert heard(workshop, workshop.start("job", "kept"))[1].value == 300_000


def test_the_workshop_and_its_children_end_with_the_desk(workshop: Workshop) -> None:
    workshop.start("job", "sleep")
    workshop.receive()
    start = time.perf_counter()
    workshop.close()
    assert time.perf_counter() - start < 2
    assert workshop.process.exitcode == 0


def test_ctrl_c_is_for_the_desk_alone(workshop: Workshop) -> None:
    heard(workshop, workshop.start("job", "hello"))
    os.kill(workshop.process.pid or 0, signal.SIGINT)
    assert heard(workshop, workshop.start("job", "hello"))[-1].kind == "done"


def test_a_fault_of_a_drawing_function_has_its_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "figures" / "bars.py"
    try:
        exec(compile("\n\n\n1 / 0", str(path), "exec"))
    except ZeroDivisionError as failure:
        problem = fault_problem(failure)
    assert (problem.where, problem.what) == (Place("figures/bars.py", 4), "ZeroDivisionError: division by zero.")
    try:
        compile("\ndef bars(:", str(path), "exec")
    except SyntaxError as failure:
        problem = fault_problem(failure)
    assert (problem.where.file, problem.where.line) == ("figures/bars.py", 2)
    assert "can't be read as Python" in problem.what

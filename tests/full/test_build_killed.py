"""The command line in a process of its own: in a pipe, interrupted, and killed at any moment."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from pages import link_project, tiny_pdf

from report.sets.outputs import publish, sha256

SEED = 20240630


@pytest.fixture
def project(write_edition: Callable[..., Path], tmp_path: Path) -> Path:
    """A tiny project with a set that was built before."""
    write_edition()
    link_project(tmp_path)
    files = {f"tiny-report-{name}.pdf": tiny_pdf(name) for name in ("print", "screen", "archive")}
    record = {"files": [{"name": name, "sha256": sha256(data)} for name, data in files.items()]}
    publish(tmp_path / "out", "tiny", {**files, "manifest.json": json.dumps(record).encode()})
    return tmp_path


def command(*arguments: str) -> list[str]:
    return [sys.executable, "build.py", "--out", "out", *arguments]


@contextmanager
def building(project: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a build in a process group of its own, and leave none of it behind."""
    process = subprocess.Popen(
        command(), cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    with process:
        try:
            yield process
        finally:
            process.kill()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its children, which may still be writing


def read(project: Path) -> dict[str, bytes]:
    """Read the set in place: complete, and each file the one that the manifest means."""
    found = {path.name: path.read_bytes() for path in (project / "out" / "tiny").iterdir()}
    entries = json.loads(found["manifest.json"])["files"]
    assert {entry["name"] for entry in entries} == set(found) - {"manifest.json"}
    assert len(entries) == 3
    for entry in entries:
        assert sha256(found[entry["name"]]) == entry["sha256"]
    return found


def test_killed_at_random_moments_the_last_set_is_intact(project: Path) -> None:
    before, moments = read(project), random.Random(SEED)
    for moment in (moments.uniform(0.2, 1.2) for _ in range(2)):
        with building(project) as process:
            time.sleep(moment)
        assert read(project) == before or process.returncode == 0
    done = subprocess.run(command(), cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert read(project) != before


@pytest.mark.parametrize("stage", ["lay out", "write"])
def test_killed_just_after_a_stage_the_set_is_the_old_one_or_the_new_one(project: Path, stage: str) -> None:
    before = read(project)
    with building(project) as process:
        assert process.stderr
        for line in process.stderr:
            if line.split("  ")[1:2] == [stage]:
                break
        process.kill()
    after = read(project)
    assert after == before or stage == "write"


def test_an_interrupted_build_says_so_and_leaves_the_last_set(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    before = read(project)
    with building(project) as process:
        assert process.stderr
        for line in process.stderr:
            if "compose" in line:
                break
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the build and its children
        said = process.stderr.read()
        status = process.wait()
    assert status == 130
    assert "last complete set is still in place" in said
    assert "Traceback" not in said
    assert read(project) == before
    assert list((tmp_path / "temporary").iterdir()) == []


def test_in_a_pipe_everything_is_plain_lines(project: Path) -> None:
    done = subprocess.run(command("--only", "screen"), cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert not {"\r", "\033"} & set(done.stdout + done.stderr)
    stages = [line.split("  ")[1] for line in done.stderr.splitlines() if line.endswith(" s")]
    assert stages == ["check", "compose", "draw", "lay out", "write", "publish"]
    assert done.stdout.startswith(str(Path("out") / "tiny" / "tiny-report-screen.pdf"))

"""Kill tests of publishing: killed before any file-system step, a complete set is in place."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sets import EDITION, NEW, NEXT, OLD, in_child, names, read

from report.sets import outputs
from report.sets.outputs import publish

CHANGES = {"os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir", "os.chmod", "os.truncate", "fcntl.flock"}


def killed_at(step: int, job: Callable[[], object]) -> int:
    """Run a job in a child that is killed before file-system step `step`. Returns 0 if it has fewer steps."""

    def run() -> None:
        steps = 0

        def count() -> None:
            nonlocal steps
            steps += 1
            if steps == step:
                os.kill(os.getpid(), signal.SIGKILL)

        def audit(event: str, arguments: tuple[Any, ...]) -> None:
            writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if event in CHANGES or writing:
                count()

        written, synced = outputs._write_synced, os.fsync

        def half_written(path: Path, data: bytes) -> None:
            path.write_bytes(data[: len(data) // 2])
            count()
            written(path, data)

        def fsync(fd: Any) -> None:
            count()
            synced(fd)

        outputs._write_synced, os.fsync = half_written, fsync
        sys.addaudithook(audit)
        job()

    return in_child(run)


def test_after_a_kill_at_any_step_a_complete_set_is_in_place_and_the_next_build_cleans_up(tmp_path: Path) -> None:
    seen: list[Mapping[str, bytes]] = []
    for step in range(1, 500):
        out = tmp_path / str(step)
        publish(out, EDITION, OLD)
        status = killed_at(step, partial(publish, out, EDITION, NEW))
        assert status in (0, -signal.SIGKILL)
        files = read(out)
        assert files in (OLD, NEW), f"killed before step {step}"
        seen.append(files)
        publish(out, EDITION, NEXT)
        assert read(out) == NEXT
        assert names(out) == {".sets", EDITION}, f"files left by the kill before step {step} are still there"
        assert names(out / ".sets" / EDITION) == {"lock", (out / EDITION).resolve().name}
        if status == 0:
            break
    assert len(seen) > 20
    assert seen[0] == OLD
    assert seen[-2] == NEW, "killed while the old set is removed"
    assert seen == [OLD] * seen.count(OLD) + [NEW] * seen.count(NEW)


def test_after_a_kill_at_any_step_of_the_first_build_no_incomplete_set_is_in_place(tmp_path: Path) -> None:
    for step in range(1, 500):
        out = tmp_path / str(step)
        status = killed_at(step, partial(publish, out, EDITION, NEW))
        if (out / EDITION).exists():
            assert read(out) == NEW
        publish(out, EDITION, NEXT)
        assert read(out) == NEXT
        if status == 0:
            return
    pytest.fail("publishing did not finish")

"""Kill tests of the archive: stopped before any step on the file system, every bag in it is whole."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from archives import EDITION, all_faults, all_files, label

from full.test_outputs_killed import killed_at
from report.archive.bag import Label, add_bag


def small(at: Label) -> Mapping[str, bytes]:
    return {"README.txt": f"Version {at.version}".encode(), "source/build.py": b"print()"}


def test_killed_at_any_step_there_is_no_half_bag_and_the_next_run_clears_up(tmp_path: Path) -> None:
    seen: list[int] = []
    add_bag(tmp_path / "first", label(), small)
    first = all_files(tmp_path / "first" / EDITION / "v1")
    correct = partial(add_bag, label=label(reason="Corrected"), contents=small)
    for step in range(1, 500):
        archive = tmp_path / str(step)
        shutil.copytree(tmp_path / "first", archive)
        status = killed_at(step, partial(correct, archive))
        assert status in (0, -signal.SIGKILL)
        found = all_faults(archive)
        assert found in ({"2023-24/v1": []}, {"2023-24/v1": [], "2023-24/v2": []}), f"killed before step {step}"
        seen.append(len(found))
        added = add_bag(archive, label(reason="Corrected again"), small)
        assert added.version == len(found) + 1, "a version that never was gives its number back"
        assert all_faults(archive) == {f"2023-24/v{number}": [] for number in range(1, added.version + 1)}
        assert all_files(archive / EDITION / "v1") == first
        assert {path.name for path in archive.iterdir()} == {EDITION, ".lock", "ledger.json"}
        if status == 0:
            break
    assert len(seen) > 25
    assert seen == sorted(seen)
    assert seen[0] == 1
    assert seen[-2] == 2, "killed after the bag is in place"

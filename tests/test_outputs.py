"""Atomic publishing: a complete set is on disk at any time, whatever fails."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from sentences import told
from sets import EDITION, NEW, NEXT, OLD, complete_set, in_child, names, read

from report.problems import ReportError
from report.sets import outputs
from report.sets.outputs import current_set, publish


def test_a_set_is_published_and_replaced_as_a_whole(tmp_path: Path) -> None:
    assert publish(tmp_path, EDITION, OLD) == tmp_path / EDITION
    assert read(tmp_path) == OLD
    fewer = {"manifest.json": b'{"version": "x", "files": {}}'}
    publish(tmp_path, EDITION, fewer)
    assert read(tmp_path) == fewer


def test_the_public_folder_and_its_files_are_readable_by_everyone(tmp_path: Path) -> None:
    folder = publish(tmp_path, EDITION, OLD)
    assert folder.stat().st_mode & 0o755 == 0o755
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in folder.iterdir())


def test_publishing_the_same_set_again_keeps_its_folder(tmp_path: Path) -> None:
    first = publish(tmp_path, EDITION, OLD).resolve()
    assert publish(tmp_path, EDITION, OLD).resolve() == first


def test_a_damaged_set_is_written_again(tmp_path: Path) -> None:
    publish(tmp_path, EDITION, OLD)
    (tmp_path / EDITION / "report-print.pdf").write_bytes(b"damaged")
    publish(tmp_path, EDITION, OLD)
    assert read(tmp_path) == OLD


def test_only_the_last_set_is_kept(tmp_path: Path) -> None:
    for files in (OLD, NEW, NEXT):
        publish(tmp_path, EDITION, files)
    assert [path.is_dir() for path in (tmp_path / ".sets" / EDITION).iterdir()].count(True) == 1


def test_editions_are_independent(tmp_path: Path) -> None:
    publish(tmp_path, EDITION, OLD)
    publish(tmp_path, "2024-25", NEW)
    assert read(tmp_path) == OLD
    assert names(tmp_path) == {".sets", EDITION, "2024-25"}


def test_the_output_folder_can_be_moved(tmp_path: Path) -> None:
    publish(tmp_path / "here", EDITION, OLD)
    (tmp_path / "here").rename(tmp_path / "there")
    assert read(tmp_path / "there") == OLD


def test_the_current_set_is_a_folder_with_a_manifest_or_none(tmp_path: Path) -> None:
    assert current_set(tmp_path, EDITION) is None
    publish(tmp_path, EDITION, OLD)
    assert current_set(tmp_path, EDITION) == (tmp_path / EDITION).resolve()


def test_a_full_disk_leaves_the_last_set_and_gives_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        path.write_bytes(data[:10])
        raise OSError(28, "No space left on device")

    publish(tmp_path, EDITION, OLD)
    monkeypatch.setattr(outputs, "_write_synced", full)
    with pytest.raises(ReportError) as failure:
        publish(tmp_path, EDITION, NEW)
    (problem,) = failure.value.problems
    assert problem.code == "output"
    assert "No space left on device" in problem.what
    assert read(tmp_path) == OLD


@pytest.mark.parametrize("kind", ["a folder", "an empty folder", "a file"])
def test_a_path_that_no_build_made_is_not_replaced(tmp_path: Path, kind: str) -> None:
    place = tmp_path / EDITION
    if kind == "a file":
        place.write_text("mine")
    else:
        place.mkdir()
        if kind == "a folder":
            (place / "letter.txt").write_text("mine")
    with pytest.raises(ReportError) as failure:
        publish(tmp_path, EDITION, NEW)
    (problem,) = failure.value.problems
    assert (told(problem).code, problem.where.file) == ("output-taken", str(place))
    assert "--out" in problem.hint
    assert place.exists()
    assert not place.is_symlink()


def test_a_link_to_another_folder_is_not_replaced(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / EDITION).symlink_to(elsewhere)
    with pytest.raises(ReportError) as failure:
        publish(tmp_path / "out", EDITION, NEW)
    assert [problem.code for problem in failure.value.problems] == ["output-taken"]
    assert (tmp_path / "out" / EDITION).resolve() == elsewhere


def test_a_missing_output_folder_is_created(tmp_path: Path) -> None:
    publish(tmp_path / "a" / "b", EDITION, NEW)
    assert read(tmp_path / "a" / "b") == NEW


def test_an_output_folder_that_is_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ReportError) as failure:
        publish(tmp_path / "out", EDITION, NEW)
    assert [problem.code for problem in failure.value.problems] == ["output"]


@pytest.mark.parametrize("mode", [0o555, 0o000], ids=["read-only", "closed"])
def test_an_output_folder_without_permission_is_a_problem(tmp_path: Path, mode: int) -> None:
    out = tmp_path / "out"
    publish(out, EDITION, OLD)
    for path in (out, out / ".sets" / EDITION):
        path.chmod(0o555)

    def as_nobody() -> None:
        if os.geteuid() == 0:
            os.seteuid(65534)
        try:
            publish(out, EDITION, NEW)
        except ReportError as failure:
            os._exit(10 if [problem.code for problem in failure.problems] == ["output"] else 11)

    for parent in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        parent.chmod(parent.stat().st_mode | 0o055)
    out.chmod(mode)
    try:
        assert in_child(as_nobody) == 10
    finally:
        out.chmod(0o755)
        (out / ".sets" / EDITION).chmod(0o755)
    assert read(out) == OLD


def test_concurrent_builds_leave_one_complete_set(tmp_path: Path) -> None:
    publish(tmp_path, EDITION, OLD)
    sets = [complete_set(str(number)) for number in range(4)]
    children = []
    for files in sets:
        child = os.fork()
        if child == 0:
            for _ in range(5):
                publish(tmp_path, EDITION, files)
            os._exit(0)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
    assert read(tmp_path) in sets
    assert names(tmp_path) == {".sets", EDITION}


def test_a_reader_sees_a_set_at_any_time(tmp_path: Path) -> None:
    publish(tmp_path, EDITION, OLD)
    child = os.fork()
    if child == 0:
        for number in range(40):
            publish(tmp_path, EDITION, (NEW, NEXT)[number % 2])
        os._exit(0)
    count = 0
    while os.waitpid(child, os.WNOHANG)[0] == 0:
        assert (tmp_path / EDITION).is_symlink()
        count += 1
    assert count > 10


def test_what_a_set_takes_over_is_read_when_no_other_build_can_publish(tmp_path: Path) -> None:
    """Two builds that end together: the second takes over what the first has just published."""
    publish(tmp_path, "tiny", {"a": b"first", "manifest.json": b"{}"})

    def contents() -> dict[str, bytes]:
        with (tmp_path / ".sets" / "tiny" / "lock").open("w") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return {"a": (tmp_path / "tiny" / "a").read_bytes(), "b": b"second", "manifest.json": b"{}"}

    folder = publish(tmp_path, "tiny", contents)
    assert ((folder / "a").read_bytes(), (folder / "b").read_bytes()) == (b"first", b"second")

"""Files and folders that a person asks for by name: read with a problem, written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from sentences import told
from sets import EDITION, NEW, OLD

from report.problems import Problem, ReportError
from report.sets import outputs
from report.sets.outputs import create_folder, publish, read_file, set_name, write_file


def problem_of(failure: pytest.ExceptionInfo[ReportError]) -> Problem:
    (problem,) = failure.value.problems
    return told(problem)


def fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        path.write_bytes(data[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outputs, "_write_synced", full)


def test_a_file_that_can_t_be_read_is_a_problem_with_its_name_and_cause(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"words")
    assert read_file(tmp_path / "a") == b"words"
    with pytest.raises(ReportError) as failure:
        read_file(tmp_path / "b")
    problem = problem_of(failure)
    assert (problem.code, problem.where.file) == ("file-missing", str(tmp_path / "b"))
    assert "No such file" in problem.what


def test_a_file_is_written_with_its_folders_and_in_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.txt"
    for data in (b"one", b"two"):
        write_file(path, data)
        assert path.read_bytes() == data
    assert [each.name for each in path.parent.iterdir()] == ["a.txt"]


def test_a_file_that_can_t_be_written_leaves_the_one_before_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_file(tmp_path / "a.txt", b"one")
    fill_the_disk(monkeypatch)
    with pytest.raises(ReportError) as failure:
        write_file(tmp_path / "a.txt", b"two")
    problem = problem_of(failure)
    assert (problem.code, problem.where.file) == ("output", str(tmp_path / "a.txt"))
    assert "No space left" in problem.what
    assert (tmp_path / "a.txt").read_bytes() == b"one"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_in_a_folder_that_is_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ReportError) as failure:
        write_file(tmp_path / "file" / "a.txt", b"one")
    assert problem_of(failure).code == "output"


def test_a_file_is_on_the_disk_before_it_takes_the_place_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_file(tmp_path / "a.txt", b"one")
    before, at_sync = os.fsync, []

    def fsync(handle: int) -> None:
        at_sync.append((os.fstat(handle).st_size, (tmp_path / "a.txt").read_bytes()))
        before(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    write_file(tmp_path / "a.txt", b"other")
    assert at_sync == [(5, b"one")]


def test_a_set_is_on_the_disk_before_the_link_points_there_and_the_link_before_the_last_set_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = publish(tmp_path, EDITION, OLD).resolve()
    before, synced = os.fsync, list[tuple[int, int, Path, bool]]()

    def fsync(handle: int) -> None:
        found = os.fstat(handle)
        size = 0 if stat.S_ISDIR(found.st_mode) else found.st_size
        synced.append((found.st_ino, size, (tmp_path / EDITION).resolve(), old.is_dir()))
        before(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    new = publish(tmp_path, EDITION, NEW).resolve()
    files = [(path.stat().st_ino, path.stat().st_size, old, True) for path in new.iterdir()]
    folders = [(new.stat().st_ino, 0, old, True), (new.parent.stat().st_ino, 0, old, True)]
    assert sorted(synced[: len(files)]) == sorted(files)
    assert synced[len(files) :] == [*folders, (tmp_path.stat().st_ino, 0, new, True)]
    assert not old.exists()


FILES = {"bagit.txt": b"bag", "data/a/b.pdf": b"%PDF", "data/a/c.pdf": b"%PDF-2"}


def test_a_folder_is_created_with_folders_in_it_and_can_be_read_by_others(tmp_path: Path) -> None:
    folder = tmp_path / "bag"
    create_folder(folder, FILES)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == FILES
    assert folder.stat().st_mode & 0o777 == 0o755
    assert [each.name for each in tmp_path.iterdir()] == ["bag"]


@pytest.mark.parametrize("kind", ["a folder", "a file", "a link to nothing"])
def test_a_folder_takes_the_place_of_nothing(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "bag"
    if kind == "a folder":
        folder.mkdir()
    elif kind == "a file":
        folder.touch()
    else:
        folder.symlink_to(tmp_path / "nothing")
    with pytest.raises(ReportError) as failure:
        create_folder(folder, FILES)
    problem = problem_of(failure)
    assert (problem.code, problem.where.file) == ("output-taken", str(folder))
    assert [each.name for each in tmp_path.iterdir()] == ["bag"]


def test_a_folder_that_can_t_be_filled_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_the_disk(monkeypatch)
    with pytest.raises(ReportError) as failure:
        create_folder(tmp_path / "bag", FILES)
    problem = problem_of(failure)
    assert (problem.code, problem.where.file) == ("output", str(tmp_path / "bag"))
    assert "No space left" in problem.what
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_of_a_folder_goes_and_only_that(tmp_path: Path) -> None:
    for name in (".new-bag-abc", ".new-other-abc", "bag-old"):
        (tmp_path / name / "in").mkdir(parents=True)
    create_folder(tmp_path / "bag", FILES)
    assert {each.name for each in tmp_path.iterdir()} == {"bag", ".new-other-abc", "bag-old"}


def test_a_set_that_can_t_be_written_is_placed_at_its_folder_with_the_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ReportError) as failure:
        publish(tmp_path / "file", EDITION, OLD)
    assert problem_of(failure).where.file == str(tmp_path / "file")
    fill_the_disk(monkeypatch)
    with pytest.raises(ReportError) as failure:
        publish(tmp_path, EDITION, OLD)
    assert problem_of(failure).where.file == str(tmp_path)


def test_a_set_that_is_there_already_is_not_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, EDITION, OLD)
    fill_the_disk(monkeypatch)
    assert publish(tmp_path, EDITION, OLD) == tmp_path / EDITION
    assert (tmp_path / EDITION / "manifest.json").read_bytes() == OLD["manifest.json"]


def test_a_draft_has_a_name_of_its_own() -> None:
    assert (set_name("2023-24", ""), set_name("2023-24", "draft")) == ("2023-24", "2023-24-draft")

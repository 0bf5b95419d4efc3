"""The delivery ledger: what it records, its lock, and how it survives a killed run or a full disk."""

from __future__ import annotations

import errno
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mailings import entry

from report.mail.ledger import STATES, open_ledger
from report.problems import Problem, ReportError

PDF = "d" * 64


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger" / "tiny.jsonl"


def lines(path: Path) -> list[str]:
    return [json.loads(line)["state"] for line in path.read_text("utf-8").splitlines()]


def test_entries_persist_when_the_ledger_is_reopened(path: Path) -> None:
    with open_ledger(path, clock=lambda: 1_733_227_200) as ledger:
        ledger.write(entry("ana@example.org", "intended"))
        ledger.write(entry("ana@example.org", "sent"))
        ledger.write(entry("用户@xn--r8jz45g.jp", "refused"))
    with open_ledger(path) as ledger:
        last = ledger.last("tiny", PDF, "ana@example.org")
        assert last is not None
        assert (last.state, last.at) == ("sent", "2024-12-03T12:00:00Z")
        assert [each.state for each in ledger.for_address("tiny", "用户@xn--r8jz45g.jp")] == ["refused"]
        assert ledger.last("tiny", "e" * 64, "ana@example.org") is None
        assert ledger.last("other", PDF, "ana@example.org") is None
    assert lines(path) == ["intended", "sent", "refused"]
    assert path.stat().st_mode & 0o077 == 0, "other users must not read who has the report"


def test_each_line_is_synced_before_the_next_step(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_ledger(path) as ledger:
        synced: list[list[str]] = []
        monkeypatch.setattr(os, "fsync", lambda handle: synced.append(lines(path)))
        ledger.write(entry("ana@example.org", "intended"))
        ledger.write(entry("ana@example.org", "handed"))
    assert synced == [["intended"], ["intended", "handed"]]


def test_a_second_run_is_locked_out(path: Path) -> None:
    with open_ledger(path), pytest.raises(ReportError, match="Another run"), open_ledger(path):
        pass
    with open_ledger(path):
        pass


@pytest.mark.parametrize("cut", [1, 20, -1])
def test_an_unfinished_last_line_is_discarded(path: Path, cut: int) -> None:
    with open_ledger(path) as ledger:
        ledger.write(entry("ana@example.org", "intended"))
        ledger.write(entry("ana@example.org", "handed"))
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    path.write_bytes(whole[: first + cut] if cut > 0 else whole[:cut])
    with open_ledger(path) as ledger:
        last = ledger.last("tiny", PDF, "ana@example.org")
        assert last is not None
        assert last.state == "intended"
        ledger.write(entry("ana@example.org", "sent"))
    assert lines(path) == ["intended", "sent"]


@pytest.mark.parametrize(
    "line", ["", "{}", "[]", "garbage", '{"state": "sent"}', "\x00\x00", '{"edition": 1}', "7", "null"]
)
def test_an_invalid_line_is_an_error(path: Path, line: str) -> None:
    with open_ledger(path) as ledger:
        ledger.write(entry("ana@example.org", "sent"))
    before = path.read_bytes()
    path.write_bytes(before + line.encode() + b"\n" + before)
    with pytest.raises(ReportError) as caught, open_ledger(path):
        pass
    assert [(each.code, each.where.line) for each in caught.value.problems] == [("ledger-broken", 2)]
    assert path.read_bytes() == before + line.encode() + b"\n" + before


def test_an_unknown_state_is_an_error(path: Path) -> None:
    with open_ledger(path) as ledger:
        for state in STATES:
            ledger.write(entry("ana@example.org", state))
    path.write_bytes(path.read_bytes().replace(b'"again"', b'"maybe"'))
    with pytest.raises(ReportError, match="not a valid ledger entry"), open_ledger(path):
        pass


@pytest.mark.parametrize("half", [True, False])
def test_a_full_disk_is_an_error(path: Path, half: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write

    def full(handle: int, line: bytes) -> int:
        if half:
            return write(handle, line[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    with open_ledger(path) as ledger:
        ledger.write(entry("ana@example.org", "intended"))
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(ReportError, match="The ledger could not be written"):
            ledger.write(entry("ana@example.org", "handed"))
        last = ledger.last("tiny", PDF, "ana@example.org")
        assert last is not None
        assert last.state == "intended"
    monkeypatch.undo()
    with open_ledger(path) as ledger:
        ledger.write(entry("ana@example.org", "sent"))
    assert lines(path) == ["intended", "sent"]


def test_an_unwritable_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("a file where the folder would be")
    with (
        pytest.raises(ReportError, match="The ledger could not be written"),
        open_ledger(tmp_path / "ledger" / "tiny.jsonl"),
    ):
        pass


def problem_of(caught: pytest.ExceptionInfo[ReportError]) -> Problem:
    [problem] = caught.value.problems
    return problem


def test_each_problem_of_the_ledger_names_the_file_and_what_to_do(path: Path) -> None:
    with open_ledger(path), pytest.raises(ReportError) as locked, open_ledger(path):
        pass
    path.write_text("garbage\n", "utf-8")
    with pytest.raises(ReportError) as broken, open_ledger(path):
        pass
    path.unlink()
    path.mkdir()
    with pytest.raises(ReportError) as unwritable, open_ledger(path):
        pass
    problems = [problem_of(each) for each in (locked, broken, unwritable)]
    assert [(each.code, str(each.where)) for each in problems] == [
        ("ledger-locked", str(path)),
        ("ledger-broken", f"{path}:1:1"),
        ("ledger", str(path)),
    ]
    assert "Wait until it has finished" in problems[0].hint
    assert "Restore the file from a backup or repair the line by hand" in problems[1].hint
    assert problems[2].what == "The ledger could not be written: Is a directory."
    assert "Nothing is sent without it" in problems[2].hint


def test_a_ledger_that_could_not_be_read_is_unlocked_again(path: Path) -> None:
    with open_ledger(path):
        pass
    path.write_text("garbage\n", "utf-8")
    for _ in range(2):
        with pytest.raises(ReportError, match="not a valid ledger entry"), open_ledger(path):
            pass


def test_a_half_written_line_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_ledger(path) as ledger:
        monkeypatch.setattr(os, "write", lambda handle, line: len(line) - 1)
        with pytest.raises(ReportError, match="only part of the line was written"):
            ledger.write(entry("ana@example.org", "intended"))


def synced_paths(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Return a list that fills with what is synced, and its size at that time."""
    synced: list[tuple[str, int]] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        synced.append((str(Path(f"/proc/self/fd/{handle}").readlink()), os.fstat(handle).st_size))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    return synced


def test_the_name_of_a_new_ledger_is_synced_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = synced_paths(monkeypatch)
    with open_ledger(path):
        assert [where for where, _ in synced] == [str(path.parent)]


def test_the_end_of_a_ledger_cut_to_whole_lines_is_synced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_ledger(path) as ledger:
        ledger.write(entry("ana@example.org", "intended"))
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(b'{"half')
    synced = synced_paths(monkeypatch)
    with open_ledger(path):
        assert (str(path), whole) in synced
    synced.clear()
    with open_ledger(path):
        assert [where for where, _ in synced] == [str(path.parent)]


def test_a_sync_that_fails_is_an_error_and_the_entry_does_not_count(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with open_ledger(path) as ledger:
        monkeypatch.setattr(os, "fsync", fails)
        with pytest.raises(ReportError, match="Input/output error") as caught:
            ledger.write(entry("ana@example.org", "handed"))
        assert problem_of(caught).where.file == str(path)
        assert ledger.last("tiny", PDF, "ana@example.org") is None


@pytest.mark.parametrize("key", ["at", "edition", "pdf", "address", "state", "message_id", "step", "reply", "code"])
def test_a_value_of_another_type_is_an_error(path: Path, key: str) -> None:
    with open_ledger(path) as ledger:
        ledger.write(entry("ana@example.org", "sent"))
    record = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(record | {key: None}) + "\n", "utf-8")
    with pytest.raises(ReportError, match="not a valid ledger entry"), open_ledger(path):
        pass


def test_an_entry_with_a_key_too_many_is_an_error(path: Path) -> None:
    with open_ledger(path) as ledger:
        ledger.write(entry("ana@example.org", "sent"))
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"more": ""}) + "\n", "utf-8")
    with pytest.raises(ReportError, match="not a valid ledger entry"), open_ledger(path):
        pass


def test_a_ledger_can_be_read_by_a_person(path: Path) -> None:
    before = time.time()
    with open_ledger(path) as ledger:
        ledger.write(entry("用户@xn--r8jz45g.jp", "sent"))
    line = path.read_text("utf-8")
    assert "用户@" in line
    at = datetime.strptime(json.loads(line)["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    assert before - 1 <= at <= time.time()


def test_every_pdf_of_an_edition_has_its_own_last_entry(path: Path) -> None:
    with open_ledger(path) as ledger:
        ledger.write(entry("ana@example.org", "sent", "d" * 64))
        ledger.write(entry("ana@example.org", "refused", "e" * 64))
        ledger.write(entry("bo@example.org", "sent"))
        ledger.write(entry("ana@example.org", "sent", edition="next"))
        found = ledger.for_address("tiny", "ana@example.org")
        assert [(each.pdf[0], each.state, each.edition) for each in found] == [
            ("d", "sent", "tiny"),
            ("e", "refused", "tiny"),
        ]


def test_the_folder_of_the_ledger_is_made_with_those_above_it(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "a" / "b" / "tiny.jsonl") as ledger:
        assert ledger.path.is_file()

"""The delivery ledger: what it records, its lock, and how it survives a killed run or a full disk."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from mailings import entry

from report.mail.ledger import STATES, open_ledger
from report.problems import ReportError

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

"""Verification: every deviation of a bag from its archived state is found and reported."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from archives import EDITION, QUIET, all_faults, all_files, archived, bagit_validates, check, faults, label

from report.archive import verify as verification
from report.archive.bag import add_bag
from report.archive.findings import HINTS
from report.archive.verify import verify
from report.inspection.judging import as_json
from report.problems import ReportError
from report.progress import Progress

SEED = 20240630
PRINT = "data/report-print.pdf"
TAGS = ("bag-info.txt", "bagit.txt", "manifest-sha512.txt", "tagmanifest-sha512.txt")


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    return archived(tmp_path / "archive")


def write(path: Path, data: bytes) -> None:
    if path.exists():
        path.chmod(0o644)
    path.write_bytes(data)


def flipped(data: bytes, byte: int, bit: int) -> bytes:
    return data[:byte] + bytes([data[byte] ^ 1 << bit]) + data[byte + 1 :]


def messages(bag: Path) -> str:
    return " ".join(fault.what for fault in check(bag).faults)


def test_an_intact_bag_has_no_faults_and_every_byte_is_read(bag: Path) -> None:
    done = check(bag)
    assert done.faults == ()
    assert done.files == len(all_files(bag))
    assert done.bytes == sum(map(len, all_files(bag).values()))


def test_one_flipped_bit_is_found_in_every_file(bag: Path) -> None:
    chance = random.Random(SEED)
    for name, data in all_files(bag).items():
        write(bag / name, flipped(data, chance.randrange(len(data)), chance.randrange(8)))
        found = faults(bag)
        assert ("changed", name) in found or ("truncated", name) in found, name
        if name not in TAGS:
            assert found == [("changed", name)]
            assert "bits have flipped" in messages(bag)
        write(bag / name, data)
    assert faults(bag) == []


@pytest.mark.parametrize("name", TAGS)
def test_no_bit_of_the_tag_files_can_flip_undetected(tmp_path: Path, name: str) -> None:
    """The case of a digit, a space that becomes a control character, the end of the last line: all are detected."""
    archive = tmp_path / "small"
    add_bag(archive, label(), lambda _: {"a": b"1"})
    path = archive / EDITION / "v1" / name
    data, chance = path.read_bytes(), random.Random(SEED)
    for byte in range(0, len(data), 1 if len(data) < 300 else 3):
        write(path, flipped(data, byte, chance.randrange(8)))
        named = [file for kind, file in faults(path.parent)]
        assert name in named, f"byte {byte}"
    write(path, data[:-1])
    assert name in [file for kind, file in faults(path.parent)]


def test_without_a_ledger_a_flipped_bit_in_the_tag_manifest_is_still_found(bag: Path) -> None:
    path = bag / "tagmanifest-sha512.txt"
    data, chance = path.read_bytes(), random.Random(SEED)
    for byte in range(len(data)):
        write(path, flipped(data, byte, chance.randrange(8)))
        assert check(bag, ledger=False).faults, f"byte {byte}"


@pytest.mark.parametrize("name", [PRINT, "data/source/report/a module.py", *TAGS])
def test_a_missing_file_is_reported(bag: Path, name: str) -> None:
    (bag / name).unlink()
    assert ("missing", name) in faults(bag)
    if name.startswith("data/"):
        assert faults(bag) == [("missing", name)]
        assert bagit_validates(bag)[0] == 1


@pytest.mark.parametrize("name", ["data/report-proof.pdf", "data/source/.hidden", "notes.txt", "data/reports/ü/x"])
def test_an_extra_file_is_reported(bag: Path, name: str) -> None:
    (bag / name).parent.mkdir(parents=True, exist_ok=True)
    (bag / name).write_text("mine")
    assert faults(bag) == [("extra", name)]


@pytest.mark.parametrize("left", [0, 1, 100])
def test_a_truncated_file_is_reported_with_the_number_of_missing_bytes(bag: Path, left: int) -> None:
    data = (bag / PRINT).read_bytes()
    write(bag / PRINT, data[:left])
    assert faults(bag) == [("truncated", PRINT)]
    assert f"{len(data) - left:,} bytes are missing" in messages(bag)


def test_a_file_with_added_bytes_is_reported(bag: Path) -> None:
    write(bag / PRINT, (bag / PRINT).read_bytes() + b"more")
    assert faults(bag) == [("changed", PRINT)]
    assert "4 bytes longer" in messages(bag)


def test_every_missing_file_of_an_incomplete_copy_is_reported(bag: Path) -> None:
    """A copy that stopped half-way has some complete files and a truncated one, and lacks the rest."""
    names = sorted(name for name in all_files(bag) if name.startswith("data/"))
    half = len(names) // 2
    write(bag / names[half], (bag / names[half]).read_bytes()[:5])
    for name in names[half + 1 :]:
        (bag / name).unlink()
    wanted = [("changed", names[half]), *(("missing", name) for name in names[half + 1 :])]
    assert sorted(faults(bag)) == sorted(wanted)


@pytest.mark.parametrize("keep", [(), ("data",)])
def test_a_folder_without_a_bag_is_reported(bag: Path, keep: tuple[str, ...]) -> None:
    for path in bag.iterdir():
        if path.name not in keep:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert faults(bag) == [("no-bag", "")]


@pytest.mark.parametrize(
    ("old", "new"), [("2023-24/v1", "2023-24/v2"), ("2023-24/v1", "2023-24/v1 (copy)"), ("2023-24", "2022-23")]
)
def test_a_renamed_folder_is_detected_by_the_bags_identifier(bag: Path, old: str, new: str) -> None:
    archive = bag.parents[1]
    (archive / old).rename(archive / new)
    now = new if "/" in new else f"{new}/v1"
    assert all_faults(archive) == {"2023-24/v1": [("missing", "")], now: [("renamed", "")]}
    problems = verify(archive, None, QUIET).problems
    assert f"The bag's identifier is 2023-24/v1, but its folder is {now}." in [problem.what for problem in problems]


def test_a_missing_bag_is_detected_by_the_ledger(bag: Path) -> None:
    archive = bag.parents[1]
    archived(archive, "2022-23", day="2023-12-01")
    shutil.rmtree(archive / "2022-23")
    assert all_faults(archive) == {"2022-23/v1": [("missing", "")], "2023-24/v1": []}
    shutil.rmtree(archive / "2023-24")
    assert set(all_faults(archive)) == {"2022-23/v1", "2023-24/v1"}


def test_a_replaced_bag_is_detected_by_its_seal(bag: Path) -> None:
    archive = bag.parents[1]
    other = archived(archive.parent / "other", mark="forged")
    shutil.rmtree(bag)
    shutil.copytree(other, bag)
    assert bagit_validates(bag)[0] == 0
    assert faults(bag) == [("changed", "tagmanifest-sha512.txt")]


def test_a_bag_that_the_ledger_does_not_list_is_reported(bag: Path) -> None:
    archive = bag.parents[1]
    shutil.copytree(archived(archive.parent / "other", "2021-22"), archive / "2021-22" / "v1")
    assert all_faults(archive)["2021-22/v1"] == [("ledger", "")]


def test_a_missing_ledger_is_a_warning_and_the_bags_are_still_verified(bag: Path) -> None:
    (bag.parents[1] / "ledger.json").unlink()
    done = verify(bag.parents[1], None, QUIET)
    assert (done.passed, done.ledger) == (True, "missing")
    assert [(problem.code, str(problem.severity)) for problem in done.problems] == [("no-ledger", "warning")]
    assert "The ledger is missing" in done.table()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"versions": [{"edition": "2023-24"}]}', "\xff"])
def test_a_damaged_ledger_is_an_error_and_the_bags_are_still_verified(bag: Path, text: str) -> None:
    (bag.parents[1] / "ledger.json").write_bytes(text.encode("latin-1"))
    done = verify(bag.parents[1], None, QUIET)
    assert (done.passed, done.ledger) == (False, "damaged")
    assert [problem.code for problem in done.problems] == ["ledger"]
    assert done.bags[0].faults == ()
    assert done.bags[0].files == len(all_files(bag))


def test_a_link_or_a_pipe_is_reported_without_opening_it(bag: Path) -> None:
    data = (bag / PRINT).read_bytes()
    (bag / PRINT).unlink()
    (bag.parent.parent / "elsewhere.pdf").write_bytes(data)
    (bag / PRINT).symlink_to(bag.parent.parent / "elsewhere.pdf")
    os.mkfifo(bag / "data" / "pipe")
    assert sorted(faults(bag)) == [("unreadable", "data/pipe"), ("unreadable", PRINT)]


def test_a_file_with_a_read_error_is_reported(bag: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def failing(self: Path, *arguments: object, **more: object) -> object:
        if self.name == "report-print.pdf":
            raise OSError(5, "Input/output error")
        return opened(self, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", failing)
    assert faults(bag) == [("unreadable", PRINT)]
    assert "Input/output error" in messages(bag)


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything; a failing medium is tested above")
@pytest.mark.parametrize("name", [PRINT, "data/source"])
def test_missing_read_permission_is_reported(bag: Path, name: str) -> None:
    mode = (bag / name).stat().st_mode
    (bag / name).chmod(0)
    assert faults(bag) == [("unreadable", name)]
    (bag / name).chmod(mode)


def test_a_damaged_manifest_is_not_trusted(bag: Path) -> None:
    """If the manifest has a wrong digest for an intact file, the message says that the manifest is damaged."""
    path = bag / "manifest-sha512.txt"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    index = next(index for index, line in enumerate(lines) if line.endswith(f"{PRINT}\n"))
    lines[index] = ("0" if lines[index][0] != "0" else "1") + lines[index][1:]
    write(path, "".join(lines).encode())
    found = check(bag).faults
    assert [(fault.kind, fault.file) for fault in found] == [("changed", "manifest-sha512.txt"), ("changed", PRINT)]
    assert "damaged itself" in found[1].what


@pytest.mark.parametrize(
    "line",
    ["x  data/a", "0" * 128 + "  ../../outside", "0" * 128 + "  /etc/hostname", "0" * 128 + "\tdata/a", "\xff\xfe"],
)
def test_a_malicious_manifest_reads_no_other_files(bag: Path, line: str) -> None:
    path = bag / "manifest-sha512.txt"
    write(path, path.read_bytes() + line.encode("latin-1") + b"\n")
    found = faults(bag)
    assert ("changed", "manifest-sha512.txt") in found
    assert not {file for kind, file in found if kind == "changed"} - {"manifest-sha512.txt"}


def test_all_bags_or_those_of_one_edition_are_verified(bag: Path) -> None:
    archive = bag.parents[1]
    archived(archive, reason="Corrected")
    older = archived(archive, "2022-23", day="2023-12-01")
    write(older / PRINT, b"")
    (older / "data" / "extra").write_text("")
    done = verify(archive, None, QUIET)
    assert [each.name for each in done.bags] == ["2022-23/v1", "2023-24/v1", "2023-24/v2"]
    assert not done.passed
    assert verify(archive, EDITION, QUIET).passed
    assert len(verify(archive, EDITION, QUIET).bags) == 2
    assert {problem.code for problem in done.problems} <= set(HINTS)
    assert [str(problem.where) for problem in done.problems] == [
        "2022-23/v1/data/extra", "2022-23/v1/data/report-print.pdf"]  # fmt: skip


def test_the_table_names_bags_faults_and_what_to_do(bag: Path) -> None:
    archived(bag.parents[1], "2022-23")
    write(bag / PRINT, b"")
    lines = verify(bag.parents[1], None, QUIET).table().splitlines()
    assert lines[0].endswith(": 2 bags")
    assert [line.split()[:2] for line in lines[2:4]] == [["ok", "2022-23/v1"], ["DAMAGED", "2023-24/v1"]]
    assert lines[4].startswith(f"           truncated: {PRINT}: The file is truncated")
    assert lines[5] == f"           → {HINTS['truncated']}"
    assert lines[-1] == "NOT VERIFIED: 1 of 2 not as archived."
    write(bag / PRINT, b"")


def test_the_json_says_the_same_to_programs(bag: Path) -> None:
    write(bag / PRINT, b"")
    record = json.loads(as_json(verify(bag.parents[1], None, QUIET)))
    assert (record["passed"], record["ledger"]) == (False, "sound")
    assert record["bags"][0]["faults"][0]["kind"] == "truncated"
    assert set(record["bags"][0]) == {"name", "edition", "version", "files", "bytes", "faults"}


def test_progress_names_each_bag_with_its_files_and_bytes(bag: Path) -> None:
    stream = io.StringIO()
    verify(bag.parents[1], None, Progress(stream=stream))
    (line,) = [line for line in stream.getvalue().replace("\r", "\n").splitlines() if "files" in line]
    assert line.split()[:3] == ["2023-24/v1", str(len(all_files(bag))), "files,"]


def test_verifying_writes_nothing(bag: Path) -> None:
    archive = bag.parents[1]
    (archive / ".lock").unlink()
    before = sorted(archive.rglob("*"))
    verify(archive, None, QUIET)
    assert sorted(archive.rglob("*")) == before


@pytest.mark.parametrize("prepare", [lambda path: None, lambda path: path.mkdir()])
def test_an_archive_without_bags_is_an_error(tmp_path: Path, prepare: Callable[[Path], None]) -> None:
    prepare(tmp_path / "archive")
    with pytest.raises(ReportError, match="The archive has no bags"):
        verify(tmp_path / "archive", None, QUIET)


@pytest.mark.parametrize("name", [".adding-killed/data/x", "_covers/2023-24-v1.png", "index.html", ".x.7.tmp"])
def test_hidden_folders_and_the_index_are_ignored(bag: Path, name: str) -> None:
    (bag.parents[1] / name).parent.mkdir(parents=True, exist_ok=True)
    (bag.parents[1] / name).write_text("x")
    assert all_faults(bag.parents[1]) == {"2023-24/v1": []}


def test_a_stray_file_among_the_versions_is_reported(bag: Path) -> None:
    (bag.parent / "notes.txt").write_text("mine")
    assert all_faults(bag.parents[1])["2023-24/notes.txt"] == [("extra", "")]


def test_a_bag_that_cannot_be_read_is_a_fault_and_the_others_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archived(tmp_path, "2021-22")
    archived(tmp_path, "2022-23")
    check = verification.check_bag

    def fails(bag: Any, *rest: Any) -> Any:
        if bag.edition == "2021-22":
            raise PermissionError(13, "Permission denied")
        return check(bag, *rest)

    monkeypatch.setattr(verification, "check_bag", fails)
    faults = all_faults(tmp_path)
    assert faults["2021-22/v1"] == [("unreadable", "")]
    assert faults["2022-23/v1"] == []

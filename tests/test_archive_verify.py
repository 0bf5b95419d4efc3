"""Verification: every way in which a bag can be other than it was archived is found, and named."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import EDITION, QUIET, all_faults, archived, everything, faults, judged, label, validated

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


def whats(bag: Path) -> str:
    return " ".join(fault.what for fault in judged(bag).faults)


def test_a_sound_bag_has_no_fault_and_every_byte_was_read(bag: Path) -> None:
    done = judged(bag)
    assert done.faults == ()
    assert done.files == len(everything(bag))
    assert done.bytes == sum(map(len, everything(bag).values()))


def test_one_flipped_bit_is_found_and_named_in_every_file(bag: Path) -> None:
    chance = random.Random(SEED)
    for name, data in everything(bag).items():
        write(bag / name, flipped(data, chance.randrange(len(data)), chance.randrange(8)))
        found = faults(bag)
        assert ("changed", name) in found or ("truncated", name) in found, name
        if name not in TAGS:
            assert found == [("changed", name)]
            assert "bits have flipped" in whats(bag)
        write(bag / name, data)
    assert faults(bag) == []


@pytest.mark.parametrize("name", TAGS)
def test_no_bit_of_the_bag_s_own_files_can_flip_unseen(tmp_path: Path, name: str) -> None:
    """A digit's case, a space that is a control character, the end of the last line: each is another byte."""
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
        assert judged(bag, ledger=False).faults, f"byte {byte}"


@pytest.mark.parametrize("name", [PRINT, "data/source/report/a module.py", *TAGS])
def test_a_missing_file_is_named(bag: Path, name: str) -> None:
    (bag / name).unlink()
    assert ("missing", name) in faults(bag)
    if name.startswith("data/"):
        assert faults(bag) == [("missing", name)]
        assert validated(bag)[0] == 1


@pytest.mark.parametrize("name", ["data/report-proof.pdf", "data/source/.hidden", "notes.txt", "data/reports/ü/x"])
def test_an_extra_file_is_named(bag: Path, name: str) -> None:
    (bag / name).parent.mkdir(parents=True, exist_ok=True)
    (bag / name).write_text("mine")
    assert faults(bag) == [("extra", name)]


@pytest.mark.parametrize("left", [0, 1, 100])
def test_a_file_cut_short_is_named_with_the_bytes_that_are_gone(bag: Path, left: int) -> None:
    data = (bag / PRINT).read_bytes()
    write(bag / PRINT, data[:left])
    assert faults(bag) == [("truncated", PRINT)]
    assert f"{len(data) - left:,} of its bytes are gone" in whats(bag)


def test_a_file_with_something_after_its_end_is_named(bag: Path) -> None:
    write(bag / PRINT, (bag / PRINT).read_bytes() + b"more")
    assert faults(bag) == [("changed", PRINT)]
    assert "4 bytes longer" in whats(bag)


def test_a_truncated_bag_names_all_that_is_gone(bag: Path) -> None:
    """A copy that stopped half-way: some files whole, one cut short, the rest not there."""
    names = sorted(name for name in everything(bag) if name.startswith("data/"))
    half = len(names) // 2
    write(bag / names[half], (bag / names[half]).read_bytes()[:5])
    for name in names[half + 1 :]:
        (bag / name).unlink()
    wanted = [("changed", names[half]), *(("missing", name) for name in names[half + 1 :])]
    assert sorted(faults(bag)) == sorted(wanted)


@pytest.mark.parametrize("keep", [(), ("data",)])
def test_a_folder_without_a_bag_is_named(bag: Path, keep: tuple[str, ...]) -> None:
    for path in bag.iterdir():
        if path.name not in keep:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert faults(bag) == [("no-bag", "")]


@pytest.mark.parametrize(
    ("old", "new"), [("2023-24/v1", "2023-24/v2"), ("2023-24/v1", "2023-24/v1 (copy)"), ("2023-24", "2022-23")]
)
def test_a_renamed_folder_is_found_since_the_bag_knows_its_own_name(bag: Path, old: str, new: str) -> None:
    archive = bag.parents[1]
    (archive / old).rename(archive / new)
    now = new if "/" in new else f"{new}/v1"
    assert all_faults(archive) == {"2023-24/v1": [("missing", "")], now: [("renamed", "")]}
    problems = verify(archive, None, QUIET).problems
    assert f"The bag knows itself as 2023-24/v1; its folder is {now}." in [problem.what for problem in problems]


def test_a_bag_that_is_gone_is_missed_by_the_ledger(bag: Path) -> None:
    archive = bag.parents[1]
    archived(archive, "2022-23", day="2023-12-01")
    shutil.rmtree(archive / "2022-23")
    assert all_faults(archive) == {"2022-23/v1": [("missing", "")], "2023-24/v1": []}
    shutil.rmtree(archive / "2023-24")
    assert set(all_faults(archive)) == {"2022-23/v1", "2023-24/v1"}


def test_a_bag_made_anew_from_something_else_is_not_the_one_archived(bag: Path) -> None:
    archive = bag.parents[1]
    other = archived(archive.parent / "other", mark="forged")
    shutil.rmtree(bag)
    shutil.copytree(other, bag)
    assert validated(bag)[0] == 0
    assert faults(bag) == [("changed", "tagmanifest-sha512.txt")]


def test_a_bag_that_the_ledger_does_not_know_is_named(bag: Path) -> None:
    archive = bag.parents[1]
    shutil.copytree(archived(archive.parent / "other", "2021-22"), archive / "2021-22" / "v1")
    assert all_faults(archive)["2021-22/v1"] == [("ledger", "")]


def test_where_the_ledger_is_missing_the_bags_are_verified_and_that_is_said(bag: Path) -> None:
    (bag.parents[1] / "ledger.json").unlink()
    done = verify(bag.parents[1], None, QUIET)
    assert (done.passed, done.ledger) == (True, "missing")
    assert [(problem.code, str(problem.severity)) for problem in done.problems] == [("no-ledger", "warning")]
    assert "The ledger is missing" in done.table()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"versions": [{"edition": "2023-24"}]}', "\xff"])
def test_a_damaged_ledger_is_a_fault_and_the_bags_are_verified_all_the_same(bag: Path, text: str) -> None:
    (bag.parents[1] / "ledger.json").write_bytes(text.encode("latin-1"))
    done = verify(bag.parents[1], None, QUIET)
    assert (done.passed, done.ledger) == (False, "damaged")
    assert [problem.code for problem in done.problems] == ["ledger"]
    assert done.bags[0].faults == ()
    assert done.bags[0].files == len(everything(bag))


def test_a_link_or_a_pipe_is_no_file_and_nobody_waits_for_it(bag: Path) -> None:
    data = (bag / PRINT).read_bytes()
    (bag / PRINT).unlink()
    (bag.parent.parent / "elsewhere.pdf").write_bytes(data)
    (bag / PRINT).symlink_to(bag.parent.parent / "elsewhere.pdf")
    os.mkfifo(bag / "data" / "pipe")
    assert sorted(faults(bag)) == [("unreadable", "data/pipe"), ("unreadable", PRINT)]


def test_a_file_that_the_medium_does_not_give_is_named(bag: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def failing(self: Path, *arguments: object, **more: object) -> object:
        if self.name == "report-print.pdf":
            raise OSError(5, "Input/output error")
        return opened(self, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", failing)
    assert faults(bag) == [("unreadable", PRINT)]
    assert "Input/output error" in whats(bag)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything; a medium that fails is tested above")
@pytest.mark.parametrize("name", [PRINT, "data/source"])
def test_what_may_not_be_read_is_named(bag: Path, name: str) -> None:
    mode = (bag / name).stat().st_mode
    (bag / name).chmod(0)
    assert faults(bag) == [("unreadable", name)]
    (bag / name).chmod(mode)


def test_a_manifest_that_is_damaged_itself_is_not_believed(bag: Path) -> None:
    """The digest of a sound file is changed in the manifest: the fault is the manifest's, and so it is said."""
    path = bag / "manifest-sha512.txt"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    index = next(index for index, line in enumerate(lines) if line.endswith(f"{PRINT}\n"))
    lines[index] = ("0" if lines[index][0] != "0" else "1") + lines[index][1:]
    write(path, "".join(lines).encode())
    found = judged(bag).faults
    assert [(fault.kind, fault.file) for fault in found] == [("changed", "manifest-sha512.txt"), ("changed", PRINT)]
    assert "damaged itself" in found[1].what


@pytest.mark.parametrize(
    "line",
    ["x  data/a", "0" * 128 + "  ../../outside", "0" * 128 + "  /etc/hostname", "0" * 128 + "\tdata/a", "\xff\xfe"],
)
def test_a_manifest_that_means_harm_leads_nowhere(bag: Path, line: str) -> None:
    path = bag / "manifest-sha512.txt"
    write(path, path.read_bytes() + line.encode("latin-1") + b"\n")
    found = faults(bag)
    assert ("changed", "manifest-sha512.txt") in found
    assert not {file for kind, file in found if kind == "changed"} - {"manifest-sha512.txt"}


def test_every_bag_of_the_archive_is_verified_or_those_of_one_edition(bag: Path) -> None:
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
    assert lines[4].startswith(f"           truncated: {PRINT}: It is cut short")
    assert lines[5] == f"           → {HINTS['truncated']}"
    assert lines[-1] == "NOT VERIFIED: 1 of 2 not as archived."
    write(bag / PRINT, b"")


def test_the_json_says_the_same_to_programs(bag: Path) -> None:
    write(bag / PRINT, b"")
    told = json.loads(as_json(verify(bag.parents[1], None, QUIET)))
    assert (told["passed"], told["ledger"]) == (False, "sound")
    assert told["bags"][0]["faults"][0]["kind"] == "truncated"
    assert set(told["bags"][0]) == {"name", "edition", "version", "files", "bytes", "faults"}


def test_progress_names_each_bag_with_its_files_and_bytes(bag: Path) -> None:
    stream = io.StringIO()
    verify(bag.parents[1], None, Progress(stream=stream))
    (line,) = [line for line in stream.getvalue().replace("\r", "\n").splitlines() if "files" in line]
    assert line.split()[:3] == ["2023-24/v1", str(len(everything(bag))), "files,"]


def test_verifying_writes_nothing(bag: Path) -> None:
    archive = bag.parents[1]
    (archive / ".lock").unlink()
    before = sorted(archive.rglob("*"))
    verify(archive, None, QUIET)
    assert sorted(archive.rglob("*")) == before


@pytest.mark.parametrize("prepare", [lambda path: None, lambda path: path.mkdir()])
def test_an_archive_without_bags_says_so(tmp_path: Path, prepare: Callable[[Path], None]) -> None:
    prepare(tmp_path / "archive")
    with pytest.raises(ReportError, match="There is no bag here"):
        verify(tmp_path / "archive", None, QUIET)


@pytest.mark.parametrize("name", [".adding-killed/data/x", "_covers/2023-24-v1.png", "index.html", ".x.7.tmp"])
def test_what_is_no_bag_by_its_name_is_left_alone(bag: Path, name: str) -> None:
    (bag.parents[1] / name).parent.mkdir(parents=True, exist_ok=True)
    (bag.parents[1] / name).write_text("x")
    assert all_faults(bag.parents[1]) == {"2023-24/v1": []}


def test_a_file_among_the_versions_is_named(bag: Path) -> None:
    (bag.parent / "notes.txt").write_text("mine")
    assert all_faults(bag.parents[1])["2023-24/notes.txt"] == [("extra", "")]

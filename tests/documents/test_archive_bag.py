"""The bag: complete or absent, never replaced, and valid according to two independent validators."""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import bagit
import pytest
from archives import EDITION, all_faults, all_files, archived, bagit_validates, check, label, payload
from bagit_utils.bagit import Bag as OtherBag
from sets import in_child

from report.archive.bag import FIRST_REASON, TEMPORARY, add_bag, read_info
from report.archive.ledger import entries
from report.problems import ReportError


def code_of(job: Callable[[], object]) -> str:
    with pytest.raises(ReportError) as failure:
        job()
    (problem,) = failure.value.problems
    assert problem.hint
    return problem.code


def test_a_bag_contains_the_payload_and_its_description(tmp_path: Path) -> None:
    bag = archived(tmp_path)
    assert bag == tmp_path / EDITION / "v1"
    assert all_files(bag / "data") == payload()
    assert read_info(bag) == {
        "Source-Organization": "Office of Small Things",
        "External-Description": "Annual Report 2023-24: print, screen and archive editions with their source. "
        "Read data/README.txt first.",
        "External-Identifier": "2023-24/v1",
        "Bagging-Date": "2024-12-03",
        "Bag-Software-Agent": "the tests",
        "Reason": FIRST_REASON,
        "Source-Commit": "c0ffee",
        "Payload-Oxum": f"{sum(map(len, payload().values()))}.{len(payload())}",
    }


def test_every_payload_and_tag_file_has_a_sha_512_digest(tmp_path: Path) -> None:
    bag = archived(tmp_path)
    names = {path.relative_to(bag).as_posix(): path for path in bag.rglob("*") if path.is_file()}
    listed: dict[str, str] = {}
    for manifest in ("manifest-sha512.txt", "tagmanifest-sha512.txt"):
        listed |= dict(line.split(maxsplit=1)[::-1] for line in (bag / manifest).read_text("utf-8").splitlines())
    assert set(listed) == set(names) - {"tagmanifest-sha512.txt"}
    for name, digest in listed.items():
        assert hashlib.sha512(names[name].read_bytes()).hexdigest() == digest, name
    (entry,) = entries(tmp_path) or ()
    assert entry.seal == hashlib.sha512((bag / "tagmanifest-sha512.txt").read_bytes()).hexdigest()


def test_two_independent_validators_accept_the_bag_and_detect_a_flipped_bit(tmp_path: Path) -> None:
    bag = archived(tmp_path)
    assert bagit.Bag(str(bag)).validate()
    assert OtherBag(bag).validate().valid
    assert bagit_validates(bag) == (0, "")
    path = bag / "data" / "report-print.pdf"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"%PDF-1", b"%PDF-3"))
    assert not bagit.Bag(str(bag)).is_valid()
    assert not OtherBag(bag).validate().valid
    assert bagit_validates(bag)[0] == 1


def test_sha512sum_agrees_as_the_readme_promises(tmp_path: Path) -> None:
    bag = archived(tmp_path)
    command = ["sha512sum", "--check", "--quiet", "manifest-sha512.txt"]
    done = subprocess.run(command, cwd=bag, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_same_edition_gives_the_same_bag_in_any_folder(tmp_path: Path) -> None:
    one, other = (all_files(archived(tmp_path / name)) for name in ("one", "the other – über"))
    assert one == other


def test_the_files_of_a_bag_are_readable_by_all_and_read_only(tmp_path: Path) -> None:
    bag = archived(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in bag.rglob("*") if path.is_file()} == {0o444}
    assert {path.stat().st_mode & 0o777 for path in (bag, *bag.rglob("*")) if path.is_dir()} == {0o755}


def test_a_correction_needs_a_reason_and_is_kept_beside_the_first_version(tmp_path: Path) -> None:
    first = archived(tmp_path)
    before = all_files(first)
    assert code_of(lambda: archived(tmp_path, mark="corrected")) == "no-reason"
    assert code_of(lambda: archived(tmp_path, mark="corrected", reason=" \n ")) == "no-reason"
    second = archived(tmp_path, mark="corrected", reason="A figure on page 12\nwas wrong")
    assert (second.name, read_info(second)["Reason"]) == ("v2", "A figure on page 12 was wrong")
    assert all_files(first) == before
    assert all_files(second / "data") == payload(mark="corrected")
    assert [(entry.version, entry.kept) for entry in entries(tmp_path) or ()] == [(1, True), (2, True)]


def test_the_number_of_a_removed_bag_is_not_reused(tmp_path: Path) -> None:
    archived(tmp_path)
    archived(tmp_path, reason="Corrected").rename(tmp_path.parent / f"{tmp_path.name}-gone")
    assert archived(tmp_path, reason="Corrected again").name == "v3"
    (tmp_path / EDITION / "v7").mkdir()
    assert archived(tmp_path, reason="Once more").name == "v8"


def test_all_unsuitable_names_are_told_at_once(tmp_path: Path) -> None:
    files = {**payload(), "source/100%.txt": b"", "source/u\u0308.txt": b""}
    with pytest.raises(ReportError) as failure:
        add_bag(tmp_path, label(), lambda _: files)
    assert [problem.code for problem in failure.value.problems] == ["name", "name"]


@pytest.mark.parametrize("name", ["source/100%.txt", "source/a\nb.txt", "source/u\u0308.txt", "~root/x", "source/\x07"])
def test_an_unportable_file_name_is_refused(tmp_path: Path, name: str) -> None:
    assert code_of(lambda: add_bag(tmp_path, label(), lambda _: {**payload(), name: b""})) == "name"
    assert set(all_files(tmp_path)) == set()


def test_nothing_is_added_if_the_ledger_is_damaged(tmp_path: Path) -> None:
    archived(tmp_path)
    for text in ("{", "[]", '{"versions": [{}]}', '{"versions": [1]}'):
        (tmp_path / "ledger.json").write_text(text)
        assert code_of(lambda: archived(tmp_path, reason="Corrected")) == "ledger"
    assert [path.name for path in (tmp_path / EDITION).iterdir()] == ["v1"]


def code_without_changes(archive: Path, job: Callable[[], object]) -> str:
    """Run a job that must fail and leave the archive unchanged. Return the code of its problem."""
    before = all_files(archive)
    code = code_of(job)
    assert all_files(archive) == before
    assert not list(archive.glob(f"{TEMPORARY}*"))
    return code


def test_a_full_disk_leaves_no_partial_bag(tmp_path: Path) -> None:
    """A file-size limit fails like a full disk, and it can be made to fail at any write."""
    archived(tmp_path)

    def limited(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        assert code_of(lambda: archived(tmp_path, reason="Corrected")) == "archive-unwritable"

    before = all_files(tmp_path)
    for size in (0, 10, 100, 500, 1000):  # at a first file, at a PDF, at a manifest
        assert in_child(partial(limited, size)) == 0, size
        assert all_files(tmp_path) == before
        assert not list(tmp_path.glob(f"{TEMPORARY}*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A separate file system of 256 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a file system needs root; the file-size limit is tested everywhere")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_keeps_the_archived_bags(small_disk: Path) -> None:
    archived(small_disk)
    big = {**payload(), "source/photo.jpg": os.urandom(300_000)}
    add = partial(add_bag, small_disk, label(reason="With the photo"), lambda _: big)
    assert code_without_changes(small_disk, add) == "archive-unwritable"
    assert all_faults(small_disk) == {"2023-24/v1": []}
    assert archived(small_disk, reason="Corrected").name == "v2"


def test_read_only_media_can_be_verified_but_not_written(small_disk: Path) -> None:
    bag = archived(small_disk)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert code_without_changes(small_disk, lambda: archived(small_disk, reason="Corrected")) == "archive-unwritable"
    assert check(bag).faults == ()


def test_a_file_in_place_of_the_archive_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("mine")
    assert code_of(lambda: archived(tmp_path / "archive")) == "archive-unwritable"
    assert (tmp_path / "archive").read_text() == "mine"


def test_two_concurrent_processes_add_two_versions(tmp_path: Path) -> None:
    children = []
    for name in ("one", "other"):
        child = os.fork()
        if child == 0:
            status = 70
            try:
                archived(tmp_path, mark=name, reason=name)
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
    assert all_faults(tmp_path) == {"2023-24/v1": [], "2023-24/v2": []}
    reasons = [read_info(tmp_path / EDITION / version)["Reason"] for version in ("v1", "v2")]
    assert sorted(reasons) == ["one", "other"]
    for version, reason in zip(("v1", "v2"), reasons, strict=True):
        assert all_files(tmp_path / EDITION / version / "data") == payload(mark=reason)

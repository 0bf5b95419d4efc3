"""The cache returns the same bytes as if they were made anew, whatever happens to its folder."""

from __future__ import annotations

import os
import random
import threading
from pathlib import Path

import pytest

from report.cache import store
from report.cache.store import MAX_ENTRIES, Cache, digest


def made(text: str) -> bytes:
    return text.encode() * 3


def lookup(cache: Cache, key: str) -> bytes:
    return cache.get_or_make("things", digest(key), lambda: made(key), key)


def test_a_second_lookup_makes_nothing(tmp_path: Path) -> None:
    first, second = Cache(tmp_path), Cache(tmp_path)
    assert lookup(first, "a") == lookup(second, "a") == made("a")
    assert (first.misses, first.hits, second.misses, second.hits) == (["a"], [], [], ["a"])


def test_without_a_folder_every_entry_is_made() -> None:
    cache = Cache()
    assert [lookup(cache, "a"), lookup(cache, "a")] == [made("a")] * 2
    assert cache.hits == []


def entries(folder: Path) -> list[Path]:
    return [path for path in (folder / "things").iterdir() if path.is_file()]


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "swapped", "gone", "a folder"])
def test_a_damaged_entry_is_made_again(tmp_path: Path, damage: str) -> None:
    for key in ("a", "b"):
        lookup(Cache(tmp_path), key)
    path = tmp_path / "things" / digest("a")
    data = path.read_bytes()
    other = (tmp_path / "things" / digest("b")).read_bytes()
    damaged = {
        "cut": data[:-1],
        "flipped": data[:70] + b"X" + data[71:],
        "emptied": b"",
        "swapped": other[:64] + data[64:],
    }
    path.unlink()
    if damage in damaged:
        path.write_bytes(damaged[damage])
    elif damage == "a folder":
        path.mkdir()
    cache = Cache(tmp_path)
    assert lookup(cache, "a") == made("a")
    assert cache.misses == ["a"]


def test_an_unwritable_cache_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    cache = Cache(tmp_path / "file")
    assert [lookup(cache, "a"), lookup(cache, "a")] == [made("a")] * 2


def test_a_full_disk_only_costs_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    cache = Cache(tmp_path)
    assert [lookup(cache, "a"), lookup(cache, "a")] == [made("a")] * 2
    assert entries(tmp_path) == []


def test_a_store_is_made_with_its_folders_and_holds_nothing_half(tmp_path: Path) -> None:
    lookup(Cache(tmp_path / "a" / "b"), "a")
    assert [path.name for path in (tmp_path / "a" / "b" / "things").iterdir()] == [digest("a")]
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_is_made_is_kept_only_at_the_end_and_only_if_nothing_changed_meanwhile(tmp_path: Path) -> None:
    for still, kept in ((lambda: False, []), (lambda: True, ["a", "b"])):
        cache = Cache(tmp_path, still)
        with cache.deferred_writes():
            lookup(cache, "a")
            lookup(cache, "b")
            assert not (tmp_path / "things").exists()
        again = Cache(tmp_path)
        for key in ("a", "b"):
            assert again.get_or_make("things", digest(key), lambda: made("new"), key) in (made(key), made("new"))
        assert again.hits == kept
        for path in entries(tmp_path):
            path.unlink()
        (tmp_path / "things").rmdir()


def test_a_cache_takes_it_that_nothing_changes_unless_it_is_told_how_to_look(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with cache.deferred_writes():
        lookup(cache, "a")
    second = Cache(tmp_path)
    assert lookup(second, "a") == made("a")
    assert second.hits == ["a"]


def test_concurrent_builds_share_a_cache(tmp_path: Path) -> None:
    keys = [f"key {n % 7}" for n in range(60)]
    wrong: list[str] = []

    def work(seed: int) -> None:
        cache = Cache(tmp_path)
        for key in random.Random(seed).sample(keys, len(keys)):
            if lookup(cache, key) != made(key):
                wrong.append(key)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_oldest_entries_are_removed_when_there_are_too_many(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for n in range(MAX_ENTRIES + 20):
        lookup(cache, str(n))
    assert len(entries(tmp_path)) <= MAX_ENTRIES


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store.MAX_ENTRIES >= 100  # more than the drawings and pages of a report
    monkeypatch.setattr(store, "MAX_ENTRIES", 5)
    cache = Cache(tmp_path)
    for n in range(5):
        lookup(cache, str(n))
        os.utime(tmp_path / "things" / digest(str(n)), (n, n))
    assert len(entries(tmp_path)) == 5
    lookup(cache, "6")
    lookup(cache, "7")
    assert {path.name for path in entries(tmp_path)} == {digest(key) for key in "23467"}


def test_digests_of_similar_parts_differ() -> None:
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest(b"abc"), digest(("abc",))}) == 5

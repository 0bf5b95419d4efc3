"""One change per save: renames, backups, ten files at once, and saves that change nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from report.desk.watching import FileDigests, changes, matters

Act = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    (made / "sections").mkdir(parents=True)
    for number in range(10):
        (made / "sections" / f"{number}.md").write_text("before")
    return made


def by_rename(folder: Path) -> None:
    """Save as most editors do: write a temporary file, then rename it."""
    beside = folder / "sections" / ".3.md.swp"
    beside.write_text("after")
    beside.replace(folder / "sections" / "3.md")


def with_backup(folder: Path) -> None:
    """Save as other editors do: rename the old file to a backup, then write a new one."""
    path = folder / "sections" / "3.md"
    path.rename(folder / "sections" / "3.md~")
    path.write_text("after all")


def ten_at_once(folder: Path) -> None:
    for path in sorted((folder / "sections").iterdir()):
        path.write_text("after")


def a_touch(folder: Path) -> None:
    os.utime(folder / "sections" / "3.md")


def save_without_changes(folder: Path) -> None:
    (folder / "sections" / "4.md").write_text("after")


def a_new_folder(folder: Path) -> None:
    (folder / "images").mkdir()
    (folder / "images" / "a.png").write_bytes(b"png")


def a_deleted_file(folder: Path) -> None:
    (folder / "sections" / "3.md").unlink()


def reported(folder: Path, *acts: Act) -> list[set[str]]:
    """Return the changes reported for some acts, one after the other, and for a final one that ends the watch."""

    async def watch() -> list[set[str]]:
        stop, found = anyio.Event(), []
        with anyio.fail_after(10):
            async with anyio.create_task_group() as group:

                async def listen() -> None:
                    async for paths in changes([folder], stop):
                        found.append({path.relative_to(folder).as_posix() for path in paths})
                        if "last" in found[-1]:
                            stop.set()

                group.start_soon(listen)
                await anyio.sleep(0.15)
                for act in acts:
                    act(folder)
                    await anyio.sleep(0.18)
                (folder / "last").write_text("last")
        return found

    return anyio.run(watch)


def test_a_save_is_one_change_and_none_if_the_bytes_are_the_same(folder: Path) -> None:
    saves: dict[Act, set[str]] = {
        by_rename: {"sections/3.md"},
        ten_at_once: {f"sections/{number}.md" for number in range(10) if number != 3},  # one of them is unchanged
        a_touch: set(),
        save_without_changes: set(),
        with_backup: {"sections/3.md"},
        a_new_folder: {"images/a.png"},
        a_deleted_file: {"sections/3.md"},
    }
    assert reported(folder, *saves) == [*filter(None, saves.values()), {"last"}]


def test_a_file_seen_half_written_is_reported_again_when_complete(folder: Path) -> None:
    contents, path = FileDigests([folder]), folder.resolve() / "sections" / "3.md"
    path.write_text("")
    assert contents.changed([path]) == {path}
    path.write_text("after")
    assert contents.changed([path]) == {path}
    assert contents.changed([path]) == frozenset()


@pytest.mark.parametrize(
    "name",
    [".facts.yaml.swp", "facts.yaml~", "#facts.yaml#", ".#facts.yaml", "4913", "facts.yaml.tmp", ".DS_Store",
     "__pycache__/bars.pyc", ".git/index", "facts.yaml___jb_tmp___"],
)  # fmt: skip
def test_temporary_files_of_editors_do_not_matter(name: str, tmp_path: Path) -> None:
    assert not matters(tmp_path / name, tmp_path)


@pytest.mark.parametrize("name", ["facts.yaml", "sections/plan.md", "pages/cover.css", "SourceSans3-Regular.ttf"])
def test_source_files_matter(name: str, tmp_path: Path) -> None:
    assert matters(tmp_path / name, tmp_path)

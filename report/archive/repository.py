"""What git keeps of the project: the files of the complete source, and whether anything has changed since.

In: the project's folder. Out: `Repository`, or None where git or its repository is missing. git is only asked; nothing
in the repository is changed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Repository:
    """The project as git sees it. `day` is the date of the last commit, ISO; `changes` are files not committed."""

    files: tuple[str, ...]
    changes: tuple[str, ...]
    commit: str
    day: str


def repository(root: Path, aside: Sequence[Path]) -> Repository | None:
    """Ask git about the project. Folders in `aside` (output, the archive) are no part of it."""
    head = _git(root, "log", "-1", "--format=%H %cs")
    listed = _git(root, "ls-files", "-z", "--cached", *_without(root, aside))
    changed = _git(root, "status", "--porcelain", "-z", "--untracked-files=all", *_without(root, aside))
    prefix = _git(root, "rev-parse", "--show-prefix")
    if head is None or listed is None or changed is None or prefix is None:
        return None
    commit, _, day = head.strip().partition(" ")
    return Repository(
        tuple(filter(None, listed.split("\0"))), tuple(_changes(changed, prefix.rstrip("\n"))), commit, day
    )


def _changes(porcelain: str, prefix: str) -> list[str]:
    """Return the files of a status, which names them from the top of the repository: `prefix` is where we are in it.

    A file that was renamed is followed by its old name, without a mark.
    """
    names, parts = [], iter(porcelain.split("\0"))
    for part in parts:
        if part:
            names.append(part[3:].removeprefix(prefix))
        if part[:1] in {"R", "C"}:
            next(parts, None)
    return names


def _without(root: Path, aside: Sequence[Path]) -> list[str]:
    inside = [
        each.resolve().relative_to(root.resolve()) for each in aside if each.resolve().is_relative_to(root.resolve())
    ]
    return ["--", ".", *(f":(exclude){path.as_posix()}" for path in inside)]


def _git(root: Path, *arguments: str) -> str | None:
    """Return what git says, or None if it can't answer. What a hook sets names another repository."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, env=environment, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else None

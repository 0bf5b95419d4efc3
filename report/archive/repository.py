"""The project's git repository: the tracked files, the last commit, and uncommitted changes.

In: the project's folder. Out: a `Repository`, or None if git or the repository is missing. The repository is only read,
never changed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Repository:
    """The state of a git repository. `day` is the ISO date of the last commit; `changes` are uncommitted files."""

    files: tuple[str, ...]
    changes: tuple[str, ...]
    commit: str
    day: str


def read_repository(root: Path, excluded: Sequence[Path]) -> Repository | None:
    """Return the state of the repository at `root`, without the `excluded` folders (output, archive)."""
    head = _git(root, "log", "-1", "--format=%H %cs")
    tracked = _git(root, "ls-files", "-z", "--cached", *_pathspec(root, excluded))
    status = _git(root, "status", "--porcelain", "-z", "--untracked-files=all", *_pathspec(root, excluded))
    prefix = _git(root, "rev-parse", "--show-prefix")
    if head is None or tracked is None or status is None or prefix is None:
        return None
    commit, _, day = head.strip().partition(" ")
    return Repository(
        tuple(filter(None, tracked.split("\0"))), tuple(_changes(status, prefix.rstrip("\n"))), commit, day
    )


def _changes(porcelain: str, prefix: str) -> list[str]:
    """Return the paths in a git status. They are relative to the top of the repository; `prefix` is removed.

    The old name of a renamed file follows it as a separate item without a status, and is skipped.
    """
    names, parts = [], iter(porcelain.split("\0"))
    for part in parts:
        if part:
            names.append(part[3:].removeprefix(prefix))
        if part[:1] in {"R", "C"}:
            next(parts, None)
    return names


def _pathspec(root: Path, excluded: Sequence[Path]) -> list[str]:
    inside = [
        each.resolve().relative_to(root.resolve()) for each in excluded if each.resolve().is_relative_to(root.resolve())
    ]
    return ["--", ".", *(f":(exclude){path.as_posix()}" for path in inside)]


def _git(root: Path, *arguments: str) -> str | None:
    """Return git's output, or None on failure. GIT_* variables are dropped: hooks set them for other repositories."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8"}
    try:
        process = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, env=environment, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return process.stdout.decode("utf-8", "surrogateescape") if process.returncode == 0 else None

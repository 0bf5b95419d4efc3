"""Small complete sets of files for tests of publishing, and child processes that write them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from pages import tiny_pdf

from report.inspection.inspect import Pdf
from report.sets.outputs import sha256

EDITION = "2023-24"


def complete_set(version: str) -> dict[str, bytes]:
    """Return three PDFs and a manifest with their checksums."""
    files = {f"report-{name}.pdf": tiny_pdf(f"{name} {version}") for name in ("print", "screen", "archive")}
    record = {"version": version, "files": {name: sha256(data) for name, data in files.items()}}
    return {**files, "manifest.json": json.dumps(record).encode()}


OLD, NEW, NEXT = (complete_set(version) for version in ("old", "new", "next"))


def read(out: Path) -> dict[str, bytes]:
    """Read the public folder. Every file must open and match the manifest beside it."""
    files = {path.name: path.read_bytes() for path in (out / EDITION).iterdir()}
    record = json.loads(files["manifest.json"])
    for name, digest in record["files"].items():
        assert sha256(files[name]) == digest, name
        assert Pdf(files[name]).title.endswith(record["version"])
    return files


def names(out: Path) -> set[str]:
    return {path.name for path in out.iterdir()}


def in_child(job: Callable[[], object]) -> int:
    """Run a job in a child process. Returns its exit status, or minus the signal that killed it."""
    child = os.fork()
    if child == 0:
        status = 70
        try:
            job()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

"""Small archives for tests: bags of tiny files, with a manifest and minimal source."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pages import tiny_pdf

from report.archive.bag import Label, add_bag
from report.archive.findings import BagCheck
from report.archive.ledger import BagFolder, entries
from report.archive.verify import check_bag, verify
from report.progress import Progress
from report.sets.outputs import sha256

EDITION = "2023-24"
QUIET = Progress(quiet=True)


def label(edition: str = EDITION, reason: str = "", day: str = "2024-12-03") -> Label:
    return Label(edition, f"Annual Report {edition}", "Office of Small Things", day, reason, "c0ffee", "the tests")


def inputs(files: Mapping[str, str], tools: str = "t0", printer: str = "sheetfed-us") -> dict[str, Any]:
    """Return the inputs that a manifest records for its set."""
    return {"files": dict(files), "tools": tools, "asked": {"printer": printer, "validated": False}}


def manifest(edition: str, files: Mapping[str, bytes], **more: Any) -> dict[str, Any]:
    """Return a manifest as a build writes it."""
    entries = [
        {"name": name, "variant": name.removesuffix(".pdf").rpartition("-")[2], "role": "a role", "pages": 1,
         "bytes": len(data), "sha256": sha256(data), "standards": {}, "current": True}
        for name, data in files.items()
    ]  # fmt: skip
    return {"edition": edition, "title": f"Annual Report {edition}", "files": entries, "engine": {"weasyprint": "70.0"},
            "inputs": inputs({}), "problems": [], **more}  # fmt: skip


def finished(mark: str = "") -> dict[str, bytes]:
    return {f"report-{name}.pdf": tiny_pdf(f"{name} {mark}") for name in ("print", "screen", "archive")}


def payload(edition: str = EDITION, mark: str = "", **source: bytes) -> dict[str, bytes]:
    """Return the payload of a small bag: three PDFs, a manifest and source files; `mark` varies the content."""
    files = finished(mark)
    return {
        **files,
        "README.txt": b"A person in fifty years.\n",
        "manifest.json": json.dumps(manifest(edition, files)).encode(),
        f"source/data/{edition}/facts.yaml": f"facts: {{}} # {mark}\n".encode(),
        "source/report/a module.py": "# für später\n".encode(),
        **{f"source/{name}": data for name, data in source.items()},
    }


def archived(archive: Path, edition: str = EDITION, reason: str = "", mark: str = "", day: str = "2024-12-03") -> Path:
    """Archive a small edition and return the bag's folder."""
    done = add_bag(archive, label(edition, reason, day), lambda _: payload(edition, mark))
    return archive / done.identifier


def check(bag: Path, ledger: bool = True) -> BagCheck:
    """Verify one bag of an archive."""
    version = int(bag.name.removeprefix("v"))
    listed = entries(bag.parents[1]) if ledger else None
    entry = next((each for each in listed or () if (each.edition, each.version) == (bag.parent.name, version)), None)
    return check_bag(BagFolder(bag.parent.name, version, bag), entry, listed is not None)


def faults(bag: Path) -> list[tuple[str, str]]:
    """Return the kind and file of every fault of a bag."""
    return [(fault.kind, fault.file) for fault in check(bag).faults]


def all_faults(archive: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the faults of every bag by its name."""
    return {bag.name: [(each.kind, each.file) for each in bag.faults] for bag in verify(archive, None, QUIET).bags}


def all_files(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder but the lock and the index."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in files.items() if name not in {".lock", "index.html"}}


def bagit_validates(bag: Path) -> tuple[int, str]:
    """Validate a bag with the Library of Congress's bagit in a separate process. Return its status and stderr."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bagit", "--validate", "--quiet", str(bag)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr

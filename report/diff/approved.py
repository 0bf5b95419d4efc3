"""The proof that was approved: kept beside the finished sets, and what a later build differs from it in, in one line.

In: the folder of finished sets and an edition. Out: `<out>/.approved/<edition>/`, put in place in one step and replaced
only by the next approval; a line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from report.problems import Place, ReportError, error
from report.sets.outputs import current_set, publish, read_file, sha256, write_file

if TYPE_CHECKING:  # what compares is loaded only where a proof was approved, and has changed
    from report.diff.sources import FileToCompare

FOLDER = ".approved"
_VERSION = 1  # of what is told: a line told by another version is not told again


@dataclass(frozen=True, slots=True)
class ApprovedProof:
    """Where the proof is, and its files that the last build did not make."""

    folder: Path
    stale: tuple[str, ...]


def approve(out: Path, edition: str) -> ApprovedProof:
    """Keep the present set. Raises ReportError if there is none, or the proof can't be written."""
    from report.diff.sources import sources

    present = current_set(out, edition)
    if present is None:
        what, hint = f"There is no build of {edition} to approve.", f"Build it first: build.py {edition}."
        raise ReportError([error("no-build", Place(str(out / edition)), what, hint)])
    files = {path.name: read_file(path) for path in sorted(present.iterdir()) if path.is_file()}
    stale = tuple(Path(source.name).name for source in sources(present).values() if not source.current)
    return ApprovedProof(publish(out / FOLDER, edition, files), stale)


def since_approved(out: Path, edition: str, placed: str = "") -> str:
    """Return in a line how the present set differs from the proof; nothing if no proof was approved.

    `placed` is the name of the set where it is not that of the edition, as with a draft.

    One variant is compared, and pages by digests: well under a second. Never raises: a proof that can't be read is
    told.
    """
    try:
        proof, present = current_set(out / FOLDER, edition), current_set(out, placed or edition)
        if proof is None or present is None:
            return ""
        return f"Since the approved proof: {_difference(out / FOLDER / f'{placed or edition}.json', proof, present)}."
    except (ReportError, OSError) as failure:
        what = failure.problems[0].what if isinstance(failure, ReportError) else f"{failure.strerror or failure}."
        return f"The approved proof can't be compared with: {what}"


def _difference(memory: Path, proof: Path, present: Path) -> str:
    """Compare the variant that shows most, of those that the last build made."""
    from report.diff.sources import in_order, sources

    old, new = sources(proof), sources(present)
    if not (shared := in_order(old.keys() & new.keys())):
        return "it has none of these variants"
    variant = next((name for name in shared if new[name].current), shared[0])
    return _remembered(memory, old[variant], new[variant])


def _remembered(memory: Path, old: FileToCompare, new: FileToCompare) -> str:
    """Return what differs: as told before of the same two files, or by looking."""
    if old.data == new.data:
        return "nothing has changed"
    key = f"{_VERSION} {old.variant} {sha256(old.data)} {sha256(new.data)}"
    told = _read(memory)
    if told.get("of") == key and isinstance(told.get("line"), str):
        return str(told["line"])
    from report.diff.compare import glance
    from report.diff.telling import summary

    line = summary(glance(old, new))
    write_file(memory, json.dumps({"of": key, "line": line}, ensure_ascii=False).encode())
    return line


def _read(memory: Path) -> dict[str, object]:
    try:
        loaded = json.loads(memory.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}

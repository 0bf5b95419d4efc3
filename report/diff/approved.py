"""The approved proof: a copy stored beside the finished sets, and the one line that says how a later build differs.

In: the folder of finished sets and an edition. Out: `<out>/.approved/<edition>/`, put in place atomically and replaced
only by the next approval; one line of text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from report.problems import Place, ReportError, error
from report.sets.outputs import current_set, publish, read_file, sha256, write_file

if TYPE_CHECKING:  # the comparison is loaded only if a proof was approved and the set has changed since
    from report.diff.sources import FileToCompare

FOLDER = ".approved"
_VERSION = 2  # of the wording: a line cached by another version is not used


@dataclass(frozen=True, slots=True)
class ApprovedProof:
    """The folder of the proof, and the names of its files that the last build did not make."""

    folder: Path
    stale: tuple[str, ...]


def approve(out: Path, edition: str) -> ApprovedProof:
    """Store the current set as the proof. Raises ReportError if there is no set or the proof cannot be written."""
    from report.diff.sources import sources

    current = current_set(out, edition)
    if current is None:
        what, hint = f"There is no build of {edition} to approve.", f"Build it first: build.py {edition}."
        raise ReportError([error("no-build", Place(str(out / edition)), what, hint)])
    files = {path.name: read_file(path) for path in sorted(current.iterdir()) if path.is_file()}
    stale = tuple(Path(source.name).name for source in sources(current).values() if not source.current)
    return ApprovedProof(publish(out / FOLDER, edition, files), stale)


def since_approved(out: Path, edition: str, set_name: str = "") -> str:
    """Return one line that says how the current set differs from the proof; an empty string without a proof.

    `set_name` is the name of the set if it is not the edition's, as for a draft.

    Only one variant is compared, and its pages by digest, which takes well under a second. Never raises: if the proof
    cannot be read, the line says so.
    """
    try:
        proof, current = current_set(out / FOLDER, edition), current_set(out, set_name or edition)
        if proof is None or current is None:
            return ""
        return f"Since the approved proof: {_difference(out / FOLDER / f'{set_name or edition}.json', proof, current)}."
    except (ReportError, OSError) as failure:
        what = failure.problems[0].what if isinstance(failure, ReportError) else f"{failure.strerror or failure}."
        return f"The approved proof could not be compared: {what}"


def _difference(cache: Path, proof: Path, current: Path) -> str:
    """Compare one variant: the first in order among those that the last build made."""
    from report.diff.sources import in_order, sources

    old, new = sources(proof), sources(current)
    if not (shared := in_order(old.keys() & new.keys())):
        return "the proof and this build have no variant in common"
    variant = next((name for name in shared if new[name].current), shared[0])
    return _cached_summary(cache, old[variant], new[variant])


def _cached_summary(cache: Path, old: FileToCompare, new: FileToCompare) -> str:
    """Return the summary: from the cache if the same two files were compared before, else by comparing them."""
    if old.data == new.data:
        return "nothing has changed"
    key = f"{_VERSION} {old.variant} {sha256(old.data)} {sha256(new.data)}"
    cached = _read(cache)
    if cached.get("of") == key and isinstance(cached.get("line"), str):
        return str(cached["line"])
    from report.diff.compare import compare_quickly
    from report.diff.wording import summary

    line = summary(compare_quickly(old, new))
    write_file(cache, json.dumps({"of": key, "line": line}, ensure_ascii=False).encode())
    return line


def _read(cache: Path) -> dict[str, object]:
    try:
        loaded = json.loads(cache.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}

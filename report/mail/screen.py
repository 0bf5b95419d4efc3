"""The PDF to send: the one in the manifest, from the last build, whose checks passed. Any other is refused.

In: the folder of finished sets. Out: `ScreenEdition`, or a `ReportError` that says why the file must not be sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report.problems import Place, Problem, ReportError, error
from report.searchpath import SearchPath
from report.sets.freshness import source_changes
from report.sets.manifest import NAME, FileEntry, read_manifest, recorded_inputs
from report.sets.outputs import current_set, read_file, sha256

VARIANT = "screen"
_SHOWN = 8  # changed files that are named


@dataclass(frozen=True, slots=True)
class ScreenEdition:
    """The screen PDF, and the 1-based pages on which each fact appears."""

    name: str
    data: bytes
    sha256: str
    pages: int
    title: str
    facts: Mapping[str, tuple[int, ...]]


def load_screen(out: Path, edition: str, search: SearchPath | None = None) -> ScreenEdition:
    """Return the screen PDF of the last build. Raises ReportError if it may not be sent.

    With `search`, a set that is older than its data is refused.
    """
    place, hint = Place(str(out / edition)), f"Build it again: build.py {edition}"
    folder = current_set(out, edition)
    record = read_manifest(folder)
    entries = [entry for each in _list_in(record, "files") if (entry := FileEntry.read(each))]
    entry = next((each for each in entries if each.variant == VARIANT), None)
    if folder is None or entry is None or Path(entry.name).name != entry.name:
        what = f"{edition} has no screen PDF."
        raise ReportError([error("no-screen", place, what, f"Build it first: build.py {edition}")])
    data = read_file(folder / entry.name)
    problems = list(_problems(entry, data, record, out / edition, hint))
    if search and (recorded := recorded_inputs(record)):
        problems += _stale(source_changes(recorded, search, edition), place)
    if problems:
        raise ReportError(problems)
    facts = record["facts"] if isinstance(record.get("facts"), dict) else {}
    return ScreenEdition(entry.name, data, entry.sha256, entry.pages, str(record.get("title")), facts)


def _stale(changes: Sequence[str], place: Place) -> Iterator[Problem]:
    if changes:
        more = f", and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else ""
        what = f"The PDF is older than its data: {', '.join(changes[:_SHOWN])}{more}."
        yield error("stale", place, what, "Build it again, or send the PDF as it is with --stale.")


def _problems(entry: FileEntry, data: bytes, record: Mapping[str, Any], folder: Path, hint: str) -> Iterator[Problem]:
    file = Place(str(folder / entry.name))
    if sha256(data) != entry.sha256:
        yield error("not-the-one", file, f"The file has changed since {NAME} was written.", hint)
    if entry.current is not True:
        yield error("not-current", file, "The file is from an earlier build than the rest of its set.", hint)
    if not isinstance(record.get("problems"), list):
        yield error("not-checked", Place(str(folder / NAME)), "The manifest does not record that checks passed.", hint)
    for problem in _list_in(record, "problems"):
        if not isinstance(problem, dict) or problem.get("severity") != "warning":
            what = str(problem.get("what")) if isinstance(problem, dict) else str(problem)
            yield error("checks-failed", Place(str(folder / NAME)), f"The checks did not pass: {what}", hint)


def _list_in(record: Mapping[str, Any], key: str) -> list[Any]:
    value = record.get(key)
    return value if isinstance(value, list) else []

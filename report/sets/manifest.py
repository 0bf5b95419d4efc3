"""manifest.json: the files of a set, the tool versions, the problems, and the pages of each fact and chart.

In: the finished files and the problems. Out: `Manifest`, which also lists the files to write. When only some variants
are built, the others are carried over from the last set and marked as not current.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report.problems import Place, Problem, Severity
from report.sets.outputs import sha256
from report.variants import Variant

if TYPE_CHECKING:  # not needed for reading a manifest
    from report.edition.edition import Edition
    from report.engine.boxes import PageRecord

NAME = "manifest.json"
_KEYS = {"size": "bytes"}  # keys of the manifest that differ from the field names
LIBRARIES = ("weasyprint", "pydyf", "pikepdf", "pypdf", "pypdfium2", "matplotlib", "jinja2", "babel", "markdown-it-py")


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a set. `standards` maps each standard it claims to what confirmed it in this build, or None."""

    name: str
    variant: str
    role: str
    pages: int
    size: int
    sha256: str
    standards: Mapping[str, str | None]
    current: bool

    @property
    def record(self) -> dict[str, Any]:
        """The entry as stored in the manifest."""
        return {_KEYS.get(key, key): value for key, value in asdict(self).items()}

    @classmethod
    def read(cls, record: Any) -> FileEntry | None:
        """Return the entry of a manifest record, or None if another version of the program wrote it."""
        names = {_KEYS.get(each.name, each.name): each.name for each in fields(cls)}
        if not isinstance(record, dict) or set(record) != set(names):
            return None
        return cls(**{names[key]: value for key, value in record.items()})

    @classmethod
    def of(
        cls, name: str, variant: Variant, data: bytes, pages: int, confirmed: Mapping[str, str] | None = None
    ) -> FileEntry:
        """Return the entry of a file just made."""
        standards = {standard: (confirmed or {}).get(standard) for standard in variant.standards}
        return cls(name, variant.name, variant.role, pages, len(data), sha256(data), standards, True)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of manifest.json."""

    edition: str
    title: str
    files: tuple[FileEntry, ...]
    engine: Mapping[str, str]
    problems: tuple[Problem, ...]
    facts: Mapping[str, tuple[int, ...]]
    charts: Mapping[str, tuple[int, ...]]
    carried: Mapping[str, bytes]
    inputs: Mapping[str, Any] | None = None
    draft: bool = False
    to_renew: int = 0

    def as_json(self) -> str:
        """Return the manifest as JSON."""
        record: dict[str, Any] = {
            "edition": self.edition,
            "title": self.title,
            "draft": self.draft,
            **({"to_renew": self.to_renew} if self.draft else {}),
            "files": [entry.record for entry in self.files],
            "engine": dict(self.engine),
            "problems": [_problem_record(problem) for problem in self.problems],
            "facts": dict(self.facts),
            "charts": dict(self.charts),
            **({"inputs": dict(self.inputs)} if self.inputs is not None else {}),
        }
        return json.dumps(record, indent=2, ensure_ascii=False) + "\n"

    def files_to_write(self, new: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return all files of the set by name: those just made, those carried over, and the manifest."""
        return {**self.carried, **new, NAME: self.as_json().encode()}


def file_name(edition: Edition, variant: Variant, mark: str = "") -> str:
    """Return the name of a variant's file; that of a marked one says so."""
    return f"{edition.config.slug}-{variant.name}{f'-{mark}' if mark else ''}.pdf"


def manifest(
    edition: Edition,
    pages: Sequence[PageRecord],
    entries: Sequence[FileEntry],
    problems: Sequence[Problem],
    before: Path | None,
    inputs: Mapping[str, Any] | None = None,
    system: Mapping[str, str] | None = None,
    to_renew: int | None = None,
    faulty: bool = False,
) -> Manifest:
    """Return the manifest of a set. Files not built are carried over from `before`, the folder of the last set.

    `inputs` are the inputs of the set (see `freshness`). `system` has the versions of libraries that are not Python
    packages. `to_renew` is the number of marks in a draft, else None. A `faulty` set is marked as a draft is.
    """
    carried, old_entries = _carried(before, entries)
    return Manifest(
        edition=edition.config.edition,
        title=edition.config.title,
        files=(*entries, *old_entries),
        engine={**{library: version(library) for library in LIBRARIES}, **(system or {})},
        problems=tuple(problems),
        facts=_pages_of(edition.facts, [(page.number, page.facts) for page in pages]),
        charts=_pages_of(
            edition.charts, [(page.number, tuple(c.chart for c in page.components if c.chart)) for page in pages]
        ),
        carried=carried,
        draft=to_renew is not None or faulty,
        to_renew=to_renew or 0,
        inputs=inputs,
    )


def _problem_record(problem: Problem) -> dict[str, Any]:
    record = {"severity": str(problem.severity), "code": problem.code, "where": str(problem.where)}
    return {**record, "what": problem.what, "hint": problem.hint, "place": asdict(problem.where)}


def _pages_of(names: Mapping[str, Any], pages: Sequence[tuple[int, Sequence[str]]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(number for number, shown in pages if name in shown) for name in names}


def read_manifest(folder: Path | None) -> dict[str, Any]:
    """Return the manifest of a set as read from JSON, or an empty dict."""
    try:
        loaded = json.loads((folder / NAME).read_text("utf-8")) if folder else {}
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def problems_of(record: Mapping[str, Any]) -> list[Problem]:
    """Return the problems recorded in a manifest."""
    return [
        Problem(Severity[each["severity"].upper()], each["code"], Place(**each["place"]), each["what"], each["hint"])
        for each in record.get("problems", [])
    ]


def recorded_inputs(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the inputs that a manifest records for its set; empty if they are absent or malformed."""
    inputs = manifest.get("inputs")
    valid = isinstance(inputs, dict) and all(isinstance(inputs.get(key), dict) for key in ("files", "asked"))
    return inputs if valid and isinstance(inputs, dict) else {}


def _carried(before: Path | None, new: Sequence[FileEntry]) -> tuple[dict[str, bytes], list[FileEntry]]:
    files, entries = {}, []
    for record in read_manifest(before).get("files", []):
        entry = FileEntry.read(record)
        made = before is None or entry is None or any(entry.variant == each.variant for each in new)
        if made or before is None or entry is None:  # the file's name may have changed
            continue
        path = before / entry.name
        if Path(entry.name).name == entry.name and path.is_file() and not path.is_symlink():
            files[entry.name] = path.read_bytes()
            entries.append(replace(entry, current=False))
    return files, entries

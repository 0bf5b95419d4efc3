"""What goes into a bag, or every reason why not: the finished set and the complete source that it was made from.

In: the project, an edition and its set. Out: `ArchiveSources`, with each file's bytes; or a ReportError with all
problems.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report.archive.repository import Repository, repository
from report.press.printers import printer_names
from report.problems import Place, Problem, ReportError, error
from report.project import Project
from report.sets.freshness import Inputs
from report.sets.freshness import gather as inputs
from report.sets.manifest import NAME, FileEntry, read_manifest
from report.sets.outputs import current_set, sha256

NEEDED = ("print", "screen", "archive")
# The source where git does not tell it; what is hidden or made by Python is left out.
SOURCE = ("build.py", "report", "layouts", "styles", "figures", "data", "tests", "tools", "docs", "bench", "examples",
          "pyproject.toml", "requirements.lock", "requirements-dev.lock", "Makefile", "README.md", "CHANGELOG.md",
          "LICENSE", ".gitignore", ".ci")  # fmt: skip
_AGAIN = "Build it again: build.py {}"
_MOST_NAMED = 12
OWN = "project"  # the folder in the source of a project that lies outside the press


@dataclass(frozen=True, slots=True)
class ArchiveSources:
    """The finished files by variant and all of the set by name, the source by path, and where that comes from.

    `own` is the project's folder in the source, where it is one with the press behind it; else empty.
    """

    manifest: Mapping[str, Any]
    entries: tuple[FileEntry, ...]
    files: Mapping[str, bytes]
    source: Mapping[str, bytes]
    commit: str
    day: str
    own: str


def gather(project: Project, name: str, out: Path, archive: Path, allow_uncommitted: bool) -> ArchiveSources:
    """Read the set and the source. Raises ReportError if the set is not whole, current and made from this source."""
    folder = current_set(out, name)
    if folder is None:
        what = f"There is no finished set of {name}."
        raise ReportError([error("no-set", Place(str(out / name)), what, f"Build it first: build.py {name}")])
    kept = _repositories(project, (out, archive))
    git = kept[project.root]
    try:
        manifest, entries, files, problems = _finished(folder, name)
        problems += _not_of_this_source(project, name, manifest)
        problems += (
            [] if allow_uncommitted else dict.fromkeys(each for git in kept.values() for each in _uncommitted(git))
        )
        source, more = _source(project, name, kept, allow_uncommitted)
    except OSError as failure:
        what = f"It can't be read: {failure.strerror or failure}."
        hint = "If a build is running, wait for it and archive then."
        raise ReportError([error("set-unreadable", Place(str(failure.filename)), what, hint)]) from None
    if problems := [*problems, *more]:
        raise ReportError(problems)
    return ArchiveSources(
        manifest, entries, files, source, git.commit if git else "", git.day if git else "", own_folder(project)
    )


def _repositories(project: Project, aside: Sequence[Path]) -> dict[Path, Repository | None]:
    """Ask git about the press, where the project has one behind it, and about the project: its files come last."""
    own, *program = project.search.folders
    return {**{home: repository(home, (*aside, own)) for home in program}, own: repository(own, aside)}


def _finished(
    folder: Path, name: str
) -> tuple[Mapping[str, Any], tuple[FileEntry, ...], dict[str, bytes], list[Problem]]:
    """Read the finished files, and compare each with the manifest."""
    manifest, place = read_manifest(folder), Place(NAME)
    entries = tuple(filter(None, map(FileEntry.read, _listed(manifest, "files"))))
    files, problems = {NAME: (folder / NAME).read_bytes()}, []
    if lacking := [variant for variant in NEEDED if variant not in {entry.variant for entry in entries}]:
        problems.append(error("incomplete", place, f"The set has no {', '.join(lacking)} file.", _AGAIN.format(name)))
    for entry in entries:
        where, path = Place(entry.name), folder / entry.name
        if not entry.current:
            what = "The file is from an earlier build than the others."
            problems.append(error("not-current", where, what, _AGAIN.format(name)))
        elif (
            path.name != entry.name
            or not path.is_file()
            or sha256(files.setdefault(entry.name, path.read_bytes())) != entry.sha256
        ):
            what = "The file is not the one in the manifest."
            problems.append(error("not-in-manifest", where, what, _AGAIN.format(name)))
    if manifest.get("draft"):
        problems.append(
            error("draft", place, "The set is a draft.", "Finish the edition, and build it without --draft.")
        )
    for found in _listed(manifest, "problems"):
        if isinstance(found, dict) and found.get("severity") == "error":
            problems.append(error("has-errors", place, f"The build found an error: {found.get('what')}", "Mend it."))
    if (printer := printer_of(manifest)) not in printer_names():
        what = f"The printer `{printer}` is not in report/printers/, so it would not be archived."
        problems.append(error("foreign-printer", place, what, "Put its file and profile there, and build again."))
    return manifest, entries, files, problems


def _listed(manifest: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list of a manifest; nothing where it holds something else."""
    found = manifest.get(key)
    return found if isinstance(found, list) else []


def _not_of_this_source(project: Project, name: str, manifest: Mapping[str, Any]) -> list[Problem]:
    """Name the files of the source that are not those that the set was made from."""
    before = made_from(manifest)
    if not before:
        what = "The manifest does not say what the set was made from."
        return [error("not-current", Place(NAME), what, _AGAIN.format(name))]
    now = Inputs(inputs(project.search, name).files, str(before.get("tools")), {})
    what = "The set was not made from the present source: {}."
    reasons = now.reasons(before)
    more = f", and {len(reasons) - _MOST_NAMED} more" if len(reasons) > _MOST_NAMED else ""
    told = what.format(", ".join(reasons[:_MOST_NAMED]) + more)
    return [error("not-current", Place(NAME), told, _AGAIN.format(name))] if reasons else []


def printer_of(manifest: Mapping[str, Any]) -> str:
    """Return the printer that a set was made for."""
    return str(made_from(manifest).get("asked", {}).get("printer", ""))


def made_from(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a manifest says that its set was made from; nothing where it does not say."""
    found = manifest.get("inputs")
    sound = isinstance(found, dict) and all(isinstance(found.get(key), dict) for key in ("files", "asked"))
    return found if sound and isinstance(found, dict) else {}


def _uncommitted(git: Repository | None) -> Iterator[Problem]:
    hint = "Commit it, or archive it as it is with --allow-uncommitted."
    if git is None:
        yield error("uncommitted", Place("."), "There is no git repository here that would know the source.", hint)
        return
    for path in git.changes[:_MOST_NAMED]:
        yield error("uncommitted", Place(path), "The change is not committed.", hint)
    if (more := len(git.changes) - _MOST_NAMED) > 0:
        yield error("uncommitted", Place("."), f"{more} more changes are not committed.", hint)


def _source(
    project: Project, name: str, kept: Mapping[Path, Repository | None], allow_uncommitted: bool
) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the complete source, but for later editions, which this one can't know.

    A project with the press behind it stays a folder of its own in the press's, since what it sets comes last.
    """
    later = tuple(f"data/{edition}/" for edition in project.editions if edition > name)
    own = own_folder(project)
    source: dict[str, bytes] = {}
    problems: list[Problem] = []
    for home, git in kept.items():
        listed = set(git.files) | set(git.changes if allow_uncommitted else ()) if git else set(_walk(home))
        for path in sorted(listed):
            foreign = home != project.root and path.startswith("data/") and not path.startswith("data/schema/")
            whole = home / path
            if foreign or path.startswith(later) or not (whole.exists() or whole.is_symlink()):
                continue
            if whole.is_symlink() or not whole.is_file():
                what = "It is a link; an archive keeps files."
                problems.append(error("link", Place(path), what, "Put the file itself in its place."))
            else:
                source[f"{own}/{path}" if own and home == project.root else path] = whole.read_bytes()
    return source, problems


def own_folder(project: Project) -> str:
    """Return where a project with the press behind it lies in the source; nothing where it is the press itself."""
    own, *program = project.search.folders
    if not program:
        return ""
    inside = own.resolve().is_relative_to(program[0].resolve())
    return own.resolve().relative_to(program[0].resolve()).as_posix() if inside else OWN


def _walk(root: Path) -> Iterator[str]:
    for name in SOURCE:
        path = root / name
        for each in (path, *path.rglob("*")) if path.is_dir() else (path,):
            parts = each.relative_to(root).parts
            inner = any(part == "__pycache__" or part.startswith(".") for part in parts[1:])
            if not inner and (each.is_symlink() or each.is_file()):
                yield each.relative_to(root).as_posix()

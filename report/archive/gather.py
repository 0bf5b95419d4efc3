"""Gathering the contents of a bag: the finished set and the complete source that it was built from.

In: the project, an edition and its set. Out: `ArchiveSources` with the bytes of each file, or a ReportError with every
reason to refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report.archive.privacy import is_private, leaked_addresses
from report.archive.repository import Repository, read_repository
from report.press.printers import is_path, own_files, printer_names
from report.problems import Place, Problem, ReportError, error
from report.project import Project
from report.sets.freshness import source_changes
from report.sets.manifest import NAME, FileEntry, read_manifest, recorded_inputs
from report.sets.outputs import current_set, sha256
from report.variants import VARIANTS

_MADE = ("dist/", ".cache/", "archive/")  # what the program makes, which nobody commits
REQUIRED = ("print", "screen", "archive")
# The source if git is not available. Hidden files and Python's caches are left out.
SOURCE = ("build.py", "report", "layouts", "styles", "figures", "printers", "data", "tests", "tools", "docs", "bench",
          "examples", "pyproject.toml", "requirements.lock", "requirements-dev.lock", "Makefile", "README.md",
          "CHANGELOG.md", "LICENSE", ".gitignore", ".ci")  # fmt: skip
_BUILD_AGAIN = "Build it again: build.py {}"
_MAX_LISTED = 12
PROJECT_FOLDER = "project"  # the folder in the source for a project that lies outside the program's folder


@dataclass(frozen=True, slots=True)
class ArchiveSources:
    """The manifest and its file entries, the set's files by name, the source files by path, and the last commit.

    `day` is the ISO date of the commit; both are empty without git. `project_folder` is the project's folder in the
    source if it is separate from the program, otherwise empty.
    """

    manifest: Mapping[str, Any]
    entries: tuple[FileEntry, ...]
    files: Mapping[str, bytes]
    source: Mapping[str, bytes]
    commit: str
    day: str
    project_folder: str


def gather(project: Project, name: str, out: Path, archive: Path, allow_uncommitted: bool) -> ArchiveSources:
    """Read the set and the source. Raises ReportError if the set is incomplete, stale or built from other source."""
    folder = current_set(out, name)
    if folder is None:
        what = f"{name} has no finished set."
        raise ReportError([error("no-set", Place(str(out / name)), what, f"Build it first: build.py {name}")])
    repositories = _repositories(project, (out, archive))
    git = repositories[project.root]
    try:
        manifest, entries, files, problems = _read_set(folder, name)
        problems += _foreign_printer(project, printer_of(manifest))
        problems += _stale_source_problems(project, name, manifest)
        if not allow_uncommitted:
            problems += dict.fromkeys(each for git in repositories.values() for each in _uncommitted_problems(git))
        problems += _misplaced_folders(project, {"--out": out, "--archive": archive})
        source, link_problems = _read_source(project, name, repositories, allow_uncommitted)
        problems += _missing_inputs(project, manifest, source)
    except OSError as failure:
        what = f"The file could not be read: {failure.strerror or failure}."
        hint = "If a build is running, wait until it has finished, then archive again."
        raise ReportError([error("set-unreadable", Place(str(failure.filename)), what, hint)]) from None
    if problems := [*problems, *link_problems]:
        raise ReportError(problems)
    return ArchiveSources(
        manifest, entries, files, source, git.commit if git else "", git.day if git else "", project_folder(project)
    )


def _repositories(project: Project, excluded: Sequence[Path]) -> dict[Path, Repository | None]:
    """Return what git knows about the program's folder, if it is separate, and the project's folder, in that order.

    The project comes last, so that its files take precedence.
    """
    own, *program = project.search.folders
    return {**{home: read_repository(home, (*excluded, own)) for home in program}, own: read_repository(own, excluded)}


def _read_set(
    folder: Path, name: str
) -> tuple[Mapping[str, Any], tuple[FileEntry, ...], dict[str, bytes], list[Problem]]:
    """Read the finished files and compare each with the manifest."""
    manifest, place, hint = read_manifest(folder), Place(NAME), _BUILD_AGAIN.format(name)
    entries = tuple(filter(None, map(FileEntry.read, _list_in(manifest, "files"))))
    files, problems = {NAME: (folder / NAME).read_bytes()}, []
    if absent := [variant for variant in REQUIRED if variant not in {entry.variant for entry in entries}]:
        problems.append(error("incomplete", place, f"The set has no {', '.join(absent)} file.", hint))
    for entry in entries:
        where, path = Place(entry.name), folder / entry.name
        if not entry.current:
            what = "The file is from an earlier build than the rest of its set."
            again = f"{hint} --cover" if VARIANTS[entry.variant].part != "all" else hint
            problems.append(error("not-current", where, what, again))
        elif (
            path.name != entry.name
            or not path.is_file()
            or sha256(files.setdefault(entry.name, path.read_bytes())) != entry.sha256
        ):
            what = "The file differs from the one described in the manifest."
            problems.append(error("not-in-manifest", where, what, hint))
    if manifest.get("draft"):
        problems.append(
            error("draft", place, "The set is a draft.", "Finish the edition and build it without --draft.")
        )
    for problem in _list_in(manifest, "problems"):
        if isinstance(problem, dict) and problem.get("severity") == "error":
            what = f"The build found an error: {problem.get('what')}"
            problems.append(error("has-errors", place, what, "Correct the error and build again."))
    return manifest, entries, files, problems


def _list_in(manifest: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list from a manifest; empty if the value is not a list."""
    value = manifest.get(key)
    return value if isinstance(value, list) else []


def _stale_source_problems(project: Project, name: str, manifest: Mapping[str, Any]) -> list[Problem]:
    """Return a problem that lists the source files changed since the set was built."""
    recorded, hint = recorded_inputs(manifest), _BUILD_AGAIN.format(name)
    if not recorded:
        what = "The manifest does not record what the set was built from."
        return [error("not-current", Place(NAME), what, hint)]
    reasons = source_changes(recorded, project.search, name)
    more = f", and {len(reasons) - _MAX_LISTED} more" if len(reasons) > _MAX_LISTED else ""
    what = f"The set was not built from the present source: {', '.join(reasons[:_MAX_LISTED])}{more}."
    return [error("not-current", Place(NAME), what, hint)] if reasons else []


def _foreign_printer(project: Project, printer: str) -> Iterator[Problem]:
    """A printer whose files lie outside the project would be missing in the archive, and nothing could be built."""
    known = not is_path(printer) and printer in printer_names(project.search)
    outside = [path for path in own_files(printer, project.search) if not project.search.contains(path)]
    if known and not outside:
        return
    file = outside[0].as_posix() if outside else f"The printer `{printer}`"
    what = f"{file} is not part of the project, so it would not be archived."
    hint = "Put the printer's file and its profile into printers/ and build again."
    yield error("foreign-printer", Place(NAME), what, hint)


def printer_of(manifest: Mapping[str, Any]) -> str:
    """Return the name of the printer that a set was built for."""
    return str(recorded_inputs(manifest).get("asked", {}).get("printer", ""))


def _uncommitted_problems(git: Repository | None) -> Iterator[Problem]:
    hint = "Commit it, or archive the source as it is with --allow-uncommitted."
    if git is None:
        yield error("uncommitted", Place("."), "The source is not in a git repository, or git is missing.", hint)
        return
    changes = [path for path in git.changes if not path.startswith(_MADE) and not is_private(path)]
    for path in changes[:_MAX_LISTED]:
        yield error("uncommitted", Place(path), "The change is not committed.", hint)
    if (more := len(changes) - _MAX_LISTED) > 0:
        yield error("uncommitted", Place("."), f"{more} more changes are not committed.", hint)


def _misplaced_folders(project: Project, folders: Mapping[str, Path]) -> Iterator[Problem]:
    """An output folder is left out of the source, and must not take any source with it."""
    root = project.root.resolve()
    for option, folder in folders.items():
        place = folder.resolve()
        if place == root or any(place.is_relative_to(root / name) for name in SOURCE):
            what = f"{option} leads to a folder with source files, which would not be archived."
            yield error("output-place", Place(str(folder)), what, "Use a folder of its own, such as dist or archive.")


def _missing_inputs(project: Project, manifest: Mapping[str, Any], source: Mapping[str, bytes]) -> Iterator[Problem]:
    """A file that the build read, and that git is told to ignore, would be missing when the files are built again."""
    own = project_folder(project)
    for path in sorted(recorded_inputs(manifest).get("files", {})):
        if (
            not Path(path).is_absolute()
            and not is_private(path)
            and path not in source
            and f"{own}/{path}" not in source
        ):
            hint = "Remove it from .gitignore and commit it."
            yield error("ignored-input", Place(path), "The build read this file, but git ignores it.", hint)


def _read_source(
    project: Project, name: str, repositories: Mapping[Path, Repository | None], allow_uncommitted: bool
) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the complete source, and a problem for each link in it. Later editions are left out.

    A project outside the program's folder keeps its own folder in the source, because its files override the program's.
    """
    later = tuple(f"data/{edition}/" for edition in project.editions if edition > name)
    own = project_folder(project)
    source: dict[str, bytes] = {}
    problems: list[Problem] = []
    for home, git in repositories.items():
        changes = (path for path in (git.changes if git and allow_uncommitted else ()) if _is_source(path))
        paths = {*git.files, *changes} if git else set(_walk(home))
        for path in sorted(paths):
            foreign = home != project.root and path.startswith("data/") and not path.startswith("data/schema/")
            file = home / path
            if foreign or is_private(path) or path.startswith(later) or not (file.exists() or file.is_symlink()):
                continue
            if file.is_symlink() or not file.is_file():
                what = "This is a link. Links cannot be archived."
                problems.append(error("link", Place(path), what, "Replace it with the file itself."))
            else:
                source[f"{own}/{path}" if own and home == project.root else path] = file.read_bytes()
    return source, [*problems, *leaked_addresses(project.root, source)]


def _is_source(path: str) -> bool:
    """Return whether an uncommitted file is one that would be committed: not made by a build, not hidden."""
    first, *rest = Path(path).parts
    hidden = first.startswith(".") and first not in SOURCE
    return not hidden and not path.startswith(_MADE) and not any(part.startswith((".", "__pycache__")) for part in rest)


def project_folder(project: Project) -> str:
    """Return the folder in the source of a project that is separate from the program; empty if they are the same."""
    own, *program = project.search.folders
    if not program:
        return ""
    inside = own.resolve().is_relative_to(program[0].resolve())
    return own.resolve().relative_to(program[0].resolve()).as_posix() if inside else PROJECT_FOLDER


def _walk(root: Path) -> Iterator[str]:
    """Yield the paths of the files in SOURCE."""
    for name in SOURCE:
        path = root / name
        for each in (path, *path.rglob("*")) if path.is_dir() else (path,):
            parts = each.relative_to(root).parts
            hidden = any(part == "__pycache__" or part.startswith(".") for part in parts[1:])
            if not hidden and (each.is_symlink() or each.is_file()):
                yield each.relative_to(root).as_posix()

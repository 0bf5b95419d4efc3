"""Building an archived edition again from its own source, and comparing the files byte for byte.

In: a bag. Out: a `RebuildResult`: whether each file is identical, and the causes of differences, which are the version
of the engine or of a library, a font, or the content. The bag's own program runs in a copy of its source, with the
present Python.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report.archive import ledger
from report.archive.bag import project_folder
from report.archive.difference import different_fonts, first_difference
from report.archive.gather import printer_of
from report.archive.ledger import BagFolder
from report.archive.verify import check_bag
from report.problems import Place, ReportError, did_you_mean, error
from report.progress import Progress
from report.sets.manifest import read_manifest, recorded_inputs

ENGINE = ("weasyprint", "pango", "harfbuzz")
_STDERR_LINES = 30  # the last lines of a failed build's output that are reported


@dataclass(frozen=True, slots=True)
class FileDifference:
    """One file: whether it is identical, and if not, the first difference."""

    name: str
    same: bool
    difference: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of differences. `kind` is engine version, library, font or content; `archived` and `now` its values."""

    kind: str
    name: str
    archived: str
    now: str


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """The result of building a bag again."""

    bag: str
    same: bool
    files: tuple[FileDifference, ...]
    causes: tuple[Cause, ...]

    def table(self) -> str:
        """Return the comparison as text."""
        lines = [f"{self.bag}, built again from its own source", ""]
        for file in self.files:
            lines.append(f"  {'same' if file.same else 'DIFFERS':<8} {file.name}")
            lines += [f"           {file.difference}"] if file.difference else []
        if self.causes:
            lines += ["", "Differences in the environment or source"]
            lines += [f"  {cause.kind}: {cause.name}: {cause.archived} → {cause.now}" for cause in self.causes]
        summary = "The files are identical." if self.same else "The files are NOT identical."
        if self.same and self.causes:
            summary += " The differences listed above had no effect."
        return "\n".join([*lines, "", summary])


def rebuild(archive: Path, edition: str, version: str | None, progress: Progress) -> RebuildResult:
    """Build an archived edition again. Raises ReportError if the bag is missing or damaged, or if the build fails."""
    bag = _find_bag(archive, edition, version)
    with progress.stage("verify") as stage:
        verification = check_bag(bag)
        stage.count = f"{verification.files:,} files"
    if verification.faults:
        raise ReportError(verification.problems)
    payload = bag.path / "data"
    archived = read_manifest(payload)
    with tempfile.TemporaryDirectory(prefix="rebuild-") as folder:
        with progress.stage("build") as stage:
            rebuilt = _build(payload / "source", Path(folder), archived, bag)
            stage.count = f"{edition}, with its own program"
        with progress.stage("compare"):
            return compare(bag.name, payload, archived, rebuilt)


def compare(bag: str, payload: Path, archived: Mapping[str, Any], rebuilt: Path) -> RebuildResult:
    """Compare the files of a bag with the rebuilt ones. `archived` is the bag's manifest, `rebuilt` the new set."""
    files, fonts = [], set[str]()
    for entry in archived.get("files", ()):
        before, path = (payload / entry["name"]).read_bytes(), rebuilt / entry["name"]
        if not path.is_file():
            files.append(FileDifference(entry["name"], False, "The rebuild did not produce this file."))
            continue
        after = path.read_bytes()
        difference = first_difference(before, after)
        fonts.update(different_fonts(before, after) if difference else ())
        files.append(FileDifference(entry["name"], before == after, difference))
    same = all(file.same for file in files)
    now = read_manifest(rebuilt)
    causes = [*_version_causes(archived, now), *_source_causes(archived, now)]
    unexplained = not same and not fonts and not causes
    causes += [Cause("font", name, "as archived", "another program or subset") for name in sorted(fonts)]
    if unexplained:
        causes.append(Cause("content", "the pages", "as archived", "drawn differently by the same versions"))
    return RebuildResult(bag, same, tuple(files), tuple(causes))


def _find_bag(archive: Path, edition: str, version: str | None) -> BagFolder:
    folders = ledger.bags(archive)
    versions = [bag for bag in folders if bag.edition == edition and bag.version]
    if not versions:
        hint = did_you_mean(edition, {bag.edition for bag in folders}) or "List the editions: build.py archive list"
        raise ReportError([error("no-bags", Place(str(archive)), f"The archive has no bag of {edition}.", hint)])
    chosen = [bag for bag in versions if version in (None, bag.path.name, str(bag.version))]
    if not chosen:
        what = "The archive does not have this version."
        hint = f"Available: {', '.join(bag.path.name for bag in versions)}."
        raise ReportError([error("no-version", Place(f"{edition}/{version}"), what, hint)])
    return chosen[-1]


def _build(source: Path, folder: Path, archived: Mapping[str, Any], bag: BagFolder) -> Path:
    """Run the bag's program in a copy of its source. Return the folder of the finished set."""
    home, out = folder / "source", folder / "out"
    for path in sorted(source.rglob("*")):
        if path.is_file():
            target = home / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    command = [
        sys.executable,
        "build.py",
        bag.edition,
        "--out",
        str(out),
        "--quiet",
        "--printer",
        printer_of(archived),
    ]
    if project := project_folder(bag.path):
        command[2:2] = ["--project", project]
    if any(entry["variant"] == "cover" for entry in archived.get("files", ())):
        command.append("--cover")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    process = subprocess.run(command, cwd=home, env=environment, capture_output=True, encoding="utf-8",
                             errors="replace", stdin=subprocess.DEVNULL, check=False,
                             ) if (home / "build.py").is_file() else None  # fmt: skip
    built = out / bag.edition
    if process is None or process.returncode or not (built / "manifest.json").is_file():
        output = process.stderr.splitlines()[-_STDERR_LINES:] if process else ["The bag has no build.py."]
        what = "The bag's own program failed: " + " / ".join(line.strip() for line in output if line.strip())
        hint = "Install the versions in data/source/requirements.lock in a separate environment and use its Python."
        raise ReportError([error("rebuild", Place(bag.name), what, hint)])
    return built


def _version_causes(archived: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Cause]:
    before, after = archived.get("engine", {}), now.get("engine", {})
    changed = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    for name in changed:
        kind = "engine version" if name in ENGINE else "library"
        yield Cause(kind, name, before.get(name, "none"), after.get(name, "none"))
    tools = [str(recorded_inputs(manifest).get("tools", "none"))[:10] for manifest in (archived, now)]
    if not changed and tools[0] != tools[1]:
        yield Cause("library", "not named in the manifest", *tools)


def _source_causes(archived: Mapping[str, Any], now: Mapping[str, Any]) -> list[Cause]:
    """Return the source files that differ from the manifest, which happens if git did not track all of the source."""
    before, after = (recorded_inputs(manifest).get("files", {}) for manifest in (archived, now))
    return [
        Cause(
            "font" if path.startswith("styles/fonts/") else "content", f"source, {path}", *_digests(path, before, after)
        )
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def _digests(path: str, *files: Mapping[str, str]) -> tuple[str, str]:
    first, second = (each.get(path, "none")[:10] for each in files)
    return first, second

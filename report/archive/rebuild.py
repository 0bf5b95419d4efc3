"""An archived edition built again from its own source, and compared with what was archived, byte by byte.

In: a bag. Out: `RebuildResult`: for each file whether it is the same, and what makes the difference: the version of the
engine or of a library, a font, or the content. The bag's own program runs, in a copy of its source, with the
Python of today.
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
from report.archive.bag import own_folder
from report.archive.difference import different_fonts, first_difference
from report.archive.gather import made_from, printer_of
from report.archive.ledger import BagFolder
from report.archive.verify import check_bag
from report.problems import Place, ReportError, did_you_mean, error
from report.progress import Progress
from report.sets.manifest import read_manifest

ENGINE = ("weasyprint", "pango", "harfbuzz")
_TOLD = 30  # lines of what a failed build said


@dataclass(frozen=True, slots=True)
class FileDifference:
    """One file: whether it came out the same, and if not, where it parts first."""

    name: str
    same: bool
    difference: str


@dataclass(frozen=True, slots=True)
class Cause:
    """What differs: `kind` is engine version, library, font or content; then its name, and what it was and is."""

    kind: str
    name: str
    archived: str
    now: str


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """A bag built again."""

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
            lines += ["", "What differs"]
            lines += [f"  {cause.kind}: {cause.name}: {cause.archived} → {cause.now}" for cause in self.causes]
        told = "The bytes are the same." if self.same else "The bytes are NOT the same."
        if self.same and self.causes:
            told += " What differs made no difference."
        return "\n".join([*lines, "", told])


def rebuild(archive: Path, edition: str, version: str | None, progress: Progress) -> RebuildResult:
    """Build an archived edition again. Raises ReportError if there is no such bag, or it is damaged, or fails."""
    bag = _bag(archive, edition, version)
    with progress.stage("verify") as stage:
        checked = check_bag(bag)
        stage.count = f"{checked.files:,} files"
    if checked.faults:
        raise ReportError(checked.problems)
    payload = bag.path / "data"
    archived = read_manifest(payload)
    with tempfile.TemporaryDirectory(prefix="rebuild-") as folder:
        with progress.stage("build") as stage:
            made = _built(payload / "source", Path(folder), archived, bag)
            stage.count = f"{edition}, with its own program"
        with progress.stage("compare"):
            return compare(bag.name, payload, archived, made)


def compare(bag: str, payload: Path, archived: Mapping[str, Any], made: Path) -> RebuildResult:
    """Compare the files of a bag with those just built."""
    files, fonts = [], set[str]()
    for entry in archived.get("files", ()):
        before, path = (payload / entry["name"]).read_bytes(), made / entry["name"]
        if not path.is_file():
            files.append(FileDifference(entry["name"], False, "It was not made this time."))
            continue
        after = path.read_bytes()
        difference = first_difference(before, after)
        fonts.update(different_fonts(before, after) if difference else ())
        files.append(FileDifference(entry["name"], before == after, difference))
    same = all(file.same for file in files)
    causes = [*_versions(archived, read_manifest(made)), *_source(archived, read_manifest(made))]
    known = {cause.kind for cause in causes}
    causes += [Cause("font", name, "as archived", "another program or subset") for name in sorted(fonts)]
    if not same and not fonts and not known:
        causes.append(Cause("content", "the pages", "as archived", "drawn in another way, by the same versions"))
    return RebuildResult(bag, same, tuple(files), tuple(causes))


def _bag(archive: Path, edition: str, version: str | None) -> BagFolder:
    found = ledger.bags(archive)
    of_edition = [bag for bag in found if bag.edition == edition and bag.version]
    if not of_edition:
        hint = did_you_mean(edition, {bag.edition for bag in found}) or "`build.py archive list` shows what is there."
        raise ReportError([error("no-bags", Place(str(archive)), f"There is no bag of {edition} here.", hint)])
    chosen = [bag for bag in of_edition if version in (None, bag.path.name, str(bag.version))]
    if not chosen:
        hint = f"There are {', '.join(bag.path.name for bag in of_edition)}."
        raise ReportError([error("no-version", Place(f"{edition}/{version}"), "There is no such version.", hint)])
    return chosen[-1]


def _built(source: Path, folder: Path, archived: Mapping[str, Any], bag: BagFolder) -> Path:
    """Run the bag's program in a copy of its source, and return the folder of what it made."""
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
    if own := own_folder(bag.path):
        command[2:2] = ["--project", own]
    if any(entry["variant"] == "cover" for entry in archived.get("files", ())):
        command.append("--cover")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, encoding="utf-8", errors="replace",
                          stdin=subprocess.DEVNULL, check=False) if (home / "build.py").is_file() else None  # fmt: skip
    made = out / bag.edition
    if done is None or done.returncode or not (made / "manifest.json").is_file():
        said = done.stderr.splitlines()[-_TOLD:] if done else ["The bag has no build.py."]
        what = "Its own program can't build it any more: " + " / ".join(line.strip() for line in said if line.strip())
        hint = "Set up the versions of data/source/requirements.lock in an environment of its own, and use its Python."
        raise ReportError([error("rebuild", Place(bag.name), what, hint)])
    return made


def _versions(archived: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Cause]:
    before, after = archived.get("engine", {}), now.get("engine", {})
    named = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    for name in named:
        kind = "engine version" if name in ENGINE else "library"
        yield Cause(kind, name, before.get(name, "none"), after.get(name, "none"))
    tools = [str(made_from(manifest).get("tools", "none"))[:10] for manifest in (archived, now)]
    if not named and tools[0] != tools[1]:
        yield Cause("library", "one that the manifest does not name", *tools)


def _source(archived: Mapping[str, Any], now: Mapping[str, Any]) -> list[Cause]:
    """The bag's source is what the files should be made from; where it is not, git did not have all of it."""
    before, after = (made_from(manifest).get("files", {}) for manifest in (archived, now))
    return [
        Cause("font" if path.startswith("styles/fonts/") else "content", f"source, {path}", *_both(path, before, after))
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def _both(path: str, *files: Mapping[str, str]) -> tuple[str, str]:
    first, second = (each.get(path, "none")[:10] for each in files)
    return first, second

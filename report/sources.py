"""What an edition is made from, part by part: data, layouts, styles, fonts, figures, printers and code.

In: the project's folder. Out: one digest for each part, for the manifest: whoever has the finished files can tell later
whether they were made from the source beside them, and if not, which part of it is another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from report.outputs import sha256

# Each part with its files and folders, and what below them belongs to another part.
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "data": (("data/{edition}",), ()),
    "layouts": (("layouts",), ("layouts/reports",)),
    "styles": (("styles",), ("styles/fonts",)),
    "fonts": (("styles/fonts",), ()),
    "figures": (("figures",), ()),
    "printers": (("report/printers",), ()),
    "code": (("build.py", "report"), ("report/printers",)),
}
EARLIER = "earlier editions"


def digests(root: Path, edition: str, editions: Sequence[str]) -> dict[str, str]:
    """Return the SHA-256 of each part: of the sorted lines of name and SHA-256 of its files.

    `editions` are all that there are; those before this one are a part too, since figures may be compared with theirs.
    """
    found = {
        part: _digest(root, [each.format(edition=edition) for each in inside], outside)
        for part, (inside, outside) in PARTS.items()
    }
    before = [f"data/{name}" for name in editions if name < edition]
    return {**found, EARLIER: _digest(root, before, ())}


def _digest(root: Path, inside: list[str], outside: tuple[str, ...]) -> str:
    """What is hidden or made by Python itself is no source."""
    lines = []
    for name, path in sorted(_files(root, inside)):
        parts = Path(name).parts
        if any(part.startswith(".") or part == "__pycache__" for part in parts):
            continue
        if not any(name.startswith(f"{each}/") for each in outside):
            lines.append(f"{name} {sha256(path.read_bytes())}\n")
    return sha256("".join(lines).encode())


def _files(root: Path, names: list[str]) -> Iterator[tuple[str, Path]]:
    for name in names:
        path = root / name
        if path.is_file():
            yield name, path
        for each in path.rglob("*") if path.is_dir() else ():
            if each.is_file():
                yield each.relative_to(root).as_posix(), each

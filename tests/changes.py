"""Pages and files for comparison tests: plain records, and small PDFs with standard fonts."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from report.diff.compare import Comparison, compare
from report.diff.outcome import FileChange
from report.diff.records import ReadPage, Style, Word
from report.diff.sources import FileToCompare
from report.geometry import Insets, Rect
from report.processes import jobs as parallel
from report.progress import Progress

PLAIN = Style("Helvetica", 10, "#000000")
SILENT = Progress(quiet=True)


def page(number: int, text: str, label: str = "", left: float = 50, top: float = 100) -> ReadPage:
    """Return a page of lines 12 points apart, with characters 5 points wide. A word that ends in `~` is hyphenated."""
    words: list[Word] = []
    for line, content in enumerate(text.split("\n")):
        x = left
        for each in content.split():
            width = 5.0 * len(each)
            box = Rect.of_size(x, top + 12 * line, width, 9)
            words.append(Word(each.rstrip("~"), box, PLAIN, line, each.endswith("~")))
            x += width + 5
    digest = hashlib.sha256(repr([(word.text, word.box) for word in words]).encode()).hexdigest()
    return ReadPage(number, label, 612, 792, Insets(), tuple(words), digest, digest, bytes([250] * 768))


def restyled(made: ReadPage, style: Style) -> ReadPage:
    """Return the page in another style."""
    return replace(made, words=tuple(replace(word, style=style) for word in made.words))


@dataclass(frozen=True)
class Drawn:
    """A page to draw: lines of text from the top, extra content stream operators, and page dictionary entries."""

    lines: Sequence[str] = ()
    content: str = ""
    size: tuple[float, float] = (300, 400)
    entries: dict[str, object] | None = None
    font: str = "Helvetica"
    colour: str = "0 0 0 rg"
    top: float = 60


def file_of(*pages: Drawn | str, title: str = "") -> bytes:
    """Return a PDF. A string is a page with these lines."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for each in pages:
            drawn = Drawn(each.split("\n")) if isinstance(each, str) else each
            pdf.add_blank_page(page_size=drawn.size)
            made = pdf.pages[-1]
            font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name(f"/{drawn.font}"))
            made.obj[Name.Resources] = Dictionary(Font=Dictionary(F=font))
            made.obj[Name.Contents] = pdf.make_stream(_content(drawn).encode())
            for key, value in (drawn.entries or {}).items():
                made.obj[f"/{key}"] = Array(value) if isinstance(value, list) else value
        if title:
            pdf.docinfo["/Title"] = pikepdf.String(title)
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _content(drawn: Drawn) -> str:
    lines = [
        f"BT {drawn.colour} /F 10 Tf 40 {drawn.size[1] - drawn.top - 14 * line:g} Td ({text}) Tj ET"
        for line, text in enumerate(drawn.lines)
    ]
    return "\n".join([*lines, drawn.content])


def compared(old: bytes, new: bytes, with_images: bool = False) -> Comparison:
    """Compare two files in this process, as on a system without fork. Child processes are tested with the command."""
    sides = ({"": FileToCompare("", "old.pdf", old)}, {"": FileToCompare("", "new.pdf", new)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel, "CAN_FORK", False)
        return compare(*sides, ("old.pdf", "new.pdf"), with_images, SILENT)


def change_of(old: bytes, new: bytes) -> FileChange:
    """Return what changed between two files."""
    return compared(old, new).difference.files[0]


def properties(change: FileChange) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the changed properties of the whole file: by name, the values only in the old and only in the new file."""
    return {each.name: (each.old, each.new) for each in change.properties}


def build_of(folder: Path, **variants: bytes) -> Path:
    """Write a build: its files and its manifest."""
    folder.mkdir(parents=True)
    entries = [{"name": f"x-{name}.pdf", "variant": name, "current": True} for name in variants]
    for name, data in variants.items():
        (folder / f"x-{name}.pdf").write_bytes(data)
    (folder / "manifest.json").write_text(json.dumps({"files": entries}))
    return folder

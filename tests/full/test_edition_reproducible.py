"""Same input, same bytes: whatever the folder, the time zone, the locale, the hash seed."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from pages import ROOT, block, laid_out, tiny_pdf, written

from full.conftest import Sample

SOURCES = ("report", "figures", "layouts", "styles", "data", "build.py", "pyproject.toml")
ELSEWHERE = {
    "PYTHONHASHSEED": "4711",
    "TZ": "Pacific/Kiritimati",
    "LANG": "de_DE.UTF-8",
    "LC_ALL": "C",
    "COLUMNS": "40",
    "SOURCE_DATE_EPOCH": "1000000000",
}


def first_difference(one: bytes, other: bytes) -> str:
    """Return the first object in which two PDFs differ, in words; an empty text if they are the same."""
    if one == other:
        return ""
    with pikepdf.open(io.BytesIO(one)) as left, pikepdf.open(io.BytesIO(other)) as right:
        for item, twin in zip(left.objects, right.objects, strict=False):
            kind = f"object {item.objgen[0]} ({_kind(item)})"
            if isinstance(item, pikepdf.Stream) and isinstance(twin, pikepdf.Stream):
                if item.read_bytes() != twin.read_bytes():
                    return f"the stream of {kind} differs"
                same = _entries(item) == _entries(twin)
            else:
                same = _written(item) == _written(twin)
            if not same:
                return f"{kind} differs: {_short(item)} / {_short(twin)}"
        if len(left.objects) != len(right.objects):
            return f"one has {len(left.objects)} objects, the other {len(right.objects)}"
    return "only the way the objects are stored differs"


def _kind(item: pikepdf.Object) -> str:
    typed = isinstance(item, pikepdf.Dictionary | pikepdf.Stream)
    return str(item.get("/Type", item.get("/S", "no type"))) if typed else type(item).__name__


def _entries(stream: pikepdf.Stream) -> dict[str, bytes]:
    return {str(key): pikepdf.unparse(value) for key, value in stream.items() if key != "/Length"}


def _written(item: pikepdf.Object) -> bytes:
    return item.unparse(resolved=True)


def _short(item: pikepdf.Object) -> str:
    return repr(_written(item)[:160])


def test_the_comparison_names_the_object_that_differs() -> None:
    assert first_difference(tiny_pdf("a"), tiny_pdf("a")) == ""
    assert "b'" in first_difference(tiny_pdf("a"), tiny_pdf("b"))
    texts = [written(laid_out(block(text)), "print") for text in ("one", "two")]
    assert first_difference(*texts) != ""


@pytest.fixture(scope="module")
def elsewhere(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same edition, built by another process from a copy in another folder, under another locale and clock."""
    home = tmp_path_factory.mktemp("else where – über")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, home / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, home / name)
    away = tmp_path_factory.mktemp("away")
    done = subprocess.run(
        [sys.executable, str(home / "build.py"), sample.edition.config.edition, "--out", "made"],
        cwd=away, env={**os.environ, **ELSEWHERE}, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return away / "made" / sample.edition.config.edition


@pytest.mark.parametrize("variant", ["print", "screen", "archive"])
def test_a_build_elsewhere_gives_the_same_bytes(sample: Sample, elsewhere: Path, variant: str) -> None:
    name = next(entry["name"] for entry in sample.manifest["files"] if entry["variant"] == variant)
    difference = first_difference(sample.pdfs[variant].data, (elsewhere / name).read_bytes())
    assert not difference, difference


def test_a_build_elsewhere_gives_the_same_manifest(sample: Sample, elsewhere: Path) -> None:
    assert (elsewhere / "manifest.json").read_text("utf-8") == (sample.folder / "manifest.json").read_text("utf-8")

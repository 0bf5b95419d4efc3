"""Same input, same bytes: whatever the folder, the time zone, the locale, the hash seed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pages import ROOT

from full.conftest import Sample
from report.archive.difference import first_difference

SOURCES = ("report", "figures", "layouts", "styles", "data", "build.py", "pyproject.toml")
ELSEWHERE = {
    "PYTHONHASHSEED": "4711",
    "TZ": "Pacific/Kiritimati",
    "LANG": "de_DE.UTF-8",
    "LC_ALL": "C",
    "COLUMNS": "40",
    "SOURCE_DATE_EPOCH": "1000000000",
}


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

"""Same input, same bytes: whatever the folder, the time zone, the locale, the hash seed, the day, the cores."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

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

# Read by Python before anything else: one core, and a clock that is 400 days ahead wherever Python asks for it.
ANOTHER_DAY = """
import ctypes, datetime, gc, os, time

AHEAD = 400 * 86400
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
now, now_ns = time.time, time.time_ns
time.time, time.time_ns = lambda: now() + AHEAD, lambda: now_ns() + AHEAD * 10**9
for name in ("localtime", "gmtime", "ctime"):
    setattr(time, name, lambda at=None, real=getattr(time, name): real(time.time() if at is None else at))
strftime = time.strftime
time.strftime = lambda form, at=None: strftime(form, time.localtime() if at is None else at)
own = gc.get_referents(datetime.datetime.__dict__)[0]  # its methods are in C and ask the system's clock
own["now"] = classmethod(lambda cls, tz=None: cls.fromtimestamp(time.time(), tz))
own["utcnow"] = classmethod(lambda cls: cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None))
ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime.datetime))
"""
TELL = """
import datetime, os, time
days = [datetime.datetime.now().toordinal(), datetime.date.today().toordinal(), datetime.datetime.today().toordinal(),
        datetime.datetime.fromtimestamp(time.time()).toordinal(), time.localtime()[:3], time.strftime("%Y-%m-%d")]
print(*days, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, sep="|")
"""


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process on one core on another day."""
    folder = tmp_path_factory.mktemp("clock")
    (folder / "sitecustomize.py").write_text(ANOTHER_DAY, "utf-8")
    return {**os.environ, **ELSEWHERE, "PYTHONPATH": str(folder)}


@pytest.fixture(scope="module")
def builds(sample: Sample, tmp_path_factory: pytest.TempPathFactory, clock: dict[str, str]) -> dict[str, Path]:
    """The edition and its cover built side by side by two other processes: from a copy elsewhere, and here once more.

    Elsewhere is another folder, locale and day, on one core. Here only the cover and what is between it are of use.
    """
    home = tmp_path_factory.mktemp("else where – über")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, home / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, home / name)
    away, near = tmp_path_factory.mktemp("away"), tmp_path_factory.mktemp("near")
    edition = sample.edition.config.edition
    runs = [
        _build(home, away, clock, edition, "--cover"),
        _build(ROOT, near, {**os.environ}, edition, "--cover", "--only", "screen"),
    ]
    said = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    return {"elsewhere": away / "made" / edition, "here": near / "made" / edition}


def _build(project: Path, folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(project / "build.py"), *arguments, "--out", "made"],
        cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


def test_the_other_day_is_another_wherever_it_is_asked_for(clock: dict[str, str]) -> None:
    here, there = (
        subprocess.run([sys.executable, "-c", TELL], env={**environment, "TZ": "UTC"}, capture_output=True, text=True,
                       check=True).stdout.strip().split("|")
        for environment in ({**os.environ}, clock)
    )  # fmt: skip
    assert {int(later) - int(day) for day, later in zip(here[:4], there[:4], strict=True)} <= {400, 401}
    assert all(day != later for day, later in zip(here[4:6], there[4:6], strict=True))
    assert there[6] == "1"


@pytest.mark.parametrize("variant", ["print", "screen", "archive"])
def test_a_build_elsewhere_gives_the_same_bytes(sample: Sample, builds: dict[str, Path], variant: str) -> None:
    name = next(entry["name"] for entry in sample.manifest["files"] if entry["variant"] == variant)
    difference = first_difference(sample.pdfs[variant].data, (builds["elsewhere"] / name).read_bytes())
    assert not difference, difference


@pytest.mark.parametrize("variant", ["screen", "cover", "block"])
def test_a_cover_built_elsewhere_has_the_same_bytes(builds: dict[str, Path], variant: str) -> None:
    here, there = ((folder / _name(folder, variant)).read_bytes() for folder in builds.values())
    difference = first_difference(here, there)
    assert not difference, difference


def _name(folder: Path, variant: str) -> str:
    (name,) = (entry["name"] for entry in _manifest(folder)["files"] if entry["variant"] == variant)
    return str(name)


def _manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_text("utf-8")))


def test_a_build_elsewhere_gives_the_same_manifest(sample: Sample, builds: dict[str, Path]) -> None:
    there = _manifest(builds["elsewhere"])
    there["files"] = [entry for entry in there["files"] if entry["variant"] not in {"cover", "block"}]
    assert json.dumps(there, indent=1) == json.dumps(sample.manifest, indent=1)

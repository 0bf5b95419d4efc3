"""The wheel holds the whole program: installed into an empty environment, it builds the example."""

from __future__ import annotations

import hashlib
import os
import shutil
import site
import subprocess
import sys
import tomllib
import venv
from email import message_from_bytes
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from report import __version__

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def called(*arguments: object, folder: Path) -> str:
    """Run a program in a folder of its own, and return what it says. Fails with its errors."""
    words = [str(argument) for argument in arguments]
    done = subprocess.run(words, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the tools that are pinned for the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    called(
        sys.executable, "-m", "pip", "wheel", ROOT, "--no-deps", "--no-build-isolation", "-q", "-w", folder, folder=ROOT
    )
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment that has its dependencies and nothing else of ours."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    called(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        wheel,
        folder=folder,
    )
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return folder / "bin" / "annual-report"


def test_the_wheel_asks_for_what_the_project_asks_for(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(archive.read(name))
    asked = {Requirement(line) for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line}
    assert asked == set(map(Requirement, project["dependencies"]))
    assert metadata["Version"] == __version__


def test_the_wheel_has_every_file_of_the_program(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        held = {name.removeprefix("annual_report_press/") for name in archive.namelist()}
    listed = subprocess.run(["git", "ls-files", "report", "figures", "layouts", "styles", "data/schema", "build.py"],
                            cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()  # fmt: skip
    assert [name for name in listed if name not in held] == []
    assert not any("__pycache__" in name for name in held)


def test_the_installed_program_builds_the_example(installed: Path, tmp_path: Path) -> None:
    project = tmp_path / "isles"
    shutil.copytree(ROOT / "examples" / "marrow-isles", project, ignore=shutil.ignore_patterns("dist", ".cache"))
    assert called(installed, "--version", folder=tmp_path) == f"annual-report-press {__version__}\n"
    called(installed, "build", "-q", folder=project)
    made = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in project.glob("dist/*/*.pdf")}
    assert len(made) == 3
    called(sys.executable, ROOT / "build.py", "--project", project, "--out", tmp_path / "again", "-q", folder=tmp_path)
    again = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.glob("again/*/*.pdf")}
    assert made == again


def test_the_installed_program_names_what_is_missing_where_there_is_no_report(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(installed), "check"], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "There is no edition" in done.stderr) == (1, True)
    assert version("weasyprint") in called(installed, "doctor", folder=tmp_path)

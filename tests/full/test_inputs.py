"""All that a build reads is part of what it is compared by: its opened files, by Python's own audit, are its inputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SUN, TINY, write_tiny
from pages import ROOT
from PIL import Image

# Read by Python before anything else: writes the path of each file opened for reading, also in child processes.
AUDIT = """
import os, sys
log = os.open(os.environ["OPENED_FILES"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def hook(event, arguments):
    if event != "open" or not isinstance(arguments[0], (str, bytes)):
        return
    if not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR):
        os.write(log, os.path.realpath(os.fsdecode(arguments[0])).encode("utf-8", "surrogateescape") + b"\\n")
sys.addaudithook(hook)
"""
PHOTO = "images:\n  dawn: {file: dawn.png, alt: Dawn over the bay, credit: A. Person}\n"
PRINTER = (ROOT / "report" / "printers" / "sheetfed-us.yaml").read_text("utf-8")
# What a build makes or keeps, and what belongs to the installation.
MADE = ("dist/", ".cache/", ".git/", ".venv/")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a photograph, an earlier edition, and its own stylesheet, template, chart form and printer."""
    root = tmp_path_factory.mktemp("inputs")
    write_tiny(root / "data" / "sooner", edition=("edition: tiny", "edition: sooner"))
    story = ("[[chart: ease]]", "[[chart: ease]]\n\n[[image: dawn]]")
    folder = write_tiny(root / "data" / "tiny", images=PHOTO, story=story)
    (folder / "images").mkdir()
    Image.linear_gradient("L").resize((2400, 1100)).save(folder / "images" / "dawn.png")
    files = {
        "styles/own.css": ".x { margin: 0 }\n",
        "layouts/pages/back.html.j2": (ROOT / "layouts" / "pages" / "back.html.j2").read_text("utf-8"),
        "figures/own.py": "",
        "printers/shop.yaml": PRINTER.replace("profile: coated-tr006.icc", "profile: ours.icc"),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    profile = (ROOT / "report" / "printers" / "profiles" / "coated-tr006.icc").read_bytes()
    (root / "printers" / "ours.icc").write_bytes(profile)
    assert "artwork: cover" in TINY["cover"]
    assert SUN in TINY["cover"]
    return root


def opened(project: Path, *options: str) -> set[Path]:
    """Build the project in a process of its own and return the files that it opened for reading."""
    audit = project.parent / f"{project.name}-audit"
    audit.mkdir(exist_ok=True)
    (audit / "sitecustomize.py").write_text(AUDIT, "utf-8")
    log = audit / "opened"
    environment = {**os.environ, "PYTHONPATH": str(audit), "OPENED_FILES": str(log), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(ROOT / "build.py"), "--project", str(project), "build", "tiny", "--quiet", *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {Path(line) for line in log.read_text("utf-8", "surrogateescape").splitlines()}


def inside(paths: set[Path], home: Path) -> set[str]:
    """Return the paths below a folder that are source, relative to it."""
    names = {path.relative_to(home).as_posix() for path in paths if path.is_relative_to(home) and path.is_file()}
    return {name for name in names if not name.startswith(MADE) and "__pycache__" not in name}


def test_every_file_that_a_build_opens_is_one_of_its_inputs(project: Path) -> None:
    read = opened(project, "--printer", "shop")
    recorded = set(json.loads((project / "dist" / "tiny" / "manifest.json").read_text("utf-8"))["inputs"]["files"])
    own, program = inside(read, project.resolve()), inside(read, ROOT)
    expected = {
        "data/tiny/images/dawn.png", "styles/own.css", "figures/own.py", "printers/shop.yaml", "printers/ours.icc",
        "data/sooner/facts.yaml",
    }  # fmt: skip
    assert expected <= own, "the audit sees what is read"
    assert {"report/pipeline.py", "styles/tokens.yaml", "layouts/report.html.j2"} <= program
    assert own - recorded == set()
    assert program - recorded == set()

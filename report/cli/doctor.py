"""The doctor: what is installed on this machine, what is missing, and how to install it.

In: the program's folder and the machine. Out: text with a line for each requirement.
"""

from __future__ import annotations

import ctypes.util
import platform
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from report.inspection.verapdf import find_jar

MINIMUM_PYTHON = (3, 11)
# System libraries that the engine loads: names to look for, then packages for Debian, macOS and Fedora.
LIBRARIES = {
    "Pango": (("pango-1.0-0", "pango-1.0"), "libpango-1.0-0 libpangoft2-1.0-0", "pango", "pango"),
    "PangoFT2": (("pangoft2-1.0-0", "pangoft2-1.0"), "libpangoft2-1.0-0", "pango", "pango"),
    "HarfBuzz subset": (("harfbuzz-subset", "harfbuzz-subset-0"), "libharfbuzz-subset0", "harfbuzz", "harfbuzz"),
}
TOOLS = {
    "pdftoppm": ("renders pages as images", "poppler-utils", "poppler", "poppler-utils"),
    "qpdf": ("independent check of file structure", "qpdf", "qpdf", "qpdf"),
    "gs": ("independent rendering of the plates", "ghostscript", "ghostscript", "ghostscript"),
    "java": (
        "runs veraPDF, which validates PDF/UA and PDF/A",
        "default-jre-headless",
        "openjdk",
        "java-21-openjdk-headless",
    ),
}


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement: whether it was found, its version or how to install it, and whether builds require it."""

    name: str
    found: bool
    detail: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class MachineReport:
    """All requirements, and whether a build can run."""

    needs: tuple[Need, ...]

    @property
    def ready(self) -> bool:
        """Whether everything that a build requires was found."""
        return all(need.found for need in self.needs if need.required)

    @property
    def text(self) -> str:
        """The report as text."""
        lines = [f"{platform.system()} {platform.release()}, {platform.machine()}"]
        for need in self.needs:
            state = "ok" if need.found else "MISSING" if need.required else "not found"
            lines.append(f"  {state:<9} {need.name:<18} {need.detail}")
        lines.append(
            "Ready to build." if self.ready else "Not ready. Install everything marked MISSING, then run doctor again."
        )
        return "\n".join(lines)


def examine(root: Path) -> MachineReport:
    """Examine this machine."""
    return MachineReport((*_python(), *_packages(root), *_libraries(), *_fonts(root), *_tools(), *_validator()))


def run_without_libraries(root: Path, arguments: Sequence[str], missing: str) -> int:
    """Run `doctor`, or print what to install, when the library `missing` is not installed. Returns the exit status."""
    if arguments[:1] == ["doctor"]:
        report = examine(root)
        sys.stdout.write(f"{report.text}\n")
        return 0 if report.ready else 1
    sys.stderr.write(
        f"The Python library `{missing}` is not installed. Run `make report` once to set everything up.\n"
        "Then run .venv/bin/python build.py. `build.py doctor` lists what is installed and what is missing.\n"
    )
    return 1


def install_hint(debian: str, mac: str, fedora: str) -> str:
    """Return the command that installs a package on this operating system."""
    if platform.system() == "Darwin":
        return f"brew install {mac}"
    if platform.system() == "Windows":
        return "build inside WSL (Ubuntu): see docs/setup.md"
    return (
        f"dnf install {fedora}" if shutil.which("dnf") and not shutil.which("apt-get") else f"apt-get install {debian}"
    )


def _python() -> Iterator[Need]:
    found = sys.version_info >= MINIMUM_PYTHON
    minimum = ".".join(map(str, MINIMUM_PYTHON))
    yield Need("Python", found, platform.python_version() if found else f"requires {minimum} or newer")


def _packages(root: Path) -> Iterator[Need]:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.split(r"[<>=~!]", line)[0] for line in project["dependencies"]]
    missing = [name for name in names if _version(name) is None]
    detail = f"run `make report`; missing: {', '.join(missing)}" if missing else f"weasyprint {_version('weasyprint')}"
    yield Need("Python packages", not missing, detail)


def _version(name: str) -> str | None:
    try:
        return version(name.strip())
    except PackageNotFoundError:
        return None


def _libraries() -> Iterator[Need]:
    for name, (candidates, *packages) in LIBRARIES.items():
        found = next((library for each in candidates if (library := ctypes.util.find_library(each))), None)
        yield Need(name, found is not None, found or install_hint(*packages))


def _fonts(root: Path) -> Iterator[Need]:
    fonts = sorted((root / "styles" / "fonts").glob("*.ttf"))
    detail = f"{len(fonts)} files in styles/fonts/" if fonts else "restore styles/fonts/ from the repository"
    yield Need("Fonts", bool(fonts), detail)


def _tools() -> Iterator[Need]:
    for name, (purpose, *packages) in TOOLS.items():
        found = shutil.which(name) is not None
        detail = f"optional, {purpose}" + ("" if found else f": {install_hint(*packages)}")
        yield Need(name, found, detail, required=False)


def _validator() -> Iterator[Need]:
    jar = find_jar()
    detail = (
        f"optional, {jar.stem.rpartition('-')[2]}" if jar else "optional, validates PDF/UA and PDF/A: make validator"
    )
    yield Need("veraPDF", jar is not None, detail, required=False)

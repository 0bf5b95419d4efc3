"""The doctor: installed and missing requirements, with hints for the operating system."""

from __future__ import annotations

import ctypes.util
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from report.cli import doctor
from report.cli.doctor import examine, install_hint

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Simulate a Debian machine with everything installed."""
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: f"lib{name}.so.0")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    return monkeypatch


def states(root: Path = ROOT) -> dict[str, bool]:
    return {need.name: need.found for need in examine(root).needs}


def test_a_complete_machine_is_ready_and_every_requirement_is_listed() -> None:
    report = examine(ROOT)
    assert report.ready
    assert set(states()) == {
        "Python", "Python packages", "Pango", "PangoFT2", "HarfBuzz subset", "Fonts", "pdftoppm", "qpdf",
        "gs", "java", "veraPDF",
    }  # fmt: skip
    assert report.text.endswith("Ready to build.")
    assert "weasyprint 70" in report.text


@pytest.mark.parametrize(
    ("library", "name", "package"),
    [("pango-1.0", "Pango", "libpango-1.0-0"), ("harfbuzz-subset", "HarfBuzz subset", "libharfbuzz-subset0")],
)
def test_a_missing_library_is_named_with_its_package(
    machine: pytest.MonkeyPatch, library: str, name: str, package: str
) -> None:
    machine.setattr(
        ctypes.util, "find_library", lambda library_name: None if library_name.startswith(library) else "lib.so"
    )
    report = examine(ROOT)
    assert not report.ready
    (line,) = [line for line in report.text.splitlines() if f" {name} " in line]
    assert "MISSING" in line
    assert f"apt-get install {package}" in line
    assert report.text.endswith("Install everything marked MISSING, then run doctor again.")


@pytest.mark.parametrize(
    ("system", "tools", "hint"),
    [
        ("Darwin", [], "brew install mac"),
        ("Windows", [], "build inside WSL (Ubuntu): see docs/setup.md"),
        ("Linux", ["apt-get"], "apt-get install debian"),
        ("Linux", ["apt-get", "dnf"], "apt-get install debian"),
        ("Linux", ["dnf"], "dnf install fedora"),
        ("Linux", [], "apt-get install debian"),
    ],
)
def test_the_install_hint_depends_on_the_operating_system(
    machine: pytest.MonkeyPatch, system: str, tools: list[str], hint: str
) -> None:
    machine.setattr(platform, "system", lambda: system)
    machine.setattr(shutil, "which", lambda name: name if name in tools else None)
    assert install_hint("debian", "mac", "fedora") == hint


def test_a_missing_optional_tool_does_not_stop_a_build(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(shutil, "which", lambda name: None)
    report = examine(ROOT)
    assert report.ready
    assert "not found qpdf" in report.text
    assert "optional" in next(need.detail for need in report.needs if need.name == "qpdf")


def test_missing_packages_and_fonts_are_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["no-such-package>=1", "pyyaml"]\n')
    report = examine(tmp_path)
    details = {need.name: need.detail for need in report.needs if need.required and not need.found}
    assert set(details) == {"Python packages", "Fonts"}
    assert "make report" in details["Python packages"]
    assert details["Python packages"].endswith("missing: no-such-package")


def test_an_old_python_is_reported_with_the_required_version(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(doctor, "MINIMUM_PYTHON", (99, 1))
    assert ("Python", "requires 99.1 or newer") in {
        (need.name, need.detail) for need in examine(ROOT).needs if not need.found
    }


def test_the_page_that_the_doctor_mentions_exists() -> None:
    assert (ROOT / "docs" / "setup.md").is_file()


def bare(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line with the standard library alone."""
    command = [sys.executable, "-S", "-E", str(ROOT / "build.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_doctor_works_without_any_library() -> None:
    result = bare("doctor")
    assert (result.returncode, result.stderr) == (1, "")
    assert "MISSING   Python packages    run `make report`; missing: " in result.stdout
    assert result.stdout.endswith("then run doctor again.\n")


@pytest.mark.parametrize("arguments", [(), ("check",), ("--help",)])
def test_without_libraries_any_other_command_prints_what_to_run(arguments: tuple[str, ...]) -> None:
    result = bare(*arguments)
    assert (result.returncode, result.stdout) == (1, "")
    assert "`typer` is not installed. Run `make report`" in result.stderr
    assert "Traceback" not in result.stderr

"""An exception in figures/ is a problem at its file and line; any other is an internal error."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from report.cli.ending import status_of
from report.problems import Place
from report.processes.faults import problem_in_figures


def staff_module(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write figures/bars.py as design staff would, and run it as an import does."""
    package = folder / "figures"
    package.mkdir()
    (package / "__init__.py").write_text("from figures import bars\n")
    (package / "bars.py").write_text(text)
    for name in [each for each in sys.modules if each.partition(".")[0] == "figures"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    __import__("figures")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("import matplotlb\n", 1, "No module named 'matplotlb'"),
        ("from report.design.look import Lok\n", 1, "cannot import name 'Lok'"),
        ("\n\ndraw = lengths[0]\n", 3, "name 'lengths' is not defined"),
        ("\ndef draw(:\n", 2, "Python syntax error"),
    ],
)
def test_an_exception_in_a_drawing_function_names_its_file_and_line(
    text: str, line: int, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(library: str) -> int:
        pytest.fail(f"{library} is blamed")

    assert status_of(lambda: staff_module(tmp_path, text, monkeypatch), missing) == 1
    output = capsys.readouterr().err
    assert f"figures/bars.py:{line}" in output
    assert what in output
    assert "Internal error" not in output


def test_a_missing_library_is_distinguished_from_an_internal_error(capsys: pytest.CaptureFixture[str]) -> None:
    def run() -> None:
        raise ModuleNotFoundError("No module named 'nowhere'", name="nowhere.inner")

    assert status_of(run, lambda library: 7 if library == "nowhere.inner" else 0) == 7
    assert status_of(lambda: exec("from report.problems import nothing"), lambda library: 7) == 1
    assert "Internal error (your data is fine): ImportError" in capsys.readouterr().err


def test_another_folder_named_figures_is_not_blamed(tmp_path: Path) -> None:
    path = tmp_path / "figures" / "report" / "layout.py"
    path.parent.mkdir(parents=True)
    try:
        exec(compile("1 / 0", str(path), "exec"))
    except ZeroDivisionError as failure:
        assert problem_in_figures(failure) is None
    (tmp_path / "figures" / "__init__.py").touch()
    try:
        exec(compile("1 / 0", str(tmp_path / "figures" / "bars.py"), "exec"))
    except ZeroDivisionError as failure:
        problem = problem_in_figures(failure)
    assert problem and problem.where == Place("figures/bars.py", 1)

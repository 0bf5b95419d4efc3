"""Command-line arguments may come in any order."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

import build
from report import __version__
from report.cli.arguments import in_order

APP = typer.main.get_command(build.app)


def ordered(line: str, editions: tuple[str, ...] = ("2023-24",)) -> str:
    def editions_of(folder: Path | None) -> list[str]:
        return list(editions)

    return " ".join(in_order(line.split(), APP, editions_of))


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        ("", "build"),
        ("2023-24 --only screen", "build 2023-24 --only screen"),
        ("--only screen 2023-24", "build --only screen 2023-24"),
        ("-q check", "check -q"),
        ("--strict check 2023-24", "check 2023-24 --strict"),
        ("check --project here -q", "--project here check -q"),
        ("--project=here --out there check", "--project=here check"),
        ("--out there build", "build --out there"),
        ("--out there email --send", "email --send --out there"),
        ("-q archive list", "archive list"),
        ("-q archive verify --all", "archive verify --all -q"),
        ("-q archive 2023-24", "archive 2023-24 -q"),
        ("--help", "--help"),
        ("--project here --version", "--project here --version"),
        ("check --help", "check --help"),
    ],
)
def test_options_and_commands_may_come_in_any_order(typed: str, parsed: str) -> None:
    assert ordered(typed) == parsed


def test_a_mistyped_command_is_refused_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    for line in ("chek", "--project here chek", "-q chek"):
        with pytest.raises(SystemExit) as left:
            ordered(line)
        assert left.value.code == 2
        assert "Did you mean `check`?" in capsys.readouterr().err


def test_an_edition_that_looks_like_a_command_is_an_edition() -> None:
    assert ordered("chek", ("chek",)) == "build chek"


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--version"]) == 0
    assert capsys.readouterr().out == f"annual-report-press {__version__}\n"

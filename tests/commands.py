"""The command line as a person meets it: what is typed goes in; what is told, and the exit status, come out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

import build


class Said(NamedTuple):
    """What a command told."""

    status: int
    out: str
    err: str


Run = Callable[..., Said]


def command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *first: str) -> Run:
    """Return a function that runs a command, given the rest of what is typed. It never shows a traceback."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("REPORT_DEBUG", raising=False)

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        said = Said(build.main([*first, *arguments]), *capsys.readouterr())
        assert "Traceback" not in said.out + said.err, said.err
        return said

    return run

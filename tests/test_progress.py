"""Progress of a build on a terminal and in a pipe."""

from __future__ import annotations

import io
import re

import pytest

from report.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, quiet: bool = False) -> str:
    progress = Progress(quiet, stream)
    with progress.stage("draw") as stage:
        stage.count = "15 charts"
    with progress.stage("write"):
        pass
    return stream.getvalue()


def test_a_pipe_gets_one_plain_line_for_each_stage() -> None:
    lines = shown(io.StringIO()).splitlines()
    assert [line.split()[0] for line in lines] == ["draw", "write"]
    assert re.fullmatch(r"  draw +15 charts +\d+\.\d\d s", lines[0])
    assert "\r" not in "".join(lines)
    assert "\033" not in "".join(lines)


def test_a_terminal_shows_a_stage_while_it_runs() -> None:
    text = shown(Terminal())
    assert text.index("draw") < text.index("\r") < text.index("15 charts")


def test_quiet_prints_nothing() -> None:
    assert shown(io.StringIO(), quiet=True) == shown(Terminal(), quiet=True) == ""


def test_a_stage_that_fails_is_not_reported_as_done() -> None:
    stream = io.StringIO()

    def fail() -> None:
        with Progress(False, stream).stage("draw") as stage:
            stage.count = "3 charts"
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert "3 charts" not in stream.getvalue()


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress().stage("draw"):
        pass
    out, err = capsys.readouterr()
    assert out == ""
    assert "draw" in err

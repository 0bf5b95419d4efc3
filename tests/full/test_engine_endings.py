"""What the engine leaves behind, however the process that uses it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("ending", ["pass", "raise SystemExit(1)", "1 / 0", "os.kill(os.getpid(), signal.SIGINT)"])
def test_the_fonts_of_a_document_leave_no_temporary_folder(ending: str, tmp_path: Path) -> None:
    program = f"""
import os, pathlib, signal
from pages import block, laid_out
laid_out(block("word"))
print(len(list(pathlib.Path(os.environ["TMPDIR"]).glob("weasyprint*"))), flush=True)
{ending}
"""
    environment = {
        **os.environ,
        "TMPDIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]),
    }
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, check=False, capture_output=True, text=True
    )
    assert ended.stdout == "1\n", ended.stderr
    assert list(tmp_path.glob("weasyprint*")) == []

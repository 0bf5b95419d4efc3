"""How long a build takes on this machine: stages of the whole set, and of a check. Prints a table; compares nothing.

Run with `make bench`. Each figure is the best of a few runs in fresh processes.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 3
COMMANDS = {
    "check": ["check", "--quiet"],
    "screen only": ["--only", "screen", "--quiet"],
    "all variants": ["--quiet"],
}


def seconds(arguments: list[str], out: str) -> float:
    """Return the wall time of one run of build.py."""
    where = [] if arguments[0] == "check" else ["--out", out]
    start = time.perf_counter()
    subprocess.run([sys.executable, str(ROOT / "build.py"), *arguments, *where], check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    lines = [f"{platform.machine()}, Python {platform.python_version()}, weasyprint {version('weasyprint')}"]
    with tempfile.TemporaryDirectory() as out:
        for name, arguments in COMMANDS.items():
            best = min(seconds(arguments, out) for _ in range(RUNS))
            lines.append(f"{name:<14} {best:6.2f} s")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

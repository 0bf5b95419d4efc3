"""The installed program. Its folder has build.py, report/, figures/, layouts/ and styles/, as in the repository."""

from __future__ import annotations

import sys
from pathlib import Path


def run() -> None:
    """Run the command line. Entry point of the command `annual-report`."""
    sys.path.insert(0, str(Path(__file__).parent))
    import build

    sys.exit(build.main(sys.argv[1:], "annual-report"))

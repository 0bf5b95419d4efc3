"""The installed program. Its folder holds build.py, report/, figures/, layouts/ and styles/, as the repository does."""

from __future__ import annotations

import sys
from pathlib import Path


def run() -> None:
    """Run the command line: what the command `annual-report` calls."""
    sys.path.insert(0, str(Path(__file__).parent))
    import build

    sys.exit(build.main(sys.argv[1:], "annual-report"))

"""The text of a PDF as readers copy it: PDFium, which browsers use, and Poppler's pdftotext where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from report.inspection.inspect import Pdf

READERS = ("pdfium", "poppler")


def copied(data: bytes, reader: str) -> list[str]:
    """Return each page's text as words with single spaces. What a soft hyphen parts at a line's end is one word."""
    pages = _poppler(data) if reader == "poppler" else Pdf(data).page_texts()
    joined = (re.sub("(?:\r?\n)?[\N{SOFT HYPHEN}\ufffe]\n?", "", page) for page in pages)
    return [" ".join(page.split()) for page in joined]


def _poppler(data: bytes) -> list[str]:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils) is not here: text was copied with PDFium alone")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        Path(file.name).write_bytes(data)
        done = subprocess.run([program, "-enc", "UTF-8", file.name, "-"], capture_output=True, check=True)
    return done.stdout.decode("utf-8").split("\f")[:-1]

"""The bag's README.txt, for a reader in fifty years who does not know this program.

In: the bag's label and manifest. Out: plain text in short lines.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from report.archive.bag import PAYLOAD_MANIFEST, Label

_WIDTH = 78
_FOLDERS = (
    ("manifest.json", "A record by the program that made the files: sizes, digests, software versions, and the pages "
     "on which each figure appears."),
    ("reports/", "The results of the checks on the files: for the printer (preflight), for readers with disabilities "
     "(access), and, if it was installed, by veraPDF, an independent program."),
    ("source/", "Everything that the files were made from: text files, images, fonts and program code (Python). The "
     "figures are in source/{project}data/{edition}/facts.yaml, the wording is in the folder sections beside it."),
)  # fmt: skip


def readme(label: Label, manifest: Mapping[str, Any], printer: str) -> str:
    """Return the text of README.txt."""
    sections = (_introduction(label), _contents(label, manifest), _integrity(), _rebuilding(label, manifest, printer))
    return "\n".join(line for section in sections for line in section) + "\n"


def _introduction(label: Label) -> Iterator[str]:
    yield from (label.title, "=" * len(label.title), label.organisation, "")
    yield from _paragraph(
        f"This is version {label.version} of the report, archived on {label.day} (year-month-day). "
        f"Reason for this version: {label.reason}"
    )
    yield from _paragraph(
        "The report consists of PDF files. The PDF format is described in the standard ISO 32000. The file whose name "
        "ends with -archive.pdf conforms to PDF/A (ISO 19005), which is designed for long-term preservation. If you "
        "can open only one file, choose that one. It also contains the data that it was made from."
    )


def _contents(label: Label, manifest: Mapping[str, Any]) -> Iterator[str]:
    yield from ("Contents of this folder", "-----------------------", "")
    for entry in manifest.get("files", ()):
        yield from _item(entry["name"], f"{entry['role']}; {entry['pages']} pages, {entry['bytes']:,} bytes.")
    project = f"{label.project_folder}/" if label.project_folder else ""
    for name, description in _FOLDERS:
        yield from _item(name, description.format(edition=label.edition, project=project))


def _integrity() -> Iterator[str]:
    yield from ("Checking that the files are intact", "----------------------------------", "")
    yield from _paragraph(
        "This folder is part of a BagIt bag (RFC 8493). Text files in the folder above list every file with its "
        "SHA-512 digest, a long number computed from the bytes of the file. If a single bit changes, so does the "
        "number. On many systems, this command compares all files with their digests; run it in the folder above:"
    )
    yield from (f"    sha512sum --check --quiet {PAYLOAD_MANIFEST}", "")
    yield from _paragraph("Do not change, add or remove anything here. Work on a copy.")


def _rebuilding(label: Label, manifest: Mapping[str, Any], printer: str) -> Iterator[str]:
    yield from ("Building the files again", "------------------------", "")
    yield from _paragraph(
        "You need the programming language Python, the libraries listed with their exact versions in "
        "source/requirements.lock, and the system library Pango. See source/docs/setup.md for details. Then run this "
        "command in a copy of the folder source:"
    )
    project = f"--project {label.project_folder} " if label.project_folder else ""
    yield from (f"    python build.py {project}{label.edition} --printer {printer}", "")
    yield from _paragraph("With the following versions, the new files are identical to these, byte for byte:")
    yield from (f"    {name} {version}" for name, version in manifest.get("engine", {}).items())


def _paragraph(text: str) -> Sequence[str]:
    return [*textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False), ""]


def _item(name: str, description: str) -> Sequence[str]:
    lines = textwrap.wrap(description, _WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return [name, *(f"    {line}" for line in lines), ""]

"""The bag's README.txt: for a person who finds the folder in fifty years and knows nothing of this program.

In: the bag's label and manifest. Out: plain text in short lines.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from report.archive.bag import PAYLOAD_MANIFEST, Label

_WIDTH = 78
_FOLDERS = (
    ("manifest.json", "What the program wrote down when it made the files: sizes, digests, versions, pages of each "
     "figure."),
    ("reports/", "What was found when the files were judged: for the press (preflight), for readers with disabilities "
     "(access), and by veraPDF, an independent program, where it was at hand."),
    ("source/", "Everything that the files were made from, as text files, pictures, fonts and program text (Python). "
     "The figures stand in source/data/{edition}/facts.yaml, the wording in source/data/{edition}/sections/."),
)  # fmt: skip


def readme(label: Label, manifest: Mapping[str, Any], printer: str) -> str:
    """Return the text."""
    return "\n".join([*_what(label), *_files(label, manifest), *_whole(), *_again(manifest, printer)]) + "\n"


def _what(label: Label) -> Iterator[str]:
    yield from (label.title, "=" * len(label.title), label.organisation, "")
    yield from _paragraph(
        f"This is version {label.version} of the report, archived on {label.day} (year-month-day). "
        f"Why this version was archived: {label.reason}"
    )
    yield from _paragraph(
        "The report exists as PDF files. PDF is described in the standard ISO 32000; the file whose name ends with "
        "-archive.pdf keeps to PDF/A (ISO 19005), which is meant to be readable for a very long time. If you can open "
        "only one file, take that one. The data it was made from are inside it too."
    )


def _files(label: Label, manifest: Mapping[str, Any]) -> Iterator[str]:
    yield from ("What is here", "------------", "")
    for entry in manifest.get("files", ()):
        yield from _item(entry["name"], f"{entry['role']}; {entry['pages']} pages, {entry['bytes']:,} bytes.")
    for name, what in _FOLDERS:
        yield from _item(name, what.format(edition=label.edition))


def _whole() -> Iterator[str]:
    yield from ("Is it still whole?", "------------------", "")
    yield from _paragraph(
        "This folder lies in a BagIt bag (RFC 8493): one folder up there are text files that list every file with its "
        "SHA-512 digest, a long number computed from the file's bytes. A single changed bit gives another number. On "
        "many systems this command, given in the folder above, compares them all:"
    )
    yield from (f"    sha512sum --check --quiet {PAYLOAD_MANIFEST}", "")
    yield from _paragraph("Do not change, add or remove anything here; work on a copy.")


def _again(manifest: Mapping[str, Any], printer: str) -> Iterator[str]:
    yield from ("How to make the files again", "---------------------------", "")
    yield from _paragraph(
        "You need the programming language Python and the libraries listed with exact versions in "
        "source/requirements.lock, and the system library Pango. source/docs/setup.md tells more. Then, in a copy of "
        "the folder source:"
    )
    yield from (f"    python build.py {manifest.get('edition', '')} --printer {printer}", "")
    yield from _paragraph("With the versions below the files come out the same, byte by byte:")
    yield from (f"    {name} {version}" for name, version in manifest.get("engine", {}).items())


def _paragraph(text: str) -> Sequence[str]:
    return [*textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False), ""]


def _item(name: str, what: str) -> Sequence[str]:
    lines = textwrap.wrap(what, _WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return [name, *(f"    {line}" for line in lines), ""]

"""What must never be kept in an archive that others read: who gets the report, who sends it, and who has it.

In: the paths and contents of source files. Out: whether a file is private, and problems for addresses that got
elsewhere. What an edition consists of is published anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from report.problems import Place, Problem, error

LEDGERS = "ledger"
_NAMES = re.compile(r"(mail\.ya?ml|recipients\.(csv|tsv|txt|ya?ml|xlsx|ods)|.+\.eml)", re.IGNORECASE)
_LISTS = frozenset({".csv", ".tsv", ".txt", ".yaml", ".yml", ".json", ".jsonl"})  # files in which people keep lists
_ADDRESS = re.compile(rb"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_RESERVED = (b".example", b".test", b".invalid", b"example.org", b"example.com", b"example.net")  # RFC 2606
# The files of an edition, whose texts are published.
_PUBLISHED = re.compile(
    r"(?:^|/)data/[^/]+/(?:(?:edition|facts|charts|quotes|checks|images)\.yaml|sections/[^/]+\.md)$"
)
_LEAST = 3  # addresses that make a list; a contact or two is not one


def is_private(path: str) -> bool:
    """Tell from a relative path whether a file is about the people that a report is sent to."""
    parts = PurePosixPath(path).parts
    return LEDGERS in parts[:-1] or _NAMES.fullmatch(parts[-1]) is not None


def addresses(data: bytes) -> set[bytes]:
    """Return the email addresses in a text, in lower case, without those that are reserved for examples."""
    return {found for match in _ADDRESS.findall(data) if not (found := match.lower()).endswith(_RESERVED)}


def leaked_addresses(root: Path, source: Mapping[str, bytes]) -> Iterator[Problem]:
    """Yield the source files, other than those of editions, that list addresses or hold one of a recipient."""
    files = [*root.glob("recipients.*"), *root.glob(f"{LEDGERS}/*")]
    recipients = set[bytes]().union(*(addresses(path.read_bytes()) for path in files if path.is_file()))
    hint = "Remove the addresses, or name the file recipients.csv or recipients.yaml: those are never archived."
    for path, data in source.items():
        if _PUBLISHED.search(path):
            continue
        found = addresses(data)
        if recipients & found:
            yield error("recipient", Place(path), "The file holds the address of a recipient.", hint)
        elif PurePosixPath(path).suffix.lower() in _LISTS and len(found) >= _LEAST:
            yield error("recipient", Place(path), f"The file lists {len(found)} email addresses.", hint)

"""The findings of a verification: bags and faults, as a table, as JSON and as problems.

In: nothing. Out: `Verification`, `BagCheck` and `BagFault`, with a hint for each kind of fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from report.archive.ledger import LEDGER
from report.problems import Place, Problem, error, warning

LedgerState = Literal["sound", "missing", "damaged"]
_NO_LEDGER = "The ledger is {}: missing or replaced bags cannot be detected."
HINTS: Mapping[str, str] = {
    "missing": "Restore it from a copy of the archive.",
    "changed": "Restore it from a copy of the archive.",
    "truncated": "Restore it from a copy of the archive.",
    "extra": "Move it out of the archive: its origin is unknown.",
    "renamed": "Rename the folder to match the bag's identifier.",
    "unreadable": "Check the medium and the permissions. Copy the archive while it is still readable.",
    "no-bag": "Restore the bag from a copy of the archive, or move the folder out of the archive.",
    "structure": "Restore the bag from a copy of the archive.",
    "ledger": "Compare the bag with a copy of the archive.",
}


@dataclass(frozen=True, slots=True)
class BagFault:
    """One fault of a bag: its kind (a key of HINTS), the file (empty: the whole bag), and a description."""

    kind: str
    file: str
    what: str


@dataclass(frozen=True, slots=True)
class BagCheck:
    """One verified bag: its name, edition and version (0: none), the files and bytes read, and its faults."""

    name: str
    edition: str
    version: int
    files: int
    bytes: int
    faults: tuple[BagFault, ...]

    @property
    def problems(self) -> list[Problem]:
        """The faults as problems, each at the path of its file in the archive."""
        places = [Place("/".join(filter(None, (self.name, fault.file)))) for fault in self.faults]
        return [
            error(fault.kind, place, fault.what, HINTS[fault.kind])
            for fault, place in zip(self.faults, places, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Verification:
    """The verified bags, and the state of the ledger that they were compared with."""

    archive: str
    ledger: LedgerState
    passed: bool
    bags: tuple[BagCheck, ...]

    @property
    def problems(self) -> list[Problem]:
        """The faults as problems."""
        problems = [problem for bag in self.bags for problem in bag.problems]
        hint = "Restore it from a copy of the archive."
        if self.ledger == "damaged":
            problems.append(error("ledger", Place(LEDGER), _NO_LEDGER.format("damaged"), hint))
        elif self.ledger == "missing":
            problems.append(warning("no-ledger", Place(LEDGER), _NO_LEDGER.format("missing"), hint))
        return problems

    def table(self) -> str:
        """Return the verification as text: one line per bag, with its faults below."""
        lines = [f"{self.archive}: {len(self.bags)} bag{'s' if len(self.bags) != 1 else ''}", ""]
        for bag in self.bags:
            mark = "DAMAGED" if bag.faults else "ok"
            lines.append(f"  {mark:<8} {bag.name:<20} {bag.files:>6,} files {bag.bytes / 1e6:>10,.2f} MB")
            for fault in bag.faults:
                lines.append(f"           {fault.kind}: {fault.file or 'the bag'}: {fault.what}")
                lines.append(f"           → {HINTS[fault.kind]}")
        if self.ledger != "sound":
            lines += ["", f"  {_NO_LEDGER.format(self.ledger)}"]
        damaged = sum(bool(bag.faults) for bag in self.bags)
        summary = "the ledger is damaged" if self.ledger == "damaged" else "every byte is as archived"
        summary = f"{damaged} of {len(self.bags)} not as archived" if damaged else summary
        return "\n".join([*lines, "", f"{'Verified' if self.passed else 'NOT VERIFIED'}: {summary}."])

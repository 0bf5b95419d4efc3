"""What a verification found: records of bags and faults, as a table for people, as JSON for programs, as problems.

In: nothing. Out: `Verification`, `BagCheck` and `BagFault`, with what to do about each kind of fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from report.archive.ledger import LEDGER
from report.problems import Place, Problem, error, warning

LedgerState = Literal["sound", "missing", "damaged"]
_WITHOUT = "The ledger is {}: nobody can tell whether bags are gone, or were made anew."
HINTS: Mapping[str, str] = {
    "missing": "Bring it back from a copy of the archive.",
    "changed": "Bring it back from a copy of the archive.",
    "truncated": "Bring it back from a copy of the archive.",
    "extra": "Move it out of the archive: nobody vouches for it.",
    "renamed": "Give the folder the name by which the bag knows itself.",
    "unreadable": "Check the medium and the permissions; copy the archive while it can be read.",
    "no-bag": "Bring the bag back from a copy of the archive, or move away what is none.",
    "structure": "Bring the bag back from a copy of the archive.",
    "ledger": "Compare the bag with a copy of the archive.",
}


@dataclass(frozen=True, slots=True)
class BagFault:
    """One thing wrong in a bag: its kind (a key of HINTS), the file (empty: the bag), and what it is."""

    kind: str
    file: str
    what: str


@dataclass(frozen=True, slots=True)
class BagCheck:
    """One bag: its name, the edition and version (0: none), what was read of it, and its faults."""

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
    """All bags that were looked at, and what there is to compare them with."""

    archive: str
    ledger: LedgerState
    passed: bool
    bags: tuple[BagCheck, ...]

    @property
    def problems(self) -> list[Problem]:
        """The faults as problems."""
        found = [problem for bag in self.bags for problem in bag.problems]
        hint = "Bring it back from a copy of the archive."
        if self.ledger == "damaged":
            found.append(error("ledger", Place(LEDGER), _WITHOUT.format("damaged"), hint))
        elif self.ledger == "missing":
            found.append(warning("no-ledger", Place(LEDGER), _WITHOUT.format("missing"), hint))
        return found

    def table(self) -> str:
        """Return the verification as text: a line for each bag, its faults below."""
        lines = [f"{self.archive}: {len(self.bags)} bag{'s' if len(self.bags) != 1 else ''}", ""]
        for bag in self.bags:
            mark = "DAMAGED" if bag.faults else "ok"
            lines.append(f"  {mark:<8} {bag.name:<20} {bag.files:>6,} files {bag.bytes / 1e6:>10,.2f} MB")
            for fault in bag.faults:
                lines.append(f"           {fault.kind}: {fault.file or 'the bag'}: {fault.what}")
                lines.append(f"           → {HINTS[fault.kind]}")
        if self.ledger != "sound":
            lines += ["", f"  {_WITHOUT.format(self.ledger)}"]
        damaged = sum(bool(bag.faults) for bag in self.bags)
        told = "the ledger is damaged" if self.ledger == "damaged" else "every byte is as it was archived"
        told = f"{damaged} of {len(self.bags)} not as archived" if damaged else told
        return "\n".join([*lines, "", f"{'Verified' if self.passed else 'NOT VERIFIED'}: {told}."])

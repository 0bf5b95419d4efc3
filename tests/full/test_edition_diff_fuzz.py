"""Many spoiled files: whatever becomes of a file, it is compared, or it is said why it can't be."""

from __future__ import annotations

import pytest
from changes import SILENT

from full.conftest import OpenedPdf
from full.test_edition_preflight_fuzz import SEED, one_page, originals, plain, spoiled
from report.diff.compare import compare
from report.diff.matching import match
from report.diff.numerals import numeral_syntax
from report.diff.pictures import PairToCompare, compare_pictures
from report.diff.reading import read
from report.diff.shifts import shifts
from report.diff.sources import FileToCompare
from report.diff.wording import table
from report.diff.words import compare_words
from report.problems import ReportError
from report.processes.child import Limits
from report.processes.jobs import run_forked

BATCH, SIDE_BY_SIDE = 6, 2
FAST = Limits(seconds=20, memory=2_000_000_000)
ENDINGS = {"compared", "damaged", "no-pages", "unreadable", "too-large", "encrypted"}


def looked(old: bytes, new: bytes) -> str:
    """Compare two files in this process, step by step, and say how it ended."""
    try:
        first, second = read(old, "old.pdf"), read(new, "new.pdf")
    except ReportError as failure:
        assert all(problem.what.endswith(".") and problem.hint for problem in failure.problems), str(failure)
        return failure.problems[0].code
    pairs = match(first.pages, second.pages)
    for found in compare_words(pairs, numeral_syntax(second.language)):
        shifts(found)
    wanted = [
        PairToCompare(pair.old.number if pair.old else None, pair.new.number if pair.new else None) for pair in pairs
    ]
    assert len(compare_pictures(old, new, wanted, with_images=True)) == len(pairs)
    return "compared"


def batch_looked(old: bytes, batch: list[bytes]) -> list[str]:
    return [looked(old, data) for data in batch]


def alone(old: bytes, new: bytes) -> str:
    """Compare two files behind the walls that the command has: an answer, or a ReportError, never else."""
    try:
        sides = ({"": FileToCompare("", "old.pdf", old)}, {"": FileToCompare("", "new.pdf", new)})
        table(compare(*sides, ("old.pdf", "new.pdf"), True, SILENT).difference)
    except ReportError as failure:
        assert "process" not in str(failure), f"a fault of the press, not of the file: {failure}"
        return failure.problems[0].code
    return "compared"


def endings(old: bytes, files: list[bytes]) -> list[str]:
    """Compare every file with the sound one, many in a child; where a child does not come back, each by itself."""
    batches = [files[start : start + BATCH] for start in range(0, len(files), BATCH)]
    found: list[str] = []
    for start in range(0, len(batches), SIDE_BY_SIDE):
        now = batches[start : start + SIDE_BY_SIDE]
        jobs = {str(number): (lambda batch=batch: batch_looked(old, batch)) for number, batch in enumerate(now)}
        try:
            found += [ending for result in run_forked(jobs, FAST).values() for ending in result]
        except RuntimeError:
            found += [alone(old, data) for batch in now for data in batch]
    return found


@pytest.mark.parametrize("kind", ["pages of text", "an image and text", "a photograph", "nothing"])
def test_a_small_file_spoiled_in_many_ways_is_compared_or_refused(kind: str) -> None:
    old = originals()[kind]
    found = endings(old, list(spoiled(old, 30, SEED + 7)))
    assert len(found) == 30
    assert set(found) <= ENDINGS
    assert "compared" in found


@pytest.mark.parametrize("page", [1, 12])
def test_a_page_of_the_sample_spoiled_in_many_ways_is_compared_or_refused(printed: OpenedPdf, page: int) -> None:
    old = plain(one_page(printed.data, page))
    found = endings(old, list(spoiled(old, 12, SEED + page)))
    assert len(found) == 12
    assert set(found) <= ENDINGS
    assert "compared" in found


def test_a_spoiled_file_behind_the_walls_ends_in_words() -> None:
    old = originals()["an image and text"]
    assert {alone(old, data) for data in spoiled(old, 12, SEED + 3)} <= ENDINGS

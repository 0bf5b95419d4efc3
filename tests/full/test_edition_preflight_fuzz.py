"""Hundreds of spoiled files: whatever becomes of a file, preflight judges it or says why it can't, in time."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator
from functools import cache

import pikepdf
import pytest
from documents.test_press_photographs import COLOURS, photograph
from documents.test_press_photographs import printed as with_photograph
from pages import printer, tiny_pdf
from preflights import drawn, image, sound, text

from full.conftest import OpenedPdf
from report.preflight.run import guarded_preflight, preflight
from report.problems import ReportError
from report.processes.child import Limits
from report.processes.jobs import run_forked

SEED, BATCH, SIDE_BY_SIDE = 20_241_203, 15, 2
FAST = Limits(seconds=20, memory=2_000_000_000)
INK_EVERY = 12  # one in so many is rendered too
Mutation = Callable[[bytes, random.Random], bytes]


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Change some bytes anywhere."""
    spoiled = bytearray(data)
    for _ in range(chance.choice((1, 3, 12, 60))):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)


def cut(data: bytes, chance: random.Random) -> bytes:
    """Cut off the end, the beginning or a piece."""
    start, end = sorted(chance.randrange(len(data)) for _ in range(2))
    return chance.choice((data[:end], data[start:], data[:start] + data[end:], data[:end] + data[start:]))


def renumbered(data: bytes, chance: random.Random) -> bytes:
    """Put impossible numbers for some of the numbers in it."""
    found = list(re.finditer(rb"(?<![\w.])-?\d{1,6}(?![\w.])", data))
    for match in sorted(chance.sample(found, min(len(found), 4)), key=lambda each: -each.start()):
        number = chance.choice((b"-1", b"0", b"99999999", b"2147483648", b"1e9", b"-0.0001", b"9" * 40))
        data = data[: match.start()] + number + data[match.end() :]
    return data


def swapped(data: bytes, chance: random.Random) -> bytes:
    """Exchange the lengths of two streams."""
    lengths = list(re.finditer(rb"/Length (\d+)", data))
    if len(lengths) < 2:
        return flipped(data, chance)
    first, second = sorted(chance.sample(lengths, 2), key=lambda match: match.start())
    between = data[first.end() : second.start()]
    return b"".join((data[: first.start()], second[0], between, first[0], data[second.end() :]))


def removed(data: bytes, chance: random.Random) -> bytes:
    """Take some objects away, or put others in their places."""
    try:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(data)) as pdf:
            numbers = [item.objgen for item in pdf.objects if item.is_indirect]
            for objgen in chance.sample(numbers, min(len(numbers), 2)):
                others = [pikepdf.Array([7]), pikepdf.Dictionary(), pdf.get_object(chance.choice(numbers))]
                pdf._replace_object(objgen, pdf.make_indirect(chance.choice(others)))
            pdf.save(out)
        return out.getvalue()
    except (pikepdf.PikepdfError, RuntimeError, ValueError, TypeError, AttributeError):
        return flipped(data, chance)


MUTATIONS: tuple[Mutation, ...] = (flipped, cut, renumbered, swapped, removed)


def plain(data: bytes) -> bytes:
    """Return a file with its objects and streams as they are, so that changes reach what they mean."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if "/OutputIntents" in pdf.Root:
            pdf.Root.OutputIntents[0].DestOutputProfile.write(b"a short profile")  # else most changes would hit it
        pdf.save(out, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable,
                 stream_decode_level=pikepdf.StreamDecodeLevel.generalized)  # fmt: skip
    return out.getvalue()


def one_page(data: bytes, page: int) -> bytes:
    """Return one page as a file, with what it draws and nothing of other pages."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf, pikepdf.new() as single:
        pdf.remove_unreferenced_resources()
        single.pages.append(pdf.pages[page - 1])
        single.save(out)
    return out.getvalue()


@cache
def originals() -> dict[str, bytes]:
    busy = drawn(f"{text(7, '0.5 0.5 0 0 k')} q 90 0 0 90 99 99 cm /I Do Q", XObject={"I": image(40, 40)})(sound())
    return {
        "pages of text": one_page(sound(), 1),
        "an image and text": plain(one_page(busy, 1)),
        "a photograph": plain(with_photograph(photograph((*COLOURS["red"], 128), "RGBA"))),
        "nothing": tiny_pdf(pages=2),
    }


def spoiled(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    for number in range(count):
        yield MUTATIONS[number % len(MUTATIONS)](data, chance)


def judged(data: bytes, ink: bool) -> str:
    """Look at a file in this process, and say how it ended."""
    try:
        return "accepted" if preflight(data, "spoiled.pdf", printer(), ink).outcome.passed else "judged"
    except ReportError as failure:
        assert all(problem.what.endswith(".") and problem.hint for problem in failure.problems), str(failure)
        return failure.problems[0].code


def all_judged(batch: list[tuple[bytes, bool]]) -> list[str]:
    return [judged(data, ink) for data, ink in batch]


def endings(files: list[bytes]) -> list[str]:
    """Look at every file in children, many a child. Where a child does not come back, each file gets its own."""
    marked = [(data, number % INK_EVERY == 0) for number, data in enumerate(files)]
    batches = [marked[start : start + BATCH] for start in range(0, len(marked), BATCH)]
    found: list[str] = []
    for start in range(0, len(batches), SIDE_BY_SIDE):
        jobs = {str(number): (lambda batch=batch: all_judged(batch))
                for number, batch in enumerate(batches[start : start + SIDE_BY_SIDE])}  # fmt: skip
        try:
            found += [ending for result in run_forked(jobs, FAST).values() for ending in result]
        except RuntimeError:
            found += [alone(*each) for batch in batches[start : start + SIDE_BY_SIDE] for each in batch]
    return found


def alone(data: bytes, ink: bool) -> str:
    """Look at a file behind the walls that every file from outside gets: an answer, or a ReportError, never else."""
    try:
        guarded_preflight(data, "spoiled.pdf", printer(), ink)
    except ReportError as failure:
        assert "process" not in str(failure), f"a fault of the press, not of the file: {failure}"
        return failure.problems[0].code
    return "judged"


@pytest.mark.parametrize("kind", ["pages of text", "an image and text", "a photograph", "nothing"])
def test_a_small_file_spoiled_in_many_ways_is_judged_or_refused(kind: str) -> None:
    found = endings(list(spoiled(originals()[kind], 100, SEED)))
    assert len(found) == 100
    assert set(found) <= {"accepted", "judged", "damaged", "no-pages", "unreadable", "too-large", "encrypted"}
    assert {"judged", "damaged"} <= set(found), "the changes go deep enough to spoil, and not so deep that all is lost"


@pytest.mark.parametrize("page", [1, 12])
def test_a_page_of_the_sample_spoiled_in_many_ways_is_judged_or_refused(printed: OpenedPdf, page: int) -> None:
    found = endings(list(spoiled(plain(one_page(printed.data, page)), 30, SEED + page)))
    assert len(found) == 30
    assert set(found) <= {"accepted", "judged", "damaged", "no-pages", "unreadable", "too-large", "encrypted"}
    assert "judged" in found

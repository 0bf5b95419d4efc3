"""Fast painting: drawings get the same operators as from the engine, and each is stored once in a file."""

from __future__ import annotations

import io
import random
import re
from contextlib import nullcontext

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from pages import SVG, laid_out, raw
from streams import operations

from report.engine import pdf
from report.engine.painting import operators


def _random_path(seed: int) -> str:
    """Return a simple path, with or without optional spaces, as drawing programs write them."""
    chance = random.Random(seed)
    joint = chance.choice([" ", ",", "\n", " , "])

    def points(count: int) -> str:
        return joint.join(f"{chance.uniform(-900, 900):.{chance.randint(0, 3)}f}" for _ in range(count))

    moves = [("M", 2), ("L", 2), ("C", 6), ("Z", 0), ("z", 0)]
    pieces = ["M" + points(2), *(letter + points(count) for letter, count in chance.choices(moves, k=seed % 9))]
    return chance.choice(["", " ", "\n"]).join(pieces)


def _written(svg: str, fast: bool, monkeypatch: pytest.MonkeyPatch) -> bytes:
    with monkeypatch.context() as patch:
        if not fast:
            patch.setattr(pdf, "fast_painting", nullcontext)
        return raw(
            laid_out('<p><img alt="A" src="press:image/a.svg"></p>', "", {"image/a.svg": svg.encode()}), "screen"
        )[0]


@pytest.mark.parametrize("seed", range(40))
def test_a_simple_path_keeps_its_points(seed: int) -> None:
    path = _random_path(seed)
    converted = operators(path)
    assert converted is not None, path
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]
    assert [float(word) for word in converted.split() if not word.isalpha()] == numbers
    letters = "".join(letter for letter in path if letter.isalpha())
    assert b"".join(word for word in converted.split() if word.isalpha()).decode() == letters.lower().replace("z", "h")


@pytest.mark.parametrize(
    "path", ["m 1 2 l 3 4", "M1 2A3 3 0 0 1 5 6", "M1e2 3L4 5", "L1 2", "M1 2 3 4", "M1 2Q3 4 5 6", "M1"]
)
def test_other_paths_are_left_to_the_engine(path: str) -> None:
    assert operators(path) is None


def test_a_drawing_has_the_same_operators_as_from_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = (
        '<path d="M1 2L30.5-4C1,2 3,4 5,6Z" fill="#14294B"/><path d="m1 1 l5 5" stroke="#14294B"/>'
        '<path d="" fill="#14294B"/><path d="M5 5L9 9" stroke="#14294B" opacity="0.5"/>'
    )
    fast_operations, slow_operations = (
        [
            each
            for each in operations(_written(SVG.format(40, 40, shapes), fast, monkeypatch))
            if each != ("m", (0.0, 0.0))
        ]
        for fast in (True, False)
    )
    assert fast_operations == slow_operations
    assert ("c", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)) in fast_operations


def test_a_path_with_markers_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    marker = (
        '<defs><marker id="m" markerWidth="4" markerHeight="4"><path d="M0 0L4 4" stroke="#14294B"/></marker></defs>'
    )
    svg = SVG.format(40, 40, f'{marker}<path d="M1 2L30 4" marker-end="url(#m)" stroke="#14294B"/>')
    assert ("l", (4.0, 4.0)) in operations(_written(svg, True, monkeypatch))


_SPREAD = """
@page s { margin: 0; background: url(press:art/a) no-repeat -9pt -9pt / 120pt 60pt }
@page s:right { background: url(press:art/a) no-repeat -60pt -9pt / 120pt 60pt }
section { page: s; break-before: page }
"""


def test_a_drawing_under_two_pages_is_stored_once_and_looks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    art = SVG.format(120, 60, '<path d="M0 0L120 60L0 60Z" fill="#14294B"/><path d="M5 5L90 5" stroke="#C8102E"/>')

    def file(fast: bool) -> bytes:
        with monkeypatch.context() as patch:
            if not fast:
                patch.setattr(pdf, "fast_painting", nullcontext)
            pages = "<section><p>One</p></section><section><p>Two</p></section>"
            return raw(laid_out(pages, _SPREAD, {"art/a": art.encode()}), "print")[0]

    fast_file, slow_file = file(True), file(False)
    assert [_pictures(fast_file)[n].tolist() == _pictures(slow_file)[n].tolist() for n in range(2)] == [True, True]
    assert (_count(fast_file, b"0 60"), _count(slow_file, b"0 60")) == (1, 2)


def _pictures(data: bytes) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    document = pdfium.PdfDocument(data)
    try:
        return [document[index].render(scale=0.5).to_numpy().copy() for index in range(len(document))]
    finally:
        document.close()


def _count(data: bytes, operators: bytes) -> int:
    """Count the form XObjects of a file that contain some operators."""
    with pikepdf.open(io.BytesIO(data)) as opened:
        streams = [item for item in opened.objects if isinstance(item, pikepdf.Stream)]
        return sum(operators in item.read_bytes() for item in streams if item.get("/Subtype") == "/Form")

"""Ink on the rendered plates: limits, overprint, bleed, soft masks."""

from __future__ import annotations

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from preflights import drawn, failing, messages, pair, printer_with, single, soft_mask, sound, spoiled

from report.inspection.inspect import Pdf
from report.preflight.plates import plates
from report.preflight.run import preflight

SQUARE = "100 100 50 50 re f"
OVER = {"O": Dictionary(OP=True, op=True, OPM=1)}


@pytest.mark.parametrize(
    ("content", "over"),
    [("1 1 1 0 k 100 100 50 50 re f", False), ("1 1 1 0.05 k 100 100 50 50 re f", True),
     ("1 1 1 1 k 100 100 4 4 re f", False), ("1 1 1 1 k 100 100 11 11 re f", True),
     ("1 1 0.5 0.5 k 100 100 50 50 re f", False), ("1 1 1 1 k 2 850 30 10 re f", False)],
)  # fmt: skip
def test_ink_is_measured_in_a_window_inside_the_bleed(content: str, over: bool) -> None:
    data = drawn(content)(single())
    assert bool(messages("ink-limit", data, ink=True)) is over


def test_the_place_of_too_much_ink_is_reported() -> None:
    data = drawn("1 1 1 0.4 k 200 300 60 60 re f", 2)(pair())
    (page,) = [each for each in preflight(data, "a.pdf", printer_with()).subject.ink if each.coverage > 300]
    left, bottom, right, top = page.where
    assert page.page == 2 and page.coverage == pytest.approx(340, abs=1)
    assert 199 <= left < right <= 261 and 299 <= bottom < top <= 361


def test_overprinting_black_adds_ink_and_a_knockout_does_not() -> None:
    ground = "1 1 0.5 0 k 100 100 60 60 re f"
    over = drawn(f"{ground} /O gs 0 0 0 1 k 110 110 30 30 re f", ExtGState=OVER)(single())
    knock = drawn(f"{ground} 0 0 0 1 k 110 110 30 30 re f")(single())
    assert messages("ink-limit", over, ink=True) and not messages("ink-limit", knock, ink=True)


def edges_of(data: bytes) -> set[str]:
    """Return the edges of page 2 where ink stops too early."""
    (page,) = [each for each in preflight(data, "a.pdf", printer_with()).subject.ink if each.page == 2]
    return {gap.edge for gap in page.gaps}


EDGES = {  # on page 2, a verso, whose bleed box is 27 27 648 837
    "left": ("36 100 100 600", "27 100 109 600"),
    "head": ("100 700 500 128", "100 700 500 137"),
    "foot": ("100 36 500 100", "100 27 500 109"),
}


@pytest.mark.parametrize("edge", EDGES)
def test_ink_that_stops_at_the_trim_is_found_on_its_edge_and_ink_that_runs_over_is_not(edge: str) -> None:
    short, full = (drawn(f"0.4 0.2 0 0 k {box} re f", 2)(pair()) for box in EDGES[edge])
    assert (edges_of(short), edges_of(full)) == ({edge}, set())


def test_ink_that_stops_at_the_fold_needs_no_bleed() -> None:
    assert messages("bleed-reach", drawn("0.4 0.2 0 0 k 500 200 148 300 re f", 2)(pair()), ink=True) == []


def test_a_soft_mask_lets_only_part_of_the_ink_through_on_every_plate() -> None:
    state = {"M": soft_mask("0.5 g 0 0 684 864 re f")}
    data = drawn("/M gs 1 1 1 0.4 k 200 300 60 60 re f", ExtGState=state)(single())
    assert messages("ink-limit", data, ink=True) == []


def test_inherited_resources_are_rendered_too() -> None:
    def moved(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        pdf.Root.Pages[Name.Resources] = page.obj.Resources
        del page.obj[Name.Resources]

    data = spoiled(moved)(sound())
    assert "/Resources" in Pdf(data).root["/Pages"]
    assert failing(data, ink=True) == set()


@pytest.mark.parametrize(
    "content",
    [
        "0 0 0 1 k 100 100 300 300 re f",
        "0 0 0 1 k[]0 d 100 100 300 300 re f",
        "[]0 d 0 0 0 1 k/O gs 100 100 300 300 re f",
        "q[]0 d 0 0 0 1 k 100 100 300 300 re f Q",
        "/Black cs 1 scn[]0 d 100 100 300 300 re f",
        "0 0 0 1 k\r100 100 300 300 re\rf",
    ],
)
def test_tokens_end_at_delimiters_as_well_as_at_spaces(content: str) -> None:
    tint = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[0, 0, 0, 1], N=1)
    black = Array([Name.Separation, Name.Black, Name.DeviceCMYK, tint])
    data = drawn(content, ExtGState=OVER, ColorSpace={"Black": black})(single())
    (found,) = plates(data)
    square = found[-400:-120, 120:400]
    assert [int(square[..., plate].max()) for plate in range(4)] == [0, 0, 0, 255]

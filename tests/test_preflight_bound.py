"""What a page's inks add up to at most: never less than what its plates show, and often enough to be sure."""

from __future__ import annotations

import random

import pytest
from pikepdf import Dictionary
from streams import facts_of, page_of

from report.inspection.inspect import text_runs
from report.preflight.bound import most_ink, sure_pages
from report.preflight.ink import page_ink
from report.preflight.plates import plates

_STATES = {
    "ExtGState": {
        "On": Dictionary(OP=True, op=True, OPM=1),
        "Off": Dictionary(OP=False, op=False, OPM=1),
        "Half": Dictionary(ca=0.5, CA=0.5),
    }
}


def bound(content: str) -> float:
    data = page_of(content, _STATES)
    facts = facts_of(data)
    return most_ink(facts.pages[0], facts.painted, list(text_runs(data)))


def measured(content: str) -> float:
    data = page_of(content, _STATES)
    (inks,) = plates(data)
    return page_ink(inks, facts_of(data).pages[0]).coverage


def _random_page(seed: int) -> str:
    """Panels, lines and rules of all builds, some of which overprint."""
    chance = random.Random(seed)
    pieces = []
    for _ in range(chance.randint(1, 9)):
        inks = [chance.choice([0, 0, 0.3, 0.6, 1]) for _ in range(4)]
        inks = [0, 0, 0, 1] if chance.random() < 0.4 else inks
        x, y, width, height = (chance.uniform(0, 150), chance.uniform(0, 150), *chance.choices(range(5, 120), k=2))
        shape = f"{x:.1f} {y:.1f} {width} {height} re f"
        if chance.random() < 0.3:
            shape = f"{chance.randint(2, 30)} w {x:.1f} {y:.1f} m {x + width:.1f} {y + height:.1f} l S"
        build = " ".join(f"{ink:g}" for ink in inks)
        pieces.append(f"/{chance.choice(['On', 'Off'])} gs {build} k {build} K {shape}")
    return " ".join(pieces)


@pytest.mark.parametrize("seed", range(60))
def test_no_page_has_more_ink_than_its_bound(seed: int) -> None:
    content = _random_page(seed)
    assert measured(content) <= bound(content) + 0.5, content


_NAVY, _BLACK = "1 0.8 0.4 0.3 k 0 0 100 200 re f", "/On gs 0 0 0 1 k"


def test_black_adds_to_the_inks_that_it_may_touch_and_to_no_others() -> None:
    assert bound(f"/Off gs {_NAVY}") == pytest.approx(250)
    assert bound(f"/Off gs {_NAVY} {_BLACK} 50 20 20 20 re f") == pytest.approx(320)
    assert bound(f"/Off gs {_NAVY} {_BLACK} 150 20 20 20 re f") == pytest.approx(250)


def test_overprinting_builds_of_several_inks_may_all_meet() -> None:
    assert bound("/On gs 1 0 0 0 k 0 0 9 9 re f 0 1 0 0.5 k 50 50 9 9 re f") == pytest.approx(250)


def test_marks_beyond_the_bleed_do_not_count() -> None:
    assert bound(f"/Off gs {_NAVY} 1 1 1 1 k 300 300 20 20 re f") == pytest.approx(250)


@pytest.mark.parametrize(
    "content",
    [
        f"/Half gs {_NAVY}",
        "1 0 0 rg 0 0 9 9 re f",
        "q 50 0 0 50 0 0 cm BI /W 1 /H 1 /CS /CMYK /BPC 8 ID abcd EI Q",
    ],
)
def test_what_only_a_picture_can_tell_is_never_sure(content: str) -> None:
    assert sure_pages(facts_of(page_of(content, _STATES)), [], 400) == frozenset()


def test_a_page_without_anything_on_it_is_sure() -> None:
    assert sure_pages(facts_of(page_of("")), [], 300) == {1}

"""Rectangles given by two corners in any order."""

from __future__ import annotations

import pytest

from report.geometry import Frame, Insets, Rect


def test_a_rectangle_of_a_size_has_its_corners_and_size() -> None:
    rect = Rect.of_size(10, 20, 30, 40)
    assert rect == (10, 20, 40, 60)
    assert (rect.width, rect.height) == (30, 40)
    assert rect.frame == Frame(10, 20, 30, 40)


def test_corners_may_be_written_in_any_order() -> None:
    assert Rect.of_corners([40, 60, 10, 20]) == Rect.of_corners([10, 60, 40, 20]) == Rect(10, 20, 40, 60)


@pytest.mark.parametrize("corners", [[1, 2, 3], [1, 2, 3, 4, 5], [1, 2, 3, "x"]])
def test_anything_but_four_numbers_is_refused(corners: list[float]) -> None:
    with pytest.raises(ValueError, match=r"unpack|convert"):
        Rect.of_corners(corners)


def test_the_rectangle_around_others_contains_them_all() -> None:
    assert Rect.around([Rect(0, 5, 2, 6), Rect(-1, 7, 1, 9)]) == Rect(-1, 5, 2, 9)


def test_the_intersection_of_two_rectangles() -> None:
    assert Rect(0, 0, 4, 4).common(Rect(2, 1, 9, 3)) == Rect(2, 1, 4, 3)
    assert Rect(0, 0, 4, 4).common(Rect(6, 0, 9, 4)).width < 0


def test_a_rectangle_can_be_shifted_grown_and_rounded() -> None:
    assert Rect(0, 0, 4, 4).shifted(1, -2).grown(0.126).rounded(2) == Rect(0.87, -2.13, 5.13, 2.13)


def test_flipping_twice_gives_the_same_rectangle() -> None:
    rect = Rect(1, 2, 3, 5)
    assert rect.flipped(100) == Rect(1, 95, 3, 98)
    assert rect.flipped(100).flipped(100) == rect


def test_insets_follow_the_edges_of_a_displayed_page() -> None:
    assert Rect(0, 1, 20, 30).over(Rect(2, 4, 15, 20)) == Insets(left=2, top=10, right=5, bottom=3)

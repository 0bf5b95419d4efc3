"""The list of drawings: each enters itself with the marks that stand for facts."""

from __future__ import annotations

from collections.abc import Callable

from report.design.look import Artwork, Scene

ARTWORKS: dict[str, Artwork] = {}
Draw = Callable[[Scene], str]


def artwork(counts: dict[str, tuple[float, float]] | None = None) -> Callable[[Draw], Draw]:
    """Enter a function in the list under its own name; `counts`: marks that stand for facts, with least and most."""

    def enter(function: Draw) -> Draw:
        ARTWORKS[function.__name__] = Artwork(function, counts or {})
        return function

    return enter

"""The registry of artworks: each is registered with the marks that represent facts."""

from __future__ import annotations

from collections.abc import Callable

from report.design.look import Artwork, Scene

ARTWORKS: dict[str, Artwork] = {}
Draw = Callable[[Scene], str]


def artwork(counts: dict[str, tuple[float, float]] | None = None) -> Callable[[Draw], Draw]:
    """Register a function under its own name. `counts`: the marks that represent facts, with minimum and maximum.

    A project's functions are registered first, so they replace the program's of the same name.
    """

    def register(function: Draw) -> Draw:
        ARTWORKS.setdefault(function.__name__, Artwork(function, counts or {}))
        return function

    return register

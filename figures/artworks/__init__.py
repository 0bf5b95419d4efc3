"""Drawings that carry the report: functions from a scene to an SVG text, found by name, with the facts they count.

Every module of this folder is looked through, so that a new drawing is one decorated function.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

from figures.artworks.gallery import ARTWORKS  # noqa: E402  # complete only now

__all__ = ["ARTWORKS"]

"""The artworks of the report: functions from a scene to SVG, registered by name with the marks they count.

Every module of this folder is imported, so a new artwork is one decorated function.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

from figures.artworks.gallery import ARTWORKS  # noqa: E402  # complete only after the loop

__all__ = ["ARTWORKS"]

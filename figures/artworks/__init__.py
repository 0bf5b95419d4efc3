"""The artworks of the report: functions from a scene to SVG, registered by name with the marks they count.

Every module of this folder is imported, so a new artwork is one decorated function.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import figures

__path__ = [str(Path(home) / "artworks") for home in figures.__path__]  # a project's own first

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

from figures.artworks.gallery import ARTWORKS  # noqa: E402  # complete only after the loop

__all__ = ["ARTWORKS"]

"""The chart functions of the report: from data, a look and a size to a matplotlib Figure.

`FIGURES` maps the names that `charts.yaml` may use to the functions and their declarations. The functions are pure:
they read no files except the given fonts, keep no state and do not change matplotlib's global style. Every module here
is imported, so a new chart is one decorated function. Matplotlib is loaded with the first drawing.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    if not _module.ispkg and not _module.name.startswith("_"):
        import_module(f"{__name__}.{_module.name}")

from figures.needs import FIGURES  # noqa: E402  # complete only after the loop

__all__ = ["FIGURES"]

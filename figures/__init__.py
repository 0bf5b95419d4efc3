"""The chart functions of the report: data, a look and a size in; a matplotlib Figure out.

`FIGURES` maps the names that `charts.yaml` may use to the functions and to what they declare. The functions are pure:
they read no files but the fonts they are given, keep no state and leave matplotlib's global style alone. Every module
here is looked through, so that a new chart is one decorated function. Matplotlib waits for the first drawing.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    if not _module.ispkg and not _module.name.startswith("_"):
        import_module(f"{__name__}.{_module.name}")

from figures.needs import FIGURES  # noqa: E402  # complete only now

__all__ = ["FIGURES"]

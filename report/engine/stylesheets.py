"""What the engine would ignore in stylesheets, found without a layout and kept in the cache.

In: the names and texts of stylesheets. Out: problems. The engine takes half a second to load, and is loaded only if a
stylesheet has changed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple

from report.cache.store import Cache, digest
from report.engine.internals import VERSION
from report.problems import Place, Problem, Severity


def ignored_styles(styles: Sequence[tuple[str, str]], cache: Cache) -> list[Problem]:
    """Return what the engine would ignore. Raises ReportError for a stylesheet that it cannot read."""

    def found() -> bytes:
        from report.engine.pdf import stylesheet_problems

        return json.dumps([astuple(problem) for problem in stylesheet_problems(styles)]).encode()

    stored = json.loads(cache.get_or_make("styles", digest(VERSION, tuple(styles)), found))
    return [Problem(Severity(severity), code, Place(*place), *words) for severity, code, place, *words in stored]

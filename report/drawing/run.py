"""All drawings of an edition, charts and artwork, as one task for a worker process.

In: an edition, its charts and sheets, the project's figures and artworks, and the cache. Out: `Drawings`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from report.cache.store import Cache
from report.design.tokens import Tokens
from report.drawing.charts import ChartArt, draw_charts
from report.drawing.sheets import ArtworkSheet, draw_sheets
from report.edition.edition import Edition
from report.project import Project


@dataclass(frozen=True, slots=True)
class Drawings:
    """The SVG of charts and artworks by name; the names taken from the cache and those drawn; the time in seconds."""

    charts: Mapping[str, str]
    artworks: Mapping[str, str]
    cached: tuple[str, ...]
    rendered: tuple[str, ...]
    seconds: float


def draw(
    edition: Edition,
    arts: Mapping[str, ChartArt],
    sheets: Mapping[str, ArtworkSheet],
    tokens: Tokens,
    project: Project,
    cache: Cache,
    stamp: str,
) -> Drawings:
    """Draw everything that is not cached. Raises ReportError with the charts that cannot be drawn."""
    start = time.perf_counter()
    with cache.deferred_writes():
        charts = draw_charts(edition, arts, tokens, project.figures, cache, stamp)
        artworks = draw_sheets(sheets, project.artworks, cache, stamp)
    return Drawings(charts, artworks, tuple(cache.hits), tuple(cache.misses), time.perf_counter() - start)

"""The only resources that the engine may read, by their `press:` names: drawings, fonts and photographs.

In: an edition, its tokens, the names of its sheets, its drawings. Out: a mapping from name to a function that returns
the bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from report.cache.store import NO_CACHE, Cache, digest
from report.compose.logos import plain_svg
from report.compose.photographs import for_reading, photograph_file
from report.design.tokens import Tokens
from report.drawing.run import Drawings
from report.edition.edition import Edition

# The image that carries the alternative text of an artwork: the artwork itself is a page background.
BLANK = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


def resources(
    edition: Edition,
    tokens: Tokens,
    sheet_names: Iterable[str],
    drawings: Callable[[], Drawings],
    cache: Cache = NO_CACHE,
) -> dict[str, Callable[[], bytes]]:
    """Return everything that templates and stylesheets may use.

    `drawings` is first called when a drawing is read; photographs that were made ready before are in `cache`.
    """
    available: dict[str, Callable[[], bytes]] = {"blank": BLANK.encode}
    for name in edition.charts:
        available[f"chart/{name}"] = partial(_chart, drawings, name)
    for name in sheet_names:
        available[f"art/{name}"] = partial(_artwork, drawings, name)
    for face in tokens.faces.values():
        available[f"font/{face.path.name}"] = face.path.read_bytes
    for image in edition.images.values():
        available[f"image/{image.file}"] = partial(_image, edition.root / "images", image.file, cache)
    return available


def _image(folder: Path, name: str, cache: Cache) -> bytes:
    data = photograph_file(folder, name).read_bytes()
    if name.lower().endswith(".svg"):
        return plain_svg(data.decode("utf-8-sig")).encode()
    return cache.get_or_make("photographs", digest(data), partial(for_reading, data), name)


def _chart(drawings: Callable[[], Drawings], name: str) -> bytes:
    return drawings().charts[name].encode()


def _artwork(drawings: Callable[[], Drawings], name: str) -> bytes:
    return drawings().artworks[name].encode()

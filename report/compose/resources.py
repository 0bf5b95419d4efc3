"""What the engine may read: the edition's drawings, fonts and photographs, by their `press:` names, and nothing else.

In: an edition, its tokens, the names of its sheets, its drawings. Out: a mapping from name to a function that gives the
bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from report.design.tokens import Tokens
from report.drawing.run import Drawings
from report.edition.edition import Edition

BLANK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'  # carries the text of a drawing that lies behind
)


def resources(
    edition: Edition, tokens: Tokens, laid_under: Iterable[str], drawn: Callable[[], Drawings]
) -> dict[str, Callable[[], bytes]]:
    """Return everything that templates and stylesheets may name. `drawn` is asked for the first drawing, not before."""
    served: dict[str, Callable[[], bytes]] = {"blank": BLANK.encode}
    for name in edition.charts:
        served[f"chart/{name}"] = partial(_chart, drawn, name)
    for name in laid_under:
        served[f"art/{name}"] = partial(_artwork, drawn, name)
    for face in tokens.faces.values():
        served[f"font/{face.path.name}"] = face.path.read_bytes
    for image in edition.images.values():
        served[f"image/{image.file}"] = (edition.root / "images" / image.file).read_bytes
    return served


def _chart(drawn: Callable[[], Drawings], name: str) -> bytes:
    return drawn().charts[name].encode()


def _artwork(drawn: Callable[[], Drawings], name: str) -> bytes:
    return drawn().artworks[name].encode()

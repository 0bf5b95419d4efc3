"""What the engine may read: the edition's drawings, fonts and photographs, by their `press:` names, and nothing else.

In: an edition, its tokens and its drawings. Out: a mapping from name to a function that gives the bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from report.charts import ChartArt
from report.edition import Edition
from report.tokens import Tokens

BLANK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'  # carries the text of a drawing that lies behind
)


def resources(
    edition: Edition, tokens: Tokens, charts: Mapping[str, ChartArt], artworks: Mapping[str, str]
) -> dict[str, Callable[[], bytes]]:
    """Return everything that templates and stylesheets may name."""
    served: dict[str, Callable[[], bytes]] = {"blank": BLANK.encode}
    for name, art in charts.items():
        served[f"chart/{name}"] = art.svg.encode
    for name, svg in artworks.items():
        served[f"art/{name}"] = svg.encode
    for face in tokens.faces.values():
        served[f"font/{face.path.name}"] = face.path.read_bytes
    for image in edition.images.values():
        served[f"image/{image.file}"] = (edition.root / "images" / image.file).read_bytes
    return served

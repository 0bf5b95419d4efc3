"""Reports as single web pages: a template of layouts/reports/ filled, with everything that it shows inside.

In: the name of a template and its values. Out: HTML that needs nothing else: no network, no file beside it.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.tokens import Tokens

if TYPE_CHECKING:
    from PIL import Image

LAYOUTS = Path(__file__).resolve().parents[1] / "layouts" / "reports"


def page(template: str, tokens: Tokens, **values: object) -> str:
    """Fill a template. The colours of the tokens are there as custom properties."""
    environment = Environment(
        loader=FileSystemLoader(LAYOUTS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    colours = "".join(f"--{name}: {value}; " for name, value in tokens.hexes.items())
    return environment.get_template(template).render(colours=colours, **values)


def picture(image: Image.Image, kind: str = "JPEG") -> str:
    """Return an image as an address that holds it."""
    out = io.BytesIO()
    image.save(out, kind, **({"quality": 72, "optimize": True} if kind == "JPEG" else {"optimize": True}))
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"

"""Reports as single web pages, and the texts of messages: a template of layouts/ filled.

In: the name of a template and its values. Out: text. A report is HTML that needs nothing else: no network, no file
beside it.
"""

from __future__ import annotations

import base64
import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.design.tokens import Tokens

if TYPE_CHECKING:
    from PIL import Image

LAYOUTS = Path(__file__).resolve().parents[2] / "layouts"


def page(template: str, tokens: Tokens, **values: object) -> str:
    """Fill a template of layouts/reports/. The colours of the tokens are there as custom properties."""
    colours = "".join(f"--{name}: {value}; " for name, value in tokens.hexes.items())
    return filled("reports", template, colours=colours, **values)


def filled(folder: str, template: str, **values: object) -> str:
    """Fill a template of a folder of layouts/. What goes into HTML is escaped; a value that is missing is a fault."""
    return _environment(folder, template.endswith(".html.j2")).get_template(template).render(**values)


@cache
def _environment(folder: str, escaped: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(LAYOUTS / folder),
        autoescape=escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def picture(image: Image.Image, kind: str = "JPEG") -> str:
    """Return an image as an address that holds it."""
    out = io.BytesIO()
    image.save(out, kind, **({"quality": 72, "optimize": True} if kind == "JPEG" else {"optimize": True}))
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"

"""Templates of layouts/ rendered to text: reports as self-contained web pages, and the texts of emails.

In: the name of a template and its values. Out: text. A report is a single HTML file that loads nothing else.
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


def render_page(template: str, tokens: Tokens, **values: object) -> str:
    """Render a template of layouts/reports/. The token colours are available as CSS custom properties."""
    colours = "".join(f"--{name}: {value}; " for name, value in tokens.hexes.items())
    return render_template("reports", template, colours=colours, **values)


def render_template(folder: str, template: str, **values: object) -> str:
    """Render a template of a folder of layouts/. HTML templates escape their values; a missing value is an error."""
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


def data_uri(image: Image.Image, kind: str = "JPEG") -> str:
    """Return an image as a data: URI."""
    out = io.BytesIO()
    image.save(out, kind, **({"quality": 72, "optimize": True} if kind == "JPEG" else {"optimize": True}))
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"

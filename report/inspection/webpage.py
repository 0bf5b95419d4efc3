"""Templates of layouts/ rendered to text: reports as self-contained web pages, and the texts of emails.

In: the name of a template, its values, and the design of a project. Out: text. A report is a single HTML file that
loads nothing else.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.searchpath import SearchPath

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True)
class WebDesign:
    """The design of web pages and mails: colours as hex values by token, and where their templates are found."""

    colours: Mapping[str, str]
    search: SearchPath

    def page(self, template: str, **values: object) -> str:
        """Render a template of layouts/reports/. The token colours are available as CSS custom properties."""
        properties = "".join(f"--{name}: {value}; " for name, value in self.colours.items())
        return self.text("reports", template, colours=properties, **values)

    def text(self, folder: str, template: str, **values: object) -> str:
        """Render a template of a folder of layouts/. HTML is escaped; a missing value is an error."""
        folders = tuple(home / "layouts" / folder for home in self.search.folders)
        return _environment(folders, template.endswith(".html.j2")).get_template(template).render(**values)


@cache
def _environment(folders: tuple[Path, ...], escaped: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(folders),
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

"""The yardstick: a plain program in one process that renders and writes the same document once with WeasyPrint.

Usage: yardstick.py FOLDER (with document.html, styles/ and their resources, as `bench.py` writes them).
"""

from __future__ import annotations

import sys
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse


class Fetcher(URLFetcher):
    """Serves `press:` URLs from a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(allowed_protocols=())
        self.folder = folder

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """Return a file."""
        name = url.removeprefix("press:")
        kind = "font/ttf" if name.startswith("font/") else "image/svg+xml"
        return URLFetcherResponse(url, (self.folder / name).read_bytes(), {"Content-Type": kind})


def main(folder: Path) -> None:
    """Render the document and write it as PDF."""
    fetcher, fonts = Fetcher(folder), FontConfiguration()
    names = sorted((folder / "styles").iterdir())
    styles = [
        CSS(string=path.read_text("utf-8"), url_fetcher=fetcher, font_config=fonts, base_url="press:style/x")
        for path in names
    ]
    html = HTML(string=(folder / "document.html").read_text("utf-8"), url_fetcher=fetcher, base_url="press:")
    html.write_pdf(folder / "plain.pdf", stylesheets=styles, font_config=fonts)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

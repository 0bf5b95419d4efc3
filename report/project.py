"""A project: the folder of a build, its editions and its drawing functions.

In: paths and the drawing functions that `build.py` passes. Out: `Project`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from report.design.look import Artwork, ChartForm
from report.problems import Place, ReportError, did_you_mean, error
from report.searchpath import SearchPath

if TYPE_CHECKING:
    from report.design.tokens import Tokens
    from report.inspection.webpage import WebDesign


@dataclass(frozen=True, slots=True)
class Project:
    """The project folder `root`, with data/, layouts/ and styles/, and the drawing functions.

    `program` is the folder with the layouts, styles and fonts for whatever the project does not have.
    """

    root: Path
    figures: Mapping[str, ChartForm]
    artworks: Mapping[str, Artwork]
    program: Path | None = None

    @property
    def search(self) -> SearchPath:
        """The search path for layouts, styles, fonts and drawing functions."""
        return SearchPath.of(self.root, self.program)

    @property
    def editions(self) -> list[str]:
        """The names of the editions, oldest first."""
        return sorted(
            path.parent.name
            for path in (self.root / "data").glob("*/edition.yaml")
            if not path.parent.name.startswith(".")  # leftover of a killed command
        )

    def tokens(self) -> Tokens:
        """Load the design tokens. Raises ReportError."""
        from report.design.tokens import load_tokens  # late: listing editions must stay fast

        fonts = [folder / "styles" / "fonts" for folder in self.search.folders]
        return load_tokens(self.search.file("styles/tokens.yaml"), "styles/tokens.yaml", fonts)

    def web_design(self) -> WebDesign:
        """Return the design of web pages and mails. Raises ReportError."""
        from report.inspection.webpage import WebDesign

        return WebDesign(self.tokens().hexes, self.search)

    def edition(self, name: str | None) -> str:
        """Return the named edition, or the newest. Raises ReportError if there is none."""
        editions = self.editions
        if name in editions:
            return str(name)
        if name is None and editions:
            return editions[-1]
        what = f"There is no edition `{name}` in data/." if name else "There is no edition in data/."
        hint = (
            did_you_mean(name or "", editions)
            or "Create one: an edition is a folder data/<name>/ with an edition.yaml."
        )
        raise ReportError([error("unknown-edition", Place("data"), what, hint)])

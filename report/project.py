"""The folder that a build works in, and the editions found there.

In: paths and the drawing functions that `build.py` hands over. Out: `Project`.
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


@dataclass(frozen=True, slots=True)
class Project:
    """Where everything is: data/, layouts/ and styles/ below `root`, and the functions that draw.

    `program` is the folder with the layouts, styles and fonts that the project does not have itself.
    """

    root: Path
    figures: Mapping[str, ChartForm]
    artworks: Mapping[str, Artwork]
    program: Path | None = None

    @property
    def search(self) -> SearchPath:
        """Where layouts, styles, fonts and drawing functions are looked for."""
        return SearchPath.of(self.root, self.program)

    @property
    def editions(self) -> list[str]:
        """The names of the editions, oldest first."""
        return sorted(
            path.parent.name
            for path in (self.root / "data").glob("*/edition.yaml")
            if not path.parent.name.startswith(".")  # of a command that was killed
        )

    def tokens(self) -> Tokens:
        """Load the design tokens. Raises ReportError."""
        from report.design.tokens import load_tokens  # late: what only asks for editions needs no colours

        fonts = [folder / "styles" / "fonts" for folder in self.search.folders]
        return load_tokens(self.search.file("styles/tokens.yaml"), "styles/tokens.yaml", fonts)

    def edition(self, name: str | None) -> str:
        """Return the edition asked for, or the newest. Raises ReportError if there is none."""
        editions = self.editions
        if name in editions:
            return str(name)
        if name is None and editions:
            return editions[-1]
        what = f"There is no edition `{name}` in data/." if name else "There is no edition in data/."
        hint = did_you_mean(name or "", editions) or "An edition is a folder data/<name>/ with an edition.yaml."
        raise ReportError([error("unknown-edition", Place("data"), what, hint)])

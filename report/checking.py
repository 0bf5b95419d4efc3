"""Everything that can be known without rendering: an edition loaded and checked, in well under a second.

In: a project and the name of an edition. Out: the edition, the tokens, and all problems that do not prevent loading.
"""

from __future__ import annotations

from report.consistency import consistency
from report.edition import Edition
from report.load import load
from report.problems import Problem, ReportError
from report.project import Project
from report.safety import check_sources
from report.tokens import Tokens, load_tokens


def check(project: Project, name: str) -> tuple[Edition, Tokens, list[Problem]]:
    """Load and check an edition without rendering. Raises ReportError if it can't be loaded at all."""
    failures: list[Problem] = []
    edition = tokens = None
    try:
        edition = load(project.root / "data" / name, f"data/{name}")
    except ReportError as failure:
        failures += failure.problems
    try:
        tokens = load_tokens(project.root / "styles" / "tokens.yaml", "styles/tokens.yaml")
    except ReportError as failure:
        failures += failure.problems
    if edition is None or tokens is None:
        if edition is not None:
            failures += consistency(edition, project.figures, project.artworks)
        raise ReportError(failures)
    problems = [*consistency(edition, project.figures, project.artworks), *check_sources(project.root, edition, tokens)]
    return edition, tokens, problems

"""Everything that can be known without rendering: an edition loaded and checked, in well under a second.

In: a project and the name of an edition. Out: the edition, the tokens, and all problems that do not prevent loading.
"""

from __future__ import annotations

from report.consistency import consistency
from report.edition import Edition
from report.load import read
from report.problems import Problem, ReportError
from report.project import Project
from report.safety import check_sources
from report.tokens import Tokens


def check(project: Project, name: str) -> tuple[Edition, Tokens, list[Problem]]:
    """Load and check an edition without rendering. Raises ReportError if a part can't be loaded, with all problems."""
    edition, tokens = read(project.root / "data" / name, f"data/{name}"), None
    problems = consistency(edition, project.figures, project.artworks)
    try:
        tokens = project.tokens()
    except ReportError as failure:
        problems += failure.problems
    problems += check_sources(project.root, edition, tokens, project.press)
    if edition.broken or tokens is None:
        raise ReportError(problems)
    return edition, tokens, problems

"""Loads an edition and runs all checks that need no rendering, in about a second.

In: a project and the name of an edition. Out: the edition, the tokens, and all problems that do not prevent loading.
"""

from __future__ import annotations

from report.checks.consistency import consistency
from report.checks.safety import check_sources
from report.checks.words import untranslated_words
from report.design.tokens import Tokens
from report.edition.edition import Edition
from report.edition.history import History, with_history
from report.edition.load import read
from report.problems import Problem, ReportError
from report.project import Project


def check(project: Project, name: str) -> tuple[Edition, Tokens, list[Problem]]:
    """Load and check an edition without rendering. Raises ReportError with all problems if a file cannot be loaded."""
    data, tokens = project.root / "data", None
    edition, history_problems = with_history(read(data / name, f"data/{name}"), History(data, project.editions, name))
    problems = [*consistency(edition, project.figures, project.artworks), *history_problems]
    try:
        tokens = project.tokens()
    except ReportError as failure:
        problems += failure.problems
    problems += check_sources(project.search, edition, tokens)
    problems += untranslated_words(project.search, edition)
    if edition.broken or tokens is None:
        raise ReportError(problems)
    return edition, tokens, problems

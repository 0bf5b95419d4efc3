"""What holds for the words of every problem: they are sentences, and one of them says what to do."""

from __future__ import annotations

from report.problems import Problem


def told(problem: Problem) -> Problem:
    """Return a problem whose words are as they should be."""
    for text in (problem.what, problem.hint):
        assert text.endswith((".", "?")), f"no sentence: {text!r}"
        assert not text.isupper(), f"shouted: {text!r}"
        assert not text[0].islower() or "." in text.split(" ")[0], f"begins small: {text!r}"  # a file may begin so
    return problem

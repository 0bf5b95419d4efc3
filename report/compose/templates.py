"""The Jinja2 templates of layouts/: found on the search path, and their mistakes as problems.

In: a search path. Out: an environment that finds every template, and problems with file and line.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, UndefinedError

from report.edition.yamldoc import read_text
from report.problems import Place, Problem, error
from report.searchpath import SearchPath

_HINT = "Correct the template; docs/templates.md lists the values that it is given."

_NO_ATTRIBUTE = re.compile(r"'(?:[\w.]+\.)?(\w+) object' has no attribute '(\w+)'")


def template_environment(search: SearchPath) -> Environment:
    """Return an environment that escapes every value, and for which a missing value is an error."""
    return Environment(
        loader=FileSystemLoader([folder / "layouts" for folder in search.folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def syntax_problems(search: SearchPath) -> Iterator[Problem]:
    """Yield the first mistake of syntax in each template, used or not."""
    environment = template_environment(search)
    for name, path in search.files("layouts", "*.j2"):
        try:
            environment.parse(read_text(path, name), name.removeprefix("layouts/"))
        except TemplateSyntaxError as failure:
            yield template_problem(failure)


def template_problem(failure: Exception) -> Problem:
    """Return a problem for an exception in a template: its file, its line and the reason."""
    if isinstance(failure, TemplateSyntaxError):
        where = Place(f"layouts/{failure.name}", failure.lineno)
        return error("template", where, f"The template could not be parsed: {_reason(failure)}.", _HINT)
    frames = [frame for frame in traceback.extract_tb(failure.__traceback__) if frame.filename.endswith(".j2")]
    name = frames[-1].filename.rpartition("layouts/")[2] if frames else str(failure) or "report.html.j2"
    where = Place(f"layouts/{name}", frames[-1].lineno or 0 if frames else 0)
    return error("template", where, f"The template could not be rendered: {_reason(failure)}.", _HINT)


def _reason(failure: Exception) -> str:
    """Return the reason of an exception in the words of someone who writes templates."""
    if isinstance(failure, TemplateNotFound):
        return f"there is no `{failure.name}` in layouts/"
    if isinstance(failure, UndefinedError) and (missing := _NO_ATTRIBUTE.search(str(failure))):
        return f"a {missing[1]} has no value `{missing[2]}`"
    return str(failure.message if isinstance(failure, TemplateSyntaxError) else failure).rstrip(".")

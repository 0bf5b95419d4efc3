"""Expensive constant results, computed once and shared by the tests of a run.

Each is a pure function of something that does not change while tests run (the installed packages, the commands of the
command line, the font files of the program), or of a text (the problems of a stylesheet, the content of a YAML file).
The program itself computes each of them once per run. Tests must not change them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer.main
from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache

from report.checks import safety
from report.checks.stylecheck import variables_in
from report.compose import templates
from report.design import tokens
from report.edition import load
from report.edition.yamldoc import parse
from report.problems import Problem
from report.sets import freshness


class Package(NamedTuple):
    """Name and version of a package."""

    name: str
    version: str


@cache
def packages() -> tuple[Package, ...]:
    return tuple(Package(each.name, each.version) for each in distributions())


class TemplateCache(BytecodeCache):
    """A cache of compiled templates, keyed by their text."""

    def __init__(self) -> None:
        self.bytecode: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bytecode := self.bytecode.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(bytecode)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.bytecode[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


Known = Collection[str] | None
Check = Callable[[str, str, Known], Iterable[Problem]]
TEXTS = ("stylesheet_problems", "template_problems", "python_problems")


def memoised(check: Check) -> Check:
    """Return a check that runs once for each combination of text, colours and variables."""
    results: dict[object, tuple[Problem, ...]] = {}

    def problems(text: str, shown: str, known: Known) -> tuple[Problem, ...]:
        key = (text, shown, None if known is None else frozenset(known))
        if key not in results:
            results[key] = tuple(check(text, shown, known))
        return results[key]

    return problems


@cache
def replacements() -> tuple[tuple[object, str, object], ...]:
    """Return owner, name and replacement of each shared function; the same for all test files of a process."""
    fault, libraries = tokens._fault, freshness._system_libraries

    @cache
    def fault_of(path: Path, size: int, changed: int) -> str:
        return fault(path)

    def font_fault(path: Path) -> str:
        now = path.stat()
        return fault_of(path.resolve(), now.st_size, now.st_mtime_ns)

    return (
        (freshness, "distributions", packages),
        (freshness, "_system_libraries", cache(lambda: tuple(libraries()))),
        (templates, "Environment", partial(Environment, bytecode_cache=TemplateCache())),
        (load, "parse", cache(parse)),
        (tokens, "_fault", font_fault),
        *((safety, name, memoised(getattr(safety, name))) for name in TEXTS),
        (safety, "variables_in", cache(lambda text: frozenset(variables_in(text)))),
        (typer.main, "get_command", cache(typer.main.get_command)),
    )


@contextmanager
def shared_constants() -> Iterator[None]:
    """Patch the program with the shared functions. Files that have changed are read again."""
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, shared in replacements():
            patch.setattr(owner, name, shared)
        yield


def with_fewer_collections(config: pytest.Config) -> None:
    """Collect garbage less often, because tens of thousands of objects of the tests are in use all the time."""
    before: Any = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    config.add_cleanup(lambda: gc.set_threshold(*before))

"""What costs much and is the same for every test of a run, found once: no test may change any of it.

Each is a plain function of what does not change while tests run: the packages installed, the commands of the command
line, the font files that come with the press; or of a text alone, as what is wrong with a stylesheet or what a YAML
file says. The product itself finds each of them once in a run.
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
from report.compose import run as composing
from report.design import tokens
from report.edition import load
from report.edition.yamldoc import parse
from report.problems import Problem
from report.sets import freshness


class Package(NamedTuple):
    """What tells one version of a package from another."""

    name: str
    version: str


@cache
def packages() -> tuple[Package, ...]:
    return tuple(Package(each.name, each.version) for each in distributions())


class Compiled(BytecodeCache):
    """Keeps templates compiled, each by its whole text."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self.kept.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


Known = Collection[str] | None
Judge = Callable[[str, str, Known], Iterable[Problem]]
TEXTS = ("stylesheet_problems", "template_problems", "python_problems")


def remembered(judge: Judge) -> Judge:
    """Return what judges a text once for all tests that judge the same text with the same colours and variables."""
    kept: dict[object, tuple[Problem, ...]] = {}

    def problems(text: str, shown: str, known: Known) -> tuple[Problem, ...]:
        key = (text, shown, None if known is None else frozenset(known))
        if key not in kept:
            kept[key] = tuple(judge(text, shown, known))
        return kept[key]

    return problems


@cache
def found() -> tuple[tuple[object, str, object], ...]:
    """Return what stands in for what in each test file: one and the same for all files of a process."""
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
        (composing, "Environment", partial(Environment, bytecode_cache=Compiled())),
        (load, "parse", cache(parse)),
        (tokens, "_fault", font_fault),
        *((safety, name, remembered(getattr(safety, name))) for name in TEXTS),
        (safety, "variables_in", cache(lambda text: frozenset(variables_in(text)))),
        (typer.main, "get_command", cache(typer.main.get_command)),
    )


@contextmanager
def found_once() -> Iterator[None]:
    """Let all tests of a process share what they can't change. A file that is no longer the same is read again."""
    with pytest.MonkeyPatch.context() as patch:
        for holder, name, shared in found():
            patch.setattr(holder, name, shared)
        yield


def with_fewer_collections(config: pytest.Config) -> None:
    """Look for unused objects less often: tens of thousands of tests' objects are in use all the time."""
    before: Any = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    config.add_cleanup(lambda: gc.set_threshold(*before))

"""Shared fixtures: a tiny complete edition, written with changes, loaded and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from mailserver import MailServer, running
from once import shared_constants, with_fewer_collections

import figures
from figures import artworks
from report.checks.consistency import consistency
from report.design.tokens import Tokens, load_tokens
from report.edition.edition import Edition
from report.edition.load import load, read
from report.problems import Problem, in_order

ROOT = Path(__file__).parents[1]
SHOWN = "data/tiny"
FIGURES = {name: figures.FIGURES[name] for name in ("donut", "share_field")}
ARTWORKS = {name: artworks.ARTWORKS[name] for name in ("beacon", "cover")}
DATA = ("edition", "facts", "charts", "quotes", "checks", "images")

Change = str | bytes | tuple[str, str] | None

SUN = "artwork: cover\ncounts: [{fact: county.students, each: 2000}]\n"  # a seed for every two thousand

TINY: Mapping[str, str] = {
    "edition": """\
# yaml-language-server: $schema=../schema/edition.schema.json
edition: tiny
title: Tiny Report
tagline: A small one
slug: tiny-report
organisation: {name: Office of Small Things, short: OST, website: www.example.org}
period: {start: 2023-07-01, end: 2024-06-30}
published: 2024-12-03
language: en-US
subject: A year of work in a few figures.
pillars:
  - {id: wellbeing, name: Care and Wellbeing}
sources:
  report: {title: Annual Report, publisher: Office of Small Things, year: 2024}
sections:
  - section: cover
  - section: contents
  - section: story
  - quote: child
  - section: notes
  - section: back
names_with_figures: [K-8]
""",
    "facts": """\
# yaml-language-server: $schema=../schema/facts.schema.json
facts:
  ease.covered: {value: 177000, unit: count, label: employees covered, qualifier: nearly, source: report}
  ease.served: {value: 11102, unit: count, label: employees served, source: report}
  ease.rate: {value: 6.3, unit: percent, label: of employees served, source: report}
  advocacy.rank:
    value: 7
    unit: ordinal
    label: in advocacy
    source: report
    outof: 105
  da.attendance:
    value: 10603
    unit: count
    label: educators attending
    source: report
    prior: {value: 8318, period: "2022-23"}
  budget.total: {value: 627000000, unit: usd, label: in the budget, source: report}
  county.students: {value: 2000000, unit: count, label: students, source: report}
  county.districts: {value: 80, unit: count, label: school districts, source: report}
""",
    "charts": """\
# yaml-language-server: $schema=../schema/charts.schema.json
charts:
  ease:
    figure: share_field
    title: "Counseling served {{ ease.rate }} of employees"
    subject: Employees served, of all covered
    source: report
    pillar: wellbeing
    width: 6
    lines: 10
    whole: ease.covered
    series:
      - {fact: ease.served, label: Served, emphasis: true}
    options: {marks: 1000}
""",
    "quotes": """\
# yaml-language-server: $schema=../schema/quotes.schema.json
quotes:
  child:
    lines: [Every child, deserves a champion]
    attribution: Rita Pierson
    source: TED talk
    status: verified
    artwork: beacon
    counts: [{fact: county.districts}]
    ground: ink
""",
    "checks": """\
# yaml-language-server: $schema=../schema/checks.schema.json
checks:
  - {id: ease-rate, kind: share, part: ease.served, whole: ease.covered, equals: ease.rate, decimals: 1}
""",
    "cover": f"---\npage: cover\ntitle: Tiny Report\n{SUN}---\n",
    "contents": f"---\npage: contents\ntitle: Contents\n{SUN}---\n",
    "story": """\
---
page: feature
title: A Story
lede: About {{ budget.total }} and what it is for.
callouts: [advocacy.rank]
statements:
  - {label: Mission, text: Service and leadership}
---
Attendance grew by {{ da.attendance | change }} in *one* year,[^a] at every K-8 school.

## How many were covered

[[facts: ease.covered, ease.served]]

[[chart: ease]]

[^a]: It was {{ da.attendance | prior }} before.
""",
    "notes": "---\npage: notes\ntitle: Notes\n---\n",
    "back": f"---\npage: back\ntitle: Office of Small Things\n{SUN}---\n",
}


def _changed(name: str, change: Change) -> bytes | None:
    if isinstance(change, tuple):
        old, new = change
        assert TINY[name].count(old) == 1, f"{old!r} occurs {TINY[name].count(old)} times in {name}"
        change = TINY[name].replace(old, new)
    return change.encode() if isinstance(change, str) else change


def write_tiny(folder: Path, **changes: Change) -> Path:
    """Write the tiny edition with changes to a folder, and return the folder (see `write_edition`)."""
    (folder / "sections").mkdir(parents=True, exist_ok=True)
    for name in (*TINY, *(name for name in changes if name not in TINY)):
        path = folder / f"{name}.yaml" if name in DATA else folder / "sections" / f"{name}.md"
        content = _changed(name, changes.get(name, TINY.get(name)))
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(content)
    return folder


def pytest_configure(config: pytest.Config) -> None:
    with_fewer_collections(config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give all files of tests/full that use the edition to one worker, so that it is built once.

    These files have "edition" in their names. Any other file goes to one worker too, because its tests share fixtures.
    The groups of xdist 3.8 do not work with pytest 9.2, which ignores where xdist stores them (`Item._nodeid`).
    """
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    def scope(test: str) -> str:
        file = test.partition("::")[0]
        return "edition" if file.startswith("tests/full/") and "edition" in file else file

    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = scope
    return scheduling


@pytest.fixture(scope="module", autouse=True)
def once() -> Iterator[None]:
    """Share constant results among the small tests; tests/full computes everything anew."""
    with shared_constants():
        yield


@pytest.fixture
def write_edition(tmp_path: Path) -> Callable[..., Path]:
    """Write the tiny edition and return its folder.

    Changes are named after the file without its suffix (`facts=...`, `story=...`): a pair (old, new) replaces text that
    occurs once, a string or bytes replace the whole file, and None omits the file.
    """

    return lambda **changes: write_tiny(tmp_path / "data" / "tiny", **changes)


@pytest.fixture
def load_edition(write_edition: Callable[..., Path]) -> Callable[..., Edition]:
    """Write the tiny edition with changes and load it."""
    return lambda **changes: load(write_edition(**changes), SHOWN)


@pytest.fixture
def judge() -> Callable[[Path], list[Problem]]:
    """Return a function that lists all problems of the edition in a folder, in display order."""

    def problems_in(folder: Path) -> list[Problem]:
        return in_order(consistency(read(folder, SHOWN), FIGURES, ARTWORKS))

    return problems_in


@pytest.fixture
def problems_of(
    write_edition: Callable[..., Path], judge: Callable[[Path], list[Problem]]
) -> Callable[..., list[Problem]]:
    """Write the tiny edition with changes and return every problem."""
    return lambda **changes: judge(write_edition(**changes))


@pytest.fixture
def problem_of(problems_of: Callable[..., list[Problem]]) -> Callable[..., Problem]:
    """Write the tiny edition with changes and return its only problem with a given code."""

    def problem(code: str, **changes: Change) -> Problem:
        problems = problems_of(**changes)
        matching = [each for each in problems if each.code == code]
        assert len(matching) == 1, f"{len(matching)} of {code} among {[str(each) for each in problems]}"
        return matching[0]

    return problem


@pytest.fixture
def pointed(tmp_path: Path) -> Callable[[Problem], str]:
    """Return a function that reads a file from the place of a problem to the end of the line."""

    def text_at(problem: Problem) -> str:
        lines = (tmp_path / problem.where.file).read_text("utf-8").splitlines()
        return lines[problem.where.line - 1][problem.where.column - 1 :]

    return text_at


@pytest.fixture(scope="session")
def tokens() -> Tokens:
    """Load the design tokens of the project."""
    return load_tokens(ROOT / "styles" / "tokens.yaml", "styles/tokens.yaml")


@pytest.fixture(scope="session")
def mailserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    """Run an SMTP server that can be told to fail."""
    with running(tmp_path_factory.mktemp("mailserver")) as server:
        yield server

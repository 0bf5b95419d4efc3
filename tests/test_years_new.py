"""The next year's edition: everything is carried over and marked, and nothing is left behind if it fails."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from figures import FIGURES
from figures.artworks import ARTWORKS
from report.checks.consistency import consistency
from report.edition.load import load, read
from report.edition.renewal import CODE, for_draft, renewal_problems
from report.problems import Problem, ReportError
from report.project import Project
from report.years.edits import TextEdits
from report.years.new import NewEdition, _later, new_edition

Write = Callable[..., Path]
NEXT = "tiny-2"
COMMENTED = """\
# yaml-language-server: $schema=../schema/facts.schema.json
facts:
  # What we cover
  ease.covered: {value: 177000, unit: count, label: employees covered, qualifier: nearly, source: report} # all of them
  ease.served:
    value: 11102   # by hand
    unit: count
    label: >-
      employees
      served
    source: report
  ease.rate: {value: 6.30, unit: percent, label: of employees served, source: report}
  advocacy.rank: {value: 7, unit: ordinal, label: in advocacy, source: report, outof: 105}
  da.attendance:
    value: 10603
    unit: count
    label: educators attending
    source: report
    prior:
      value: 8318
      period: "2022-23"

  budget.total: {value: 627000000, unit: usd, label: in the budget, source: report}
  county.students: {value: 2000000, unit: count, label: students, source: report}
  county.districts: {value: 80, unit: count, label: school districts, source: report}
"""


@pytest.fixture
def make(write_edition: Write) -> Callable[..., NewEdition]:
    """Return a function that writes the tiny edition with changes and makes the next edition from it."""

    def make_next(name: str = NEXT, origin: str | None = None, **changes: object) -> NewEdition:
        folder = write_edition(**changes)
        return new_edition(Project(folder.parents[1], FIGURES, ARTWORKS), name, origin)

    return make_next


def problems(folder: Path) -> list[Problem]:
    return consistency(read(folder, f"data/{folder.name}"), FIGURES, ARTWORKS)


def test_everything_is_carried_over_and_every_value_becomes_the_prior_one(make: Callable[..., NewEdition]) -> None:
    made = make()
    old, new = (load(folder, folder.name) for folder in (made.folder.parent / "tiny", made.folder))
    assert (set(new.sections), set(new.charts), set(new.quotes)) == (
        set(old.sections),
        set(old.charts),
        set(old.quotes),
    )
    assert {name: (fact.prior.value, fact.prior.period) for name, fact in new.facts.items() if fact.prior} == {
        name: (fact.value, "tiny") for name, fact in old.facts.items()
    }
    assert [new.facts[name].value for name in old.facts] == [fact.value for fact in old.facts.values()]


def test_name_title_slug_and_dates_move_on(write_edition: Write) -> None:
    text = (write_edition() / "edition.yaml").read_text()
    text = text.replace("edition: tiny", 'edition: "2023-24"').replace("Tiny Report", "Report 2023-24")
    text = text.replace("tiny-report", "report-2023-24").replace("[K-8]", '[K-8, "2023-24"]')
    written = write_edition(edition=text)
    folder = written.rename(written.parent / "2023-24")
    config = load(new_edition(Project(folder.parents[1], {}, {}), "2025-26", "2023-24").folder, "new").config
    assert (config.edition, config.title, config.slug) == ("2025-26", "Report 2025-26", "report-2025-26")
    assert (config.period.start, config.period.end) == (date(2025, 7, 1), date(2026, 6, 30))
    assert config.published == date(2026, 12, 3)
    assert config.renew == ("published", "subject", "sources")
    assert set(config.names_with_figures) == {"K-8", "2023-24", "2025-26"}


def test_a_title_that_does_not_name_the_year_is_to_be_renewed(make: Callable[..., NewEdition]) -> None:
    config = load(make(edition=("title: Tiny Report", "title: A Report")).folder, "new").config
    assert config.renew == ("published", "subject", "sources", "title")
    assert config.slug == "tiny-2-report"


def test_comments_folds_order_and_spelling_are_kept(make: Callable[..., NewEdition]) -> None:
    text = (make(facts=COMMENTED).folder / "facts.yaml").read_text()
    for excerpt in (
        "  # What we cover\n",
        "} # all of them\n",
        "    value: 11102   # by hand\n",
        "    label: >-\n      employees\n",
    ):
        assert excerpt in text
    assert 'ease.rate: {renew: true, value: 6.30, prior: {value: 6.30, period: "tiny"}, unit: percent,' in text
    assert '    renew: true\n    value: 11102   # by hand\n    prior: {value: 11102, period: "tiny"}\n' in text
    assert '    prior: {value: 10603, period: "tiny"}\n\n  budget' in text, "an earlier prior is replaced whole"
    without = re.sub(r"renew: true(, |\n +)|(, |\n +)prior: \{[^}]*\}", "", text)
    before = re.sub(r"\n +prior:\n +value: 8318\n +period: \"2022-23\"", "", COMMENTED)
    assert without == before


def test_check_lists_each_mark_at_its_line_and_no_other_problem(make: Callable[..., NewEdition]) -> None:
    made = make()
    marked = problems(made.folder)
    assert {problem.code for problem in marked} == {CODE}
    assert len(marked) == made.marks
    lines = {(p.where.file.rpartition("/")[2], p.where.line) for p in marked}
    text = (made.folder / "sections" / "story.md").read_text().splitlines()
    assert {number for file, number in lines if file == "story.md"} == {
        number for number, line in enumerate(text, 1) if line in ("renew: true", "[[renew]]")
    }
    assert [line for line in text if line == "[[renew]]"] == ["[[renew]]"], "only a story that has words of its own"
    assert {file for file, _ in lines} == {"edition.yaml", "facts.yaml", "charts.yaml", "quotes.yaml", "story.md"}


def test_a_check_with_an_expected_value_is_skipped_until_it_is_renewed(make: Callable[..., NewEdition]) -> None:
    checks = "checks:\n  - {id: growth, kind: change, fact: da.attendance, expect: 27.5, decimals: 1}\n"
    marked = problems(make(checks=checks).folder)
    assert "check-failed" not in {problem.code for problem in marked}
    assert [problem.where.line for problem in marked if "growth" in problem.what] == [2]


def test_an_edition_without_marks_has_no_problem(make: Callable[..., NewEdition]) -> None:
    made = make()
    for path in [*made.folder.glob("*.yaml"), *made.folder.glob("sections/*.md")]:
        text = re.sub(r"^renew: \[.*\n|^ *renew: true\n|^\[\[renew\]\]\n\n", "", path.read_text(), flags=re.M)
        path.write_text(text.replace("renew: true, ", ""))
    assert problems(made.folder) == []


def test_an_unknown_key_in_renew_is_a_problem(write_edition: Write) -> None:
    folder = write_edition(edition=("tagline:", "renew: [publishd]\ntagline:"))
    (problem,) = renewal_problems(read(folder, "data/tiny"))
    assert (problem.code, problem.hint) == ("unknown-key", "Did you mean `published`?")


def test_an_existing_folder_is_never_overwritten(make: Callable[..., NewEdition], tmp_path: Path) -> None:
    (tmp_path / "data" / NEXT).mkdir(parents=True)
    (tmp_path / "data" / NEXT / "mine.txt").write_text("mine")
    with pytest.raises(ReportError, match="Something with this name already exists"):
        make()
    assert [path.name for path in (tmp_path / "data" / NEXT).iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("at", [0, 3, 9])
def test_a_disk_that_fails_midway_leaves_nothing(
    make: Callable[..., NewEdition], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    written = 0
    sync = os.fsync

    def full(handle: int) -> None:
        nonlocal written
        written += 1
        if written > at:
            raise OSError(28, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportError, match="No space left"):
        make()
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["tiny"]


def test_leftovers_of_a_killed_command_are_ignored_and_removed(make: Callable[..., NewEdition], tmp_path: Path) -> None:
    left = tmp_path / "data" / f".new-{NEXT}-abc"
    left.mkdir(parents=True)
    (left / "edition.yaml").write_text("half")
    project = Project(tmp_path, {}, {})
    assert project.editions == []
    made = make()
    assert project.editions == ["tiny", NEXT]
    assert sorted(path.name for path in made.folder.parent.iterdir()) == ["tiny", NEXT]


@pytest.mark.parametrize(
    ("name", "origin", "message"),
    [
        ("../out", None, "is not a valid name for an edition"),
        ("Tiny 2", None, "is not a valid name for an edition"),
        ("aaa", None, "No edition in data/ comes before `aaa`"),
        ("aaa", "tiny", "does not sort after `tiny`"),
        ("tiny", "tiny", "does not sort after `tiny`"),
        (NEXT, "tinny", "There is no edition `tinny`"),
    ],
)
def test_an_invalid_name_is_refused(
    make: Callable[..., NewEdition], tmp_path: Path, name: str, origin: str | None, message: str
) -> None:
    with pytest.raises(ReportError, match=re.escape(message)):
        make(name, origin)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["tiny"]


def test_an_unfinished_edition_cannot_be_the_origin_of_the_next(make: Callable[..., NewEdition]) -> None:
    with pytest.raises(ReportError, match="1 of its values and passages"):
        make(charts=("    figure:", "    renew: true\n    figure:"))


def test_photographs_are_carried_over(make: Callable[..., NewEdition], write_edition: Write) -> None:
    images = write_edition() / "images"
    images.mkdir()
    (images / "a.png").write_bytes(b"picture")
    (images / "unused.png").write_bytes(b"other")
    made = make(images="images:\n  a: {file: a.png, alt: A, credit: B}\n")
    assert [path.name for path in (made.folder / "images").iterdir()] == ["a.png"]
    assert load(made.folder, "new").images["a"].renew


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2023, 2, 28), 1, date(2024, 2, 29)),
        (date(2023, 6, 30), 2, date(2025, 6, 30)),
        (date(2023, 12, 31), 1, date(2024, 12, 31)),
    ],
)
def test_the_last_day_of_a_month_stays_the_last_day(day: date, years: int, later: date) -> None:
    assert _later(day, years) == later


def test_a_draft_tolerates_marks_and_downgrades_failed_checks_to_warnings(
    make: Callable[..., NewEdition], write_edition: Write
) -> None:
    made = make()
    facts = made.folder / "facts.yaml"
    facts.write_text(facts.read_text().replace("value: 11102, prior", "value: 5000, prior"))
    remaining, marks = for_draft(problems(made.folder))
    assert marks == made.marks
    assert [(problem.code, str(problem.severity)) for problem in remaining] == [("check-failed", "warning")]


def test_edits_keep_the_rest_of_a_text() -> None:
    text = "a:\n  - {id: x, n: 1} # one\n  - id: y\n    n: 2\nb: 'q' # end"
    edits = TextEdits(text)
    edits.add_first(("a", 0), "k: v")
    edits.add_first(("a", 1), "k: v")
    edits.replace(("b",), '"r"')
    edits.add_after(("a", 1, "n"), "m: 3")
    edits.add_first(("a",), "new")
    assert edits.result() == (
        'a:\n  - new\n  - {k: v, id: x, n: 1} # one\n  - k: v\n    id: y\n    n: 2\n    m: 3\nb: "r" # end'
    )

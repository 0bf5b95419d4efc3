"""Loading the folder of an edition: all problems are reported at once, no outside file is read, no code is run."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from figures import FIGURES
from figures.artworks import ARTWORKS
from report.checks.consistency import consistency
from report.compose.viewer import Viewer
from report.design.look import Size
from report.drawing.charts import ChartArt, alt_text, chart_data
from report.edition.edition import Edition
from report.edition.load import load
from report.finishing.attachments import source_files
from report.problems import Place, Problem, ReportError, has_errors

Load = Callable[..., Edition]
Write = Callable[..., Path]
Judge = Callable[[Path], list[Problem]]
FindAll = Callable[..., list[Problem]]
Find = Callable[..., Problem]


def test_the_tiny_edition_is_complete_and_without_a_problem(problems_of: FindAll) -> None:
    assert problems_of() == []


def test_an_edition_holds_what_its_files_say(load_edition: Load) -> None:
    edition = load_edition()
    assert edition.facts["ease.covered"].value == Decimal(177000)
    assert edition.charts["ease"].series[0].fact == "ease.served"
    assert edition.quotes["child"].text == "Every child deserves a champion"
    assert list(edition.sections) == ["back", "contents", "cover", "notes", "story"]
    assert edition.fact_place("ease.served") == Place("data/tiny/facts.yaml", 4, 3)


def test_an_edition_is_immutable(load_edition: Load) -> None:
    edition = load_edition()
    with pytest.raises(FrozenInstanceError):
        edition.facts = {}  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        setattr(edition.facts["ease.rate"], "label", "x")  # noqa: B010  # the type checker refuses it otherwise


def test_photographs_are_optional_and_all_other_files_are_not(problems_of: FindAll) -> None:
    assert problems_of(images=None) == []
    problems = problems_of(facts=None, quotes=None)
    assert [(problem.code, problem.where.file) for problem in problems] == [
        ("file-missing", "data/tiny/facts.yaml"),
        ("file-missing", "data/tiny/quotes.yaml"),
    ]


def test_a_missing_folder_of_sections_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReportError) as failure:
        load(tmp_path, "data/tiny")
    assert ("file-missing", "data/tiny/sections") in {(p.code, p.where.file) for p in failure.value.problems}


@pytest.mark.parametrize("text", ["", "Just text.\n", "---\npage: message\ntitle: x\n", "\n---\npage: message\n---\n"])
def test_a_section_without_front_matter_is_refused(problem_of: Find, text: str) -> None:
    problem = problem_of("front-matter", story=text)
    assert problem.where == Place("data/tiny/sections/story.md", 1, 1)


def test_front_matter_and_body_know_their_lines_in_the_file(problems_of: FindAll) -> None:
    text = "---\npage: message\ntitle: A Story\nlable: x\n---\n\n<b>bold</b>\n"
    assert ("unknown-key", 4, 1) in {(p.code, p.where.line, p.where.column) for p in problems_of(story=text)}
    text = text.replace("lable: x\n", "")
    assert ("refused-markup", 6) in {(p.code, p.where.line) for p in problems_of(story=text)}


def test_the_problems_of_several_files_are_listed_at_once(problems_of: FindAll) -> None:
    problems = problems_of(
        facts=("unit: ordinal", "unit: ordinl"),
        quotes=("attribution:", "atribution:"),
        charts="charts: [\n",
        story=("*one* year", "<b>one</b> year"),
        notes=b"---\npage: notes\ntitle: \xff\n---\n",
    )
    assert {problem.where.file.removeprefix("data/tiny/") for problem in problems} == {
        "facts.yaml", "quotes.yaml", "charts.yaml", "sections/story.md", "sections/notes.md",
    }  # fmt: skip
    assert {problem.code for problem in problems} == {
        "unknown-value", "unknown-key", "missing-key", "yaml-syntax", "refused-markup", "encoding",
    }  # fmt: skip


def test_the_problems_of_front_matter_and_of_prose_are_listed_at_once(problems_of: FindAll) -> None:
    problems = problems_of(story="---\npage: message\ntitel: A Story\n---\nSome <b>bold</b> text.\n")
    assert {"unknown-key", "refused-markup"} <= {problem.code for problem in problems}


def test_refused_markup_does_not_hide_broken_references(problems_of: FindAll) -> None:
    problems = problems_of(
        story=("*one* year", "<b>one</b> year"), charts=("figure: share_field", "figure: shar_field")
    )
    assert {"unknown-figure", "refused-markup"} <= {problem.code for problem in problems}


def test_an_invalid_file_does_not_hide_problems_in_other_files(problems_of: FindAll) -> None:
    problems = problems_of(
        quotes=("status: verified", "statuss: verified"),
        story=("Attendance grew", "{{ no.such }} and 177,000. Attendance grew"),
        charts=("fact: ease.served", "fact: da.nope"),
    )
    assert {problem.code for problem in problems} == {"unknown-key", "missing-key", "unknown-fact", "typed-figure"}
    assert {problem.what for problem in problems if problem.code == "unknown-fact"} == {
        "There is no fact `no.such`.",
        "There is no fact `da.nope`.",
    }


BROKEN = {
    "edition": ("title: Tiny Report", "titel: Tiny Report"),
    "facts": ("unit: ordinal", "unit: ordinall"),
    "charts": ("figure: share_field", "figur: share_field"),
    "quotes": ("status: verified", "statuss: verified"),
    "checks": ("kind: share", "kind: shared"),
    "story": ("title: A Story", "titel: A Story"),
    "cover": ("title: Tiny Report", "titel: Tiny Report"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_invalid_file_causes_no_problems_in_other_files(problems_of: FindAll, name: str) -> None:
    folder = "sections/" if name in {"story", "cover"} else ""
    ending = "md" if folder else "yaml"
    problems = problems_of(**{name: BROKEN[name]})
    assert {problem.where.file for problem in problems} == {f"data/tiny/{folder}{name}.{ending}"}
    files = {problem.where.file for problem in problems_of(**{name: "\x00"})}
    assert files == {f"data/tiny/{folder}{name}.{ending}"}


def test_a_reference_to_a_fact_with_an_invalid_value_is_not_a_problem(problems_of: FindAll) -> None:
    problems = problems_of(facts=("unit: ordinal", "unit: ordinall"), story=("[advocacy.rank]", "[advocacy.rnk]"))
    assert {problem.code for problem in problems} == {"unknown-value", "unknown-fact"}


@pytest.mark.parametrize("name", ["facts.yaml", "sections/story.md"])
def test_a_link_to_a_file_outside_the_edition_is_refused(
    write_edition: Write, judge: Judge, tmp_path: Path, name: str
) -> None:
    folder = write_edition()
    outside = tmp_path / "secret.txt"
    (folder / name).rename(outside)
    (folder / name).symlink_to(outside)
    assert [(p.code, p.where.file) for p in judge(folder)] == [("outside", f"data/tiny/{name}")]


def test_a_link_from_the_sections_folder_to_outside_is_refused(
    write_edition: Write, judge: Judge, tmp_path: Path
) -> None:
    folder = write_edition()
    (folder / "sections").rename(tmp_path / "elsewhere")
    (folder / "sections").symlink_to(tmp_path / "elsewhere")
    assert {problem.code for problem in judge(folder)} == {"outside"}


def test_a_stray_link_is_not_carried_into_the_archive(write_edition: Write, tmp_path: Path) -> None:
    folder = write_edition()
    (tmp_path / "secret.txt").write_text("root:x:0:0")
    (folder / "stray.yaml").symlink_to(tmp_path / "secret.txt")
    files = source_files(load(folder, "data/tiny"), {})
    assert files
    assert [file.name for file in files if b"root:x" in file.data] == []


def test_a_link_inside_the_edition_is_fine(write_edition: Write, judge: Judge) -> None:
    folder = write_edition()
    (folder / "facts.yaml").rename(folder / "facts-2024.yaml")
    (folder / "facts.yaml").symlink_to("facts-2024.yaml")
    assert judge(folder) == []


@pytest.mark.parametrize("name", ["facts.yaml", "sections/story.md"])
def test_a_link_to_itself_is_a_problem_with_its_place(write_edition: Write, judge: Judge, name: str) -> None:
    folder = write_edition()
    (folder / name).unlink()
    (folder / name).symlink_to(Path(name).name)
    assert [problem.where.file for problem in judge(folder)] == [f"data/tiny/{name}"]


def test_windows_files_with_a_byte_order_mark_and_tabs_after_text_load_like_others(
    load_edition: Load, write_edition: Write
) -> None:
    plain = load_edition()
    folder = write_edition()
    for path in [*folder.glob("*.yaml"), *folder.glob("sections/*.md")]:
        path.write_bytes(
            b"\xef\xbb\xbf" + path.read_bytes().replace(b"report\n", b"report\t\n").replace(b"\n", b"\r\n")
        )
    windows = load(folder, "data/tiny")
    assert windows.facts == plain.facts
    assert windows.sections["story"].body == plain.sections["story"].body
    assert windows.sections["story"].front == plain.sections["story"].front


def test_data_cannot_run_code(problems_of: FindAll, tmp_path: Path) -> None:
    command = f"!!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path ['{tmp_path}/hacked']]"
    problems = problems_of(facts=f"facts: {command}\n", story=f"---\npage: {command}\n---\n")
    assert {problem.code for problem in problems} == {"yaml-tag"}
    assert not (tmp_path / "hacked").exists()


NASTY = (
    "\t", "\x00", "\x07", "\r", "\N{BYTE ORDER MARK}", "\u2028", "é", "𝒳", ":", "- ", "#", "&a ", "*a", "!!python/x ",
    "{", "}", "[", "]", "{{", "}}", "{% x %}", "{{ ease.rate | change }}", "{{ ease.rate | of ease.rate }}", "[^a]",
    "[[chart: ease]]", "[[facts:]]", "<script>", "`", '"', "|\n", ">-\n", "---\n", "[^a]: x\n", "](javascript:x)", "# ",
)  # fmt: skip
VALUES = (
    "0",
    "-1",
    "9" * 39,
    "0.5",
    "year",
    "usd",
    "ordinal",
    "sum",
    "xx-XX",
    "el-GR",
    "2024-02-30",
    "ease.rate",
    "''",
)


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Change a file as a typing error, a bad merge or an attack might."""
    at, to = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
    lines, token = data.splitlines(keepends=True), rng.choice(NASTY).encode()
    values = list(re.finditer(rb"(?<=: )[^,}\n]+", data))
    match rng.randrange(10):
        case 0:
            return data[:at] + token + data[at:]
        case 1:
            return data[:at] + token + data[min(to, at + 8) :]
        case 2:
            return data[:at]
        case 3:
            return data[:at] + rng.randbytes(3) + data[at:]
        case 4:
            lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
        case 5:
            lines.pop(rng.randrange(len(lines)))
        case _:
            value = rng.choice(values)
            return data[: value.start()] + rng.choice(VALUES).encode() + data[value.end() :]
    return b"".join(lines)


def through_to_the_view(folder: Path) -> None:
    edition = load(folder, "data/tiny")
    if not has_errors(consistency(edition, FIGURES, ARTWORKS)):
        charts = {}
        for name, chart in edition.charts.items():
            data = chart_data(edition, name)
            charts[name] = ChartArt(name, alt_text(edition, chart, data, "Chart"), Size(1, 1), data)
        assert Viewer(edition, charts, {}, frozenset()).report().sections


def test_two_hundred_garbled_editions_give_problems_or_pages_and_nothing_else(write_edition: Write) -> None:
    folder = write_edition()
    names = ["facts.yaml"] * 4 + ["edition.yaml", "charts.yaml", "checks.yaml", "quotes.yaml", "sections/story.md"]
    crashes = []
    for seed in range(1400, 1600):  # some of these seeds used to crash the program
        rng = random.Random(seed)
        path = folder / rng.choice(names)
        good = path.read_bytes()
        path.write_bytes(garbled := mutate(good, rng))
        try:
            through_to_the_view(folder)
        except ReportError as failure:
            assert failure.problems, f"seed {seed}: a failure without a problem"
        except Exception as failure:
            crashes.append(f"seed {seed}, {path.name}: {type(failure).__name__}: {failure}; {garbled[-80:]!r}")
        path.write_bytes(good)
    assert crashes == []

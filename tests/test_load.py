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
from report.edition.load import load, read
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


def test_an_edition_may_have_no_photographs_charts_quotations_or_checks(problems_of: FindAll) -> None:
    plain = {"images": None, "charts": None, "quotes": None, "checks": None}
    changes = {"story": ("[[chart: ease]]\n", ""), "edition": ("  - quote: child\n", "")}
    assert [problem.code for problem in problems_of(**plain, **changes) if problem.code != "unused-fact"] == []
    assert ("unknown-quote", "data/tiny/edition.yaml") in {
        (problem.code, problem.where.file) for problem in problems_of(quotes=None)
    }


def test_the_settings_and_the_facts_of_an_edition_are_required(problems_of: FindAll) -> None:
    found = {(problem.code, problem.where.file) for problem in problems_of(edition=None, facts=None)}
    assert {("file-missing", "data/tiny/edition.yaml"), ("file-missing", "data/tiny/facts.yaml")} <= found


def test_a_missing_folder_of_sections_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReportError) as failure:
        load(tmp_path, "data/tiny")
    (problem,) = [problem for problem in failure.value.problems if problem.where.file == "data/tiny/sections"]
    assert (problem.code, problem.what) == ("file-missing", "The folder `sections` is missing.")
    assert problem.hint.startswith("Create it. Each section of the report is a Markdown file in it.")
    edition = read(tmp_path, "data/tiny")
    assert edition.broken == {"sections", "edition", "facts"}
    assert (edition.ids("sections"), edition.ids("facts"), edition.ids("sources")) == (None, None, None)


def test_what_is_invalid_is_known_by_name_and_the_rest_is_there(write_edition: Write) -> None:
    folder = write_edition(
        facts=("unit: ordinal", "unit: ordinl"),
        story=("title: A Story", "titel: A"),
        charts="charts: [\n",
        notes=b"\xff",
    )
    edition = read(folder, "data/tiny")
    assert edition.broken == {"facts", "charts", "sections/story", "sections/notes"}
    assert (dict(edition.facts), dict(edition.charts)) == ({}, {})
    assert sorted(edition.sections) == ["back", "contents", "cover"]
    assert edition.ids("sections") == {"back", "contents", "cover", "notes", "story"}
    assert "advocacy.rank" in (edition.ids("facts") or ())
    assert (edition.ids("charts"), edition.ids("pillars")) == (None, ["wellbeing"])
    assert [edition.is_valid(name) for name in ("facts", "sections", "quotes", "edition")] == [False, False, True, True]
    assert not edition.is_valid("quotes", "charts")
    assert edition.config.title == "Tiny Report"


def test_an_edition_whose_first_file_is_invalid_keeps_the_others(write_edition: Write) -> None:
    edition = read(write_edition(edition="edition: [\n"), "data/tiny")
    assert edition.broken == {"edition"}
    assert (edition.config.title, edition.config.sections, edition.config.language) == ("", (), "en-US")
    assert (edition.ids("pillars"), edition.ids("sources")) == (None, None)
    assert edition.facts["ease.rate"].value == Decimal("6.3")


@pytest.mark.parametrize(
    ("name", "meant"), [("image.yaml", "images.yaml"), ("images.yml", "images.yaml"), ("imagse.yaml", "images.yaml")]
)
def test_a_file_named_almost_like_the_optional_one_is_not_passed_over(
    write_edition: Write, judge: Judge, name: str, meant: str
) -> None:
    folder = write_edition()
    (folder / name).write_text("images: {}\n")
    (folder / "notes.yaml").write_text("any: thing\n")
    (problem,) = judge(folder)
    assert (problem.code, str(problem.severity), problem.where) == ("stray-file", "warning", Place(f"data/tiny/{name}"))
    assert problem.what == "This file is not read."
    assert problem.hint == f"Rename it to {meant}, or move it out of the edition."
    (folder / meant).write_text("images: {}\n")
    assert judge(folder) == []


def test_an_unknown_language_is_replaced_so_that_the_rest_can_be_checked(write_edition: Write) -> None:
    edition = read(write_edition(edition=("language: en-US", "language: xx-XX")), "data/tiny")
    (problem,) = edition.problems
    assert (problem.code, problem.where) == ("unknown-language", Place("data/tiny/edition.yaml", 9, 11))
    assert problem.what == "Unknown language `xx-XX`."
    assert problem.hint == "Use a tag such as en-US, es or de-DE."
    assert (edition.config.language, set(edition.broken)) == ("en-US", {"language"})


@pytest.mark.parametrize("text", ["", "Just text.\n", "---\npage: message\ntitle: x\n", "\n---\npage: message\n---\n"])
def test_a_section_without_front_matter_is_refused(problem_of: Find, text: str) -> None:
    problem = problem_of("front-matter", story=text)
    assert problem.where == Place("data/tiny/sections/story.md", 1, 1)
    assert problem.what == "The section has no front matter."
    assert problem.hint.startswith("Start the file with ---, keys such as `page: pillar`")


def test_spaces_after_the_dashes_of_front_matter_do_not_matter(load_edition: Load) -> None:
    section = load_edition(story="---  \npage: message\ntitle: A\n--- \nOne.\n---\nTwo.\n").sections["story"]
    assert (section.front.title, section.body) == ("A", "One.\n---\nTwo.\n")
    assert section.origin == Place("data/tiny/sections/story.md", 5, 1)
    assert section.document.place(("title",)) == Place("data/tiny/sections/story.md", 3, 8)


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
    (problem,) = judge(folder)
    assert (problem.code, problem.where) == ("outside", Place(f"data/tiny/{name}"))
    assert problem.what == "The file is a link to a file outside the edition."
    assert problem.hint == "Replace the link with a copy of the file."


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

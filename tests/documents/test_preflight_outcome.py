"""The outcome of a preflight: a table, JSON with a schema, a web page, an exit status."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from commands import Run, Said, command_line
from jsonfits import fits
from pages import printer, web_design
from pikepdf import Dictionary
from preflights import drawn, sound, text

from report.inspection.judging import Outcome, as_json
from report.preflight.run import Preflight, preflight
from report.preflight.webpage import report_page
from report.problems import Severity

ROOT = Path(__file__).parents[2]
STATES = {"passed", "warning", "error", "not looked at"}


@cache
def faulty() -> bytes:
    """A file with an error on two pages, another at two places of one page, and a warning."""
    red = "1 0 0 rg 100 100 50 50 re f"
    data = drawn(red, 2)(drawn(red, 1)(sound()))
    data = drawn(f"{text(14, '0.6 0.4 0.4 1 k')} {text(14, '', y=300)}", 3)(data)
    return drawn(text(10, "/X gs 0 0 0 1 k"), 4, ExtGState={"X": Dictionary(OP=False)})(data)


@cache
def judged(data: bytes, ink: bool = True) -> Preflight:
    return preflight(data, "small.pdf", printer(), ink)


def outcome(data: bytes, ink: bool = True) -> Outcome:
    return judged(data, ink).outcome


def test_a_table_lists_faults_first_with_pages_and_remedies() -> None:
    lines = outcome(faulty()).table().splitlines()
    assert lines[0] == "small.pdf: 4 pages, checked against sheetfed-us"
    rgb = lines.index("  ERROR    No RGB or Lab              2 places")
    assert lines[rgb + 1] == "           A fill uses DeviceRGB. (pages 1, 2)"
    assert lines[rgb + 2].startswith("           → Give the colour a CMYK build, or convert the image. [rgb; GWG")
    marks = [line[2:10].strip() for line in lines if re.match(r"  (ERROR|warning|ok|-) ", line)]
    assert marks == sorted(marks, key=["ERROR", "warning", "-", "ok"].index)
    assert lines[-1] == f"NOT ACCEPTED: {len(marks)} checks, 2 errors, 1 warning, {len(marks) - 3} passed."


def test_the_table_of_a_sound_file_says_accepted() -> None:
    last = outcome(sound()).table().splitlines()[-1]
    assert re.fullmatch(r"Accepted: (\d+) checks, \1 passed\.", last)


def test_without_rendering_the_ink_checks_are_reported_as_not_checked() -> None:
    skipped = {verdict.id for verdict in outcome(sound(), ink=False).verdicts if verdict.state == "not looked at"}
    assert skipped == {"safe-area", "ink-limit", "bleed-reach", "blank-page", "spread-parity"}
    assert "5 not checked" in outcome(sound(), ink=False).table()
    assert outcome(sound(), ink=False).passed


def test_a_fault_on_many_pages_is_reported_once() -> None:
    data = sound()
    for page in (1, 2, 3, 4):
        data = drawn("".join(f"0.{width:02} w 9 9 m 99 99 l S " for width in range(1, 9)), page)(data)
    (verdict,) = [each for each in outcome(data, ink=False).verdicts if each.faults]
    assert [(fault.page, fault.count, len(fault.boxes)) for fault in verdict.faults] == [(n, 8, 8) for n in range(1, 5)]
    assert (
        "A line is only 0.010 pt wide; at least 0.125 pt is required. (pages 1, 2, 3, 4)"
        in outcome(data, ink=False).table()
    )


def test_faults_become_problems_of_the_build_with_page_and_remedy() -> None:
    problems = outcome(faulty()).problems
    found = [(problem.severity, problem.code, problem.where.page) for problem in problems]
    assert sorted(found) == [
        (Severity.ERROR, "rgb", 1), (Severity.ERROR, "rgb", 2), (Severity.ERROR, "rich-text", 3),
        (Severity.WARNING, "black-overprint", 4),
    ]  # fmt: skip
    assert "(1 more on this page.)" in problems[2].what
    assert all(problem.hint and problem.where.file == "small.pdf" for problem in problems)


@pytest.mark.parametrize(("data", "ink"), [(sound(), True), (sound(), False), (faulty(), True)])
def test_json_fits_the_schema_that_is_checked_in(data: bytes, ink: bool) -> None:
    schema = json.loads((ROOT / "report" / "preflight" / "preflight.schema.json").read_text("utf-8"))
    value = json.loads(as_json(outcome(data, ink)))
    assert fits(value, schema, schema)
    assert {each["state"] for each in value["verdicts"]} <= STATES
    for spoil in ({"passed": "yes"}, {"pages": "four"}, {"verdicts": [{"id": 1}]}):
        assert not fits({**value, **spoil}, schema, schema)
    del value["verdicts"]
    assert not fits(value, schema, schema)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run `build.py preflight` on some bytes."""
    run = command_line(monkeypatch, capsys, "preflight")

    def main(data: bytes, *options: str) -> Said:
        path = tmp_path / "small.pdf"
        path.write_bytes(data)
        return run(str(path), *options)

    return main


def test_a_sound_file_is_accepted_with_status_0(run: Run) -> None:
    said = run(sound())
    assert (said.status, said.err) == (0, "")
    assert said.out == outcome(sound()).table() + "\n"


def test_a_faulty_file_is_not_accepted_with_status_1(run: Run) -> None:
    said = run(faulty())
    assert (said.status, said.err) == (1, "")
    assert said.out == outcome(faulty()).table() + "\n"


def test_warnings_alone_are_accepted(run: Run) -> None:
    said = run(drawn(text(10, "/X gs 0 0 0 1 k"), ExtGState={"X": Dictionary(OP=False)})(sound()), "--no-ink")
    assert said.status == 0
    assert "1 warning" in said.out


def test_the_named_printer_is_used(run: Run) -> None:
    said = run(sound(), "--printer", "newsletter-web", "--no-ink")
    assert said.status == 1
    assert "checked against newsletter-web" in said.out
    assert "The file has 4 pages, not a multiple of 8." in said.out


def test_with_json_nothing_else_is_printed(run: Run) -> None:
    said = run(faulty(), "--json")
    assert (said.status, said.err) == (1, "")
    assert said.out == as_json(outcome(faulty()))
    assert json.loads(said.out)["passed"] is False


class Page(HTMLParser):
    """The addresses and tags of a web page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        self.tags.append((tag, named))
        self.addresses += [value for key, value in named.items() if key in {"src", "href", "srcset", "data", "action"}]


def test_the_web_page_is_one_file_with_pages_ink_maps_and_places_of_faults(run: Run, tmp_path: Path) -> None:
    said = run(faulty(), "--html", str(tmp_path / "sub" / "a.html"))
    assert said.status == 1
    assert said.err == f"{tmp_path / 'sub' / 'a.html'}\n"
    html = (tmp_path / "sub" / "a.html").read_text("utf-8")
    page = Page(html)
    assert page.addresses
    assert all(address.startswith(("data:image/", "#page-")) for address in page.addresses)
    assert not re.search(r"https?://|@import|url\(|<script|<link", html)
    pictures = [named["alt"] for tag, named in page.tags if tag == "img"]
    assert pictures == [each for n in range(1, 5) for each in (f"Page {n}", f"Ink coverage of page {n}")]
    marks = [named["title"] for tag, named in page.tags if tag == "i"]
    assert marks == [
        "No RGB or Lab",
        "No RGB or Lab",
        "No rich black text",
        "No rich black text",
        "Black text overprints",
    ]
    styles = [named["style"] for tag, named in page.tags if tag == "i"]
    left, top, width, height = (float(each) for each in re.findall(r"([\d.]+)%", styles[0]))
    assert (left, top) == pytest.approx((100 / 684 * 100, (864 - 150) / 864 * 100), abs=0.02)
    assert (width, height) == pytest.approx((50 / 684 * 100, 50 / 864 * 100), abs=0.02)
    assert "all plates (marks)" in html and "Not accepted" in html


def test_the_web_page_of_a_sound_file_has_no_marks_and_escapes_its_name(tmp_path: Path) -> None:
    done = preflight(sound(), "<b>&.pdf", printer(), ink=False)
    html = report_page(done, sound(), web_design())
    assert not [tag for tag, _ in Page(html).tags if tag in {"i", "b"}]
    assert "&lt;b&gt;&amp;.pdf" in html

"""File checks: each one finds its fault in a small file and passes a sound one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pikepdf
import pytest
from pages import SVG, block, changed, job, laid_out, printer, raw, tokens, written
from pikepdf import Array, Dictionary, Name

from report.finishing.attachments import SourceFile
from report.finishing.run import finish
from report.inspection.inspect import Pdf
from report.problems import Problem, Severity
from report.proving.file_checks import CHECKS, FileSubject, check_file
from report.variants import VARIANTS

SOURCE = SourceFile("facts.yaml", b"facts: {}", "The facts", datetime(2024, 12, 3, tzinfo=UTC))


def subject(data: bytes, variant: str, pages: int | None = None) -> FileSubject:
    """Return the input of the checks for a finished file, as the pipeline makes it."""
    pdf, variant_row = Pdf(data), VARIANTS[variant]
    faces = tuple(tokens().faces.values())
    count = len(pdf.pages) if pages is None else pages
    count = 8 if variant_row.part != "all" else count
    return FileSubject(
        f"small-{variant}.pdf",
        pdf,
        variant_row,
        tokens().page,
        faces,
        count,
        int(variant_row.attach_sources),
        printer(),
    )


def small(variant: str, body: str = "") -> bytes:
    """Return a sound small file of a variant: two pages, and in the archive one source."""
    sources = (SOURCE,) if VARIANTS[variant].attach_sources else ()
    more = "".join(map(block, "abcdef")) if VARIANTS[variant].part != "all" else ""
    return written(laid_out(body or block("One page") + block("and another") + more), variant, sources)


def codes(problems: list[Problem]) -> list[str]:
    return sorted({problem.code for problem in problems})


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_sound_file_of_every_variant_has_no_problems(variant: str) -> None:
    assert check_file(subject(small(variant), variant)) == []


def test_every_check_is_listed_once() -> None:
    assert len(CHECKS) == len(set(CHECKS)) >= 6


def test_a_font_that_is_not_embedded_is_found() -> None:
    def without_fonts(pdf: pikepdf.Pdf) -> None:
        for item in pdf.objects:
            if isinstance(item, Dictionary) and item.get(Name.Type) == Name.FontDescriptor:
                for key in (Name.FontFile, Name.FontFile2, Name.FontFile3):
                    if key in item:
                        del item[key]

    problems = check_file(subject(changed(small("print"), without_fonts), "print"))
    assert codes(problems) == ["font-embedded"]
    assert "Source-Sans-3" in problems[0].what
    assert problems[0].where.file == "small-print.pdf"


def test_a_standard_font_that_is_only_referenced_is_found() -> None:
    def with_helvetica(pdf: pikepdf.Pdf) -> None:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        pdf.pages[0].Resources[Name.Font] = Dictionary({"/Standard": pdf.make_indirect(font)})

    problems = check_file(subject(changed(small("print"), with_helvetica), "print"))
    assert codes(problems) == ["font-embedded", "font-fallback"]
    assert all("Helvetica" in problem.what for problem in problems)


def test_a_fallback_font_for_a_missing_character_is_found() -> None:
    data, _ = raw(laid_out(block("x")), "screen")

    def renamed(pdf: pikepdf.Pdf) -> None:
        for item in pdf.objects:
            if isinstance(item, Dictionary) and item.get(Name.Type) == Name.FontDescriptor:
                item[Name.FontName] = Name("/ABCDEF+Comic-Neue")

    problems = check_file(subject(changed(finish(data, (), job()), renamed), "screen"))
    assert codes(problems) == ["font-fallback"]
    assert "Comic-Neue" in problems[0].what


def test_a_missing_character_in_a_chart_is_reported() -> None:
    drawing = SVG.format(99, 20, '<text y="9" font-size="9" font-family="Source Sans 3">snow ☃</text>').encode()
    layout = laid_out(f'{block("x")}<img alt="x" src="press:chart/one">', served={"chart/one": drawing})
    data, messages = raw(layout, "screen")
    assert messages or codes(check_file(subject(finish(data, VARIANTS["screen"].finishing, job()), "screen")))


def test_a_page_of_another_size_is_found() -> None:
    def narrowed(pdf: pikepdf.Pdf) -> None:
        pdf.pages[1].trimbox = Array([0, 0, 600, 792])

    (problem,) = [
        each for each in check_file(subject(changed(small("screen"), narrowed), "screen")) if each.code == "trim"
    ]
    assert problem.where.page == 2
    assert "600" in problem.what
    assert problem.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("page", "box", "edge"),
    [
        (1, (36, 27, 648, 837), "outer edge"),
        (2, (36, 27, 648, 837), "outer edge"),
        (1, (36, 36, 657, 837), "foot"),
        (2, (27, 27, 648, 828), "head"),
    ],
)
def test_a_bleed_that_is_missing_on_one_edge_is_found(page: int, box: tuple[int, ...], edge: str) -> None:
    def cut(pdf: pikepdf.Pdf) -> None:
        pdf.pages[page - 1][Name.BleedBox] = Array(list(box))

    (problem,) = check_file(subject(changed(small("print"), cut), "print"))
    assert (problem.code, problem.where.page) == ("bleed", page)
    assert edge in problem.what


@pytest.mark.parametrize(("page", "box"), [(1, (27, 27, 657, 837)), (2, (27, 27, 657, 837))])
def test_a_bleed_at_the_fold_is_found(page: int, box: tuple[int, ...]) -> None:
    def widened(pdf: pikepdf.Pdf) -> None:
        pdf.pages[page - 1][Name.BleedBox] = Array(list(box))

    assert codes(check_file(subject(changed(small("print"), widened), "print"))) == ["bleed"]


def test_a_bleed_in_a_trimmed_file_is_found() -> None:
    assert "bleed" in codes(check_file(subject(small("print"), "screen")))


def test_a_missing_page_is_found() -> None:
    def shortened(pdf: pikepdf.Pdf) -> None:
        del pdf.pages[1]

    problems = check_file(subject(changed(small("screen"), shortened), "screen", pages=2))
    assert codes(problems) == ["pages"]


def test_links_in_a_print_file_are_found() -> None:
    linked = block('<a href="https://example.org/">the web</a>')
    data, _ = raw(laid_out(linked), replace(VARIANTS["print"], options={"pdf_version": "1.6"}))
    unfinished = finish(data, ("sheet",), job())
    assert codes(check_file(subject(unfinished, "print"))) == ["annotations"]
    assert codes(check_file(subject(small("print", linked), "print"))) == []


def test_a_link_without_a_target_is_found() -> None:
    linked = '<p id="there">x</p>' + block('<a href="#there">there</a>')

    def without_targets(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Names = Dictionary(Dests=Dictionary(Names=Array([])))
        if Name.Dests in pdf.Root:
            del pdf.Root[Name.Dests]

    assert codes(check_file(subject(small("screen", linked), "screen"))) == []
    (problem,) = check_file(subject(changed(small("screen", linked), without_targets), "screen"))
    assert (problem.code, problem.where.page) == ("dead-link", 2)
    assert "there" in problem.what


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, []), (0.9, [Severity.WARNING]), (1.01, [Severity.ERROR])], ids=str
)
def test_a_file_near_its_budget_is_a_warning_and_one_over_it_an_error(share: float, expected: list[Severity]) -> None:
    record = subject(small("screen"), "screen")
    budget = replace(record.variant, budget=int(len(record.pdf.data) / share))
    assert [problem.severity for problem in check_file(replace(record, variant=budget))] == expected


def test_a_missing_attachment_is_found() -> None:
    record = subject(small("archive"), "archive")
    (problem,) = check_file(replace(record, sources=2))
    assert problem.code == "attachments"
    assert "1 attachments, not 2" in problem.what


def test_an_unexpected_attachment_is_found() -> None:
    def attached(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["x.txt"] = b"x"

    assert codes(check_file(subject(changed(small("screen"), attached), "screen"))) == ["attachments"]

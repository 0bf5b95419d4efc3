"""The edition as a whole: three files of one layout, sound pages, and every figure where the data says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from full.conftest import OpenedPdf, Sample, plain
from report.checks.uses import used_facts
from report.edition.model import Fact
from report.edition.references import references
from report.problems import Severity


def test_the_set_is_three_files_and_a_manifest_that_describes_them(sample: Sample) -> None:
    files = {entry["name"]: entry for entry in sample.manifest["files"]}
    assert {path.name for path in sample.folder.iterdir()} == {*files, "manifest.json"}
    assert [entry["variant"] for entry in files.values()] == ["print", "screen", "archive"]
    for name, entry in files.items():
        data = (sample.folder / name).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert (entry["pages"], entry["current"]) == (len(sample.pdfs[entry["variant"]].pages), True)
        assert name.startswith(sample.edition.config.slug)
        assert len(entry["role"]) > 10


def test_all_variants_have_the_same_pages_in_fours(sample: Sample) -> None:
    counts = {len(pdf.pages) for pdf in sample.pdfs.values()}
    assert len(counts) == 1
    assert counts.pop() == len(sample.pages) >= 44
    assert len(sample.pages) % 4 == 0


def test_all_variants_have_the_same_words_in_the_same_places(sample: Sample) -> None:
    lines = {
        name: [  # small capitals may copy as capitals, and spaces at the end of lines are only for reading aloud
            (run.page, run.text.strip().casefold(), round(run.x, 1), round(run.y, 1), run.font, round(run.size, 1))
            for run in pdf.runs
            if run.text.strip()
        ]
        for name, pdf in sample.pdfs.items()
    }
    assert len(lines["print"]) > 1000
    for name in ("screen", "archive"):
        for one, other in zip(lines["print"], lines[name], strict=True):
            assert one[:2] + one[4:] == other[:2] + other[4:], name
            assert abs(one[2] - other[2]) <= 0.11, (name, one)
            assert abs(one[3] - other[3]) <= 0.11, (name, one)


def test_only_our_fonts_are_used_embedded_and_cut_down_to_their_letters(sample: Sample) -> None:
    declared = {face.family.replace(" ", "-") for face in sample.tokens.faces.values()}
    for name, pdf in sample.pdfs.items():
        assert len(pdf.fonts) >= 3, name
        for font in pdf.fonts:
            assert any(font.family.startswith(family) for family in declared), (name, font)
            assert font.embedded, (name, font)
            assert font.subset, (name, font)
        assert {run.font for run in pdf.runs} <= {font.name for font in pdf.fonts}, name


def test_the_sample_has_no_problems_but_quotations_whose_source_is_not_known(sample: Sample) -> None:
    assert [str(problem) for problem in sample.problems if problem.code != "quote-status"] == []
    assert all(problem.severity is Severity.WARNING for problem in sample.problems)
    unsure = [name for name, quote in sample.edition.quotes.items() if quote.status != "verified"]
    assert len(sample.problems) == len(unsure)
    assert [each["code"] for each in sample.manifest["problems"]] == ["quote-status"] * len(unsure)


def test_every_section_and_quotation_has_its_pages_in_order(sample: Sample, printed: OpenedPdf) -> None:
    starts = []
    for entry in sample.edition.config.sections:
        if entry.section:
            starts.append(sample.pages_of(entry.section)[0])
        else:
            starts.append(sample.spreads()[entry.quote or ""][0].number)
    assert starts == sorted(starts)
    assert starts[0] == 1
    assert starts[-1] == len(printed.pages)


def visible(sample: Sample) -> Iterator[tuple[str, str, str, list[int]]]:
    """Yield each reference that a reader sees: where it is written, its fact, its text, and the pages it may be on."""
    edition = sample.edition
    charts = Path(edition.documents["charts"].file).name
    for each in edition.texts():
        text, place = each.written, each.place
        for reference in references(text) if each.resolved else ():
            shown = plain(edition.formats.apply(edition.facts[reference.fact], reference.forms, edition.facts))
            pages = list(sample.manifest["facts"][reference.fact])
            if place.file.endswith(charts):  # in a chart's title or subject: there, and over its table
                pages = list(range(1, len(sample.pages) + 1))
            if place.file.endswith("edition.yaml") or _is_alternative(sample, text):
                continue  # read by software, not seen on a page
            yield str(place), reference.fact, shown, pages


def _is_alternative(sample: Sample, text: str) -> bool:
    return any(chart.alt == text for chart in sample.edition.charts.values())


def test_every_figure_in_prose_stands_on_its_page_as_it_is_formatted(sample: Sample) -> None:
    written = list(visible(sample))
    assert len({fact for _, fact, _, _ in written}) > 50
    for name, pdf in sample.pdfs.items():
        for place, fact, shown, pages in written:
            assert pages, f"{fact} ({place}) stands on no page"
            assert any(shown in pdf.texts[page] for page in pages), f"{name}: {place}: {shown} is not on {pages}"


def test_every_key_number_stands_on_its_page_with_qualifier_and_label(sample: Sample, printed: OpenedPdf) -> None:
    edition, shown = sample.edition, 0
    for section in edition.sections.values():
        directives = [fact for block in section.prose.blocks() if block.kind == "facts" for fact in block.ids]
        for name in (*section.front.callouts, *directives):
            pages = sample.manifest["facts"][name]
            assert any(_is_key_number(sample, edition.facts[name], printed.texts[page]) for page in pages), name
            shown += 1
    assert shown > 20


def _is_key_number(sample: Sample, fact: Fact, text: str) -> bool:
    figure = plain(f"{fact.qualifier or ''} {sample.edition.formats.number(fact.value, fact.unit)}")
    return figure in text and plain(fact.label) in text


def test_every_figure_of_a_chart_stands_in_its_table(sample: Sample, printed: OpenedPdf) -> None:
    tables = {page.number for page in sample.pages if any(each.name == "data-table" for each in page.components)}
    text = " ".join(printed.texts[page] for page in sorted(tables))
    rows = [row for chart in sample.edition.charts.values() for row in chart.series]
    assert len(rows) > 30
    for row in rows:
        fact = sample.edition.facts[row.fact]
        assert plain(sample.edition.formats.fact(fact)) in text, row.fact
        if fact.prior:
            assert plain(sample.edition.formats.number(fact.prior.value, fact.unit)) in text, row.fact


def test_every_fact_is_used_and_each_use_in_text_has_a_page(sample: Sample) -> None:
    used = used_facts(sample.edition)
    assert set(used) == set(sample.edition.facts)
    for fact, uses in used.items():
        if any("/sections/" in use.place.file and "drawing" not in use.what for use in uses):
            assert sample.manifest["facts"][fact], f"{fact} is used in {uses[0]}, but on no page"


def test_every_chart_stands_on_a_page_with_its_title_subject_and_source(sample: Sample, printed: OpenedPdf) -> None:
    config = sample.edition.config
    assert len(sample.manifest["charts"]) >= 12
    for name, pages in sample.manifest["charts"].items():
        chart = sample.edition.charts[name]
        (page,) = pages
        assert config.sources[chart.source].title in printed.texts[page], name
        if "{{" not in chart.title + chart.subject:
            assert plain(chart.title) in printed.texts[page], name
            assert plain(chart.subject) in printed.texts[page], name

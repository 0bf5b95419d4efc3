"""The archive edition: PDF/A-3 that carries everything it was made from."""

from __future__ import annotations

import csv
import io
import re
from importlib.metadata import version
from pathlib import Path

from full.conftest import OpenedPdf, Sample


def carried(archive: OpenedPdf) -> dict[str, bytes]:
    return {str(item.alternative_name or item.name): item.content for item in archive.reader.attachment_list}


def sources(sample: Sample) -> dict[str, Path]:
    """Return every YAML and Markdown file of the edition by its name in the archive."""
    root = sample.edition.root
    found = [path for path in root.rglob("*") if path.suffix in {".yaml", ".yml", ".md"}]
    return {path.relative_to(root).as_posix().replace("/", "-"): path for path in found}


def test_its_metadata_identify_it_as_pdf_a_3(sample: Sample, archive: OpenedPdf) -> None:
    assert re.search(r'pdfaid:part(="3"|>3<)', archive.xmp)
    assert re.search(r'pdfaid:conformance(="A"|>A<)', archive.xmp)
    assert sample.edition.config.title in archive.xmp


def test_the_manifest_claims_that_standard_and_names_who_confirmed_it(sample: Sample) -> None:
    claims = {entry["variant"]: entry["standards"] for entry in sample.manifest["files"]}
    by = f"page-validation {version('page-validation')}"
    assert claims["screen"] == {"PDF/UA-1": by}
    assert claims["archive"] == {"PDF/A-3a": by, "PDF/UA-1": by}
    assert str(claims["print"]["PDF/X-4"]).startswith("own preflight for sheetfed-us")


def test_it_has_an_output_intent_with_a_profile(archive: OpenedPdf) -> None:
    (intent,) = archive.root["/OutputIntents"]
    assert intent.get_object()["/S"] == "/GTS_PDFA1"
    assert len(intent.get_object()["/DestOutputProfile"].get_object().get_data()) > 1000


def test_every_source_file_is_inside_byte_for_byte(sample: Sample, archive: OpenedPdf) -> None:
    files, wanted = carried(archive), sources(sample)
    assert len(wanted) > 10
    assert set(wanted) <= set(files)
    for name, path in wanted.items():
        assert files[name] == path.read_bytes(), name


def test_every_chart_has_its_data_inside_as_a_table(sample: Sample, archive: OpenedPdf) -> None:
    files = carried(archive)
    assert len(sample.edition.charts) >= 12
    for name, chart in sample.edition.charts.items():
        rows = list(csv.DictReader(io.StringIO(files[f"chart-{name}.csv"].decode("utf-8"))))
        wanted = [row.fact for row in chart.series] + ([chart.whole] if chart.whole else [])
        assert [row["fact"] for row in rows] == wanted
        for row in rows:
            assert float(row["value"]) == float(sample.edition.facts[row["fact"]].value), row


def test_nothing_else_is_inside(sample: Sample, archive: OpenedPdf) -> None:
    charts = {f"chart-{name}.csv" for name in sample.edition.charts}
    assert {each.name for each in archive.attachments} == charts | set(sources(sample))


def test_every_attachment_says_what_it_is_and_how_it_relates(sample: Sample, archive: OpenedPdf) -> None:
    texts = sources(sample)
    for each in archive.attachments:
        assert each.relationship == ("Source" if each.name in texts else "Data"), each
        assert len(each.description) > 10, each
        assert each.size == len(carried(archive)[each.name])
    assert len({each.description for each in archive.attachments}) == len(archive.attachments)


def test_attachments_are_dated_with_the_publication(sample: Sample, archive: OpenedPdf) -> None:
    published = sample.edition.config.published
    for item in archive.reader.attachment_list:
        for moment in (item.creation_date, item.modification_date):
            assert moment is not None
            assert moment.date() == published, item.name


def test_the_file_lists_its_attachments_as_associated_files(archive: OpenedPdf) -> None:
    listed = {str(item.get_object()["/UF"]) for item in archive.root["/AF"]}
    assert listed == {each.name for each in archive.attachments}


def test_it_reads_like_the_screen_edition(sample: Sample, archive: OpenedPdf, screen: OpenedPdf) -> None:
    assert archive.tagged
    assert archive.language == screen.language
    assert archive.title == screen.title
    assert archive.outline == screen.outline
    assert archive.links == screen.links
    assert [page.label for page in archive.pages] == [page.label for page in screen.pages]

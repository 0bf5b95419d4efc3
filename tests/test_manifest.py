"""manifest.json: the files of a set, the tool versions, and the pages of each fact and chart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from pages import block, laid_out

from report.edition.edition import Edition
from report.engine.boxes import PageRecord
from report.problems import Place, error, warning
from report.sets.manifest import NAME, FileEntry, Manifest, file_name, manifest, problems_of, read_manifest
from report.sets.outputs import publish
from report.variants import VARIANTS

PROBLEMS = (
    error("trim", Place("x.pdf", page=3), "Wrong size.", "Correct it."),
    warning("bare-figure", Place("a.md", 4), "9"),
)


@pytest.fixture
def edition(load_edition: Callable[..., Edition]) -> Edition:
    return load_edition()


def entry(edition: Edition, variant: str, data: bytes = b"%PDF") -> FileEntry:
    return FileEntry.of(file_name(edition, VARIANTS[variant]), VARIANTS[variant], data, 8, {})


def pages() -> tuple[PageRecord, ...]:
    chart = '<figure data-component="chart" data-chart="ease" style="height: 9pt"></figure>'
    return laid_out(block('<b data-fact="ease.rate">6.3%</b>') + block('<b data-fact="ease.rate">6%</b>') + chart).pages


def published(edition: Edition, out: Path, *variants: str, before: Path | None = None) -> Manifest:
    """Publish a set with these variants; the content of each file is the name of its variant."""
    record = manifest(edition, (), [entry(edition, name, name.encode()) for name in variants], (), before)
    new = {each.name: each.variant.encode() for each in record.files if each.current}
    publish(out, edition.config.edition, record.files_to_write(new))
    return record


def test_a_file_is_named_after_edition_and_variant(edition: Edition) -> None:
    assert file_name(edition, VARIANTS["screen"]) == "tiny-report-screen.pdf"
    assert file_name(edition, VARIANTS["screen"], "draft") == "tiny-report-screen-draft.pdf"


def test_an_entry_has_role_pages_bytes_checksum_and_standards(edition: Edition) -> None:
    file = entry(edition, "archive", b"some bytes")
    assert (file.variant, file.role, file.pages, file.size) == ("archive", VARIANTS["archive"].role, 8, 10)
    assert file.sha256 == hashlib.sha256(b"some bytes").hexdigest()
    assert (file.standards, file.current) == ({"PDF/A-3a": None, "PDF/UA-1": None}, True)


def test_entries_claim_the_standards_of_their_variant_unconfirmed(
    edition: Edition,
) -> None:
    claims = {name: entry(edition, name).standards for name in VARIANTS}
    press = {name: {"PDF/X-4": None} for name in ("print", "cover", "block")}
    assert claims == {**press, "screen": {"PDF/UA-1": None}, "archive": {"PDF/A-3a": None, "PDF/UA-1": None}}


def test_a_standard_is_noted_with_what_confirmed_it(edition: Edition) -> None:
    confirmed = {"PDF/A-3a": "veraPDF 1.28", "PDF/X-4": "nothing that it claims"}
    made = FileEntry.of("x.pdf", VARIANTS["archive"], b"", 8, confirmed)
    assert made.standards == {"PDF/A-3a": "veraPDF 1.28", "PDF/UA-1": None}


@pytest.mark.parametrize("marks", [0, 3])
def test_a_draft_says_so_and_how_much_is_to_be_renewed(edition: Edition, marks: int) -> None:
    written = json.loads(manifest(edition, (), [], (), None, to_renew=marks).as_json())
    assert (written["draft"], written["to_renew"]) == (True, marks)
    finished = json.loads(manifest(edition, (), [], (), None).as_json())
    assert finished["draft"] is False
    assert manifest(edition, (), [], (), None).to_renew == 0


def test_the_json_holds_what_the_set_was_made_from(edition: Edition) -> None:
    inputs = {"files": {"build.py": "ab"}, "tools": "cd", "asked": {}}
    assert json.loads(manifest(edition, (), [], (), None, inputs).as_json())["inputs"] == inputs


def test_the_json_can_be_read_by_people(edition: Edition) -> None:
    text = manifest(edition, (), [], (error("x", Place("a.md"), "“Ñandú” is wrong.", "Mend it."),), None).as_json()
    assert "“Ñandú” is wrong." in text
    assert '\n  "title": "Tiny Report",\n' in text


def test_a_manifest_without_problems_has_none() -> None:
    assert problems_of({}) == []


def test_the_json_has_files_versions_problems_and_pages(edition: Edition) -> None:
    record = manifest(edition, pages(), [entry(edition, "print")], PROBLEMS, None)
    written = json.loads(record.as_json())
    assert (written["edition"], written["title"]) == ("tiny", "Tiny Report")
    assert [each["name"] for each in written["files"]] == ["tiny-report-print.pdf"]
    assert set(written["files"][0]) >= {"role", "pages", "bytes", "sha256", "standards", "current"}
    assert written["engine"]["weasyprint"] == version("weasyprint")
    assert written["problems"][0] == {
        "severity": "error", "code": "trim", "where": "page 3 (x.pdf)", "what": "Wrong size.", "hint": "Correct it.",
        "place": {"file": "x.pdf", "line": 0, "column": 0, "page": 3, "component": ""},
    }  # fmt: skip
    assert problems_of(written) == list(PROBLEMS)
    assert [each["severity"] for each in written["problems"]] == ["error", "warning"]


def test_facts_and_charts_are_listed_with_all_their_pages(edition: Edition) -> None:
    record = manifest(edition, pages(), [], (), None)
    assert set(record.facts) == set(edition.facts)
    assert record.facts["ease.rate"] == (1, 2)
    assert record.facts["budget.total"] == ()
    assert record.charts == {"ease": (2,)}


def test_the_json_is_reproducible_and_has_no_timestamp(edition: Edition) -> None:
    first, second = (manifest(edition, pages(), [entry(edition, "print")], PROBLEMS, None).as_json() for _ in range(2))
    assert first == second
    assert first.endswith("}\n")
    assert set(json.loads(first)) == {"edition", "title", "draft", "files", "engine", "problems", "facts", "charts"}


def test_the_files_to_write_are_the_new_files_and_the_manifest(edition: Edition) -> None:
    record = manifest(edition, (), [entry(edition, "print")], (), None)
    files = record.files_to_write({"tiny-report-print.pdf": b"%PDF"})
    assert set(files) == {"tiny-report-print.pdf", NAME}
    assert json.loads(files[NAME]) == json.loads(record.as_json())


def test_files_not_built_are_carried_over_and_marked(edition: Edition, tmp_path: Path) -> None:
    published(edition, tmp_path, "print", "screen", "archive")
    record = published(edition, tmp_path, "screen", before=tmp_path / "tiny")
    assert {each.variant: each.current for each in record.files} == {"screen": True, "print": False, "archive": False}
    assert {path.name for path in (tmp_path / "tiny").iterdir()} == {NAME, *(each.name for each in record.files)}
    assert (tmp_path / "tiny" / "tiny-report-print.pdf").read_bytes() == b"print"


def test_a_file_under_a_former_name_is_not_carried_over(edition: Edition, tmp_path: Path) -> None:
    published(edition, tmp_path, "print", "screen")
    slug = replace(edition, config=edition.config.model_copy(update={"slug": "another-name"}))
    record = published(slug, tmp_path, "screen", before=tmp_path / "tiny")
    assert [(each.name, each.current) for each in record.files] == [
        ("another-name-screen.pdf", True), ("tiny-report-print.pdf", False)
    ]  # fmt: skip


def test_a_missing_file_is_not_carried_over(edition: Edition, tmp_path: Path) -> None:
    published(edition, tmp_path, "print", "screen")
    (tmp_path / "tiny" / "tiny-report-print.pdf").unlink()
    record = published(edition, tmp_path, "screen", before=tmp_path / "tiny")
    assert [each.variant for each in record.files] == ["screen"]


def test_a_missing_manifest_reads_as_empty(tmp_path: Path) -> None:
    assert read_manifest(None) == {}
    assert read_manifest(tmp_path) == {}


@pytest.mark.parametrize(
    "text", ["{ damaged", "[]", '{"files": [{"name": "x.pdf", "colour": "of another version"}]}', '{"files": [{}]}']
)
def test_a_manifest_that_is_damaged_or_of_another_version_does_not_stop_a_build(
    edition: Edition, tmp_path: Path, text: str
) -> None:
    (tmp_path / NAME).write_text(text)
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    record = manifest(edition, (), [entry(edition, "screen")], (), tmp_path)
    assert [each.variant for each in record.files] == ["screen"]


@pytest.mark.parametrize("name", ["../outside.pdf", "/etc/hostname"])
def test_a_manifest_cannot_carry_files_from_outside_its_set(edition: Edition, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (tmp_path / "outside.pdf").write_bytes(b"%PDF")
    record = json.loads(manifest(edition, (), [entry(edition, "print")], (), None).as_json())
    record["files"][0]["name"] = name
    (folder / NAME).write_text(json.dumps(record))
    assert set(manifest(edition, (), [], (), folder).carried) == set()


def test_the_json_has_the_versions_of_system_libraries_and_packages(edition: Edition) -> None:
    record = manifest(edition, (), [entry(edition, "print")], (), None, system={"pango": "1.50.12"})
    written = json.loads(record.as_json())
    assert written["engine"]["pango"] == "1.50.12"
    assert written["engine"]["pikepdf"] == version("pikepdf")

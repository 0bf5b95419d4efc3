"""The standards that the editions claim, judged by veraPDF, which knows nothing of this press."""

from __future__ import annotations

import io
import os

import pikepdf
import pytest

from full.conftest import Sample
from report.inspection.verapdf import installed, validate
from report.problems import ReportError

MISSING = (
    "VERAPDF IS NOT HERE: PDF/UA-1 AND PDF/A-3a WERE NOT CONFIRMED IN THIS RUN. "
    "`make validator` fetches it; `python build.py doctor` tells what it needs."
)


@pytest.fixture(scope="module", autouse=True)
def validator() -> None:
    """Without the validator CI fails; elsewhere the summary of the run says loudly what was not confirmed."""
    if not installed():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)


EDITIONS = {"screen": ["PDF/UA-1"], "archive": ["PDF/A-3a", "PDF/UA-1"]}


@pytest.mark.parametrize(("variant", "standards"), EDITIONS.items(), ids=EDITIONS)
def test_the_edition_keeps_what_it_claims(sample: Sample, variant: str, standards: list[str]) -> None:
    (entry,) = (each for each in sample.manifest["files"] if each["variant"] == variant)
    assert sorted(entry["standards"]) == sorted(standards)
    verdicts = validate(sample.pdfs[variant].data, entry["name"], standards)
    assert [(each.standard, each.passed, each.failed) for each in verdicts] == [(name, True, ()) for name in standards]
    assert {each.validator for each in verdicts} == {"veraPDF 1.28.2"}


def test_the_validator_finds_a_figure_without_alternative_text(sample: Sample) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(sample.pdfs["screen"].data)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/Alt" in item:
                del item["/Alt"]
        pdf.save(out)
    (verdict,) = validate(out.getvalue(), "broken.pdf", ["PDF/UA-1"])
    assert not verdict.passed
    assert any("7.3" in rule.clause and rule.count == len(sample.edition.charts) for rule in verdict.failed)


def test_what_is_no_pdf_gets_no_verdict_and_a_reason() -> None:
    with pytest.raises(ReportError) as failure:
        validate(b"no PDF at all", "x.pdf", ["PDF/UA-1"])
    assert [problem.code for problem in failure.value.problems] == ["no-verdict"]

"""Drafts: the watermark is on every page and in no text, the file is marked as a draft, no final set is replaced."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from pages import job, laid_out, printer, raw, tokens, written

from report.finishing.draft import DraftMark
from report.finishing.run import finish
from report.inspection.inspect import Pdf
from report.preflight.run import preflight
from report.sets.outputs import set_name
from report.variants import VARIANTS

BODY = '<section data-component="story" data-src="a.md:3"><p>Words on a page.</p></section>'


def drafted(variant: str) -> bytes:
    chosen = VARIANTS[variant]
    mark = DraftMark(tokens().faces["sans-bold"], tokens().hexes["haze"])
    about = replace(job().about, draft=True)
    data, _ = raw(laid_out(BODY), chosen)
    return finish(data, chosen.finishing, replace(job(), about=about, draft=mark, standards=chosen.standards))


@pytest.fixture(scope="module")
def screen() -> bytes:
    return drafted("screen")


def marks(data: bytes) -> list[Any]:
    """Return the instructions between the artifact's start and its end on the first page."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        operations = list(pikepdf.parse_content_stream(pdf.pages[0]))
    names = [str(each.operator) for each in operations]
    found = [
        index for index, each in enumerate(operations) if names[index] == "BDC" and "Watermark" in str(each.operands)
    ]
    assert len(found) == 1
    return operations[found[0] : names.index("EMC", found[0])]


def test_the_watermark_is_outlines_in_an_artifact_and_not_text(screen: bytes) -> None:
    plain = written(laid_out(BODY), "screen")
    names = [str(each.operator) for each in marks(screen)]
    assert names.count("m") >= 5, "at least an outline for each letter"
    assert not {"Tj", "TJ", "f", "F", "B"} & set(names)
    assert names[-2:] == ["S", "Q"]
    assert "".join(Pdf(screen).page_texts()).strip() == "".join(Pdf(plain).page_texts()).strip()


def test_the_watermark_fits_the_page_and_spans_most_of_it(screen: bytes) -> None:
    operations = marks(screen)
    matrix = next([float(n) for n in each.operands] for each in operations if str(each.operator) == "cm")
    a, b, c, d, e, f = matrix
    points = [
        (a * x + c * y + e, b * x + d * y + f)
        for each in operations if str(each.operator) in "mlc"
        for x, y in [[float(n) for n in each.operands][-2:]]
    ]  # fmt: skip
    xs, ys = zip(*points, strict=True)
    assert 0 < min(xs) < 120
    assert 480 < max(xs) < 612
    assert 0 < min(ys) < 120
    assert 660 < max(ys) < 792


def test_in_print_its_colour_is_cmyk_and_the_draft_is_preflight_s_only_error() -> None:
    data = drafted("print")
    (colour,) = [each.operands for each in marks(data) if str(each.operator) in ("K", "RG")]
    assert [round(float(part) * 100) for part in colour] == list(tokens().builds[tokens().hexes["haze"]])
    outcome = preflight(data, "a.pdf", printer()).outcome
    assert [verdict.id for verdict in outcome.verdicts if verdict.state == "error"] == ["draft"]


def test_a_draft_has_a_separate_set() -> None:
    assert (set_name("2031", "draft"), set_name("2031", "")) == ("2031-draft", "2031")

"""Finishing: each step does one thing, and the output is reproducible."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pages import block, job, laid_out, raw, tiny_pdf, written
from pikepdf import Name

from report.finishing.run import STEPS, finish
from report.inspection.inspect import Pdf
from report.variants import VARIANTS


def engine_file() -> bytes:
    data, _ = raw(laid_out(block('<a href="https://example.org/">a link</a>') + block("two")), "print")
    return data


def test_every_step_that_a_variant_names_exists_and_every_step_is_used() -> None:
    named = {step for variant in VARIANTS.values() for step in variant.finishing}
    assert named == set(STEPS)


def test_an_unknown_step_is_refused() -> None:
    with pytest.raises(KeyError, match="polish"):
        finish(tiny_pdf(), ["polish"], job())


def test_without_steps_the_text_is_unchanged() -> None:
    before = engine_file()
    assert Pdf(finish(before, (), job())).page_texts() == Pdf(before).page_texts()


def test_without_annotations_removes_links_and_nothing_else() -> None:
    before = Pdf(engine_file())
    after = Pdf(finish(before.data, ["without_annotations"], job()))
    assert len(before.links) == 1
    assert after.links == []
    assert not any("/Annots" in page for page in after.reader.pages)
    assert after.page_texts() == before.page_texts()


def test_page_labels_count_from_the_cover() -> None:
    assert [boxes.label for boxes in Pdf(finish(tiny_pdf(pages=3), ["page_labels"], job())).pages] == ["1", "2", "3"]


def test_reading_view_opens_facing_pages_with_the_title_shown() -> None:
    before, after = Pdf(tiny_pdf()), Pdf(finish(tiny_pdf(), ["reading_view"], job()))
    assert (before.reader.page_layout, before.shows_title) == (None, False)
    assert (after.reader.page_layout, after.shows_title) == ("/TwoPageRight", True)


def test_reading_view_keeps_the_other_preferences() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(tiny_pdf())) as pdf:
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(Direction=Name.L2R)
        pdf.save(out)
    preferences = Pdf(finish(out.getvalue(), ["reading_view"], job())).root["/ViewerPreferences"]
    assert (preferences["/Direction"], preferences["/DisplayDocTitle"]) == ("/L2R", True)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_same_document_gives_the_same_bytes_twice(variant: str) -> None:
    steps, pages = VARIANTS[variant].finishing, "".join(map(block, "abcdefgh"))
    first, second = (finish(raw(laid_out(pages, alone=True), variant)[0], steps, job()) for _ in range(2))
    assert first == second


def test_another_document_gets_another_identifier() -> None:
    first, second = (Pdf(finish(tiny_pdf(title), (), job())).reader.trailer["/ID"] for title in ("a", "b"))
    assert first != second


@pytest.mark.parametrize("variant", ["screen", "archive"])
def test_links_are_marked_as_printed(variant: str) -> None:
    data = written(laid_out(block('<a href="https://example.org/">x</a> <a href="#y">y</a><b id="y">z</b>')), variant)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        flags = [int(each.F) for each in pdf.pages[0].obj.Annots]
    assert len(flags) == 2
    assert all(flag & 4 for flag in flags)

"""Reading aids of the editions: bookmarks, title, labels, tab order, and text that can be copied."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from copying import READERS, copied
from htmltext import html_body

from full.conftest import OpenedPdf, Sample, plain


def headings(sample: Sample) -> list[tuple[int, str]]:
    """Return the headings of the source with their levels, in order."""
    elements = [each for each in html_body(sample.html).iter() if re.fullmatch("h[1-6]", str(each.tag))]
    return [(int(each.tag[1]), plain("".join(each.itertext()))) for each in elements]


@pytest.mark.parametrize("variant", ["screen", "archive"])
def test_every_heading_is_a_bookmark_in_its_order_and_at_its_level(sample: Sample, variant: str) -> None:
    wanted, outline = headings(sample), sample.pdfs[variant].outline
    assert len(wanted) > 40
    assert [plain(each.title) for each in outline] == [text for _, text in wanted]
    assert [each.level for each in outline] == [max(1, level - 1) for level, _ in wanted]


@pytest.mark.parametrize("variant", ["screen", "archive"])
def test_the_window_shows_the_title_and_pages_go_by_their_folios(sample: Sample, variant: str) -> None:
    opened = sample.pdfs[variant]
    assert opened.shows_title
    assert opened.title == f"{sample.edition.config.organisation.name}: {sample.edition.config.title}"
    assert [page.label for page in opened.pages] == [str(page.number) for page in opened.pages]


@pytest.mark.parametrize("variant", ["screen", "archive"])
def test_the_tabulator_follows_the_structure_wherever_there_is_something_to_reach(sample: Sample, variant: str) -> None:
    with pikepdf.open(io.BytesIO(sample.pdfs[variant].data)) as pdf:
        orders = [str(page.obj.get("/Tabs")) for page in pdf.pages if "/Annots" in page.obj]
    assert len(orders) > 10
    assert set(orders) == {"/S"}


def paragraphs(sample: Sample) -> list[str]:
    """Return the paragraphs of the report that stand on one page, without notes in them."""
    found = []
    for node in sample.tree.nodes():
        if node.element is None or node.element.tag != "p" or any(each.tag == "Note" for each in node.nodes()):
            continue
        text = plain("".join(piece.spoken for piece in node.pieces()))
        if len({piece.page for piece in node.pieces()}) == 1 and len(text.split()) > 12:
            found.append(text)
    return found


@pytest.mark.parametrize("reader", READERS)
def test_paragraphs_are_copied_word_for_word(sample: Sample, screen: OpenedPdf, reader: str) -> None:
    pages = [plain(page).replace("-", "") for page in copied(screen.data, reader)]
    wanted = [text.replace("-", "") for text in paragraphs(sample)]  # readers drop any hyphen at a line's end
    assert len(wanted) > 80
    assert [text for text in wanted if not any(text in page for page in pages)] == []

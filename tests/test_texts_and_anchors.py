"""The printed texts of an edition, the ids that its files define, and the anchors to which links may lead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from report.edition.anchors import anchors, story_anchors
from report.edition.edition import Edition
from report.problems import Place

Load = Callable[..., Edition]
IMAGE = "images:\n  class: {file: class.jpg, alt: Children paint, credit: A. Person}\n"


@pytest.mark.parametrize(
    ("what", "resolved", "written", "place"),
    [
        ("the text of the section story", True, "Attendance grew by", ("sections/story.md", 9, 1)),
        ("the lede of the section story", True, "About {{ budget.total }}", ("sections/story.md", 4, 7)),
        ("the title of the section story", False, "A Story", ("sections/story.md", 3, 8)),
        ("the tagline of edition.yaml", False, "A small one", ("edition.yaml", 4, 10)),
        ("the subject of edition.yaml", True, "A year of work", ("edition.yaml", 10, 10)),
        ("the qualifier of the fact ease.covered", False, "nearly", ("facts.yaml", 3, 83)),
        ("the prior of the fact da.attendance", False, '"2022-23"', ("facts.yaml", 17, 34)),
        ("the title of the chart ease", True, '"Counseling served {{', ("charts.yaml", 5, 12)),
        ("the series of the chart ease", False, "Served", ("charts.yaml", 13, 36)),
        ("the source of the quote child", False, "TED talk", ("quotes.yaml", 6, 13)),
        ("the alt of the image class", False, "Children paint", ("images.yaml", 2, 33)),
    ],
)
def test_every_printed_text_is_known_as_it_is_written_with_its_place(
    load_edition: Load, what: str, resolved: bool, written: str, place: tuple[str, int, int]
) -> None:
    (text,) = [text for text in load_edition(images=IMAGE).texts() if text.what == what]
    assert (text.resolved, text.place) == (resolved, Place(f"data/tiny/{place[0]}", *place[1:]))
    assert text.written.startswith(written)


def test_names_of_files_ids_and_options_are_no_printed_texts(load_edition: Load) -> None:
    written = [text.written for text in load_edition(images=IMAGE).texts()]
    assert len(written) == 33
    assert not {"class.jpg", "report", "ease.served", "ink", "share_field", "1000"} & set(written)


def test_links_may_lead_to_every_section_story_quotation_and_chart(load_edition: Load) -> None:
    assert anchors(load_edition()) == {
        "back", "contents", "cover", "notes", "story", "story-text", "story-how-many-were-covered",
        "quote-child", "chart-ease", "data-ease",
    }  # fmt: skip


def test_the_anchor_of_a_story_has_the_text_of_its_facts(load_edition: Load) -> None:
    edition = load_edition(story=("## How many were covered", "## *About* {{ ease.rate }}"))
    assert "story-about-6-3" in anchors(edition)


def test_stories_of_one_title_are_numbered() -> None:
    assert story_anchors("plan", ["One", "", "Öne!", "Two", "one", ""]) == [
        "plan-one", "plan-text", "plan-one-2", "plan-two", "plan-one-3", "plan-text-2"
    ]  # fmt: skip

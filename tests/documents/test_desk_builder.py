"""What the desk is told of an edition: pages with everything that can be clicked, facts with uses, overlays."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from desks import holds, project, spots_of, write_project
from PIL import Image

from report.desk.builder import build_preview
from report.desk.pictures import SCALES, pictures
from report.desk.records import Contrasts, FileFindings, Pages, Preview, as_json
from report.problems import ReportError
from report.processes.server import StoredFile


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """Everything that one build of the tiny edition tells."""
    folder = write_project(tmp_path_factory.mktemp("desk") / "project")
    return list(build_preview(project(folder), "tiny", "screen", "sheetfed-us"))


@pytest.fixture(scope="module")
def preview(parts: list[object]) -> Preview:
    return next(part.preview for part in parts if isinstance(part, Pages))


def test_the_pages_come_first_and_what_is_found_on_them_after(parts: list[object]) -> None:
    assert [type(part) for part in parts] == [StoredFile, Pages, StoredFile, FileFindings, Contrasts]
    assert isinstance(parts[0], StoredFile) and parts[0].data.startswith(b"%PDF")


def test_a_preview_is_named_after_all_that_it_shows(parts: list[object], preview: Preview) -> None:
    assert isinstance(parts[0], StoredFile) and parts[0].name == preview.id
    assert len(preview.id) == 16
    assert json.loads(as_json(preview))["id"] == preview.id


def test_every_page_knows_its_side_and_section(preview: Preview) -> None:
    assert [leaf.side for leaf in preview.pages[:4]] == ["right", "left", "right", "left"]
    assert [chapter.title for chapter in preview.chapters][:3] == ["Tiny Report", "Contents", "A Story"]
    story = next(chapter for chapter in preview.chapters if chapter.title == "A Story")
    assert preview.pages[story.page - 1].section == "A Story"


def test_a_figure_knows_its_fact_and_where_that_is_defined(preview: Preview) -> None:
    found = {spot.fact: spot for _, spot in spots_of(preview, "fact")}
    assert found["budget.total"].text == "$627 million".replace(" ", "\N{NO-BREAK SPACE}")
    assert found["budget.total"].src == "data/tiny/sections/story.md:3"
    fact = preview.facts["budget.total"]
    assert (fact.src, fact.label, fact.source) == ("data/tiny/facts.yaml:18", "in the budget", "Annual Report")
    assert fact.uses == (("data/tiny/sections/story.md:4", "the lede of the section story"),)
    assert fact.pages == (3,)


def test_a_fact_in_a_chart_tells_the_chart_and_its_pages(preview: Preview) -> None:
    fact = preview.facts["ease.served"]
    assert ("data/tiny/charts.yaml:13", "row 1 of the chart ease") in fact.uses
    (chart, pages), *others = fact.charts
    assert (chart, others) == ("ease", [])
    assert pages and set(pages) <= {leaf.number for leaf in preview.pages}


def test_a_chart_knows_its_place_its_drawing_function_and_its_facts(preview: Preview) -> None:
    (_, spot), *_ = spots_of(preview, "chart")
    assert (spot.chart, spot.src) == ("ease", "data/tiny/charts.yaml:3")
    assert spot.template.startswith("layouts/components.html.j2:")
    assert preview.charts["ease"].facts == ("ease.served", "ease.covered")
    file, _, line = preview.charts["ease"].drawing.partition(":")
    source = (Path(__file__).parents[2] / file).read_text("utf-8").splitlines()
    assert any("def share_field" in each for each in source[int(line) - 1 : int(line) + 12])


def test_a_page_knows_its_template_its_stylesheet_and_the_drawing_behind_it(preview: Preview) -> None:
    cover = next(spot for leaf, spot in spots_of(preview, "section") if leaf.number == 1)
    assert cover.template.startswith("layouts/pages/cover.html.j2:")
    assert cover.style == "styles/pages/cover.css"
    assert cover.drawing.startswith("figures/artworks/covers.py:")


def test_components_have_the_template_of_their_macro_or_of_their_page(preview: Preview) -> None:
    root = Path(__file__).parents[2]
    for _, spot in spots_of(preview, "component"):
        file, _, line = spot.template.rpartition(":")
        written = (root / file).read_text("utf-8").splitlines()[int(line) - 1]
        assert f'data-component="{spot.component}"' in written or (spot.component == "note" and "section" in written)


def test_every_figure_lies_inside_its_text(preview: Preview) -> None:
    for leaf, spot in spots_of(preview, "fact"):
        texts = [other for other in leaf.spots if other.kind == "text" and holds(other.box, spot.box)]
        assert texts, f"page {leaf.number}: {spot}"


def test_a_running_foot_leads_to_its_words(preview: Preview) -> None:
    feet = spots_of(preview, "running foot")
    assert feet
    assert {spot.src for _, spot in feet} == {"data/tiny/edition.yaml:4"}


def test_the_order_of_reading_has_every_page_with_text(preview: Preview) -> None:
    story = next(leaf for leaf in preview.pages if leaf.section == "A Story")
    assert [each.tag for each in story.order][:2] == ["H2", "P"]
    assert all(each.box[2] > 0 and each.box[3] > 0 for leaf in preview.pages for each in leaf.order)


def test_running_text_stands_on_the_baseline_grid(preview: Preview) -> None:
    grid = preview.geometry
    assert (grid.leading, grid.columns, grid.column, grid.gutter) == (14, 12, 31, 12)
    assert grid.top < grid.baseline < grid.top + grid.leading
    assert grid.safe >= 27


def test_every_text_has_its_contrast(parts: list[object], preview: Preview) -> None:
    contrasts = next(part for part in parts if isinstance(part, Contrasts))
    assert set(contrasts.pages) <= {leaf.number for leaf in preview.pages}
    texts = [text for page in contrasts.pages.values() for text in page]
    assert any("served" in text.text for text in texts)
    assert all(text.ratio >= text.needed for text in texts)


def test_pictures_have_the_size_that_was_asked_for(parts: list[object], preview: Preview) -> None:
    assert isinstance(parts[0], StoredFile)
    for scale in ("thumb", "1"):
        ((number, data),) = pictures(parts[0].data, [1], scale)
        width, height = Image.open(BytesIO(data)).size
        assert number == 1
        assert (width, height) == (round(612 * SCALES[scale] + 0.49), round(792 * SCALES[scale] + 0.49))
    assert list(pictures(parts[0].data, [0, 999], "1")) == []


def test_errors_of_the_data_stop_with_their_places(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "project")
    facts = folder / "data" / "tiny" / "facts.yaml"
    facts.write_text(facts.read_text().replace("unit: ordinal", "unit: ordinall"), "utf-8")
    with pytest.raises(ReportError) as caught:
        list(build_preview(project(folder), "tiny", "screen", "sheetfed-us"))
    assert str(caught.value.problems[0].where).startswith("data/tiny/facts.yaml:8:")

"""The screen edition: what the board's readers, and their software, meet in the email."""

from __future__ import annotations

import re

from full.conftest import OpenedPdf, Sample, plain

WITHOUT_ENTRY = ("cover", "contents", "quote", "back")


def listed(sample: Sample) -> list[str]:
    """Return the sections that the contents list, in the order of the report."""
    sections = [entry.section for entry in sample.edition.config.sections if entry.section]
    return [name for name in sections if sample.edition.sections[name].front.page not in WITHOUT_ENTRY]


def title(sample: Sample, section: str) -> str:
    return plain(sample.edition.sections[section].front.title)


def contents_page(sample: Sample) -> int:
    (name,) = [name for name, each in sample.edition.sections.items() if each.front.page == "contents"]
    return sample.pages_of(name)[0]


def test_every_page_is_trimmed(screen: OpenedPdf) -> None:
    for page in screen.pages:
        assert page.media == page.trim == page.bleed == (0, 0, 612, 792)


def test_the_file_is_small_enough_for_email(screen: OpenedPdf) -> None:
    assert 100_000 < len(screen.data) < 5_000_000


def test_it_opens_as_facing_pages_with_the_cover_alone_and_its_title_shown(sample: Sample, screen: OpenedPdf) -> None:
    config = sample.edition.config
    assert screen.reader.page_layout == "/TwoPageRight"
    assert screen.shows_title
    assert config.title in screen.title
    assert config.organisation.name in screen.title


def test_it_says_what_it_is(sample: Sample, screen: OpenedPdf) -> None:
    config, metadata = sample.edition.config, screen.reader.metadata
    assert metadata
    assert metadata.author == config.organisation.name
    assert plain(str(metadata.subject)) == plain(config.subject)
    assert str(metadata.get("/Keywords")) == ", ".join(config.keywords)


def test_it_is_tagged_and_names_its_language(sample: Sample, screen: OpenedPdf) -> None:
    assert screen.tagged
    assert screen.language == sample.edition.config.language


def test_page_labels_are_the_printed_folios(screen: OpenedPdf) -> None:
    assert [page.label for page in screen.pages] == [str(page.number) for page in screen.pages]
    folios = {}
    for number, text in screen.texts.items():
        printed = re.findall(r"(?:^|\s)(\d+) \| (?=\S)", text) if number % 2 == 0 else re.findall(r" \| (\d+)\b", text)
        if printed:
            folios[number] = printed
    assert len(folios) > len(screen.pages) / 3
    assert folios == {number: [str(number)] for number in folios}


def test_bookmarks_name_every_section_in_order_with_its_page(sample: Sample, screen: OpenedPdf) -> None:
    top = [bookmark for bookmark in screen.outline if bookmark.level == 1]
    wanted = [title(sample, name) for name in listed(sample)]
    titles = [plain(bookmark.title) for bookmark in top]
    assert [name for name in titles if name in wanted] == wanted
    for name, bookmark in ((name, top[titles.index(title(sample, name))]) for name in listed(sample)):
        assert bookmark.page == sample.pages_of(name)[0], name
        assert plain(bookmark.title) in screen.texts[bookmark.page], name


def test_bookmarks_follow_the_pages(screen: OpenedPdf) -> None:
    pages = [bookmark.page for bookmark in screen.outline]
    assert pages == sorted(pages)
    assert {bookmark.level for bookmark in screen.outline} == {1, 2}
    for bookmark in screen.outline:
        assert plain(bookmark.title) in screen.texts[bookmark.page], bookmark


def test_the_contents_lead_to_the_pages_printed_beside_them(sample: Sample, screen: OpenedPdf) -> None:
    page = contents_page(sample)
    targets = list(dict.fromkeys(link.target for link in screen.links if link.page == page))
    printed = [int(run.text) for run in screen.runs if run.page == page and re.fullmatch(r"\s*\d+\s*", run.text)]
    sections = listed(sample)
    assert printed == [sample.pages_of(name)[0] for name in sections]
    assert targets == list(dict.fromkeys(printed))
    for name, number in zip(sections, printed, strict=True):
        assert title(sample, name) in screen.texts[page], name
        assert title(sample, name) in screen.texts[number], name


def destinations(screen: OpenedPdf, number: int) -> set[str]:
    """Return the names of the places in the file to which the links of a page lead."""
    annotations = [item.get_object() for item in screen.reader.pages[number - 1].get("/Annots") or []]
    return {str(item.get("/Dest") or item.get("/A", {}).get("/D", "")) for item in annotations} - {""}


def test_every_chart_leads_to_its_data_and_back(sample: Sample, screen: OpenedPdf) -> None:
    named = screen.reader.named_destinations
    assert len(sample.manifest["charts"]) >= 12
    for name, (number,) in sample.manifest["charts"].items():
        assert f"data-{name}" in destinations(screen, number), f"{name} does not lead to its table"
        table = (screen.reader.get_destination_page_number(named[f"data-{name}"]) or 0) + 1
        assert f"chart-{name}" in destinations(screen, table), f"the table of {name} does not lead back"
        assert screen.reader.get_destination_page_number(named[f"chart-{name}"]) == number - 1, name


def test_every_link_leads_to_a_page_or_a_safe_address(sample: Sample, screen: OpenedPdf) -> None:
    assert len(screen.links) > len(listed(sample)) + len(sample.edition.charts)
    for link in screen.links:
        if isinstance(link.target, int):
            assert 1 <= link.target <= len(screen.pages)
        else:
            assert link.target.startswith(("https://", "mailto:")), link


def test_the_website_is_linked_where_it_is_printed(sample: Sample, screen: OpenedPdf) -> None:
    website = sample.edition.config.organisation.website
    linked = {link.page for link in screen.links if link.target in (f"https://{website}", f"https://{website}/")}
    assert len(screen.pages) in linked
    assert all(website in screen.texts[number] for number in linked)


def test_no_script_no_form_no_lock(screen: OpenedPdf) -> None:
    assert not {"/AcroForm", "/OpenAction", "/AA"} & set(screen.root)
    assert "/JavaScript" not in (screen.root.get("/Names") or {})
    assert not screen.reader.is_encrypted
    assert screen.attachments == []

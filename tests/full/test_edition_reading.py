"""Reading aids of the screen edition: bookmarks, title, labels, tab order, and text that can be copied."""

from __future__ import annotations

import re

from htmltext import html_body

from full.conftest import OpenedPdf, Sample, plain

WORDS = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
LIGATURES = dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))


def headings(sample: Sample) -> list[tuple[int, str]]:
    """Return the headings of the source with their levels, in order."""
    found = []
    for element in html_body(sample.html).iter():
        if isinstance(element.tag, str) and re.fullmatch("h[1-6]", element.tag):
            text = "".join(" " if each.tag == "br" else (each.text or "") for each in [element])
            found.append((int(element.tag[1]), plain(text + "".join(said(each) for each in element))))
    return found


def said(element: object) -> str:
    parts = [getattr(element, "text", "") or ""]
    parts += [said(each) for each in element]  # type: ignore[attr-defined]
    return "".join(parts) + (getattr(element, "tail", "") or "")


def test_every_heading_is_a_bookmark_in_its_order_and_at_its_level(sample: Sample, screen: OpenedPdf) -> None:
    wanted = headings(sample)
    assert len(wanted) > 40
    assert [plain(each.title) for each in screen.outline] == [text for _, text in wanted]
    assert [each.level for each in screen.outline] == [max(1, level - 1) for level, _ in wanted]

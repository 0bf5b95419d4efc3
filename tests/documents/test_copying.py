"""Text as it is copied out of a file: the source's words in their order, with its spaces, letters and hyphens."""

from __future__ import annotations

from functools import cache

import pytest
from copying import READERS, copied
from pages import laid_out, written
from tagtree import read_tags

LONG = "com&shy;pre&shy;hen&shy;si&shy;bil&shy;i&shy;ty of extra&shy;ordi&shy;nari&shy;ly "
TEXTS = {
    "soft hyphens": (f"<p>The {LONG * 3}difficult words.</p>",
                     f"The {'comprehensibility of extraordinarily ' * 3}difficult words."),
    "ligatures": ("<p>Official offices file waffles, first fjord, flow.</p>",
                  "Official offices file waffles, first fjord, flow."),
    "pieces": ('<p>Some <strong>bold</strong> <em>slanted</em> <a href="https://example.org">linked</a> words,'
               "<span> 7</span> <span>million</span>.</p>", "Some bold slanted linked words, 7 million."),
    "breaks": ("<h2><span class='line'>Even</span> <span class='line'>lines</span></h2>", "Even lines"),
    "no-break spaces": ("<p>$24&#160;billion in 2024</p>", "$24 billion in 2024"),
    "small capitals": ('<p style="font-variant-caps: all-small-caps">The Office of 2024</p>', "The Office of 2024"),
}  # fmt: skip
NARROW = "width: 96pt; hyphens: manual"
HARD = "<p>A well-known, self-evident, county-wide, first-rate, long-term, state-of-the-art plan.</p>"


@cache
def data(html: str) -> bytes:
    body = f'<section data-component="story" data-src="a.md:3"><div style="{NARROW}">{html}</div></section>'
    return written(laid_out(body), "screen")


@pytest.mark.parametrize("reader", READERS)
def test_words_are_copied_as_they_were_written(reader: str) -> None:
    (page,) = copied(data("".join(html for html, _ in TEXTS.values())), reader)
    assert page.startswith(" ".join(wanted for _, wanted in TEXTS.values()))


@pytest.mark.parametrize("reader", READERS)
def test_a_hyphen_that_was_written_stays(reader: str) -> None:
    """Readers drop any hyphen at a line's end, whatever the file says of it; the tag tree keeps it."""
    (page,) = copied(data(HARD), reader)
    text, at_ends = HARD[3:-4], [line[-1] for line in lines(HARD)].count("-")
    assert page.startswith(text.replace("self-evident", "selfevident"))
    assert at_ends == 1
    assert text in " ".join(read_tags(data(HARD)).root.text.split())


def test_words_do_break_in_these_texts() -> None:
    assert [line[-1] for line in lines(TEXTS["soft hyphens"][0])].count("\N{HYPHEN}") >= 3


def lines(html: str) -> list[str]:
    """Return the lines as they are set."""
    layout = laid_out(f'<section data-component="s" data-src="a:1"><div style="{NARROW}">{html}</div></section>')
    by_height: dict[float, str] = {}
    for line in layout.pages[0].lines:
        if not line.running:
            by_height[line.y] = by_height.get(line.y, "") + line.text
    return [text.rstrip() for text in by_height.values()]

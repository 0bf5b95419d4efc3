"""Any legal prose: all of it reaches the page and the tag tree once and in order, or an error says why not.

Hypothesis makes up editions from everything that the prose may hold. Each word is unique, so each can be found again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conftest import ARTWORKS
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pages import ROOT, tokens, written
from tagtree import read_tags

from figures import FIGURES
from report.checks.consistency import consistency
from report.compose.resources import BLANK
from report.compose.run import compose_edition
from report.drawing.charts import chart_arts
from report.drawing.sheets import sheets
from report.edition.load import load, read
from report.engine import pdf
from report.inspection.inspect import Pdf
from report.layout.problems import layout_problems
from report.problems import Severity, has_errors
from report.searchpath import SearchPath

INVISIBLE = re.compile("[\N{SOFT HYPHEN}\N{WORD JOINER}\N{ZERO WIDTH SPACE}\ufffe\ufffd]")
UNIQUE = re.compile(r"x[^\W\dbdghkmnpqvx]+[bdghkmnpqv]{3}x")
LETTERS = "acefilorstuzäéñøßœłș"
ENDINGS = ("", ",", ".", ";", "!", "?", "…", ":", ")", " –", "’s", "%")


@dataclass
class Story:
    """Prose as it is written, and its words in the order in which they are read; those of footnotes apart."""

    lines: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)  # of words with a soft hyphen
    count: int = 0

    def word(self, draw: Any, into: list[str]) -> str:
        """Make up a word that no other is like, and that holds no other."""
        self.count += 1
        serial = "".join("bdghkmnpqv"[int(digit)] for digit in f"{self.count:03}")
        letters: str = draw(st.text(LETTERS, min_size=1, max_size=9))
        word = f"x{letters}{serial}x"
        into.append(word)
        where: int = draw(st.integers(1, len(word) - 1))
        between: str = draw(st.sampled_from(["", "", "", "\N{SOFT HYPHEN}", "\N{WORD JOINER}"]))
        if between == "\N{SOFT HYPHEN}":
            self.parts[word] = word[:where], word[where:]
        return f"{word[:where]}{between}{word[where:]}"

    def sentence(self, draw: Any, most: int = 12, notes: bool = True) -> str:
        """Make up words with markup between spaces."""
        return " ".join(self.phrase(draw, notes) for _ in range(draw(st.integers(1, most))))

    def phrase(self, draw: Any, notes: bool) -> str:
        form: str = draw(st.sampled_from(FORMS if notes else FORMS[:-1]))
        ending: str = draw(st.sampled_from(ENDINGS))
        text = form.format(self.word(draw, self.words)) + ending
        if form != FORMS[-1]:
            return text
        label = f"n{self.count}"
        words = [self.word(draw, self.notes) for _ in range(draw(st.integers(1, 9)))]
        self.lines.append(f"[^{label}]: {' '.join(words)}")
        return text.replace("[^]", f"[^{label}]")


FORMS = ("{}", "{}", "{}", "*{}*", "**{}**", "[{}](https://www.example.org/a-b)", "[{}]{{lang=es}}", "m^{}^", "CO~{}~",
         "“{}”", "{}[^]")  # fmt: skip


@st.composite
def stories(draw: Any) -> Story:
    """Make up the body of a section: paragraphs, lists and headings, with footnotes at the end."""
    story, body = Story(), list[str]()
    for _ in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["paragraph", "paragraph", "list", "numbers", "heading", "page"]))
        if kind == "paragraph":
            body.append(story.sentence(draw, 40))
        elif kind == "page" and body:
            body.append("[[page]]")
            body.append(story.sentence(draw))
        elif kind == "heading":
            body.append(f"## {story.sentence(draw, 6, notes=False)}")
            body.append(story.sentence(draw))
        else:
            start = draw(st.integers(1, 40))
            items = range(draw(st.integers(1, 5)))
            marks = [f"{start + item}." if kind == "numbers" else "-" for item in items]
            body.append("\n".join(f"{mark} {story.sentence(draw, 8)}" for mark in marks))
            body.append(story.sentence(draw, 4))
    story.lines = ["\n\n".join([*body, *story.lines])]
    return story


@settings(max_examples=15, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(story=stories(), variant=st.sampled_from(["print", "screen", "archive"]))
def test_all_text_reaches_the_page_and_the_tag_tree_once_and_in_order(
    write_edition: Callable[..., Path], story: Story, variant: str
) -> None:
    body = story.lines[0]
    folder = write_edition(
        story=f"---\npage: feature\ntitle: A Story\n---\n{body}\n",
        quotes="quotes: {}\n", charts="charts: {}\n", edition=("  - quote: child\n", ""),
    )  # fmt: skip
    problems = list(consistency(read(folder, "data/tiny"), FIGURES, ARTWORKS))
    assert not has_errors(problems), [str(problem) for problem in problems]
    edition, search = load(folder, "data/tiny"), SearchPath.of(ROOT)
    laid = sheets(edition, tokens())
    _, document, unprinted = compose_edition(edition, chart_arts(edition, tokens(), FIGURES), laid, tokens(), search)
    assert unprinted == []
    layout = pdf.lay_out(document, served(document.html))
    if has_errors(found := layout_problems(layout, laid, tokens(), document.html, 1)):
        codes = {problem.code for problem in found if problem.severity is Severity.ERROR}
        assert codes <= {"overflow", "collision", "clipped", "safe-area"}, found
        return  # an error says why not
    data = written(layout, variant)
    shown = INVISIBLE.sub("", "".join("".join(Pdf(data).page_texts()).split()))
    for word in (*story.words, *story.notes):
        on_two_pages = word in story.parts and all(part in shown for part in story.parts[word])
        assert shown.count(word) == 1 or on_two_pages, word
    if variant == "print":  # which has no tags
        return
    tags = read_tags(data)
    assert tags.faults == []
    spoken = UNIQUE.findall(INVISIBLE.sub("", tags.root.text))
    assert [word for word in spoken if word not in story.notes] == story.words
    assert sorted(word for word in spoken if word in story.notes) == sorted(story.notes)


def served(html: str) -> dict[str, Callable[[], bytes]]:
    """Return the resources of a document: the fonts, and nothing for its drawings."""
    fonts = {f"font/{face.path.name}": face.path.read_bytes for face in tokens().faces.values()}
    names = {"blank", *re.findall(r"press:([\w/-]+)", html), "art/art-cover", "art/art-contents", "art/art-back"}
    return {**dict.fromkeys(names, BLANK.encode), **fonts}

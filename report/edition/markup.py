"""What writers may not write: markup outside the small language of prose, and text that would be lost without a word.

In: the tokens of a section's body, with its text. Out: a problem for each, at its line and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markdown_it.token import Token

from report.problems import Place, Problem, error

MAX_LISTS = 3  # inside one another
_NOTE = re.compile(r"^\[\^([^\]\s]+)\]:", re.MULTILINE)
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)([^\]\n]+)\]:", re.MULTILINE)
_SAFE_LINK = re.compile(r"(https://|mailto:|#)[^\s]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SECTION = "Start stories with ##; the section's title stands in the front matter, and there are no lesser headings."
_REFUSED = {
    "html_block": ("Raw HTML", "Write Markdown; how things look belongs in layouts/ and styles/."),
    "html_inline": ("Raw HTML", "Write Markdown; how things look belongs in layouts/ and styles/."),
    "fence": ("A code block", "Write it as a paragraph."),
    "code_block": ("A code block", "Remove the four spaces at the start of the line."),
    "code_inline": ("Code", "Remove the backticks."),
    "image": ("An inline image", "Describe the image in images.yaml and write [[image: id]] on a line of its own."),
    "table_open": ("A table", "Make it a chart in charts.yaml, or a list."),
    "hr": ("A rule", "Remove it; sections and stories are separated by the layout."),
    "blockquote_open": ("A block quotation", "Write it as a paragraph in quotation marks, or as one of quotes.yaml."),
    **{f"h{level}": (f"A heading of level {level}", _SECTION) for level in (1, 3, 4, 5, 6)},
}
# How the source of an inline element starts, so that its column can be found.
_STARTS = {"code_inline": "`", "image": "![", "link_open": "["}


def markup_problems(
    tokens: Sequence[Token], environment: Mapping[str, Any], body: str, origin: Place
) -> Iterator[Problem]:
    """Yield everything in a section's body that is refused or would be lost."""
    yield from _refused(tokens, _BodyText(body, origin))
    yield from _uncalled_notes(body, environment, origin)
    yield from _unused_definitions(body, environment, origin)


def inner_links(tokens: Sequence[Token], body: str, origin: Place) -> Iterator[tuple[str, Place]]:
    """Yield the anchor of every link into the report, with its place."""
    source = _BodyText(body, origin)
    for token in tokens:
        if token.map:
            source.start(token.map[0])
        for child in token.children or ():
            if child.type == "link_open" and (address := str(child.attrGet("href"))).startswith("#"):
                yield address[1:], source.find(address)


class _BodyText:
    """The text of a body, in which the places of elements are found one after the other."""

    def __init__(self, body: str, origin: Place) -> None:
        self.lines, self.origin = body.split("\n"), origin
        self._line = self._column = 0

    def start(self, line: int) -> Place:
        """Return the place of the first thing on a line, and look for others from there on."""
        self._line, self._column = line, 0
        text = self.lines[line] if line < len(self.lines) else ""
        return Place(self.origin.file, self.origin.line + line, len(text) - len(text.lstrip()) + 1)

    def find(self, needle: str) -> Place:
        """Return the place where the next element starts, whose source starts with `needle`."""
        for line in range(self._line, len(self.lines)):
            found = self.lines[line].find(needle, self._column if line == self._line else 0)
            if found >= 0:
                self._line, self._column = line, found + len(needle)
                return Place(self.origin.file, self.origin.line + line, found + 1)
        return Place(self.origin.file, self.origin.line + self._line, 1)


def _refused(tokens: Sequence[Token], source: _BodyText) -> Iterator[Problem]:
    place, before, lists = source.start(0), "", 0
    for token in tokens:
        if token.map:
            place = source.start(token.map[0])
        lists += token.nesting * token.type.endswith("_list_open") - token.type.endswith("_list_close")
        if lists > MAX_LISTS and token.type.endswith("_list_open"):
            hint = "Take a level out, or make it paragraphs."
            yield error("deep-list", place, f"A list has more than {MAX_LISTS} levels.", hint)
        yield from _refused_here(token, place)
        alone = before == "paragraph_open" and token.level == 1 and token.content.startswith("[[")
        before = token.type
        for child in token.children or ():
            yield from _refused_inline(child, source, alone)


def _refused_here(token: Token, place: Place) -> Iterator[Problem]:
    kind = token.tag if token.type == "heading_open" else token.type
    if kind in _REFUSED:
        what, hint = _REFUSED[kind]
        shown = f": `{token.content[:40].strip()}`" if token.content.strip() else ""
        yield error("refused-markup", place, f"{what} can't stand in prose{shown}.", hint)


def _refused_inline(token: Token, source: _BodyText, alone: bool) -> Iterator[Problem]:
    if token.type in _REFUSED:
        yield from _refused_here(token, source.find(_STARTS.get(token.type, token.content.split("\n")[0])))
    elif token.type == "link_open":
        yield from _link(str(token.attrGet("href")), source.find("<" if token.info == "auto" else "["))
    elif token.type == "text" and "[^" in token.content:
        hint = "Add a line `[^label]: text of the note` with an empty line before it."
        yield error("unknown-note", source.find("[^"), "This footnote has no text.", hint)
    elif token.type == "text" and "[[" in token.content and not alone:
        hint = "Put it on a line of its own, with an empty line before and after it."
        what = f"`{token.content.strip()[:60]}` stands inside a text."
        yield error("bad-directive", source.find("[["), what, hint)
    yield from _attributes(token, source)


def _link(address: str, place: Place) -> Iterator[Problem]:
    if not _SAFE_LINK.fullmatch(address) or "%7B" in address or "{" in address:
        hint = "Links start with https://, mailto: or # and the id of a section, and hold no reference."
        yield error("bad-link", place, f"The link `{address}` is not allowed.", hint)


def _attributes(token: Token, source: _BodyText) -> Iterator[Problem]:
    """Braces after a span or a link say its language, and nothing else."""
    names = sorted(token.meta.get("insecure_attrs", ())) if token.meta else []
    language = token.attrGet("lang")
    if not names and (language is None or _LANGUAGE.fullmatch(str(language))):
        return
    place = source.find("{")
    what = f"`{', '.join(names)}` can't be set here" if names else f"`{language}` is no language"
    yield error("refused-markup", place, f"{what}.", "Braces name the language of a passage: [hola]{lang=es}.")


def _uncalled_notes(body: str, environment: Mapping[str, Any], origin: Place) -> Iterator[Problem]:
    """A note that no text calls would be lost without a word."""
    calls = environment.get("footnotes", {}).get("refs", {})
    for match in _NOTE.finditer(body):
        if calls.get(f":{match[1]}", 0) < 0:
            place = Place(origin.file, origin.line + body.count("\n", 0, match.start()), 1)
            hint = f"Write [^{match[1]}] where the note belongs, or remove it."
            yield error("unused-note", place, f"No text calls the note `{match[1]}`.", hint)


def _unused_definitions(body: str, environment: Mapping[str, Any], origin: Place) -> Iterator[Problem]:
    """A line such as `[Note]: text` is the address of a link; where no link asks for it, it would be lost."""
    for match in _DEFINITION.finditer(body):
        known = match[1].upper() in environment.get("references", {})
        if known and body.lower().count(f"[{match[1].lower()}]") < 2:
            place = Place(origin.file, origin.line + body.count("\n", 0, match.start()), 1)
            hint = "Write a colon after the bracket only in the address of a link; otherwise leave the brackets out."
            yield error("unused-link", place, f"No text uses the link `{match[1]}`, so this line would be lost.", hint)

"""Refuses markup outside the supported subset of Markdown, and text that would be lost silently.

In: the tokens and the text of a section's body. Out: a problem for each finding, with line and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markdown_it.token import Token

from report.edition.formats import is_language
from report.problems import Place, Problem, error

MAX_LISTS = 3  # nested levels
_NOTE = re.compile(r"^\[\^([^\]\s]+)\]:", re.MULTILINE)
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)([^\]\n]+)\]:", re.MULTILINE)
_SAFE_LINK = re.compile(r"(https://|mailto:|#)[^\s]*")
_HEADING_HINT = "Start stories with ##. The section's title belongs in the front matter, and lower levels are not used."
_REFUSED = {
    "html_block": ("Raw HTML", "Write Markdown. Layout and style belong in layouts/ and styles/."),
    "html_inline": ("Raw HTML", "Write Markdown. Layout and style belong in layouts/ and styles/."),
    "fence": ("A code block", "Write it as a paragraph."),
    "code_block": ("A code block", "Remove the four spaces at the start of the line."),
    "code_inline": ("Code", "Remove the backticks."),
    "image": ("An inline image", "Describe the image in images.yaml and write [[image: id]] on a line of its own."),
    "table_open": ("A table", "Make it a chart in charts.yaml, or a list."),
    "hr": ("A horizontal rule", "Remove it. The layout separates sections and stories."),
    "blockquote_open": ("A block quotation", "Write it as a paragraph in quotation marks, or move it to quotes.yaml."),
    **{f"h{level}": (f"A heading of level {level}", _HEADING_HINT) for level in (1, 3, 4, 5, 6)},
}
# The first characters of an inline element in the source, used to find its column.
_OPENINGS = {"code_inline": "`", "image": "![", "link_open": "["}


def markup_problems(
    tokens: Sequence[Token], environment: Mapping[str, Any], body: str, origin: Place
) -> Iterator[Problem]:
    """Yield a problem for everything in a section's body that is refused or would be lost."""
    yield from _refused(tokens, _BodyText(body, origin))
    yield from _uncalled_notes(body, environment, origin)
    yield from _twice_defined_notes(body, origin)
    yield from _notes_of_other_shape(tokens, body, origin)
    yield from _unused_definitions(body, environment, origin)


def inner_links(tokens: Sequence[Token], body: str, origin: Place) -> Iterator[tuple[str, Place]]:
    """Yield the target anchor and the place of every internal link."""
    source = _BodyText(body, origin)
    for token in tokens:
        if token.map:
            source.start(token.map[0])
        for child in token.children or ():
            if child.type == "link_open" and (address := str(child.attrGet("href"))).startswith("#"):
                yield address[1:], source.find(address)


class _BodyText:
    """The text of a body. Finds the places of its elements, which must be asked for in order."""

    def __init__(self, body: str, origin: Place) -> None:
        self.lines, self.origin = body.split("\n"), origin
        self._line = self._column = 0

    def start(self, line: int) -> Place:
        """Return the place of the first character on a line that is not blank. The next `find` starts here."""
        self._line, self._column = line, 0
        text = self.lines[line] if line < len(self.lines) else ""
        return Place(self.origin.file, self.origin.line + line, len(text) - len(text.lstrip()) + 1)

    def find(self, needle: str) -> Place:
        """Return the place of the next occurrence of `needle`."""
        for line in range(self._line, len(self.lines)):
            column = self.lines[line].find(needle, self._column if line == self._line else 0)
            if column >= 0:
                self._line, self._column = line, column + len(needle)
                return Place(self.origin.file, self.origin.line + line, column + 1)
        return Place(self.origin.file, self.origin.line + self._line, 1)


def _refused(tokens: Sequence[Token], source: _BodyText) -> Iterator[Problem]:
    place, previous, depth = source.start(0), "", 0
    for token in tokens:
        if token.map:
            place = source.start(token.map[0])
        depth += token.nesting * token.type.endswith("_list_open") - token.type.endswith("_list_close")
        if depth > MAX_LISTS and token.type.endswith("_list_open"):
            hint = "Remove a level, or use paragraphs."
            yield error("deep-list", place, f"The list has more than {MAX_LISTS} levels.", hint)
        yield from _refused_token(token, place)
        if previous == "heading_open":
            yield from _called_in_heading(token, source)
        is_directive = previous == "paragraph_open" and token.level == 1 and token.content.startswith("[[")
        previous = token.type
        before = None
        for child in token.children or ():
            yield from _refused_inline(child, source, is_directive)
            if child.type == "sup_open" and before and before.content.endswith("["):  # `[^a][^b]` without their texts
                yield _unknown_note(source)
            before = child


def _called_in_heading(heading: Token, source: _BodyText) -> Iterator[Problem]:
    """A heading is also a bookmark, which has no footnotes."""
    for child in heading.children or ():
        if child.type == "footnote_ref":
            hint = "Call the footnote in the text below the heading."
            yield error("note-in-heading", source.find("[^"), "A heading cannot have a footnote.", hint)


def _refused_token(token: Token, place: Place) -> Iterator[Problem]:
    kind = token.tag if token.type == "heading_open" else token.type
    if kind in _REFUSED:
        element, hint = _REFUSED[kind]
        excerpt = f": `{token.content[:40].strip()}`" if token.content.strip() else ""
        yield error("refused-markup", place, f"{element} is not allowed in prose{excerpt}.", hint)


def _refused_inline(token: Token, source: _BodyText, is_directive: bool) -> Iterator[Problem]:
    if token.type in _REFUSED:
        yield from _refused_token(token, source.find(_OPENINGS.get(token.type, token.content.split("\n")[0])))
    elif token.type == "link_open":
        yield from _link(str(token.attrGet("href")), source.find("<" if token.info == "auto" else "["))
    elif token.type == "text" and "[^" in token.content:
        yield _unknown_note(source)
    elif token.type == "text" and "[[" in token.content and not is_directive:
        hint = "Put it on a line of its own, with an empty line before and after it."
        what = f"The directive in `{token.content.strip()[:60]}` is not on a line of its own."
        yield error("bad-directive", source.find("[["), what, hint)
    yield from _attributes(token, source)


def _unknown_note(source: _BodyText) -> Problem:
    hint = "Add a line `[^label]: text of the note` with an empty line before it."
    return error("unknown-note", source.find("[^"), "This footnote has no text.", hint)


def _link(address: str, place: Place) -> Iterator[Problem]:
    if not _SAFE_LINK.fullmatch(address) or "%7B" in address:  # an opening brace, as the parser encodes it
        hint = "Start the address with https://, mailto: or # and the id of a section. References do not work in it."
        yield error("bad-link", place, f"The link `{address}` is not allowed.", hint)


def _attributes(token: Token, source: _BodyText) -> Iterator[Problem]:
    """Braces after a span or a link may only set its language."""
    names = sorted(token.meta.get("insecure_attrs", ())) if token.meta else []
    language = token.attrGet("lang")
    if not names and (language is None or is_language(str(language))):
        return
    place = source.find("{")
    what = f"`{', '.join(names)}` is not allowed here" if names else f"`{language}` is not a language tag"
    yield error("refused-markup", place, f"{what}.", "Use braces only for the language of a passage: [hola]{lang=es}.")


def _uncalled_notes(body: str, environment: Mapping[str, Any], origin: Place) -> Iterator[Problem]:
    """A footnote without a call would be lost silently."""
    calls = environment.get("footnotes", {}).get("refs", {})
    for match in _NOTE.finditer(body):
        if calls.get(f":{match[1]}", 0) < 0:
            hint = f"Write [^{match[1]}] where the footnote belongs, or remove it."
            yield error(
                "unused-note", _note_place(match, body, origin), f"The footnote `{match[1]}` is never called.", hint
            )


def _twice_defined_notes(body: str, origin: Place) -> Iterator[Problem]:
    """Only one of two definitions would be printed."""
    labels = set[str]()
    for match in _NOTE.finditer(body):
        if match[1] in labels:
            hint = "Give one of the footnotes another label."
            place = _note_place(match, body, origin)
            yield error("duplicate-note", place, f"The footnote `{match[1]}` is defined twice.", hint)
        labels.add(match[1])


def _notes_of_other_shape(tokens: Sequence[Token], body: str, origin: Place) -> Iterator[Problem]:
    """A footnote is set as one paragraph: the paragraphs and items of a longer one would run together."""
    places = {match[1]: _note_place(match, body, origin) for match in reversed(list(_NOTE.finditer(body)))}
    label, parts = "", list[Token]()
    for token in tokens:
        if token.type == "footnote_open":
            label, parts = str(token.meta["label"]), []
        elif token.type == "footnote_close":
            place = places.get(label, origin)
            paragraphs = [
                part for part in parts if part.nesting >= 0 and part.type not in {"inline", "footnote_anchor"}
            ]
            if not any(part.type == "inline" and part.content.strip() for part in parts):
                yield error("empty-note", place, f"The footnote `{label}` is empty.", "Write its text, or remove it.")
            elif [part.type for part in paragraphs] != ["paragraph_open"]:
                hint = "Join its paragraphs, or move what is long to the text."
                yield error("long-note", place, f"The footnote `{label}` is not a single paragraph.", hint)
        elif label:
            parts.append(token)


def _note_place(match: re.Match[str], body: str, origin: Place) -> Place:
    return Place(origin.file, origin.line + body.count("\n", 0, match.start()), 1)


def _unused_definitions(body: str, environment: Mapping[str, Any], origin: Place) -> Iterator[Problem]:
    """A line such as `[Note]: text` defines the address of a link. If no link uses it, it would be lost silently."""
    for match in _DEFINITION.finditer(body):
        is_definition = match[1].upper() in environment.get("references", {})
        if is_definition and body.lower().count(f"[{match[1].lower()}]") < 2:
            place = Place(origin.file, origin.line + body.count("\n", 0, match.start()), 1)
            hint = "Remove the brackets, or write a link that uses this address."
            what = f"No link uses the definition `{match[1]}`, so this line would be lost."
            yield error("unused-link", place, what, hint)

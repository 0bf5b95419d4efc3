"""Parses the supported subset of Markdown: text markup, footnotes, and references to charts, facts and images.

In: the body of a section's file. Out: `Part` records (one per `##` heading) made of blocks, and problems for
everything outside the subset (raw HTML, code, tables, unsafe links). Facts are inserted after parsing, as escaped
text, so that no value is interpreted as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import takewhile
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.subscript import sub_plugin as subscript_plugin
from mdit_py_plugins.superscript import superscript_plugin

from report.edition.formats import NBSP
from report.edition.markup import inner_links, markup_problems
from report.edition.references import BRACES, Reference, parse_reference
from report.problems import Place, Problem, error

Resolve = Callable[[Reference], str]

_DIRECTIVE = re.compile(r"\[\[\s*([a-z]+)\s*(?::\s*(.*?)\s*)?\]\]")
_SET = {"...": "…", "--": "–", "---": "—"}
_MARKS = re.compile(r"(?<!\.)\.\.\.(?!\.)|(?<!-)-{2,3}(?!-)")
# The call of a footnote after a space, or after a mark at which a line may break.
_CALL = re.compile(r"( +|[?!…–—-])(<span class=\"footnote\")")
WORD_JOINER = "\N{WORD JOINER}"
_LAST_WORD = re.compile(r" ([^\s<>]{1,9}</(?:p|li)>)")  # joined to the word before, to avoid a last line of one word
DIRECTIVES = {"chart": True, "facts": True, "image": True, "page": False, "renew": False}  # whether ids are required


@dataclass(frozen=True, slots=True)
class Block:
    """An element of a part: text (`kind` "text"), or a directive with its ids."""

    kind: str
    place: Place
    ids: tuple[str, ...] = ()
    tokens: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A `##` heading and the blocks up to the next one. The part before the first heading has an empty heading."""

    heading: tuple[Token, ...]
    place: Place
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A parsed section body. `notes` has label, place and tokens of each footnote; `links` has the internal links."""

    parts: tuple[Part, ...] = ()
    notes: tuple[tuple[str, Place, tuple[Token, ...]], ...] = ()
    links: tuple[tuple[str, Place], ...] = ()

    def blocks(self) -> Iterator[Block]:
        """Yield every block of every part."""
        for part in self.parts:
            yield from part.blocks


def parse(body: str, origin: Place) -> tuple[Prose, list[Problem]]:
    """Parse a section's body that starts at `origin`. Returns the supported content and the problems."""
    environment: dict[str, Any] = {}
    tokens = _markdown().parse(body, environment)
    problems = list(markup_problems(tokens, environment, body, origin))
    notes = tuple(_notes(tokens, origin))
    links = tuple(inner_links(tokens, body, origin))
    return Prose(tuple(_parts(_without_notes(tokens), origin, problems)), notes, links), problems


def render(tokens: Sequence[Token], resolve: Resolve, notes: Mapping[str, tuple[str, str]], origin: Place) -> str:
    """Return tokens as HTML. Block elements have their source (file:line) in data-src.

    `resolve` returns the HTML of a reference. `notes` maps the label of each footnote to its HTML and its source.
    """
    for token in tokens:
        if token.type == "ordered_list_open" and (start := token.attrGet("start")) is not None:
            token.attrSet("style", f"counter-reset: list-item {int(start) - 1}")  # the engine ignores the attribute
        if token.map and token.nesting == 1:
            token.attrSet("data-src", Place(origin.file, origin.line + token.map[0]).source)
    markdown = _markdown()
    html = str(markdown.renderer.render(list(tokens), markdown.options, {"resolve": resolve, "notes": notes}))
    return _LAST_WORD.sub(rf"{NBSP}\1", _CALL.sub(_joined_call, html))


def _joined_call(call: re.Match[str]) -> str:
    """Return the call of a footnote so that its number stays on the line of the word before it."""
    return f"{NBSP if call[1].isspace() else call[1] + WORD_JOINER}{call[2]}"


def plain(tokens: Sequence[Token], resolve: Resolve) -> str:
    """Return the text of tokens without markup."""
    pieces = []
    for token in tokens:
        for child in token.children or ():
            pieces.append(resolve(child.meta["reference"]) if child.type == "fact" else child.content or "")
            if child.type in {"softbreak", "hardbreak"}:
                pieces.append(" ")
    return "".join(pieces)


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"typographer": True, "html": True})
    markdown.options["maxNesting"] = 100  # deeper text would be lost; `markup` refuses lists at a lower limit
    markdown.enable(["replacements", "smartquotes", "table"])
    markdown.core.ruler.at("replacements", _dashes_and_ellipses)
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # `markup` checks links and knows their places
    markdown.use(footnote_plugin, inline=False)
    markdown.use(subscript_plugin).use(superscript_plugin)  # H~2~O, m^3^
    markdown.use(attrs_plugin, spans=True, allowed=["lang"])
    markdown.inline.ruler.before("link", "fact", _fact_rule)
    for name in ("fact", "footnote_ref", "link_open"):
        markdown.add_render_rule(name, globals()[f"_render_{name}"])
    return markdown


def _dashes_and_ellipses(state: StateCore) -> None:
    """Set ... as an ellipsis, -- and --- as dashes. The library would also change (c), (r), (tm), +- and ,,."""
    for token in state.tokens:
        address = 0
        for child in token.children or ():
            address += child.nesting * (child.type in {"link_open", "link_close"} and child.info == "auto")
            if child.type == "text" and not address:
                child.content = _MARKS.sub(lambda marks: _SET[marks[0]], child.content)


def _fact_rule(state: StateInline, silent: bool) -> bool:
    match = BRACES.match(state.src, state.pos)
    reference = parse_reference(match) if match else None
    if match is None or reference is None:
        return False
    if not silent:
        token = state.push("fact", "", 0)
        token.meta = {"reference": reference}
    state.pos = match.end()
    return True


def _render_fact(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return str(env["resolve"](tokens[index].meta["reference"]))


def _render_footnote_ref(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    note, src = env["notes"].get(tokens[index].meta["label"], ("", ""))
    return f'<span class="footnote" data-component="note" data-src="{escape(src)}">{note}</span>'


def _render_link_open(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    language = f' lang="{escape(str(tokens[index].attrGet("lang")))}"' if tokens[index].attrGet("lang") else ""
    return f'<a href="{escape(str(tokens[index].attrGet("href")))}"{language}>'


def _parts(tokens: Sequence[Token], origin: Place, problems: list[Problem]) -> Iterator[Part]:
    heading: tuple[Token, ...] = ()
    place, blocks = origin, list[Block]()
    for group in _groups(tokens):
        group_place = Place(origin.file, origin.line + (group[0].map or [0])[0], 1)
        if group[0].type == "heading_open" and group[0].tag == "h2":
            if heading or blocks:
                yield Part(heading, place, tuple(blocks))
            heading, place, blocks = tuple(group), group_place, []
        else:
            blocks.append(_block(group, group_place, problems))
    if heading or blocks:
        yield Part(heading, place, tuple(blocks))


def _groups(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Split a token stream into its top-level elements."""
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield group
            group = []


def _block(group: list[Token], place: Place, problems: list[Problem]) -> Block:
    source = group[1].content.strip() if group[0].type == "paragraph_open" else ""
    if not source.startswith("[["):
        return Block("text", place, tokens=tuple(group))
    match = _DIRECTIVE.fullmatch(source)
    ids = tuple(part.strip() for part in (match[2] or "").split(",") if part.strip()) if match else ()
    if match is None or DIRECTIVES.get(match[1]) is not bool(ids):
        hint = (
            "Write one of these on a line of its own: [[chart: id]], [[facts: topic.thing, topic.other]], "
            "[[image: id]], [[page]] or [[renew]]."
        )
        problems.append(error("bad-directive", place, f"Invalid directive `{source[:60]}`.", hint))
        return Block("text", place)
    return Block(match[1], place, ids)


def _notes(tokens: Sequence[Token], origin: Place) -> Iterator[tuple[str, Place, tuple[Token, ...]]]:
    label, line, content = "", 0, list[Token]()
    for token in tokens:
        if token.type == "footnote_open":
            label, line, content = token.meta["label"], 0, []
        elif token.type == "footnote_close":
            yield label, Place(origin.file, origin.line + line, 1), tuple(content)
        elif token.type == "inline":
            line = line or (token.map or [0])[0]
            content.append(token)


def _without_notes(tokens: Sequence[Token]) -> list[Token]:
    return list(takewhile(lambda token: token.type != "footnote_block_open", tokens))  # the notes are last

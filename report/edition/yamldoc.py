"""YAML with a memory: plain values, and for each the line and column where it stands.

In: the text of one file. Out: `Document` (values, places), or a `ReportError` with every problem of the file. Only
plain data is understood: no tags, no anchors or aliases (so no alias bombs), no key twice; numbers, dates and
true/false as in YAML 1.2, so that `no` stays a word and `012` does not turn octal.
"""

from __future__ import annotations

import re
import stat
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from report.problems import Place, Problem, ReportError, error

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
KeyPath = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the C parser where PyYAML has it: ten times faster
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_PLAIN_TAGS = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


@dataclass(frozen=True, slots=True)
class Document:
    """The values of a YAML file and the places of its keys and values, by path from the root.

    `raw` has each single value as it is written, quotes and folds included, so that places in it can be counted.
    """

    file: str
    values: Any
    keys: Mapping[KeyPath, Place]
    items: Mapping[KeyPath, Place]
    raw: Mapping[KeyPath, str] = field(default_factory=dict)

    def place(self, path: KeyPath) -> Place:
        """Return the place of the value at `path`, or of the nearest thing around it that stands in the file."""
        while path and path not in self.items:
            path = path[:-1]
        return self.items.get(path, Place(self.file, 1, 1))

    def key_place(self, path: KeyPath) -> Place:
        """Return the place of the key at `path` (for a list item: of the item)."""
        return self.keys.get(path) or self.place(path)


def read_text(path: Path, shown: str) -> str:
    """Return a text file's content without BOM and with Unix line ends; raise ReportError if it is no sound text."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            hint = "Put an ordinary file in its place."
            raise ReportError([error("file-kind", Place(shown), "This is no ordinary file.", hint)])
        size = found.st_size
        if size > MAX_BYTES:
            hint = f"Text files of an edition may have up to {MAX_BYTES:,} bytes; split it."
            raise ReportError([error("file-size", Place(shown), f"The file has {size:,} bytes.", hint)])
        data = path.read_bytes()
    except OSError as problem:
        hint = "Create the file, or correct its name."
        if isinstance(problem, PermissionError):
            hint = "Give yourself the right to read it."
        raise ReportError(
            [error("file-missing", Place(shown), f"Can't read the file: {problem.strerror}.", hint)]
        ) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        start = problem.start + (len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0)  # the decoder does not count it
        before = data[:start].removeprefix(BOM_UTF8).decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        hint = "Save the file as UTF-8 in your editor."
        raise ReportError(
            [error("encoding", Place(shown, line, column), "This character is not UTF-8.", hint)]
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if match := CONTROL.search(text):
        line, column = text.count("\n", 0, match.start()) + 1, match.start() - text.rfind("\n", 0, match.start())
        what = f"A control character (U+{ord(match[0]):04X}), which nobody can see, stands here."
        raise ReportError([error("control-character", Place(shown, line, column), what, "Delete it.")])
    return text


def parse(text: str, shown: str, first_line: int = 1) -> Document:
    """Parse YAML. `first_line` is the line of the file on which `text` starts. Raises ReportError with all problems."""
    shift = first_line - 1
    problems: list[Problem] = []
    try:
        problems += _refused_events(text, shown, shift)
        if problems:
            raise ReportError(problems)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as problem:
        raise ReportError([_syntax_problem(problem, text, shown, shift)]) from None
    except yaml.YAMLError as problem:
        what = f"The file holds a character that YAML does not allow: {str(problem).splitlines()[0]}."
        raise ReportError([error("yaml-syntax", Place(shown, first_line), what, "Delete the character.")]) from None
    builder = _Builder(text, shown, shift, problems)
    values = {} if root is None else builder.build(root, ())
    if problems:
        raise ReportError(problems)
    return Document(shown, values, builder.keys, builder.items, builder.raw)


@dataclass(frozen=True, slots=True)
class EntrySpan:
    """Where an entry stands in its text: the offsets of its key (or item) and of its value; whether commas part it."""

    key: int
    start: int
    end: int
    flow: bool


def spans(text: str) -> dict[KeyPath, EntrySpan]:
    """Return where each entry of a sound YAML text stands, so that one can be changed and all else left as it is."""
    found: dict[KeyPath, EntrySpan] = {}
    root = yaml.compose(text, Loader=_LOADER)
    if root is not None:
        _measure(root, (), found)
    return found


def _measure(node: Any, path: KeyPath, found: dict[KeyPath, EntrySpan]) -> int:
    """Note the entries of a node; return where its text ends, without what follows it."""
    if isinstance(node, yaml.ScalarNode):
        return int(node.end_mark.index)
    entries = (
        [(key.value, key, value) for key, value in node.value]
        if isinstance(node, yaml.MappingNode)
        else [(index, value, value) for index, value in enumerate(node.value)]
    )
    end = int(node.end_mark.index)
    for name, key, value in entries:
        last = _measure(value, (*path, name), found)
        found[(*path, name)] = EntrySpan(key.start_mark.index, value.start_mark.index, last, bool(node.flow_style))
        end = end if node.flow_style else last
    return end


def _refused_events(text: str, shown: str, shift: int) -> Iterator[Problem]:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        mark: Any = event.start_mark
        place = Place(shown, mark.line + 1 + shift, mark.column + 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            hint = "Write the value out in each place; figures belong in facts.yaml and are referred to by id."
            yield error("yaml-alias", place, "Anchors and aliases (& and *) are not used in an edition.", hint)
            return
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                yield error("yaml-depth", place, f"More than {MAX_DEPTH} levels inside one another.", "Flatten it.")
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _syntax_problem(problem: yaml.MarkedYAMLError, text: str, shown: str, shift: int) -> Problem:
    mark = problem.problem_mark or problem.context_mark
    line, column = (mark.line + 1 + shift, mark.column + 1) if mark else (0, 0)
    what = f"YAML can't be read here: {problem.problem or problem.context}."
    hint = 'Check the indentation and the quotes; put text that contains ": " or "#" in quotes.'
    lines = text.split("\n")
    if mark and mark.line < len(lines) and "\t" in lines[mark.line]:
        hint = "The line contains a tab; indent with spaces."
    return error("yaml-syntax", Place(shown, line, column), what, hint)


class _Builder:
    """Turns the node tree into values and notes where each stands."""

    def __init__(self, text: str, shown: str, shift: int, problems: list[Problem]) -> None:
        self.text, self.shown, self.shift, self.problems = text, shown, shift, problems
        self.raw: dict[KeyPath, str] = {}
        self.keys: dict[KeyPath, Place] = {}
        self.items: dict[KeyPath, Place] = {}

    def _place(self, node: Any) -> Place:
        return Place(self.shown, node.start_mark.line + 1 + self.shift, node.start_mark.column + 1)

    def build(self, node: Any, path: KeyPath) -> Any:
        place = self.items[path] = self._place(node)
        if node.tag not in _PLAIN_TAGS:
            hint = "Remove the tag (the word that starts with !)."
            self.problems.append(error("yaml-tag", place, "A YAML tag is not allowed here: data is only data.", hint))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.build(child, (*path, index)) for index, child in enumerate(node.value))
        self.raw[path] = self.text[node.start_mark.index : node.end_mark.index]
        if CONTROL.search(node.value):
            what = "A control character, which nobody can see, is written here as an escape."
            self.problems.append(error("control-character", place, what, "Remove the escape."))
            return None
        return node.value if node.style else _scalar(node.value)  # a style means quotes or a block: text

    def _mapping(self, node: Any, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(error("yaml-key", place, "A key must be a plain word.", "Put it in quotes."))
                continue
            key = key_node.value
            if key in values:
                first = self.keys[(*path, key)]
                what = f"`{key}` stands here a second time; the first is on line {first.line}."
                self.problems.append(error("duplicate-key", place, what, "Keep one of the two."))
                continue
            self.keys[(*path, key)] = place
            values[key] = self.build(value_node, (*path, key))
        return values


def _scalar(text: str) -> Any:
    """Resolve a plain (unquoted) scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text) if len(text) <= 40 else text
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text

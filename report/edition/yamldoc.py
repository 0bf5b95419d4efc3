"""Parses YAML into plain values and records the line and column of each.

In: the text of one file. Out: `Document` (values, places), or a `ReportError` with every problem of the file. Only
plain data is accepted: no tags, no anchors or aliases (hence no alias bombs), no duplicate keys. Numbers, dates and
true/false follow YAML 1.2, so that `no` stays text and `012` is not octal.
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
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
KeyPath = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the C parser, if available, is ten times faster
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_PLAIN_TAGS = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


@dataclass(frozen=True, slots=True)
class Document:
    """The values of a YAML file and the places of its keys and values, by path from the root.

    `raw` has each scalar as written, including quotes and folds, so that a place inside it can be computed.
    """

    file: str
    values: Any
    keys: Mapping[KeyPath, Place]
    items: Mapping[KeyPath, Place]
    raw: Mapping[KeyPath, str] = field(default_factory=dict)

    def place(self, path: KeyPath) -> Place:
        """Return the place of the value at `path`, or of the closest enclosing value that exists in the file."""
        while path and path not in self.items:
            path = path[:-1]
        return self.items.get(path, Place(self.file, 1, 1))

    def key_place(self, path: KeyPath) -> Place:
        """Return the place of the key at `path`, or of the item if `path` names a list item."""
        return self.keys.get(path) or self.place(path)


def read_text(path: Path, display_name: str) -> str:
    """Return the content of a text file without BOM and with Unix line ends. Raises ReportError if it is not valid."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            hint = "Replace it with a regular file."
            raise ReportError([error("file-kind", Place(display_name), "This is not a regular file.", hint)])
        size = status.st_size
        if size > MAX_BYTES:
            what = f"The file is too large: {size:,} bytes."
            hint = f"Text files of an edition may have up to {MAX_BYTES:,} bytes. Split the file."
            raise ReportError([error("file-size", Place(display_name), what, hint)])
        data = path.read_bytes()
    except OSError as problem:
        what = f"The file could not be read: {problem.strerror}."
        hint = "Create the file, or correct its name."
        if isinstance(problem, PermissionError):
            hint = "Give yourself permission to read it."
        raise ReportError([error("file-missing", Place(display_name), what, hint)]) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        start = problem.start + (len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0)  # the decoder skips the BOM
        before = data[:start].removeprefix(BOM_UTF8).decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        what, hint = "This character is not valid UTF-8.", "Save the file as UTF-8 in your editor."
        raise ReportError([error("encoding", Place(display_name, line, column), what, hint)]) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if match := CONTROL.search(text):
        line, column = text.count("\n", 0, match.start()) + 1, match.start() - text.rfind("\n", 0, match.start())
        what = f"Invisible control character (U+{ord(match[0]):04X})."
        raise ReportError([error("control-character", Place(display_name, line, column), what, "Delete it.")])
    return text


def parse(text: str, file: str, first_line: int = 1) -> Document:
    """Parse the YAML of `file`, in which `text` starts on `first_line`. Raises ReportError with all problems."""
    shift = first_line - 1
    problems: list[Problem] = []
    try:
        problems += _refused_events(text, file, shift)
        if problems:
            raise ReportError(problems)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as problem:
        raise ReportError([_syntax_problem(problem, text, file, shift)]) from None
    except yaml.YAMLError as problem:
        what = f"The file contains a character that YAML does not allow: {str(problem).splitlines()[0]}."
        raise ReportError([error("yaml-syntax", Place(file, first_line), what, "Delete the character.")]) from None
    builder = _Builder(text, file, shift, problems)
    values = {} if root is None else builder.build(root, ())
    if problems:
        raise ReportError(problems)
    return Document(file, values, builder.keys, builder.items, builder.raw)


@dataclass(frozen=True, slots=True)
class EntrySpan:
    """The position of an entry in its text: the offset of its key (or item), and start and end of its value.

    `flow` is true inside brackets or braces, where commas separate the entries.
    """

    key: int
    start: int
    end: int
    flow: bool


def spans(text: str) -> dict[KeyPath, EntrySpan]:
    """Return the position of each entry of a valid YAML text, so that one can be changed and the rest kept as it is."""
    result: dict[KeyPath, EntrySpan] = {}
    root = yaml.compose(text, Loader=_LOADER)
    if root is not None:
        _measure(root, (), result)
    return result


def _measure(node: Any, path: KeyPath, result: dict[KeyPath, EntrySpan]) -> int:
    """Record the entries of a node and return the end of its text, without trailing blanks and comments."""
    if isinstance(node, yaml.ScalarNode):
        return int(node.end_mark.index)
    entries = (
        [(key.value, key, value) for key, value in node.value]
        if isinstance(node, yaml.MappingNode)
        else [(index, value, value) for index, value in enumerate(node.value)]
    )
    end = int(node.end_mark.index)
    for name, key, value in entries:
        last = _measure(value, (*path, name), result)
        result[(*path, name)] = EntrySpan(key.start_mark.index, value.start_mark.index, last, bool(node.flow_style))
        end = end if node.flow_style else last
    return end


def _refused_events(text: str, file: str, shift: int) -> Iterator[Problem]:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        mark: Any = event.start_mark
        place = Place(file, mark.line + 1 + shift, mark.column + 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            hint = "Write the value out in each place. Figures belong in facts.yaml and are referred to by id."
            yield error("yaml-alias", place, "Anchors and aliases (& and *) are not allowed in an edition.", hint)
            return
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                yield error("yaml-depth", place, f"The data has more than {MAX_DEPTH} nested levels.", "Flatten it.")
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _syntax_problem(problem: yaml.MarkedYAMLError, text: str, file: str, shift: int) -> Problem:
    mark = problem.problem_mark or problem.context_mark
    line, column = (mark.line + 1 + shift, mark.column + 1) if mark else (0, 0)
    what = f"Invalid YAML: {problem.problem or problem.context}."
    hint = 'Check the indentation and the quotes, and put text that contains ": " or "#" in quotes.'
    lines = text.split("\n")
    if mark and mark.line < len(lines) and "\t" in lines[mark.line]:
        hint = "The line contains a tab. Indent with spaces."
    return error("yaml-syntax", Place(file, line, column), what, hint)


class _Builder:
    """Turns the node tree into values and records the place of each."""

    def __init__(self, text: str, file: str, shift: int, problems: list[Problem]) -> None:
        self.text, self.file, self.shift, self.problems = text, file, shift, problems
        self.raw: dict[KeyPath, str] = {}
        self.keys: dict[KeyPath, Place] = {}
        self.items: dict[KeyPath, Place] = {}

    def _place(self, node: Any) -> Place:
        return Place(self.file, node.start_mark.line + 1 + self.shift, node.start_mark.column + 1)

    def build(self, node: Any, path: KeyPath) -> Any:
        place = self.items[path] = self._place(node)
        if node.tag not in _PLAIN_TAGS:
            hint = "Remove the tag (the word that starts with !)."
            self.problems.append(error("yaml-tag", place, "YAML tags are not allowed.", hint))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.build(child, (*path, index)) for index, child in enumerate(node.value))
        self.raw[path] = self.text[node.start_mark.index : node.end_mark.index]
        if CONTROL.search(node.value):
            what = "The text contains an escape sequence for an invisible control character."
            self.problems.append(error("control-character", place, what, "Remove the escape sequence."))
            return None
        return node.value if node.style else _scalar(node.value)  # quoted and block scalars (with a style) stay text

    def _mapping(self, node: Any, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(error("yaml-key", place, "A key must be text.", "Put it in quotes."))
                continue
            key = key_node.value
            if key in values:
                first = self.keys[(*path, key)]
                what = f"Duplicate key `{key}`; it is first used on line {first.line}."
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

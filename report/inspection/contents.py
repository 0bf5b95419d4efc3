"""Content streams split as text: a fast way to replace some operators of a plain stream without parsing all of them.

In: a page, a form or its content. Out: pieces of text and the operators between them (ISO 32000-1, 7.8.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pikepdf import Array, Name, Stream

# Comments, strings that contain a space or an escaped bracket, and inline images: these may contain text that only
# looks like an operator.
_NOT_PLAIN = re.compile(rb"%|\((?!(?:[^()\\\s]|\\[^()\s])*\))|(?<!\S)BI(?!\S)")
# A token ends at white space or at a delimiter (ISO 32000-1, 7.2.2); an operator follows no opening one and no slash.
_AFTER, _BEFORE = rb"(?<![^\s\])>}])", rb"(?![^\s\[\]<>(){}/%])"
_COUNTS = {"g": 1, "rg": 3, "k": 4, "cs": 1, "gs": 1, "sh": 1, "q": 0}  # number of operands
_LAST_OPERANDS = re.compile(rb"((?:(?:[-+.\d]+|/[^\s()<>\[\]{}/%#]+)\s+)*)\Z")
_MAX_OPERANDS = 400  # bytes


class NotPlainError(ValueError):
    """The content stream is not plain: it has to be parsed in full."""


def content_of(holder: Any) -> bytes:
    """Return the content of a page or a form. The parts of a page's content may be split at any white space."""
    content = holder if isinstance(holder, Stream) else holder.get("/Contents", Array())
    return b"\n".join(part.read_bytes() for part in (content if isinstance(content, Array) else [content]))


def operator_pattern(operators: Iterable[str]) -> re.Pattern[bytes]:
    """Return a pattern that finds these operators in a plain content stream."""
    names = b"|".join(re.escape(each.encode()) for each in sorted(operators, key=len, reverse=True))
    return re.compile(_AFTER + rb"(?:" + names + rb")" + _BEFORE)


def split_at_operators(content: bytes, operators: re.Pattern[bytes]) -> Iterator[tuple[bytes, str, list[Any]]]:
    """Yield the text before each operator, the operator and its operands; finally the rest with an empty operator.

    Raises NotPlainError if the stream or the operands of an operator are not plain.
    """
    if _NOT_PLAIN.search(content):
        raise NotPlainError
    last = 0
    for match in operators.finditer(content):
        name, text = match[0].decode(), content[last : match.start()]
        count = _COUNTS.get(name.lower())
        if count is None:  # sc and scn take any number of operands
            count = len(_LAST_OPERANDS.search(text[-_MAX_OPERANDS:])[1].split())  # type: ignore[index]
        before, operands = _split_operands(text, count)
        yield before, name, operands
        last = match.end()
    yield content[last:], "", []


def _split_operands(text: bytes, count: int) -> tuple[bytes, list[Any]]:
    """Return the text without its last `count` operands, and those operands."""
    if not count:
        return text, []
    head, *words = text.rsplit(None, count) if len(text.split(None, count)) > count else (b"", *text.split())
    if len(words) != count or any(b"#" in word for word in words):
        raise NotPlainError
    try:
        return head, [Name(word.decode()) if word.startswith(b"/") else float(word) for word in words]
    except ValueError:
        raise NotPlainError from None


def format_operation(operands: Iterable[Any], operator: str) -> bytes:
    """Return operands and operator as text, with a space at either end."""
    words = (str(value).encode() if isinstance(value, Name) else b"%.5g" % value for value in operands)
    return b" ".join((b"", *words, operator.encode(), b""))

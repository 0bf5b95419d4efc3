"""Content streams as text: what is plain in them can be changed in one go, without reading every operator.

In: a page, a form or its content. Out: pieces of text and the operators between them (ISO 32000-1, 7.8.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pikepdf import Array, Name, Stream

# Comments, strings with a space in them and images: in these, an operator may only seem to be one.
_NOT_PLAIN = re.compile(rb"%|\((?!(?:[^()\\\s]|\\\S)*\))|(?<!\S)BI(?!\S)")
_COUNTS = {"g": 1, "rg": 3, "k": 4, "cs": 1, "gs": 1, "sh": 1, "q": 0}  # of operands
_LAST = re.compile(rb"((?:(?:[-+.\d]+|/[^\s()<>\[\]{}/%#]+)\s+)*)\Z")
_LONGEST = 400  # bytes of operands


class NotPlainError(ValueError):
    """Something in a content stream has to be read in full."""


def content_of(holder: Any) -> bytes:
    """Return the content of a page, in whose parts it may be cut at any space, or of a form."""
    found = holder if isinstance(holder, Stream) else holder.get("/Contents", Array())
    return b"\n".join(part.read_bytes() for part in (found if isinstance(found, Array) else [found]))


def pattern_of(operators: Iterable[str]) -> re.Pattern[bytes]:
    """Return what finds some operators in a plain content stream."""
    return re.compile(rb"(?<!\S)(?:" + b"|".join(re.escape(each.encode()) for each in sorted(operators)) + rb")(?!\S)")


def pieces(content: bytes, wanted: re.Pattern[bytes]) -> Iterator[tuple[bytes, str, list[Any]]]:
    """Yield the text before each wanted operator, the operator and its operands; at last the rest, with no operator.

    Raises NotPlainError where the stream, or what stands before an operator, is not plain.
    """
    if _NOT_PLAIN.search(content):
        raise NotPlainError
    last = 0
    for match in wanted.finditer(content):
        name, text = match[0].decode(), content[last : match.start()]
        count = _COUNTS.get(name.lower())
        if count is None:  # of sc and scn, as many as there are
            count = len(_LAST.search(text[-_LONGEST:])[1].split())  # type: ignore[index]
        before, operands = _cut(text, count)
        yield before, name, operands
        last = match.end()
    yield content[last:], "", []


def _cut(text: bytes, count: int) -> tuple[bytes, list[Any]]:
    """Return a text without so many operands at its end, and these."""
    if not count:
        return text, []
    head, *words = text.rsplit(None, count) if len(text.split(None, count)) > count else (b"", *text.split())
    if len(words) != count or any(b"#" in word for word in words):
        raise NotPlainError
    try:
        return head, [Name(word.decode()) if word.startswith(b"/") else float(word) for word in words]
    except ValueError:
        raise NotPlainError from None


def written(operands: Iterable[Any], operator: str) -> bytes:
    """Return an operation as text, with a space on either side."""
    words = (str(value).encode() if isinstance(value, Name) else b"%.5g" % value for value in operands)
    return b" ".join((b"", *words, operator.encode(), b""))

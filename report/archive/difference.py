"""Where two PDFs that should be the same part: the first object that differs, and whether that is a font.

In: the bytes of two PDFs. Out: a sentence, empty if they are the same; and the names of fonts that differ.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pikepdf

from report.sets.outputs import sha256

_CONTAINERS = {"/ObjStm", "/XRef"}  # how a file packs its objects, which come one by one too
_PROGRAMS = ("/FontFile", "/FontFile2", "/FontFile3")


def first_difference(one: bytes, other: bytes) -> str:
    """Return the first object in which two PDFs differ, in words; an empty text if they are the same."""
    if one == other:
        return ""
    with pikepdf.open(io.BytesIO(one)) as left, pikepdf.open(io.BytesIO(other)) as right:
        for number, (item, twin) in enumerate(zip(left.objects, right.objects, strict=False), 1):
            if _kind(item) in _CONTAINERS:
                continue
            kind = f"object {number} ({_kind(item)})"
            if isinstance(item, pikepdf.Stream) and isinstance(twin, pikepdf.Stream):
                if item.read_bytes() != twin.read_bytes():
                    return f"the stream of {kind} differs"
                same = _entries(item) == _entries(twin)
            else:
                same = _written(item) == _written(twin)
            if not same:
                return f"{kind} differs: {_short(item)} / {_short(twin)}"
        if len(left.objects) != len(right.objects):
            return f"one has {len(left.objects)} objects, the other {len(right.objects)}"
    return "only the way the objects are stored differs"


def different_fonts(one: bytes, other: bytes) -> list[str]:
    """Return the names of fonts whose programs are not the same in both, or are in one only."""
    left, right = _fonts(one), _fonts(other)
    return sorted(name for name in {*left, *right} if left.get(name) != right.get(name))


def _fonts(data: bytes) -> Mapping[str, frozenset[str]]:
    """Return digests of the font programs by the font's name without the subset's tag."""
    found: dict[str, set[str]] = {}
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
                name = str(item.get("/FontName", "")).strip("/,").rpartition("+")[2]
                for key in _PROGRAMS:
                    if isinstance(program := item.get(key), pikepdf.Stream):
                        found.setdefault(name, set()).add(sha256(program.read_bytes()))
    return {name: frozenset(digests) for name, digests in found.items()}


def _kind(item: Any) -> str:
    typed = isinstance(item, pikepdf.Dictionary | pikepdf.Stream)
    return str(item.get("/Type", item.get("/S", "no type"))) if typed else type(item).__name__


def _entries(stream: pikepdf.Stream) -> dict[str, bytes]:
    return {str(key): _written(value) for key, value in stream.items() if key != "/Length"}


def _written(item: Any) -> bytes:
    """Return a value as a file has it; numbers and the like come as Python's own."""
    return item.unparse(resolved=True) if isinstance(item, pikepdf.Object) else repr(item).encode()


def _short(item: Any) -> str:
    return repr(_written(item)[:160])

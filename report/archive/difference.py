"""The differences between two PDFs that should be identical: the first differing object, and the differing fonts.

In: the bytes of two PDFs. Out: a description (empty if they are identical), and the names of the differing fonts.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pikepdf

from report.sets.outputs import sha256

_CONTAINERS = {"/ObjStm", "/XRef"}  # they only pack objects, which are compared one by one
_PROGRAMS = ("/FontFile", "/FontFile2", "/FontFile3")


def first_difference(one: bytes, other: bytes) -> str:
    """Return a description of the first object that differs; empty if the PDFs are identical."""
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
                same = _serialized(item) == _serialized(twin)
            if not same:
                return f"{kind} differs: {_short(item)} / {_short(twin)}"
        if len(left.objects) != len(right.objects):
            return f"the first has {len(left.objects)} objects, the second {len(right.objects)}"
    return "only the storage of the objects differs"


def different_fonts(one: bytes, other: bytes) -> list[str]:
    """Return the names of fonts whose font programs differ or occur in only one of the PDFs."""
    left, right = _fonts(one), _fonts(other)
    return sorted(name for name in {*left, *right} if left.get(name) != right.get(name))


def _fonts(data: bytes) -> Mapping[str, frozenset[str]]:
    """Return the digests of the font programs by font name, without the subset tag."""
    digests: dict[str, set[str]] = {}
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
                name = str(item.get("/FontName", "")).strip("/,").rpartition("+")[2]
                for key in _PROGRAMS:
                    if isinstance(program := item.get(key), pikepdf.Stream):
                        digests.setdefault(name, set()).add(sha256(program.read_bytes()))
    return {name: frozenset(values) for name, values in digests.items()}


def _kind(item: Any) -> str:
    typed = isinstance(item, pikepdf.Dictionary | pikepdf.Stream)
    return str(item.get("/Type", item.get("/S", "no type"))) if typed else type(item).__name__


def _entries(stream: pikepdf.Stream) -> dict[str, bytes]:
    return {str(key): _serialized(value) for key, value in stream.items() if key != "/Length"}


def _serialized(item: Any) -> bytes:
    """Return a value in PDF syntax; pikepdf returns simple values as Python objects."""
    return item.unparse(resolved=True) if isinstance(item, pikepdf.Object) else repr(item).encode()


def _short(item: Any) -> str:
    return repr(_serialized(item)[:160])

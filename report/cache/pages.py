"""Cached findings on pages, keyed by a digest of everything a page paints: unchanged pages are not examined again.

In: the bytes of a file that this program has just made, and a function that examines pages. Out: the findings on each
page, the same as if all pages had been examined.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from report.cache.store import NO_CACHE, Cache, digest
from report.inspection.contents import content_of

Examine = Callable[[Sequence[int]], Mapping[int, Any]]

_NAMES = re.compile(rb"/([^\s/\[\]<>(){}%]+)")
# The slug line names the build, so it differs each time. It is outside the bleed, where nothing is measured.
_SLUG = re.compile(rb"BT /Slug [^()]*?ET")
_PENDING = b""
# Keys that do not affect painting, and the font of the slug line, which may be a resource of forms too.
_IGNORED = frozenset({"/Parent", "/P", "/StructParent", "/StructParents", "/Dest", "/A", "/Slug"})
_BOXES = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/Rotate", "/UserUnit", "/Group")


class PageFindings:
    """The findings on the pages of one file: from the cache if a page is unchanged, else new.

    `stamp` is a digest of the code and libraries that produce the findings. `examined` records, for each kind of
    finding, the pages examined anew and the number of pages.
    """

    def __init__(self, cache: Cache = NO_CACHE, stamp: str = "", name: str = "") -> None:
        self.cache, self.stamp, self.name = cache, stamp, name
        self.examined: dict[str, tuple[tuple[int, ...], int]] = {}

    def of_file(self, name: str) -> PageFindings:
        """Return empty findings for another file, with the same cache and stamp."""
        return PageFindings(self.cache, self.stamp, name)

    def for_pages(
        self, kind: str, data: bytes, pages: Sequence[int], examine: Examine, *extra: object
    ) -> dict[int, Any]:
        """Return the findings of `examine` as JSON values by page (from 1). `extra` is added to the cache keys."""
        self.examined[kind] = (tuple(pages), len(pages))
        try:
            keys = {number: digest(self.stamp, key, *extra) for number, key in enumerate(self._keys(data), 1)}
        except ValueError:
            return dict(examine(pages))
        cached = self._cached(kind)
        findings = {number: cached[keys[number]] for number in pages if keys[number] in cached}
        missing = [number for number in pages if number not in findings]
        self.examined[kind] = (tuple(missing), len(pages))
        if missing:
            findings |= examine(missing)
        by_key = {keys[number]: findings[number] for number in pages}
        if by_key != cached:
            self.cache.save(kind, self.name, json.dumps(by_key).encode())
        return findings

    def _keys(self, data: bytes) -> list[str]:
        if self.cache.folder is None:
            raise ValueError("there is no cache")
        return page_keys(data)

    def _cached(self, kind: str) -> dict[str, Any]:
        try:
            cached = json.loads(self.cache.load(kind, self.name) or b"{}")
        except ValueError:
            return {}
        return cached if isinstance(cached, dict) else {}


def page_keys(data: bytes) -> list[str]:
    """Return a digest of each page: its boxes, its content and the resources it names, without the slug line.

    Raises ValueError if a digest would be unreliable: an object refers to itself, a name is escaped, or a form uses the
    resources of its page.
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        digests = _Digests()
        return [digest(*_parts(page.obj, digests)) for page in pdf.pages]


def _parts(page: Any, digests: _Digests) -> Iterator[bytes]:
    yield from (digests.of(page.get(key)) for key in _BOXES)
    content = content_of(page)
    yield _SLUG.sub(b"", content)
    names = sorted(name.decode("latin-1") for name in set(_NAMES.findall(content)) - {b"Slug"})
    if any("#" in name for name in names):
        raise ValueError("a name is escaped in the content")
    for kind, entries in sorted(page.get("/Resources", Dictionary()).items()):
        if isinstance(entries, Dictionary):
            for name in names:
                if (item := entries.get(f"/{name}")) is not None:
                    yield f"{kind}/{name}".encode()
                    yield digests.of(item)
    yield digests.of(page.get("/Annots"))


class _Digests:
    """Digests of objects with everything they refer to. Each indirect object is digested once."""

    def __init__(self) -> None:
        self.by_object: dict[tuple[int, int], bytes] = {}

    def of(self, item: Any) -> bytes:
        """Return the digest of an object."""
        if not isinstance(item, pikepdf.Object):
            return repr(item).encode()
        if item.is_indirect:
            if item.objgen not in self.by_object:
                self.by_object[item.objgen] = _PENDING
                self.by_object[item.objgen] = hashlib.sha256(b"\0".join(self._pieces(item))).digest()
            if self.by_object[item.objgen] == _PENDING:
                raise ValueError("an object refers to itself")
            return self.by_object[item.objgen]
        return b"\0".join(self._pieces(item))

    def _pieces(self, item: Any) -> Iterator[bytes]:
        if isinstance(item, Stream):
            if item.get("/Subtype") == Name.Form and "/Resources" not in item:
                raise ValueError("a form has no resources of its own")
            yield item.read_raw_bytes()
        if isinstance(item, Dictionary | Stream):
            yield b"<<"
            for key, value in sorted(item.items()):
                if key not in _IGNORED:
                    yield key.encode()
                    yield self.of(value)
            yield b">>"
        elif isinstance(item, Array):
            yield b"["
            yield from (self.of(value) for value in item)
            yield b"]"
        else:
            yield bytes(item.unparse())

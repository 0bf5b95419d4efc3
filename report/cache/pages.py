"""What was found on a page before, by all that the page paints: one that is the same is not looked at again.

In: the bytes of a file that the press has just made, and a way to look at some of its pages. Out: what is found on
each, the same as if all of them had been looked at.
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
# The slug line names the build, and so differs in each; it stands outside the bleed, where nothing is measured.
_SLUG = re.compile(rb"BT /Slug [^()]*?ET")
_BEGUN = b""
# What is not painted, and the font of the slug line, which forms may have among their resources too.
_ASIDE = frozenset({"/Parent", "/P", "/StructParent", "/StructParents", "/Dest", "/A", "/Slug"})
_BOXES = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/Rotate", "/UserUnit", "/Group")


class PageFindings:
    """The findings on the pages of one file: those of before where a page is the same, new ones where it is not.

    `stamp` stands for the code and the libraries that find them. `examined` notes for each kind of finding which pages
    were examined anew, and how many the file has.
    """

    def __init__(self, cache: Cache = NO_CACHE, stamp: str = "", name: str = "") -> None:
        self.cache, self.stamp, self.name = cache, stamp, name
        self.examined: dict[str, tuple[tuple[int, ...], int]] = {}

    def of_file(self, name: str) -> PageFindings:
        """Return the findings of another file, of which nothing has been examined yet."""
        return PageFindings(self.cache, self.stamp, name)

    def each(self, kind: str, data: bytes, pages: Sequence[int], examine: Examine, *also: object) -> dict[int, Any]:
        """Return what `examine` finds on each page (from 1), as plain values of JSON. `also`: what else counts."""
        self.examined[kind] = (tuple(pages), len(pages))
        try:
            keys = {number: digest(self.stamp, key, *also) for number, key in enumerate(self._keys(data), 1)}
        except ValueError:
            return dict(examine(pages))
        before = self._before(kind)
        found = {number: before[keys[number]] for number in pages if keys[number] in before}
        missing = [number for number in pages if number not in found]
        self.examined[kind] = (tuple(missing), len(pages))
        if missing:
            found |= examine(missing)
        kept = {keys[number]: found[number] for number in pages}
        if kept != before:
            self.cache.keep(kind, self.name, json.dumps(kept).encode())
        return found

    def _keys(self, data: bytes) -> list[str]:
        if self.cache.folder is None:
            raise ValueError("nothing is kept")
        return page_keys(data)

    def _before(self, kind: str) -> dict[str, Any]:
        try:
            found = json.loads(self.cache.kept(kind, self.name) or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def page_keys(data: bytes) -> list[str]:
    """Return a digest of each page: its boxes, its content and everything that this names, but not the slug line.

    Raises ValueError where that can't be told for sure: an object leads back to itself, a name is escaped, a form lives
    on the resources of the page.
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
        raise ValueError("a name is written in another way than it is kept")
    for kind, held in sorted(page.get("/Resources", Dictionary()).items()):
        if isinstance(held, Dictionary):
            for name in names:
                if (item := held.get(f"/{name}")) is not None:
                    yield f"{kind}/{name}".encode()
                    yield digests.of(item)
    yield digests.of(page.get("/Annots"))


class _Digests:
    """Digests of objects and all that they lead to; those that stand by themselves are done once."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, int], bytes] = {}

    def of(self, item: Any) -> bytes:
        """Return the digest of an object."""
        if not isinstance(item, pikepdf.Object):
            return repr(item).encode()
        if item.is_indirect:
            if item.objgen not in self.known:
                self.known[item.objgen] = _BEGUN
                self.known[item.objgen] = hashlib.sha256(b"\0".join(self._pieces(item))).digest()
            if self.known[item.objgen] == _BEGUN:
                raise ValueError("an object leads back to itself")
            return self.known[item.objgen]
        return b"\0".join(self._pieces(item))

    def _pieces(self, item: Any) -> Iterator[bytes]:
        if isinstance(item, Stream):
            if item.get("/Subtype") == Name.Form and "/Resources" not in item:
                raise ValueError("a form has what it names from elsewhere")
            yield item.read_raw_bytes()
        if isinstance(item, Dictionary | Stream):
            yield b"<<"
            for key, value in sorted(item.items()):
                if key not in _ASIDE:
                    yield key.encode()
                    yield self.of(value)
            yield b">>"
        elif isinstance(item, Array):
            yield b"["
            yield from (self.of(value) for value in item)
            yield b"]"
        else:
            yield bytes(item.unparse())

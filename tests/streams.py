"""Content streams for tests: those of finished files, read independently of the program, and small new ones."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from report.preflight.facts import read_facts
from report.preflight.records import FileInfo, PaintedObject

Operation = tuple[str, tuple[Any, ...]]


def streams(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Yield every page and every form of a file."""
    yield from (page.obj for page in pdf.pages)
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and (item.get(Name.Subtype) == Name.Form or Name.PatternType in item):
            yield item


def operations(data: bytes) -> list[Operation]:
    """Return the operators of all pages and forms, with numbers as floats and names as text."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [
            (str(each.operator), tuple(map(_plain, each.operands)))
            for holder in streams(pdf)
            for each in pikepdf.parse_content_stream(holder)
        ]


def _plain(operand: Any) -> Any:
    try:
        return round(float(operand), 4)
    except (TypeError, ValueError):
        return str(operand)


def page_of(
    content: str, resources: Mapping[str, Mapping[str, Any]] | None = None, forms: Mapping[str, str] | None = None
) -> bytes:
    """Return a file of one page with this content. `forms` are drawn by their names."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(200, 200))
        held: Any = Dictionary({f"/{kind}": Dictionary({f"/{name}": item for name, item in named.items()})
                           for kind, named in (resources or {}).items()})  # fmt: skip
        for name, inside in (forms or {}).items():
            form = pdf.make_stream(inside.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 200, 200]))
            form[Name.Resources] = Dictionary()
            held[Name.XObject] = held.get(Name.XObject, Dictionary())
            held[Name.XObject][f"/{name}"] = form
        page.obj[Name.Resources], page.obj[Name.Contents] = held, pdf.make_stream(content.encode())
        page.obj[Name.TrimBox] = Array([0, 0, 200, 200])
        return saved(pdf)


def saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def facts_of(data: bytes) -> FileInfo:
    return read_facts(data, "small.pdf")


def painted(data: bytes, kind: str | None = None) -> list[PaintedObject]:
    """Return what a file paints, except marks on all plates."""
    return [item for item in facts_of(data).painted if kind in (None, item.kind) and "All" not in item.space.inks]

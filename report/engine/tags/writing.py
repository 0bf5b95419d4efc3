"""The tag tree as PDF objects: structure elements, the parent tree, links and identifiers.

In: a planned tree whose pieces have their marked content ids, and the engine's PDF before it is serialised. Out: the
structure objects in that PDF (ISO 32000-1, 14.7).
"""

from __future__ import annotations

import re
from typing import Any

import pydyf

from report.engine.tags import adapter
from report.engine.tags.records import Piece, TagNode
from report.engine.tags.types import ROLES

_SPACES = re.compile(r"\s+")
_SLACK = 1.0  # pixels by which a link's area may exceed another area of the same link


def write_tree(tree: TagNode, pdf: Any, document: Any, page_streams: list[Any]) -> None:
    """Add the tree to the PDF."""
    _assign_annotations(tree, pdf, document)
    writer = _TreeWriter(pdf, document, page_streams)
    root = pydyf.Dictionary({"Type": "/StructTreeRoot"})
    pdf.add_object(root)
    root["K"] = writer.element(tree, root).reference
    root["ParentTree"], root["ParentTreeNextKey"] = writer.parent_tree()
    root["RoleMap"] = pydyf.Dictionary({name: f"/{role}" for name, role in ROLES.items()})
    if writer.identifiers:
        names = [value for pair in writer.identifiers for value in pair]
        root["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(names)})
    pdf.catalog["StructTreeRoot"] = root.reference
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})


class _TreeWriter:
    """Writes structure elements and records the element of every marked content and annotation."""

    def __init__(self, pdf: Any, document: Any, page_streams: list[Any]) -> None:
        self.pdf, self.document, self.streams = pdf, document, page_streams
        self.pages = adapter.page_references(pdf)
        self.rows: dict[int, list[Any]] = {number: [] for number in range(len(page_streams))}
        self.keys = {id(stream): number for number, stream in enumerate(page_streams)}
        self.annotations: list[tuple[Any, Any]] = []
        self.identifiers: list[tuple[Any, Any]] = []

    def element(self, node: TagNode, parent: Any) -> Any:
        """Write an element with all elements below it, and return it."""
        item = pydyf.Dictionary({"Type": "/StructElem", "S": f"/{node.tag}", "P": parent.reference})
        self.pdf.add_object(item)
        for key, value in (("Lang", node.language), ("E", node.expansion), ("ID", node.identifier)):
            if value:
                item[key] = pydyf.String(value)
        if node.alt is not None:
            item["Alt"] = pydyf.String(node.alt)
        if node.identifier:
            self.identifiers.append((item["ID"], item.reference))
        if node.attributes:
            item["A"] = pydyf.Array(pydyf.Dictionary(self._attributes(node, each)) for each in node.attributes)
        pieces = [kid for kid in node.kids if isinstance(kid, Piece)]
        if pieces:
            item["Pg"] = self.pages[pieces[0].page]
        kids = [
            self.element(kid, item).reference if isinstance(kid, TagNode) else self._content(kid, item, pieces[0])
            for kid in node.kids
        ]
        for page, annotation in node.links:
            reference = {"Type": "/OBJR", "Obj": annotation.reference, "Pg": self.pages[page]}
            kids.append(pydyf.Dictionary(reference))
            self.annotations.append((annotation, item))
        item["K"] = pydyf.Array(kids)
        return item

    def _content(self, piece: Piece, item: Any, first: Piece) -> Any:
        """Return the reference to a piece's marked content."""
        assert piece.mcid is not None, f"never drawn: {piece.text or piece.alt!r}"
        key = self.keys.setdefault(id(piece.stream), len(self.keys))
        row = self.rows.setdefault(key, [])
        row += ["null"] * (piece.mcid + 1 - len(row))
        row[piece.mcid] = item.reference
        on_page = piece.stream is self.streams[piece.page]
        if piece.page == first.page and on_page:
            return piece.mcid
        content = pydyf.Dictionary({"Type": "/MCR", "Pg": self.pages[piece.page], "MCID": piece.mcid})
        if not on_page:  # in a form XObject of its own, as for a group with opacity
            piece.stream.extra["StructParents"] = key
            content["Stm"] = piece.stream.reference
        return content

    def _attributes(self, node: TagNode, attributes: dict[str, Any]) -> dict[str, Any]:
        if node.frame is None:
            return attributes
        page, (left, top, right, bottom) = node.frame
        height = adapter.page_height(self.document, page)
        edges = (left, height - bottom, right, height - top)
        return {**attributes, "BBox": pydyf.Array(round(edge * adapter.PX, 3) for edge in edges)}

    def parent_tree(self) -> tuple[Any, int]:
        """Write the parent tree, from marked content and annotations to their elements. Returns it and its next key."""
        numbers = pydyf.Array()
        for key, row in sorted(self.rows.items()):
            numbers += [key, pydyf.Array(row)]
        for key, (annotation, item) in enumerate(self.annotations, start=len(self.keys)):
            annotation["StructParent"] = key
            numbers += [key, item.reference]
        tree = pydyf.Dictionary({"Nums": numbers})
        self.pdf.add_object(tree)
        return tree.reference, len(self.keys) + len(self.annotations)


def _assign_annotations(tree: TagNode, pdf: Any, document: Any) -> None:
    """Assign link annotations, with a description, to their nodes; drop those inside an area of the same link."""
    owners, parents = _owners(tree), _parents(tree.element)
    pages = adapter.page_objects(pdf)
    areas_by_link: dict[tuple[int, int], list[Any]] = {}
    for number, area, box, annotation in adapter.links(document):
        node, element = owners.get((box.element, adapter.pseudo(box))), box.element
        while node is None and element is not None:
            node, element = owners.get((element, "")), parents.get(element)
        areas = areas_by_link.setdefault((number, id(node)), [])
        if node is None or any(_within(area, other) for other in areas):
            pages[number]["Annots"].remove(annotation.reference)
            continue
        areas.append(area)
        node.links.append((number, annotation))
        text = node.label or node.text.replace("\N{SOFT HYPHEN}", "")
        annotation["Contents"] = pydyf.String(_SPACES.sub(" ", text).strip())
    for page in pages:
        if not page.get("Annots", True):
            del page["Annots"]


def _owners(tree: TagNode) -> dict[tuple[Any, str], TagNode]:
    """Return the link nodes by element and pseudo-element."""
    owners: dict[tuple[Any, str], TagNode] = {}
    for node in tree.nodes():
        if node.tag == "Link":
            piece = next(node.pieces(), None)
            pseudo = piece.pseudo if piece is not None and node.element is None else ""
            element = piece.box.element if pseudo and piece is not None else node.element
            owners[element, pseudo] = node
    return owners


def _parents(root: Any) -> dict[Any, Any]:
    return {child: parent for parent in root.iter() for child in parent}


def _within(inner: Any, outer: Any) -> bool:
    return all(inner[i] >= outer[i] - _SLACK and inner[i + 2] <= outer[i + 2] + _SLACK for i in (0, 1))

"""The tag tree of a finished PDF, read back with pikepdf alone: what a screen reader gets, and what is wrong with it.

Nothing of `report.engine.tags` is used here: the file is a witness of its own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Name, Stream

PAINTS = frozenset(("f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "Tj", "TJ", "'", '"', "INLINE IMAGE"))
SHOWN = ("Lang", "Alt", "E", "ID", "Scope", "ListNumbering", "BBox", "ColSpan", "RowSpan")


@dataclass
class Element:
    """A structure element: its type, its attributes, its kids: elements, texts, links to annotations."""

    tag: str
    attributes: dict[str, Any] = field(default_factory=dict)
    kids: list[Element | str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def all(self) -> Iterator[Element]:
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.all()

    def of(self, *tags: str) -> list[Element]:
        return [each for each in self.all() if each.tag in tags]

    @property
    def text(self) -> str:
        return "".join(kid if isinstance(kid, str) else kid.text for kid in self.kids)

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The tree as indented text: what the references in the tests look like."""
        told = "".join(f" {key}={value}" for key, value in self.attributes.items() if key != "BBox")
        yield f"{'  ' * depth}{self.tag}{told}{''.join(f' → {link}' for link in self.links)}"
        for kid in self.kids:
            if isinstance(kid, str):
                yield f"{'  ' * (depth + 1)}“{kid}”"
            else:
                yield from kid.lines(depth + 1)


@dataclass
class TagTree:
    """The tree, every fault of how it hangs together with pages and annotations, and the text that is in no element."""

    root: Element
    faults: list[str]
    artifacts: str

    def __str__(self) -> str:
        return "\n".join(self.root.lines())


def read_tags(data: bytes) -> TagTree:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return _TreeReader(pdf).read()


class _Contents:
    """The marked content of one content stream: text by number; paint outside any mark is a fault."""

    def __init__(self, holder: Any, where: str, reader: _TreeReader) -> None:
        self.texts: dict[int, str] = {}
        self.where, self.reader, self.resources = where, reader, holder.get("/Resources", {})
        self.stack: list[tuple[bool, int | None, bool]] = []  # artifact, number, speaks for what is inside
        self.font: Any = None
        for instruction in pikepdf.parse_content_stream(holder):
            self._step(str(instruction.operator), instruction.operands)
        assert not self.stack, where

    def _step(self, operator: str, operands: Any) -> None:
        if operator in {"BMC", "BDC"}:
            self._open(str(operands[0]), operands[1] if operator == "BDC" else {})
        elif operator == "EMC":
            self.stack.pop()
        elif operator == "Tf":
            self.font = self.resources["/Font"][str(operands[0])]
        elif operator in PAINTS:
            self._paint(operator, operands)

    def _open(self, tag: str, properties: Any) -> None:
        number = int(properties["/MCID"]) if "/MCID" in properties else None
        artifact = tag == "/Artifact"
        if number is not None:
            if any(each[0] or each[1] is not None for each in self.stack) or number in self.texts:
                self.reader.faults.append(f"{self.where}: marked content inside marked content")
            self.texts[number] = ""
        if artifact and any(each[1] is not None for each in self.stack):
            self.reader.faults.append(f"{self.where}: an artifact inside marked content")
        says = "/ActualText" in properties
        spoken_for = any(each[2] for each in self.stack)
        self.stack.append((artifact, number, says))
        if says and not spoken_for:
            self._say(str(properties["/ActualText"]))

    def _say(self, text: str) -> None:
        numbers = [number for _, number, _ in self.stack if number is not None]
        if numbers:
            self.texts[numbers[-1]] += text
        elif any(artifact for artifact, _, _ in self.stack):
            self.reader.artifacts.append(text)

    def _paint(self, operator: str, operands: Any) -> None:
        marked = any(artifact or number is not None for artifact, number, _ in self.stack)
        if operator == "Do":
            item = self.resources["/XObject"][str(operands[0])]
            if item.get("/Subtype") == Name.Form and not marked:
                self.reader.forms[item.objgen] = _Contents(item, f"{self.where}, {operands[0]}", self.reader)
                return
        if not marked:
            self.reader.faults.append(f"{self.where}: paint ({operator}) that is neither content nor artifact")
        if operator in {"Tj", "TJ"} and not any(says for _, _, says in self.stack):
            runs = operands[0] if isinstance(operands[0], Array) else [operands[0]]
            letters = self.reader.letters(self.font)
            for run in runs:
                if isinstance(run, pikepdf.String):
                    codes = bytes(run)
                    self._say("".join(letters.get(codes[i] << 8 | codes[i + 1], "�") for i in range(0, len(codes), 2)))


class _TreeReader:
    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self.faults: list[str] = []
        self.artifacts: list[str] = []
        self.forms: dict[Any, _Contents] = {}
        self.maps: dict[Any, dict[int, str]] = {}
        self.used: set[tuple[Any, int]] = set()
        self.annotations: set[Any] = set()
        self.pages = {
            page.obj.objgen: _Contents(page.obj, f"page {number}", self) for number, page in enumerate(pdf.pages, 1)
        }
        numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        self.parents = {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}

    def letters(self, font: Any) -> dict[int, str]:
        if font.objgen not in self.maps:
            pairs = re.findall(rb"<([0-9a-fA-F]+)> <([0-9a-fA-F]*)>", font.ToUnicode.read_bytes())
            self.maps[font.objgen] = {
                int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs
            }
        return self.maps[font.objgen]

    def read(self) -> TagTree:
        top = self.pdf.Root.StructTreeRoot.K
        root = self._element(top[0] if isinstance(top, Array) else top)
        for holder in (*self.pages.items(), *self.forms.items()):
            for number in set(holder[1].texts) - {mcid for key, mcid in self.used if key == holder[0]}:
                self.faults.append(f"{holder[1].where}: marked content {number} belongs to no element")
        for number, page in enumerate(self.pdf.pages, 1):
            for annotation in page.obj.get("/Annots", Array()):
                if annotation.objgen not in self.annotations:
                    self.faults.append(f"page {number}: an annotation belongs to no element")
        return TagTree(root, self.faults, "".join(self.artifacts))

    def _element(self, item: Any) -> Element:
        element = Element(str(item.S)[1:], self._attributes(item))
        kids = item.get("/K", Array())
        for kid in kids if isinstance(kids, Array) else [kids]:
            self._kid(item, element, kid)
        return element

    def _attributes(self, item: Any) -> dict[str, Any]:
        found: dict[str, Any] = {key: str(item[f"/{key}"]) for key in SHOWN if f"/{key}" in item}
        attributes = item.get("/A", Array())
        for each in attributes if isinstance(attributes, Array) else [attributes]:
            for key in SHOWN:
                if f"/{key}" in each:
                    value = each[f"/{key}"]
                    found[key] = [float(edge) for edge in value] if isinstance(value, Array) else str(value).strip("/")
        return found

    def _kid(self, item: Any, element: Element, kid: Any) -> None:
        if isinstance(kid, int) or kid.get("/Type") == Name.MCR:
            self._content(item, element, kid)
        elif kid.get("/Type") == Name.OBJR:
            annotation = kid.Obj
            self.annotations.add(annotation.objgen)
            if self.parents[int(annotation.StructParent)].objgen != item.objgen:
                self.faults.append("an annotation leads back to another element")
            element.links.append(str(annotation.get("/Contents", "")))
        else:
            if kid.P.objgen != item.objgen:
                self.faults.append(f"{kid.S} has another parent than the element it hangs on")
            element.kids.append(self._element(kid))

    def _content(self, item: Any, element: Element, kid: Any) -> None:
        number = kid if isinstance(kid, int) else int(kid.MCID)
        page = item.get("/Pg") if isinstance(kid, int) else kid.get("/Pg", item.get("/Pg"))
        in_form = not isinstance(kid, int) and isinstance(kid.get("/Stm"), Stream)
        holder = kid.Stm if in_form else page
        contents = self.forms[holder.objgen] if in_form else self.pages[holder.objgen]
        key = (holder.objgen, number)
        if key in self.used:
            self.faults.append(f"{contents.where}: marked content {number} belongs to two elements")
        self.used.add(key)
        if self.parents[int(holder.StructParents)][number].objgen != item.objgen:
            self.faults.append(f"{contents.where}: marked content {number} leads back to another element")
        text = contents.texts[number]
        if element.kids and isinstance(element.kids[-1], str):
            element.kids[-1] += text
        else:
            element.kids.append(text)


def words(text: str) -> list[str]:
    """The words of a text, with kinds of spaces and hyphens made plain."""
    plain = text.replace("\N{SOFT HYPHEN}", "").translate(str.maketrans("\xa0\u2010\u2011", " --"))
    return plain.split()

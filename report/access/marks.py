"""Count what the pages of a PDF paint, and how much of it is marked neither as content nor as artifact.

In: a page of any origin. Out: `PageMarks`. Form XObjects are followed, because marked content may be inside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

_TEXT_OPERATORS = frozenset({"Tj", "TJ", "'", '"'})
_OPERATORS = " ".join(
    ("f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", *_TEXT_OPERATORS, "BMC", "BDC", "EMC", "BI ID EI")
)


@dataclass(frozen=True, slots=True)
class PageMarks:
    """A page: the objects it paints, those outside marked content (`stray`), and whether it has text and images."""

    number: int
    painted: int
    stray: int
    has_text: bool
    has_image: bool
    tabs: str
    annotations: int


def page_marks(page: pikepdf.Page, number: int) -> PageMarks:
    """Read a page."""
    counter, annotations = _MarkCounter(), page.obj.get("/Annots", Array())
    counter.read(page.obj, page.obj.get("/Resources"))
    return PageMarks(
        number=number,
        painted=counter.painted,
        stray=counter.stray,
        has_text=counter.text,
        has_image=counter.image,
        tabs=str(page.obj.get("/Tabs", ""))[1:],
        annotations=len(annotations) if isinstance(annotations, Array) else 0,
    )


class _MarkCounter:
    """Counts what a page and its form XObjects paint. Each form is read once."""

    def __init__(self) -> None:
        self.painted = self.stray = 0
        self.text = self.image = False
        self.seen: set[Any] = set()

    def read(self, holder: Any, resources: Any, marked: bool = False) -> None:
        try:
            instructions: Any = pikepdf.parse_content_stream(holder, _OPERATORS)
        except (pikepdf.PdfError, TypeError, ValueError):
            return
        stack: list[bool] = []
        for instruction in instructions:
            operator, operands = str(instruction.operator), instruction.operands
            if operator in {"BMC", "BDC"}:
                stack.append(_is_marked(operands, resources))
            elif operator == "EMC":
                del stack[-1:]
            else:
                self._paint(operator, operands, resources, marked or any(stack))

    def _paint(self, operator: str, operands: Any, resources: Any, marked: bool) -> None:
        item = _named(resources, "/XObject", operands) if operator == "Do" else None
        if isinstance(item, Stream) and item.get("/Subtype") == Name.Form:
            if item.objgen not in self.seen:
                self.seen.add(item.objgen)
                self.read(item, item.get("/Resources", resources), marked)
            return
        self.painted += 1
        self.stray += not marked
        self.text = self.text or operator in _TEXT_OPERATORS
        self.image = self.image or operator == "INLINE IMAGE" or item is not None


def _is_marked(operands: Any, resources: Any) -> bool:
    """Return whether a marked-content operator makes tagged content or an artifact (ISO 32000-1, 14.7.4, 14.8.2)."""
    if not len(operands) or operands[0] == Name.Artifact:
        return bool(len(operands))
    properties = _named(resources, "/Properties", operands[1:])
    return isinstance(properties, Dictionary) and "/MCID" in properties


def _named(resources: Any, kind: str, operands: Any) -> Any:
    """Return the resource that an operand names, or the operand itself if it is not a name."""
    operand = operands[0] if len(operands) else None
    held = resources.get(kind) if isinstance(resources, Dictionary) else None
    if isinstance(operand, Name):
        return held.get(str(operand)) if isinstance(held, Dictionary) else None
    return operand

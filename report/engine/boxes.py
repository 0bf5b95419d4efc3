"""The engine's box tree as plain records of lines, fragments and components, for the checks after layout.

In: a laid-out WeasyPrint document (its box tree is private: this module is tested against the pinned version). Out:
`PageRecord`s in points, with the origin at the top left corner of the trim.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from report.geometry import Rect

PX = 0.75  # CSS pixels to points


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text in one font: its rectangle, text, source, and the box that clips it.

    `fact` is the id of the fact it prints, if any. `baseline` is the y coordinate of its baseline.
    """

    text: str
    x: float
    y: float
    width: float
    height: float
    size: float
    family: str
    style: str
    weight: int
    component: str
    src: str
    block: int
    running: bool
    clip: Rect | None = None
    fact: str = ""
    baseline: float = 0.0

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The bottom edge."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Fragment:
    """The part of a text block on one page, in one column. All parts of a block share the same `block` id."""

    block: int
    tag: str
    lines: int
    x: float
    y: float
    height: float
    component: str
    src: str


@dataclass(frozen=True, slots=True)
class Component:
    """The box of a component, or of an image inside one."""

    name: str
    tag: str
    x: float
    y: float
    width: float
    height: float
    src: str
    chart: str = ""


@dataclass(frozen=True, slots=True)
class PageRecord:
    """One page. `side` is left (verso) or right (recto); `content` is the area inside the margins."""

    number: int
    side: str
    name: str
    blank: bool
    width: float
    height: float
    content: Rect
    lines: tuple[TextLine, ...]
    fragments: tuple[Fragment, ...]
    components: tuple[Component, ...]
    facts: tuple[str, ...]


def page_records(document: Any) -> Iterator[PageRecord]:
    """Yield a record for each page of the document."""
    for number, page in enumerate(document.pages, 1):
        yield _Walk(page._page_box, number).record()


@dataclass(frozen=True, slots=True)
class _BoxContext:
    """Record values that a box inherits from its ancestors."""

    component: str = ""
    src: str = ""
    running: bool = False
    clip: Rect | None = None
    block: tuple[int, str] = (0, "")  # id and tag of the enclosing block element: the heading, not the line spans in it
    fact: str = ""


class _Walk:
    """Collects the records of one page."""

    def __init__(self, box: Any, number: int) -> None:
        self.box, self.number = box, number
        self.lines: list[TextLine] = []
        self.fragments: list[Fragment] = []
        self.components: list[Component] = []
        self.facts: list[str] = []

    def record(self) -> PageRecord:
        box = self.box
        self._children(box, _BoxContext())
        content = Rect.of_size(box.content_box_x(), box.content_box_y(), box.width, box.height)
        return PageRecord(
            number=self.number,
            side=box.page_type.side,
            name=str(box.page_type.name or ""),
            blank=bool(box.page_type.blank),
            width=box.margin_width() * PX,
            height=box.margin_height() * PX,
            content=Rect(*(edge * PX for edge in content)),
            lines=tuple(self.lines),
            fragments=tuple(self.fragments),
            components=tuple(self.components),
            facts=tuple(dict.fromkeys(self.facts)),
        )

    def _children(self, box: Any, context: _BoxContext) -> None:
        for child in getattr(box, "children", ()):
            if type(child).__name__ == "AbsolutePlaceholder":  # the placeholder of an absolutely positioned box
                child = child._box
            self._box(child, context)

    def _box(self, box: Any, context: _BoxContext) -> None:
        kind = type(box).__name__
        if kind == "MarginBox":
            context = _BoxContext("running foot", "", True)
        if (element := getattr(box, "element", None)) is not None and kind not in {"TextBox", "LineBox"}:
            context = self._element(box, element, context)
        if kind == "LineBox":
            self._inline(box, context, context.block[0])
            return
        line_boxes = [child for child in getattr(box, "children", ()) if type(child).__name__ == "LineBox"]
        if line_boxes and not context.running:
            self._fragment(box, len(line_boxes), context)
        self._children(box, context)

    def _element(self, box: Any, element: Any, context: _BoxContext) -> _BoxContext:
        component, src = element.get("data-component"), element.get("data-src")
        if fact := element.get("data-fact") or "":
            self.facts.append(fact)
        clip = _clip(box) if box.style["overflow"] != "visible" else context.clip
        tag = str(box.element_tag)
        block = context.block if tag == "span" else (id(element), tag)
        context = _BoxContext(
            component or context.component, src or context.src, context.running, clip, block, fact or context.fact
        )
        if component or type(box).__name__ in {"BlockReplacedBox", "InlineReplacedBox"}:
            self.components.append(
                Component(
                    name=component or "image",
                    tag=str(box.element_tag),
                    x=box.position_x * PX,
                    y=box.position_y * PX,
                    width=box.margin_width() * PX,
                    height=box.margin_height() * PX,
                    src=context.src,
                    chart=element.get("data-chart") or "",
                )
            )
        return context

    def _fragment(self, box: Any, lines: int, context: _BoxContext) -> None:
        block, tag = context.block
        x, y, height = box.position_x * PX, box.position_y * PX, box.margin_height() * PX
        last = self.fragments[-1] if self.fragments else None
        if last and last.block == block and last.x == x and y >= last.y:  # the next line of the same block
            self.fragments[-1] = replace(last, lines=last.lines + lines, height=y + height - last.y)
        else:
            self.fragments.append(Fragment(block, tag, lines, x, y, height, context.component, context.src))

    def _inline(self, box: Any, context: _BoxContext, block: int) -> None:
        """Walk the inline content of a line."""
        for child in getattr(box, "children", ()):
            if type(child).__name__ == "TextBox":
                if child.text.strip():
                    self._text(child, context, block)
                continue
            element = getattr(child, "element", None)
            # A footnote call belongs to its line, although the engine generates it from the note's element.
            in_source = element is not None and "::" not in str(child.element_tag)
            self._inline(child, self._element(child, element, context) if in_source else context, block)

    def _text(self, box: Any, context: _BoxContext, block: int) -> None:
        style = box.style
        families = style["font_family"]
        self.lines.append(
            TextLine(
                text=box.text,
                x=box.position_x * PX,
                y=box.position_y * PX,
                width=box.width * PX,
                height=box.height * PX,
                size=style["font_size"] * PX,
                family=str(families[0]),
                style=str(style["font_style"]),
                weight=int(style["font_weight"]),
                component=context.component,
                src=context.src,
                block=block,
                running=context.running,
                clip=context.clip,
                fact=context.fact,
                baseline=(box.position_y + box.baseline) * PX,
            )
        )


def _clip(box: Any) -> Rect:
    """Return the padding box, which clips its overflow."""
    left, top = box.padding_box_x() * PX, box.padding_box_y() * PX
    return Rect.of_size(left, top, box.padding_width() * PX, box.padding_height() * PX)

"""What the pages of a PDF paint, as records: an interpreter of content streams that follows the graphics state.

In: an open PDF. Out: `PaintedObject` and `PlacedImage` records, and the transparency groups. Forms, patterns, soft
masks and annotation appearances are read too. A file that exceeds the limits raises ScanLimit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from report.geometry import Rect
from report.preflight.geometry import IDENTITY, bounds_of, matrix_of, multiply, scale_of
from report.preflight.records import ColourSpace, PaintedObject, PlacedImage
from report.preflight.spaces import CMYK, GRAY, RGB, UNKNOWN, space_of
from report.preflight.state import GraphicsState

MAX_DEPTH = 24  # nested forms
MAX_OPERATORS = 6_000_000  # in a file
FORM_COST = 20  # opening a form takes as long as this many operators
_SIMPLE = {"g": GRAY, "rg": RGB, "k": CMYK}
_FILLS, _STROKES = frozenset({"f", "F", "f*", "B", "B*", "b", "b*"}), frozenset({"S", "s", "B", "B*", "b", "b*"})
_SHOWS = frozenset({"Tj", "TJ", "'", '"'})


class ScanLimit(Exception):
    """The file exceeds the limits of a scan."""


@dataclass
class Scan:
    """Collects what the pages paint."""

    painted: list[PaintedObject] = field(default_factory=list)
    placed: list[PlacedImage] = field(default_factory=list)
    groups: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def page(self, page: pikepdf.Page, number: int) -> None:
        """Read one page and the appearances of its annotations."""
        resources = page.obj.get("/Resources", Dictionary())
        _ContentReader(self, number, resources, GraphicsState(), 0).read(page.obj)
        for annotation in page.obj.get("/Annots", Array()):
            appearance = _dig(annotation, "/AP", "/N")
            if isinstance(appearance, Stream):
                _ContentReader(self, number, resources, GraphicsState(), 0).form(appearance)


class _ContentReader:
    """Reads one content stream."""

    def __init__(self, scan: Scan, page: int, resources: Any, state: GraphicsState, depth: int) -> None:
        self.scan, self.number, self.resources, self.state, self.depth = scan, page, resources, state, depth
        self.saved: list[GraphicsState] = []
        self.path: list[float] = []

    def read(self, holder: Any) -> None:
        """Read a page, form or pattern."""
        try:
            instructions = pikepdf.parse_content_stream(holder, _INTERPRETED)
        except (pikepdf.PikepdfError, TypeError, ValueError):
            return  # an unreadable stream paints nothing
        self.scan.count += len(instructions) + FORM_COST
        if self.scan.count > MAX_OPERATORS:
            raise ScanLimit(f"it has more than {MAX_OPERATORS:,} drawing operators")
        for instruction in instructions:
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                self._inline(instruction.iimage)
                continue
            try:
                self._operator(str(instruction.operator), instruction.operands)
            except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError, ZeroDivisionError):
                continue  # an operator with invalid operands paints nothing

    def _operator(self, name: str, operands: Any) -> None:
        if name in _PATH:
            self._point(name, operands)
        elif name in _FILLS or name in _STROKES or name == "n":
            self._paint(name)
        elif name in _SHOWS:
            self._show(operands)
        elif handler := getattr(self, _HANDLERS.get(name, ""), None):
            handler(name, operands)

    # the path

    def _point(self, name: str, operands: Any) -> None:
        values = [float(value) for value in operands]
        if name == "re":
            x, y, width, height = values
            values = [x, y, x + width, y, x, y + height, x + width, y + height]
        a, b, c, d, e, f = self.state.matrix
        for x, y in zip(values[::2], values[1::2], strict=False):
            self.path += (a * x + c * y + e, b * x + d * y + f)

    def _paint(self, name: str) -> None:
        state, box = self.state, bounds_of(self.path)
        self.path = []
        if box is None or name == "n":
            return
        if name in _FILLS:
            self._add("fill", box, state.fill, state.fill_values, state.overprint_fill, state.fill_alpha)
        if name in _STROKES:
            width = state.width * scale_of(state.matrix)
            self._add(
                "stroke", box, state.stroke, state.stroke_values, state.overprint_stroke, state.stroke_alpha, width
            )

    def _add(self, kind: str, box: Rect, space: ColourSpace, values: tuple[float, ...], overprint: bool, alpha: float,
             size: float = 0.0, font: str = "") -> None:  # fmt: skip
        state = self.state
        self.scan.painted.append(
            PaintedObject(
                self.number, kind, space, values, box, size, font, overprint, state.nonzero, alpha, state.blend
            )
        )

    # state

    def _save(self, name: str, operands: Any) -> None:
        if name == "q":
            self.saved.append(copy(self.state))
        elif self.saved:
            self.state = self.saved.pop()

    def _concat(self, name: str, operands: Any) -> None:
        self.state.matrix = multiply(matrix_of(operands), self.state.matrix)

    def _line_width(self, name: str, operands: Any) -> None:
        self.state.width = abs(float(operands[0]))

    def _colour(self, name: str, operands: Any) -> None:
        values = tuple(float(value) for value in operands)
        self._set(name.isupper(), _SIMPLE[name.lower()], values)

    def _space(self, name: str, operands: Any) -> None:
        space = space_of(operands[0], self.resources)
        start = (1.0,) * space.components if space.kind in {"Separation", "DeviceN"} else (0.0,) * space.components
        self._set(name == "CS", space, (0.0, 0.0, 0.0, 1.0) if space.components == 4 and not space.inks else start)

    def _values(self, name: str, operands: Any) -> None:
        stroke = name.startswith("S")
        space = self.state.stroke if stroke else self.state.fill
        if operands and isinstance(operands[-1], Name):
            self._pattern(operands[-1])
        self._set(stroke, space, tuple(float(value) for value in operands if not isinstance(value, Name)))

    def _set(self, stroke: bool, space: ColourSpace, values: tuple[float, ...]) -> None:
        if stroke:
            self.state.stroke, self.state.stroke_values = space, values
        else:
            self.state.fill, self.state.fill_values = space, values

    def _extended(self, name: str, operands: Any) -> None:
        """Apply a graphics state dictionary (ISO 32000-1, 8.4.5)."""
        values = _dig(self.resources, "/ExtGState", str(operands[0]))
        if not isinstance(values, Dictionary):
            return
        state = self.state
        if "/OP" in values:
            state.overprint_stroke = bool(values["/OP"])
            state.overprint_fill = bool(values.get("/op", values["/OP"]))
        elif "/op" in values:
            state.overprint_fill = bool(values["/op"])
        state.nonzero = int(values.get("/OPM", state.nonzero)) == 1
        state.fill_alpha = float(values.get("/ca", state.fill_alpha))
        state.stroke_alpha = float(values.get("/CA", state.stroke_alpha))
        if "/BM" in values:
            modes = values["/BM"]
            state.blend = str(modes[0] if isinstance(modes, Array) else modes)[1:]
        if "/LW" in values:
            state.width = float(values["/LW"])
        group = _dig(values, "/SMask", "/G")
        if isinstance(group, Stream):
            state.blend = "soft mask"
            self._nested(group)

    # text

    def _text(self, name: str, operands: Any) -> None:
        state = self.state
        if name == "BT":
            state.line = IDENTITY
        elif name == "Tf":
            state.font, state.size = self._font_name(str(operands[0])), float(operands[1])
        elif name == "Tm":
            state.line = matrix_of(operands)
        elif name in {"Td", "TD"}:
            state.line = multiply((1, 0, 0, 1, float(operands[0]), float(operands[1])), state.line)
        elif name == "Tr":
            state.mode = int(operands[0])

    def _font_name(self, key: str) -> str:
        name = str(_dig(self.resources, "/Font", key, "/BaseFont") or "/unnamed")[1:]
        return name.partition("+")[2] or name

    def _show(self, operands: Any) -> None:
        state = self.state
        if state.mode in {3, 7}:  # invisible or clipping only
            return
        letters = sum(len(bytes(piece)) for piece in _strings(operands))
        if not letters:
            return
        matrix = multiply(state.line, state.matrix)
        size = abs(state.size) * math.hypot(matrix[2], matrix[3])
        box = Rect.of_size(matrix[4], matrix[5], size * max(1.0, letters / 4), size * 0.7)
        if state.mode in {0, 2, 4, 6}:
            self._add(
                "text", box, state.fill, state.fill_values, state.overprint_fill, state.fill_alpha, size, state.font
            )
        if state.mode in {1, 2, 5, 6}:
            alpha, overprint = state.stroke_alpha, state.overprint_stroke
            self._add("text", box, state.stroke, state.stroke_values, overprint, alpha, size, state.font)

    # named resources

    def _shading(self, name: str, operands: Any) -> None:
        self._shade(_dig(self.resources, "/Shading", str(operands[0])))

    def _shade(self, shading: Any) -> None:
        space = space_of(_dig(shading, "/ColorSpace"), self.resources)
        x, y = self.state.matrix[4], self.state.matrix[5]
        self._add("shading", Rect(x, y, x, y), space, (), self.state.overprint_fill, self.state.fill_alpha)

    def _pattern(self, name: Name) -> None:
        pattern = _dig(self.resources, "/Pattern", str(name))
        if isinstance(pattern, Stream):
            self._nested(pattern)
        elif isinstance(pattern, Dictionary):
            self._shade(pattern.get("/Shading"))

    def _draw(self, name: str, operands: Any) -> None:
        item = _dig(self.resources, "/XObject", str(operands[0]))
        if not isinstance(item, Stream):
            return
        if item.get("/Subtype") == Name.Form:
            self.form(item)
        elif item.get("/Subtype") == Name.Image:
            self._image(str(operands[0])[1:], item)

    def form(self, form: Any) -> None:
        """Read a form with the current graphics state (ISO 32000-1, 8.10)."""
        if "/Group" in form:
            space = _dig(form, "/Group", "/CS")
            self.scan.groups.append((self.number, space_of(space, self.resources).kind if space is not None else ""))
        self._nested(form)

    def _nested(self, form: Any) -> None:
        if self.depth >= MAX_DEPTH:
            raise ScanLimit(f"its forms are nested more than {MAX_DEPTH} levels deep")
        state = copy(self.state)
        if "/Matrix" in form:
            state.matrix = multiply(matrix_of(form["/Matrix"]), state.matrix)
        _ContentReader(self.scan, self.number, form.get("/Resources", self.resources), state, self.depth + 1).read(form)

    def _image(self, name: str, item: Any) -> None:
        mask = bool(item.get("/ImageMask", False))
        space = self.state.fill if mask else space_of(item.get("/ColorSpace"), self.resources)
        if item.get("/Filter") == Name.JPXDecode and "/ColorSpace" not in item:
            space = UNKNOWN
        bits = 1 if mask else int(item.get("/BitsPerComponent", 8))
        size = (int(item["/Width"]), int(item["/Height"]))
        self._place(name, size, bits, space, mask, isinstance(item.get("/SMask"), Stream), item.objgen)

    def _inline(self, image: Any) -> None:
        try:
            spaces = image.obj.get("/ColorSpace", image.obj.get("/CS", Name.DeviceGray))
            space = space_of(spaces, self.resources)
            bits = 1 if image.image_mask else int(image.bits_per_component)
            self._place("inline", (int(image.width), int(image.height)), bits, space, bool(image.image_mask), False)
        except (AttributeError, ValueError, TypeError, NotImplementedError, KeyError):
            return

    def _place(
        self, name: str, size: tuple[int, int], bits: int, space: ColourSpace, mask: bool, soft: bool,
        number: tuple[int, int] = (0, 0),
    ) -> None:  # fmt: skip
        a, b, c, d, e, f = self.state.matrix
        corners = [e, f, e + a, f + b, e + c, f + d, e + a + c, f + b + d]
        across, down = math.hypot(a, b) / 72, math.hypot(c, d) / 72
        if across <= 0 or down <= 0 or (box := bounds_of(corners)) is None:
            return
        ppi = min(size[0] / across, size[1] / down)
        self.scan.placed.append(PlacedImage(self.number, name, *size, bits, space, ppi, box, mask, soft, number))


_PATH = frozenset({"m", "re"})  # the starting points of subpaths locate an object well enough, and quickly
_HANDLERS = {
    **dict.fromkeys(("q", "Q"), "_save"),
    "cm": "_concat",
    "w": "_line_width",
    **dict.fromkeys(("g", "G", "rg", "RG", "k", "K"), "_colour"),
    **dict.fromkeys(("cs", "CS"), "_space"),
    **dict.fromkeys(("sc", "SC", "scn", "SCN"), "_values"),
    "gs": "_extended",
    **dict.fromkeys(("BT", "Tf", "Tm", "Td", "TD", "Tr"), "_text"),
    "sh": "_shading",
    "Do": "_draw",
}
_INTERPRETED = " ".join((*_PATH, *_FILLS, *_STROKES, *_SHOWS, *_HANDLERS, "n", "BI", "ID", "EI"))


def _strings(operands: Any) -> Iterator[Any]:
    for operand in operands:
        if isinstance(operand, pikepdf.String):
            yield operand
        elif isinstance(operand, Array):
            yield from (piece for piece in operand if isinstance(piece, pikepdf.String))


def _dig(holder: Any, *keys: str) -> Any:
    for key in keys:
        holder = holder.get(key) if isinstance(holder, Dictionary | Stream) else None
    return holder

"""Two recoloured copies of a file, from which an RGB renderer makes its plates.

In: the bytes of a PDF. Out: two PDFs: in one, red, green and blue stand for cyan, magenta and yellow; in the other,
grey stands for black. Overprinting objects are blended so that an ink of 0 % leaves the ink below. A spot ink counts as
black. RGB, which other checks report, is converted naively.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pikepdf
from pikepdf import Dictionary, Name, Operator, Stream

from report.inspection.contents import (
    NotPlainError,
    content_of,
    format_operation,
    operator_pattern,
    split_at_operators,
)
from report.preflight.pixels import ink_pixels, plate_of
from report.preflight.records import ColourSpace
from report.preflight.spaces import CMYK, GRAY, RGB, space_of

_SIMPLE = {"g": GRAY, "rg": RGB, "k": CMYK}
_COLOURS = frozenset({*_SIMPLE, "G", "RG", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "sh", "gs"})
_OVERPRINT, _KNOCKOUT = Name("/PlateOver"), Name("/PlateOut")
_OPERATORS = operator_pattern({*_COLOURS, "q", "Q"})

Edit = tuple[Sequence[Any], str]


def recolour(data: bytes) -> tuple[bytes, bytes]:
    """Return the file twice: with cyan, magenta and yellow as RGB, and with black as grey."""
    with pikepdf.open(io.BytesIO(data)) as coloured, pikepdf.open(io.BytesIO(data)) as black:
        _Recolour(coloured, black).all()
        copies = []
        for pdf in (coloured, black):
            out = io.BytesIO()
            pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
            copies.append(out.getvalue())
    return copies[0], copies[1]


class _Recolour:
    """Rewrites the colours of every content stream and image in two open copies of a file."""

    def __init__(self, coloured: pikepdf.Pdf, black: pikepdf.Pdf) -> None:
        self.pdfs = (coloured, black)
        self.states = [
            (
                pdf.make_indirect(Dictionary(Type=Name.ExtGState, BM=Name.Darken)),
                pdf.make_indirect(Dictionary(Type=Name.ExtGState, BM=Name.Normal)),
            )
            for pdf in self.pdfs
        ]

    def all(self) -> None:
        """Rewrite both copies."""
        for pages in zip(*(pdf.pages for pdf in self.pdfs), strict=True):
            for page in pages:
                page.obj[Name.MediaBox] = page.mediabox
                for key in ("/Annots", "/Group", "/CropBox", "/Rotate", "/UserUnit"):
                    if key in page.obj:
                        del page.obj[key]
            streams = self._streams(pages[0].obj)
            for pdf, page, stream, states in zip(self.pdfs, pages, streams, self.states, strict=True):
                page.obj[Name.Contents] = pdf.make_stream(stream)
                _add_states(page.obj, states)
        masks = set(_masks(self.pdfs[0]))
        for items in zip(*(list(pdf.objects) for pdf in self.pdfs), strict=True):
            if isinstance(items[0], Stream) and items[0].objgen not in masks:
                self._object(items)

    def _object(self, items: tuple[Any, ...]) -> None:
        first = items[0]
        if first.get("/Subtype") == Name.Form or first.get("/PatternType") == 1:
            for item, stream, states in zip(items, self._streams(first), self.states, strict=True):
                if "/Group" in item:
                    del item["/Group"]
                item.write(stream)
                if "/Resources" in item:  # a form without resources uses the page's
                    _add_states(item, states)
        elif first.get("/Subtype") == Name.Image and not first.get("/ImageMask", False):
            _set_images(items)

    def _streams(self, holder: Any) -> tuple[bytes, bytes]:
        """Return the content stream for both copies; empty if it cannot be read."""
        try:
            return recolour_text(content_of(holder), holder.get("/Resources"))
        except NotPlainError:
            pass
        except (pikepdf.PikepdfError, TypeError, ValueError):
            return b"", b""
        try:
            return recolour_instructions(pikepdf.parse_content_stream(holder), holder.get("/Resources"))
        except (pikepdf.PikepdfError, TypeError, ValueError):
            return b"", b""


def _add_states(holder: Any, states: tuple[Any, Any]) -> None:
    for key in ("/Resources", "/ExtGState"):
        if key not in holder:
            holder[key] = Dictionary()
        holder = holder[key]
    holder[str(_OVERPRINT)], holder[str(_KNOCKOUT)] = states


class _ColourRewriter:
    """Rewrites the colour operators of one content stream, and tracks the current colour spaces."""

    def __init__(self, resources: Any) -> None:
        self.resources = resources
        self.states = resources.get("/ExtGState", Dictionary()) if isinstance(resources, Dictionary) else Dictionary()
        self.spaces = {"fill": GRAY, "stroke": GRAY}
        self.saved: list[dict[str, ColourSpace]] = []

    def follow(self, name: str) -> None:
        """Track q and Q."""
        if name == "q":
            self.saved.append(dict(self.spaces))
        elif name == "Q" and self.saved:
            self.spaces.update(self.saved.pop())

    def change(self, name: str, operands: Any) -> Iterator[tuple[Edit, Edit]]:
        """Yield the replacements of a colour operator for the coloured and the black copy; nothing if it is dropped.

        Raises LookupError, ValueError or TypeError for invalid operands.
        """
        side = "stroke" if name.isupper() else "fill"
        if name == "gs":
            yield (operands, name), (operands, name)
            if (state := _overprint(self.states.get(str(operands[0])))) is not None:
                blend = [_OVERPRINT if state else _KNOCKOUT], "gs"
                yield blend, blend
        elif name.lower() in _SIMPLE:
            yield _set_colour(_SIMPLE[name.lower()], operands, side)
        elif name in {"cs", "CS"}:
            space = self.spaces[side] = space_of(operands[0], self.resources)
            yield _set_colour(space, (1,) if space.inks else (0, 0, 0, 1), side)
        elif name != "sh" and not (operands and isinstance(operands[-1], Name)):  # gradients and patterns are dropped
            yield _set_colour(self.spaces[side], operands, side)


def recolour_instructions(instructions: Any, resources: Any) -> tuple[bytes, bytes]:
    """Recolour any content stream, parsed into instructions."""
    colours, copies = _ColourRewriter(resources), (list[Any](), list[Any]())
    for instruction in instructions:
        if isinstance(instruction, pikepdf.ContentStreamInlineImage):
            continue
        try:
            name = str(instruction.operator)
            colours.follow(name)
            if name not in _COLOURS:
                copies[0].append(instruction)
                copies[1].append(instruction)
                continue
            for pair in colours.change(name, instruction.operands):
                for out, (operands, operator) in zip(copies, pair, strict=True):
                    out.append(pikepdf.ContentStreamInstruction(operands, Operator(operator)))
        except (LookupError, ValueError, TypeError):
            continue  # an unknown operator, or one with invalid operands, paints nothing
    return pikepdf.unparse_content_stream(copies[0]), pikepdf.unparse_content_stream(copies[1])


def recolour_text(content: bytes, resources: Any) -> tuple[bytes, bytes]:
    """Recolour a plain content stream as text. Raises NotPlainError if it has to be parsed in full."""
    colours, copies = _ColourRewriter(resources), (list[bytes](), list[bytes]())
    for before, name, operands in split_at_operators(content, _OPERATORS):
        for out in copies:
            out.append(before)
        if name in {"", "q", "Q"}:
            colours.follow(name)
            for out in copies:
                out.append(name.encode())
            continue
        try:
            changes = list(colours.change(name, operands))
        except (LookupError, ValueError, TypeError):
            raise NotPlainError from None
        for pair in changes:
            for out, change in zip(copies, pair, strict=True):
                out.append(format_operation(*change))
    return b"".join(copies[0]), b"".join(copies[1])


def _set_colour(space: ColourSpace, values: Any, side: str) -> tuple[Edit, Edit]:
    inks = [round(min(1.0, max(0.0, ink)), 5) for ink in _inks(space, [float(value) for value in values])]
    operator = "RG" if side == "stroke" else "rg"
    return ([1 - ink for ink in inks[:3]], operator), ([1 - inks[3]] * 3, operator)


def _masks(pdf: pikepdf.Pdf) -> Iterator[tuple[int, int]]:
    """Yield the object number of each mask (image or form): its colours are opacity, not ink."""
    for item in pdf.objects:
        if isinstance(item, Stream):
            yield from (item[key].objgen for key in ("/SMask", "/Mask") if isinstance(item.get(key), Stream))
        if isinstance(item, Dictionary | Stream):
            for resources in (item, item.get("/Resources", Dictionary())):
                states = resources.get("/ExtGState") if isinstance(resources, Dictionary | Stream) else None
                for state in (item, *(states.values() if isinstance(states, Dictionary) else ())):
                    mask = state.get("/SMask") if isinstance(state, Dictionary | Stream) else None
                    if isinstance(mask, Dictionary) and isinstance(mask.get("/G"), Stream):
                        yield mask["/G"].objgen


def _set_images(images: tuple[Any, ...]) -> None:
    """Replace an image by its plates, as RGB and as grey. An unreadable image becomes bare paper."""
    space = space_of(images[0].get("/ColorSpace"))
    pixels = ink_pixels(images[0], space)
    if pixels is None:
        pixels = np.zeros((1, 1, 4), np.uint8)
    for image, plate, name in zip(images, (255 - pixels[..., :3], 255 - pixels[..., 3:]), ("RGB", "Gray"), strict=True):
        image.write(zlib.compress(np.ascontiguousarray(plate).tobytes(), 1), filter=Name.FlateDecode)
        image[Name.Width], image[Name.Height] = plate.shape[1], plate.shape[0]
        image[Name.ColorSpace] = Name(f"/Device{name}")
        image[Name.BitsPerComponent] = 8
        for key in ("/Decode", "/DecodeParms", "/Mask", "/Intent"):
            if key in image:
                del image[key]


def _inks(space: ColourSpace, values: list[float]) -> tuple[float, float, float, float]:
    if space.kind in {"DeviceCMYK", "ICCBased CMYK"} and len(values) == 4:
        return (values[0], values[1], values[2], values[3])
    if space.kind in {"DeviceGray", "CalGray", "ICCBased Gray"} and values:
        return (0.0, 0.0, 0.0, 1 - values[0])
    if "All" in space.inks and values:
        return (values[0],) * 4
    if space.inks:
        inks = [0.0] * 4
        for name, value in zip(space.inks, values, strict=False):
            if (plate := plate_of(name)) is not None:
                inks[plate] = max(inks[plate], value)
        return (inks[0], inks[1], inks[2], inks[3])
    if len(values) == 3 and space.kind != "Lab":
        red, green, blue = (1 - value for value in values)
        black = min(red, green, blue)
        return (red - black, green - black, blue - black, black)
    return (0.0, 0.0, 0.0, 0.0)


def _overprint(state: Any) -> bool | None:
    """Tell whether a graphics state makes fills overprint with OPM 1; None if it does not set overprint."""
    if not isinstance(state, Dictionary) or not ({"/OP", "/op"} & {str(key) for key in state.keys()}):  # noqa: SIM118
        return None
    return bool(state.get("/op", state.get("/OP", False))) and int(state.get("/OPM", 0)) == 1

"""Page boxes and printer's marks.

In: a PDF whose pages have a trim box and artwork beyond it, and a `Printer`. Out: the same PDF, changed: the media box
starts at 0 0, the bleed and trim boxes are as the printer requires, and the marks print on every plate. Lengths are in
points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name

from report.design.look import FontFace
from report.geometry import Insets, Rect
from report.press.lettering import Lettering
from report.press.printers import Printer

TARGET = 5.0  # radius of a registration target
PATCH = 10.0  # side of a colour bar patch
SLUG_SIZE = 6.0
_BAR = tuple(
    (cyan, magenta, yellow, black)
    for tint in (1.0, 0.5)
    for cyan, magenta, yellow, black in ((tint, 0, 0, 0), (0, tint, 0, 0), (0, 0, tint, 0), (0, 0, 0, tint))
)


@dataclass(frozen=True, slots=True)
class Slug:
    """The text of the slug line (without printer and page number), and its font."""

    text: str
    font: FontFace


def prepare_sheets(pdf: pikepdf.Pdf, printer: Printer, slug: Slug) -> None:
    """Set the boxes of every page and draw its marks (ISO 32000-1, 14.11.2; ISO 15930-7)."""
    count = len(pdf.pages)
    plates = _all_plates(pdf)
    lettering = Lettering(pdf, slug.font, f"{slug.text} {printer.name} 0123456789abcdef page of ·")
    for number, page in enumerate(pdf.pages, 1):
        sheet = _PrintSheet(page, printer, number)
        sheet.set_boxes()
        line = f"{slug.text} · {printer.name} · page {number} of {count}"
        page.contents_add(pdf.make_stream(sheet.before()), prepend=True)
        page.contents_add(pdf.make_stream(sheet.after(line, lettering)))
        if printer.margin:
            _add_resource(page, Name.ColorSpace, "/AllPlates", plates)
        if printer.values.marks.slug:
            _add_resource(page, Name.Font, "/Slug", lettering.font)


def _all_plates(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """Return the Separation space `All`, which prints on every plate (ISO 32000-1, 8.6.6.4)."""
    tint = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[1, 1, 1, 1], N=1)
    return pdf.make_indirect(Array([Name.Separation, Name.All, Name.DeviceCMYK, tint]))


def _add_resource(page: pikepdf.Page, kind: Name, name: str, item: pikepdf.Object) -> None:
    if kind not in page.Resources:
        page.Resources[kind] = Dictionary()
    page.Resources[kind][name] = item


class _PrintSheet:
    """One page on its sheet, with its boxes after it has moved to make room for the marks."""

    def __init__(self, page: pikepdf.Page, printer: Printer, number: int) -> None:
        self.page, self.printer, self.marks = page, printer, printer.values.marks
        x0, y0, x1, y1 = (float(edge) for edge in page.trimbox)
        bleed = printer.bleed(number)
        room = Insets(*(max(printer.margin, width) for width in bleed))
        self.shift = (room.left - x0, room.bottom - y0)
        self.trim = Rect.of_size(room.left, room.bottom, x1 - x0, y1 - y0)
        self.media = (self.trim.x1 + room.right, self.trim.y1 + room.top)
        left, bottom, right, top = self.trim
        self.bleed_box = Rect(left - bleed.left, bottom - bleed.bottom, right + bleed.right, top + bleed.top)

    def set_boxes(self) -> None:
        """Set the media box (from 0 0), bleed box and trim box; remove the crop and art boxes."""
        self.page[Name.MediaBox] = Array([0, 0, *map(_tidy, self.media)])
        self.page[Name.BleedBox] = Array([_tidy(edge) for edge in self.bleed_box])
        self.page[Name.TrimBox] = Array([_tidy(edge) for edge in self.trim])
        for name in (Name.CropBox, Name.ArtBox):
            if name in self.page:
                del self.page[name]

    def before(self) -> bytes:
        """Return the operators that move the page content and clip it to the bleed."""
        left, bottom, right, top = self.bleed_box
        clip = f"{left:g} {bottom:g} {right - left:g} {top - bottom:g} re W n"
        return f"q {clip} 1 0 0 1 {self.shift[0]:g} {self.shift[1]:g} cm\n".encode()

    def after(self, slug: str, lettering: Lettering) -> bytes:
        """Return the operators that draw the marks."""
        pieces = ["\nQ"]
        if self.printer.margin:
            pieces += [f"q /AllPlates CS /AllPlates cs 1 SCN 1 scn {self.marks.line} w", *self._lines(), "Q"]
        if self.marks.colour_bar:
            pieces += ["q", *self._bar(), "Q"]
        if self.marks.slug:
            y = self.trim[1] - float(self.marks.offset) - SLUG_SIZE
            pieces.append(f"q /AllPlates cs 1 scn {lettering.line(slug, '/Slug', SLUG_SIZE, self.trim[0] + 6, y)} Q")
        return " ".join([*pieces, "\n"]).encode()

    def _lines(self) -> Iterator[str]:
        offset, length = float(self.marks.offset), float(self.marks.length)
        if self.marks.crop:
            yield from self._corner_lines(self.trim, offset, length)
        if self.marks.bleed:
            yield "[2 1] 0 d"
            yield from self._corner_lines(self.bleed_box, offset, length / 2)
            yield "[] 0 d"
        if self.marks.registration:
            yield from self._targets(offset + length / 2)

    def _corner_lines(self, box: Rect, offset: float, length: float) -> Iterator[str]:
        """Yield lines at the four corners of a box, all of them `offset` away from the trim."""
        left, bottom, right, top = self.trim
        for x in (box[0], box[2]):
            for start, end in ((bottom - offset, bottom - offset - length), (top + offset, top + offset + length)):
                yield f"{x:g} {start:g} m {x:g} {end:g} l S"
        for y in (box[1], box[3]):
            for start, end in ((left - offset, left - offset - length), (right + offset, right + offset + length)):
                yield f"{start:g} {y:g} m {end:g} {y:g} l S"

    def _targets(self, distance: float) -> Iterator[str]:
        left, bottom, right, top = self.trim
        middle = ((left + right) / 2, (bottom + top) / 2)
        for x, y in (
            (middle[0], bottom - distance),
            (middle[0], top + distance),
            (left - distance, middle[1]),
            (right + distance, middle[1]),
        ):
            yield f"{x - 8:g} {y:g} m {x + 8:g} {y:g} l S {x:g} {y - 8:g} m {x:g} {y + 8:g} l S"
            yield _circle(x, y, TARGET)

    def _bar(self) -> Iterator[str]:
        """Yield solid and 50 % patches of the four inks, above the head of the page, left of the middle."""
        y = self.trim[3] + float(self.marks.offset)
        for index, build in enumerate(_BAR):
            x = self.trim[0] + 6 + index * PATCH
            yield f"{' '.join(f'{part:g}' for part in build)} k {x:g} {y:g} {PATCH:g} {PATCH:g} re f"


def _circle(x: float, y: float, radius: float) -> str:
    k = radius * 0.5523  # the control points of a quarter circle
    return (
        f"{x + radius:g} {y:g} m "
        f"{x + radius:g} {y + k:g} {x + k:g} {y + radius:g} {x:g} {y + radius:g} c "
        f"{x - k:g} {y + radius:g} {x - radius:g} {y + k:g} {x - radius:g} {y:g} c "
        f"{x - radius:g} {y - k:g} {x - k:g} {y - radius:g} {x:g} {y - radius:g} c "
        f"{x + k:g} {y - radius:g} {x + radius:g} {y - k:g} {x + radius:g} {y:g} c S"
    )


def _tidy(value: float) -> float | int:
    """Round to a thousandth of a point; whole numbers become integers."""
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded

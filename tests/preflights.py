"""Print files for the preflight tests: a sound one of four pages, changes that break it, and the resulting messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pikepdf
from pages import Change, block, changed, laid_out, printer, written
from pikepdf import Array, Dictionary, Name

from report.inspection.judging import Verdict
from report.preflight.run import preflight
from report.press.printers import Printer

Spoil = Callable[[bytes], bytes]


@cache
def sound() -> bytes:
    """Four pages with a line of text each, as a build makes them."""
    pages = "".join(block(f"Page {number} says little.", "break-before: page" * (number > 1)) for number in range(1, 5))
    return written(laid_out(pages), "print")


@cache
def pair() -> bytes:
    """Two sound pages, a recto and the verso behind it."""
    return spoiled(lambda pdf: pdf.pages.__delitem__(slice(2, 4)))(sound())


@cache
def single() -> bytes:
    """One sound page."""
    return spoiled(lambda pdf: pdf.pages.__delitem__(slice(1, 4)))(sound())


def spoiled(change: Change) -> Spoil:
    """Turn a change of an open file into a change of bytes."""
    return lambda data: changed(data, change)


def same(data: bytes) -> bytes:
    return data


def drawn(content: str, page: int = 1, **resources: Any) -> Spoil:
    """Paint on a page, in points of its sheet. `resources` by kind: `ExtGState={"X": ...}`; F is the text font."""

    def draw(pdf: pikepdf.Pdf) -> None:
        target = pdf.pages[page - 1]
        own = Dictionary({str(key): value for key, value in target.Resources.items()})
        for kind, named in {**resources, "Font": {**resources.get("Font", {}), "F": text_font(target)}}.items():
            held = Dictionary({str(key): value for key, value in own.get(f"/{kind}", Dictionary()).items()})
            for name, item in named.items():
                held[f"/{name}"] = item(pdf) if callable(item) else item
            own[f"/{kind}"] = held
        target.obj[Name.Resources] = own
        target.contents_add(pdf.make_stream(f"\nq {content} Q\n".encode()))

    return spoiled(draw)


def text_font(page: pikepdf.Page) -> Any:
    """Return the font of a page's text; `<0001>` is one of its letters."""
    return next(font for key, font in page.Resources.Font.items() if key != "/Slug")


def text(size: float, setting: str, x: float = 200, y: float = 400) -> str:
    return f"{setting} BT /F {size:g} Tf 1 0 0 1 {x:g} {y:g} Tm <0001001c0022> Tj ET"


def image(width: int, height: int, space: Any = Name.DeviceGray, **more: Any) -> Callable[[pikepdf.Pdf], Any]:
    """Return a function that makes an image of one tone."""
    channels = {"/DeviceGray": 1, "/DeviceRGB": 3, "/DeviceCMYK": 4}.get(str(space), 1)

    def make(pdf: pikepdf.Pdf) -> Any:
        bits = int(more.get("BitsPerComponent", 8))
        data = b"\x80" * ((width * channels * bits + 7) // 8 * height)
        made = pdf.make_stream(data, Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height)
        made[Name.ColorSpace], made[Name.BitsPerComponent] = space, 8
        for key, value in more.items():
            made[f"/{key}"] = value(pdf) if callable(value) else value
        return pdf.make_indirect(made)

    return make


def form(content: str, **more: Any) -> Callable[[pikepdf.Pdf], Any]:
    """Return a function that makes a form of the size of the sheet."""

    def make(pdf: pikepdf.Pdf) -> Any:
        made = pdf.make_stream(content.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 684, 864]))
        made[Name.Resources] = Dictionary()
        for key, value in more.items():
            made[f"/{key}"] = resources_in(value, pdf)
        return pdf.make_indirect(made)

    return make


def resources_in(value: Any, pdf: pikepdf.Pdf) -> Any:
    """Call the functions in a value that make objects of this file, and return the value."""
    if callable(value):
        return value(pdf)
    if isinstance(value, dict):
        return Dictionary({f"/{key}": resources_in(item, pdf) for key, item in value.items()})
    return value


def soft_mask(content: str) -> Any:
    """Return a graphics state with a luminosity mask of some content."""
    group = form(content, Group=Dictionary(S=Name.Transparency, CS=Name.DeviceGray))
    return lambda pdf: Dictionary(SMask=Dictionary(S=Name.Luminosity, G=group(pdf)))


def printer_with(name: str = "sheetfed-us", **changes: dict[str, Any] | bool) -> Printer:
    """Return a printer with changed values: `binding={"multiple": 8}`, `transparency=False`."""
    usual = printer(name)
    values = {
        key: change if isinstance(change, bool) else getattr(usual.values, key).model_copy(update=change)
        for key, change in changes.items()
    }
    return replace(usual, values=usual.values.model_copy(update=values))


def verdicts(data: bytes, wanted: Printer | None = None, ink: bool = False) -> dict[str, Verdict]:
    """Return every check's verdict by its id."""
    return {each.id: each for each in preflight(data, "small.pdf", wanted or printer(), ink).outcome.verdicts}


def failing(data: bytes, wanted: Printer | None = None, ink: bool = False) -> set[str]:
    """Return the ids of the checks that find faults."""
    return {name for name, verdict in verdicts(data, wanted, ink).items() if verdict.faults}


def messages(check: str, data: bytes, wanted: Printer | None = None, ink: bool = False) -> list[str]:
    """Return the messages of a check, each with its page before it."""
    faults = verdicts(data, wanted, ink)[check].faults
    return [f"{fault.page}: {fault.what}" for fault in faults]

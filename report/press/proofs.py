"""Proofs of a print file: a contact sheet of all spreads, reader spreads, and a booklet to print and fold.

In: the bytes of a print file. Out: PNG and PDF bytes, and files beside the print file. Pages are cropped to the trim.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
from PIL import Image

from report.geometry import Rect
from report.press.placing import PlacedPage, add_page
from report.problems import Place, ReportError, error
from report.sets.manifest import read_manifest
from report.sets.outputs import current_set, write_file

SHEETS = {"tabloid": (1224.0, 792.0), "a3": (1190.551, 841.89)}  # points, landscape
FLIPS = ("short", "long")
_COLUMNS, _SCALE, _GAP = 4, 0.42, 14  # of the contact sheet: spreads per row, pixels per point, pixels between spreads


def spreads_of(count: int) -> list[tuple[int | None, int | None]]:
    """Return the reader spreads of a report: page numbers on the left and on the right, None for none."""
    pairs: list[tuple[int | None, int | None]] = [(None, 1)] if count else []
    return pairs + [(left, left + 1 if left < count else None) for left in range(2, count + 1, 2)]


def booklet_order(count: int) -> list[tuple[int | None, int | None]]:
    """Return the sides of a booklet's sheets: the outermost first, front then back, page numbers left and right.

    The count is padded to a multiple of four with blank pages (None).
    """
    total = -(-count // 4) * 4
    sides = []
    for sheet in range(total // 4):
        first, last = 1 + 2 * sheet, total - 2 * sheet
        sides += [(last, first), (first + 1, last - 1)]
    return [(left if left <= count else None, right if right <= count else None) for left, right in sides]


def creep(side: int, caliper: float) -> float:
    """Return how far the pages of a side move towards the fold, in points, because outer sheets push inner ones out."""
    return side // 2 * caliper


def make_proofs(out: Path, edition: str, sheet: str, caliper: float, flip: str) -> Iterator[Path]:
    """Write the proofs of the last build beside its print file, and yield their paths. ReportError if there is none."""
    folder = current_set(out, edition)
    entries = [each for each in read_manifest(folder).get("files", []) if each.get("variant") == "print"]
    names = [each["name"] for each in entries]
    if any(not each.get("current") for each in entries):
        what = f"{names[0]} is from an earlier build than the rest of its set."
        raise ReportError([error("not-current", Place(names[0]), what, f"Build it again: build.py {edition}")])
    if folder is None or not names:
        what = f"There is no print file of {edition}."
        raise ReportError(
            [error("no-print", Place(str(out / edition)), what, "Build it first: build.py --only print.")]
        )
    data, stem = (folder / names[0]).read_bytes(), names[0].removesuffix("-print.pdf")
    folded = booklet(data, sheet, caliper, flip)
    for name, proof in (
        ("contact.png", contact_sheet(data)),
        ("spreads.pdf", reader_spreads(data)),
        ("booklet.pdf", folded),
    ):
        write_file(folder / f"{stem}-{name}", proof)
        yield out / edition / f"{stem}-{name}"


def reader_spreads(data: bytes) -> bytes:
    """Return the report as reader spreads, with the cover on its own."""
    with _opened(data) as source, pikepdf.new() as proof:
        pages = list(source.pages)
        for left, right in spreads_of(len(pages)):
            numbers = [number for number in (left, right) if number]
            width, height = _trim_size(pages[numbers[0] - 1])
            placed = [_at(pages[number - 1], index * width) for index, number in enumerate(numbers)]
            add_page(proof, width * len(numbers), height, placed)
        return _saved(proof)


def booklet(data: bytes, sheet: str = "tabloid", caliper: float = 0.38, flip: str = "short") -> bytes:
    """Return sheets to print on both sides, fold and staple: two pages per side, shifted for creep.

    `flip` is the edge over which the printer flips the paper. For the long edge, the back sides are upside down.
    """
    for option, value, choices in (("--sheet", sheet, tuple(SHEETS)), ("--flip", flip, FLIPS)):
        if value not in choices:
            hint = f"Use one of: {', '.join(choices)}."
            raise ReportError([error("unknown-value", Place(option), f"Unknown value `{value}`.", hint)])
    width, height = SHEETS[sheet]
    with _opened(data) as source, pikepdf.new() as proof:
        pages = list(source.pages)
        for side, pair in enumerate(booklet_order(len(pages))):
            shift = creep(side, caliper)
            placed = []
            for number, is_left in zip(pair, (True, False), strict=True):
                if number is None:
                    continue
                page_width, page_height = _trim_size(pages[number - 1])
                x = width / 2 + (shift - page_width if is_left else -shift)
                placed.append(_at(pages[number - 1], x, (height - page_height) / 2, cut=shift, at_right=is_left))
            add_page(proof, width, height, placed, upside_down=flip == "long" and side % 2 == 1)
        return _saved(proof)


def contact_sheet(data: bytes) -> bytes:
    """Return one PNG of all spreads."""
    document = pdfium.PdfDocument(data)
    try:
        pictures = [_picture(document[index]) for index in range(len(document))]
    finally:
        document.close()
    width, height = pictures[0].size
    pairs = spreads_of(len(pictures))
    rows = -(-len(pairs) // _COLUMNS)
    whole = Image.new("RGB", (_COLUMNS * (2 * width + _GAP) + _GAP, rows * (height + _GAP) + _GAP), "white")
    whole.paste("gainsboro", (0, 0, *whole.size))
    for index, pair in enumerate(pairs):
        row, column = divmod(index, _COLUMNS)
        for half, number in enumerate(pair):
            if number:
                x = _GAP + column * (2 * width + _GAP) + half * width
                whole.paste(pictures[number - 1], (x, _GAP + row * (height + _GAP)))
    out = io.BytesIO()
    whole.save(out, "PNG", optimize=True)
    return out.getvalue()


def _picture(page: pdfium.PdfPage) -> Image.Image:
    left, bottom, right, top = page.get_trimbox()
    x0, y0, x1, y1 = page.get_mediabox()
    edges = (left - x0, bottom - y0, x1 - right, y1 - top)
    picture: Image.Image = page.render(scale=_SCALE, crop=edges).to_pil().convert("RGB")
    return picture


def _opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _trim_size(page: pikepdf.Page) -> tuple[float, float]:
    x0, y0, x1, y1 = (float(edge) for edge in page.trimbox)
    return x1 - x0, y1 - y0


def _at(page: pikepdf.Page, x: float, y: float = 0.0, cut: float = 0.0, at_right: bool = False) -> PlacedPage:
    """Place the trim area of a page. `cut` removes a strip at the fold, so that no page overlaps its neighbour."""
    x0, y0, x1, y1 = (float(edge) for edge in page.trimbox)
    part: Sequence[float] = (x0, y0, x1 - cut, y1) if at_right else (x0 + cut, y0, x1, y1)
    return PlacedPage(page, Rect(*part), x + (0 if at_right else cut), y)

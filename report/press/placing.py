"""Imposition: pages placed on other pages, for covers, reader spreads and booklets.

In: pages of one PDF. Out: pages of another PDF, each with one or more of them side by side. Lengths are in points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from report.geometry import Rect


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page, the part of it to show, and where the lower left corner of that part goes."""

    page: pikepdf.Page
    part: Rect
    x: float
    y: float


def add_page(
    pdf: pikepdf.Pdf, width: float, height: float, placed: Sequence[PlacedPage], upside_down: bool = False
) -> Any:
    """Add a page that shows other pages, and return it. `upside_down` rotates its content by 180 degrees."""
    forms, content = Dictionary(), [f"-1 0 0 -1 {width:g} {height:g} cm"] if upside_down else []
    for index, each in enumerate(placed):
        forms[f"/P{index}"] = pdf.copy_foreign(_form(each.page, each.part))
        x, y = each.x - each.part[0], each.y - each.part[1]
        content.append(f"q 1 0 0 1 {x:.6g} {y:.6g} cm /P{index} Do Q")
    page = pdf.add_blank_page(page_size=(width, height))
    page.obj[Name.Resources] = Dictionary(XObject=forms)
    page.obj[Name.Contents] = pdf.make_stream("\n".join(content).encode())
    return page


def _form(page: pikepdf.Page, part: Rect) -> Any:
    """Return a page as a form, clipped to a part of it, in the page's own coordinates (ISO 32000-1, 8.10)."""
    form = page.as_form_xobject()
    form[Name.BBox], form[Name.Matrix] = Array(list(part)), Array([1, 0, 0, 1, 0, 0])
    if Name.Group in form:  # paint directly onto the page, not as a transparency group
        del form[Name.Group]
    return form

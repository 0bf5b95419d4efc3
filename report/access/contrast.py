"""Contrast of every text against what is really behind it, measured on the rendered page.

In: the bytes of a PDF. Out: `LowContrastText` records: every text with its contrast, or only the texts whose contrast
is too low (WCAG 2.1, 1.4.3). The page is rendered without its text, and the pixels where each text stands are compared
with the text's own colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from report.cache.pages import PageFindings
from report.inspection.inspect import TextRun

SCALE = 1.5  # pixels to a point
TEXT, LARGE = 4.5, 3.0  # WCAG 2.1, 1.4.3
LARGE_SIZE, LARGE_BOLD_SIZE = 18.0, 14.0  # points
SHARE = 0.1  # of the pixels behind a text that may be of less contrast: a thin line of a drawing, an edge
DEEPEST = 15  # forms within forms

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class LowContrastText:
    """A text and its contrast: what it has, and what it needs."""

    run: TextRun
    contrast: float
    needed: float


def pale_texts(data: bytes, runs: Sequence[TextRun], known: PageFindings | None = None) -> Iterator[LowContrastText]:
    """Yield the texts of a file whose contrast is too low; `known` is what was found on its pages before."""
    by_page: dict[int, list[TextRun]] = {}
    for run in runs:
        by_page.setdefault(run.page, []).append(run)

    def look(pages: Sequence[int]) -> dict[int, Any]:
        found: dict[int, Any] = {page: [] for page in pages}
        places = {id(run): index for page in pages for index, run in enumerate(by_page[page])}
        for each in text_contrasts(data, [run for page in pages for run in by_page[page]]):
            if each.contrast < each.needed - 0.01:
                found[each.run.page].append((places[id(each.run)], each.contrast))
        return found

    for page, pale in sorted((known or PageFindings()).each("contrasts", data, sorted(by_page), look).items()):
        texts = ((by_page[page][index], contrast) for index, contrast in pale)
        yield from joined(LowContrastText(run, contrast, needed(run)) for run, contrast in texts)


def text_contrasts(data: bytes, runs: Sequence[TextRun]) -> Iterator[LowContrastText]:
    """Yield every text of a file with its contrast, page by page; not those that are only there to be found."""
    by_page: dict[int, list[TextRun]] = {}
    for run in runs:
        by_page.setdefault(run.page, []).append(run)
    document = pdfium.PdfDocument(data)
    try:
        for number, texts in sorted(by_page.items()):
            picture = _without_text(document[number - 1])
            found = ((run, _contrast(run, picture)) for run in texts)
            yield from (LowContrastText(run, contrast, needed(run)) for run, contrast in found if contrast is not None)
    finally:
        document.close()


def joined(pale: Iterable[LowContrastText]) -> Iterator[LowContrastText]:
    """Join what is drawn letter by letter, as the labels of drawings are."""
    last: LowContrastText | None = None
    for each in pale:
        if last is not None and _goes_on(last.run, each.run):
            run, more = last.run, each.run
            top, bottom = min(run.y, more.y), max(run.y + run.height, more.y + more.height)
            run = replace(run, text=run.text + more.text, y=top, width=more.x + more.width - run.x, height=bottom - top)
            last = LowContrastText(run, min(last.contrast, each.contrast), last.needed)
            continue
        if last is not None:
            yield last
        last = each
    if last is not None:
        yield last


def _goes_on(run: TextRun, more: TextRun) -> bool:
    alike = (run.font, run.size, run.colour, run.alpha) == (more.font, more.size, more.colour, more.alpha)
    level = run.y < more.y + more.height and more.y < run.y + run.height
    return alike and level and abs(more.x - run.x - run.width) < run.size / 2


def needed(run: TextRun) -> float:
    """Return the contrast that a text needs: large text less than small (WCAG 2.1, 1.4.3)."""
    bold = "Bold" in run.font and "Semi" not in run.font
    return LARGE if run.size >= (LARGE_BOLD_SIZE if bold else LARGE_SIZE) - 0.05 else TEXT


def _contrast(run: TextRun, picture: Pixels) -> float | None:
    """Return the contrast that all but a small share of the pixels behind a text have at least."""
    rows = slice(max(0, int(run.y * SCALE)), max(0, int((run.y + run.height) * SCALE) + 1))
    columns = slice(max(0, int(run.x * SCALE)), max(0, int((run.x + run.width) * SCALE) + 1))
    behind = picture[rows, columns].reshape(-1, 3)
    if not len(behind) or not run.alpha:
        return None
    if (behind == behind[0]).all():  # an even ground, as nearly always
        behind = behind[:1]
    mixed = run.alpha * np.array(run.colour) + (1 - run.alpha) * behind  # what shows through takes contrast away
    own, there = luminance(mixed.round().astype(np.uint8)), luminance(behind)
    ratios = (np.maximum(there, own) + 0.05) / (np.minimum(there, own) + 0.05)
    return float(np.quantile(ratios, SHARE)) if len(ratios) > 1 else float(ratios[0])


_LINEAR = np.array([v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in np.arange(256) / 255])


def luminance(pixels: Pixels) -> npt.NDArray[np.float64]:
    """Return the relative luminance of colours (WCAG 2.1, definition)."""
    weights: npt.NDArray[np.float64] = _LINEAR[pixels] @ np.array([0.2126, 0.7152, 0.0722])
    return weights


def _without_text(page: Any) -> Pixels:
    """Return a picture of what lies behind the text of a page: all of it, and upright, as runs are measured."""
    page.set_rotation(0)
    page.set_cropbox(*page.get_mediabox())
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=DEEPEST):
        raw.FPDFTextObj_SetTextRenderMode(item, raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    picture: Pixels = page.render(scale=SCALE, rev_byteorder=True).to_numpy()[..., :3]
    return picture

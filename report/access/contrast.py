"""Measure the contrast of all text against its background on the rendered page.

In: the bytes of a PDF. Out: `MeasuredText` records: all text with its contrast, or only text whose contrast is too low
(WCAG 2.1, 1.4.3). The page is rendered without its text, and the pixels behind each text run are compared with the
colour of the text.
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

SCALE = 1.5  # pixels per point
TEXT, LARGE = 4.5, 3.0  # WCAG 2.1, 1.4.3
LARGE_SIZE, LARGE_BOLD_SIZE = 18.0, 14.0  # points
TOLERATED = 0.1  # share of the background pixels that may have less contrast, such as a thin line or an edge
MAX_DEPTH = 15  # of nested form XObjects

Pixels = npt.NDArray[np.uint8]


def too_low(ratio: float, required: float, ground: str = "") -> str:
    """Return the words for a contrast that is too low, with the decimals that show it: 4.46, where 4.5 is required."""
    digits = next((each for each in (1, 2, 3) if round(ratio, each) < required), 4)
    return f"has a contrast of {ratio:.{digits}f}:1{ground}; at least {required:g}:1 is required"


@dataclass(frozen=True, slots=True)
class MeasuredText:
    """A text run, its contrast ratio, and the ratio that is required."""

    run: TextRun
    contrast: float
    required: float


def low_contrast_texts(
    data: bytes, runs: Sequence[TextRun], findings: PageFindings | None = None
) -> Iterator[MeasuredText]:
    """Yield the text of a file whose contrast is too low. `findings` caches the results of unchanged pages."""
    by_page: dict[int, list[TextRun]] = {}
    for run in runs:
        by_page.setdefault(run.page, []).append(run)

    def examine(pages: Sequence[int]) -> dict[int, Any]:
        low: dict[int, Any] = {page: [] for page in pages}
        indexes = {id(run): index for page in pages for index, run in enumerate(by_page[page])}
        for each in text_contrasts(data, [run for page in pages for run in by_page[page]]):
            if each.contrast < each.required - 0.01:
                low[each.run.page].append((indexes[id(each.run)], each.contrast))
        return low

    for page, low in sorted(
        (findings or PageFindings()).for_pages("contrasts", data, sorted(by_page), examine).items()
    ):
        texts = ((by_page[page][index], contrast) for index, contrast in low)
        yield from join_runs(MeasuredText(run, contrast, required_contrast(run)) for run, contrast in texts)


def text_contrasts(data: bytes, runs: Sequence[TextRun]) -> Iterator[MeasuredText]:
    """Yield every text run of a file with its contrast, page by page. Invisible text is skipped."""
    by_page: dict[int, list[TextRun]] = {}
    for run in runs:
        by_page.setdefault(run.page, []).append(run)
    document = pdfium.PdfDocument(data)
    try:
        for number, texts in sorted(by_page.items()):
            picture = _without_text(document[number - 1])
            for run in texts:
                if (contrast := _contrast(run, picture)) is not None:
                    yield MeasuredText(run, contrast, required_contrast(run))
    finally:
        document.close()


def join_runs(texts: Iterable[MeasuredText]) -> Iterator[MeasuredText]:
    """Join text that is drawn character by character, such as labels in drawings."""
    last: MeasuredText | None = None
    for each in texts:
        if last is not None and _continues(last.run, each.run):
            run, more = last.run, each.run
            top, bottom = min(run.y, more.y), max(run.y + run.height, more.y + more.height)
            run = replace(run, text=run.text + more.text, y=top, width=more.x + more.width - run.x, height=bottom - top)
            last = MeasuredText(run, min(last.contrast, each.contrast), last.required)
            continue
        if last is not None:
            yield last
        last = each
    if last is not None:
        yield last


def _continues(run: TextRun, more: TextRun) -> bool:
    same_style = (run.font, run.size, run.colour, run.alpha) == (more.font, more.size, more.colour, more.alpha)
    level = run.y < more.y + more.height and more.y < run.y + run.height
    return same_style and level and abs(more.x - run.x - run.width) < run.size / 2


def required_contrast(run: TextRun) -> float:
    """Return the contrast ratio required for a text run: large text needs less (WCAG 2.1, 1.4.3)."""
    bold = "Bold" in run.font and "Semi" not in run.font
    return LARGE if run.size >= (LARGE_BOLD_SIZE if bold else LARGE_SIZE) - 0.05 else TEXT


def _contrast(run: TextRun, picture: Pixels) -> float | None:
    """Return the contrast that all but a small share of the background pixels reach; None for invisible text."""
    rows = slice(max(0, int(run.y * SCALE)), max(0, int((run.y + run.height) * SCALE) + 1))
    columns = slice(max(0, int(run.x * SCALE)), max(0, int((run.x + run.width) * SCALE) + 1))
    behind = picture[rows, columns].reshape(-1, 3)
    if not len(behind) or not run.alpha:
        return None
    if (behind == behind[0]).all():  # a plain background, the usual case
        behind = behind[:1]
    mixed = run.alpha * np.array(run.colour) + (1 - run.alpha) * behind  # transparency lowers the contrast
    text, background = luminance(mixed.round().astype(np.uint8)), luminance(behind)
    ratios = (np.maximum(background, text) + 0.05) / (np.minimum(background, text) + 0.05)
    return float(np.quantile(ratios, TOLERATED)) if len(ratios) > 1 else float(ratios[0])


_LINEAR = np.array([v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in np.arange(256) / 255])


def luminance(pixels: Pixels) -> npt.NDArray[np.float64]:
    """Return the relative luminance of sRGB colours (as defined in WCAG 2.1)."""
    weights: npt.NDArray[np.float64] = _LINEAR[pixels] @ np.array([0.2126, 0.7152, 0.0722])
    return weights


def _without_text(page: Any) -> Pixels:
    """Render a page without its text. The page is uncropped and unrotated, as in the coordinates of text runs."""
    page.set_rotation(0)
    page.set_cropbox(*page.get_mediabox())
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=MAX_DEPTH):
        raw.FPDFTextObj_SetTextRenderMode(item, raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    picture: Pixels = page.render(scale=SCALE, rev_byteorder=True).to_numpy()[..., :3]
    return picture

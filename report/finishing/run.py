"""Finishing: the steps that turn the engine's PDF into a variant's final file. The table of variants names the steps.

In: PDF bytes, the names of the steps, and the job. Out: PDF bytes, the same for the same input.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name

from report.finishing.archival import attach_sources, make_annotations_printable, set_rgb_intent
from report.finishing.attachments import SourceFile
from report.finishing.downsample import PRINT, SCREEN, downsample, lowest_resolutions
from report.finishing.draft import DraftMark, add_watermark
from report.finishing.metadata import About, write_metadata
from report.press.cover import cover_printer, drop_cover, keep_cover
from report.press.inks import InkBuild, convert_colours
from report.press.pdfx import set_intent
from report.press.photographs import convert_images, replace_with_originals
from report.press.printers import Printer
from report.press.sheet import Slug, prepare_sheets


@dataclass(frozen=True, slots=True)
class FinishingJob:
    """The inputs of the steps: the CMYK builds, the metadata, the printer, the slug line and the spine's build.

    `rgb` (a profile) and `sources` (files to attach) are for the archive variant. `originals` are the files behind
    photographs, by the SHA-256 of the image data in the PDF: they are printed from the original.
    """

    builds: Mapping[str, InkBuild]
    about: About
    printer: Printer
    slug: Slug
    spine: InkBuild
    standards: tuple[str, ...] = ()
    draft: DraftMark | None = None
    originals: Mapping[str, Path] = field(default_factory=dict)
    rgb: bytes = b""
    sources: tuple[SourceFile, ...] = ()


def finish(data: bytes, steps: Sequence[str], job: FinishingJob, linearize: bool = False) -> bytes:
    """Apply the steps in order and return the file, with an identifier that depends only on its content.

    `linearize`: order the file so that browsers show the first page before the download ends (ISO 32000-1, Annex F).
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if job.draft:
            add_watermark(pdf, job.draft)  # first, so that its colour is converted like any other
        for step in steps:
            STEPS[step](pdf, job)
        _leave_pixels(pdf)
        finished = _saved(pdf)
    if not linearize:
        return finished
    with pikepdf.open(io.BytesIO(finished)) as pdf:  # separately, or all streams would be compressed twice
        return _saved(pdf, linearize=True)


def _saved(pdf: pikepdf.Pdf, linearize: bool = False) -> bytes:
    out, generate = io.BytesIO(), pikepdf.ObjectStreamMode.generate
    pdf.save(out, deterministic_id=True, linearize=linearize, object_stream_mode=generate)
    return out.getvalue()


def _leave_pixels(pdf: pikepdf.Pdf) -> None:
    """Ask no reader to smooth images: WeasyPrint does, and PDF/A forbids it (ISO 19005-3, 6.2.8)."""
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and item.get(Name.Subtype) == Name.Image and Name.Interpolate in item:
            del item[Name.Interpolate]


def _without_annotations(pdf: pikepdf.Pdf, _: FinishingJob) -> None:
    """Remove links: printers do not accept annotations inside the bleed."""
    for page in pdf.pages:
        if Name.Annots in page:
            del page[Name.Annots]


def _page_labels(pdf: pikepdf.Pdf, _: FinishingJob) -> None:
    """Label pages as printed: in decimal, counted from the cover (ISO 32000-1, 12.4.2)."""
    pdf.Root.PageLabels = Dictionary(Nums=pikepdf.Array([0, Dictionary(S=Name.D, St=1)]))


def _reading_view(pdf: pikepdf.Pdf, _: FinishingJob) -> None:
    """Open the file as facing pages with the cover alone, and show its title in the window (ISO 32000-1, 12.2).

    Links are printed with their pages (12.5.3): a reader that leaves out what is not printed would lose them.
    """
    pdf.Root.PageLayout = Name.TwoPageRight
    preferences = pdf.Root.get(Name.ViewerPreferences, Dictionary())
    preferences[Name.DisplayDocTitle] = True
    pdf.Root.ViewerPreferences = preferences
    make_annotations_printable(pdf)


def _for_keeping(pdf: pikepdf.Pdf, job: FinishingJob) -> None:
    attach_sources(pdf, job.sources)
    set_rgb_intent(pdf, job.rgb)


def _inks(pdf: pikepdf.Pdf, job: FinishingJob) -> None:
    convert_colours(pdf, job.builds)


def _photographs(pdf: pikepdf.Pdf, job: FinishingJob) -> None:
    convert_images(pdf, job.printer)


def _sheet(pdf: pikepdf.Pdf, job: FinishingJob) -> None:
    prepare_sheets(pdf, job.printer, job.slug)


def _cover(pdf: pikepdf.Pdf, job: FinishingJob) -> None:
    keep_cover(pdf, job.printer, job.spine)


def _cover_sheet(pdf: pikepdf.Pdf, job: FinishingJob) -> None:
    prepare_sheets(pdf, cover_printer(job.printer), job.slug)


def _block(pdf: pikepdf.Pdf, _: FinishingJob) -> None:
    drop_cover(pdf)


def _intent(pdf: pikepdf.Pdf, job: FinishingJob) -> None:
    set_intent(pdf, job.printer)


def _metadata(pdf: pikepdf.Pdf, job: FinishingJob) -> None:
    write_metadata(pdf, job.about, job.standards)


def _photographs_for_screen(pdf: pikepdf.Pdf, _: FinishingJob) -> None:
    downsample(pdf, SCREEN)


def _photographs_for_press(pdf: pikepdf.Pdf, job: FinishingJob) -> None:
    replace_with_originals(pdf, job.originals, job.printer, lowest_resolutions(pdf), PRINT)
    downsample(pdf, PRINT)


STEPS: Mapping[str, Callable[[pikepdf.Pdf, FinishingJob], None]] = {
    "block": _block,
    "cover": _cover,
    "cover_sheet": _cover_sheet,
    "for_keeping": _for_keeping,
    "inks": _inks,
    "intent": _intent,
    "metadata": _metadata,
    "page_labels": _page_labels,
    "photographs": _photographs,
    "photographs_for_press": _photographs_for_press,
    "photographs_for_screen": _photographs_for_screen,
    "reading_view": _reading_view,
    "sheet": _sheet,
    "without_annotations": _without_annotations,
}

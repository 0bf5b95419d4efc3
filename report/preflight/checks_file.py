"""Checks of the file as a whole: its claims, printing condition and fonts, and content that must not be there.

In: a `PreflightSubject`. Out: findings. The table is `FILE_CHECKS`.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from xml.sax.saxutils import unescape

from report.preflight.checks import GWG, PDF, X4, Finding, PreflightCheck, PreflightSubject, bleed_of, inside
from report.press.printers import profile_fault
from report.problems import Severity

_REQUIRED = (
    "xmp:CreateDate",
    "xmp:ModifyDate",
    "xmp:MetadataDate",
    "xmpMM:DocumentID",
    "xmpMM:RenditionClass",
    "dc:title",
)
_FALLBACKS = ("DejaVu", "Droid", "Liberation", "Nimbus", "Noto", "LastResort", "FreeSans", "FreeSerif", "Unifont")


def _tag(xmp: str, name: str) -> str:
    """Return the text of an XMP property, whether it is written as an element or as an attribute."""
    match = re.search(rf"<{name}[^>]*>(.*?)</{name}>", xmp, re.DOTALL) or re.search(rf'{name}="([^"]*)"', xmp)
    return unescape(re.sub(r"<[^>]+>", "", match[1])).strip() if match else ""


def _claim(subject: PreflightSubject) -> Iterator[Finding]:
    version = _tag(subject.facts.xmp, "pdfxid:GTS_PDFXVersion") or subject.facts.info.get("GTS_PDFXVersion", "")
    if version != "PDF/X-4":
        yield Finding(f"The file claims {version or 'no PDF/X version'}; PDF/X-4 is required.")


def _version(subject: PreflightSubject) -> Iterator[Finding]:
    if subject.facts.version > "1.6":
        yield Finding(f"The file is PDF {subject.facts.version}; PDF/X-4 allows PDF 1.6 at most.")


def _metadata(subject: PreflightSubject) -> Iterator[Finding]:
    xmp = subject.facts.xmp
    if not xmp:
        yield Finding("The file has no XMP metadata.")
        return
    if missing := [name for name in _REQUIRED if not _tag(xmp, name)]:
        yield Finding(f"The XMP metadata lacks {', '.join(missing)}.")
    title = _tag(xmp, "dc:title")
    if subject.facts.title and title and " ".join(title.split()) != " ".join(subject.facts.title.split()):
        yield Finding(f"The title is “{title[:60]}” in XMP but “{subject.facts.title[:60]}” in Info.")


def _trapped(subject: PreflightSubject) -> Iterator[Finding]:
    xmp, info = _tag(subject.facts.xmp, "pdf:Trapped"), subject.facts.trapped
    if (xmp or info) not in {"True", "False"}:
        yield Finding("The file does not state whether it is trapped.")
    elif xmp and info and xmp != info:
        yield Finding(f"Trapped is {xmp} in XMP but {info} in Info.")


def _draft(subject: PreflightSubject) -> Iterator[Finding]:
    if subject.facts.info.get("Draft"):
        yield Finding("The file is marked as a draft.")


def _identifier(subject: PreflightSubject) -> Iterator[Finding]:
    if not subject.facts.identifier:
        yield Finding("The file has no identifier (/ID).")


def _encrypted(subject: PreflightSubject) -> Iterator[Finding]:
    if subject.facts.encrypted:
        yield Finding("The file is encrypted, although it opens without a password.")


def _intent(subject: PreflightSubject) -> Iterator[Finding]:
    intents = [intent for intent in subject.facts.intents if intent.kind == "GTS_PDFX"]
    if len(intents) != 1:
        count = f"{len(intents)} PDF/X output intents" if intents else "no PDF/X output intent"
        yield Finding(f"The file has {count}; exactly one is required.")
    for intent in intents:
        if not intent.identifier or not intent.registry:
            yield Finding("The output intent does not name its printing condition and registry.")


def _condition(subject: PreflightSubject) -> Iterator[Finding]:
    expected = subject.printer.values.condition.identifier
    for intent in subject.facts.intents:
        if intent.kind == "GTS_PDFX" and intent.identifier and intent.identifier != expected:
            yield Finding(f"The file is prepared for {intent.identifier}; this printer uses {expected}.")


def _profile(subject: PreflightSubject) -> Iterator[Finding]:
    for intent in subject.facts.intents:
        if intent.kind != "GTS_PDFX":
            continue
        if intent.profile is None:
            yield Finding("The output intent has no embedded profile.")
        elif fault := profile_fault(intent.profile):
            yield Finding(f"The output intent's profile {fault}.")
        elif intent.components != 4:
            yield Finding(f"The output intent declares {intent.components} components for its profile; 4 are required.")
        elif struct.unpack(">B", intent.profile[8:9])[0] > 4:
            yield Finding("PDF 1.6 does not support the ICC version of the output intent's profile.")


def _scripts(subject: PreflightSubject) -> Iterator[Finding]:
    for name in subject.facts.scripts:
        yield Finding(f"The file contains {name}.")
    for page in subject.facts.pages:
        if page.actions:
            yield Finding("The page has actions (/AA).", page.number)


def _postscript(subject: PreflightSubject) -> Iterator[Finding]:
    if subject.facts.postscript:
        yield Finding("The file contains PostScript code.")


def _layers(subject: PreflightSubject) -> Iterator[Finding]:
    if subject.facts.layers:
        yield Finding("The file has layers; the printer may see different layers than you do.")


def _annotations(subject: PreflightSubject) -> Iterator[Finding]:
    for page in subject.facts.pages:
        for kind, box in page.annotations:
            if kind not in {"TrapNet", "PrinterMark"} and inside(box, bleed_of(page)):
                yield Finding(f"An annotation ({kind or 'no subtype'}) lies inside the bleed.", page.number, box)


def _embedded(subject: PreflightSubject) -> Iterator[Finding]:
    for font in subject.facts.fonts:
        if not font.embedded:
            yield Finding(f"Font {font.name} is not embedded.")


def _subset(subject: PreflightSubject) -> Iterator[Finding]:
    for font in subject.facts.fonts:
        if font.embedded and not font.subset and font.kind != "Type3":
            yield Finding(f"Font {font.name} is embedded in full, not as a subset.")


def _type3(subject: PreflightSubject) -> Iterator[Finding]:
    for font in subject.facts.fonts:
        if font.kind == "Type3":
            yield Finding(f"Font {font.name} is a Type 3 font.")


def _substitutes(subject: PreflightSubject) -> Iterator[Finding]:
    for font in subject.facts.fonts:
        if font.name.startswith(_FALLBACKS):
            yield Finding(f"Font {font.name} is a typical fallback for a missing font.")


def _spots(subject: PreflightSubject) -> Iterator[Finding]:
    facts, allowed = subject.facts, {*subject.printer.values.ink.spots, "All", "None"}
    allowed |= {"Cyan", "Magenta", "Yellow", "Black"}
    for ink in sorted({ink for item in facts.coloured for ink in item.space.inks} - allowed):
        pages = sorted({item.page for item in facts.coloured if ink in item.space.inks})
        where = f"{len(pages)} pages, first on page {pages[0]}" if len(pages) > 1 else f"page {pages[0]}"
        yield Finding(f"Spot ink {ink} is used on {where}.")


E, W = Severity.ERROR, Severity.WARNING

FILE_CHECKS: tuple[PreflightCheck, ...] = (
    PreflightCheck("pdfx-claim", "PDF/X-4 claim", E, f"{X4}; {PDF}, 14.3.2", "Export the file as PDF/X-4.", _claim),
    PreflightCheck("pdf-version", "PDF version", E, f"{X4}; {PDF}, 7.5.2", "Export the file as PDF 1.6.", _version),
    PreflightCheck(
        "metadata",
        "Metadata",
        E,
        f"{X4}; {PDF}, 14.3",
        "Build the file again; the build writes the metadata.",
        _metadata,
    ),
    PreflightCheck("draft", "Not a draft", E, "annual-report", "Build the final edition, without --draft.", _draft),
    PreflightCheck("trapped", "Trapping stated", E, f"{X4}; {PDF}, 14.11.6", "Set Trapped to True or False.", _trapped),
    PreflightCheck(
        "file-id",
        "File identifier",
        E,
        f"{X4}; {PDF}, 14.4",
        "Save the file with a tool that writes an identifier.",
        _identifier,
    ),
    PreflightCheck(
        "encryption",
        "No encryption",
        E,
        f"{X4}; {PDF}, 7.6",
        "Save the file without passwords or restrictions.",
        _encrypted,
    ),
    PreflightCheck(
        "output-intent",
        "One output intent",
        E,
        f"{X4}; {PDF}, 14.11.5",
        "Choose one printing condition when exporting.",
        _intent,
    ),
    PreflightCheck(
        "condition",
        "Printing condition",
        W,
        GWG,
        "Build with --printer, or ask the printer which condition to use.",
        _condition,
    ),
    PreflightCheck(
        "intent-profile", "Output intent profile", E, f"{X4}; {PDF}, 14.11.5", "Embed a CMYK output profile.", _profile
    ),
    PreflightCheck(
        "actions", "No actions or forms", E, f"{X4}; {PDF}, 12.6", "Remove scripts, forms and attachments.", _scripts
    ),
    PreflightCheck(
        "postscript", "No PostScript", E, f"{X4}; {PDF}, 8.8.2", "Flatten the page, or export it again.", _postscript
    ),
    PreflightCheck("layers", "No layers", W, f"{GWG}; {PDF}, 8.11", "Flatten the layers.", _layers),
    PreflightCheck(
        "annotations",
        "No annotations",
        E,
        f"{X4}; {PDF}, 12.5",
        "Remove links and comments inside the bleed.",
        _annotations,
    ),
    PreflightCheck(
        "font-embedded", "Fonts embedded", E, f"{X4}; {PDF}, 9.9", "Embed all fonts when exporting.", _embedded
    ),
    PreflightCheck(
        "font-subset", "Fonts subset", W, f"{GWG}; {PDF}, 9.6.4", "Embed only the characters used.", _subset
    ),
    PreflightCheck(
        "font-type3", "No Type 3 fonts", W, f"{GWG}; {PDF}, 9.6.5", "Use TrueType or OpenType fonts.", _type3
    ),
    PreflightCheck(
        "font-fallback", "No fallback fonts", W, GWG, "Find the character that the intended font lacks.", _substitutes
    ),
    PreflightCheck(
        "spot-inks", "Spot inks", W, GWG, "List the ink under `spots` in the printer file, or convert it.", _spots
    ),
)

"""Checks of the file as a whole: what it claims, its printing condition, its fonts, what must not be in it.

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

_NEEDED = (
    "xmp:CreateDate",
    "xmp:ModifyDate",
    "xmp:MetadataDate",
    "xmpMM:DocumentID",
    "xmpMM:RenditionClass",
    "dc:title",
)
_SUBSTITUTES = ("DejaVu", "Droid", "Liberation", "Nimbus", "Noto", "LastResort", "FreeSans", "FreeSerif", "Unifont")


def _tag(xmp: str, name: str) -> str:
    """Return the text of an XMP property, written as an element or as an attribute."""
    match = re.search(rf"<{name}[^>]*>(.*?)</{name}>", xmp, re.DOTALL) or re.search(rf'{name}="([^"]*)"', xmp)
    return unescape(re.sub(r"<[^>]+>", "", match[1])).strip() if match else ""


def _claim(looked: PreflightSubject) -> Iterator[Finding]:
    version = _tag(looked.facts.xmp, "pdfxid:GTS_PDFXVersion") or looked.facts.info.get("GTS_PDFXVersion", "")
    if version != "PDF/X-4":
        yield Finding(f"The file says that it is {version or 'no PDF/X at all'}, not PDF/X-4.")


def _version(looked: PreflightSubject) -> Iterator[Finding]:
    if looked.facts.version > "1.6":
        yield Finding(f"The file is PDF {looked.facts.version}; PDF/X-4 is at most PDF 1.6.")


def _metadata(looked: PreflightSubject) -> Iterator[Finding]:
    xmp = looked.facts.xmp
    if not xmp:
        yield Finding("The file has no XMP metadata.")
        return
    if missing := [name for name in _NEEDED if not _tag(xmp, name)]:
        yield Finding(f"The XMP metadata has no {', '.join(missing)}.")
    title = _tag(xmp, "dc:title")
    if looked.facts.title and title and " ".join(title.split()) != " ".join(looked.facts.title.split()):
        yield Finding(f"The title is “{title[:60]}” in XMP and “{looked.facts.title[:60]}” in Info.")


def _trapped(looked: PreflightSubject) -> Iterator[Finding]:
    xmp, info = _tag(looked.facts.xmp, "pdf:Trapped"), looked.facts.trapped
    if (xmp or info) not in {"True", "False"}:
        yield Finding("The file does not say whether it is trapped.")
    elif xmp and info and xmp != info:
        yield Finding(f"Trapped is {xmp} in XMP and {info} in Info.")


def _draft(looked: PreflightSubject) -> Iterator[Finding]:
    if looked.facts.info.get("Draft"):
        yield Finding("The file says of itself that it is a draft.")


def _identifier(looked: PreflightSubject) -> Iterator[Finding]:
    if not looked.facts.identifier:
        yield Finding("The file has no identifier.")


def _encrypted(looked: PreflightSubject) -> Iterator[Finding]:
    if looked.facts.encrypted:
        yield Finding("The file is encrypted, though it opens without a password.")


def _intent(looked: PreflightSubject) -> Iterator[Finding]:
    found = [intent for intent in looked.facts.intents if intent.kind == "GTS_PDFX"]
    if len(found) != 1:
        yield Finding(f"The file has {len(found) or 'no'} output intent{'s' if len(found) > 1 else ''} for PDF/X.")
    for intent in found:
        if not intent.identifier or not intent.registry:
            yield Finding("The output intent does not name its condition and its registry.")


def _condition(looked: PreflightSubject) -> Iterator[Finding]:
    wanted = looked.printer.values.condition.identifier
    for intent in looked.facts.intents:
        if intent.kind == "GTS_PDFX" and intent.identifier and intent.identifier != wanted:
            yield Finding(f"The file is made for {intent.identifier}; this printer prints {wanted}.")


def _profile(looked: PreflightSubject) -> Iterator[Finding]:
    for intent in looked.facts.intents:
        if intent.kind != "GTS_PDFX":
            continue
        if intent.profile is None:
            yield Finding("The output intent has no profile in it.")
        elif fault := profile_fault(intent.profile):
            yield Finding(f"The profile of the output intent {fault}.")
        elif intent.components != 4:
            yield Finding(f"The output intent says that its profile has {intent.components} inks, not 4.")
        elif struct.unpack(">B", intent.profile[8:9])[0] > 4:
            yield Finding("The profile is of a version that PDF 1.6 does not know.")


def _scripts(looked: PreflightSubject) -> Iterator[Finding]:
    for name in looked.facts.scripts:
        yield Finding(f"The file holds {name}.")
    for page in looked.facts.pages:
        if page.actions:
            yield Finding("The page has actions.", page.number)


def _postscript(looked: PreflightSubject) -> Iterator[Finding]:
    if looked.facts.postscript:
        yield Finding("The file holds PostScript code.")


def _layers(looked: PreflightSubject) -> Iterator[Finding]:
    if looked.facts.layers:
        yield Finding("The file has layers; a printer may see others than you do.")


def _annotations(looked: PreflightSubject) -> Iterator[Finding]:
    for page in looked.facts.pages:
        for kind, box in page.annotations:
            if kind not in {"TrapNet", "PrinterMark"} and inside(box, bleed_of(page)):
                yield Finding(f"An annotation ({kind or 'of no kind'}) lies on the page.", page.number, box)


def _embedded(looked: PreflightSubject) -> Iterator[Finding]:
    for font in looked.facts.fonts:
        if not font.embedded:
            yield Finding(f"The font {font.name} is not in the file.")


def _subset(looked: PreflightSubject) -> Iterator[Finding]:
    for font in looked.facts.fonts:
        if font.embedded and not font.subset and font.kind != "Type3":
            yield Finding(f"The font {font.name} is in the file with all its letters.")


def _type3(looked: PreflightSubject) -> Iterator[Finding]:
    for font in looked.facts.fonts:
        if font.kind == "Type3":
            yield Finding(f"The font {font.name} is drawn as pictures (Type 3).")


def _substitutes(looked: PreflightSubject) -> Iterator[Finding]:
    for font in looked.facts.fonts:
        if font.name.startswith(_SUBSTITUTES):
            yield Finding(f"The font {font.name} is one that systems put in for a missing one.")


def _spots(looked: PreflightSubject) -> Iterator[Finding]:
    facts, allowed = looked.facts, {*looked.printer.values.ink.spots, "All", "None"}
    allowed |= {"Cyan", "Magenta", "Yellow", "Black"}
    for ink in sorted({ink for item in facts.coloured for ink in item.space.inks} - allowed):
        pages = sorted({item.page for item in facts.coloured if ink in item.space.inks})
        many = f"{len(pages)} pages, the first of them" if len(pages) != 1 else "page"
        yield Finding(f"The spot ink {ink} is on {many} {pages[0]}.")


E, W = Severity.ERROR, Severity.WARNING

FILE_CHECKS: tuple[PreflightCheck, ...] = (
    PreflightCheck("pdfx-claim", "States PDF/X-4", E, f"{X4}; {PDF}, 14.3.2", "Export it as PDF/X-4.", _claim),
    PreflightCheck("pdf-version", "PDF version", E, f"{X4}; {PDF}, 7.5.2", "Export it as PDF 1.6.", _version),
    PreflightCheck(
        "metadata",
        "Metadata",
        E,
        f"{X4}; {PDF}, 14.3",
        "Let the press write the metadata: build the file again.",
        _metadata,
    ),
    PreflightCheck(
        "draft", "No draft", E, "the press's own rule", "Build the finished edition, without --draft.", _draft
    ),
    PreflightCheck(
        "trapped", "Trapping is stated", E, f"{X4}; {PDF}, 14.11.6", "Set Trapped to True or False.", _trapped
    ),
    PreflightCheck(
        "file-id",
        "File identifier",
        E,
        f"{X4}; {PDF}, 14.4",
        "Save the file again with a tool that writes one.",
        _identifier,
    ),
    PreflightCheck(
        "encryption", "No encryption", E, f"{X4}; {PDF}, 7.6", "Save it without passwords and restrictions.", _encrypted
    ),
    PreflightCheck(
        "output-intent",
        "One output intent",
        E,
        f"{X4}; {PDF}, 14.11.5",
        "Name the printing condition when exporting.",
        _intent,
    ),
    PreflightCheck(
        "condition",
        "Made for this press",
        W,
        GWG,
        "Build with --printer, or ask the printer for the condition.",
        _condition,
    ),
    PreflightCheck(
        "intent-profile", "Profile of the intent", E, f"{X4}; {PDF}, 14.11.5", "Embed a CMYK output profile.", _profile
    ),
    PreflightCheck(
        "actions", "No actions or forms", E, f"{X4}; {PDF}, 12.6", "Remove scripts, forms and attachments.", _scripts
    ),
    PreflightCheck("postscript", "No PostScript", E, f"{X4}; {PDF}, 8.8.2", "Flatten or export it again.", _postscript),
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
        "font-embedded", "Fonts are embedded", E, f"{X4}; {PDF}, 9.9", "Embed every font when exporting.", _embedded
    ),
    PreflightCheck(
        "font-subset", "Fonts are subsets", W, f"{GWG}; {PDF}, 9.6.4", "Embed only the letters used.", _subset
    ),
    PreflightCheck(
        "font-type3", "No Type 3 fonts", W, f"{GWG}; {PDF}, 9.6.5", "Use TrueType or OpenType fonts.", _type3
    ),
    PreflightCheck(
        "font-fallback", "No stand-in fonts", W, GWG, "Find the letter that the chosen font lacks.", _substitutes
    ),
    PreflightCheck(
        "spot-inks", "Spot inks", W, GWG, "List the ink under `spots` in the printer's file, or convert it.", _spots
    ),
)
